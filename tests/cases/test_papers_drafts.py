"""Editable drafts: every form as a Word document that says what the printed paper says."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from mingjing.cases.papers import forms
from mingjing.cases.papers.draft import MARK, draft
from mingjing.cases.papers.render import render
from mingjing.kernel.refused import Refused

from .paper_samples import every_form, full

FORMS = every_form()
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What only the printed page has: watermark, page numbers, signatures at the foot, heads of tables repeated.
FURNITURE = Counter("预览稿—0123456789" * 20)


def unmarked(form: forms.Form) -> dict[str, Any]:
    """The sample without what is not the paper's own text: code of verification, note of the demo."""
    return {**full(form), "verify": {}, "demo": False, "demo_seal": False, "number": ""}


def part(made: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return ElementTree.fromstring(package.read(f"word/{name}.xml"))  # noqa: S314 - written by us


def text_of(made: bytes, name: str = "document") -> str:
    return "".join(one.text or "" for one in part(made, name).iter(f"{WORD}t"))


def letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()).replace("\u200b", "").replace("_", ""))


@pytest.mark.parametrize("form", FORMS, ids=[form.id for form in FORMS])
def test_a_draft_says_what_the_paper_says(form: forms.Form) -> None:
    made = draft(form.id, unmarked(form))
    printed = PdfReader(io.BytesIO(render(form.id, unmarked(form), preview=True).pdf))
    pages = "".join(page.extract_text() for page in printed.pages)
    feet = letters(text_of(made, "footer1")) + letters("".join(_table_heads(made)))
    feet = Counter({letter: count * len(printed.pages) for letter, count in feet.items()})

    missing = letters(pages) - letters(text_of(made)) - FURNITURE - feet
    added = letters(text_of(made)) - letters(pages)

    assert not missing
    assert not added


def _table_heads(made: bytes) -> list[str]:
    """The first row of each table, which the printed page repeats."""
    rows = [table.find(f"{WORD}tr") for table in part(made, "document").iter(f"{WORD}tbl")]
    return [one.text or "" for row in rows if row is not None for one in row.iter(f"{WORD}t")]


def test_a_draft_is_marked_on_each_page_and_has_no_number() -> None:
    form = forms.form("penalty-decision")
    made = draft(form.id, full(form))

    assert text_of(made, "header1").startswith(MARK)
    assert "演示数据" in text_of(made, "header1")
    assert "达市监罚〔2026〕12号" not in text_of(made)
    assert "（签发时编号）" in text_of(made)


def test_equal_data_gives_equal_bytes() -> None:
    form = forms.form("advance-notice")

    assert draft(form.id, full(form)) == draft(form.id, full(form))


def test_a_gap_is_marked() -> None:
    assert "（待填写）" in text_of(draft("penalty-decision", {"organ": {"name": "某某局"}}))


def test_text_of_a_case_stays_text() -> None:
    form = forms.form("penalty-decision")
    data = unmarked(form)
    data["facts"] = {**data["facts"], "violation_fact": 'a < b & "c" <w:t>#eval("1")'}

    assert 'a < b & "c" <w:t>#eval("1")' in text_of(draft(form.id, data))


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        draft("no-such", {})

    assert refusal.value.code == "no-such-form"
