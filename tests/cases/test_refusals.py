"""What the law stops in the course of a case: told with reason, article and remedy, and nothing is saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.facts import InvalidFacts
from mingjing.cases.models import Case
from mingjing.organs.models import ConfirmedList, Organ
from mingjing.publicity import actions as publicity
from mingjing.review import actions as review
from tests.office import (
    MONDAY,
    SUMMARY,
    Matter,
    Office,
    company,
    nothing_saved,
    open_matter,
    person,
    refused,
    to_decision,
    to_notice,
)

pytestmark = pytest.mark.django_db

MAJOR = {"power": "FOOD-03", "fine_fen": 6_000_000}
HEARD = {"power": "FOOD-03", "fine_fen": 10_000_000}


def upto(*steps: str, **changes: Any) -> Callable[[Office], Matter]:
    """A case that has gone through these steps."""

    def prepare(office: Office) -> Matter:
        matter = open_matter(office, **changes)
        for step in steps:
            matter.do(step)
        return matter

    return prepare


def on(day: date, prepare: Callable[[Office], Matter]) -> Callable[[Office], Matter]:
    return lambda office: prepare(office).move_to(day)


def noticed(**changes: Any) -> Callable[[Office], Matter]:
    return lambda office: to_notice(open_matter(office, **changes))


INVESTIGATED = ("site_inspection", "file", "interview")
Table = tuple[str, Callable[[Office], Matter], str, dict[str, Any], str, str]
TABLE: tuple[Table, ...] = (
    # in words, the case so far, the step tried, changes of its form, the refusal, the start of its basis
    ("filing twice", upto("site_inspection", "file"), "file", {}, "too-often", "行政处罚法/54"),
    ("concluding without any evidence", upto("file"), "conclude", {}, "not-included", "行政处罚法/57"),
    ("concluding before filing", upto("site_inspection"), "conclude", {}, "condition", "行政处罚法/57"),
    (
        "filing beyond the limitation period",
        upto("site_inspection", facts={"violation_on": "2024-02-27"}),
        "file",
        {},
        "limitation-over",
        "行政处罚法/36",
    ),
    (
        "a fine below the range without a ground",
        upto(*INVESTIGATED),
        "conclude",
        {"fine_fen": 499_999},
        "fine-below",
        "食品安全法/125(1)",
    ),
    (
        "a fine above the range",
        upto(*INVESTIGATED),
        "conclude",
        {"fine_fen": 5_000_001},
        "fine-above",
        "食品安全法/125(1)",
    ),
    (
        "a fine above the range of the item chosen now",
        upto(*INVESTIGATED, power="FOOD-03", fine_fen=6_000_000), "conclude", {"power_item": "FOOD-04"}, "fine-above", "食品安全法/125(1)",
    ),
    (
        "a power item that nobody knows",
        upto(*INVESTIGATED),
        "conclude",
        {"power_item": "FOOD-99"},
        "no-such-power",
        "",
    ),
    ("deciding straight from the lead", upto(proposal="no_penalty"), "decide", {}, "guard", "行政处罚法/57"),
    ("deciding before the investigation ended", upto("file"), "decide", {}, "guard", "行政处罚法/57"),
    ("deciding what was not noticed", upto(*INVESTIGATED, "conclude"), "decide", {}, "milestone", ""),
    (
        "deciding while the party may still speak",
        on(date(2026, 3, 9), noticed()),
        "decide",
        {},
        "window-running",
        "行政处罚法/44-45",
    ),
    (
        "deciding while the party may still ask for a hearing",
        on(date(2026, 3, 9), noticed(**HEARD)),
        "discussion",
        {},
        "window-running",
        "行政处罚法/44-45",
    ),
    ("noticing a major penalty without review", upto(*INVESTIGATED, "conclude", **MAJOR), "advance_notice", {}, "milestone", "行政处罚法/44"),
    ("deciding a major case without review", upto(*INVESTIGATED, "conclude", **MAJOR), "decide", {}, "milestone", "行政处罚法/57(1)"),
    (
        "deciding a major case whose review found problems",
        upto(*INVESTIGATED, "conclude", "legal_review", **MAJOR, review_problems=True),
        "decide",
        {},
        "milestone",
        "",
    ),
    ("deciding a major case without discussion", on(date(2026, 3, 11), noticed(**MAJOR)), "decide", {}, "milestone", "行政处罚法/57(1)"),
    ("a statement after its term", on(date(2026, 3, 11), noticed()), "statement", {}, "window-lapsed", "行政处罚法/44-45"),
    ("asking for a hearing that is not offered", noticed(), "hearing_request", {}, "not-included", "行政处罚法/63"),
    ("asking for a hearing too late", on(date(2026, 3, 11), noticed(**HEARD)), "hearing_request", {}, "window-lapsed", "行政处罚法/64"),
    (
        "a hearing sooner than seven working days",
        lambda office: _asked(office),
        "hearing_notice",
        {"hearing_at": "2026-03-11T09:00"},
        "too-soon",
        "行政处罚法/64",
    ),
    (
        "fining more than was noticed",
        on(date(2026, 3, 11), noticed()),
        "decide",
        {"fine_fen": 600_000},
        "guard",
        "行政处罚法/57",
    ),
    ("serving what was not decided", upto("file"), "serve_decision", {}, "not-included", "行政处罚法/61"),
    ("publishing before there is a decision", noticed(), "publish", {}, "not-included", "行政处罚法/48"),
    ("closing before service", lambda office: to_decision(open_matter(office)), "close", {}, "condition", ""),
    ("closing before payment", lambda office: _published(office), "close", {}, "milestone", ""),
    ("extending where no rule allows it", upto("file", power="SAFE-04", fine_fen=500_000, field="work_safety"), "extend_decision", {"matter_kind": "extend", "matter_reason": "案情复杂。", "matter_basis": "行政处罚法/60"}, "guard", "行政处罚法/60"),
    ("resuming what was not suspended", upto("file"), "resume", {"matter_kind": "resume", "matter_reason": "原因消除。"}, "not-included", "行政处罚法/60"),
    ("withdrawing a publication without a ruling", lambda office: _published(office), "withdraw_publication", {}, "guard", "行政处罚法/48"),
)  # fmt: skip


def _asked(office: Office) -> Matter:
    matter = to_notice(open_matter(office, **HEARD))
    matter.do("hearing_request")
    return matter


def _published(office: Office) -> Matter:
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")
    matter.do("publish")
    return matter


@pytest.mark.parametrize("words, prepare, step, changes, code, basis", TABLE, ids=[row[0] for row in TABLE])
def test_the_law_stops(
    office: Office, words: str, prepare: Any, step: str, changes: dict[str, Any], code: str, basis: str
) -> None:
    matter = prepare(office)

    with nothing_saved(matter), refused(code, basis=basis):
        matter.do(step, **changes)


@pytest.fixture
def reviewed(office: Office) -> Matter:
    return upto(*INVESTIGATED, "conclude", **MAJOR)(office)


def opinion(matter: Matter, who: str, **changes: Any) -> Any:
    return review.give_opinion(
        case_id=matter.case_id,
        facts=matter.form("legal_review", **changes),
        actor=matter.office.actor(who, matter.at),
        at=matter.at,
    )


def test_a_handler_may_not_review_his_own_case(office: Office, reviewed: Matter) -> None:
    office.hire("both", ("handler", "reviewer"), legal_qualification="A20205100000009")
    cases.assign(
        case_id=reviewed.case_id,
        officer_id=office.people["both"].pk,
        role="handler",
        actor=office.actor("handler"),
        at=MONDAY,
    )

    with nothing_saved(reviewed), refused("same-person", basis="行政处罚法/58", match="承办人"):
        opinion(reviewed, "both")


def test_a_reviewer_without_qualification_may_not_review(office: Office, reviewed: Matter) -> None:
    newcomer = office.hire("newcomer", ("reviewer",))
    newcomer.appointments.update(since=date(2025, 1, 1))

    with nothing_saved(reviewed), refused("reviewer-not-qualified", basis="行政处罚法/58(2)"):
        opinion(reviewed, "newcomer")


def test_a_handler_may_not_host_publish_or_collect_in_his_own_case(office: Office) -> None:
    office.hire("all-round", ("handler", "hearing_host", "publisher", "cashier"))
    handlers = ("handler", "second", "all-round")
    asked = to_notice(open_matter(office, handlers=handlers, **HEARD))
    asked.do("hearing_request")
    with nothing_saved(asked), refused("same-person", basis="行政处罚法/64"):
        asked.do("hearing_notice", who="all-round")

    decided = to_decision(open_matter(office, handlers=handlers))
    decided.do("serve_decision")
    with nothing_saved(decided), refused("same-person", basis="达州三项制度方案/4"):
        decided.do("publish", who="all-round")
    with nothing_saved(decided), refused("same-person", basis="行政处罚法/67"):
        decided.do("payment_confirmed", who="all-round")


def test_the_head_who_decided_may_not_confirm_the_payment(office: Office) -> None:
    office.hire("head-and-cashier", ("organ_head", "cashier"))
    matter = to_notice(open_matter(office)).move_to(date(2026, 3, 11))
    matter.do("decide", who="head-and-cashier")
    matter.do("serve_decision")

    with nothing_saved(matter), refused("same-person", basis="行政处罚法/67(1)", match="决定"):
        matter.do("payment_confirmed", who="head-and-cashier")


def test_a_case_from_outside_the_region_is_not_filed(office: Office) -> None:
    matter = open_matter(office)
    Case.objects.filter(pk=matter.case_id).update(region="511800")
    matter.do("site_inspection")

    with nothing_saved(matter), refused("no-jurisdiction", basis="行政处罚法/22", match="511800"):
        matter.do("file")


@pytest.mark.parametrize(
    "kind, cap", [("person", 20_000), ("sole_proprietor", 300_000), ("enterprise", 300_000)]
)
def test_a_fine_on_the_spot_one_fen_over_the_cap_is_refused(office: Office, kind: str, cap: int) -> None:
    """行政处罚法 art. 51: two hundred yuan for citizens, three thousand for everybody else."""
    party = person() if kind == "person" else company(kind=kind)
    # An item that allows up to 50,000 yuan, so that only the cap stands in the way.
    matter = open_matter(office, procedure=SUMMARY, power="SAFE-04", party=party, fine_fen=cap)
    matter.do("hear_party", noticed_fine_fen=cap + 1)

    with nothing_saved(matter), refused("guard", match="超过当场处罚限额"):
        matter.do("spot_decision", fine_fen=cap + 1)
    matter.do("spot_decision")
    assert matter.case.facts["fine_fen"] == cap


@pytest.mark.parametrize("step", ["conclude", "advance_notice", "decide"])
def test_nothing_is_proposed_noticed_or_decided_without_a_power_item(office: Office, step: str) -> None:
    """R-006 of the city's plan: no act unless bound to a confirmed organ, an item and an article in force."""
    before = {"conclude": INVESTIGATED, "advance_notice": (*INVESTIGATED, "conclude")}
    matter = to_notice(open_matter(office)).move_to(date(2026, 3, 11)) if step == "decide" else None
    matter = matter or upto(*before[step])(office)
    Case.objects.filter(pk=matter.case_id).update(
        power_item=None, facts={**matter.case.facts, "power_item": ""}
    )

    with nothing_saved(matter), refused("no-power-item", basis="行政处罚法/4"):
        matter.do(step, **({"power_item": None} if step == "conclude" else {}))


