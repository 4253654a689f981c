"""Not showing, showing later, and correcting what is shown: coded, approved by another, judged anew."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from mingjing.cases.models import CaseOfficer
from mingjing.kernel.clocks import SHANGHAI
from mingjing.organs.authority import SYSTEM
from mingjing.organs.models import Mandate
from mingjing.publicity import actions, queries
from mingjing.publicity.models import Exemption, Placement, Publication
from mingjing.record import queries as records
from tests.office import Matter, Office, refused
from tests.publicity.acts import asked, asking, decided, looked, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    return decided(office)


def states(matter: Matter) -> set[tuple[str, str]]:
    return set(Placement.objects.filter(case_id=matter.case_id).values_list("state", "ground"))


def approve(matter: Matter, row: Exemption) -> Exemption:
    head = matter.office.actor("organ_head", matter.at)
    return actions.answer_exemption(exemption_id=row.pk, answer="approve", actor=head, at=matter.at)


def test_an_approved_exemption_withholds_the_decision_everywhere_until_it_is_lifted(matter: Matter) -> None:
    """政府信息公开条例 art. 18: what is not shown is judged anew."""
    row = proposed(matter.office, matter)
    assert {state for state, _ in states(matter)} == {"owed", "withheld"}

    approve(matter, row)
    assert {ground for state, ground in states(matter) if state == "withheld"} >= {"business_secret"}
    assert not any(state == "owed" for state, _ in states(matter))

    head = matter.office.actor("organ_head", matter.at)
    actions.review_exemption(
        exemption_id=row.pk, keep_until=None, reason="权利人同意公开。", actor=head, at=matter.at
    )
    assert ("owed", "") in states(matter)
    assert ("withheld", "business_secret") not in states(matter)


def test_a_delay_for_an_investigation_has_its_day_of_review(matter: Matter) -> None:
    row = proposed(matter.office, matter, ground="investigation", reason="同案人在逃。")

    assert (row.kind, row.review_on) == ("delay", date(2026, 6, 11))
    approve(matter, row)
    [told] = queries.exemptions(states=("approved",))
    assert (told.id, told.kind, told.review_on) == (row.pk, "delay", date(2026, 6, 11))


def test_nobody_approves_his_own_proposal_and_only_a_head_approves(matter: Matter) -> None:
    row = proposed(matter.office, matter)
    for who in ("publisher", "handler"):
        with refused("no-permission"):
            actor = matter.office.actor(who, matter.at)
            actions.answer_exemption(exemption_id=row.pk, answer="approve", actor=actor, at=matter.at)
    Exemption.objects.filter(pk=row.pk).update(proposed_by=matter.office.people["organ_head"])
    with refused("own-proposal"):
        approve(matter, row)


def handles(matter: Matter, who: str) -> None:
    """The person once handled the case."""
    CaseOfficer.objects.create(
        case_id=matter.case_id,
        officer=matter.office.people[who],
        role="handler",
        since=matter.at,
        until=matter.at,
    )


def test_who_handled_the_case_neither_withholds_nor_approves_nor_corrects(matter: Matter) -> None:
    """达州三项制度方案 art. 4(1): whoever handled a case stays out of its publicity, a head too."""
    row = proposed(matter.office, matter)
    publisher = matter.office.actor("publisher", matter.at)
    handles(matter, "organ_head")
    with refused("same-person"):
        approve(matter, row)
    Exemption.objects.filter(pk=row.pk).update(state="approved")
    head = matter.office.actor("organ_head", matter.at)
    with refused("same-person"):
        actions.review_exemption(
            exemption_id=row.pk, keep_until=None, reason="同意公开。", actor=head, at=matter.at
        )
    Exemption.objects.filter(pk=row.pk).update(state="lifted")
    handles(matter, "publisher")
    with refused("same-person"):
        proposed(matter.office, matter)
    credit = Placement.objects.get(case_id=matter.case_id, channel="credit")
    with refused("same-person"):
        actions.show(placement_id=credit.pk, reason="行业规定要求。", actor=publisher, at=matter.at)


def test_who_handled_the_case_does_not_answer_for_what_is_shown_of_it(office: Office) -> None:
    matter, row = asked(office)
    handles(matter, "publisher")
    common = {"correction_id": row.pk, "actor": office.actor("publisher", matter.at), "at": matter.at}

    with refused("same-person"):
        actions.verify_correction(finding="与决定书一致。", **common)


def test_a_deputy_does_not_approve_what_his_principal_proposed(matter: Matter) -> None:
    """Separation of duties looks at both: who acts, and for whom."""
    row = proposed(matter.office, matter)
    head = matter.office.people["organ_head"]
    Exemption.objects.filter(pk=row.pk).update(proposed_by=head)
    deputy = matter.office.people["reviewer"]
    Mandate.objects.create(
        principal=head, deputy=deputy, role="organ_head", since=matter.at.date(), until=matter.at.date(),
        reason="出差", made_by=head, made_at=matter.at,
    )  # fmt: skip

    with refused("own-proposal"):
        actions.answer_exemption(
            exemption_id=row.pk,
            answer="approve",
            actor=matter.office.actor("reviewer", matter.at),
            at=matter.at,
        )


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"ground": "minor"}, "by-law-itself"),
        ({"ground": "nonsense"}, "no-such-ground"),
        ({"reason": " "}, "no-reason"),
        ({"review_on": date(2028, 1, 1)}, "review-too-late"),
        ({"review_on": date(2026, 3, 1)}, "review-too-late"),
    ],
)
def test_a_wrong_proposal_is_refused(matter: Matter, changes: dict[str, object], code: str) -> None:
    with refused(code):
        proposed(matter.office, matter, **changes)


def test_what_is_shown_cannot_be_delayed_any_more(matter: Matter) -> None:
    matter.do("publish")
    with refused("shown-already"):
        proposed(matter.office, matter, ground="investigation")


def test_what_may_not_be_public_is_taken_down_everywhere_when_the_head_agrees(matter: Matter) -> None:
    """政府信息公开条例 arts. 14, 15: found after it was shown; readers are never told the ground."""
    matter.do("publish")
    publisher = matter.office.actor("publisher", matter.at)
    province = Placement.objects.get(case_id=matter.case_id, channel="province")
    actions.sent(placement_id=province.pk, actor=publisher, at=matter.at)
    row = approve(matter, proposed(matter.office, matter, ground="privacy", reason="写有病情。"))

    shown = Publication.objects.get(case_id=matter.case_id)
    assert (shown.state, shown.rendition, shown.title) == ("withdrawn", {}, "")
    assert "隐私" not in shown.withdrawal_reason
    told = {one.channel: (one.state, one.removal) for one in Placement.objects.filter(case_id=matter.case_id)}
    assert told["portal"] == ("withdrawn", "done")
    assert told["province"] == ("withdrawn", "owed")
    assert told["enterprise"] == ("withheld", "")
    province.refresh_from_db()
    assert province.removal_due_at is not None
    assert province.removal_due_at.astimezone(SHANGHAI).date() == date(2026, 3, 12)
    head = matter.office.actor("organ_head", matter.at)
    with refused("taken-down"):
        actions.review_exemption(
            exemption_id=row.pk, keep_until=None, reason="可以公开。", actor=head, at=matter.at
        )


def test_what_is_withheld_cannot_be_published_until_it_is_lifted(office: Office) -> None:
    """The term to show runs anew from the day on which the reason fell away, on every channel."""
    matter = decided(office)
    matter.do("withhold_publication", withholding_ground="privacy", withholding_reason="涉及当事人的病情。")
    assert "publish" not in matter.owed()
    with refused("withheld", basis="政府信息公开条例/15; 行政处罚法/50"):
        matter.do("publish")
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)
    row = Exemption.objects.get(case_id=matter.case_id)
    head = matter.office.actor("organ_head", matter.at)
    matter.move_to(date(2026, 5, 11))
    actions.review_exemption(
        exemption_id=row.pk, keep_until=None, reason="当事人同意。", actor=head, at=matter.at
    )

    due = {one.channel: one.due_at for one in Placement.objects.filter(case_id=matter.case_id)}
    days = {name: day.astimezone(SHANGHAI).date() for name, day in due.items() if day}
    assert days == {
        "portal": date(2026, 5, 20), "province": date(2026, 5, 20), "enterprise": date(2026, 6, 8),
    }  # fmt: skip
    matter.do("publish")
    portal = Placement.objects.get(case_id=matter.case_id, channel="portal")
    assert (portal.state, portal.late) == ("shown", False)


def test_a_delay_that_nobody_keeps_lapses_after_its_day_of_review(office: Office) -> None:
    """Only delayed: after the day of review it is owed again, and nothing is shown by itself."""
    matter = decided(office)
    row = approve(matter, proposed(matter.office, matter, ground="investigation", reason="同案人在逃。"))
    on_the_day, after = matter.move_to(date(2026, 6, 11)).at, matter.move_to(date(2026, 6, 12)).at

    assert actions.lapse_delays(at=on_the_day) == 0
    assert actions.lapse_delays(at=after) == 1
    assert actions.lapse_delays(at=after) == 0

    row.refresh_from_db()
    portal = Placement.objects.get(case_id=matter.case_id, channel="portal")
    assert (row.state, portal.state) == ("lapsed", "owed")
    assert portal.due_at is not None
    assert portal.due_at.astimezone(SHANGHAI).date() == date(2026, 6, 23)  # seven working days, without 端午
    assert not Publication.objects.filter(case_id=matter.case_id).exists()


def test_a_decision_that_falls_after_its_display_ended_tells_why(matter: Matter) -> None:
    """行政处罚法 art. 48(2): the reasons are made public, also where the text is gone already."""
    matter.do("publish", publication_until="2026-03-12")
    actions.end_displays(at=matter.at + timedelta(days=3))
    matter.do("serve_decision")
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=matter.at.date().isoformat())

    matter.do("withdraw_publication")

    shown = Publication.objects.get(case_id=matter.case_id)
    assert shown.state == "withdrawn"
    assert shown.withdrawal_reason


def test_the_approval_in_the_case_withholds_too(matter: Matter) -> None:
    matter.do("withhold_publication", withholding_ground="privacy", withholding_reason="涉及当事人的病情。")
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    row = Exemption.objects.get(case_id=matter.case_id)
    assert (row.state, row.closed_by) == ("approved", matter.office.people["organ_head"])
    assert row.ground in {ground for state, ground in states(matter) if state == "withheld"}


def test_small_numbers_of_withheld_decisions_are_not_told(matter: Matter, office: Office) -> None:
    approve(matter, proposed(office, matter))
    told = {one.ground: one.words for one in queries.withheld_counts()}
    assert told == {"business_secret": "少于 5"}

    for _ in range(4):
        another = decided(office)
        approve(another, proposed(office, another))
    assert {one.ground: one.words for one in queries.withheld_counts()} == {"business_secret": "5"}
    assert queries.withheld_counts(year=2025) == []


# --- corrections ---


def test_a_correction_changes_the_text_and_keeps_the_digest_of_the_old_one(office: Office) -> None:
    """市场监督管理行政处罚信息公示规定 art. 12."""
    matter, row = asked(office)
    publisher = office.actor("publisher", matter.at)
    common = {"correction_id": row.pk, "actor": publisher, "at": matter.at + timedelta(hours=1)}
    with refused("wrong-state"):
        actions.correct(texts={"title": "改正后的案由"}, answer="已经更正。", seen=looked(row), **common)
    actions.verify_correction(finding="与决定书核对，确有错误。", **common)
    with refused("nothing-changed"):
        actions.correct(texts={}, answer="已经更正。", seen=looked(row), **common)

    done = actions.correct(texts={"title": "改正后的案由"}, answer="已经更正。", seen=looked(row), **common)

    shown = Publication.objects.get(case_id=matter.case_id)
    assert (shown.title, shown.corrected_at) == ("改正后的案由", common["at"])
    assert done.before != done.after == shown.sheet_sha256
    happened = records.history(shown.subject_of_record)
    assert [one.kind for one in happened] == ["publication.shown", "publication.corrected"]
    assert happened[-1].plain["before"] == done.before


def test_channels_that_have_the_old_data_owe_the_new(office: Office) -> None:
    matter, row = asked(office)
    publisher = office.actor("publisher", matter.at)
    province = Placement.objects.get(case_id=matter.case_id, channel="province")
    given = {"placement_id": province.pk, "actor": publisher, "at": matter.at}
    actions.sent(**given)
    actions.accepted(**given)
    common = {"correction_id": row.pk, "actor": publisher, "at": matter.at}
    actions.verify_correction(finding="确有错误。", **common)
    actions.correct(texts={"title": "改正后的案由"}, answer="已经更正。", seen=looked(row), **common)

    province.refresh_from_db()
    assert (province.state, province.removal, province.removal_kind) == ("accepted", "owed", "corrected")
    assert actions.sent(**given).kind == "correct"


def test_a_request_that_is_refused_is_answered_with_reasons(office: Office) -> None:
    matter, row = asked(office)
    common = {"correction_id": row.pk, "actor": office.actor("publisher", matter.at), "at": matter.at}
    actions.verify_correction(finding="与决定书一致。", **common)
    with refused("no-reason"):
        actions.refuse_correction(answer="", **common)
    # The answer is read by whoever has the code.
    with refused("not-redacted"):
        actions.refuse_correction(answer="已电话告知，号码 13800000000。", **common)
    done = actions.refuse_correction(answer="公示内容与决定书一致，不予更正。", **common)

    assert (done.state, done.answer) == ("refused", "公示内容与决定书一致，不予更正。")


def test_who_asks_is_never_on_the_record_in_plain(office: Office) -> None:
    _, row = asked(office)

    plain = json.dumps([one.plain for one in records.history(f"correction:{row.code}")], ensure_ascii=False)
    assert "0818" not in plain
    assert "案由写错" not in plain
    assert row.due_at.astimezone(SHANGHAI).date() == date(2026, 4, 9)  # twenty working days


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"asker": ""}, "incomplete"),
        ({"text": " "}, "incomplete"),
        ({"contact": "街口"}, "bad-contact"),
        ({"text": "错" * 2001}, "bad-length"),
        # Not even looked at: the pattern of an address would take hours over a million dots.
        ({"contact": "a@" + "." * 1_000_000 + " b"}, "bad-length"),
        ({"role": "x"}, "bad-choice"),
        ({"slug": "nope"}, "no-such-decision"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused(
    office: Office, changes: dict[str, str], code: str
) -> None:
    matter = decided(office)
    matter.do("publish")
    with refused(code):
        actions.ask_correction(**asking(matter, **changes))


def test_a_flood_of_requests_is_stopped(office: Office) -> None:
    matter, _ = asked(office)
    for _ in range(19):
        actions.ask_correction(**asking(matter))
    with refused("too-many"):
        actions.ask_correction(**asking(matter))


def test_tasks_come_the_earliest_first_and_removals_count(matter: Matter) -> None:
    rows = queries.tasks()
    assert [one.channel for one in rows] == ["portal", "province", "enterprise"]
    assert rows[0].task == "公示"
    assert [one.id for one in queries.tasks(limit=1, after=rows[0].cursor)] == [rows[1].id]
    assert queries.tasks(due_before=matter.at) == []
    assert len(queries.tasks(due_before=matter.at + timedelta(days=60), channel="portal")) == 1
