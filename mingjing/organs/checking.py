"""Whether the rows that give rights say what the record says: who holds which role, which certificate, whose
deputy.

A row changed in the database, past every action, would let somebody act who may not. Each such right was
entered with a record of its own, and those bytes are covered by the signed log; here the rows are compared
with them. Called by ``mingjing record fsck``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mingjing.organs.models import Appointment, Certificate, Mandate
from mingjing.record import queries as record

APPOINTED, CERTIFIED = "organs.appointed", "organs.certificate-created"
MANDATED, ENDED = "organs.mandate-given", "organs.mandate-ended"

Right = tuple[Any, ...]


def faults() -> list[str]:
    """Every right that the rows give and the record does not, or the other way round, in words.

    Cost: 4 queries, and every entry about officers is read.
    """
    return [*_appointments(), *_certificates(), *_mandates()]


def _appointments() -> Iterator[str]:
    said = {
        (one.subject, one.plain["role"], one.plain["since"]): one.plain["until"]
        for one in record.of_kinds([APPOINTED])
    }
    rows = {
        (f"officer:{row.officer_id}", row.role, row.since.isoformat()): row.until and row.until.isoformat()
        for row in Appointment.objects.iterator(2000)
    }
    yield from _differences("任命", said, rows)


def _certificates() -> Iterator[str]:
    columns = ("number", "kind", "valid_from", "valid_until")
    said = {
        (one.subject, *(one.plain[name] for name in columns), *one.plain["fields"]): "in_force"
        for one in record.of_kinds([CERTIFIED])
    }
    rows = {
        (f"officer:{row.officer_id}", *(str(getattr(row, name)) for name in columns), *row.fields): row.state
        for row in Certificate.objects.iterator(2000)
    }
    yield from _differences("执法证件", said, rows)


def _mandates() -> Iterator[str]:
    """A mandate may be shortened by the end of an appointment; it never lasts longer than was entered."""
    said: dict[Right, str] = {}
    for one in record.of_kinds([MANDATED, ENDED]):
        right = (one.subject, one.plain["deputy"], one.plain["role"], one.plain["since"])
        said[right] = one.plain["until"] if one.kind == MANDATED else ""
    for row in Mandate.objects.iterator(2000):
        right = (f"officer:{row.principal_id}", f"officer:{row.deputy_id}", row.role, row.since.isoformat())
        until = "" if row.ended_at else row.until.isoformat()
        if until > said.get(right, ""):
            yield f"委托代理{_told(right)}：库中有效到 {until}，记录中{said.get(right) or '没有或者已经终止'}。"


def _differences(what: str, said: dict[Right, Any], rows: dict[Right, Any]) -> Iterator[str]:
    for right in sorted(said.keys() | rows.keys(), key=str):
        if right not in said:
            yield f"{what}{_told(right)}：库中有，记录中没有。"
        elif right not in rows:
            yield f"{what}{_told(right)}：记录中有，库中没有。"
        elif said[right] != rows[right]:
            yield f"{what}{_told(right)}：记录为“{said[right] or '未定'}”，库中为“{rows[right] or '未定'}”。"


def _told(right: Right) -> str:
    return f"（{'，'.join(map(str, right))}）"
