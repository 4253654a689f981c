"""The folder and the ZIP of a case file: valid BagIt, proofs that hold, a viewer that opens anywhere."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import tracemalloc
import uuid
import zipfile
from pathlib import Path
from typing import Any

import bagit
import pytest

from mingjing.archives import actions as archives
from mingjing.archives import bag, dossier
from mingjing.cases.facts import Upload
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM
from mingjing.record import actions as record
from mingjing.record.models import Entry
from mingjing.vault.models import Custody
from tests.office import MONDAY, Matter, Office, refused

from .files import FILM, archived, scan, under_way

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    return under_way(office)


def folder(matter: Matter, tmp_path: Path, *, seal: bool = True) -> Path:
    if seal:
        record.seal(matter.at)
    out = tmp_path / "案卷"
    archives.export_folder(
        no=matter.case.no, out=out, actor=matter.office.actor("archivist", matter.at), at=matter.at
    )
    return out


def test_the_folder_is_a_valid_bag(matter: Matter, tmp_path: Path) -> None:
    """RFC 8493, judged by the Library of Congress's own checker."""
    out = folder(matter, tmp_path)

    found = bagit.Bag(str(out))
    assert found.validate(completeness_only=False)
    assert found.info["External-Identifier"] == matter.case.no


def test_a_changed_byte_and_a_lost_file_are_found(matter: Matter, tmp_path: Path) -> None:
    out = folder(matter, tmp_path)
    (out / "data/案卷.pdf").write_bytes(b"other")

    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(out)).validate()


def test_sm3_says_the_same_as_sha256(matter: Matter, tmp_path: Path) -> None:
    out = folder(matter, tmp_path)
    lines = (out / "manifest-sm3.txt").read_text("utf-8").splitlines()

    assert len(lines) == len((out / "manifest-sha256.txt").read_text("utf-8").splitlines())
    for line in lines:
        digest, path = line.split("  ", 1)
        assert hashlib.new("sm3", (out / path).read_bytes()).hexdigest() == digest


def test_the_folder_holds_everything_the_case_has(matter: Matter, tmp_path: Path) -> None:
    out = folder(matter, tmp_path)
    kept = {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (out / "data").rglob("*") if path.is_file()
    }
    case = matter.case

    assert {one.sha256 for one in case.evidence.all()} <= kept
    assert {one.sha256 for one in case.papers.filter(voided_at__isnull=True)} <= kept
    records = {path.read_bytes() for path in (out / "data/全过程记录").glob("*.json")}
    assert {
        bytes(one.body)
        for one in Entry.objects.filter(subject=f"case:{case.pk}").exclude(kind="dossier-export")
    } == records


def test_every_proof_is_verified_by_a_bare_python(matter: Matter, tmp_path: Path) -> None:
    out = folder(matter, tmp_path)
    proofs = sorted((out / "data/证明").glob("*.json"))
    key = (out / "data/日志/公钥.txt").read_text("utf-8").strip()

    assert len(proofs) == Entry.objects.exclude(kind__endswith="export").count()
    for proof in proofs:
        command = [sys.executable, "-I", "-S", str(out / "verify.py"), str(proof), "--key", key]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_receipts_and_the_policy_lie_beside_the_proofs(matter: Matter, tmp_path: Path) -> None:
    out = folder(matter, tmp_path)
    proofs = {path.stem for path in (out / "data/证明").glob("*.json")}

    assert {path.stem for path in (out / "data/回执").glob("*.txt")} == proofs
    assert (out / "data/日志/policy.txt").read_text("utf-8").startswith("log ")


def test_what_has_no_place_in_the_log_comes_without_proof(matter: Matter, tmp_path: Path) -> None:
    told = archives.export_folder(no=matter.case.no, out=tmp_path / "x", actor=SYSTEM, at=matter.at)

    assert told["entries"] == 0
    assert told["waiting"] == Entry.objects.exclude(kind__endswith="export").count()


def test_the_catalogue_agrees_with_the_bound_file_and_holds_no_formula(
    matter: Matter, tmp_path: Path
) -> None:
    out = folder(matter, tmp_path)
    table = list(csv.reader(io.StringIO((out / "data/目录.csv").read_text("utf-8-sig"))))
    file = dossier.dossier_for(matter.office.actor("archivist", matter.at), matter.case.no)

    assert table[0] == ["卷别", "顺序号", "文号", "题名", "日期", "页号", "备注"]
    assert len(table) - 1 == sum(len(lines) for lines in file.catalogue().values())
    told = json.loads((out / "data/目录.json").read_text("utf-8"))
    for volume in told["volumes"]:
        for line in volume["lines"]:
            assert hashlib.sha256((out / line["path"]).read_bytes()).hexdigest() == line["sha256"]


def test_names_that_a_file_system_or_a_spreadsheet_would_choke_on_are_tamed() -> None:
    assert bag.safe("../../etc/passwd") == "_.._etc_passwd"
    assert bag.safe("100%\r\n.pdf") == "100_.pdf"
    assert bag.safe("") == "文件"
    assert len(bag.safe("长" * 300 + ".pdf").encode()) <= 124
    assert bag.safe("长" * 300 + ".pdf").endswith(".pdf")


