"""The inspections of the demo city: every organ of a field that inspects has some, and one drawing is under way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Count

from mingjing.cases.models import Case
from mingjing.demo.inspections import live_inspections
from mingjing.demo.staffing import found_city
from mingjing.law.actions import load_codex
from mingjing.publicity.models import Publication
from tests.makers import AT

LATE = AT.replace(month=11, day=24)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_city_inspects_and_draws() -> None:
    load_codex(LATE)
    live_inspections(found_city(LATE - timedelta(days=300)), LATE)

    outcomes = dict(
        Case.objects.filter(procedure="inspection").values_list("outcome").annotate(Count("id")).order_by()
    )
    assert set(outcomes) == {"", "clean", "corrected"}
    assert outcomes["clean"] == outcomes["corrected"] == 5
    (drawing,) = Case.objects.filter(procedure="inspection-draw")
    assert drawing.facts["drawn_objects"].count("\n") == 1
    assert drawing.children.get().facts["inspection_kind"] == "random"
    (stopped,) = Case.objects.filter(procedure="spot-measure")
    assert stopped.obligations.filter(step="review", state="open").count() == 2
    assert Case.objects.filter(procedure="monitoring-record").count() == 5
    assert Publication.objects.filter(act="inspection").count() == 10
