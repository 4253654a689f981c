"""Reading cases: who sees which, and that pages cost the same however much there is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingjing.cases import queries
from mingjing.cases.models import Obligation
from mingjing.cases.queries import CaseFilters, TodoFilters
from mingjing.cases.queries.finding import visible_cases
from mingjing.kernel import engine
from mingjing.kernel.marking import dump
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.models import ProcedureEdition
from mingjing.organs.models import ConfirmedList, Organ
from mingjing.organs.queries import actor_of_officer
from tests import makers
from tests.office import (
    MONDAY,
    ORDINARY,
    Matter,
    Office,
    found_office,
    open_matter,
    refused,
    to_decision,
    to_notice,
)

pytestmark = pytest.mark.django_db

# Measured on SQLite and PostgreSQL alike; a page that needs more has to say why.
# The case with everything in it; the confirmed registers that bind its organ, which are long and the same for all.
CASE_PAGE_QUERIES = 2
TODO_QUERIES = 1
CASE_LIST_QUERIES = 1


def cost(read: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        read()
    return len(seen)


def test_the_case_page_costs_the_same_for_three_and_for_forty_steps(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    matter.do("interview")
    actor, no = office.actor("handler"), matter.case.no

    few = cost(lambda: queries.case_page(actor, no, matter.at))
    for _ in range(37):
        matter.do("service_address")
    many = cost(lambda: queries.case_page(actor, no, matter.at))

    assert matter.case.steps.count() == 40
    assert few == many == CASE_PAGE_QUERIES


@pytest.fixture(params=["of today", "of an earlier codex"])
def edition(request: Any, office: Office) -> law.Edition:
    """A procedure as it stands on disk, or one that only the database still knows."""
    today = law.edition(ORDINARY, MONDAY.date())
    if request.param == "of today":
        return today
    text = f"{today.text}\n# {request.node.name}\n"
    earlier = replace(today, sha256=hashlib.sha256(text.encode()).hexdigest(), text=text)
    ProcedureEdition.objects.create(
        procedure=ORDINARY, sha256=earlier.sha256, in_force=date(2021, 7, 15), text=text, loaded_at=MONDAY
    )
    return earlier


def duties(office: Office, count: int, edition: law.Edition | None = None) -> None:
    """So many cases in which something waits for the publisher."""
    under = edition or law.edition(ORDINARY, MONDAY.date())
    for number in range(count):
        case = makers.case(
            organ=office.organ,
            party=makers.party(),
            edition=under.sha256,
            marking=dump(engine.begin(under.procedure)),
        )
        Obligation.objects.create(
            case=case,
            organ=office.organ,
            step="publish",
            key=f"publish/decide/{number}",
            title="公示处罚决定",
            role="publisher",
            opened_at=MONDAY,
            ready_at=MONDAY,
            due_at=MONDAY + timedelta(days=number),
        )


@pytest.mark.parametrize(
    "read, most",
    [
        (lambda actor: queries.todo(actor, MONDAY, limit=60), TODO_QUERIES),
        (lambda actor: queries.case_list(actor, MONDAY, limit=60), CASE_LIST_QUERIES),
        (lambda actor: queries.todo_counts(actor, MONDAY), 2),
        (lambda actor: queries.open_count(actor, MONDAY), 1),
        (lambda actor: queries.done(actor, MONDAY), 1),
    ],
    ids=["todo", "case_list", "todo_counts", "open_count", "done"],
)
def test_lists_cost_the_same_for_three_and_for_sixty_rows(
    office: Office, edition: law.Edition, read: Any, most: int
) -> None:
    actor = office.actor("publisher")
    duties(office, 3, edition)
    read(actor)  # an edition that is no longer on disk is read once per process
    few = cost(lambda: read(actor))
    duties(office, 57, edition)

    assert cost(lambda: read(actor)) == few <= most


def test_the_to_do_list_pages_through_everything_once_in_order(office: Office) -> None:
    duties(office, 45)
    actor, seen, cursor = office.actor("publisher"), [], ""
    while True:
        rows, cursor = queries.todo(actor, MONDAY, TodoFilters(after=cursor), limit=10)
        seen += rows
        if not cursor:
            break

    assert len(seen) == len({row.id for row in seen}) == 45
    assert [row.due_at for row in seen] == sorted(row.due_at for row in seen if row.due_at)


def test_the_case_list_pages_through_everything_once(office: Office) -> None:
    before = len(queries.case_list(office.actor("handler"), MONDAY, limit=1000)[0])
    for _ in range(25):
        makers.case(organ=office.organ)
    actor, seen, cursor = office.actor("handler"), [], ""
    while True:
        rows, cursor = queries.case_list(actor, MONDAY, CaseFilters(after=cursor), limit=10)
        seen += rows
        if not cursor:
            break

    assert len(seen) == len({row.no for row in seen}) == before + 25


@pytest.mark.parametrize("cursor", ["", "x", "~", "-~", "2026~1", "2026-03-02T09:00~5", "nonsense~nonsense"])
def test_a_cursor_that_somebody_made_up_starts_over(office: Office, cursor: str) -> None:
    duties(office, 2)

    assert len(queries.todo(office.actor("publisher"), MONDAY, TodoFilters(after=cursor))[0]) == 2
    assert queries.case_list(office.actor("publisher"), MONDAY, CaseFilters(after=cursor))[0]


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    return to_decision(open_matter(office))


@pytest.fixture(scope="module")
def elsewhere(office: Office) -> Office:
    return found_office(name="达州市某某委员会")


@pytest.mark.parametrize("who", ["handler", "colleague", "organ_head", "reviewer", "publisher", "cashier"])
def test_the_people_of_the_organ_read_its_cases(office: Office, matter: Matter, who: str) -> None:
    assert queries.case_page(office.actor(who), matter.case.no, matter.at).no == matter.case.no


def test_others_are_told_the_same_as_of_a_case_that_does_not_exist(
    office: Office, elsewhere: Office, matter: Matter
) -> None:
    stranger, paper = elsewhere.actor("handler"), matter.case.papers.first()
    assert paper is not None
    for no in (matter.case.no, "000000"):
        with refused("not-found", match=no):
            queries.case_page(stranger, no, matter.at)
    for read, key in (
        (queries.paper_for, paper.pk),
        (queries.paper_for, 0),
        (queries.evidence_for, 0),
        (queries.submission_case, matter.case.submissions.get(step="file").pk),
    ):
        with pytest.raises(Refused, match="无权查看"):
            read(stranger, key)


def test_a_manager_reads_no_case(office: Office, matter: Matter) -> None:
    with refused("no-permission"):
        queries.case_page(office.actor("manager"), matter.case.no, matter.at)


def test_a_supervisor_reads_the_cases_of_all_organs_under_the_same_government(office: Office) -> None:
    """行政执法监督条例: province, city and county alike, and nobody else's, wherever an organ acts."""
    province = makers.organ(name="某某省人民政府", kind="government", region="510000")
    city = makers.organ(name="某某市人民政府", kind="government", parent=province)
    county = makers.organ(name="某某区人民政府", kind="government", region="511702", parent=city)
    other = makers.organ(name="邻某市人民政府", kind="government", region="511800", parent=province)
    # The last is an organ of the province that sits in the city: not the city's to supervise.
    cases = {
        name: makers.case(organ=makers.organ(parent=above, region="511700")).no
        for name, above in (("city", city), ("county", county), ("provincial", province))
    }

    def read_by(government: Organ) -> set[str]:
        bureau = makers.organ(name="某某司法局", is_justice_bureau=True, parent=government)
        officer = makers.officer(("supervisor",), organ=bureau, name="寅某某")
        actor = actor_of_officer(officer.pk, MONDAY.date())
        seen = {name for name, no in cases.items() if visible_cases(actor).filter(no=no).exists()}
        listed = {row.no for row in queries.case_list(actor, MONDAY)[0]}
        assert {cases[name] for name in seen} == listed
        return seen

    assert read_by(province) == {"city", "county", "provincial"}
    assert read_by(city) == {"city", "county"}
    assert read_by(county) == {"county"}
    assert read_by(other) == set()


