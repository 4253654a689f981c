"""Papers, evidence, case files and proofs: who may have them, and that they are what they say."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from mingjing.cases.facts import Upload
from mingjing.cases.models import Case
from mingjing.record import actions as record
from mingjing.record import queries as record_queries
from tests.makers import AT
from tests.web.desk_world import EVERYBODY, World, body

VERIFIER = Path(record_queries.__file__).parent / "verifier" / "mingjing_verify.py"


@pytest.fixture
def case(world: World) -> Case:
    case = world.open()
    facts = {
        "evidence_kind": "document",
        "evidence_title": "票据",
        "evidence_source": "当事人",
        "evidence_taken_at": AT,
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
    }
    file = SimpleUploadedFile("票据.txt", "票据内容".encode())
    uploads = [Upload("evidence_files", "票据.txt", "text/plain", file)]
    world.take(case, "evidence_extract", facts, files=uploads)
    return case


@pytest.mark.parametrize("who, status", EVERYBODY)
def test_who_may_read_a_paper(world: World, case: Case, who: str, status: int) -> None:
    paper = case.papers.first()
    assert paper is not None

    response = world.client(who).get(f"/desk/papers/{paper.pk}.pdf")

    assert response.status_code == status
    if status == 200:
        assert response["Content-Type"] == "application/pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert body(response).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "address", ["/desk/papers/424242.pdf", "/desk/evidence/424242", f"/desk/papers/{10**30}.pdf"]
)
def test_what_is_not_there_is_not_found(world: World, address: str) -> None:
    assert world.client("li").get(address).status_code == 404


@pytest.mark.parametrize("who, status", [*EVERYBODY, ("gongshi", 403), ("dangan", 200)])
def test_who_may_bind_the_case_file(world: World, case: Case, who: str, status: int) -> None:
    for kind in ("pdf", "zip"):
        assert world.client(who).get(f"/desk/cases/{case.no}/dossier.{kind}").status_code == status


def test_the_case_file_holds_every_paper_behind_a_cover(world: World, case: Case) -> None:
    response = world.client("li").get(f"/desk/cases/{case.no}/dossier.pdf")

    reader = PdfReader(io.BytesIO(response.content))
    own_pages = sum(paper.pages for paper in case.papers.all())
    assert len(reader.pages) > own_pages
    assert "案件来源登记表" in "".join(str(one) for one in _titles(reader.outline))


def test_the_zip_carries_evidence_and_checksums(world: World, case: Case) -> None:
    response = world.client("li").get(f"/desk/cases/{case.no}/dossier.zip")

    with zipfile.ZipFile(io.BytesIO(body(response))) as archive:
        names = archive.namelist()
        sums = archive.read("manifest-sha256.txt").decode()
    assert any(name.startswith("data/音像和电子资料/") and name.endswith("票据.txt") for name in names)
    assert {"index.html", "verify.py", "bagit.txt", "data/案卷.pdf"} <= set(names)
    assert case.evidence.get(kind="document").sha256 in sums


def test_a_proof_is_checked_by_the_verifier_that_knows_no_platform(
    world: World, case: Case, tmp_path: Path
) -> None:
    record.seal(AT)
    entry = case.steps.get(step="register").entry_id

    response = world.client("li").get(f"/desk/entries/{entry}/proof.json")

    proof = tmp_path / "proof.json"
    proof.write_bytes(response.content)
    assert response.status_code == 200
    assert json.loads(response.content)["disclosures"] == []
    checked = subprocess.run([sys.executable, VERIFIER, proof], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_receipt_is_there_before_the_seal(world: World, case: Case) -> None:
    entry = case.steps.get(step="register").entry_id

    response = world.client("li").get(f"/desk/entries/{entry}/receipt.txt")

    text = response.content.decode()
    assert text.splitlines()[0] == "mingjing-receipt/1"
    assert f"id {entry}" in text
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    page = world.client("li").get(f"/desk/cases/{case.no}").content.decode()
    assert f"/desk/entries/{entry}/receipt.txt" in page


@pytest.mark.parametrize(
    "who, status", [("li", 200), ("zhao", 200), ("jiandu", 200), ("guanli", 200), ("stranger", 404)]
)
def test_who_may_have_a_receipt(world: World, case: Case, who: str, status: int) -> None:
    entry = case.steps.get(step="register").entry_id

    assert world.client(who).get(f"/desk/entries/{entry}/receipt.txt").status_code == status


@pytest.mark.parametrize(
    "who, status", [("li", 200), ("zhao", 200), ("jiandu", 200), ("guanli", 200), ("stranger", 404)]
)
def test_who_may_have_a_proof(world: World, case: Case, who: str, status: int) -> None:
    record.seal(AT)
    entry = case.steps.get(step="register").entry_id

    assert world.client(who).get(f"/desk/entries/{entry}/proof.json").status_code == status


def test_an_entry_that_waits_cannot_be_proved_yet(world: World, case: Case) -> None:
    entry = case.steps.get(step="register").entry_id

    response = world.client("li").get(f"/desk/entries/{entry}/proof.json")

    assert response.status_code == 409
    assert "还没有编入日志" in response.content.decode()


def test_an_entry_that_does_not_exist_is_not_found(world: World) -> None:
    assert world.client("li").get(f"/desk/entries/{uuid.uuid4()}/proof.json").status_code == 404


def _titles(outline: Any) -> list[str]:
    found: list[str] = []
    for one in outline:
        found += _titles(one) if isinstance(one, list) else [one.title]
    return found
