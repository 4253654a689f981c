"""``mingjing evidence``: what an operator or archivist does without a browser."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from mingjing import cli
from mingjing.cases import actions as cases
from mingjing.cases.facts import Upload
from mingjing.organs import actions as organs
from mingjing.organs.authority import SYSTEM
from mingjing.record import store as disk
from mingjing.record.models import Blob, Entry
from mingjing.vault.models import Custody, Ground
from tests.office import MONDAY, Matter, Office, open_matter
from tests.office_fixtures import office

__all__ = ["office"]
pytestmark = pytest.mark.django_db
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(200)


@pytest.fixture(autouse=True)
def signed_in(office: Office) -> None:
    for who in ("handler", "archivist"):
        organs.open_account(officer_id=office.people[who].pk, username=who, actor=SYSTEM, at=MONDAY)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "现场.mp4"
    path.write_bytes(FILM)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli.main(["evidence", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_file_is_put_into_the_store(office: Office, film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = run(capsys, "put", str(film), "--as", "handler")

    assert code == 0
    assert told[0]["sha256"] == hashlib.sha256(FILM).hexdigest()
    assert disk.blob_path(told[0]["sha256"]).read_bytes() == FILM
    assert (Ground.objects.get().retention, Ground.objects.get().label) == ("no_case", "现场.mp4")
    assert Entry.objects.get(kind="evidence-put").subject.startswith("put:")


def recorded(office: Office, film: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Matter, int, Any]:
    matter = open_matter(office)
    matter.films = False
    seq = matter.do("site_inspection").seq or 0
    given = ("--case", matter.case.no, "--step", str(seq), "--made-at", "2026-03-02T09:00")
    return matter, *run(capsys, "put", str(film), "--as", "handler", *given, "--reason", "次日导出。")


def test_a_file_is_put_into_a_case(office: Office, film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    matter, code, told = recorded(office, film, capsys)

    assert code == 0
    assert matter.case.evidence.get().sha256 == told[0]["sha256"]
    assert Ground.objects.get().subject == f"case:{matter.case_id}"


@pytest.mark.parametrize(
    "missing, code", [("--step", "missing"), ("--made-at", "bad-date"), ("--reason", "bad-reason")]
)
def test_what_a_case_needs_is_asked_for(
    office: Office, film: Path, capsys: pytest.CaptureFixture[str], missing: str, code: str
) -> None:
    matter = open_matter(office)
    matter.films = False
    seq = matter.do("site_inspection").seq or 0
    given = {"--step": str(seq), "--made-at": "2026-03-02T09:00", "--reason": "次日导出。"}
    del given[missing]
    words = [word for pair in given.items() for word in pair]

    exit_code, told = run(capsys, "put", str(film), "--as", "handler", "--case", matter.case.no, *words)

    assert (exit_code, told["refused"]["code"]) == (1, code)


def test_a_case_is_exported_and_checks_without_the_platform(
    office: Office, film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matter, _, put = recorded(office, film, capsys)
    out = tmp_path / "out"

    code, told = run(capsys, "export", matter.case.no, "--out", str(out), "--as", "archivist")

    assert code == 0
    assert [one["path"] for one in told] == ["001-现场.mp4"]
    assert (out / "001-现场.mp4").read_bytes() == FILM
    lines = (out / "manifest-sha256.txt").read_text(encoding="utf-8")
    assert lines == f"{put[0]['sha256']}  001-现场.mp4\n"
    assert Custody.objects.get(kind="export").sha256 == put[0]["sha256"]

    code, told = run(capsys, "export", matter.case.no, "--out", str(out), "--as", "archivist")
    assert (code, told["refused"]["code"]) == (1, "not-empty")


def test_damaged_content_is_not_handed_out(
    office: Office, film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matter, _, put = recorded(office, film, capsys)
    path = disk.blob_path(put[0]["sha256"])
    path.chmod(0o640)
    path.write_bytes(b"x" * len(FILM))

    code, told = run(capsys, "export", matter.case.no, "--out", str(tmp_path / "out"), "--as", "archivist")

    assert (code, told["refused"]["code"]) == (1, "blob-damaged")
    assert not Custody.objects.filter(kind="export").exists()


def test_a_folder_that_cannot_be_written_is_told(
    office: Office, film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matter, _, _ = recorded(office, film, capsys)

    code, told = run(capsys, "export", matter.case.no, "--out", str(film), "--as", "archivist")

    assert (code, told["refused"]["code"]) == (1, "unwritable")


def test_scrubbing_reads_all_and_fails_where_something_is_wrong(
    office: Office, film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, put = run(capsys, "put", str(film), "--as", "handler")
    code, told = run(capsys, "scrub", "--all")
    assert (code, told["files"], told["faults"]) == (0, 1, 0)
    assert run(capsys, "scrub")[1]["files"] == 0

    path = disk.blob_path(put[0]["sha256"])
    path.chmod(0o640)
    path.write_bytes(b"x" * len(FILM))
    code, told = run(capsys, "scrub", "--all")
    assert (code, told["faults"]) == (1, 1)
    code, told = run(capsys, "status")
    assert (code, told["faults"][0]["what"]) == (1, "内容改变")

    path.write_bytes(FILM)
    code, told = run(capsys, "scrub", "--faults")
    assert (code, told["mended"]) == (0, 1)
    assert run(capsys, "status")[0] == 0


def test_scrubbing_goes_in_slices(
    office: Office, film: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mingjing import cli_evidence

    run(capsys, "put", str(film), "--as", "handler")
    film.write_bytes(FILM * 2)
    run(capsys, "put", str(film), "--as", "handler")
    monkeypatch.setattr(cli_evidence, "SLICE_BYTES", 1)

    code, told = run(capsys, "scrub", "--all")

    assert (code, told["files"], told["left"]) == (0, 2, 0)


def test_a_store_out_of_reach_is_refused(
    office: Office, film: Path, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    run(capsys, "put", str(film), "--as", "handler")
    settings.MINGJING_STORE = "nowhere"

    code, told = run(capsys, "scrub", "--all")

    assert (code, told["refused"]["code"]) == (1, "store-unreachable")
    assert run(capsys, "status")[0] == 1


def test_a_worker_looks_after_the_files(
    office: Office, film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "put", str(film), "--as", "handler")
    Blob.objects.update(read_at=timezone.now() - timedelta(days=80))

    assert cli.main(["worker", "--once", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["scrubbed"], told["damaged"], told["destroyed"]) == (1, 0, 0)


def test_people_read_it_in_sentences(office: Office, film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["evidence", "put", str(film), "--as", "handler"])
    cli.main(["evidence", "status"])
    cli.main(["evidence", "scrub", "--all", "--mb", "1"])

    shown = capsys.readouterr().out
    assert "已存入 1 个文件" in shown
    assert "1 个文件" in shown
    assert "已读 1 个文件" in shown


def test_a_film_of_a_step_is_kept_with_its_case(office: Office) -> None:
    matter = open_matter(office)
    matter.films = False
    seq = matter.do("site_inspection").seq or 0
    cases.add_recording(
        case_id=matter.case_id,
        seq=seq,
        files=[Upload("files", "录像.mp4", "video/mp4", FILM, "audiovisual")],
        made_at=matter.at,
        reason="次日导出。",
        actor=office.actor("handler"),
        at=matter.at,
    )

    ground = Ground.objects.get()
    assert (ground.retention, ground.until, ground.organ) == ("case_file", None, office.organ)
    assert ground.label == f"{matter.case.no} 录像.mp4"
