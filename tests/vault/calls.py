"""One call of every action of the room, for the test that each of them appends to the record."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from mingjing.vault import actions, queries
from mingjing.vault.models import Deletion, Hold
from tests.office import MONDAY, Office

from . import keeping
from .field_device import FieldDevice, Recording

CASE = queries.CaseRef(uuid.uuid4(), "P000001", "达某强〔2026〕1号", "implement", "实施查封、扣押")
LONG_AGO = MONDAY - timedelta(days=400)  # longer than what belongs to no case is kept
Call = Callable[[Office, Path], Callable[[], Any]]


def _device(office: Office) -> FieldDevice:
    return FieldDevice(office.actor("handler")).register(MONDAY)


def _begun(office: Office) -> tuple[FieldDevice, Recording]:
    device = _device(office)
    recording = device.record(b"one", ended_at=MONDAY)
    device.send_start(recording, MONDAY)
    device.send_chunk(recording, 1, MONDAY)
    return device, recording


def _start(office: Office, tmp: Path) -> Callable[[], Any]:
    device = _device(office)
    return lambda: device.send_start(device.record(b"one", ended_at=MONDAY), MONDAY)


def _end(office: Office, tmp: Path) -> Callable[[], Any]:
    device, recording = _begun(office)
    return lambda: device.send_end(recording, MONDAY)


def _give_up(office: Office, tmp: Path) -> Callable[[], Any]:
    device, recording = _begun(office)
    return lambda: actions.give_up_capture(
        capture_id=recording.id, reason="手机损坏", actor=device.actor, at=MONDAY
    )


def _bind(office: Office, tmp: Path) -> Callable[[], Any]:
    device, recording = _begun(office)
    device.send_end(recording, MONDAY)
    return lambda: actions.bind_capture(capture_id=recording.id, case=CASE, actor=device.actor, at=MONDAY)


def _import(office: Office, tmp: Path) -> Callable[[], Any]:
    return lambda: actions.import_capture(
        name="VID_20260302_080000.mp4",
        media_type="video/mp4",
        content=b"film",
        sha256=hashlib.sha256(b"film").hexdigest(),
        officer_id=office.people["handler"].pk,
        started_at=MONDAY,
        actor=office.actor("handler"),
        at=MONDAY,
    )


def _camera(office: Office) -> Any:
    return actions.register_camera(
        number=f"DSJ{office.people['handler'].pk}",
        name="",
        officer_id=office.people["handler"].pk,
        actor=office.actor("manager"),
        at=MONDAY,
    )


def _issue(office: Office, tmp: Path) -> Callable[[], Any]:
    camera, second, manager = _camera(office), office.people["second"].pk, office.actor("manager")
    return lambda: actions.issue_device(device_id=camera.pk, officer_id=second, actor=manager, at=MONDAY)


def _revoke(office: Office, tmp: Path) -> Callable[[], Any]:
    camera, manager = _camera(office), office.actor("manager")
    return lambda: actions.revoke_device(device_id=camera.pk, reason="损坏", actor=manager, at=MONDAY)


def _kept(office: Office, subject: str = "capture:1") -> str:
    return keeping.kept(office.organ, subject=subject, at=LONG_AGO)


def _classify(office: Office, tmp: Path) -> Callable[[], Any]:
    sha256, handler = _kept(office), office.actor("handler")
    return lambda: actions.classify(
        sha256=sha256, retention="obstruction", reason="推搡。", actor=handler, at=MONDAY
    )


def _settle(office: Office, tmp: Path) -> Callable[[], Any]:
    _kept(office, "case:1")
    archivist = office.actor("archivist")

    def call() -> int:
        with transaction.atomic():
            return actions.settle(subject="case:1", until=None, actor=archivist, at=MONDAY)

    return call


def _hold(office: Office, tmp: Path) -> Callable[[], Hold]:
    _kept(office)
    archivist = office.actor("archivist")
    return lambda: actions.hold(subject="capture:1", reason="诉讼。", until=None, actor=archivist, at=MONDAY)


def _lift_hold(office: Office, tmp: Path) -> Callable[[], Any]:
    placed, archivist = _hold(office, tmp)(), office.actor("archivist")
    return lambda: actions.lift_hold(hold_id=placed.pk, reason="判决生效。", actor=archivist, at=MONDAY)


def _propose(office: Office, tmp: Path) -> Callable[[], Deletion]:
    sha256, archivist = _kept(office), office.actor("archivist")
    return lambda: actions.propose_deletion(sha256s=[sha256], reason="期满。", actor=archivist, at=MONDAY)


def _withdraw(office: Office, tmp: Path) -> Callable[[], Any]:
    proposed, archivist = _propose(office, tmp)(), office.actor("archivist")
    return lambda: actions.withdraw_deletion(deletion_id=proposed.pk, actor=archivist, at=MONDAY)


def _answer(act: Callable[..., Any]) -> Call:
    def prepared(office: Office, tmp: Path) -> Callable[[], Any]:
        proposed, head = _propose(office, tmp)(), office.actor("organ_head")
        return lambda: act(deletion_id=proposed.pk, opinion="同意。", actor=head, at=MONDAY)

    return prepared


CALLS: dict[str, Call] = {
    "vault.put": lambda office, tmp: (
        lambda: actions.put(content=b"film", name="录像.mp4", actor=office.actor("handler"), at=MONDAY)
    ),
    "vault.classify": _classify,
    "vault.settle": _settle,
    "vault.hold": _hold,
    "vault.lift_hold": _lift_hold,
    "vault.propose_deletion": _propose,
    "vault.withdraw_deletion": _withdraw,
    "vault.approve_deletion": _answer(actions.approve_deletion),
    "vault.reject_deletion": _answer(actions.reject_deletion),
    "vault.register_device": lambda office, tmp: lambda: _device(office),
    "vault.register_camera": lambda office, tmp: lambda: _camera(office),
    "vault.issue_device": _issue,
    "vault.revoke_device": _revoke,
    "vault.start_capture": _start,
    "vault.end_capture": _end,
    "vault.give_up_capture": _give_up,
    "vault.bind_capture": _bind,
    "vault.import_capture": _import,
}
