"""A moment and who acted then: both are there, or neither."""

from __future__ import annotations

from django.db.models import CheckConstraint, Q


def paired(table: str, name: str) -> CheckConstraint:
    """The constraint that ``{name}_at`` and ``{name}_by`` of a table are both there or both missing."""
    at, by = f"{name}_at__isnull", f"{name}_by__isnull"
    return CheckConstraint(
        condition=Q(**{at: True, by: True}) | Q(**{at: False, by: False}),
        name=f"{table}_{name}_at_with_by",
    )
