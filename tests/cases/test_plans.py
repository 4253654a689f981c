"""How the databases find the rows of lists: through an index whatever is asked for, never by reading a table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingjing.cases import queries
from mingjing.cases.queries import CaseFilters, TodoFilters
from mingjing.organs.authority import Actor
from tests import makers
from tests.makers import AT
from tests.office import Office, open_matter

pytestmark = pytest.mark.django_db

# The tables that grow with every case.
LARGE = ("cases_case", "cases_obligation", "cases_step", "cases_caseofficer", "parties_party")
CASES: dict[str, dict[str, Any]] = {
    "words": {"words": "食品"},
    "stage": {"stage": "investigation"},
    "state": {"state": "open"},
    "lamp": {"lamp": "overdue"},
    "procedure": {"procedure": "penalty-ordinary"},
    "organ": {"organ": "shi-jianguan"},
    "mine": {"mine": True},
    "parties": {"parties": (1, 2)},
    "sort": {"sort": "due"},
    "after": {"after": f"{AT.isoformat()}~00000000-0000-0000-0000-000000000001"},
}
TODOS: dict[str, dict[str, Any]] = {
    "words": {"words": "食品"},
    "step": {"step": "decide"},
    "kind": {"kind": "approval"},
    "lamp": {"lamp": "soon"},
    "after": {"after": f"{AT.isoformat()}~1"},
}


@pytest.fixture(autouse=True)
def _indexes_wherever_there_are_some(db: None) -> None:
    """In tables of a few rows PostgreSQL rightly reads everything; here it must show what it would do in large ones."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")


def plans(read: Callable[[], Any]) -> list[str]:
    """The plan of every query that ``read`` makes."""
    with CaptureQueriesContext(connection) as seen:
        read()
    assert seen.captured_queries
    found = []
    with connection.cursor() as cursor:
        for query in seen.captured_queries:
            kind = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{kind} {query['sql']}")
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def reads_whole(plan: str) -> list[str]:
    """The large tables that a plan reads without an index; SQLite names those within others by an alias (U0)."""
    whole = re.findall(r"(?:Seq Scan on|SCAN) (\w+)\b(?! USING)", plan)
    return [name for name in whole if name in LARGE or re.fullmatch(r"[T-W]\d+", name)]


@pytest.fixture(params=["handler", "organ_head"])
def actor(request: Any, office: Office) -> Actor:
    """Somebody of the office; it has a few cases."""
    for _ in range(5):
        makers.case(organ=office.organ, party=makers.party())
    return office.actor(request.param)


@pytest.mark.parametrize("chosen", [{}, *CASES.values()], ids=["nothing", *CASES])
def test_case_lists_use_an_index(actor: Actor, chosen: dict[str, Any]) -> None:
    found = plans(lambda: queries.case_list(actor, AT, CaseFilters(**chosen)))

    assert [reads_whole(plan) for plan in found] == [[]]
    assert "OFFSET" not in "".join(found)


@pytest.mark.parametrize("chosen", [{}, *TODOS.values()], ids=["nothing", *TODOS])
def test_to_do_lists_use_an_index(actor: Actor, chosen: dict[str, Any]) -> None:
    found = plans(lambda: queries.todo(actor, AT, TodoFilters(**chosen)))

    assert [reads_whole(plan) for plan in found] == [[]]


@pytest.mark.parametrize(
    "read", [queries.todo_counts, queries.done, queries.by_organ], ids=["todo_counts", "done", "by_organ"]
)
def test_figures_use_an_index(actor: Actor, read: Callable[..., Any]) -> None:
    assert not any(reads_whole(plan) for plan in plans(lambda: read(actor, AT)))


def test_the_case_page_uses_indexes_only(actor: Actor, office: Office) -> None:
    no = open_matter(office).case.no

    assert [reads_whole(plan) for plan in plans(lambda: queries.case_page(actor, no, AT))] == [[], []]


def test_counting_stops_at_a_thousand(actor: Actor) -> None:
    with CaptureQueriesContext(connection) as seen:
        queries.open_count(actor, AT)
        queries.todo_counts(actor, AT)

    counts = [query["sql"] for query in seen.captured_queries]
    assert len(counts) == 3
    assert all(f"LIMIT {queries.COUNTED}" in sql for sql in counts)


def test_every_filter_is_looked_at() -> None:
    assert {field.name for field in fields(CaseFilters)} == set(CASES)
    assert {field.name for field in fields(TodoFilters)} == set(TODOS)
