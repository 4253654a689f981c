"""Decisions for machines: CSV, JSON and RSS, from the same values as the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings

from mingjing.publicity.queries import Published
from mingjing.web.ui.wording import act_title

COLUMNS = (
    ("number", "文书号"),
    ("organ", "执法机关"),
    ("act", "类别"),
    ("subject", "执法对象"),
    ("subject_code", "统一社会信用代码"),
    ("title", "案由"),
    ("conclusion", "结论"),
    ("decided_on", "决定日期"),
    ("published_at", "公示时间"),
    ("state", "状态"),
    ("reason", "撤下理由"),
    ("leaf_index", "日志序号"),
    ("address", "地址"),
)


def as_record(row: Published) -> dict[str, Any]:
    """One decision with the keys of ``COLUMNS``."""
    return {
        "number": row.number,
        "organ": row.organ,
        "act": act_title(row.act),
        "subject": row.subject,
        "subject_code": row.subject_code,
        "title": row.title,
        "conclusion": row.conclusion,
        "decided_on": row.decided_on.isoformat(),
        "published_at": row.published_at.isoformat(),
        "state": "已撤下" if row.withdrawn else "公示中",
        "reason": row.reason,
        "leaf_index": row.leaf_index,
        "address": address(row.slug),
    }


def address(slug: str) -> str:
    """The stable public address of a decision."""
    return f"{settings.MINGJING_PUBLIC_URL}/decisions/{slug}"


def csv_lines(rows: Iterable[Published]) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark, which office programs need to read Chinese."""
    yield b"\xef\xbb\xbf"
    yield _csv_line([title for _, title in COLUMNS])
    for row in rows:
        record = as_record(row)
        yield _csv_line([record[key] for key, _ in COLUMNS])


def _csv_line(values: Iterable[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_harmless(value) for value in values])
    return buffer.getvalue().encode()


def _harmless(value: Any) -> str:
    """A cell that a spreadsheet will not run as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def rss(rows: Iterable[Published], at: datetime) -> str:
    """The latest decisions as RSS 2.0; a withdrawn one says so instead of its content."""
    items = "".join(_item(row) for row in rows)
    home = settings.MINGJING_PUBLIC_URL
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>最新执法决定</title><link>{escape(home)}/decisions</link>"
        f"<description>达州市行政执法信息公示</description><language>zh-cn</language>"
        f"<lastBuildDate>{format_datetime(at)}</lastBuildDate>{items}</channel></rss>"
    )


def _item(row: Published) -> str:
    said = f"已撤下：{row.reason}" if row.withdrawn else f"{row.organ}；{row.subject}；{row.conclusion}"
    return (
        f"<item><title>{escape(f'{row.number} {row.title}'.strip())}</title>"
        f"<link>{escape(address(row.slug))}</link><guid>{escape(address(row.slug))}</guid>"
        f"<pubDate>{format_datetime(row.published_at)}</pubDate>"
        f"<description>{escape(said)}</description></item>"
    )
