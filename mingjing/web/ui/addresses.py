"""Parts of addresses that every door uses, held to what a database can look up."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

MOST_DIGITS = 18  # every number of so many digits fits into 64 bits


class NumberConverter(IntConverter):
    """A number that a row may have; a longer one is an address that does not exist."""

    regex = f"[0-9]{{1,{MOST_DIGITS}}}"


class WordsConverter:
    """One part of an address in any script; a NUL, which no database stores, is no part of one."""

    regex = r"[^/\x00]{1,120}"

    def to_python(self, value: str) -> str:
        """As it came."""
        return value

    def to_url(self, value: str) -> str:
        """As it is; ``reverse`` quotes it."""
        return value


register_converter(NumberConverter, "number")
register_converter(WordsConverter, "words")
