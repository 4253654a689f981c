"""The actions of organs, each ready to be called; see ``tests.whole.test_every_action_appends``."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from mingjing.organs import actions as organs
from mingjing.organs.authority import SYSTEM
from tests import makers
from tests.office import MONDAY, Office

COMMON: dict[str, Any] = {"actor": SYSTEM, "at": MONDAY}


def mandate(office: Office) -> Any:
    """The head's role lent to the archivist."""
    return organs.delegate(
        principal_id=office.people["organ_head"].pk,
        deputy_id=office.people["archivist"].pk,
        role="organ_head",
        since=MONDAY.date(),
        until=MONDAY.date(),
        reason="外出学习。",
        actor=office.actor("organ_head"),
        at=MONDAY,
    )


def bound(office: Office) -> Any:
    return organs.bind_list(
        organ_id=office.organ.pk,
        kind="officers",
        title="执法人员清单",
        number=1,
        since=MONDAY.date(),
        keys=["23170001"],
        **COMMON,
    )


def released(office: Office, tmp: Path) -> Callable[[], Any]:
    bound(office)
    return lambda: organs.release_list(
        organ_id=office.organ.pk, kind="officers", until=MONDAY.date(), **COMMON
    )


def end_mandate(office: Office, tmp: Path) -> Any:
    lent, head = mandate(office), office.actor("organ_head")
    return lambda: organs.end_mandate(mandate_id=lent.pk, actor=head, at=MONDAY)


def organ_values() -> dict[str, Any]:
    return {
        "code": "another",
        "name": "达州市某某局",
        "short_name": "某某局",
        "region": "511700",
        "paper_prefix": "达某",
    }


def certified(office: Office) -> str:
    """The number of a certificate that the first handler holds."""
    held = office.people["handler"].certificates.first()
    assert held is not None
    return held.number


def with_account(office: Office) -> int:
    """The second handler, who can sign in."""
    officer = office.people["second"]
    organs.open_account(officer_id=officer.pk, username="second-1", **COMMON)
    return officer.pk


def account_action(act: Callable[..., Any], **more: Any) -> Callable[[Office, Path], Callable[[], Any]]:
    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        officer = with_account(office)
        return lambda: act(officer_id=officer, **more, **COMMON)

    return prepared


def change_certificate(office: Office, tmp: Path) -> Any:
    number = certified(office)
    return lambda: organs.change_certificate(number=number, state="lost", reason="遗失。", **COMMON)


EXAM: dict[str, Any] = {
    "kind": "exam", "held_on": date(2026, 1, 10), "title": "执法资格考试", "organizer": "某某司法局",
    "proof": "某某证明", "passed": True,
}  # fmt: skip


def examined(office: Office) -> Any:
    return organs.record_qualification(officer_id=office.people["second"].pk, **EXAM, **COMMON)


def void_qualification(office: Office, tmp: Path) -> Any:
    row = examined(office)
    return lambda: organs.void_qualification(
        qualification_id=row.pk, officer_id=row.officer_id, reason="登记错人。", **COMMON
    )


def issued(office: Office) -> Any:
    given: Any = {"kind": "sign", "item": "胸徽", "issued_on": date(2026, 1, 10)}
    return organs.issue_equipment(officer_id=office.people["second"].pk, **given, **COMMON)


def end_equipment(office: Office, tmp: Path) -> Any:
    given: Any = {"equipment_id": issued(office).pk, "ended": "returned", "ended_on": date(2026, 1, 11)}
    return lambda: organs.end_equipment(**given, **COMMON)


def show_certificate(office: Office, tmp: Path) -> Any:
    actor = office.actor("handler")
    number = actor.certificates[0].number
    return lambda: organs.show_certificate(number=number, actor=actor, at=MONDAY, entered_at=MONDAY)


def photograph(office: Office) -> Any:
    out = io.BytesIO()
    Image.new("RGB", (480, 640), "grey").save(out, "JPEG")
    return organs.set_photo(officer_id=office.people["second"].pk, content=out.getvalue(), **COMMON)


def remove_photo(office: Office, tmp: Path) -> Any:
    photograph(office)
    return lambda: organs.remove_photo(officer_id=office.people["second"].pk, **COMMON)


CALLS: dict[str, Callable[[Office, Path], Callable[[], Any]]] = {
    "organs.show_certificate": show_certificate,
    "organs.set_photo": lambda office, tmp: lambda: photograph(office),
    "organs.remove_photo": remove_photo,
    "organs.create_organ": lambda office, tmp: lambda: organs.create_organ(**organ_values(), **COMMON),
    "organs.change_organ": lambda office, tmp: (
        lambda: organs.change_organ(organ_id=office.organ.pk, phone="0818-1111111", **COMMON)
    ),
    "organs.change_officer": lambda office, tmp: (
        lambda: organs.change_officer(officer_id=office.people["second"].pk, post="副科长", **COMMON)
    ),
    "organs.change_certificate": change_certificate,
    "organs.record_qualification": lambda office, tmp: lambda: examined(office),
    "organs.void_qualification": void_qualification,
    "organs.issue_equipment": lambda office, tmp: lambda: issued(office),
    "organs.end_equipment": end_equipment,
    "organs.open_account": lambda office, tmp: (
        lambda: organs.open_account(officer_id=office.people["second"].pk, username="second-1", **COMMON)
    ),
    "organs.reset_password": account_action(organs.reset_password),
    "organs.set_account_active": account_action(organs.set_account_active, active=False),
    "organs.create_officer": lambda office, tmp: (
        lambda: organs.create_officer(organ=office.organ, name="卯某某", **COMMON)
    ),
    "organs.create_certificate": lambda office, tmp: (
        lambda: organs.create_certificate(
            officer=office.people["handler"],
            number="23179999",
            region="511700",
            valid_from=date(2026, 1, 1),
            valid_until=date(2030, 1, 1),
            **COMMON,
        )
    ),
    "organs.appoint": lambda office, tmp: (
        lambda: organs.appoint(
            officer=office.people["handler"], role="archivist", since=date(2026, 1, 1), **COMMON
        )
    ),
    "organs.create_account": lambda office, tmp: (
        lambda: organs.create_account(
            officer=office.people["handler"], username="jiamoumou", password=makers.PASSWORD, **COMMON
        )
    ),
    "organs.bind_list": lambda office, tmp: lambda: bound(office),
    "organs.release_list": released,
    "organs.delegate": lambda office, tmp: lambda: mandate(office),
    "organs.end_mandate": end_mandate,
}
