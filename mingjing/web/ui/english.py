"""The public site in English: the same pages under ``/en``, worded from one catalogue.

Only the frame is translated: headings, labels, help. What an organ wrote, the law and its names stay Chinese,
the language in which they have effect. ``PAGES`` says which addresses have an English page; links lead there
from an English page and to the Chinese page otherwise.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from . import large, wording
from .english_words import ENGLISH

PREFIX = "/en"
# Guides to licenses and statutes are Chinese law in Chinese words throughout: they have no English page.
PAGES = re.compile(
    r"/(?:decisions(?:/[\w-]+)?|agencies|officers(?:/[^/]+)?|powers(?:/[^/]+)?|procedures(?:/[\w-]+)?"
    r"|registers(?:/[\w-]+/[\w-]+(?:/compare)?)?|statistics|withheld|reports(?:/[\w-]+){0,2}"
    r"|verify(?:/[0-9a-fA-F]{64}|\.html)?|v/[^/]+|log|about|accessibility|find)?"
)


def is_english(path: str) -> bool:
    """Whether the page at this path is one of the English ones."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def said(path: str, chinese: str, **values: object) -> str:
    """The wording for the page at ``path``; ``values`` fill the places in braces.

    Raises: KeyError on an English page where the catalogue lacks the wording: a bug, found by the tests.
    """
    text = ENGLISH[chinese] if is_english(path) else chinese
    return text.format(**values) if values else text


def link(path: str, href: str) -> str:
    """``href`` as the page at ``path`` links it: to the English page where there is one."""
    where = href.partition("?")[0].partition("#")[0]
    if not (is_english(path) and PAGES.fullmatch(where)):
        return href
    return PREFIX + href if where != "/" else PREFIX + href[1:]


def other_language(path: str, query: str = "") -> str:
    """The same page in the other language, or its front page where there is none."""
    tail = f"?{query}" if query else ""
    if is_english(path):
        return (path.removeprefix(PREFIX) or "/") + tail
    return link(PREFIX, path) + tail if PAGES.fullmatch(path) else PREFIX


def day(path: str, value: date | datetime | None) -> str:
    """A day in words: 2026年11月25日, or 25 November 2026; empty for None."""
    if value is None or not is_english(path):
        return wording.long_date(value)
    local = value.astimezone(wording.SHANGHAI) if isinstance(value, datetime) else value
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def month(path: str, number: int) -> str:
    """A month by its number, 1 to 12: 3月, or March."""
    return _MONTHS[number - 1] if is_english(path) else f"{number}月"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _path(context: Context) -> str:
    request: Any = context.get("request")
    return request.path if request is not None else ""


@pass_context
def _said(context: Context, chinese: str, **values: object) -> str:
    return said(_path(context), chinese, **values)


@pass_context
def _link(context: Context, href: str) -> str:
    return link(_path(context), href)


@pass_context
def _day(context: Context, value: date | datetime | None) -> str:
    return day(_path(context), value)


@pass_context
def _is_english(context: Context) -> bool:
    return is_english(_path(context))


@pass_context
def _other_language(context: Context) -> str:
    request = context["request"]
    return other_language(request.path, request.META.get("QUERY_STRING", ""))


@pass_context
def _twin(context: Context) -> str:
    """The address of the same page in the other language; empty where there is none."""
    path = _path(context)
    if is_english(path):
        return path.removeprefix(PREFIX) or "/"
    return link(PREFIX, path) if PAGES.fullmatch(path) else ""


@pass_context
def _other_size(context: Context) -> str:
    """The same page in the other size of print."""
    request = context["request"]
    query = request.META.get("QUERY_STRING", "")
    tail = f"?{query}" if query else ""
    return request.path + tail if getattr(request, "large", False) else large.address(request.path) + tail


GLOBALS = {
    "other_size": _other_size,
    "t": _said,
    "link": _link,
    "day_in_words": _day,
    "in_english": _is_english,
    "other_language": _other_language,
    "twin": _twin,
}
