"""The coercive measures of the demo city: food is impounded, published, and in one matter given back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mingjing.cases.models import Case
from mingjing.demo.coercions import live_coercions
from mingjing.demo.staffing import found_city
from mingjing.law.actions import load_codex
from mingjing.publicity.models import Publication
from tests.makers import AT

LATE = AT.replace(month=11, day=24)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_city_impounds_and_gives_back() -> None:
    load_codex(LATE)
    live_coercions(found_city(LATE - timedelta(days=300)), LATE)

    matters = Case.objects.filter(procedure="measure-sealing")
    held = matters.filter(obligations__step="dispose", obligations__state="open").distinct()
    assert matters.count() == 2 * held.count() > 0
    assert Publication.objects.filter(act="coercion").count() == matters.count()
