"""Kept queries: the rows of the queryset, its SQL written once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from mingjing.cases.models import Case
from mingjing.sql import KEPT, Kept
from tests import makers
from tests.makers import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases() -> list[Case]:
    """Three cases of one organ, an hour apart, the first one ended."""
    organ = makers.organ()
    return [
        makers.case(organ=organ, at=AT + timedelta(hours=hour), ended_at=None if hour else AT)
        for hour in range(3)
    ]


def kept(build: Any) -> Kept[Any]:
    """A kept query of this test alone."""
    made: Kept[Any] = Kept(build)
    KEPT.remove(made)
    return made


def test_each_use_gives_the_rows_of_its_own_values(cases: list[Case]) -> None:
    by_number = kept(lambda no: Case.objects.filter(no=no))

    assert [by_number(no=case.no) for case in cases] == [[case] for case in cases]
    assert by_number(no="nobody's") == []
    assert by_number.first(no="nobody's") is None


def test_rows_bring_their_relations_along(cases: list[Case]) -> None:
    with_organ = kept(lambda case: Case.objects.select_related("organ").filter(pk=case))

    with CaptureQueriesContext(connection) as seen:
        found = with_organ.first(case=cases[1].pk)
        assert found is not None
        assert found.organ.name == cases[1].organ.name

    assert len(seen) == 1
    assert found.moved_at == cases[1].moved_at
    assert found.facts == {}


def test_moments_days_and_keys_are_compared_as_a_queryset_compares_them(cases: list[Case]) -> None:
    since = kept(
        lambda organ, at: (
            Case.objects.filter(Q(moved_at__gt=at) | Q(ended_at=at), organ=organ)
            .order_by("moved_at")
            .values_list("no", flat=True)
        )
    )

    found = since(organ=cases[0].organ_id, at=cases[1].moved_at)

    assert found == [cases[2].no]
    assert since(organ=cases[0].organ_id, at=AT) == [case.no for case in cases]


def test_the_sql_is_written_once(cases: list[Case]) -> None:
    built = []

    def build(no: Any) -> Any:
        built.append(no)
        return Case.objects.filter(no=no)

    by_number = kept(build)

    for case in cases:
        by_number(no=case.no)

    assert len(built) == 1


def test_a_value_cannot_change_the_statement(cases: list[Case]) -> None:
    by_number = kept(lambda no: Case.objects.filter(no=no))

    assert by_number(no="x' OR '1'='1") == []


def test_a_forgotten_value_is_an_error(cases: list[Case]) -> None:
    by_number = kept(lambda no: Case.objects.filter(no=no))

    with pytest.raises(KeyError):
        by_number()


def test_threads_do_not_share_the_values_of_a_use() -> None:
    by_number = kept(lambda no: Case.objects.filter(no=no))
    by_number(no="here")
    elsewhere: list[bool] = []

    thread = threading.Thread(target=lambda: elsewhere.append(hasattr(by_number._local, "written")))
    thread.start()
    thread.join()

    assert elsewhere == [False]
