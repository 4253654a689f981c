"""Cases from lead to archive on real papers: what every step leaves behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from mingjing.cases.models import Case, Obligation, Paper, Step
from mingjing.cases.queries import paper_by_code
from mingjing.kernel import engine
from mingjing.organs.roles import ROLES
from mingjing.record import queries as record
from mingjing.record import store
from mingjing.record.actions import seal
from mingjing.record.models import Disclosure, Entry
from tests import office as offices
from tests.office import Matter, Office, company, finish, open_matter, person, to_decision, to_notice

pytestmark = pytest.mark.django_db


def hearing(matter: Matter) -> Matter:
    """The party asks for a hearing; legal review and discussion follow it."""
    to_notice(matter).do("hearing_request")
    matter.do("hearing_notice")
    matter.move_to(date(2026, 3, 25))
    for step in ("hearing", "hearing_report", "legal_review", "discussion", "decide"):
        matter.do(step)
    return matter


def reviewed_twice(matter: Matter) -> Matter:
    """The reviewer finds problems first; the handler answers and submits again."""
    for step in (
        "site_inspection",
        "file",
        "interview",
        "conclude",
        "legal_review",
        "resubmit",
        "legal_review",
    ):
        matter.do(step)
    matter.do("advance_notice")
    matter.do("serve_notice")
    matter.move_to(date(2026, 3, 11))
    for step in ("discussion", "decide"):
        matter.do(step)
    return matter


def spot(office: Office) -> Matter:
    """Decided, reported, published, paid and archived on the spot."""
    matter = offices.spot(office)
    for step in ("report_to_organ", "publish", "payment_confirmed", "close", "archive_spot"):
        matter.do(step)
    return matter


def declined(matter: Matter) -> Matter:
    matter.do("decline_filing")
    return matter


def statement(matter: Matter) -> Matter:
    """The party speaks, is answered, and everything else goes as usual."""
    to_notice(matter).do("statement")
    matter.do("statement_recheck")
    matter.move_to(date(2026, 3, 11)).do("decide")
    return matter


COURSES: dict[str, tuple[Callable[[Office], Matter], str]] = {
    "plain": (lambda office: finish(to_decision(open_matter(office))), "penalized_closed"),
    "of a citizen": (
        lambda office: finish(
            to_decision(open_matter(office, power="MED-10", party=person(), fine_fen=1_000_000))
        ),
        "penalized_closed",
    ),
    "with a statement": (lambda office: finish(statement(open_matter(office))), "penalized_closed"),
    "with legal review": (
        lambda office: finish(
            reviewed_twice(open_matter(office, power="FOOD-03", fine_fen=6_000_000, review_problems=True))
        ),
        "penalized_closed",
    ),
    "with a hearing": (
        lambda office: finish(hearing(open_matter(office, power="FOOD-03", fine_fen=10_000_000))),
        "penalized_closed",
    ),
    "no penalty": (
        lambda office: finish(to_decision(open_matter(office, proposal="no_penalty"))),
        "no_penalty_closed",
    ),
    "not proven": (
        lambda office: finish(to_decision(open_matter(office, proposal="not_proven"))),
        "not_proven_closed",
    ),
    "not filed": (lambda office: declined(open_matter(office)), "declined"),
    "on the spot": (spot, "spot_closed"),
}


def rows_equal_the_marking(matter: Matter) -> None:
    """The open duties in the table are exactly those that the engine says are owed, with their dates."""
    owed = {
        duty.key: (duty.due_at, duty.clock, duty.basis, duty.title)
        for duty in engine.duties(matter.work.marking)
    }
    rows = Obligation.objects.filter(case_id=matter.case_id, kind="duty", state="open")
    assert {row.key: (row.due_at, row.clock, row.basis, row.title) for row in rows} == owed
    dated = [row.due_at for row in rows if row.due_at and row.role != "party"]
    assert matter.case.due_at == min(dated, default=None)


@pytest.fixture(scope="module")
def courses(office: Office) -> dict[str, Matter]:
    """Every course once, watched at every step."""
    office.watch = rows_equal_the_marking
    return {name: course(office) for name, (course, _) in COURSES.items()}


@pytest.fixture(params=COURSES)
def matter(request: Any, courses: dict[str, Matter]) -> Matter:
    return courses[request.param]


@pytest.mark.parametrize("course", COURSES)
def test_a_case_reaches_its_end(courses: dict[str, Matter], course: str) -> None:
    case = courses[course].case

    assert case.outcome == COURSES[course][1]
    assert case.ended_at == case.moved_at == courses[course].at
    assert case.due_at is None
    assert not case.obligations.filter(state="open").exists()


def test_every_step_is_one_row_and_one_entry_with_the_hashes_of_its_papers(matter: Matter) -> None:
    entries = {one.entry_id: one for one in record.history(f"case:{matter.case_id}")}
    steps = list(matter.case.steps.prefetch_related("papers", "evidence"))

    assert [step.step for step in steps] == [taken.step for taken in matter.taken]
    assert [step.entry_id for step in steps] == [taken.entry_id for taken in matter.taken]
    assert {one.entry_id for one in entries.values() if one.kind == "step"} == {
        step.entry_id for step in steps
    }
    for step in steps:
        entry = entries[step.entry_id]
        files = {file["sha256"] for file in entry.files}
        assert (entry.plain["step"], entry.plain["case"]) == (step.step, matter.case.no)
        assert entry.actor == f"officer:{step.by_id}"
        assert files == {one.sha256 for one in (*step.papers.all(), *step.evidence.all())}
        issued = {paper.form for paper in step.papers.all()}
        assert issued <= {paper.form for paper in matter.rule(step.step).papers}


def test_every_submission_is_an_entry_of_its_own(matter: Matter) -> None:
    approved = matter.case.submissions.filter(state="approved")
    kinds = [one.kind for one in record.history(f"case:{matter.case_id}")]

    assert kinds.count("submission") == approved.count() == matter.case.submissions.count()
    assert {one.step for one in approved} == {
        taken.step for taken in matter.taken if matter.rule(taken.step).approve
    }


def test_the_person_of_a_step_holds_its_role_and_the_proposer_is_somebody_else(matter: Matter) -> None:
    people = {officer.pk: who for who, officer in matter.office.people.items()}

    for step in matter.case.steps.all():
        rule = matter.rule(step.step)
        wanted = (rule.approve,) if rule.approve else rule.by
        assert people[step.by_id] in {*wanted, "handler", "second"}
        assert (step.proposed_by_id is not None) == (rule.approve is not None)
        assert step.proposed_by_id != step.by_id


def test_the_bytes_of_every_paper_are_kept(matter: Matter, office: Office, settings: Any) -> None:
    settings.MINGJING_VAR = office.var
    papers = list(matter.case.papers.all())

    assert papers
    for paper in papers:
        path = store.blob_path(paper.sha256)
        assert store.hash_file(path) == paper.sha256
        assert path.read_bytes().startswith(b"%PDF-1.7")
        assert paper.pages >= 1


def test_numbers_of_papers_run_without_gaps_per_organ_kind_and_year(courses: dict[str, Matter]) -> None:
    series = defaultdict(list)
    for paper in Paper.objects.filter(seq__isnull=False).order_by("id"):
        series[paper.organ_id, paper.wenzhong, paper.year].append(paper.seq)

    assert {kind for _, kind, _ in series} == {"立", "罚告", "罚", "听通", "不罚", "当罚"}
    for numbers in series.values():
        assert numbers == list(range(1, len(numbers) + 1))


def test_every_numbered_paper_bears_prefix_kind_year_and_number(courses: dict[str, Matter]) -> None:
    for paper in Paper.objects.select_related("organ").filter(seq__isnull=False):
        assert paper.number == f"{paper.organ.paper_prefix}{paper.wenzhong}〔{paper.year}〕{paper.seq}号"
    assert not Paper.objects.filter(seq__isnull=True).exclude(number="").exists()


def test_verification_codes_are_unique_and_lead_to_the_outgoing_paper(courses: dict[str, Matter]) -> None:
    codes = list(Paper.objects.values_list("verify_code", flat=True))

    assert len(set(codes)) == len(codes)
    for paper in Paper.objects.all():
        found = paper_by_code(paper.verify_code.lower())
        assert (found is not None) == paper.outgoing


@pytest.mark.parametrize("course, form", [("plain", "filing-approval"), ("on the spot", "spot-decision")])
def test_a_case_is_called_by_the_number_of_the_paper_that_opened_it(
    courses: dict[str, Matter], course: str, form: str
) -> None:
    case = courses[course].case

    assert case.label == case.papers.get(form=form).number != ""


def test_a_case_that_is_not_filed_keeps_the_name_of_its_lead(courses: dict[str, Matter]) -> None:
    assert courses["not filed"].case.label.startswith("线索2026-")


def test_case_numbers_are_unique_and_tell_region_and_year(courses: dict[str, Matter]) -> None:
    numbers = list(Case.objects.values_list("no", flat=True))

    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("511700") and "2026" in number for number in numbers)


def test_decisions_name_the_day_on_which_they_were_made(courses: dict[str, Matter]) -> None:
    for course in ("plain", "with a hearing", "no penalty"):
        case = courses[course].case
        assert case.decided_on == case.steps.get(step="decide").at.astimezone(offices.SHANGHAI).date()
        assert case.facts["decided_on"] == case.decided_on.isoformat()
    assert courses["not filed"].case.decided_on is None


def test_what_people_said_stands_on_the_record_as_commitments_only(courses: dict[str, Matter]) -> None:
    matter = courses["with a statement"]
    said = matter.case.steps.get(step="statement")
    entry = Entry.objects.get(pk=said.entry_id)

    assert "初次违法" in said.facts["statement_content"]
    assert "初次违法" not in bytes(entry.body).decode()
    assert set(Disclosure.objects.filter(entry=entry).values_list("name", flat=True)) >= {"statement_content"}
    for name in ("甲某某", "庚某某", "赵某某"):
        for body in Entry.objects.filter(subject=f"case:{matter.case_id}").values_list("body", flat=True):
            assert name not in bytes(body).decode()


def test_the_log_verifies_after_all_of_them(
    courses: dict[str, Matter], office: Office, settings: Any
) -> None:
    settings.MINGJING_VAR = office.var
    seal(offices.MONDAY)

    report = record.verify(deep=True)

    assert report.faults == ()
    assert report.size == Entry.objects.count() >= Step.objects.count()


def test_a_blank_ends_what_an_earlier_form_said(office: Office) -> None:
    """A ground for mitigation that carried the first proposal does not carry the second."""
    matter = open_matter(office, party=company())
    for step in ("site_inspection", "file", "interview"):
        matter.do(step)
    matter.do("conclude", tier="mitigated", mitigation_ground=["harm_removed"], fine_fen=100_000)
    assert matter.case.facts["mitigation_ground"] == ["harm_removed"]
    matter.do("reopen_investigation", reopen_reason="补充货值证据。")
    matter.do("interview")

    matter.do("conclude", tier="ordinary", fine_fen=2_000_000)

    assert "mitigation_ground" not in matter.case.facts


def test_every_role_of_a_penalty_is_played_in_these_courses(courses: dict[str, Matter]) -> None:
    rules = [matter.rule(taken.step) for matter in courses.values() for taken in matter.taken]
    acted = {role for rule in rules for role in (*rule.by, rule.approve)}

    elsewhere = {
        "supervisor",
        "manager",
        "clerk",
        "issuer",
        "keeper",
        "drawer",
    }  # licenses, measures, inspections
    assert set(ROLES) - acted == elsewhere
