"""补录: the legal date of an act and the time of its entry are a pair; what is entered late says why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mingjing.cases import actions, queries
from mingjing.cases.models import Case, Step
from mingjing.record import queries as record
from tests.office import LATE, MONDAY, Matter, Office, film, open_matter, refused

pytestmark = pytest.mark.django_db


def inspect(matter: Matter, *, ended: datetime, **given: Any) -> Step:
    """The site inspection that ended at ``ended``, entered as told."""
    rule = matter.rule("site_inspection")
    began = ended - timedelta(hours=1)
    facts = matter.form("site_inspection", site_began_at=began, site_ended_at=ended)
    taken = actions.take(
        case_id=matter.case_id,
        step="site_inspection",
        facts=facts,
        actor=matter.office.actor("handler", matter.at),
        files=film(rule),
        **{"at": matter.at, **given},
    )
    return Step.objects.get(pk=taken.step_id)


@pytest.mark.parametrize(
    "days, late",
    [(0, False), (1, False), (2, True), (40, True)],
    ids=["same day", "next day", "two days", "forty days"],
)
def test_a_day_between_is_no_late_entry_more_needs_a_reason(office: Office, days: int, late: bool) -> None:
    matter = open_matter(office)
    matter.at += timedelta(days=50)
    ended = matter.at - timedelta(days=days, hours=1)

    if late:
        with refused("late-without-reason", basis="行政处罚法/47", match=str(ended.date())):
            inspect(matter, ended=ended)
    step = inspect(matter, ended=ended, late_reason=LATE)

    assert (step.legal_on, step.entered_at) == (ended.date(), matter.at)
    assert step.late_reason == (LATE if late else "")


def test_the_pair_stands_on_the_record_and_the_reason_as_personal(office: Office) -> None:
    matter = open_matter(office)
    matter.at += timedelta(days=9)

    step = inspect(matter, ended=matter.at - timedelta(days=3), late_reason=LATE)

    told = record.history(f"case:{matter.case_id}")[-1]
    assert told.plain["legal_on"] == str(step.legal_on)
    assert LATE not in str(told.plain)
    assert record.personal(step.entry_id)["late_reason"] == LATE


def test_an_act_without_a_network_has_its_own_time_in_law(office: Office) -> None:
    matter = open_matter(office)
    done = matter.at + timedelta(hours=3)

    step = inspect(matter, ended=done, at=done, entered_at=done + timedelta(hours=20))

    assert (step.at, step.entered_at - step.at) == (done, timedelta(hours=20))
    assert step.late_reason == ""


def test_no_act_lies_in_the_future(office: Office) -> None:
    matter = open_matter(office)
    ahead = matter.at + timedelta(hours=2)

    with refused("future-time"):
        inspect(matter, ended=matter.at, at=ahead, entered_at=ahead - timedelta(minutes=1))


def test_no_act_is_slipped_in_before_what_the_case_knows(office: Office) -> None:
    matter = open_matter(office)
    done = matter.at + timedelta(hours=1)
    matter.at += timedelta(hours=5)
    matter.do("service_address")

    with refused("out-of-order", match="送达地址确认"):
        inspect(matter, ended=done, at=done, entered_at=matter.at + timedelta(hours=1))

    assert not Step.objects.filter(case_id=matter.case_id, step="site_inspection").exists()


def test_what_happened_elsewhere_is_never_late(office: Office) -> None:
    """A fine is paid at the bank, and the platform learns of it by the bank's file."""
    matter = open_matter(office)
    rule = matter.rule("payment_confirmed")

    assert [field.name for field in rule.facts if field.elsewhere] == ["paid_on"]


def test_a_lead_registered_days_after_it_was_found_says_why(office: Office) -> None:
    at = MONDAY + timedelta(days=30)
    with refused("late-without-reason"):
        open_late(office, at, "")

    case_id = open_late(office, at, LATE).case_id

    first = Step.objects.get(case_id=case_id, seq=1)
    assert (first.legal_on, first.late_reason) == (date(2026, 3, 20), LATE)


def open_late(office: Office, at: datetime, reason: str) -> actions.Taken:
    from mingjing.demo.answers import answer
    from tests.office import company, scene

    told = scene(officers=(office.people["handler"].pk, office.people["second"].pk))
    return actions.open_case(
        organ_id=office.organ.pk,
        procedure="penalty-ordinary",
        title="某某公司某某案",
        facts={**answer("register", told, at, {}), "found_on": "2026-03-20", "violation_on": "2026-03-19"},
        actor=office.actor("handler", at),
        at=at,
        party_id=company().pk,
        handlers=told.officers,
        late_reason=reason,
    )


# --- what heads and the justice bureau see ---


def test_late_entries_and_coverage_are_listed_for_the_organ_alone(office: Office) -> None:
    matter = open_matter(office)
    matter.at += timedelta(days=9)
    inspect(matter, ended=matter.at - timedelta(days=3), late_reason=LATE)
    matter.films = False
    matter.do("interview")
    since, at = MONDAY - timedelta(days=1), matter.at + timedelta(hours=1)
    head = office.actor("organ_head", at)

    rows = queries.late_entries(head, since)
    assert [(row.title, row.text) for row in rows] == [("现场检查（勘验）", LATE)]
    (organ,) = queries.recording_coverage(head, since, at)
    assert (organ.asked, organ.filmed, organ.missing, organ.percent) == (2, 1, 1, 50)
    (officer,) = queries.recording_coverage(head, since, at, organ=office.organ.code)
    assert (officer.name, officer.missing) == ("甲某某", 1)
    assert [row.title for row in queries.unrecorded(head, since, at)] == ["询问"]
    stranger = _stranger(at)
    assert queries.late_entries(stranger, since) == []
    assert queries.recording_coverage(stranger, since, at) == []


def _stranger(at: datetime) -> Any:
    from mingjing.organs import queries as organs
    from tests import makers

    other = makers.officer(("organ_head",), organ=makers.organ(name="达州市另某局"), name="另某某")
    return organs.actor_of_officer(other.pk, at.date())


def test_the_watch_costs_one_query_however_many_cases(office: Office, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        matter = open_matter(office)
        matter.do("site_inspection")
    assert Case.objects.count() == 3
    at = MONDAY + timedelta(days=1)
    head = office.actor("organ_head", at)

    with django_assert_num_queries(1):
        (row,) = queries.recording_coverage(head, MONDAY, at)
    assert (row.asked, row.filmed) == (3, 3)
    with django_assert_num_queries(1):
        queries.late_entries(head, MONDAY)
    with django_assert_num_queries(1):
        queries.excuses(head, MONDAY)
    with django_assert_num_queries(1):
        queries.late_recordings(head, MONDAY)
