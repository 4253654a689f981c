"""Yearly matters: one for each organ, procedure and year, whoever opens them and however late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases import queries
from mingjing.cases.models import Case, Obligation
from mingjing.law import queries as law
from tests import makers
from tests.office import SHANGHAI, Office
from tests.taken_scenarios import FOLDER, Walk, scenarios

pytestmark = pytest.mark.django_db

STATISTICS = "annual-statistics"


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=SHANGHAI)


def opened(**narrowed: Any) -> list[tuple[str, str]]:
    rows = Case.objects.filter(**narrowed).order_by("organ_id", "opened_at")
    return list(rows.values_list("organ__code", "title"))


def test_a_matter_is_opened_once_however_often_the_worker_runs(office: Office) -> None:
    first = cases.open_yearly(at=at(2025, 12, 20, 0, 5))
    again = cases.open_yearly(at=at(2025, 12, 20, 0, 6))
    later = cases.open_yearly(at=at(2025, 12, 28, 9))

    assert first.taken
    assert not first.refused
    assert not again.taken
    assert not later.taken
    assert opened(procedure=STATISTICS, organ=office.organ) == [
        (office.organ.code, f"{office.organ.name}2025年度行政执法统计年报")
    ]


def test_the_next_year_has_its_own(office: Office) -> None:
    for year in (2025, 2026):
        cases.open_yearly(at=at(year, 1, 1, 0, 5))

    assert Case.objects.filter(procedure=STATISTICS, organ=office.organ).count() == 2


def test_a_missed_run_is_made_up_and_its_terms_run_from_the_day_of_the_year(office: Office) -> None:
    cases.open_yearly(at=at(2026, 1, 13, 8))

    due = Obligation.objects.get(case__procedure=STATISTICS, organ=office.organ, step="submit")
    assert due.due_at == at(2026, 1, 10, 23, 59, 59)


def test_a_new_platform_does_not_open_what_is_long_past(office: Office) -> None:
    cases.open_yearly(at=at(2026, 3, 20, 8))

    assert opened(procedure=STATISTICS) == []


def test_a_day_before_its_day_nothing_of_the_year_is_there(office: Office) -> None:
    cases.open_yearly(at=at(2025, 12, 19, 23, 59))

    assert opened(procedure=STATISTICS) == []


def test_only_bodies_that_enforce_and_existed_on_the_day_are_asked(office: Office) -> None:
    makers.organ(code="ny-zf", name="某县人民政府", kind="government")
    makers.organ(code="ny-wt", name="某受委托组织", kind="entrusted")
    makers.organ(code="ny-new", name="某新设局", confirmed_on=at(2025, 12, 25).date())

    cases.open_yearly(at=at(2026, 1, 10, 8))

    assert {code for code, _ in opened(procedure=STATISTICS)} == {office.organ.code}


def test_the_head_of_the_unit_finds_it_among_what_is_to_be_done(office: Office) -> None:
    moment = at(2026, 1, 5, 9)
    cases.open_yearly(at=moment)

    rows, _ = queries.todo(office.actor("unit_head", moment), moment)

    assert ("draft", f"{office.organ.name}2025年度行政执法统计年报") in {
        (row.step, row.case_title) for row in rows
    }


def test_each_opening_stands_on_the_record(office: Office) -> None:
    done = cases.open_yearly(at=at(2026, 1, 1, 1))

    assert all(one.entry_id is not None and one.seq == 1 for one in done.taken)


def test_a_report_goes_from_the_worker_to_the_archive(office: Office) -> None:
    """Opened by the platform, drafted, checked, signed and sent with its letter, received, published, archived."""
    (one,) = [
        taken
        for taken in cases.open_yearly(at=at(2026, 1, 1, 1)).taken
        if Case.objects.get(pk=taken.case_id).procedure == STATISTICS
    ]

    walk = Walk(office, scenarios.load(FOLDER / STATISTICS / "returned.toml"), case_id=one.case_id)
    for line in walk.scenario.lines[1:]:
        walk.do(line)

    assert walk.case.outcome == "reported"
    assert walk.case.party is None
    assert walk.papers == ["filing-report", "filing-report"]
    numbers = list(walk.case.papers.order_by("id").values_list("number", flat=True))
    prefix = office.organ.paper_prefix
    assert numbers == [f"{prefix}备〔2026〕1号", f"{prefix}备〔2026〕2号"]


def test_every_yearly_rule_of_the_codex_titles_its_matter() -> None:
    for procedure in law.procedures(at(2026, 9, 1).date()):
        if procedure.yearly is not None:
            title = procedure.yearly.title.format(organ="某某局", year=2026, last_year=2025)
            assert "某某局" in title
            assert "20" in title