def test_a_lead_may_be_registered_before_its_item_is_known(office: Office) -> None:
    matter = open_matter(office, power="FOOD-04")
    Case.objects.filter(pk=matter.case_id).update(power_item=None)

    for step in INVESTIGATED:
        matter.do(step)
    assert matter.case.power_item is None
    matter.do("conclude")
    assert matter.case.power_item is not None
    assert matter.case.power_item.code == "FOOD-04"


def test_no_spot_decision_without_a_power_item(office: Office) -> None:
    matter = open_matter(office, procedure=SUMMARY, power="FOOD-05", party=company(kind="sole_proprietor"))
    Case.objects.filter(pk=matter.case_id).update(power_item=None)
    matter.do("hear_party", power_item=None)

    with nothing_saved(matter), refused("no-power-item"):
        matter.do("spot_decision")


@pytest.mark.parametrize(
    "step, changes, told",
    [
        ("serve_notice", {"served_on": "2026-03-01"}, "早于《行政处罚告知书》的日期2026年3月2日"),
        ("serve_notice", {"served_on": "2026-03-03"}, "2026年3月3日晚于登记的时间2026年3月2日"),
    ],
)
def test_nothing_is_served_before_it_is_written_or_after_today(
    office: Office, step: str, changes: dict[str, Any], told: str
) -> None:
    matter = upto(*INVESTIGATED, "conclude", "advance_notice")(office)

    with nothing_saved(matter), refused("bad-facts", match=told):
        matter.do(step, **changes)


