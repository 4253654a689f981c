"""What a matter hands on: an execution begins with the decision it executes, its number and its service."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.cases import queries as cases
from mingjing.law import queries as law
from tests.office import Office, open_matter, to_decision

pytestmark = pytest.mark.django_db


def test_an_execution_begins_with_the_decision_it_executes(office: Office) -> None:
    """行政强制法 art. 55: the court is told which decision, of what day, served when."""
    matter = to_decision(open_matter(office))
    rule = law.procedure("execution-court", matter.at.date()).steps["open"]
    before = cases.origin_for(office.actor("handler"), matter.case.no, matter.at)
    matter.do("serve_decision")

    origin = cases.origin_for(office.actor("handler"), matter.case.no, matter.at)
    carried = cases.carried(rule.facts, origin.facts)

    paper = matter.case.papers.get(form="penalty-decision")
    assert "decision_served_on" not in before.facts
    assert (carried["decision_title"], carried["decision_number"]) == (paper.title, paper.number)
    assert carried["decision_served_on"] == paper.services.get().served_on.isoformat()
    assert carried["principal_fen"] == matter.case.facts["fine_fen"]
    assert carried["cause"] == matter.case.facts["cause"]
    assert origin.handlers == matter.scene.officers
    assert origin.party_id == matter.case.party_id


def test_dates_and_choices_of_another_form_are_not_taken_over() -> None:
    rule = law.procedure("measure-sealing", date(2026, 3, 2)).steps["open"]
    known = {
        "cause": "某某",
        "measure_reason": "",
        "measure_kinds": ["impound"],
        "urgent_measure": True,
        "other": 1,
    }

    assert cases.carried(rule.facts, known) == {"cause": "某某"}