def test_a_supervisor_reads_the_page_of_a_case(office: Office, matter: Matter) -> None:
    bureau = makers.organ(name="达州市某某司法局", is_justice_bureau=True, parent=office.organ.parent)
    away = makers.organ(name="某某市司法局", is_justice_bureau=True, region="511800")
    supervisor, stranger = (
        makers.officer(("supervisor",), organ=organ, name="寅某某") for organ in (bureau, away)
    )
    assert queries.case_page(actor_of_officer(supervisor.pk, matter.at.date()), matter.case.no, matter.at).no
    with refused("not-found"):
        queries.case_page(actor_of_officer(stranger.pk, matter.at.date()), matter.case.no, matter.at)


def test_the_page_tells_what_may_be_done_and_why_the_rest_may_not(office: Office) -> None:
    matter = to_notice(open_matter(office))
    page = queries.case_page(office.actor("organ_head"), matter.case.no, matter.at)
    actions = {one.step: one for one in page.actions}

    assert actions["decide"].not_mine is None
    assert actions["decide"].refused is not None
    assert actions["decide"].refused.code == "window-running"
    assert page.nearest is not None
    waiting = [check for check in page.checks if check.title.endswith("期限未满")]
    assert [check.title for check in waiting] == ["陈述、申辩：期限未满"]
    assert "届满前不得办理" in waiting[0].reason
    assert "作出决定" in waiting[0].reason


