"""One call of each action of the room, for the test that every action appends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from mingjing.archives import actions as archives
from mingjing.archives.models import Appraisal, Volume
from mingjing.cases.facts import Upload
from tests.office import MONDAY, Matter, Office, finish, open_matter, to_decision


def export_folder(office: Office, tmp: Path) -> Any:
    matter, actor = open_matter(office), office.actor("archivist")
    return lambda: archives.export_folder(no=matter.case.no, out=tmp / "bag", actor=actor, at=matter.at)


def export_zip(office: Office, tmp: Path) -> Any:
    matter, actor = open_matter(office), office.actor("archivist")
    return lambda: b"".join(archives.export_zip(no=matter.case.no, actor=actor, at=matter.at))


def _sealed(office: Office) -> tuple[Matter, Volume]:
    matter = finish(to_decision(open_matter(office)))
    actor = office.actor("archivist", matter.at)
    return matter, archives.seal_volume(case_id=matter.case_id, actor=actor, at=matter.at)


def seal_volume(office: Office, tmp: Path) -> Any:
    matter = finish(to_decision(open_matter(office)))
    actor = office.actor("archivist")
    return lambda: archives.seal_volume(case_id=matter.case_id, actor=actor, at=matter.at)


def add_late_paper(office: Office, tmp: Path) -> Any:
    matter, _ = _sealed(office)
    return lambda: archives.add_late_paper(
        case_id=matter.case_id,
        title="缴款凭证",
        made_on=matter.at.date(),
        reason="银行迟交。",
        file=Upload("file", "凭证.txt", "text/plain", b"late"),
        actor=office.actor("archivist"),
        at=matter.at,
    )


def check_volume(office: Office, tmp: Path) -> Any:
    matter, volume = _sealed(office)
    actor = office.actor("archivist")
    return lambda: archives.check_volume(volume_id=volume.pk, actor=actor, at=matter.at)


def except_check(office: Office, tmp: Path) -> Any:
    check, head = check_volume(office, tmp)(), office.actor("organ_head")
    assert not check.passed  # its entries have no place in the log yet
    return lambda: archives.except_check(check_id=check.pk, reason="随后编入日志。", actor=head, at=MONDAY)


def list_transfer(office: Office, tmp: Path) -> Any:
    _, volume = _sealed(office)
    Volume.objects.filter(pk=volume.pk).update(passed=True)
    actor = office.actor("archivist")
    return lambda: archives.list_transfer(volume_ids=[volume.pk], hall="达州市档案馆", actor=actor, at=MONDAY)


def hand_over_transfer(office: Office, tmp: Path) -> Any:
    transfer, actor = list_transfer(office, tmp)(), office.actor("archivist")
    return lambda: archives.hand_over_transfer(
        transfer_id=transfer.pk, receipt_no="1", received_on=MONDAY.date(), actor=actor, at=MONDAY
    )


def cancel_transfer(office: Office, tmp: Path) -> Any:
    transfer, actor = list_transfer(office, tmp)(), office.actor("archivist")
    return lambda: archives.cancel_transfer(transfer_id=transfer.pk, actor=actor, at=MONDAY)


def list_appraisal(office: Office, tmp: Path) -> Any:
    _, volume = _sealed(office)
    Volume.objects.filter(pk=volume.pk).update(retention="10", due_on=MONDAY.date() - timedelta(days=1))
    actor = office.actor("archivist")
    return lambda: archives.list_appraisal(
        title="鉴定", verdicts={volume.pk: "extend"}, reason="仍有价值。", actor=actor, at=MONDAY
    )


def _answered(office: Office, tmp: Path, action: Callable[..., Any]) -> Any:
    appraisal, head = list_appraisal(office, tmp)(), office.actor("organ_head")
    return lambda: action(appraisal_id=appraisal.pk, opinion="同意", actor=head, at=MONDAY)


def choose_order(office: Office, tmp: Path) -> Any:
    actor = office.actor("archivist")
    return lambda: archives.choose_order(order="process-one-volume", actor=actor, at=MONDAY)


def destroy_volumes(office: Office, tmp: Path) -> Any:
    """What was approved, and a crash kept from being carried out."""
    appraisal, head = list_appraisal(office, tmp)(), office.actor("organ_head")
    Appraisal.objects.filter(pk=appraisal.pk).update(state="approved")
    return lambda: archives.destroy_volumes(appraisal_id=appraisal.pk, actor=head, at=MONDAY)


CALLS: dict[str, Callable[[Office, Path], Any]] = {
    "archives.export_folder": export_folder,
    "archives.export_zip": export_zip,
    "archives.seal_volume": seal_volume,
    "archives.add_late_paper": add_late_paper,
    "archives.check_volume": check_volume,
    "archives.except_check": except_check,
    "archives.list_transfer": list_transfer,
    "archives.hand_over_transfer": hand_over_transfer,
    "archives.cancel_transfer": cancel_transfer,
    "archives.list_appraisal": list_appraisal,
    "archives.approve_appraisal": lambda office, tmp: _answered(office, tmp, archives.approve_appraisal),
    "archives.return_appraisal": lambda office, tmp: _answered(office, tmp, archives.return_appraisal),
    "archives.choose_order": choose_order,
    "archives.destroy_volumes": destroy_volumes,
}
