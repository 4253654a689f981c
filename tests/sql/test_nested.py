"""Rows within rows: what comes back is what the subquery alone would give."""

from __future__ import annotations

from collections import namedtuple
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import Exists, F, OuterRef
from django.test.utils import CaptureQueriesContext

from mingjing.cases.models import Case, Paper, Payment, Step
from mingjing.organs.authority import SYSTEM
from mingjing.organs.models import Officer
from mingjing.record import actions as record
from mingjing.record.models import Entry
from mingjing.sql import Rows
from tests import makers
from tests.makers import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """A case with three steps; another case with one."""
    made = makers.case()
    by = makers.officer(organ=made.organ)
    for hour, word in enumerate(("一", "二", "三")):
        facts = {"text": f"第{word}步", "fine_fen": 100, "list": [1, None, "甲"], "yes": True}
        makers.step(made, at=AT + timedelta(hours=hour, microseconds=7), title=word, facts=facts, by=by)
    makers.step(makers.case())
    return made


def within(case: Case, rows: models.QuerySet[Any, Any], shape: Any = None) -> Any:
    """What the rows give as part of the case, in one query."""
    with CaptureQueriesContext(connection) as seen:
        found: Any = Case.objects.annotate(rows=Rows(rows, shape)).get(pk=case.pk)
    assert len(seen) == 1
    return found.rows


STEPS = Step.objects.filter(case=OuterRef("pk"))


def test_every_kind_of_value_comes_back_as_itself(case: Case) -> None:
    names = ("id", "case_id", "seq", "at", "facts", "entry_id", "by", "proposed_by_id", "by__active", "note")

    found = within(case, STEPS.order_by("seq").values_list(*names))

    assert found == list(case.steps.order_by("seq").values_list(*names))
    assert [type(value) for value in found[0]] == [
        type(value) for value in case.steps.order_by("seq").values_list(*names)[0]
    ]


def test_days_and_bytes_come_back_too(case: Case) -> None:
    Payment.objects.create(
        case=case, organ=case.organ, code="A", due_fen=2**53 - 1, paid_on=date(2026, 2, 28)
    )
    payments = Payment.objects.filter(case=OuterRef("pk")).values_list("code", "due_fen", "paid_on", "state")
    entry = record.append(kind="test", subject="case:x", at=AT, actor=SYSTEM, plain={})
    entries = Entry.objects.filter(subject="case:x").values_list("sha256", "prev", "id")

    assert within(case, payments) == [("A", 2**53 - 1, date(2026, 2, 28), "open")]
    assert within(case, entries) == [(entry.sha256, None, entry.pk)]


def test_rows_keep_their_order_and_their_limit(case: Case) -> None:
    latest = STEPS.order_by("-seq")[:2].values_list("title", flat=False)

    assert within(case, latest) == [("三",), ("二",)]


def test_no_rows_are_an_empty_list(case: Case) -> None:
    assert within(case, Paper.objects.filter(case=OuterRef("pk")).values_list("id")) == []


def test_a_shape_takes_the_columns_in_their_order(case: Case) -> None:
    shape = namedtuple("shape", ("title", "filmed", "taker"))
    rows = STEPS.annotate(filmed=Exists(Paper.objects.filter(step=OuterRef("pk"))), taker=F("by__name"))

    found = within(case, rows.order_by("seq").values_list("title", "filmed", "taker"), shape)

    assert found[0] == shape("一", False, "李某某")


def test_kinds_that_json_would_bend_are_refused() -> None:
    wrapped = Officer.objects.annotate(
        much=models.Value(1, output_field=models.DecimalField(max_digits=9, decimal_places=2))
    )

    with pytest.raises(TypeError, match="DecimalField"):
        Rows(wrapped.values_list("much"))


def test_texts_come_back_to_the_letter(case: Case) -> None:
    text = '引号" 反斜\\ 换行\n 百分% 花括号{} 𠀀 \u2028'
    Case.objects.filter(pk=case.pk).update(title=text)
    rows = Case.objects.filter(pk=OuterRef("pk")).values_list("title")

    assert within(case, rows) == [(text,)]
