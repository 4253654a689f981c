"""How the databases answer the public list and its statistics: from an index that holds all that is counted.

At a million rows the difference is that of two milliseconds and some seconds: ``python -m bench public``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from mingjing.publicity import queries, statistics
from mingjing.publicity.queries import Filters
from tests import makers
from tests.cases.test_plans import plans
from tests.makers import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()
ASKED: dict[str, dict[str, Any]] = {
    "publication_decided": {},
    "publication_organ": {"organ": "organ-of-few"},
    "publication_act": {"act": "penalty"},
    "publication_field": {"field": "food"},
    "publication_region": {"region": "511700"},
}


@pytest.fixture(autouse=True)
def _as_in_large_tables(db: None) -> None:
    """In tables of a few rows PostgreSQL rightly reads everything."""
    makers.publication()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")


def no_other_than(index: str) -> None:
    """Leave PostgreSQL this index and those of its constraints: of few rows any index is as good as another."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE indexname <> %s AND indexdef NOT LIKE 'CREATE UNIQUE%%'"
                " AND tablename IN ('publicity_publication', 'publicity_placement')",
                [index],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')


def read_alone(plan: str) -> str:
    """The index from which a plan takes its rows without looking at the table; empty where there is none."""
    for line in plan.splitlines():
        for words in ("Index Only Scan using ", "Index Only Scan Backward using ", "USING COVERING INDEX "):
            if words in line:
                return line.partition(words)[2].split()[0]
    return ""


@pytest.mark.parametrize("index", ASKED)
def test_decisions_are_counted_in_an_index_alone(index: str) -> None:
    no_other_than(index)
    [plan] = plans(lambda: queries.count(Filters(today=TODAY, **ASKED[index])))

    # Of all there are, every one of the indexes knows the number.
    assert read_alone(plan) in ({index} if ASKED[index] else set(ASKED))


@pytest.mark.parametrize("index", ASKED)
def test_a_page_begins_at_its_place_in_the_index_of_its_filter(index: str) -> None:
    """Also where an organ has few decisions, or there is no such organ: its rows are not sought among all others."""
    no_other_than(index)
    rows = queries.published
    [plan] = plans(lambda: rows(Filters(today=TODAY, **ASKED[index]), after="2026-11-20.1000000"))[:1]

    assert index in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("index", "read"),
    [
        ("publication_statistics", lambda: statistics.reckoned(2026, AT)),
        ("placement_punctuality", lambda: statistics._punctuality(2026, AT)),
    ],
    ids=["statistics", "punctuality"],
)
def test_statistics_are_counted_in_an_index_alone(index: str, read: Callable[[], Any]) -> None:
    no_other_than(index)
    assert read_alone(plans(read)[0]) == index


@pytest.mark.parametrize(
    "asked", [{}, {"organ": "nobody"}, {"since": date(2026, 1, 1)}, {"words": "有限公司"}]
)
def test_the_first_page_tells_what_the_list_and_the_count_tell(asked: dict[str, Any]) -> None:
    filters = Filters(today=TODAY, **asked)

    assert queries.first_page(filters, 5) == (queries.published(filters, limit=5), queries.count(filters))
