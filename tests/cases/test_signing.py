"""Records are read back and signed on the pad, on paper, or refused with a reason; each leaves its trace."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from mingjing.cases import actions, queries
from mingjing.cases.facts import InvalidFacts, Upload, signed
from mingjing.cases.models import Evidence
from mingjing.cases.papers.render import render
from mingjing.record import body
from mingjing.record import queries as record
from mingjing.record.models import Entry
from tests.office import Matter, Office, nothing_saved, open_matter, refused
from tests.pictures import picture

from .paper_samples import full
from .test_papers_forms import form_named

pytestmark = pytest.mark.django_db

INK = picture(800, 320)
ON_PAD = {"site_signing": "pad", "site_read_back": "read_aloud"}
FORMS = {"site_inspection": ("site", "当事人"), "interview": ("interview", "被询问人")}


@pytest.fixture
def matter(office: Office) -> Matter:
    return open_matter(office)


def sign(matter: Matter, step: str, *uploads: Upload, **changes: Any) -> Any:
    matter.at += timedelta(hours=1)
    return actions.take(
        case_id=matter.case_id,
        step=step,
        facts=matter.form(step, **changes),
        actor=matter.office.actor("handler", matter.at),
        at=matter.at,
        files=uploads,
    )


def pdf_of(matter: Matter, taken: Any) -> PdfReader:
    paper = matter.case.papers.get(pk=taken.papers[0])
    with record.open_blob(paper.sha256) as file:
        return PdfReader(io.BytesIO(file.read()))


def text_of(reader: PdfReader) -> str:
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")


def pictures_of(reader: PdfReader) -> int:
    return sum(len(page.images) for page in reader.pages)


@pytest.mark.parametrize("step", FORMS)
def test_a_signature_is_kept_committed_and_printed(matter: Matter, step: str) -> None:
    key, who = FORMS[step]
    choice = {f"{key}_signing": "pad", f"{key}_read_back": "read_aloud"}

    taken = sign(matter, step, signed(f"{key}_signature", INK), **choice)

    sha256 = hashlib.sha256(INK).hexdigest()
    row = matter.case.steps.get(pk=taken.step_id)
    assert row.facts[f"{key}_signature"] == sha256
    kept = Evidence.objects.get(step=row)
    assert (kept.kind, kept.media_type, kept.sha256) == ("signature", "image/png", sha256)
    with record.open_blob(sha256) as file:
        assert file.read() == INK
    entry = body.read(bytes(Entry.objects.get(pk=taken.entry_id).body))
    assert sha256 in [file["sha256"] for file in entry["files"]]
    assert f"{key}_signature" not in entry["plain"]["facts"]
    reader = pdf_of(matter, taken)
    assert pictures_of(reader) == 1
    assert f"以上笔录已向{who}宣读，{who}确认无误" in text_of(reader)
    assert f"{who}签名（见末页）" in text_of(reader)
    assert "pictures" not in matter.case.papers.get(pk=taken.papers[0]).data


@pytest.mark.parametrize("step", FORMS)
def test_a_record_signed_on_paper_leaves_the_line_blank_as_before(matter: Matter, step: str) -> None:
    key, who = FORMS[step]
    plain = text_of(pdf_of(matter, sign(matter, step)))
    reader = pdf_of(matter, sign(matter, step, **{f"{key}_signing": "paper"}))

    assert pictures_of(reader) == 0
    for text in (plain, text_of(reader)):
        assert f"{who}（签名）：" in text
        assert "核对意见：" in text
        assert "见末页" not in text


def test_who_refuses_to_sign_has_the_reason_the_officers_and_the_witness_on_the_record(
    matter: Matter,
) -> None:
    refusal = {"site_signing": "refused", "site_read_back": "declined", "site_refusal": "称需与家人商量"}

    text = text_of(pdf_of(matter, sign(matter, "site_inspection", site_attestant="王某某", **refusal)))

    assert (
        "当事人拒绝签名或者不能签名，理由：称需与家人商量。执法人员：甲某某、乙某某；见证人：王某某。" in text
    )
    assert "以上笔录交当事人阅读、向其宣读，当事人均予拒绝。" in text
    assert "当事人签名（拒绝，见末页）" in text


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"site_signing": "pad", "site_read_back": "read"}, "site_signature"),
        ({"site_signing": "refused", "site_read_back": "read"}, "site_refusal"),
        ({"site_signing": "refused", "site_refusal": "不愿意"}, "site_read_back"),
    ],
)
def test_neither_signature_nor_reason_is_told_at_its_field(
    matter: Matter, changes: dict[str, str], field: str
) -> None:
    with nothing_saved(matter), pytest.raises(InvalidFacts) as caught:
        sign(matter, "site_inspection", **changes)

    assert list(caught.value.fields) == [field]


@pytest.mark.parametrize(
    "upload",
    [
        signed("site_signature", b"\x89PNG\r\n\x1a\n"),
        signed("site_signature", b""),
        signed("site_signature", picture(ink=False)),
        replace(signed("site_signature", INK), kind="audiovisual"),
        replace(signed("site_signature", INK), content=io.BytesIO(INK)),
    ],
)
def test_what_is_no_signature_saves_nothing(matter: Matter, upload: Upload) -> None:
    with nothing_saved(matter), pytest.raises(InvalidFacts) as caught:
        sign(matter, "site_inspection", upload, **ON_PAD)

    assert list(caught.value.fields) == ["site_signature"]


def test_one_field_takes_one_signature_and_nobody_names_a_kept_one(matter: Matter) -> None:
    with nothing_saved(matter), refused("bad-facts"):
        sign(
            matter, "site_inspection", signed("site_signature", INK), signed("site_signature", INK), **ON_PAD
        )
    with nothing_saved(matter), refused("bad-facts"):
        sign(matter, "site_inspection", site_signature=hashlib.sha256(INK).hexdigest(), **ON_PAD)


def test_who_signs_and_then_takes_to_paper_leaves_no_signature_behind(matter: Matter) -> None:
    taken = sign(matter, "site_inspection", signed("site_signature", INK), site_signing="paper")

    assert not Evidence.objects.filter(step_id=taken.step_id).exists()
    assert pictures_of(pdf_of(matter, taken)) == 0


def test_a_signature_does_not_count_as_a_recording(matter: Matter) -> None:
    sign(matter, "site_inspection", signed("site_signature", INK), **ON_PAD)

    page = queries.case_page(matter.office.actor("handler", matter.at), matter.case.no, matter.at)

    event = next(one for one in page.events if getattr(one, "step", "") == "site_inspection")
    assert event.filmed == 0
    assert any(line.value.startswith("已签名") for line in event.facts)


KEYS = {
    "site-record": "site",
    "inspection-record": "site",
    "interview-record": "interview",
    "statement-record": "statement",
    "hearing-record": "hearing",
}


@pytest.mark.parametrize("form", KEYS)
def test_every_record_prints_the_signature_and_the_refusal(form: str) -> None:
    key = KEYS[form]
    data, sha256 = full(form_named(form)), hashlib.sha256(INK).hexdigest()
    signing = {f"{key}_signing": "pad", f"{key}_read_back": "read", f"{key}_signature": sha256}
    refusing = {f"{key}_signing": "refused", f"{key}_refusal": "当场离开", f"{key}_attestant": "王某某"}

    inked = render(form, {**data, "facts": {**data["facts"], **signing}, "pictures": {sha256: INK}}).pdf
    plain = render(form, {**data, "facts": {**data["facts"], **refusing}}).pdf

    assert pictures_of(PdfReader(io.BytesIO(inked))) == 1
    assert b"pdfaid" in inked
    assert pictures_of(PdfReader(io.BytesIO(plain))) == 0
    assert "理由：当场离开。" in text_of(PdfReader(io.BytesIO(plain)))
    teller = "听证主持人（注明）：" if key == "hearing" else "见证人：王某某。"
    assert teller in text_of(PdfReader(io.BytesIO(plain)))
