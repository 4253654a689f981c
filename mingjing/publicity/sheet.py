"""公示文本: the redacted decision as a PDF/A, the file that readers download, keep and verify.

It is set once, when a decision is published; its digest goes on the record, so that everybody can tell
whether what he holds is what was published. Equal data gives equal bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from mingjing.cases.papers import render
from mingjing.cases.papers.qr import svg
from mingjing.cases.papers.wording import day
from mingjing.kernel.refused import Refused

from .models import Publication

NAME = "公示文本.pdf"
MEDIA_TYPE = "application/pdf"

_TEMPLATE = Path(__file__).with_name("sheet.typ")


def address(row: Publication) -> str:
    """The public page of a publication."""
    return f"{settings.MINGJING_PUBLIC_URL}/decisions/{row.slug}"


def gone() -> Refused:
    """Why there is no text to be had."""
    return Refused(
        "no-published-text",
        "这份决定没有公示文本可以下载：已经撤下，或者公示于提供公示文本之前。",
        remedy="请下载核验包，里面仍有作出决定的记录和证明。",
    )


def set_sheet(row: Publication, organ: str) -> bytes:
    """The published text of ``row`` as PDF/A-2a.

    Raises: Refused ``sheet-not-set`` where a character has no glyph in the fonts at hand.
    """
    return render.set_sheet(
        _TEMPLATE,
        _data(row, organ),
        row.published_at,
        what="公示文本",
        remedy="在公示内容中删去或者改写该字符",
    )


def _data(row: Publication, organ: str) -> dict[str, Any]:
    told = [
        ("执法机关", organ),
        ("执法对象", row.subject),
        ("信用代码", row.subject_code),
        (row.rendition.get("subject_title") or "案由", row.title),
        ("结论", row.conclusion),
        ("决定日期", day(row.decided_on.isoformat())),
        ("公示日期", day(row.published_at.isoformat())),
    ]
    text = row.rendition.get("text", [])
    return {
        "number": row.number,
        "organ": organ,
        "demo": settings.MINGJING_DEMO,
        "address": address(row),
        "qr": svg(address(row)),
        "rows": [pair for pair in told if pair[1]],
        "text": [(heading, [line for line in words.split("\n") if line.strip()]) for heading, words in text],
    }