def test_what_the_published_lists_lack_is_a_doubt_and_no_bar(office: Office) -> None:
    """达州三项制度方案 2: no list of officers yet, and a list of powers without the item of the case."""
    matter = open_matter(office)
    organ = {"organ": office.organ, "title": "某某清单", "number": 3, "since": MONDAY.date()}
    ConfirmedList.objects.create(kind="subjects", keys=[office.organ.code], **organ)
    powers = ConfirmedList.objects.create(kind="powers", keys=["X-01"], **organ)

    def doubts() -> list[str]:
        page = queries.case_page(office.actor("handler"), matter.case.no, matter.at)
        return [one.title for one in page.checks if one.ok is None and "清单" in one.title]

    before = doubts()
    powers.keys = [matter.case.power_item.code]
    powers.save()
    ConfirmedList.objects.create(kind="officers", keys=[], **organ)

    assert before == ["执法人员清单尚未经司法行政机关确认公布", "权责事项不在公布的权责清单中"]
    assert doubts() == []


def test_a_right_that_nothing_waits_for_keeps_nobody_waiting(office: Office) -> None:
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")
    page = queries.case_page(office.actor("handler"), matter.case.no, matter.at)

    assert any(window.state == "open" for window in page.windows)
    assert [check.title for check in page.checks if check.title.endswith("期限未满")] == []


def test_what_may_be_done_is_sorted_as_one_thinks_of_it(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")

    shown = queries.case_page(office.actor("handler"), matter.case.no, matter.at)

    next_steps = shown.next_steps
    assert next_steps.main is not None
    assert next_steps.main.step == "file"  # what the case owes comes before what lies ahead
    assert [one.step for one in next_steps.also] == ["interview"]
    assert [one.step for one in next_steps.rights] == ["recusal_request"]
    assert {"site_inspection", "evidence_extract"} <= {one.step for one in next_steps.anytime}
    assert {"decline_filing", "transfer_out"} <= {one.step for one in next_steps.branches}
    assert {next_steps.main, *next_steps.also, *next_steps.free} == set(shown.mine_now)


def test_a_stage_is_done_only_where_a_step_of_it_was_taken(office: Office) -> None:
    """行政处罚法 54: an inspection before filing lies in a later stage, and yet nothing has been filed."""
    matter = open_matter(office)
    matter.do("site_inspection")

    def bar() -> dict[str, str]:
        shown = queries.case_page(office.actor("handler"), matter.case.no, matter.at)
        return {one.id: one.state for one in shown.stages}

    inspected = bar()
    matter.do("file")
    filed = bar()

    assert list(inspected.values()) == ["done", "todo", "current", *["todo"] * 6]
    assert list(filed.values()) == ["done", "done", "current", *["todo"] * 6]


def test_a_case_that_ended_without_a_stage_passed_it_over(office: Office) -> None:
    matter = open_matter(office)
    matter.do("decline_filing")

    shown = queries.case_page(office.actor("handler"), matter.case.no, matter.at)

    assert matter.case.ended_at is not None
    states = [one.state for one in shown.stages]
    assert set(states) == {"done", "skipped"}
    assert (states[0], states[-1]) == ("done", "skipped")


def test_where_nothing_is_owed_the_next_step_on_the_way_comes_first(office: Office) -> None:
    matter = open_matter(office)
    matter.do("file")

    shown = queries.case_page(office.actor("handler"), matter.case.no, matter.at)

    assert shown.next_steps.main is not None
    assert shown.next_steps.main.step == "site_inspection"


def test_the_time_line_tells_each_step_in_one_line(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection", site_findings="货架陈列\n过期食品。" * 20)

    newest = queries.case_page(office.actor("handler"), matter.case.no, matter.at).events[0]

    assert newest.gist.startswith("货架陈列 过期食品。")
    assert len(newest.gist) == 60
    assert newest.gist.endswith("…")


@pytest.mark.parametrize(
    "served_on, belated", [("2026-03-04", False), ("2026-03-03", False), ("2026-03-02", True)]
)
def test_a_step_entered_more_than_a_day_late_shows_so(office: Office, served_on: str, belated: bool) -> None:
    """Legal date and time of entry are a pair; the time line says where they part."""
    matter = open_matter(office)
    for step in ("site_inspection", "file", "interview", "conclude", "advance_notice"):
        matter.do(step)
    matter.move_to(date(2026, 3, 4)).do("serve_notice", served_on=served_on)

    event = queries.case_page(office.actor("handler"), matter.case.no, matter.at).events[0]

    assert (event.happened_on, event.belated) == (date.fromisoformat(served_on), belated)
