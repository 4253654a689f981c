"""并案、分案: no merged case goes on, no term grows longer, no party is lost or doubled."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from mingjing.archives.dossier import bound
from mingjing.cases import actions as cases
from mingjing.cases.facts import Upload
from mingjing.cases.models import Case, CaseLink, CaseOfficer, CaseParty
from mingjing.cases.participants import participants_of
from mingjing.cases.queries import case_page
from mingjing.kernel import engine
from mingjing.kernel.marking import MERGED
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.parties.models import Party
from mingjing.record import queries as record
from tests.office import (
    MONDAY,
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
EXTENDED = {
    "matter_kind": "extend",
    "matter_reason": "案情复杂，涉及数个主体。",
    "matter_basis": "市场监督管理行政处罚程序规定/64",
}
STORE = "达州市某某冷库有限公司"


def merge(merged: Matter, leading: Matter, *, who: str = "unit_head", **more: Any) -> tuple[str, ...]:
    return cases.merge_into(
        case_id=merged.case_id,
        leading_id=leading.case_id,
        actor=merged.office.actor(who, merged.at),
        at=max(merged.at, leading.at),
        **{"reason": "同一批货物，一并查清。", **more},
    )


def join(matter: Matter, party: Party, role: str = "co_party", **more: Any) -> int:
    return cases.join(
        case_id=matter.case_id,
        role=role,
        party_id=party.pk,
        reason="共同实施。",
        actor=matter.office.actor("handler", matter.at),
        at=matter.at,
        **more,
    )


def split(matter: Matter, row: int, *, who: str = "handler", **more: Any) -> Matter:
    taken = cases.split_off(
        participant_id=row,
        actor=matter.office.actor(who, matter.at),
        at=matter.at,
        **{"title": f"{STORE}储存超过保质期的食品案", "reason": "下落不明，另案处理。", **more},
    )
    return Matter(matter.office, matter.scene, matter.at, taken.case_id)


def parties(case: Case) -> list[str]:
    first = [case.party.name] if case.party else []
    return [*first, *(one.party.name for one in participants_of(case) if one.role == "co_party")]


@pytest.fixture
def leading(office: Office) -> Matter:
    found = open_matter(office)
    found.do("site_inspection")
    found.do("file")
    return found


@pytest.fixture
def merged(office: Office) -> Matter:
    return open_matter(
        office, party=company(name=STORE), at=MONDAY + timedelta(days=1), handlers=("colleague", "second")
    )


def filed(matter: Matter, day: date = date(2026, 3, 5)) -> Matter:
    matter.move_to(day).do("file", who="colleague")
    return matter


def test_the_merged_case_ends_and_its_party_is_heard_in_the_leading_one(
    leading: Matter, merged: Matter, office: Office
) -> None:
    filed(merged)
    due = leading.case.due_at

    assert merge(merged, leading) == (STORE,)

    gone = merged.case
    assert (gone.outcome, gone.ended_at, gone.due_at) == (MERGED, merged.at, None)
    assert not gone.obligations.filter(state="open").exists()
    assert parties(leading.case) == ["达州市某某食品有限公司", STORE]
    assert leading.case.due_at == due, "the terms of the leading case stay"
    assert CaseLink.objects.get().other_id == leading.case_id
    reader = office.actor("handler", merged.at)
    there, here = (case_page(reader, one.case.no, merged.at) for one in (merged, leading))
    assert there.outcome == f"并入{leading.case.label}"
    assert [one.title for one in there.story[:2]] == [f"并入{leading.case.label}", "立案"]
    assert [(one.how, one.no) for one in there.links] == [("并入的主案", here.no)]
    assert [(one.how, one.no) for one in here.links] == [("并入本案的案件", there.no)]
    assert here.story[0].title == f"{gone.label}并入本案"
    assert not [one for one in there.actions if one.possible]
    cover = PdfReader(io.BytesIO(bound(reader, gone.no, merged.at))).pages[0].extract_text()
    assert f"并入{leading.case.label}" in "".join(cover.split())
    for one, kind in ((merged, "merged-into"), (leading, "merged-here")):
        last = record.history(f"case:{one.case_id}")[-1]
        assert last.kind == kind
        assert STORE not in str(last.plain)


def test_nothing_is_done_in_a_merged_case(leading: Matter, merged: Matter, office: Office) -> None:
    filed(merged)
    merge(merged, leading)

    with nothing_saved(merged):
        with refused("merged", match="已经并入他案"):
            merged.propose("interview", who="colleague")
        with refused("merged"):
            merged.propose("decide")
        with refused("ended"):
            merge(merged, leading)
        with refused("ended"):
            merge(leading, merged)
        with refused("ended"):
            cases.step_back(
                case_id=merged.case_id,
                seq=merged.case.steps.get(step="file").seq,
                reason="重办。",
                actor=office.actor("organ_head", merged.at),
                at=merged.at,
            )
    for step in merged.work.procedure.steps:
        why = engine.why_not(merged.work.procedure, merged.work.marking, step, merged.work.facts(), merged.at)
        assert why is not None


def test_no_procedure_ends_by_the_name_of_a_merger() -> None:
    assert not [one.id for one in law.procedures(MONDAY.date()) if MERGED in one.outcomes]


def test_the_leading_case_is_decided_for_both(leading: Matter, merged: Matter) -> None:
    """And whoever joined is served for himself. 行政处罚法 arts. 44, 61."""
    filed(merged)
    merge(merged, leading)
    leading.at = merged.at
    for step in ("service_address", "interview", "conclude", "advance_notice"):
        leading.do(step)
    with refused("bad-facts", match=f"{STORE}：送达日期"):
        leading.do("serve_notice")
    other = merged.case.party
    assert other is not None
    leading.do(
        "serve_notice",
        **{
            f"co_method_{other.pk}": "direct",
            f"co_served_{other.pk}_on": leading.at.date().isoformat(),
            f"co_recipient_{other.pk}": "李某某",
        },
    )
    leading.move_to(date(2026, 3, 18)).do("decide")
    assert leading.case.decided_on == date(2026, 3, 18)


def test_who_may_merge(leading: Matter, merged: Matter, office: Office) -> None:
    filed(merged)
    with nothing_saved(merged, leading):
        with refused("wrong-role", basis="行政处罚法/57"):
            merge(merged, leading, who="handler")
        with refused("bad-reason"):
            merge(merged, leading, reason=" ")
        with refused("bad-choice"):
            merge(merged, merged)
        with refused("changed-meanwhile"):
            merge(merged, leading, version=0)
    office.hire("double", ("handler", "unit_head"))
    cases.assign(
        case_id=leading.case_id,
        officer_id=office.people["double"].pk,
        role="handler",
        actor=office.actor("handler", merged.at),
        at=merged.at,
    )
    with nothing_saved(merged, leading), refused("same-person", basis="行政处罚法/42"):
        merge(merged, leading, who="double")
    merge(merged, leading, who="organ_head")


def test_the_earlier_term_leads(leading: Matter, merged: Matter) -> None:
    """行政处罚法 art. 60: ninety days from the first filing, merged or not."""
    filed(merged)
    with (
        nothing_saved(merged, leading),
        refused("stricter-term", basis="行政处罚法/60", match="不得延长期限"),
    ):
        merge(leading, merged)


def test_what_the_leading_case_does_not_owe_is_done_first(leading: Matter, merged: Matter) -> None:
    with nothing_saved(merged, leading), refused("own-duty", match="作出处罚决定"):
        merge(leading, merged)
    merged.do("preserve_evidence", who="colleague")
    with nothing_saved(merged, leading), refused("own-duty", basis="行政处罚法/56", match="登记保存"):
        merge(merged, leading)


def test_a_lead_is_merged_into_a_filed_case(leading: Matter, merged: Matter) -> None:
    merge(merged, leading)
    assert merged.case.outcome == MERGED


def test_a_case_that_was_concluded_or_waits_is_not_merged(
    leading: Matter, merged: Matter, office: Office
) -> None:
    taken = merged.propose("file", who="colleague")
    with nothing_saved(merged, leading), refused("waiting", match="立案"):
        merge(merged, leading)
    merged.approve(taken)
    leading.do("interview")
    leading.do("conclude")
    with nothing_saved(merged, leading), refused("concluded", basis="行政处罚法/44"):
        merge(merged, leading)


def test_a_case_whose_term_stands_still_is_neither_merged_nor_split(leading: Matter, merged: Matter) -> None:
    row = join(leading, company(name="达州市某某物流有限公司"))
    leading.do("suspend")
    merged.at = leading.at
    with nothing_saved(merged, leading):
        with refused("waiting", match="停止计算"):
            merge(merged, leading)
        with refused("waiting", match="停止计算"):
            split(leading, row)


def test_what_is_barred_by_time_is_not_merged(leading: Matter, office: Office) -> None:
    """行政处罚法 art. 36."""
    old = open_matter(office, party=company(name=STORE), at=leading.at, facts={"violation_on": "2019-01-02"})
    with nothing_saved(old, leading), refused("limitation-over"):
        merge(old, leading)


def test_a_decided_case_is_not_merged(office: Office, merged: Matter) -> None:
    decided = to_decision(open_matter(office))
    with nothing_saved(merged, decided), refused("already-decided"):
        merge(merged, decided)


def test_only_cases_of_one_kind_are_merged(office: Office, merged: Matter) -> None:
    spot = open_matter(office, procedure="penalty-summary", power="FOOD-05")
    with nothing_saved(merged, spot), refused("not-alike"):
        merge(merged, spot)


def test_who_handled_the_merged_case_does_not_approve_in_the_leading_one(
    leading: Matter, office: Office
) -> None:
    office.hire("double", ("handler", "organ_head"))
    merged = open_matter(office, party=company(name=STORE), handlers=("double", "second"), at=leading.at)
    merge(merged, leading)
    leading.do("interview")
    taken = leading.propose("suspend")
    with refused("same-person", match="曾经承办"):
        leading.approve(taken, who="double")
    rows = CaseOfficer.objects.filter(case=leading.case_id, officer=office.people["double"])
    assert [one.until is not None for one in rows] == [True]


def test_who_approved_in_one_does_not_handle_the_other(leading: Matter, office: Office) -> None:
    office.hire("double", ("handler", "organ_head"))
    merged = open_matter(office, party=company(name=STORE), handlers=("colleague", "second"), at=leading.at)
    merged.approve(merged.propose("file", who="colleague"), who="double")
    cases.assign(
        case_id=leading.case_id,
        officer_id=office.people["double"].pk,
        role="handler",
        actor=office.actor("handler", merged.at),
        at=merged.at,
    )
    with nothing_saved(merged, leading), refused("same-person", match="审批与承办不分"):
        merge(merged, leading)


def test_the_same_party_is_not_doubled(leading: Matter, office: Office) -> None:
    merged = open_matter(office, party=leading.case.party, at=leading.at)
    agent = person(name="周某某")
    power = Upload("files", "授权委托书.pdf", "application/pdf", b"%PDF-1.4 x", "document")
    join(merged, agent, "agent", scope="一般代理", files=[power])
    join(leading, company(name=STORE))
    join(merged, Party.objects.get(name=STORE))

    assert merge(merged, leading) == ("周某某",)

    assert parties(leading.case) == ["达州市某某食品有限公司", STORE]


# --- 分案 ---


def test_a_party_is_split_off_into_a_case_of_its_own(leading: Matter, office: Office) -> None:
    other = company(name=STORE)
    row = join(leading, other)
    guardian = person(name="周某某")
    power = Upload("files", "授权委托书.pdf", "application/pdf", b"%PDF-1.4 x", "document")
    join(leading, guardian, "agent", represents_id=other.pk, scope="一般代理", files=[power])
    leading.move_to(date(2026, 3, 12))
    before = leading.case.obligations.get(step="decide", state="open")

    apart = split(leading, row)

    assert parties(leading.case) == ["达州市某某食品有限公司"]
    assert parties(apart.case) == [STORE]
    assert [one.party.name for one in participants_of(apart.case)] == ["周某某"]
    assert not participants_of(leading.case)
    assert CaseParty.objects.get(pk=row).until == leading.at
    assert [one.id for one in apart.work.handlers] == [one.id for one in leading.work.handlers]
    for name in ("found_on", "violation_on", "lead_received_at"):
        assert apart.case.facts[name] == leading.case.facts[name]
    assert apart.case.steps.get().step == "register"
    after = apart.case.obligations.get(step="decide", state="open")
    assert (after.due_at, after.clock) == (before.due_at, "PEN-90"), "no term grows longer by splitting"
    reader = office.actor("handler", leading.at)
    there, here = (case_page(reader, one.case.no, leading.at) for one in (apart, leading))
    assert [(one.how, one.no) for one in there.links] == [("分案前的原案", here.no)]
    assert [(one.how, one.no) for one in here.links] == [("分出另办的案件", there.no)]
    assert here.story[0].title == f"分案：{there.label}"
    assert there.story[0].title == f"分案自{here.label}"


def test_the_case_that_was_split_off_goes_its_way_by_the_old_day(leading: Matter) -> None:
    row = join(leading, company(name=STORE))
    leading.move_to(date(2026, 3, 12))
    old = leading.case.obligations.get(step="decide", state="open").due_at
    apart = split(leading, row)

    apart.do("file")

    owed = apart.case.obligations.filter(step="decide", state="open").order_by("due_at")
    assert [one.due_at == old for one in owed] == [True, False]
    assert apart.case.due_at == old
    apart.move_to(date(2026, 3, 13))
    to_decision_from(apart)
    assert apart.case.decided_on is not None
    assert "decide" not in apart.owed()


def test_a_case_that_was_split_off_goes_back_like_any_other(leading: Matter, office: Office) -> None:
    row = join(leading, company(name=STORE))
    leading.move_to(date(2026, 3, 12))
    apart = split(leading, row)
    for step in ("site_inspection", "file", "interview"):
        apart.do(step)
    apart.do("extend_decision", **EXTENDED)
    seq = apart.do("conclude").seq or 0
    due = apart.case.due_at
    assert due is not None
    assert due.date() == date(2026, 6, 30), "120 days from the filing of the origin on 2 March"

    cases.step_back(
        case_id=apart.case_id, seq=seq, reason="补充。", actor=office.actor("handler", apart.at), at=apart.at
    )

    assert min(one.due_at for one in apart.case.obligations.filter(step="decide", state="open")) == due
    apart.do("conclude")


def to_decision_from(found: Matter) -> None:
    for step in ("site_inspection", "service_address", "interview", "conclude", "advance_notice"):
        found.do(step)
    found.do("serve_notice")
    found.move_to(date(2026, 3, 24)).do("decide")


def test_who_may_be_split_off_and_by_whom(leading: Matter, office: Office) -> None:
    row = join(leading, company(name=STORE))
    interested = join(leading, company(name="达州市某某物流有限公司"), "interested")
    with nothing_saved(leading):
        with refused("not-handler-of-case"):
            split(leading, row, who="unit_head")
        with refused("last-party"):
            split(leading, interested)
        with refused("bad-reason"):
            split(leading, row, reason=" ")
        with refused("missing"):
            split(leading, row, title=" ")
        with refused("not-found"):
            split(leading, 424242)
    split(leading, row)
    with nothing_saved(leading), refused("changed-meanwhile"):
        split(leading, row)


def test_who_was_told_is_answered_where_he_was_told(office: Office) -> None:
    found = open_matter(office)
    other = company(name=STORE)
    row = join(found, other)
    for step in ("site_inspection", "file", "service_address", "interview", "conclude", "advance_notice"):
        found.do(step)
    found.do(
        "serve_notice",
        **{
            f"co_method_{other.pk}": "direct",
            f"co_served_{other.pk}_on": found.at.date().isoformat(),
            f"co_recipient_{other.pk}": "李某某",
        },
    )
    with nothing_saved(found), refused("rights-run", basis="行政处罚法/44", match="送达告知书"):
        split(found, row)
    late = join(to_notice(open_matter(office)).move_to(date(2026, 3, 11)), other)
    apart = Matter(
        office, found.scene, found.move_to(date(2026, 3, 11)).at, CaseParty.objects.get(pk=late).case_id
    )
    split(apart, late)  # he was never told


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(0, 7)), min_size=3, max_size=8))
def test_no_party_is_lost_or_doubled(office: Office, plays: list[tuple[bool, int, int]]) -> None:
    """Whatever is merged and split, each party is in exactly one running case, and no ended one moves on."""
    opened = [open_matter(office, party=company()) for _ in range(4)]
    everybody = sorted(one.case.party_id or 0 for one in opened)
    for merging, left, right in plays:
        a, b = opened[left % len(opened)], opened[right % len(opened)]
        try:
            if merging:
                merge(a, b)
            else:
                rows = [one.pk for one in participants_of(a.case)]
                opened.append(split(a, rows[right % len(rows)] if rows else 0))
        except Refused:
            continue
    running = [one for one in opened if one.case.ended_at is None]
    found = [key for one in running for key in _keys(one.case)]
    assert sorted(found) == everybody
    for one in opened:
        if one.case.ended_at is not None:
            with refused("merged"):
                one.propose("site_inspection")


def _keys(case: Case) -> list[int]:
    return [case.party_id or 0, *(one.party_id for one in participants_of(case))]
