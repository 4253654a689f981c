"""Whoever holds an outgoing paper can verify it: every form prints a QR code that a reader can read."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from mingjing.cases.papers import forms
from mingjing.cases.papers.render import pictures, render

from .paper_samples import every_form, full
from .test_papers_forms import text_of

OUTGOING = [form for form in every_form() if form.outgoing]
INTERNAL = [form for form in every_form() if not form.outgoing]
PPI = 110  # what a cheap printer and an old phone make of it


def read_codes(picture: bytes) -> list[str]:
    """Every QR code on a page, as a phone reads it."""
    page = Image.open(io.BytesIO(picture)).convert("L")
    return [found.text for found in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCode)]


@pytest.mark.parametrize("form", OUTGOING, ids=lambda form: form.id)
def test_an_outgoing_paper_leads_to_its_verification(form: forms.Form) -> None:
    data = full(form)

    first = pictures(form.id, data, preview=False, ppi=PPI)[0]

    assert data["verify"]["url"] in read_codes(first)


@pytest.mark.parametrize("form", OUTGOING, ids=lambda form: form.id)
def test_an_outgoing_paper_prints_its_code_for_those_without_a_phone(form: forms.Form) -> None:
    data = full(form)

    text = text_of(render(form.id, data).pdf)

    assert f"核验码：{data['verify']['code']}" in text
    assert data["verify"]["url"] in text


@pytest.mark.parametrize("form", INTERNAL[:3], ids=lambda form: form.id)
def test_an_internal_paper_has_no_code_to_lead_strangers(form: forms.Form) -> None:
    assert "核验码" not in text_of(render(form.id, full(form)).pdf)
