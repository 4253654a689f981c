"""补传: a recording that was not there in time comes later, openly, and the old step stays as it was."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from mingjing.cases import actions, queries
from mingjing.cases.facts import Upload
from mingjing.cases.models import Evidence, Step
from mingjing.record import queries as record
from mingjing.record.models import Entry
from tests.office import Matter, Office, open_matter, refused

pytestmark = pytest.mark.django_db

FILM = Upload("files", "执法记录仪.mp4", "video/mp4", b"film", "audiovisual")
SCAN = Upload("files", "笔录.pdf", "application/pdf", b"%PDF", "document")


@pytest.fixture
def matter(office: Office) -> Matter:
    """An interview of which no recording was kept."""
    matter = open_matter(office)
    matter.films = False
    matter.do("interview")
    return matter


def add(matter: Matter, *, who: str = "handler", **given: Any) -> uuid.UUID:
    step = Step.objects.get(case_id=matter.case_id, step="interview")
    values: dict[str, Any] = {
        "seq": step.seq,
        "files": [FILM],
        "made_at": step.at - timedelta(hours=1),
        "reason": "记录仪当日未及时导出，原件存装备室。",
        "at": step.at + timedelta(days=2),
    }
    values |= given
    return actions.add_recording(
        case_id=matter.case_id, actor=matter.office.actor(who, values["at"]), **values
    )


def shown(matter: Matter, at: datetime) -> queries.CasePage:
    return queries.case_page(matter.office.actor("handler", at), matter.case.no, at)


def test_it_is_shown_as_late_with_its_own_place_in_the_record(matter: Matter) -> None:
    before = Step.objects.filter(case_id=matter.case_id).order_by("seq").values()
    untouched = list(before)

    entry_id = add(matter)

    assert list(before.all()) == untouched
    event = next(one for one in shown(matter, matter.at).events if one.step == "interview")
    assert event.filmed == 1
    assert event.filmed_late
    assert event.evidence[0].entry_id == entry_id != event.entry_id
    assert event.evidence[0].late_reason == "记录仪当日未及时导出，原件存装备室。"


def test_the_entry_names_the_step_and_keeps_the_reason_personal(matter: Matter) -> None:
    step = Step.objects.get(case_id=matter.case_id, step="interview")

    entry_id = add(matter)

    body = Entry.objects.get(pk=entry_id).body
    text = bytes(body).decode()
    assert str(step.entry_id) in text
    assert "late-recording" in text
    assert "装备室" not in text
    assert record.personal(entry_id)["reason"] == "记录仪当日未及时导出，原件存装备室。"


def test_the_check_before_submitting_counts_it_and_says_that_it_is_late(matter: Matter) -> None:
    add(matter)

    lines = [line for line in shown(matter, matter.at).checks if "音像" in line.title]

    assert [(line.ok, line.title) for line in lines] == [(True, "1 个环节的音像记录已存入")]
    assert "补传：询问" in lines[0].reason


@pytest.mark.parametrize(
    "given, code",
    [
        ({"reason": "  "}, "bad-reason"),
        ({"reason": "多" * 301}, "bad-reason"),
        ({"files": []}, "bad-file"),
        ({"files": [SCAN]}, "bad-file"),
        ({"seq": 99}, "not-found"),
        ({"who": "colleague"}, "not-handler-of-case"),
        ({"who": "publisher"}, "wrong-role"),
    ],
    ids=["no reason", "long reason", "no file", "not a film", "no such step", "colleague", "publisher"],
)
def test_what_is_missing_or_wrong_is_told(matter: Matter, given: dict[str, Any], code: str) -> None:
    with refused(code):
        add(matter, **given)

    assert not Evidence.objects.filter(case_id=matter.case_id).exists()


def test_a_film_made_after_the_step_is_not_its_recording(matter: Matter) -> None:
    step = Step.objects.get(case_id=matter.case_id, step="interview")

    with refused("bad-date", match="不是该环节的记录"):
        add(matter, made_at=step.at + timedelta(minutes=1))


def test_nothing_is_added_to_an_archived_case(office: Office) -> None:
    matter = open_matter(office)
    matter.do("interview")
    matter.do("decline_filing")

    with refused("ended", basis="行政处罚法/47"):
        add(matter)
