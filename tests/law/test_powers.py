"""Power items from the database, and the discretion benchmark of a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mingjing.kernel.refused import Refused
from mingjing.law import actions, queries
from mingjing.law.models import PowerItem
from tests.law.conftest import AT
from tests.office_fixtures import law_of_module

pytestmark = pytest.mark.django_db
codex = law_of_module(AT)
CASE = {"goods": 30_000, "harm": "none", "first": True, "corrected": False, "aggravated": False}


def test_items_are_found_by_code_field_organ_and_words(codex: None) -> None:
    assert queries.power_item("FOOD-03").field == "food"
    assert len(queries.power_items()) == 70
    assert {item.field for item in queries.power_items(organ_field="market")} == {"food", "medicine"}
    assert [item.code for item in queries.power_items(words="饮酒")] == ["TRAF-03", "TRAF-04"]
    with pytest.raises(Refused, match="没有编号"):
        queries.power_item("FOOD-99")


def test_an_item_that_left_the_codex_is_withdrawn_not_deleted(codex: None) -> None:
    PowerItem.objects.create(source="codex", code="OLD-01", title="旧事项", field="food")

    report = actions.load_codex(AT + timedelta(days=1))

    assert report.withdrawn == 1
    assert PowerItem.objects.get(code="OLD-01").withdrawn
    assert len(queries.power_items()) == 70


def test_discretion_joins_the_range_of_the_law_and_the_tier_of_the_table(codex: None) -> None:
    result = queries.discretion("FOOD-03", CASE, {"goods_value_fen": 30_000}, date(2026, 9, 1))

    assert result.tier == "lighter"
    assert result.span is not None
    assert (result.span.min_fen, result.span.max_fen) == (5_000_000, 6_500_000)


def test_an_item_without_a_table_is_refused_with_what_to_do(codex: None) -> None:
    with pytest.raises(Refused) as caught:
        queries.discretion("TRAF-01", {}, {}, date(2026, 9, 1))

    assert caught.value.code == "no-benchmark"
    assert caught.value.basis == "行政处罚法/34"


def test_one_query_finds_an_item_however_many_there_are(
    codex: None, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):
        queries.power_item("FOOD-03").check_fine({"goods_value_fen": 0}, 5_000_000)
