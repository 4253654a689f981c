"""会签: a submission waits for the words that were asked for, and prints them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Countersign, Obligation
from mingjing.cases.queries import TodoFilters, todo
from mingjing.record import queries as record
from tests.office import Matter, Office, nothing_saved, open_matter, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    """A case whose filing waits for the head."""
    found = open_matter(office)
    found.do("site_inspection")
    found.taken.append(found.propose("file"))
    return found


def ask(matter: Matter, *who: str, by: str = "handler", question: str = "") -> list[int]:
    office = matter.office
    return cases.ask_countersign(
        submission_id=matter.taken[-1].submission_id or 0,
        officer_ids=[office.people[one].pk for one in who],
        actor=office.actor(by, matter.at),
        at=matter.at,
        question=question,
    )


def answer(matter: Matter, key: int, who: str, agrees: bool = True, opinion: str = "") -> None:
    cases.countersign(
        countersign_id=key,
        agrees=agrees,
        opinion=opinion,
        actor=matter.office.actor(who, matter.at),
        at=matter.at,
    )


def open_ones(matter: Matter) -> list[str]:
    rows = Obligation.objects.filter(case_id=matter.case_id, kind="countersign", state="open")
    return list(rows.values_list("assignee__name", flat=True))


def test_nothing_is_approved_before_every_word_is_given(matter: Matter, office: Office) -> None:
    first, second = ask(matter, "archivist", "publisher", question="是否涉及公示？")
    rows, _ = todo(office.actor("archivist", matter.at), matter.at, TodoFilters(words=matter.case.no))
    assert [row.title for row in rows] == ["会签：立案"]

    answer(matter, first, "archivist")
    with nothing_saved(matter), refused("countersign-open", match="辛某某"):
        matter.approve(matter.taken[-1])
    answer(matter, second, "publisher", opinion="同意，注意保密。")
    done = matter.approve(matter.taken[-1])

    assert open_ones(matter) == []
    paper = matter.case.papers.get(pk=done.papers[0])
    told = [(one["role"], one["name"], one["opinion"]) for one in paper.data["approvals"]]
    assert told == [
        ("handler", "甲某某", "建议按上述意见办理。"),
        ("countersign", "癸某某", "同意。"),
        ("countersign", "辛某某", "同意，注意保密。"),
        ("organ_head", "庚某某", "同意。"),
    ]
    kinds = [one.kind for one in record.history(f"case:{matter.case_id}")]
    assert kinds[-4:] == ["countersign-asked", "countersign-agreed", "countersign-agreed", "step"]


def test_a_word_given_before_eight_is_dated_with_its_own_day(matter: Matter) -> None:
    """At 07:00 in Shanghai it is still the day before in UTC, as databases tell moments."""
    (key,) = ask(matter, "archivist")
    day = matter.at.date() + timedelta(days=1)
    matter.move_to(day, hour=7)
    answer(matter, key, "archivist")

    done = matter.move_to(day).approve(matter.taken[-1])

    printed = matter.case.papers.get(pk=done.papers[0]).data["approvals"]
    assert [one["date"] for one in printed if one["role"] == "countersign"] == [day.isoformat()]


def test_an_objection_needs_a_reason_and_an_answer_to_it(matter: Matter) -> None:
    (key,) = ask(matter, "archivist")
    with refused("bad-reason"):
        answer(matter, key, "archivist", agrees=False)
    answer(matter, key, "archivist", agrees=False, opinion="证据不足。")

    with nothing_saved(matter), refused("bad-opinion", match="不同意见"):
        matter.approve(matter.taken[-1])
    matter.approve(matter.taken[-1], opinion="证据已补充，不采纳会签意见。")


def test_who_countersigned_does_not_approve_and_does_not_come_to_handle(
    matter: Matter, office: Office
) -> None:
    office.hire("double", ("handler", "organ_head"))
    (key,) = ask(matter, "double", by="organ_head")
    answer(matter, key, "double")

    with nothing_saved(matter), refused("same-person"):
        matter.approve(matter.taken[-1], who="double")
    with nothing_saved(matter), refused("same-person", match="会签：立案"):
        cases.assign(
            case_id=matter.case_id,
            officer_id=office.people["double"].pk,
            role="handler",
            actor=office.actor("handler"),
            at=matter.at,
        )
    matter.approve(matter.taken[-1])


def test_who_may_ask_and_whom(matter: Matter, office: Office) -> None:
    with nothing_saved(matter):
        with refused("may-not-ask"):
            ask(matter, "archivist", by="publisher")
        with refused("same-person"):
            ask(matter, "second")
        with refused("other-organ"):
            ask(matter, "manager")
        with refused("bad-choice"):
            ask(matter)
    (key,) = ask(matter, "archivist", by="organ_head")
    with nothing_saved(matter):
        with refused("already-asked"):
            ask(matter, "archivist")
        with refused("not-receiver"):
            answer(matter, key, "publisher")


def test_a_word_can_be_done_without_by_whoever_asked_for_it(matter: Matter, office: Office) -> None:
    (key,) = ask(matter, "archivist")
    values: dict[str, Any] = {"countersign_id": key, "at": matter.at, "reason": "已经休假。"}
    with nothing_saved(matter), refused("not-proposer"):
        cases.cancel_countersign(actor=office.actor("organ_head"), **values)

    cases.cancel_countersign(actor=office.actor("handler"), **values)

    matter.approve(matter.taken[-1])
    assert Countersign.objects.get(pk=key).state == "cancelled"


def test_a_submission_that_comes_back_waits_for_nobody(matter: Matter, office: Office) -> None:
    ask(matter, "archivist")

    cases.withdraw_submission(
        submission_id=matter.taken[-1].submission_id or 0, actor=office.actor("handler"), at=matter.at
    )

    assert open_ones(matter) == []
    matter.do("file")
