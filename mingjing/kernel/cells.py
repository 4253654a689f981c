"""Cells of CSV and workbooks that a table program only shows and never runs.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def inert(text: str) -> str:
    """The text as a cell: what would be run as a formula gets a leading apostrophe."""
    return f"'{text}" if text.startswith(_RUNS) else text
