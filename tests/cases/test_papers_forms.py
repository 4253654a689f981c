"""Every form of the codex is well described and can be set."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from mingjing.cases.papers import forms
from mingjing.cases.papers.numbers import number
from mingjing.cases.papers.render import font_report, pictures, render
from mingjing.kernel.refused import Refused

from .paper_samples import every_form, full, minimal

FORMS = every_form()
IDS = [form.id for form in FORMS]


def text_of(pdf: bytes) -> str:
    """What a reader can copy from a PDF, without blanks (lines are justified)."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split()).replace("\u200b", "")


def form_named(form_id: str) -> forms.Form:
    return forms.form(form_id)


@pytest.mark.parametrize("form", FORMS, ids=IDS)
def test_a_form_compiles_with_full_data(form: forms.Form) -> None:
    made = render(form.id, full(form))

    assert made.pdf.startswith(b"%PDF-1.7")
    assert made.warnings == ()
    text = text_of(made.pdf)
    for word in ("none", "(:)", "dictionary"):
        assert word not in text


@pytest.mark.parametrize("form", FORMS, ids=IDS)
def test_a_form_compiles_with_the_least_data(form: forms.Form) -> None:
    made = render(form.id, minimal(form))

    assert made.pages >= 1
    assert "none" not in text_of(made.pdf)


@pytest.mark.parametrize("form", [f for f in FORMS if f.required()], ids=lambda form: form.id)
def test_a_form_without_its_required_fields_is_refused_by_name(form: forms.Form) -> None:
    data = {**minimal(form), "facts": {}}

    with pytest.raises(Refused) as refusal:
        render(form.id, data)

    assert refusal.value.code == "paper-not-rendered"
    assert form.title in refusal.value.reason
    for field in form.required():
        assert f"{field.label}（{field.key}）" in refusal.value.reason


@pytest.mark.parametrize("form", FORMS, ids=IDS)
def test_a_preview_marks_gaps_instead_of_refusing(form: forms.Form) -> None:
    made = render(form.id, {"organ": {"name": "某某局"}}, preview=True)

    assert "预览稿" in text_of(made.pdf)


def test_every_outgoing_numbered_form_has_a_character_of_its_own_kind() -> None:
    for form in FORMS:
        assert form.wenzhong or not form.numbered, form.id
        assert not form.seal or form.outgoing, form.id


def test_every_text_file_has_its_metadata_and_the_reverse() -> None:
    typ = {path.stem for path in forms.FOLDER.glob("*.typ")} - {"lib", "page-stamps", "evidence-pages"}

    assert typ == set(IDS)


@pytest.mark.parametrize(
    "line, message",
    [
        ('head = "blue"', "head"),
        ('part = "third"', "part"),
        ("color = true", "不认识 color"),
        ("numbered = true", "wenzhong"),
        ("order = true", "order 应为 int"),
        ('fields = [{ key = "a" }]', "缺少 key 或 label"),
        ('fields = [{ key = "a", label = "甲", kind = "color" }]', "kind 为“color”"),
        ('fields = [{ key = "a", label = "甲", kind = "rows" }]', "columns"),
    ],
)
def test_wrong_metadata_names_file_and_key(tmp_path: Path, line: str, message: str) -> None:
    good = {
        "id": '"sample"', "code": '"D-Z1"', "title": '"样"', "wenzhong": '""', "basis": '"行政处罚法/1"',
        "head": '"red"', "part": '"main"', "order": "1",
    }  # fmt: skip
    key = line.split(" ", 1)[0]
    text = "\n".join([*(f"{name} = {value}" for name, value in good.items() if name != key), line])
    (tmp_path / "sample.toml").write_text(text, "utf-8")

    with pytest.raises(Refused) as refusal:
        forms.catalogue(tmp_path)

    assert refusal.value.code == "bad-form"
    assert message in refusal.value.reason
    assert "sample" in refusal.value.reason


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        render("no-such", {})

    assert refusal.value.code == "no-such-form"


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (("达市监", "罚", 2026, 12), "达市监罚〔2026〕12号"),
        (("达通市监", "罚告", 2026, 1), "达通市监罚告〔2026〕1号"),
        (("达市监", "罚", 2026, 88, "{prefix}{wenzhong}〔{year}〕{seq:04}号"), "达市监罚〔2026〕0088号"),
        (
            ("达应急", "责改", 2025, 7, "（{prefix}）{wenzhong}〔{year}〕第{seq}号"),
            "（达应急）责改〔2025〕第7号",
        ),
    ],
)
def test_a_number_is_written_as_official_papers_write_it(arguments: tuple[Any, ...], expected: str) -> None:
    assert number(*arguments) == expected


@pytest.mark.parametrize("bad", [(2026, 0, None), (26, 1, None), (2026, 1, "{organ}{seq}")])
def test_a_number_that_cannot_be_is_refused(bad: tuple[int, int, str | None]) -> None:
    year, seq, pattern = bad

    with pytest.raises(Refused) as refusal:
        number("达市监", "罚", year, seq, pattern)

    assert refusal.value.code == "bad-number"


def test_the_fonts_that_come_with_us_fill_every_role() -> None:
    report = font_report()

    assert [face for _, face, _ in report] == ["Noto Serif SC"] * 2 + ["Noto Sans SC"] + ["Noto Serif SC"] * 2
    assert not any(official for _, _, official in report)


def test_pictures_show_each_page() -> None:
    made = pictures("penalty-decision", full(form_named("penalty-decision")))

    assert len(made) >= 2
    assert all(picture.startswith(b"\x89PNG") for picture in made)
