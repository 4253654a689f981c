"""案件移交: offered, taken over, declined; the duties go along, and who handled a case never judges it."""

from __future__ import annotations

from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import CaseOfficer, Handover, Obligation
from mingjing.cases.queries import TodoFilters, case_page, todo
from mingjing.record import queries as record
from tests.office import Matter, Office, nothing_saved, open_matter, refused, to_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    found = open_matter(office)
    found.do("site_inspection")
    return found


def offer(
    matter: Matter, *, by: str = "handler", giver: str = "handler", to: str = "colleague", **more: Any
) -> int:
    people = matter.office.people
    values = {"reason": "调离岗位。", "materials": "封存样品一袋\n询问笔录原件", **more}
    return cases.hand_over(
        case_id=matter.case_id,
        giver_id=people[giver].pk,
        receiver_id=people[to].pk,
        actor=matter.office.actor(by, matter.at),
        at=matter.at,
        **values,
    )


def accept(matter: Matter, handover: int, who: str = "colleague") -> None:
    cases.accept_handover(handover_id=handover, actor=matter.office.actor(who, matter.at), at=matter.at)


def handlers(matter: Matter) -> list[str]:
    return [one.name for one in matter.work.handlers]


def test_an_offer_changes_nothing_but_the_receivers_to_do_list(matter: Matter, office: Office) -> None:
    marking = matter.case.marking

    offer(matter)

    rows, _ = todo(office.actor("colleague", matter.at), matter.at, TodoFilters(words=matter.case.no))
    assert [row.title for row in rows] == ["接收移交：甲某某移交的案件"]
    assert handlers(matter) == ["甲某某", "乙某某"]
    assert matter.case.marking == marking
    found = Handover.objects.get(case_id=matter.case_id)
    assert [one["title"] for one in found.duties] == ["核查并决定是否立案"]
    assert found.materials == ["封存样品一袋", "询问笔录原件"]


def test_the_receiver_takes_over_the_case_with_every_open_duty(matter: Matter, office: Office) -> None:
    accept(matter, offer(matter))

    giver, receiver = office.people["handler"].pk, office.people["colleague"].pk
    assert handlers(matter) == ["乙某某", "丙某某"]
    owed = Obligation.objects.filter(case_id=matter.case_id, state="open", kind="duty", role="handler")
    assert set(owed.values_list("assignee_id", flat=True)) == {receiver}
    row = CaseOfficer.objects.get(case_id=matter.case_id, officer_id=giver)
    assert row.until == matter.at, "the history of handlers is kept"
    matter.do("file", who="colleague")
    with refused("not-handler-of-case"):
        matter.propose("interview", who="handler")


def test_the_record_and_the_time_line_tell_of_both(matter: Matter, office: Office) -> None:
    accept(matter, offer(matter))

    kinds = [one.kind for one in record.history(f"case:{matter.case_id}")]
    assert kinds[-2:] == ["handover-offered", "handover-accepted"]
    shown = case_page(office.actor("colleague", matter.at), matter.case.no, matter.at)
    assert [one.title for one in shown.story] == ["接收移交", "移交案件", "现场检查（勘验）", "线索登记"]
    assert "甲某某拟将本案移交丙某某：调离岗位。" in shown.story[1].text
    assert "甲某某" not in str(record.history(f"case:{matter.case_id}")[-2].plain)


def test_a_declined_offer_leaves_the_case_where_it_is(matter: Matter, office: Office) -> None:
    handover = offer(matter)
    receiver = office.actor("colleague", matter.at)
    with refused("bad-reason"):
        cases.decline_handover(handover_id=handover, actor=receiver, at=matter.at, reason=" ")

    cases.decline_handover(handover_id=handover, actor=receiver, at=matter.at, reason="手头案件过多。")

    assert handlers(matter) == ["甲某某", "乙某某"]
    with refused("changed-meanwhile"):
        accept(matter, handover)
    offer(matter)  # and it can be offered again