def test_the_zip_is_the_folder(matter: Matter, tmp_path: Path) -> None:
    record.seal(matter.at)
    actor = matter.office.actor("archivist", matter.at)
    content = b"".join(archives.export_zip(no=matter.case.no, actor=actor, at=matter.at))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        archive.extractall(tmp_path / "out")
    bagit.Bag(str(tmp_path / "out")).validate()
    assert FILM in {path.read_bytes() for path in (tmp_path / "out/data/音像和电子资料").iterdir()}


def test_a_large_recording_never_lies_in_memory(tmp_path: Path) -> None:
    """64 MiB pass through with a few MiB held; the same for the folder and the ZIP."""

    class Zeros(io.RawIOBase):
        left = 64 << 20

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return bytes(size)

    def stream() -> bag.Stream:
        film = bag.BagFile("录像.mp4", "录像", Zeros, 64 << 20)
        return bag.bag([film], lambda digests: {}, {}, MONDAY)

    tracemalloc.start()
    for piece in bag.zipped(stream(), MONDAY):
        assert len(piece) < 8 << 20
    bag.write_folder(stream(), tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 << 20


def test_a_folder_that_is_not_empty_is_left_alone(matter: Matter, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")

    with refused("folder-exists"):
        archives.export_folder(no=matter.case.no, out=full, actor=SYSTEM, at=matter.at)

    assert [one.name for one in full.iterdir()] == ["mine.txt"]


def test_damaged_evidence_stops_the_export_and_leaves_nothing(
    matter: Matter, tmp_path: Path, settings: Any
) -> None:
    film = next(one for one in matter.case.evidence.all() if one.name.endswith(".mp4"))
    path = next(Path(settings.MINGJING_VAR).rglob(film.sha256))
    path.chmod(0o640)
    path.write_bytes(FILM[:-1] + b"x")

    with refused("blob-damaged"):
        archives.export_folder(no=matter.case.no, out=tmp_path / "there/out", actor=SYSTEM, at=matter.at)

    assert list((tmp_path / "there").iterdir()) == []


def test_giving_the_file_away_is_on_the_record(matter: Matter, tmp_path: Path) -> None:
    out = folder(matter, tmp_path)
    entry = Entry.objects.filter(kind="dossier-export").latest("seq")

    told = json.loads(bytes(entry.body))
    assert told["plain"]["case"] == matter.case.no
    assert told["plain"]["bound"] == hashlib.sha256((out / "data/案卷.pdf").read_bytes()).hexdigest()


def test_a_sealed_volume_is_given_as_it_was_sealed_with_its_drawer(office: Office, tmp_path: Path) -> None:
    matter = archived(office)
    actor = office.actor("archivist", matter.at)
    volume = archives.seal_volume(case_id=matter.case_id, actor=actor, at=matter.at)
    late = archives.add_late_paper(
        case_id=matter.case_id,
        title="履行情况说明",
        made_on=matter.at.date(),
        reason="归档后送来。",
        file=Upload("file", "说明.pdf", "application/pdf", scan(3)),
        actor=actor,
        at=matter.at,
    )

    out = folder(matter, tmp_path)

    bagit.Bag(str(out)).validate()
    assert hashlib.sha256((out / "data/案卷.pdf").read_bytes()).hexdigest() == volume.sha256
    drawer = (out / "data/补充归档/001 履行情况说明.pdf").read_bytes()
    assert hashlib.sha256(drawer).hexdigest() == late.sha256
    last = (out / "data/目录.csv").read_text("utf-8-sig").splitlines()[-1]
    assert last.startswith("补充归档,1,,履行情况说明,")
    assert f",{volume.pages + 1}," in last


def test_a_stranger_may_not_have_it(matter: Matter, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        archives.export_folder(
            no=matter.case.no,
            out=tmp_path / "x",
            actor=matter.office.actor("publisher", matter.at),
            at=matter.at,
        )
    assert caught.value.code == "no-permission"


def test_the_viewer_cannot_be_broken_out_of(matter: Matter, tmp_path: Path) -> None:
    out = folder(matter, tmp_path)
    page = (out / "index.html").read_text("utf-8")

    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert data is not None
    assert "<" not in data[1]
    assert json.loads(data[1])["case"] == matter.case.no
    assert not re.search(r"""(src|href)=["']https?:""", page)


def test_the_chain_of_custody_is_given_whole_however_long(matter: Matter, tmp_path: Path) -> None:
    """The page of a piece shows the latest acts alone; whoever takes the file over gets every one."""
    piece = matter.case.evidence.earliest("pk")
    acts = 230
    Custody.objects.bulk_create(
        Custody(piece=f"evidence:{piece.pk}", kind="view", at=matter.at, entry_id=uuid.uuid4())
        for _ in range(acts)
    )

    out = folder(matter, tmp_path)

    rows = csv.DictReader(io.StringIO((out / "data/保管链.csv").read_text(encoding="utf-8-sig")))
    assert sum(row["SHA-256"] == piece.sha256 and row["由谁"] == "平台" for row in rows) == acts
