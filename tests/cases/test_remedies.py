"""Reconsideration, litigation and compensation at the desk; what came of them reaches the decision they judge."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.cases.models import Case
from mingjing.publicity.models import Publication
from mingjing.record.models import Entry
from tests.office import Matter, Office, finish, open_matter, to_decision
from tests.taken_scenarios import FOLDER, Walk, live, scenarios

pytestmark = pytest.mark.django_db


def penalized(office: Office) -> Matter:
    """A penalty that is served, published, paid and archived."""
    return finish(to_decision(open_matter(office)))


def about(office: Office, matter: Matter, procedure: str, name: str) -> Walk:
    """A remedy that grew out of that decision."""
    walk = Walk(office, scenarios.load(FOLDER / procedure / f"{name}.toml"), parent_id=matter.case_id)
    walk.live()
    return walk


def told(matter: Matter) -> tuple[str, str, str]:
    """What the decision was told: the result, who entered it, and from where."""
    step = matter.case.steps.get(step="remedy_outcome")
    return step.facts["remedy_result"], step.by_name, step.note


@pytest.mark.parametrize(
    ("procedure", "name", "result"),
    [
        ("reconsideration", "not-told-one-year", "revoked"),
        ("reconsideration", "no-answer-no-evidence", "redo"),
        ("litigation", "no-answer", "revoked"),
        ("litigation", "plaintiff-appeals", "illegal"),
    ],
)
def test_what_came_of_a_remedy_is_taken_in_the_decision_it_judges(
    office: Office, procedure: str, name: str, result: str
) -> None:
    matter = penalized(office)

    walk = about(office, matter, procedure, name)

    assert told(matter)[:2] == (result, "平台")
    assert walk.case.label in told(matter)[2]
    assert "withdraw_publication" in matter.owed()
    matter.at = walk.scenario.lines[-1].at
    matter.do("withdraw_publication")
    assert Publication.objects.get(case_id=matter.case_id).state == "withdrawn"


def test_a_decision_that_was_upheld_stays_published(office: Office) -> None:
    matter = penalized(office)

    about(office, matter, "reconsideration", "upheld")

    assert told(matter)[0] == "upheld"
    assert "withdraw_publication" not in matter.owed()
    assert Publication.objects.get(case_id=matter.case_id).state == "shown"


def test_the_telling_stands_on_the_record_of_both_matters(office: Office) -> None:
    matter = penalized(office)
    walk = about(office, matter, "reconsideration", "upheld")

    for case, step in ((walk.case, "decision"), (matter.case, "remedy_outcome")):
        entry = Entry.objects.get(pk=case.steps.get(step=step).entry_id)
        assert entry.subject == f"case:{case.pk}"


def test_a_remedy_does_not_keep_its_decision_open(office: Office) -> None:
    """行政复议法 art. 42, 行政诉讼法 art. 56: performance goes on meanwhile, and so does closing."""
    matter = to_decision(open_matter(office))
    walk = Walk(office, scenarios.load(FOLDER / "litigation" / "won-at-first.toml"), parent_id=matter.case_id)
    walk.do(walk.scenario.lines[0])

    finish(matter)

    assert matter.case.outcome
    assert not walk.case.outcome


def test_a_remedy_about_a_matter_without_such_a_step_ends_all_the_same(office: Office) -> None:
    matter = open_matter(office)
    matter.move_to(date(2026, 3, 5))

    walk = about(office, matter, "reconsideration", "upheld")

    assert walk.case.outcome == "concluded"
    assert not matter.case.steps.filter(step="remedy_outcome").exists()


@pytest.mark.parametrize(
    ("procedure", "name"),
    [
        (folder, path.stem)
        for folder in ("reconsideration", "litigation", "state-compensation")
        for path in sorted((FOLDER / folder).glob("*.toml"))
    ],
)
def test_every_way_of_a_remedy_is_taken_at_the_desk(office: Office, procedure: str, name: str) -> None:
    walk = live(office, procedure, name)

    assert walk.case.outcome == walk.scenario.exit
    assert walk.case.act == "other"
    assert Case.objects.filter(parent_id=walk.case_id).count() == 0
