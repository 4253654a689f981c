"""Filings, disclosure, archives, videos, incidents and the display of penalties: each to every end at the desk."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from mingjing.archives import dossier
from mingjing.cases import actions
from mingjing.cases.models import Case, Obligation
from mingjing.kernel.case_dates import reckoned_dates
from mingjing.law import queries as law
from tests.office import Office, open_matter, to_decision
from tests.taken_scenarios import FOLDER, Walk, live, scenarios

pytestmark = pytest.mark.django_db

PAPERS = {
    "filing-major": ["filing-report"],
    "filing-bank": ["filing-report"],
    "disclosure-proactive": [],
    "archive-transfer": ["archive-transfer-list"],
    "video-retention": [],
    "data-incident": ["incident-notice"],
    "credit-display": [],
    "filing-plan": ["filing-report"],
    "filing-inspection-items": ["filing-report"],
}
WAYS = [
    (procedure, path.stem)
    for procedure in (
        "filing-major",
        "filing-bank",
        "disclosure-proactive",
        "archive-transfer",
        "video-retention",
        "data-incident",
        "credit-display",
    )
    for path in sorted((FOLDER / procedure).glob("*.toml"))
]


@pytest.mark.parametrize(("procedure", "name"), WAYS)
def test_each_way_is_taken_at_the_desk(office: Office, procedure: str, name: str) -> None:
    walk = live(office, procedure, name)

    assert walk.case.outcome == walk.scenario.exit
    assert walk.case.party is None
    assert set(walk.papers) == set(PAPERS[procedure])


def test_the_day_on_which_the_display_ends_is_reckoned_and_explained(office: Office) -> None:
    walk = Walk(office, scenarios.load(FOLDER / "credit-display" / "general-three-years.toml"))
    for line in walk.scenario.lines[:3]:
        walk.do(line)

    ends = {row.step: row for row in Obligation.objects.filter(case=walk.case, state="open", kind="duty")}
    assert ends["stop_samr"].due_at.date() == date(2029, 4, 30)
    assert ends["stop_credit"].due_at.date() == date(2027, 4, 20)
    assert ends["stop_samr"].explanation
    assert ends["stop_samr"].clock == "PUB-SAMR-END"


def test_an_incident_is_owed_at_once_without_a_day(office: Office) -> None:
    """个人信息保护法 art. 57 says at once: what is owed stands open from the moment of discovery."""
    walk = Walk(office, scenarios.load(FOLDER / "data-incident" / "all-notified.toml"))
    walk.do(walk.scenario.lines[0])

    rows = Obligation.objects.filter(case=walk.case, clock="PIPL-BREACH", state="open")
    assert set(rows.values_list("step", "due_at")) == {
        ("remedy", None),
        ("notify_authority", None),
        ("notify_persons", None),
    }


def test_a_matter_without_party_is_bound_under_its_own_name(office: Office) -> None:
    walk = live(office, "filing-bank", "filed")

    pdf = dossier.bound(office.actor("archivist"), walk.case.no, walk.scenario.lines[-1].at)

    text = "".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    assert "代收罚款协议备案案卷" in text
    assert "当事人" not in text


@pytest.mark.parametrize(("real_estate", "last"), [("no", "2031-02-24"), ("yes", "2046-02-26")])
def test_nobody_asks_for_reconsideration_after_the_outer_limit(real_estate: str, last: str) -> None:
    """行政复议法 art. 21: REL-ARA-MAX, five years, twenty for real estate; a last day of rest moves on."""
    procedure = law.procedure("reconsideration", date(2026, 3, 2))
    rules = next(one.rules for one in procedure.reckoned if one.name == "outer_limit_on")

    found = reckoned_dates(
        procedure, {"act_made_on": "2026-02-24", "real_estate": real_estate}, law.calendar()
    )

    assert {rule.clock for rule in rules} == {"REL-ARA-MAX"}
    assert found["outer_limit_on"] == last


def test_a_major_penalty_opens_its_filing_once_and_a_minor_one_does_not(office: Office) -> None:
    major = to_decision(open_matter(office, complex_case=True))
    minor = to_decision(open_matter(office))
    assert not minor.case.facts.get("review_due")

    first = actions.open_following(at=major.at)
    again = actions.open_following(at=major.at)

    (filing,) = Case.objects.filter(procedure="filing-major")
    assert [one.case_id for one in first.taken] == [filing.pk]
    assert not first.refused
    assert not again.taken
    assert filing.parent_id == major.case_id
    assert filing.facts["decided_on"] == major.case.decided_on.isoformat()
    owed = Obligation.objects.get(case=filing, step="submit")
    assert owed.clock == "FIL-MAJOR"
    assert owed.assignee_id == office.people["handler"].pk
