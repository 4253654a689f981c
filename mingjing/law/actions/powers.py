"""Takes in lists of power items that organs publish, beside the codex's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.law import basis as notation
from mingjing.law.codex.powers import Power, to_data
from mingjing.law.models import PowerItem
from mingjing.law.queries.powers import CODEX


@dataclass(frozen=True)
class PowersTaken:
    """What became of a list: new, changed and unchanged items, and those no longer in it."""

    created: int
    changed: int
    unchanged: int
    withdrawn: int


@transaction.atomic
def take_in_powers(
    *,
    source: str,
    edition: date,
    items: Sequence[tuple[Power, Mapping[str, Any]]],
    organ_id: int | None = None,
) -> PowersTaken:
    """Bring the list ``source`` to this state; each item comes with its original wording by column.

    ``organ_id`` is the organ whose list it is: from then on no other organ may act under it.

    Items that left the list are marked withdrawn, never deleted: cases rest on them. A second run changes
    nothing. Cost: 2 queries, and one for each new or changed item.
    Raises: Refused ``codex-source``, ``bad-basis``.
    """
    if source == CODEX:
        raise Refused("codex-source", "权责清单的来源不能叫 codex：那是法典自带的清单。")
    known = {row.code: row for row in PowerItem.objects.filter(source=source)}
    created = changed = 0
    for power, original in items:
        columns = _columns(power, original, edition) | {"organ_id": organ_id}
        row = known.pop(power.code, None)
        if row is None:
            PowerItem.objects.create(source=source, code=power.code, **columns)
            created += 1
        elif row.withdrawn or row.organ_id != organ_id or _substance(row.data) != _substance(columns["data"]):
            PowerItem.objects.filter(pk=row.pk).update(**columns)
            changed += 1
    gone = [row.pk for row in known.values() if not row.withdrawn]
    PowerItem.objects.filter(pk__in=gone).update(withdrawn=True)
    return PowersTaken(created, changed, len(items) - created - changed, len(gone))


def list_power(*, source: str, power: Power, edition: date) -> int:
    """One item of the list ``source``, taken in if it is not there yet; returns its row. Cost: 1 or 2 queries.

    Raises: Refused ``codex-source``, ``bad-basis``.
    """
    if source == CODEX:
        raise Refused("codex-source", "权责清单的来源不能叫 codex：那是法典自带的清单。")
    row, _ = PowerItem.objects.get_or_create(
        source=source, code=power.code, defaults=_columns(power, {}, edition)
    )
    return row.pk


def _columns(power: Power, original: Mapping[str, Any], edition: date) -> dict[str, Any]:
    first = notation.parse(power.basis)[0]
    _, _, place = str(first).partition("/")
    return {
        "edition": edition,
        "field": power.field,
        "title": power.title,
        "statute": first.statute,
        "article": place,
        "organ_field": power.organ_fields[0] if power.organ_fields else "",
        "data": to_data(power) | {"original": dict(original)},
        "withdrawn": False,
    }


def _substance(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a change of makes a new edition: all but the day on which the list was read."""
    return {key: value for key, value in data.items() if key != "in_force"}