def test_a_head_does_not_approve_what_has_passed_meanwhile(office: Office) -> None:
    """A term set on submission that is over on approval goes back to the handler."""
    matter = open_matter(office)
    submitted = matter.propose(
        "transfer_out",
        transfer_kind="assign",
        transfer_to=None,
        transfer_reason=None,
        transfer_basis=None,
        transfer_materials=None,
        assigned_organ="某某县某某局",
        assignment_demand="核查处理。",
        feedback_due_on="2026-03-04",
    )
    matter.move_to(date(2026, 3, 5))

    with nothing_saved(matter), refused("bad-facts", match="反馈期限"):
        matter.approve(submitted)


def test_an_organ_that_is_not_on_the_confirmed_list_files_nothing(office: Office) -> None:
    """行政处罚法 art. 17."""
    matter = upto("site_inspection")(office)
    Organ.objects.filter(pk=office.organ.pk).update(confirmed_on=None)

    with nothing_saved(matter), refused("organ-not-confirmed", basis="行政处罚法/17"):
        matter.do("file")


def test_a_fine_of_another_range_of_the_item_needs_its_range_chosen(office: Office) -> None:
    """食品安全法 art. 126(1): above the first range only if the graver circumstance is named."""
    matter = open_matter(office, power="FOOD-06", fine_fen=500_000)
    for step in INVESTIGATED:
        matter.do(step)

    with nothing_saved(matter), refused("no-such-variant", match="没有名为"):
        matter.do("conclude", fine_variant="没有这一档")
    matter.do("conclude", fine_variant=next(iter(matter.work.power.variants)))


