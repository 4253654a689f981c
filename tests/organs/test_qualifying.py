"""执法资格: who failed the latest examination acts on no certificate until he passes again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.kernel.refused import Refused
from mingjing.organs import actions, queries
from mingjing.organs.authority import SYSTEM
from mingjing.organs.models import Officer, Qualification
from mingjing.record.actions.appending import reference
from mingjing.record.models import Entry
from tests import makers
from tests.makers import AT

pytestmark = pytest.mark.django_db
ON = AT.date()


@pytest.fixture
def officer() -> Officer:
    found = makers.officer(("handler",), name="某某甲")
    makers.certificate(officer=found)
    return found


def enter(officer: Officer, held_on: str = "2026-05-10", **given: Any) -> Qualification:
    told = {
        "kind": "exam",
        "title": "执法资格考试",
        "organizer": "某某司法局",
        "proof": "某某证明",
        "actor": SYSTEM,
    }
    if given.get("kind", "exam") == "exam":
        told["passed"] = True
    return actions.record_qualification(
        officer_id=officer.pk, held_on=date.fromisoformat(held_on), at=AT, **{**told, **given}
    )


def usable(officer: Officer, on: date = ON) -> bool:
    actor = queries.actor_of_officer(officer.pk, on)
    return all(one.why_not(on, "food") is None for one in actor.certificates)


def test_a_failed_examination_takes_the_certificate_away_until_the_next_is_passed(officer: Officer) -> None:
    assert usable(officer)

    enter(officer, "2026-05-10", passed=False)
    actor = queries.actor_of_officer(officer.pk, ON)
    assert not usable(officer)
    assert usable(officer, date(2026, 5, 9))
    assert "考试不合格" in (actor.certificates[0].why_not(ON, "food") or "")
    assert queries.certificates_of_organ(officer.organ_id, ON) == []
    shown = queries.officer_by_certificate(actor.certificates[0].number, ON)
    assert shown is not None
    assert (shown["valid"], shown["photo"]) == (False, "")

    enter(officer, "2026-06-10")
    assert usable(officer)
    assert len(queries.certificates_of_organ(officer.organ_id, ON)) == 1


def test_an_older_examination_entered_later_changes_nothing(officer: Officer) -> None:
    enter(officer, "2026-06-10")

    enter(officer, "2025-06-10", passed=False)

    assert usable(officer)
    assert queries.examinations_of_organ(officer.organ_id)[officer.pk].held_on == date(2026, 6, 10)


def test_a_voided_entry_counts_no_more_and_stays_readable(officer: Officer) -> None:
    row = enter(officer, passed=False)

    actions.void_qualification(
        qualification_id=row.pk, officer_id=officer.pk, reason="登记错人。", actor=SYSTEM, at=AT
    )

    assert usable(officer)
    assert Qualification.objects.get().void_reason == "登记错人。"
    assert Entry.objects.filter(kind="organs.qualification-voided").count() == 1


def test_who_failed_gets_no_new_enforcement_certificate(officer: Officer) -> None:
    enter(officer, passed=False)
    officer.refresh_from_db()
    given: Any = {
        "officer": officer, "number": "23179888", "region": "511700", "valid_from": ON,
        "valid_until": date(2030, 1, 1), "actor": SYSTEM, "at": AT,
    }  # fmt: skip

    with pytest.raises(Refused) as refused:
        actions.create_certificate(**given)

    assert (refused.value.code, refused.value.basis) == ("not-qualified", "行政处罚法/42(1)")
    assert actions.create_certificate(**given, kind="supervision").number == "23179888"


def test_trainings_add_hours_and_decide_nothing(officer: Officer) -> None:
    enter(officer, passed=False)

    enter(officer, "2026-07-01", kind="training", hours=12)

    assert not usable(officer)
    assert Qualification.objects.get(kind="training").hours == 12


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "x"}, "bad-choice"),
        ({"passed": None}, "bad-choice"),
        ({"held_on": "2026-11-21"}, "bad-date"),
        ({"kind": "training"}, "bad-hours"),
        ({"kind": "training", "hours": 401}, "bad-hours"),
        ({"kind": "exempt"}, "no-legal-qualification"),
    ],
)
def test_what_cannot_be_is_refused(officer: Officer, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        enter(officer, **given)

    assert refused.value.code == code
    assert not Qualification.objects.exists()


def test_the_legal_qualification_exempts(officer: Officer) -> None:
    Officer.objects.filter(pk=officer.pk).update(legal_qualification="A2026000000000")

    assert enter(officer, kind="exempt").passed is None
    assert usable(officer)


def test_nobody_enters_his_own_and_only_a_manager_enters(officer: Officer) -> None:
    manager = makers.officer(("manager",), organ=officer.organ, name="某某乙")
    by_manager = queries.actor_of_officer(manager.pk, ON)
    by_handler = queries.actor_of_officer(officer.pk, ON)

    for target, actor, code in (
        (manager, by_manager, "not-yourself"),
        (manager, by_handler, "no-permission"),
    ):
        with pytest.raises(Refused) as refused:
            enter(target, actor=actor)
        assert refused.value.code == code
    enter(officer, actor=by_manager)
    told = bytes(Entry.objects.get(kind="organs.qualification-recorded").body)
    assert reference(by_manager).encode() in told


def test_the_history_costs_no_query_for_each_entry(officer: Officer, django_assert_num_queries: Any) -> None:
    for month in range(1, 9):
        enter(officer, f"2026-{month:02}-10")

    with django_assert_num_queries(4):
        found = queries.officer_file(officer.pk)
        assert found is not None
        assert len(found.qualifications.all()) == 8
