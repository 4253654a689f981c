"""The figures of a year: right, the same as the list, and telling of nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from mingjing.kernel.small_cells import hidden
from mingjing.publicity import outcomes
from mingjing.publicity.statistics import ALL, _groups, _Tally, figures, reckoned
from tests import makers
from tests.makers import AT
from tests.office import Office, company, open_matter, to_decision

pytestmark = pytest.mark.django_db


def decided(count: int, **given: Any) -> None:
    organ, act = given.pop("organ"), given.pop("act", "penalty")
    for _ in range(count):
        of = makers.case(organ=organ, act=act, field=given.get("field", "food"))
        makers.publication(of=of, kinds=given.get("kinds", "fine"), decided_on=given.get("on", AT.date()))


def test_every_decision_of_the_year_counts_once_in_each_table() -> None:
    north, south = makers.organ(region="511702"), makers.organ(region="511722")
    decided(5, organ=north, kinds="fine,confiscation", on=date(2026, 3, 31))
    decided(4, organ=south, act="license", field="traffic", kinds="license-grant", on=date(2026, 4, 1))
    decided(1, organ=south, on=date(2025, 12, 31))

    found = reckoned(2026, AT)

    assert found.total.total.count == 9
    assert found.acts == ("penalty", "license")
    assert [(line.title, line.total.count) for line in found.organs] == [(north.name, 5), (south.name, 4)]
    assert [(line.code, line.total.count) for line in found.regions] == [("511702", 5), ("511722", 4)]
    assert [(line.code, line.total.count) for line in found.fields] == [("food", 5), ("traffic", 4)]
    assert [line.total.count for line in found.months] == [0, 0, 5, 4, *[0] * 8]
    assert [(line.code, line.total.count) for line in found.kinds] == [
        ("confiscation", 5),
        ("fine", 5),
        ("license-grant", 4),
    ]


def test_what_was_withdrawn_still_counts() -> None:
    organ = makers.organ()
    for _ in range(3):
        makers.withdrawn(of=makers.case(organ=organ))

    assert reckoned(AT.year, AT).total.total.count == 3


def test_small_figures_are_hidden_and_cannot_be_reckoned_from_the_rest() -> None:
    north, south, west = (makers.organ(region=region) for region in ("511702", "511702", "511722"))
    decided(1, organ=north)
    decided(8, organ=south)
    decided(9, organ=west, act="license")

    found = reckoned(AT.year, AT)
    counts = {line.title: line.total.count for line in found.organs}

    assert counts[north.name] is None
    assert None in (counts[south.name], counts[west.name])
    groups = _groups(AT.year)
    tally = _Tally(groups, {row.pk: row for row in (north, south, west)})
    gone = hidden(tally.values, tally.sums(), found.below)
    for one in tally.sums():
        assert len([key for key in (one.total, *one.parts) if key in gone]) != 1, one


def test_a_single_organ_of_a_region_is_not_told_by_its_region() -> None:
    alone, *others = (makers.organ(region=region) for region in ("511722", "511702", "511702"))
    decided(2, organ=alone)
    for organ in others:
        decided(20, organ=organ)

    found = reckoned(AT.year, AT)

    assert next(line for line in found.regions if line.code == "511722").total.count is None


def test_figures_are_kept_for_a_moment_and_say_of_when_they_are(django_assert_num_queries: Any) -> None:
    decided(3, organ=makers.organ())

    first = figures(AT.year, AT)
    with django_assert_num_queries(0):
        again = figures(AT.year, AT + timedelta(seconds=30))

    assert again == first
    assert again.at == AT


def test_the_cost_does_not_grow_with_the_rows(django_assert_num_queries: Any) -> None:
    decided(12, organ=makers.organ())

    with django_assert_num_queries(2):
        assert reckoned(AT.year, AT).total.cells["penalty"].count == 12
        assert ALL == ""


def test_a_penalty_counts_under_its_kinds_and_anything_else_under_its_paper(office: Office) -> None:
    matter = to_decision(open_matter(office, party=company(name="达州市某某统计食品店")))
    matter.do("serve_decision")
    matter.do("publish")
    case = matter.case
    (row,) = case.publications.all()

    assert row.field == case.field
    assert set(row.kinds.split(",")) == set(case.facts["penalty_kinds"])
    assert set(row.kinds.split(",")) <= set(outcomes.titles(AT.date()))
    decision = row.paper
    assert decision is not None
    case.act = "license"
    assert outcomes.kinds_of(case, decision) == decision.form
