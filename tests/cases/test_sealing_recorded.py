"""查封、扣押 go no further without their recording; one that came by the chunk protocol opens the way.

Source: 行政强制法/18; 达州三项制度方案/8.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.facts import Upload
from mingjing.cases.models import Evidence
from mingjing.record import queries as record
from mingjing.vault import queries
from mingjing.vault.models import Capture
from tests.office import Office, refused
from tests.vault.field_device import FieldDevice, Recording

from .filling import Walk, filled, opened

pytestmark = pytest.mark.django_db

FOOD = {"measure_kinds": ["impound"], "coercive_power": "QZ-FOOD-1"}


@pytest.fixture
def walk(office: Office) -> Walk:
    """Food to be impounded, approved and not yet carried out."""
    walk = opened(office, "measure-sealing", power="FOOD-04", **FOOD)
    walk.do("approve_measure")
    return walk


def implement(walk: Walk, *files: Upload) -> int:
    """Carry the measure out with these files and no other; the number of the step."""
    walk.at += timedelta(hours=1)
    rule = walk.work.procedure.steps["implement"]
    facts = filled(rule, walk.work.facts(), walk.at, walk.officers, {"measured_at": walk.at})
    taken = cases.take(
        case_id=walk.case_id,
        step="implement",
        facts=facts,
        files=files,
        actor=walk.office.actor("handler", walk.at),
        at=walk.at,
    )
    assert taken.seq is not None
    return taken.seq


def recorded(walk: Walk) -> tuple[Recording, Any]:
    """The measure as the handler's phone recorded it, in the store and bound to its step."""
    device = FieldDevice(walk.office.actor("handler", walk.at)).register(walk.at)
    recording = device.record(b"one", b"two", ended_at=walk.at)
    case = queries.CaseRef(walk.case_id, walk.case.no, walk.case.label, "implement", "实施查封、扣押")
    return recording, device.send(recording, walk.at, case=case)


def kept(receipt: Any, field: str) -> Upload:
    return Upload(field, "现场录像.webm", "video/webm", b"", "audiovisual", receipt.sha256)


def test_without_its_recording_a_seizure_reaches_no_decision(walk: Walk) -> None:
    implement(walk)
    walk.move_to(date(2026, 3, 20))

    with refused("recording-missing", match="没有存入音像记录"):
        walk.do("dispose", disposal="release")


def test_with_the_recording_of_the_phone_it_does(walk: Walk) -> None:
    recording, receipt = recorded(walk)

    seq = implement(walk, kept(receipt, "measure_files"))

    assert Capture.objects.get(pk=recording.id).taken_seq == seq
    evidence = Evidence.objects.get(case_id=walk.case_id)
    assert (evidence.sha256, evidence.kind) == (receipt.sha256, "audiovisual")
    entry = next(
        one for one in record.history(f"case:{walk.case_id}") if one.plain.get("step") == "implement"
    )
    assert receipt.sha256 in [one["sha256"] for one in entry.files]
    walk.move_to(date(2026, 3, 20)).do("dispose", disposal="release")
    assert queries.check_chain(recording.id) is None


def test_a_recording_that_comes_after_the_step_opens_the_way_as_a_late_one(walk: Walk) -> None:
    made_at = walk.at
    recording, receipt = recorded(walk)
    seq = implement(walk)

    walk.move_to(date(2026, 3, 5))
    cases.add_recording(
        case_id=walk.case_id,
        seq=seq,
        files=[kept(receipt, "files")],
        made_at=made_at,
        reason="现场没有网络，回单位后上传。",
        actor=walk.office.actor("handler", walk.at),
        at=walk.at,
    )

    assert Capture.objects.get(pk=recording.id).taken_seq == seq
    walk.move_to(date(2026, 3, 20)).do("dispose", disposal="release")
