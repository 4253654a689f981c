"""Rows in great numbers, past the ORM: what a benchmark stands on must not take longer than what it measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

# A source of numbers from 1, as many as its one parameter says.
NUMBERS = (
    "(WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < %s)"
    " SELECT n FROM counted) numbers"
)


def insert(rows: Sequence[Any]) -> None:
    """Rows of one table through the driver alone: a tenth of what the ORM takes for as many."""
    fields = [one for one in rows[0]._meta.concrete_fields if not (one.primary_key and rows[0].pk is None)]
    names, places = ", ".join(f'"{one.column}"' for one in fields), ", ".join(["%s"] * len(fields))
    values = [[one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields] for row in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {rows[0]._meta.db_table} ({names}) VALUES ({places})", values)


def copy(one: Any, source: str, parameters: Sequence[Any], given: Mapping[str, str]) -> None:
    """As many copies of the row ``one`` as ``source`` has rows; ``given`` says in SQL in which columns they differ.

    The key is the database's own unless it is given.
    """
    meta = one._meta
    columns = [each.column for each in meta.concrete_fields if not each.primary_key or each.column in given]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(given.get(column, f"one.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({names}) SELECT {values} FROM {source}, {meta.db_table} one"
            f" WHERE one.{meta.pk.column} = %s",
            [*parameters, meta.pk.get_db_prep_save(one.pk, connection)],
        )
