"""What somebody typed is not lost when the session has ended or the form has grown old.

The words go back into the page that says so, as hidden inputs, and from there into the form again; nothing is
stored. Files cannot be kept: browsers do not let a page choose them.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

PREFIX = "kept."
# Addresses whose form, sent with ``do=restore``, is shown again as it was and takes nothing.
RESTORES = frozenset({"desk:step", "desk:new-case"})
_NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", "version", "do", "next", "old", "new", "again", "password", "back"}
)
_WORTH_SHOWING = 4  # characters; shorter values are codes of choices

Fields = list[tuple[str, str]]


def typed(post: QueryDict) -> Fields:
    """The fields of a posted form with what was typed or chosen, in their order."""
    return [
        (name, value)
        for name, values in post.lists()
        if name not in _NOT_TYPED and not name.startswith(PREFIX)
        for value in map(str, values)
        if value.strip()
    ]


def handed_on(post: QueryDict) -> Fields:
    """The kept fields that a page of ours sends along."""
    return [
        (name.removeprefix(PREFIX), str(value))
        for name, values in post.lists()
        if name.startswith(PREFIX)
        for value in values
    ]


def words(fields: Iterable[tuple[str, str]]) -> list[str]:
    """What is worth copying, where a form cannot be shown again."""
    return [value for name, value in fields if len(value) >= _WORTH_SHOWING and not value.startswith("data:")]


def from_us(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form: words of strangers are never offered as one's own."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.get_host()


def restores(request: HttpRequest) -> bool:
    """Whether the address of the request can show its form again."""
    return request.resolver_match is not None and request.resolver_match.view_name in RESTORES
