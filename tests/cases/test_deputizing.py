"""委托代理: a colleague acts in both names, and what one may not do, his deputy may not do for him."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.queries import TodoFilters, approvals, todo
from mingjing.organs import actions as organs
from mingjing.organs.authority import SYSTEM
from mingjing.organs.models import Appointment, Mandate
from mingjing.record import queries as record
from tests.office import MONDAY, Matter, Office, nothing_saved, open_matter, refused, to_decision, to_notice

pytestmark = pytest.mark.django_db


def lend(office: Office, of: str = "organ_head", to: str = "archivist", **changes: Any) -> Mandate:
    values: dict[str, Any] = {
        "principal_id": office.people[of].pk,
        "deputy_id": office.people[to].pk,
        "role": of,
        "since": MONDAY.date(),
        "until": MONDAY.date() + timedelta(days=20),
        "reason": "外出学习。",
        "actor": office.actor(of),
        "at": MONDAY,
        **changes,
    }
    return organs.delegate(**values)


def filing(office: Office, **given: Any) -> tuple[Matter, Any]:
    """A case whose filing waits for approval."""
    matter = open_matter(office, **given)
    first = given.get("handlers", ("handler",))[0]
    matter.do("site_inspection", who=first)
    return matter, matter.propose("file", who=first)


def test_a_deputy_approves_in_both_names(office: Office) -> None:
    lend(office)
    matter, taken = filing(office)

    rows, _ = todo(office.actor("archivist"), matter.at, TodoFilters(words=matter.case.no))
    assert [row.title for row in rows] == ["审批：立案"]
    found, _ = approvals(office.actor("archivist"), matter.at)
    assert matter.case.no in [one.case_no for one in found]
    done = matter.approve(taken, who="archivist")

    step = matter.case.steps.get(pk=done.step_id)
    assert step.by_name == "癸某某（代庚某某）"
    assert (step.by, step.on_behalf_of) == (office.people["archivist"], office.people["organ_head"])
    entry = record.history(f"case:{matter.case_id}")[-1]
    assert entry.plain["on_behalf_of"] == f"officer:{office.people['organ_head'].pk}"
    paper = matter.case.papers.get(form="filing-approval")
    assert paper.data["approvals"][-1]["name"] == "癸某某（代庚某某）"


def test_the_mandate_ends_with_its_last_day_and_can_be_ended_before(office: Office) -> None:
    mandate = lend(office)
    last = MONDAY + timedelta(days=20)
    assert "organ_head" in office.actor("archivist", last).roles
    assert "organ_head" not in office.actor("archivist", last + timedelta(days=1)).roles
    assert "organ_head" not in office.actor("archivist", MONDAY - timedelta(days=1)).roles

    organs.end_mandate(mandate_id=mandate.pk, actor=office.actor("archivist"), at=MONDAY)

    assert "organ_head" not in office.actor("archivist").roles
    with refused("changed-meanwhile"):
        organs.end_mandate(mandate_id=mandate.pk, actor=office.actor("organ_head"), at=MONDAY)
    lend(office)  # and it can be given anew


def test_nobody_approves_his_own_proposal_through_a_deputy(office: Office) -> None:
    office.hire("double", ("handler", "organ_head"))
    lend(office, of="double", role="organ_head", actor=office.actor("double"))
    matter, taken = filing(office, handlers=("double", "second"))

    with nothing_saved(matter), refused("same-person", basis="行政处罚法/57(1)", match="代理人"):
        matter.approve(taken, who="archivist")
    assert matter.case.no not in [one.case_no for one in approvals(office.actor("archivist"), matter.at)[0]]
    matter.approve(taken, who="organ_head")


def test_a_proposer_does_not_approve_as_somebodys_deputy(office: Office) -> None:
    lend(office, to="handler")
    matter, taken = filing(office)

    with nothing_saved(matter), refused("same-person"):
        matter.approve(taken, who="handler")


def test_the_deputy_of_a_handler_neither_approves_nor_publishes(office: Office) -> None:
    """The principal handles the case: separation of duties is judged on both."""
    office.hire("double", ("handler", "organ_head", "publisher"))
    lend(office, of="double", role="organ_head", actor=office.actor("double"))
    lend(office, of="double", role="publisher", actor=office.actor("double"))
    matter = open_matter(office, handlers=("handler", "double"))
    matter.do("site_inspection")
    taken = matter.propose("file")

    with refused("same-person", match="承办"):
        matter.approve(taken, who="archivist")
    other = to_decision(open_matter(office, handlers=("handler", "double")))
    with refused("same-person", match="公示"):
        other.propose("publish", who="archivist")


def test_what_the_law_gives_to_the_person_is_not_lent(office: Office) -> None:
    with nothing_saved():
        with refused("in-person", basis="行政处罚法/42"):
            lend(office, of="handler")
        with refused("in-person", basis="行政处罚法/58"):
            lend(office, of="reviewer")
        with refused("in-person", basis="行政处罚法/64"):
            lend(office, of="hearing_host")


def test_a_collective_discussion_is_not_held_by_a_deputy(office: Office) -> None:
    """行政处罚法 art. 57(2)."""
    matter = to_notice(open_matter(office, power="FOOD-03", fine_fen=6_000_000)).move_to(date(2026, 3, 16))
    assert "discussion" in matter.owed()
    lend(office)

    with nothing_saved(matter), refused("in-person", basis="行政处罚法/57"):
        matter.propose("discussion", who="archivist")
    matter.do("discussion", who="organ_head")
    matter.do("decide", who="archivist")
    assert matter.case.steps.get(step="decide").by_name == "癸某某（代庚某某）"


def test_the_deputy_and_the_principal_count_as_deciders(office: Office) -> None:
    office.hire("double", ("organ_head", "cashier"))
    lend(office, of="double", role="organ_head", actor=office.actor("double"))
    matter = to_notice(open_matter(office)).move_to(date(2026, 3, 11))
    matter.do("decide", who="archivist")
    matter.do("serve_decision")

    with nothing_saved(matter), refused("same-person", basis="行政处罚法/67"):
        matter.propose("payment_confirmed", who="double")


def test_a_deputy_does_not_come_to_handle_what_he_approved(office: Office) -> None:
    office.hire("double", ("handler",))
    lend(office, to="double")
    matter, taken = filing(office)
    matter.approve(taken, who="double")

    with refused("same-person"):
        cases.assign(
            case_id=matter.case_id,
            officer_id=office.people["double"].pk,
            role="handler",
            actor=office.actor("handler"),
            at=matter.at,
        )


def test_a_mandate_is_refused_that_would_not_hold(office: Office) -> None:
    office.hire("other", ("organ_head",))
    today = MONDAY.date()
    with nothing_saved():
        with refused("same-person"):
            lend(office, to="organ_head")
        with refused("already-holds"):
            lend(office, to="other")
        with refused("bad-term"):
            lend(office, since=today - timedelta(days=1))
        with refused("bad-term"):
            lend(office, until=today - timedelta(days=1))
        with refused("bad-term"):
            lend(office, until=today + timedelta(days=180))
        with refused("bad-reason"):
            lend(office, reason=" ")
        with refused("role-not-held"):
            lend(office, role="publisher")
        with refused("not-principal-of-role"):
            lend(office, actor=office.actor("handler"))
    lend(office)
    with nothing_saved():
        with refused("already-delegated"):
            lend(office, to="issuer")
        with refused("role-not-held", match="代理来的岗位不能再委托"):
            lend(office, of="archivist", to="issuer", role="organ_head")


def test_the_principal_head_names_a_deputy_for_one_who_cannot(office: Office) -> None:
    lend(office, of="publisher", to="clerk", actor=office.actor("organ_head"))

    assert "publisher" in office.actor("clerk").roles


def test_who_loses_a_role_lends_it_no_longer(office: Office) -> None:
    lend(office)
    term = Appointment.objects.get(officer=office.people["organ_head"], role="organ_head")
    organs.appoint(
        officer=office.people["organ_head"],
        role="organ_head",
        since=term.since,
        until=date(2026, 3, 5),
        actor=SYSTEM,
        at=MONDAY,
    )

    assert "organ_head" in office.actor("archivist", MONDAY + timedelta(days=3)).roles
    assert "organ_head" not in office.actor("archivist", MONDAY + timedelta(days=4)).roles
