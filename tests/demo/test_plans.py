"""The demo city: its plans name real steps, and together they keep every desk busy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Count

from mingjing.cases.models import Case, Evidence, Obligation
from mingjing.demo.films import film_of
from mingjing.demo.licenses import REQUESTS, live_licenses
from mingjing.demo.matters import City
from mingjing.demo.plans import ORDINARY, PLANS, SPECIAL, SPOT
from mingjing.demo.staffing import found_city
from mingjing.kernel.procedure import Procedure
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from tests.makers import AT


def procedures() -> dict[str, Procedure]:
    return {name: law.procedure(name, AT.date()) for name in (ORDINARY, SPOT)}


def test_every_step_that_a_plan_names_is_a_step_of_its_procedure() -> None:
    by_id = procedures()

    for plan in PLANS:
        named = {*plan.held, *plan.special, *([plan.stop] if plan.stop else [])}
        assert named <= set(by_id[plan.procedure].steps), plan
        assert set(plan.special) <= SPECIAL
        assert not plan.pending or by_id[plan.procedure].steps[plan.stop].approve


def test_a_step_that_must_be_filmed_is_filmed_in_most_matters() -> None:
    rule = procedures()[ORDINARY].steps["site_inspection"]

    filmed = [bool(film_of(rule, number)) for number in range(18)]

    assert filmed.count(False) == 2
    assert film_of(rule, 1)[0].content[:4] == b"RIFF"


@pytest.mark.slow
@pytest.mark.django_db
def test_a_small_city_lives_to_its_last_day_with_work_on_many_desks() -> None:
    load_codex(AT)
    teams = found_city(AT - timedelta(days=300))

    City(teams, until=AT).run(18, lambda: None)

    assert Case.objects.count() == 18
    owed = dict(
        Obligation.objects.filter(state="open").values_list("role").annotate(Count("id")).order_by("role")
    )
    assert {"handler", "organ_head"} <= set(owed)
    assert Evidence.objects.filter(kind="audiovisual").exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_matters_of_each_procedure_reach_the_archive() -> None:
    load_codex(AT)
    team = found_city(AT - timedelta(days=300))["dz-scjg"]

    City({team.organ_code: team}, until=AT).run(24, lambda: None)

    ended = Case.objects.filter(ended_at__isnull=False).values_list("procedure", flat=True)
    assert {ORDINARY, SPOT} <= set(ended)


@pytest.mark.slow
@pytest.mark.django_db
def test_requests_for_licenses_stand_at_every_stage_of_the_city() -> None:
    load_codex(AT)

    live_licenses(found_city(AT - timedelta(days=300)), AT)

    found = dict(Case.objects.values_list("title", "outcome"))
    assert len(found) == len(REQUESTS)
    assert {"granted", "cancelled", None} <= {value or None for value in found.values()}
    assert {"accept", "decide", "legal_review", "hear_both"} <= set(
        Obligation.objects.filter(state="open").values_list("step", flat=True)
    )
