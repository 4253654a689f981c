"""Sealing, the drawer, the four properties, transfer and appraisal: what may happen to a closed file, and who."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mingjing.archives import actions as archives
from mingjing.archives import pdfa, retention
from mingjing.archives.models import Check, Volume
from mingjing.archives.retention import Asked, term_of
from mingjing.cases.facts import Upload
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM
from mingjing.record import actions as record
from mingjing.record import queries as records
from mingjing.record.models import Entry
from mingjing.vault import actions as vault
from tests.office import SHANGHAI, Matter, Office, open_matter, refused

from .files import FILM, archived, scan, under_way

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 6, 1, 10, 0, tzinfo=SHANGHAI)


def sealed(office: Office, archive_no: str = "") -> tuple[Matter, Volume]:
    matter = archived(office)
    actor = office.actor("archivist", matter.at)
    volume = archives.seal_volume(case_id=matter.case_id, actor=actor, at=matter.at, archive_no=archive_no)
    return matter, volume


def add(office: Office, matter: Matter, content: bytes = b"", **changes: Any) -> Any:
    values: dict[str, Any] = {
        "case_id": matter.case_id,
        "title": "履行情况说明",
        "made_on": date(2026, 5, 20),
        "reason": "当事人在归档后送来。",
        "file": Upload("file", "说明.pdf", "application/pdf", content or scan(3)),
        "actor": office.actor("archivist", LATER),
        "at": LATER,
    }
    return archives.add_late_paper(**{**values, **changes})


def test_sealing_keeps_the_bound_file_its_catalogue_and_term_on_the_record(office: Office) -> None:
    matter, volume = sealed(office)
    entry = Entry.objects.get(pk=volume.entry_id)
    plain = json.loads(bytes(entry.body))

    with records.open_blob(volume.sha256) as stream:
        content = stream.read()
    assert hashlib.sha256(content).hexdigest() == volume.sha256 == plain["files"][0]["sha256"]
    assert pdfa.faults(io.BytesIO(content)) == []
    assert plain["plain"]["archive_no"] == volume.archive_no == matter.case.facts["archive_no"]
    text = json.dumps(records.personal(entry.pk)["catalogue"], ensure_ascii=False, sort_keys=True)
    assert plain["plain"]["catalogue_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert "票据" not in json.dumps(plain, ensure_ascii=False)


def test_only_an_ended_case_is_sealed_and_only_once(office: Office) -> None:
    running = under_way(office)
    with refused("not-ended"):
        archives.seal_volume(case_id=running.case_id, actor=office.actor("archivist"), at=running.at)

    matter, _ = sealed(office)
    with refused("already-sealed"):
        archives.seal_volume(case_id=matter.case_id, actor=office.actor("archivist"), at=matter.at)


def test_who_is_no_archivist_of_the_organ_seals_nothing(office: Office) -> None:
    matter = archived(office)
    with refused("no-permission"):
        archives.seal_volume(case_id=matter.case_id, actor=office.actor("handler"), at=matter.at)


def test_an_archive_number_is_given_once(office: Office) -> None:
    _, volume = sealed(office)
    other = archived(office)
    with refused("archive-no-taken"):
        archives.seal_volume(
            case_id=other.case_id,
            actor=office.actor("archivist"),
            at=other.at,
            archive_no=volume.archive_no,
        )


ORDINARY = {"act": "penalty", "procedure": "penalty-ordinary", "outcome": "penalized_closed"}
TERMS = [
    ({**ORDINARY}, {}, (), "", "30", "penalty_ordinary"),
    ({**ORDINARY}, {}, (), "10", "30", "penalty_ordinary"),  # never shorter than the table
    ({**ORDINARY}, {}, (), "permanent", "permanent", "penalty_ordinary"),
    ({**ORDINARY}, {"review_due": True}, (), "30", "permanent", "penalty_major"),
    ({**ORDINARY}, {}, ("hearing",), "", "permanent", "hearing"),
    ({**ORDINARY, "outcome": "court_enforced"}, {}, (), "", "permanent", "court_enforced"),
    ({**ORDINARY, "procedure": "penalty-summary"}, {}, (), "", "10", "penalty_summary"),
    (
        {"act": "license", "procedure": "license-ordinary", "outcome": "granted"},
        {},
        (),
        "",
        "30",
        "license_granted",
    ),
    (
        {"act": "license", "procedure": "license-ordinary", "outcome": "refused"},
        {},
        (),
        "",
        "10",
        "license_refused",
    ),
    ({"act": "inspection", "procedure": "inspection", "outcome": "clean"}, {}, (), "", "10", "inspection"),
    (
        {"act": "other", "procedure": "execution-court", "outcome": "x"},
        {},
        (),
        "",
        "permanent",
        "court_execution",
    ),
    (
        {"act": "other", "procedure": "transfer-crime", "outcome": "x"},
        {},
        (),
        "",
        "permanent",
        "transferred_crime",
    ),
    ({"act": "benefit", "procedure": "benefit", "outcome": "granted"}, {}, (), "", "10", "other"),
]


@pytest.mark.parametrize("of, facts, done, chosen, key, code", TERMS)
def test_how_long_a_file_is_kept(
    of: dict[str, str], facts: dict[str, Any], done: tuple[str, ...], chosen: str, key: str, code: str
) -> None:
    """domain.md 6.3; 机关文件材料归档范围和文书档案保管期限规定: permanent, thirty or ten years."""
    term = term_of(Asked(**of, done=done, facts=facts, closed_on=date(2026, 3, 20), is_city=True), chosen)

    assert (term.key, term.file_class.code) == (key, code)


DATES = [
    ("permanent", True, {}, None, date(2046, 3, 20)),
    ("permanent", False, {}, None, date(2036, 3, 20)),
    ("30", True, {}, date(2056, 3, 20), None),
    ("30", False, {}, date(2056, 3, 20), date(2036, 3, 20)),
    ("30", True, {"expires_on": "2031-05-01"}, date(2061, 5, 1), None),
    ("30", True, {"expires_on": "2020-05-01"}, date(2056, 3, 20), None),
]


@pytest.mark.parametrize("chosen, is_city, facts, due, move", DATES)
def test_when_a_term_ends_and_a_file_goes_to_the_archives(
    chosen: str, is_city: bool, facts: dict[str, Any], due: date | None, move: date | None
) -> None:
    """档案法实施条例/20: twenty years in a city, ten in a county; a granted license counts from its end."""
    asked = Asked("license", "license-ordinary", "granted", (), facts, date(2026, 3, 20), is_city)

    term = term_of(asked, chosen)

    assert (term.due_on, term.transfer_on) == (due, move)


def test_a_term_nobody_knows_is_refused() -> None:
    with refused("bad-retention"):
        term_of(Asked("penalty", "penalty-ordinary", "", (), {}, date(2026, 3, 20), True), "15")


WRONG = [
    ('keep = "15y"', "可用"),
    ('keep = "10y"\nacts = ["nope"]', "没有“nope”"),
    ('keep = "10y"\nwhen = "a =="', ""),
    ('keep = "10y"\ntypo = 1', "不认识的键"),
]


@pytest.mark.parametrize("line, said", WRONG)
def test_what_is_wrong_in_the_table_is_named(line: str, said: str, tmp_path: Path, settings: Any) -> None:
    shown = (settings.MINGJING_CODEX / "retention/cases/general.toml").read_text("utf-8")
    folder = tmp_path / "retention/cases"
    folder.mkdir(parents=True)
    more = f'\n[[dossier]]\ncode = "try"\ntitle = "试"\nbasis = ""\nabout = ""\nsure = false\n{line}\n'
    (folder / "general.toml").write_text(shown + more, "utf-8")
    settings.MINGJING_CODEX = tmp_path

    found = list(retention.problems(["penalty", "coercion", "license", "inspection"], ["hearing"], []))

    assert any(said in one.message and ("try" in one.where or "retention" in one.where) for one in found), (
        found
    )


def test_a_late_paper_lies_in_the_drawer_and_the_volume_stays_as_it_was(office: Office) -> None:
    matter, volume = sealed(office)

    first, second = add(office, matter), add(office, matter, title="缴款凭证")
    film = add(
        office, matter, title="执行录像", file=Upload("file", "录像.mp4", "video/mp4", FILM, "audiovisual")
    )

    assert (first.first_page, first.pages) == (volume.pages + 1, 3)
    assert second.first_page == volume.pages + 4
    assert (film.pages, film.first_page, film.kind) == (0, 0, "audiovisual")
    again = Volume.objects.get(pk=volume.pk)
    assert (again.sha256, again.catalogue, again.late) == (volume.sha256, volume.catalogue, 3)
    told = json.loads(bytes(Entry.objects.get(pk=first.entry_id).body))
    assert told["plain"]["volume"] == volume.sha256
    assert "送来" not in json.dumps(told, ensure_ascii=False)
    assert records.personal(first.entry_id)["reason"] == "当事人在归档后送来。"


LATE_WRONG = [
    ({"reason": " "}, "bad-reason"),
    ({"title": ""}, "bad-title"),
    ({"made_on": date(2030, 1, 1)}, "bad-date"),
    ({"file": Upload("file", "坏.pdf", "application/pdf", b"%PDF-broken")}, "unreadable-paper"),
    ({"file": Upload("file", "空.pdf", "application/pdf", b"")}, "empty-file"),
]


@pytest.mark.parametrize("changes, code", LATE_WRONG)
def test_what_is_no_late_paper(office: Office, changes: dict[str, Any], code: str) -> None:
    matter, _ = sealed(office)
    with refused(code):
        add(office, matter, **changes)


def test_nothing_is_late_before_the_volume_is_sealed(office: Office) -> None:
    matter = archived(office)
    with refused("not-sealed-yet"):
        add(office, matter)


def checked(office: Office, volume: Volume, at: datetime = LATER) -> Check:
    record.seal(at)
    return archives.check_volume(volume_id=volume.pk, actor=office.actor("archivist", at), at=at)


def failed(check: Check) -> set[str]:
    return {one["test"] for one in check.results if not one["ok"]}


def test_each_of_the_four_properties_is_tested(office: Office) -> None:
    _, volume = sealed(office)

    check = checked(office, volume)

    assert {one["aspect"] for one in check.results} == {"真实性", "完整性", "可用性", "安全性"}
    assert all(one["remedy"] or one["ok"] for one in check.results)
    assert "文件内容与登记的校验值一致" not in failed(check)
    assert "装订本符合 PDF/A-2b（结构检查）" not in failed(check)


def test_a_changed_file_and_an_unsealed_entry_fail_authenticity(office: Office, settings: Any) -> None:
    matter, volume = sealed(office)
    film = next(one for one in matter.case.evidence.all() if one.name.endswith(".mp4"))
    path = next(Path(settings.MINGJING_VAR).rglob(film.sha256))
    path.chmod(0o640)
    path.write_bytes(b"other")
    try:
        check = archives.check_volume(volume_id=volume.pk, actor=office.actor("archivist", LATER), at=LATER)
    finally:
        path.write_bytes(FILM)

    assert {"文件内容与登记的校验值一致", "全过程记录已经编入存证日志"} <= failed(check)
    assert not Volume.objects.get(pk=volume.pk).passed


def test_a_paper_left_out_fails_completeness(office: Office) -> None:
    _, volume = sealed(office)
    volume.catalogue["volumes"]["main"].pop(1)
    Volume.objects.filter(pk=volume.pk).update(catalogue=volume.catalogue)

    check = checked(office, volume)

    assert {"目录页码连续、件数相符", "应归档的文件没有遗漏"} <= failed(check)


def test_another_signs_for_what_cannot_be_mended(office: Office) -> None:
    _, volume = sealed(office)
    volume.catalogue["volumes"]["main"].pop(1)
    Volume.objects.filter(pk=volume.pk).update(catalogue=volume.catalogue)
    check = checked(office, volume)
    sign = {"check_id": check.pk, "reason": "原件已经毁损，附说明。", "at": LATER}

    with refused("no-permission"):
        archives.except_check(actor=office.actor("archivist", LATER), **sign)
    with refused("bad-reason"):
        archives.except_check(actor=office.actor("organ_head", LATER), **{**sign, "reason": ""})
    archives.except_check(actor=office.actor("organ_head", LATER), **sign)

    assert Volume.objects.get(pk=volume.pk).passed
    with refused("nothing-failed"):
        archives.except_check(actor=office.actor("organ_head", LATER), **sign)


def passed(office: Office) -> Volume:
    _, volume = sealed(office, f"2026-{Volume.objects.count() + 1:03d}")
    Volume.objects.filter(pk=volume.pk).update(passed=True)
    volume.refresh_from_db()
    return volume


def listed(office: Office, volume: Volume, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "volume_ids": [volume.pk],
        "hall": "达州市档案馆",
        "actor": office.actor("archivist", LATER),
        "at": LATER,
    }
    return archives.list_transfer(**{**values, **changes})


def test_a_transfer_is_a_list_and_a_receipt(office: Office) -> None:
    matter, _ = sealed(office)
    volume = Volume.objects.get(case=matter.case)
    with refused("not-passed"):
        listed(office, volume)
    Volume.objects.filter(pk=volume.pk).update(passed=True)
    transfer = listed(office, volume)
    with refused("not-kept"):
        listed(office, volume)

    archives.hand_over_transfer(
        transfer_id=transfer.pk,
        receipt_no="达档接〔2046〕1号",
        received_on=LATER.date(),
        receipt=Upload("receipt", "交接文据.pdf", "application/pdf", scan(1)),
        actor=office.actor("archivist", LATER),
        at=LATER,
    )

    volume.refresh_from_db()
    assert volume.state == "transferred"
    told = json.loads(bytes(Entry.objects.filter(kind="transfer-handed").latest("at").body))
    assert told["plain"]["volumes"] == [{"archive_no": volume.archive_no, "sha256": volume.sha256}]
    with refused("not-kept"):
        add(office, matter)


def test_a_list_taken_back_frees_its_volumes(office: Office) -> None:
    volume = passed(office)
    transfer = listed(office, volume)
    archives.cancel_transfer(transfer_id=transfer.pk, actor=office.actor("archivist", LATER), at=LATER)

    assert listed(office, volume).pk != transfer.pk
    with refused("changed-meanwhile"):
        archives.cancel_transfer(transfer_id=transfer.pk, actor=office.actor("archivist", LATER), at=LATER)


def test_a_transfer_may_name_the_matter_it_was_approved_in(office: Office) -> None:
    volume = passed(office)
    with refused("no-such-matter"):
        listed(office, volume, matter_no=open_matter(office).case.no)


def due(office: Office) -> Volume:
    volume = passed(office)
    Volume.objects.filter(pk=volume.pk).update(retention="10", due_on=LATER.date() - timedelta(days=1))
    until = LATER.date() - timedelta(days=2)
    vault.settle(subject=f"case:{volume.case_id}", until=until, actor=SYSTEM, at=LATER)
    return volume


def appraise(office: Office, verdicts: dict[int, str], **changes: Any) -> Any:
    values: dict[str, Any] = {
        "title": "2026年第一次鉴定",
        "verdicts": verdicts,
        "reason": "期限届满，没有继续保存的价值。",
        "actor": office.actor("archivist", LATER),
        "at": LATER,
    }
    return archives.list_appraisal(**{**values, **changes})


def test_an_appraisal_needs_a_term_that_ran_out_and_another_person(office: Office) -> None:
    early = passed(office)
    Volume.objects.filter(pk=early.pk).update(retention="30", due_on=date(2056, 1, 1))
    with refused("not-due"):
        appraise(office, {early.pk: "destroy"})
    with refused("bad-verdict"):
        appraise(office, {early.pk: "burn"})

    volume = due(office)
    appraisal = appraise(office, {volume.pk: "keep"})
    with refused("no-permission"):
        archives.approve_appraisal(
            appraisal_id=appraisal.pk, opinion="同意", actor=office.actor("archivist", LATER), at=LATER
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        type(appraisal).objects.filter(pk=appraisal.pk).update(
            settled_by=appraisal.listed_by_id, settled_at=LATER
        )


VERDICTS = [("keep", "permanent", None), ("extend", "10", date(2036, 5, 31))]


@pytest.mark.parametrize("verdict, key, due_on", VERDICTS)
def test_what_an_approved_verdict_does(office: Office, verdict: str, key: str, due_on: date | None) -> None:
    volume = due(office)
    appraisal = appraise(office, {volume.pk: verdict})

    archives.approve_appraisal(
        appraisal_id=appraisal.pk, opinion="同意", actor=office.actor("organ_head", LATER), at=LATER
    )

    volume.refresh_from_db()
    appraisal.refresh_from_db()
    assert (volume.retention, volume.due_on, appraisal.state) == (key, due_on, "done")


def test_a_returned_list_changes_nothing(office: Office) -> None:
    volume = due(office)
    appraisal = appraise(office, {volume.pk: "destroy"})

    archives.return_appraisal(
        appraisal_id=appraisal.pk, opinion="再核", actor=office.actor("organ_head", LATER), at=LATER
    )

    volume.refresh_from_db()
    assert (volume.state, volume.appraisal_id, volume.verdict) == ("kept", None, "")


def test_destroying_takes_two_and_leaves_the_commitments(office: Office) -> None:
    """档案法/21: bytes and personal values go; log, hashes and the list stay; nobody does it alone."""
    volume = due(office)
    retained = volume.case.papers.first()
    record.seal(LATER)
    appraisal = appraise(office, {volume.pk: "destroy"})
    with refused("no-permission"):
        archives.destroy_volumes(appraisal_id=appraisal.pk, actor=office.actor("archivist", LATER), at=LATER)

    archives.approve_appraisal(
        appraisal_id=appraisal.pk, opinion="同意销毁", actor=office.actor("organ_head", LATER), at=LATER
    )

    volume.refresh_from_db()
    appraisal.refresh_from_db()
    assert (volume.state, appraisal.state) == ("destroyed", "done")
    for sha256 in (volume.sha256, retained.sha256):
        with pytest.raises(Refused):
            records.open_blob(sha256)
    assert not records.personal(volume.entry_id)
    for entry in records.history(f"case:{volume.case_id}"):
        assert records.prove(entry.entry_id)["inclusion"] is not None
    told = json.loads(bytes(Entry.objects.get(kind="volumes-destroyed").body))
    assert told["plain"]["volumes"][0]["sha256"] == volume.sha256
