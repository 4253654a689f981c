"""Public lists for machines: CSV, JSON Lines and RSS, each from the one declaration of the list."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from mingjing.kernel.cells import inert
from mingjing.web.ui.wording import SHANGHAI

from .lists import Column, Item, Listing, Record, address

CSV, JSON_LINES = "text/csv; charset=utf-8", "application/jsonl; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
# What XML 1.0 cannot hold (W3C XML, section 2.2) is left out of feeds.
_NOT_XML = {code: None for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


def csv_lines(columns: Iterable[Column], records: Iterable[Record]) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark, which office programs need to read Chinese."""
    heads = tuple(columns)
    yield b"\xef\xbb\xbf"
    yield _csv_line([column.title for column in heads])
    for record in records:
        yield _csv_line([_cell(record[column.key]) for column in heads])


def json_lines(records: Iterable[Record]) -> Iterator[bytes]:
    """One record a line."""
    for record in records:
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _csv_line(values: Iterable[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    """A value as a cell: 是 or 否 for an answer, and nothing that a spreadsheet would run as a formula."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return str(value)
    return "" if value is None else inert(str(value))


def rss(listing: Listing, records: Iterable[Record], at: datetime) -> str:
    """Records as RSS 2.0, in the order of the list."""
    items = "".join(_item(listing.item(record)) for record in records)
    home, title = address(listing.path), _plain(listing.title)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{title}</title><link>{_plain(home)}</link>"
        f'<atom:link href="{_plain(home)}.rss" rel="self" type="application/rss+xml"/>'
        f"<description>{_plain(listing.about)}</description><language>zh-cn</language>"
        f"<lastBuildDate>{format_datetime(at)}</lastBuildDate>{items}</channel></rss>"
    )


def _item(item: Item) -> str:
    day = f"<pubDate>{format_datetime(_moment(item.at))}</pubDate>" if item.at else ""
    known = f'<guid isPermaLink="false">{_plain(item.id)}</guid>' if item.id else ""
    return (
        f"<item><title>{_plain(item.title)}</title><link>{_plain(item.address)}</link>"
        f"{known or f'<guid>{_plain(item.address)}</guid>'}{day}<description>{_plain(item.text)}</description></item>"
    )


def _moment(at: str) -> datetime:
    """A moment, or the beginning of a day in this country."""
    found = datetime.fromisoformat(at)
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _plain(text: str) -> str:
    return escape(text.translate(_NOT_XML))
