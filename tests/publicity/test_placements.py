"""Placements: a row for each decision and channel, in step with the case from the duty to the tombstone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from mingjing.cases.models import Step
from mingjing.kernel.clocks import SHANGHAI
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions, queries
from mingjing.publicity.models import Delivery, Placement, PlacementChange
from mingjing.record import actions as record
from mingjing.record import queries as records
from tests.office import Matter, Office, company, open_matter, refused, spot, to_decision

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    """A decided penalty against a food firm, of 11 March 2026."""
    made = to_decision(open_matter(office, party=company()))
    actions.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)
    return made


def states(matter: Matter) -> dict[str, str]:
    return dict(Placement.objects.filter(case_id=matter.case_id).values_list("channel", "state"))


def on(matter: Matter, channel: str) -> Placement:
    return Placement.objects.get(case_id=matter.case_id, channel=channel)


def test_a_decision_is_owed_on_every_channel_that_shows_it(matter: Matter) -> None:
    assert states(matter) == {
        "portal": "owed", "province": "owed", "credit": "withheld", "enterprise": "owed",
    }  # fmt: skip
    due = {row.channel: row.due_at for row in Placement.objects.filter(case_id=matter.case_id)}
    portal = due["portal"]
    assert portal is not None
    assert portal.astimezone(SHANGHAI).date() == date(2026, 3, 20)  # seven working days


def test_settling_again_changes_nothing(matter: Matter) -> None:
    before = PlacementChange.objects.count()

    assert actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at) == []
    assert PlacementChange.objects.count() == before


def test_publishing_shows_it_here_and_lets_it_go_out_to_the_other_channels(matter: Matter) -> None:
    matter.do("publish")

    assert states(matter) == {
        "portal": "shown", "province": "approved", "credit": "withheld", "enterprise": "approved",
    }  # fmt: skip
    assert on(matter, "portal").shown_on == date(2026, 3, 11)
    assert not on(matter, "portal").late


def send(matter: Matter, channel: str) -> Delivery:
    publisher = matter.office.actor("publisher", matter.at)
    return actions.sent(
        placement_id=on(matter, channel).pk, actor=publisher, at=matter.at, batch="20260311-01"
    )


def test_a_channel_sends_back_and_takes_what_is_sent_again(matter: Matter) -> None:
    matter.do("publish")
    publisher = matter.office.actor("publisher", matter.at)
    common = {"placement_id": on(matter, "enterprise").pk, "actor": publisher, "at": matter.at}
    send(matter, "enterprise")
    actions.refused(**common, reason="统一社会信用代码缺失")
    assert states(matter)["enterprise"] == "refused"
    send(matter, "enterprise")
    actions.accepted(**common, number="SC-0001", shown_on=date(2026, 3, 12))

    row = on(matter, "enterprise")
    assert (row.state, row.shown_on, row.until) == ("shown", date(2026, 3, 12), date(2029, 3, 12))
    told = list(row.deliveries.values_list("attempt", "outcome", "number", "note"))
    assert told == [(1, "refused", "", "统一社会信用代码缺失"), (2, "accepted", "SC-0001", "")]


def test_nothing_goes_out_before_its_text_is_confirmed(matter: Matter) -> None:
    with refused("wrong-state", match="应公示"):
        send(matter, "enterprise")
    with refused("own-channel"):
        send(matter, "portal")


def test_an_answer_without_anything_sent_is_refused(matter: Matter) -> None:
    matter.do("publish")
    with refused("nothing-sent"):
        actions.accepted(
            placement_id=on(matter, "province").pk,
            actor=matter.office.actor("publisher", matter.at),
            at=matter.at,
        )


def test_only_a_publisher_of_the_organ_sends(matter: Matter) -> None:
    matter.do("publish")
    row = on(matter, "province")
    with refused("no-permission"):
        actions.sent(placement_id=row.pk, actor=matter.office.actor("handler", matter.at), at=matter.at)


def test_an_organ_may_decide_to_show_what_is_left_to_it(matter: Matter) -> None:
    publisher = matter.office.actor("publisher", matter.at)
    with refused("no-reason"):
        actions.show(placement_id=on(matter, "credit").pk, reason=" ", actor=publisher, at=matter.at)
    actions.show(
        placement_id=on(matter, "credit").pk, reason="行业规定要求公示。", actor=publisher, at=matter.at
    )

    assert states(matter)["credit"] == "owed"


def test_a_remedy_owes_a_removal_on_every_channel_and_a_withdrawal_leaves_them(matter: Matter) -> None:
    """达州三项制度方案 para. 4(1): one day; 行政处罚法 art. 48(2): three working days; the earlier counts."""
    matter.do("publish")
    send(matter, "enterprise")
    publisher = matter.office.actor("publisher", matter.at)
    actions.accepted(placement_id=on(matter, "enterprise").pk, actor=publisher, at=matter.at)
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on="2026-03-11")
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    for channel in ("portal", "enterprise"):
        row = on(matter, channel)
        assert (row.removal, row.removal_kind, row.removal_clock) == ("owed", "withdrawn", "WDR-1")
        assert row.removal_due_at is not None
        assert row.removal_due_at.astimezone(SHANGHAI).date() == date(2026, 3, 12)
    assert states(matter)["province"] == "withdrawn"  # had not gone out

    matter.do("withdraw_publication")

    assert {on(matter, one).state for one in ("portal", "enterprise")} == {"withdrawn"}
    assert (on(matter, "portal").removal, on(matter, "enterprise").removal) == ("done", "owed")
    assert send(matter, "enterprise").kind == "remove"
    actions.accepted(placement_id=on(matter, "enterprise").pk, actor=publisher, at=matter.at)
    assert on(matter, "enterprise").removal == "done"


def test_what_happens_in_a_case_reaches_its_placements_through_the_record(office: Office) -> None:
    made = spot(office)
    assert states(made) == {}
    record.seal(made.at)

    actions.catch_up(at=made.at)

    assert states(made)["portal"] == "owed"
    assert actions.catch_up(at=made.at) == 0


def test_a_display_ends_on_its_day_and_the_text_goes(matter: Matter) -> None:
    matter.do("publish", publication_until="2026-04-01")
    row = on(matter, "portal")
    assert row.until == date(2026, 4, 1)

    assert actions.end_displays(at=datetime(2026, 4, 1, 23, tzinfo=SHANGHAI)) == 0
    assert actions.end_displays(at=datetime(2026, 4, 2, 1, tzinfo=SHANGHAI)) == 1
    row.refresh_from_db()
    assert row.state == "ended"
    assert row.publication is not None
    assert (row.publication.state, row.publication.rendition, row.publication.title) == ("ended", {}, "")


def test_every_change_stands_on_the_record_without_personal_words(matter: Matter) -> None:
    publisher = matter.office.actor("publisher", matter.at)
    row = on(matter, "credit")
    actions.show(
        placement_id=row.pk,
        reason="某某来电要求公示。",
        actor=publisher,
        at=matter.at + timedelta(hours=1),
    )

    kinds = [one.kind for one in records.history(row.subject_of_record)]
    plain = records.history(row.subject_of_record)[-1].plain
    assert kinds == ["placement.settled", "placement.decided"]
    assert "来电" not in str(plain)
    assert plain["channels"]["credit"]["state"] == "owed"


def test_the_duty_in_the_case_and_the_placement_end_at_the_same_moment(matter: Matter) -> None:
    """The procedure file and the matrix say the same term, by the same number."""
    duty = matter.case.obligations.get(step="publish", kind="duty", state="open")
    row = on(matter, "portal")

    assert (row.due_at, row.clock) == (duty.due_at, duty.clock)


def test_a_case_that_a_rule_refuses_holds_up_no_other(office: Office) -> None:
    """A reason that the codex no longer knows: the case is left with the reason and taken up when it is mended."""
    stuck, other = to_decision(open_matter(office)), spot(office)
    stuck.do("withhold_publication", withholding_ground="privacy", withholding_reason="涉及当事人的病情。")
    step = Step.objects.get(case_id=stuck.case_id, step="withhold_publication")
    facts = dict(step.facts)
    Step.objects.filter(pk=step.pk).update(facts={**facts, "withholding_ground": "gone"})
    record.seal(stuck.at)

    actions.catch_up(at=stuck.at)

    assert (states(stuck), states(other)["portal"]) == ({}, "owed")
    left = queries.unsettled(organ=office.organ.code)
    assert [(one.case_no, "gone" in one.reason) for one in left] == [(stuck.case.no, True)]
    assert queries.unsettled(organ="elsewhere") == []

    Step.objects.filter(pk=step.pk).update(facts=facts)
    assert actions.catch_up(at=stuck.at) == 1

    assert states(stuck)["portal"] == "withheld"
    assert queries.unsettled() == []