def test_who_may_offer_and_who_may_answer(matter: Matter, office: Office) -> None:
    with nothing_saved(matter):
        with refused("not-handler-of-case"):
            offer(matter, by="colleague", giver="handler", to="unit_head")
        with refused("not-handler-of-case"):
            offer(matter, by="second", giver="handler")
        with refused("already-assigned"):
            offer(matter, to="second")
        with refused("wrong-role"):
            offer(matter, to="archivist")
    handover = offer(matter, by="unit_head")  # the head of the unit, for one who is away
    with nothing_saved(matter):
        with refused("not-receiver"):
            accept(matter, handover, who="unit_head")
        with refused("already-offered"):
            offer(matter, to="unit_head")
        with refused("not-proposer"):
            cases.withdraw_handover(
                handover_id=handover, actor=office.actor("second", matter.at), at=matter.at
            )
    cases.withdraw_handover(handover_id=handover, actor=office.actor("unit_head", matter.at), at=matter.at)
    assert not Obligation.objects.filter(case_id=matter.case_id, kind="handover", state="open").exists()


def test_who_gave_a_case_away_does_not_approve_what_he_proposed(office: Office) -> None:
    office.hire("double", ("handler", "organ_head"))
    matter = open_matter(office, handlers=("double", "second"))
    matter.do("site_inspection", who="double")
    taken = matter.propose("file", who="double")
    accept(matter, offer(matter, by="double", giver="double"))

    with nothing_saved(matter), refused("same-person"):
        matter.approve(taken, who="double")
    matter.approve(taken, who="organ_head")


def test_who_gave_a_case_away_approves_nothing_in_it_and_publishes_nothing(office: Office) -> None:
    office.hire("double", ("handler", "organ_head", "publisher", "hearing_host"))
    matter = open_matter(office, handlers=("double", "second"))
    matter.do("site_inspection", who="double")
    accept(matter, offer(matter, by="double", giver="double"))
    taken = matter.propose("file", who="colleague")

    with refused("same-person", match="曾经承办"):
        matter.approve(taken, who="double")


def test_who_approved_in_a_case_does_not_come_to_handle_it(matter: Matter, office: Office) -> None:
    office.hire("double", ("handler", "organ_head"))
    matter.approve(matter.propose("file"), who="double")

    with nothing_saved(matter), refused("same-person", basis="行政处罚法/57(1)", match="立案"):
        offer(matter, to="double")
    with nothing_saved(matter), refused("same-person"):
        cases.assign(
            case_id=matter.case_id,
            officer_id=office.people["double"].pk,
            role="handler",
            actor=office.actor("handler", matter.at),
            at=matter.at,
        )


def test_the_receiver_may_withdraw_what_his_predecessor_submitted(matter: Matter, office: Office) -> None:
    taken = matter.propose("file")
    with refused("not-proposer"):
        cases.withdraw_submission(
            submission_id=taken.submission_id, actor=office.actor("second", matter.at), at=matter.at
        )
    accept(matter, offer(matter))

    cases.withdraw_submission(
        submission_id=taken.submission_id, actor=office.actor("colleague", matter.at), at=matter.at
    )

    matter.do("file", who="colleague")


def test_a_case_can_come_back_to_its_first_handler(matter: Matter, office: Office) -> None:
    accept(matter, offer(matter))
    accept(matter, offer(matter, by="colleague", giver="colleague", to="handler"), who="handler")

    assert handlers(matter) == ["乙某某", "甲某某"]
    assert CaseOfficer.objects.filter(case_id=matter.case_id, role="handler").count() == 4


def test_no_term_moves_by_a_hand_over(office: Office) -> None:
    matter = to_notice(open_matter(office))
    before = {row.key: row.due_at for row in matter.case.obligations.filter(state="open")}

    accept(matter, offer(matter))

    after = {row.key: row.due_at for row in matter.case.obligations.filter(state="open")}
    assert after == before