def test_a_spot_penalty_without_showing_the_certificate_is_refused(office: Office) -> None:
    matter = open_matter(office, procedure=SUMMARY, power="FOOD-05", facts={"certificates_shown": "no"})

    with nothing_saved(matter), refused("guard", match="执法证件"):
        matter.do("hear_party")


def test_a_fine_without_the_value_of_the_goods_asks_for_it(office: Office) -> None:
    matter = upto(*INVESTIGATED)(office)

    with nothing_saved(matter), refused("amount-missing", match="货值"):
        matter.do("conclude", goods_value_fen=None)


def test_a_fine_below_the_range_stands_on_a_coded_ground(office: Office) -> None:
    matter = upto(*INVESTIGATED)(office)

    matter.do("conclude", fine_fen=100_000, tier="mitigated", mitigation_ground=["harm_removed"])

    assert matter.case.facts["fine_fen"] == 100_000


def test_what_is_missing_in_a_form_is_told_before_anything_is_saved(office: Office) -> None:
    matter = open_matter(office)

    with nothing_saved(matter), pytest.raises(InvalidFacts) as caught:
        matter.do("site_inspection", site_place=None, site_findings="", officers_present=None, colour="红")

    assert set(caught.value.fields) == {"site_place", "site_findings", "officers_present", "colour"}


def test_a_notice_names_the_amounts_that_no_decision_may_exceed(office: Office) -> None:
    """行政处罚法 art. 44: without the amount told, nobody could say later that it was exceeded."""
    matter = upto(*INVESTIGATED, "conclude", "legal_review", **MAJOR)(office)

    with nothing_saved(matter), pytest.raises(InvalidFacts) as caught:
        matter.do("advance_notice", noticed_fine_fen=None, noticed_confiscation_fen=None)

    assert set(caught.value.fields) == {"noticed_fine_fen", "noticed_confiscation_fen"}


def test_nothing_happens_in_a_case_that_has_ended(office: Office) -> None:
    matter = open_matter(office)
    matter.do("decline_filing")

    for step in ("file", "site_inspection", "transfer_out"):
        with nothing_saved(matter), refused("ended", match="不予立案"):
            matter.do(step)


def test_publishing_asks_first_who_publishes(office: Office) -> None:
    """Whoever may not publish is told so, and learns nothing about the text."""
    matter = to_decision(open_matter(office))

    with nothing_saved(matter), refused("wrong-role"):
        publicity.publish(
            case_id=matter.case_id,
            step="publish",
            facts={},
            actor=office.actor("handler", matter.at),
            at=matter.at,
            seen="",
            text={"violation_fact": "当事人赵某某，电话13900000000。"},
        )


def test_an_officer_whom_the_confirmed_list_lacks_is_no_second_officer(office: Office) -> None:
    """达州三项制度方案 para. 2(1): the list of the neighbour says nothing; that of the officer's organ does."""
    matter = upto("site_inspection")(office)
    numbers = [one.certificates.get().number for one in (office.people["handler"], office.people["second"])]
    for organ in (office.organ.parent_id, office.organ.pk):
        ConfirmedList.objects.create(
            organ_id=organ,
            kind="officers",
            title="执法人员清单",
            number=1,
            since=date(2026, 1, 5),
            keys=numbers[:1],
        )

    with nothing_saved(matter), refused("officers-not-certified", match=f"证件 {numbers[1]} 不在"):
        matter.do("file")

    ConfirmedList.objects.filter(organ=office.organ).update(keys=numbers)
    matter.do("file")


def test_an_entrusted_organization_acts_while_the_list_of_the_organ_above_names_it(office: Office) -> None:
    """行政处罚法 arts. 20, 21; 达州三项制度方案 para. 2(1)."""
    matter = upto("site_inspection")(office)
    Organ.objects.filter(pk=office.organ.pk).update(kind="entrusted")
    above = ConfirmedList.objects.create(
        organ_id=office.organ.parent_id,
        kind="subjects",
        title="执法主体清单",
        number=4,
        since=date(2026, 1, 5),
        keys=["x"],
    )

    with nothing_saved(matter), refused("organ-not-listed", match="第 4 版"):
        matter.do("file")

    above.keys = [office.organ.code]
    above.save()
    matter.do("file")
