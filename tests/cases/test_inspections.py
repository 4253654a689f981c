"""行政检查 through ``take``: papers, publication, the yearly cap, what the organ above has done, random drawing."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from mingjing.archives import dossier
from mingjing.cases import actions as cases
from mingjing.cases import queries
from mingjing.cases.models import Service
from mingjing.kernel import drawing
from mingjing.organs.models import ConfirmedList
from mingjing.publicity.models import Publication
from mingjing.record import queries as record
from tests import makers
from tests.office import SHANGHAI, Office, company, found_office, nothing_saved, refused

from .filling import Walk, opened

pytestmark = pytest.mark.django_db

SPECIAL = {"inspection_kind": "special", "inspection_mode": "onsite", "risk_level": "ordinary"}
LEAD = {**SPECIAL, "inspection_kind": "lead", "lead_source": "complaint"}


def planned(office: Office, **changes: Any) -> Walk:
    """A special inspection of a food company, planned and approved on Monday 2 March 2026, notified and begun."""
    walk = opened(office, "inspection", field="food", **{**SPECIAL, **changes})
    if "approve_plan" in walk.work.marking.included:
        walk.do("approve_plan")
    return walk


def visited(office: Office, **changes: Any) -> Walk:
    """The officers stand at the door with their certificates and are let in."""
    walk = planned(office, **changes)
    walk.do("notify")
    walk.do("arrive", arrived_at=walk.at)
    return walk


def checked(walk: Walk) -> Walk:
    """The premises are inspected and the record is written."""
    walk.do(
        "check_site", site_began_at=walk.at, site_ended_at=walk.at, check_results="进货查验 | 不符合 | 缺证明"
    )
    return walk


def text_of(walk: Walk, form: str) -> str:
    with record.open_blob(walk.paper(form).sha256) as file:
        pages = PdfReader(io.BytesIO(file.read())).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_a_paper_cites_the_law_as_a_paper_does_whatever_the_form_was_filled_in_with(office: Office) -> None:
    walk = checked(visited(office, inspection_basis="食品安全法/110"))
    walk.do("result", inspection_result="correct")
    walk.do("correction_order", correction_due_on="2026-03-16", violated_provision="食品安全法/50(1)")

    order, result = text_of(walk, "correction-order"), text_of(walk, "inspection-result")

    assert "违反了《中华人民共和国食品安全法》第五十条第一款的规定" in order
    assert "依据《中华人民共和国食品安全法》第一百一十条的规定" in result
    assert walk.case.facts["violated_provision"] == "食品安全法/50(1)"  # the case keeps what rules can read


def test_an_inspection_walks_from_the_task_to_the_archive_with_its_papers(office: Office) -> None:
    walk = checked(visited(office))
    walk.do("result", inspection_result="correct")
    assert walk.due("publish") == date(2026, 3, 30)
    assert walk.case.obligations.get(step="publish", state="open").clock == "PUB-FOOD"
    walk.do("correction_order", correction_due_on="2026-03-16", violated_provision="食品安全法/50")
    assert walk.due("recheck") == date(2026, 3, 16)
    walk.move_to(date(2026, 3, 16)).do("recheck", recheck_at=walk.at, recheck_result="corrected")
    walk.do("publish")
    walk.do("archive_corrected")

    assert walk.case.outcome == "corrected"
    assert walk.owed() == set()
    assert walk.papers() == [
        "inspection-approval",
        "inspection-notice",
        "inspection-record",
        "inspection-result",
        "correction-order",
        "recheck-opinion",
        "publicity-review",
    ]
    served = Service.objects.filter(paper__case_id=walk.case_id).values_list("paper__form", flat=True)
    assert set(served) == {"inspection-notice", "inspection-result", "correction-order", "recheck-opinion"}
    (shown,) = Publication.objects.filter(case_id=walk.case_id)
    assert (shown.act, shown.conclusion) == ("inspection", "发现问题，责令限期改正")
    assert [heading for heading, _ in shown.rendition["text"]] == [
        "检查种类",
        "检查依据",
        "检查内容",
        "检查情况",
        "处理方式",
    ]


def test_the_papers_tell_the_cap_the_notice_and_the_order_they_follow(office: Office) -> None:
    walk = checked(visited(office))
    walk.do("result", inspection_result="correct")
    walk.do("correction_order", correction_due_on="2026-03-16", violated_provision="食品安全法/50")
    walk.move_to(date(2026, 3, 16)).do("recheck", recheck_at=walk.at, recheck_result="corrected")

    assert "已检查0次；年度上限1次" in text_of(walk, "inspection-approval")
    assert walk.paper("inspection-notice").number in text_of(walk, "inspection-result")
    assert walk.paper("correction-order").number in text_of(walk, "recheck-opinion")
    assert walk.case.label == walk.paper("inspection-notice").number


def test_the_file_of_an_inspection_is_bound(office: Office) -> None:
    walk = checked(visited(office))
    walk.do("result", inspection_result="none")
    walk.do("publish")
    walk.do("archive_clean")

    file = dossier.bound(office.actor("archivist"), walk.case.no, walk.at)
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages).split())
    for title in ("行政检查审批表", "行政检查通知书", "现场检查笔录", "行政检查结果告知书"):
        assert title in text


@pytest.mark.parametrize("step", ["approve_plan", "arrive"])
def test_one_officer_inspects_nobody(office: Office, step: str) -> None:
    walk = opened(office, "inspection", field="food", handlers=("handler",), **SPECIAL)
    if step == "arrive":
        cases.assign(
            case_id=walk.case_id,
            officer_id=office.people["second"].pk,
            role="handler",
            actor=office.actor("handler"),
            at=walk.at,
        )
        walk.officers = (office.people["handler"].pk, office.people["second"].pk)
        walk.do("approve_plan")
        walk.do("notify")

    with refused("officers-not-certified", basis="行政处罚法/42"), nothing_saved():
        walk.do(step, **({"officers_present": [walk.officers[0]]} if step == "arrive" else {}))


def test_an_organ_that_nobody_confirmed_inspects_nobody(office: Office) -> None:
    type(office.organ).objects.filter(pk=office.organ.pk).update(confirmed_on=None)

    with refused("organ-not-confirmed"), nothing_saved():
        opened(office, "inspection", field="food", **SPECIAL)


def test_an_item_that_no_published_list_has_is_told_before_the_visit(office: Office) -> None:
    """川办发〔2025〕18号: what is not published is not inspected; here the wording decides, so that people look."""
    walk = opened(office, "inspection", field="food", **SPECIAL)
    listed = ConfirmedList.objects.create(
        organ=office.organ,
        kind="inspection-items",
        title="行政检查事项清单",
        number=2,
        since=date(2026, 1, 5),
        keys=[],
    )

    def told() -> list[str]:
        page = queries.case_page(office.actor("handler"), walk.case.no, walk.at)
        return [one.title for one in page.checks if one.ok is False]

    assert "检查事项不在公布的清单中" in told()
    ConfirmedList.objects.filter(pk=listed.pk).update(keys=[walk.case.facts["cause"]])
    assert "检查事项不在公布的清单中" not in told()


def test_a_second_visit_in_a_year_is_over_the_cap(office: Office) -> None:
    """The need within_inspection_cap (INS-FREQ)."""
    """国办发〔2024〕54号: counted are visits that took place, of whatever row the enterprise was registered in."""
    party = company(code="91511702MA000000XX")
    visited(office, party=party)
    again = company(code="91511702MA000000XX", name="某某食品公司")
    walk = opened(office, "inspection", field="food", at=_at(2026, 6, 8), party=again, **SPECIAL)

    with refused("over-inspection-cap", basis="国办发〔2024〕54号"), nothing_saved():
        walk.do("approve_plan")


def test_what_was_approved_before_the_cap_was_reached_stops_at_the_door(office: Office) -> None:
    party = company()
    first, second = (planned(office, party=party) for _ in range(2))
    for walk in (first, second):
        walk.do("notify")
    first.do("arrive", arrived_at=first.at)

    with refused("over-inspection-cap"), nothing_saved():
        second.do("arrive", arrived_at=second.at)
    second.do("drop_task", dropped_reason="capped")
    assert second.case.outcome == "not_held"


@pytest.mark.parametrize(
    "changes",
    [
        LEAD,
        {**SPECIAL, "inspection_kind": "appointment"},
        {**SPECIAL, "inspection_mode": "offsite"},
    ],
    ids=["lead", "appointment", "offsite"],
)
def test_leads_requests_and_data_checks_are_free_of_the_cap(office: Office, changes: dict[str, Any]) -> None:
    party = company()
    visited(office, party=party)

    walk = planned(office, party=party, **changes)

    assert "本次检查不计入年度频次" in text_of(walk, "inspection-approval")
    assert walk.work.facts()["capped"] is False


def test_visits_of_last_year_leave_only_the_gap(office: Office) -> None:
    party = company()
    visited(office, party=party, at=_at(2025, 12, 22))
    walk = opened(office, "inspection", field="food", at=_at(2026, 1, 12), party=party, **SPECIAL)

    with refused("inspected-too-soon"):
        walk.do("approve_plan")
    walk.move_to(date(2026, 1, 22)).do("approve_plan")  # thirty days after 22 December end on 21 January
    assert walk.papers() == ["inspection-approval"]


def test_a_high_risk_enterprise_may_be_visited_more_often(office: Office) -> None:
    party = company()
    high = {**SPECIAL, "risk_level": "high"}
    visited(office, party=party, **high)

    walk = opened(office, "inspection", field="food", at=_at(2026, 6, 8), party=party, **high)
    walk.do("approve_plan")
    assert "已检查1次；年度上限8次" in text_of(walk, "inspection-approval")


def test_what_an_organ_above_has_checked_is_not_checked_again_for_three_months(office: Office) -> None:
    """The need not_repeating_superior (INS-3M)."""
    """食品生产经营监督检查管理办法 art. 42; a suspicion lifts it."""
    party = company()
    county = makers.organ(name="达州市某某区人民政府", kind="government", parent=office.organ.parent)
    below = found_office(parent=county, name="某某区市场监督管理局", field=office.organ.field)
    visited(office, party=party)
    walk = opened(below, "inspection", field="food", at=_at(2026, 5, 29), party=party, **SPECIAL)

    with refused("superior-checked", basis="食品生产经营监督检查管理办法/42"), nothing_saved():
        walk.do("approve_plan", superior_checked_on=None, repeat_ground=None)
    walk.do("approve_plan", superior_checked_on=None, repeat_ground="suspected")
    later = opened(below, "inspection", field="food", at=_at(2026, 6, 3), party=party, **SPECIAL)
    with refused("superior-checked"):  # what the officers know of a check outside the platform
        later.do("approve_plan", superior_checked_on="2026-05-20", repeat_ground=None)
    later.do("approve_plan", superior_checked_on=None, repeat_ground=None)  # 2 March and three months: 2 June


def test_an_urgent_inspection_is_reported_within_a_day(office: Office) -> None:
    walk = opened(office, "inspection", field="food", urgent_inspection=True, **LEAD)
    walk.do("notify", inspected_from_on="2026-03-02")
    walk.do("arrive", arrived_at=walk.at)
    row = walk.case.obligations.get(step="report_back", state="open")

    assert row.due_at == datetime(2026, 3, 3, 10, 0, tzinfo=SHANGHAI)
    checked(walk)
    with refused("milestone"):
        walk.do("result", inspection_result="none")
    walk.do("report_back", late_approved="yes")
    assert "先行检查" in text_of(walk, "inspection-approval")
    walk.do("result", inspection_result="none")


def test_a_suspected_violation_is_carried_on_in_a_matter_of_its_own(office: Office) -> None:
    walk = checked(visited(office))
    walk.do("result", inspection_result="violation")

    with refused("next-matter-missing"), nothing_saved():
        walk.do("refer", next_matter="penalty")
    opened(office, "penalty-ordinary", power="FOOD-04", parent=walk.case_id, at=walk.at)
    walk.do("refer", next_matter="penalty")
    walk.do("publish")
    walk.do("archive_referred")
    assert walk.case.outcome == "referred"


# --- random drawing ---

POOL = "\n".join(f"达州市某某食品{number}有限公司 | {number} | {number % 3 or ''}" for number in range(1, 9))


def drawn(office: Office, **changes: Any) -> Walk:
    """A drawing of three companies and two officers, by the drawer."""
    officers = "\n".join(f"{office.people[who].name} | 证号" for who in ("handler", "second", "colleague"))
    walk = opened(office, "inspection-draw", nobody=True)
    walk.do("approve_draw")
    pools = {"object_pool": POOL, "officer_pool": officers, "object_count": 3, "officer_count": 2}
    walk.do("register_pools", **{**pools, **changes})
    walk.do("draw")
    return walk


def test_the_platform_draws_and_anybody_can_draw_again(office: Office) -> None:
    facts = drawn(office).case.facts

    assert len(facts["draw_seed"]) == 32
    again = drawing.draw(facts["object_pool"], facts["object_count"], facts["draw_seed"])
    assert facts["drawn_objects"].split("\n") == list(again)
    assert len(facts["drawn_officers"].split("\n")) == 2


def test_nobody_types_who_is_drawn(office: Office) -> None:
    walk = opened(office, "inspection-draw", nobody=True)
    walk.do("approve_draw")
    walk.do("register_pools", object_pool=POOL, object_count=1, officer_pool="甲某某", officer_count=1)

    with refused("bad-facts"), nothing_saved():
        walk.do("draw", drawn_objects="达州市某某食品1有限公司")
    with refused("bad-facts"), nothing_saved():
        walk.do("draw", draw_seed="0" * 32)


def test_who_handles_the_drawing_does_not_draw(office: Office) -> None:
    office.hire("both", ("handler", "drawer"), name="午某某")
    walk = opened(office, "inspection-draw", nobody=True, handlers=("both",))
    walk.do("approve_draw", who="both")

    with refused("same-person"), nothing_saved():
        walk.do("register_pools", who="both", object_pool=POOL, officer_pool="甲某某")


def test_a_random_inspection_goes_to_the_drawn_by_the_drawn(office: Office) -> None:
    drawing_of = drawn(office)
    objects = [drawing.name_of(line) for line in drawing_of.case.facts["drawn_objects"].split("\n")]
    names = [drawing.name_of(line) for line in drawing_of.case.facts["drawn_officers"].split("\n")]
    who = [key for key in ("handler", "second", "colleague") if office.people[key].name in names]
    other = next(key for key in ("handler", "second", "colleague") if key not in who)
    party, stranger = company(name=objects[0]), company(name="达州市某某食品九有限公司")
    random = {**SPECIAL, "inspection_kind": "random"}
    parent = drawing_of.case_id

    with refused("not-drawn"), nothing_saved():
        opened(office, "inspection", field="food", party=party, handlers=tuple(who), **random)
    with refused("not-drawn"), nothing_saved():
        opened(
            office, "inspection", field="food", party=stranger, parent=parent, handlers=tuple(who), **random
        )
    with refused("not-drawn"), nothing_saved():
        opened(
            office, "inspection", field="food", party=party, parent=parent, handlers=(who[0], other), **random
        )
    walk = opened(
        office, "inspection", field="food", party=party, parent=parent, handlers=tuple(who), **random
    )
    with refused("children-open", basis="民营经济促进法/52"):
        drawing_of.do("finish")
    walk.do("drop_task", who=who[0])
    drawing_of.do("draw_again", more_kind="officers", more_pool=office.people[other].name, more_count=1)
    assert other != who[0]
    opened(
        office, "inspection", field="food", party=party, parent=parent, handlers=(who[0], other), **random
    ).do("drop_task", who=who[0])
    drawing_of.do("finish")
    drawing_of.do("archive")
    assert drawing_of.case.outcome == "finished"


def _at(*day: int) -> datetime:
    return datetime(*day, 9, 0, tzinfo=SHANGHAI)
