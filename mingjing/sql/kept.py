"""Queries whose SQL is written once: Django spends five times longer on writing a query than on running it.

A kept query is an ordinary queryset with places where each use puts its values::

    HANDLERS = Kept(lambda case: CaseOfficer.objects.filter(case=case, role="handler"))
    HANDLERS(case=case_id)

The first use writes the SQL with the places left open; every other use fills them in and runs it. What comes
back is what the queryset would give.
"""

from __future__ import annotations

import inspect
import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Expression, QuerySet

Row = TypeVar("Row")


class Asked(Expression):
    """A place in a kept query. May stand wherever a queryset takes a value to compare with, not in a list."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """One parameter, which is this place itself until a value takes it."""
        return "%s", [self]


class Kept(Generic[Row]):
    """A query kept as SQL, one copy for each thread. ``build`` makes the queryset from its values, by name.

    MUST NOT look at the values while building: it is called once, with places instead of them.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.names = tuple(inspect.signature(build).parameters)
        self._local = threading.local()
        KEPT.append(self)

    def __call__(self, **values: Any) -> list[Row]:
        """Every row, with these values in the places. Cost: 1 query."""
        written = self._written()
        written.fill(values)
        return list(written.rows())

    def first(self, **values: Any) -> Row | None:
        """The first row, None if there is none. Cost: 1 query."""
        return next(iter(self(**values)), None)

    def _written(self) -> _Written:
        written: _Written | None = getattr(self._local, "written", None)
        if written is None or written.connection is not connections[written.alias]:
            written = self._local.written = _Written(self.build(**{one: Asked(one) for one in self.names}))
        return written


# Every kept query of the program, so that a test can compare each with the queryset it was made of.
KEPT: list[Kept[Any]] = []


class _Written:
    """A queryset whose compiler answers with the SQL it wrote first, over the values of this use."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.alias = queryset.db
        self.connection = connections[self.alias]
        self._queryset = queryset
        self._values: dict[str, Any] = {}
        compiler = queryset.query.get_compiler(connection=self.connection)
        self._sql, self._places = compiler.as_sql()
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        keep: Any = compiler
        keep.as_sql = self._filled
        keep.get_converters = lambda columns: converters
        query: Any = queryset.query
        query.get_compiler = lambda *given, **options: keep

    def fill(self, values: dict[str, Any]) -> None:
        """Take the values of the next run."""
        self._values = {name: _adapted(value, self.connection) for name, value in values.items()}

    def rows(self) -> Any:
        """Run it."""
        iterable: Any = self._queryset
        return iterable._iterable_class(self._queryset)

    def _filled(self) -> tuple[str, list[Any]]:
        values = self._values
        return self._sql, [values[one.name] if isinstance(one, Asked) else one for one in self._places]


def _adapted(value: Any, connection: Any) -> Any:
    """The value as the database driver takes it; a field would do the same from its own type."""
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
