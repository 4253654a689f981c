"""Rows written by prepared statements: as Django would write them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext

from mingjing.cases.models import Case, Obligation
from mingjing.sql import insert, update
from tests import makers
from tests.makers import AT

pytestmark = pytest.mark.django_db


def duty(case: Case, key: str, **given: Any) -> Obligation:
    """An open duty without a row."""
    values: dict[str, Any] = {
        "case": case,
        "organ_id": case.organ_id,
        "step": "decide",
        "key": key,
        "title": "作出决定",
        "role": "organ_head",
        "opened_at": AT,
        "due_at": AT,
        "explanation": ["自立案之日起九十日内", "末日顺延"],
    }
    return Obligation(**{**values, **given})


def test_rows_are_what_django_would_have_written() -> None:
    case = makers.case()
    plain = duty(case, "a")
    plain.save()

    written = duty(case, "b")
    insert([written])

    stored = Obligation.objects.get(pk=written.pk)
    assert model_to_dict(stored, exclude=["id", "key"]) == model_to_dict(plain, exclude=["id", "key"])
    assert (stored.opened_at, stored.explanation) == (AT, ["自立案之日起九十日内", "末日顺延"])


def test_several_rows_get_their_keys_in_one_query() -> None:
    case = makers.case()
    rows = [duty(case, name) for name in "abc"]

    with CaptureQueriesContext(connection) as seen:
        insert(rows)

    assert len(seen) == 1
    assert {row.key: row.pk for row in rows} == dict(Obligation.objects.values_list("key", "pk"))


def test_a_row_that_was_inserted_can_be_saved_as_usual() -> None:
    row = duty(makers.case(), "a")
    insert([row])

    row.title = "另一名称"
    row.save()

    assert Obligation.objects.get().title == "另一名称"


def test_no_rows_cost_no_query() -> None:
    with CaptureQueriesContext(connection) as seen:
        assert not insert([])

    assert not seen.captured_queries


def test_a_stored_row_is_not_inserted_again() -> None:
    row = duty(makers.case(), "a")
    insert([row])

    with pytest.raises(ValueError, match="stored already"):
        insert([row])


def test_constraints_hold() -> None:
    case = makers.case()
    insert([duty(case, "a")])

    with pytest.raises(IntegrityError), transaction.atomic():
        insert([duty(case, "a")])


def test_an_update_writes_the_named_fields_only() -> None:
    row = duty(makers.case(), "a")
    insert([row])

    row.paused, row.title, row.explanation = True, "不写入", ["新的说明"]
    update(row, "paused", "explanation")

    stored = Obligation.objects.get()
    assert (stored.paused, stored.title, stored.explanation) == (True, "作出决定", ["新的说明"])


def test_an_update_of_a_row_that_is_gone_is_told() -> None:
    row = duty(makers.case(), "a")
    insert([row])
    Obligation.objects.all().delete()

    with pytest.raises(Obligation.DoesNotExist):
        update(row, "paused")
