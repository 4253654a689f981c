"""Rows within rows: what belongs to a row, asked in the same statement.

A page that tells of many tables then shows one moment, and costs one query however many tables there are::

    Case.objects.annotate(papers=Rows(Paper.objects.filter(case=OuterRef("pk")).values_list("title", "number")))
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.db import models
from django.db.models import Field, QuerySet, Subquery


class Rows(Subquery):
    """The rows of a ``values_list``, in its order, as one list; each is handed to ``shape`` column by column.

    MUST select by name, and nothing but texts, numbers, days, moments, keys, bytes, yes or no, and JSON.
    """

    def __init__(self, queryset: QuerySet[Any, Any], shape: Callable[..., Any] | None = None) -> None:
        asked: Any = queryset
        self.columns = [(name, _field(asked, name)) for name in asked._fields]
        super().__init__(queryset, output_field=_Nested([field for _, field in self.columns], shape))

    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra_context: Any
    ) -> Any:
        """The subquery inside an aggregate. Both databases aggregate in the order of the rows they are given:
        PostgreSQL manual 9.21; SQLite keeps the ORDER BY of what json_group_array reads (select.c)."""
        sql, params = self.query.as_sql(compiler, connection)
        whole, in_json, in_hex = _FORMS[connection.vendor]
        quoted = [f"r.{connection.ops.quote_name(name)}" for name, _ in self.columns]
        columns = [
            (
                in_hex if isinstance(field, models.BinaryField) else in_json if _is_json(field) else "{}"
            ).format(name)
            for name, (_, field) in zip(quoted, self.columns, strict=True)
        ]
        return whole.format(columns=", ".join(columns), rows=sql), params


# For each database: the aggregate, and how a column of JSON and one of bytes stand in it.
_FORMS = {
    "sqlite": (
        "(SELECT json_group_array(json_array({columns})) FROM {rows} r)",
        "json({})",
        "iif({0} IS NULL, NULL, hex({0}))",
    ),
    "postgresql": (
        "(SELECT COALESCE(jsonb_agg(jsonb_build_array({columns})), '[]'::jsonb) FROM {rows} r)",
        "{}",
        "encode({}, 'hex')",
    ),
}


def _is_json(field: Any) -> bool:
    return isinstance(field, models.JSONField)


class _Nested(models.Field):  # type: ignore[type-arg]
    """What comes back: a list of rows, each value as its own column would give it."""

    def __init__(self, fields: list[Field[Any, Any]], shape: Callable[..., Any] | None) -> None:
        super().__init__()
        self.readers = [(place, read) for place, field in enumerate(fields) if (read := _reader(field))]
        self.shape = shape

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[Any]:
        rows = json.loads(value)
        for row in rows:
            for place, read in self.readers:
                if row[place] is not None:
                    row[place] = read(row[place])
        return [self.shape(*row) for row in rows] if self.shape else [tuple(row) for row in rows]


def _moment(text: str) -> datetime:
    """SQLite writes moments in UTC without saying so."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# How JSON gives the values of other types back; the first that fits counts (a moment's field is a day's too).
_READERS: tuple[tuple[type[Field[Any, Any]], Callable[[Any], Any]], ...] = (
    (models.DateTimeField, _moment),
    (models.DateField, date.fromisoformat),
    (models.UUIDField, uuid.UUID),
    (models.BooleanField, bool),
    (models.BinaryField, bytes.fromhex),
)
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.JSONField)


def _reader(field: Field[Any, Any]) -> Callable[[Any], Any] | None:
    for kind, read in _READERS:
        if isinstance(field, kind):
            return read
    if not isinstance(field, _PLAIN):
        raise TypeError(f"{type(field).__name__} cannot come back from within a row")
    return None


def _field(queryset: Any, name: str) -> Field[Any, Any]:
    """The field that a name of ``values_list`` leads to; for a relation, that of the key it points to."""
    if name in queryset.query.annotations:
        found: Any = queryset.query.annotations[name].output_field
    else:
        found, model = None, queryset.model
        for part in name.split("__"):
            found = model._meta.pk if part == "pk" else model._meta.get_field(part)
            model = found.related_model or model
    while getattr(found, "remote_field", None) and isinstance(found, models.ForeignKey):
        found = found.target_field
    return found  # type: ignore[no-any-return]
