"""真、改动、查无: papers and proofs checked at the public door and without it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingjing.organs.authority import SYSTEM
from mingjing.record import actions as record
from mingjing.record import queries as record_queries
from mingjing.record.verifier import mingjing_verify as verifier
from tests import makers
from tests.makers import AT

CONTENT = b"%PDF-1.7 invented"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def paper(db: None) -> Any:
    return makers.paper(makers.case(), sha256=DIGEST, verify_code="ABCDEFGHJKLM", seq=1)


def upload(client: Client, content: bytes, code: str = "") -> str:
    file = SimpleUploadedFile("决定书.pdf", content, "application/pdf")
    answer = client.post("/verify", {"file": file, "code": code})
    assert not answer.cookies
    return answer.content.decode()


@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize(
    "content, code, said",
    [
        (CONTENT, "", "与登记的文书一字不差"),
        (CONTENT, "ABCDEFGHJKLM", "与登记的文书一字不差"),
        (CONTENT + b" ", "abcd-efgh-jklm", "与登记的文书不一致"),
        (CONTENT + b" ", "", "没有登记过这份文件"),
        (CONTENT + b" ", "ZZZZZZZZZZZZ", "没有登记过这份文件"),
    ],
    ids=["the file", "file and code", "changed, code copied in groups", "changed, no code", "wrong code"],
)
def test_a_file_gets_one_of_three_answers_without_scripts(
    client: Client, content: bytes, code: str, said: str
) -> None:
    assert said in upload(client, content, code)


@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize(
    "digest, query, kind",
    [
        (DIGEST, "", "genuine"),
        (DIGEST.upper(), "", "genuine"),
        ("0" * 64, "?code=ABCDEFGHJKLM", "changed"),
        ("0" * 64, "", "unknown"),
    ],
)
def test_the_script_asks_by_digest_and_gets_json(client: Client, digest: str, query: str, kind: str) -> None:
    answer = client.get(f"/verify/{digest}{query}", headers={"Accept": "application/json"})

    assert answer.json()["kind"] == kind
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("paper")
def test_the_code_on_a_paper_leads_to_what_was_issued(client: Client) -> None:
    page = client.get("/v/ABCDEFGHJKLM").content.decode()

    assert "行政处罚决定书" in page
    assert DIGEST in page
    assert "没有这个验证码" in client.get("/v/ZZZZZZZZZZZZ").content.decode()


def test_a_voided_paper_is_genuine_but_void(client: Client, paper: Any) -> None:
    paper.voided_at, paper.void_reason = AT, "文号重复，重新出具"
    paper.save()

    page = upload(client, CONTENT)

    assert "这份文书已经作废" in page
    assert "文号重复" in page


def test_an_internal_paper_is_nobodys_business(client: Client, paper: Any) -> None:
    paper.outgoing = False
    paper.save()

    assert "没有登记过这份文件" in upload(client, CONTENT)
    assert "没有这个验证码" in client.get("/v/ABCDEFGHJKLM").content.decode()


@pytest.mark.usefixtures("paper")
def test_the_answer_names_nobody(client: Client) -> None:
    assert "达州市某某食品有限公司" not in client.get("/v/ABCDEFGHJKLM").content.decode()


@pytest.mark.usefixtures("db")
def test_a_huge_file_is_refused_with_a_way_out(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingjing.web.public.views import verify

    monkeypatch.setattr(verify, "LARGEST_BYTES", 10)
    file = SimpleUploadedFile("大.pdf", b"x" * 11, "application/pdf")

    answer = client.post("/verify", {"file": file})

    assert answer.status_code == 409
    assert "离线核验程序" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_proof_from_the_decision_page_holds_offline(client: Client, own_record: Path) -> None:
    made = _sealed_publication()

    proof = client.get(f"/decisions/{made.slug}/proof.json")
    program = client.get("/log/mingjing_verify.py")
    (own_record / "proof.json").write_bytes(proof.content)
    (own_record / "mingjing_verify.py").write_bytes(program.content)
    run = subprocess.run(
        [sys.executable, "-I", "mingjing_verify.py", "proof.json"],
        cwd=own_record,
        capture_output=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout.decode() + run.stderr.decode()
    assert json.loads(proof.content)["disclosures"] == []
    page = client.get(f"/decisions/{made.slug}").content.decode()
    assert "已存证" in page


@pytest.mark.django_db(transaction=True)
def test_a_bundle_from_the_decision_page_holds_offline(client: Client, own_record: Path) -> None:
    made = _sealed_publication()
    page = client.get(f"/decisions/{made.slug}").content.decode()
    assert f"/decisions/{made.slug}/bundle.zip" in page
    assert "text.pdf" not in page

    bundle = client.get(f"/decisions/{made.slug}/bundle.zip")
    (own_record / "bundle.zip").write_bytes(bundle.content)
    (own_record / "verify.py").write_bytes(client.get("/log/verify.py").content)
    (own_record / "policy.txt").write_bytes(client.get("/log/policy").content)
    command = [sys.executable, "-I", "verify.py", "bundle.zip", "--policy", "policy.txt"]
    run = subprocess.run(command, cwd=own_record, capture_output=True, check=False)

    assert (bundle["Content-Type"], bundle["Cache-Control"]) == ("application/zip", "no-store")
    assert run.returncode == 0, run.stdout.decode() + run.stderr.decode()
    assert run.stdout.decode().startswith("结论：证明成立。")
    assert client.get(f"/decisions/{made.slug}/text.pdf").status_code in (404, 409)
    assert client.get("/decisions/nothing/bundle.zip").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_record")
def test_whoever_holds_a_paper_gets_the_proof_that_the_record_names_it(client: Client) -> None:
    paper = makers.paper(makers.case(), sha256=DIGEST, verify_code="ABCDEFGHJKLM", seq=1)
    answer = client.get(f"/verify/{DIGEST}", headers={"Accept": "application/json"}).json()
    assert answer["proof"] == f"/verify/{DIGEST}/proof.json"
    assert client.get(answer["proof"]).status_code in (404, 409)  # its record is in no log yet

    paper.step.entry_id = _entry(files=[{"name": "决定书.pdf", "sha256": DIGEST}]).pk
    paper.step.save()
    record.seal(AT)
    proof = client.get(answer["proof"])

    policy = verifier.parse_policy(client.get("/log/policy").content.decode())
    found = verifier.verify_proof(proof.json(), {"决定书.pdf": CONTENT}, policy)
    assert found["files"][0]["registered"] == "决定书.pdf"
    assert proof["Cache-Control"] == "no-store"
    assert client.get(f"/verify/{'0' * 64}/proof.json").status_code == 404
    unknown = client.get(f"/verify/{'0' * 64}", headers={"Accept": "application/json"}).json()
    assert unknown["proof"] == ""


def test_the_page_for_saving_holds_everything_and_asks_for_nothing(client: Client, db: None) -> None:
    page = client.get("/verify.html")
    text = page.content.decode()

    assert page["Content-Disposition"] == 'attachment; filename="verify.html"'
    assert "default-src 'none'" in text
    for outside in ("import {", "export ", "src=", "href=", " url(", "fetch("):
        assert outside not in text, outside
    assert "Choose a bundle" in client.get("/en/verify.html").content.decode()


@pytest.mark.django_db
def test_a_published_text_is_genuine_and_says_when_it_was_withdrawn(client: Client) -> None:
    made = makers.publication(sheet_sha256=DIGEST)
    assert "与公示时存入的公示文本一字不差" in upload(client, CONTENT)

    made.state, made.withdrawn_at, made.withdrawn_by = "withdrawn", AT, made.published_by
    made.withdrawal_reason = "该决定已被撤销"
    made.save()

    page = upload(client, CONTENT)
    assert "公示已经撤下" in page
    assert "该决定已被撤销" in page
    assert "was withdrawn" in client.get(f"/en/verify/{DIGEST}").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("own_record")
def test_the_log_page_shows_the_signed_head_and_serves_its_files(client: Client) -> None:
    assert "还没有封存过" in client.get("/log").content.decode()
    _sealed_publication()

    head = client.get("/log/checkpoint", follow=True)
    page = client.get("/log?fresh").content.decode()
    tile = client.get("/log/2026/tile/0/000.p/1")

    assert "1 条" in page
    assert "2026 年" in page
    assert head.redirect_chain == [("/log/2026/checkpoint", 302)]
    assert client.get("/log/keys").content.decode().splitlines() == record_queries.vkeys()
    assert b"".join(head.streaming_content).decode().splitlines()[1] == "1"
    assert len(b"".join(tile.streaming_content)) == 32
    for path in ("../keys/record-2026.key", "2025/checkpoint", "tile/0/000.p/1"):
        assert client.get(f"/log/{path}").status_code == 404


@pytest.mark.usefixtures("db")
def test_a_proof_before_the_seal_says_when_to_come_back(client: Client) -> None:
    made = makers.publication()

    assert client.get(f"/decisions/{made.slug}/proof.json").status_code in (404, 409)


def _entry(**changes: Any) -> Any:
    """One entry of a decision, not sealed yet."""
    from django.db import transaction

    given: dict[str, Any] = {"plain": {"step": "decide"}, "personal": {"x": "y"}, **changes}
    with transaction.atomic():
        return record.append(kind="case.decide", subject="case:1", at=AT, actor=SYSTEM, **given)


def _sealed_publication() -> Any:
    entry = _entry()
    record.seal(AT)
    return makers.publication(decision_entry_id=entry.pk)
