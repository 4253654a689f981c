"""法定效果: what the law itself brings about when an organ lets a term pass (视为受理、视为准予延续、自动解除)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import SYSTEM

from ..models import Obligation
from .taking import Taken, take

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Lapsed:
    """What became of the effects that had come due: steps recorded, and cases that refused with the reason."""

    taken: tuple[Taken, ...]
    refused: tuple[tuple[uuid.UUID, Refused], ...]


def take_lapsed(*, at: datetime, most: int = MOST_AT_ONCE) -> Lapsed:
    """Record every legal effect of silence whose time has come; a second run finds nothing to do.

    Each is a step of its case, taken by the platform in a transaction of its own: one case that refuses does
    not keep the others waiting. Cost: one query for the overdue duties, then those of ``take`` for each.
    Source: 行政许可法/32(1)(4), 50(2); 行政强制法/33; and the basis of each step.
    """
    taken, refused = [], []
    for case_id, step in list(_come_due(at, most)):
        try:
            taken.append(take(case_id=case_id, step=step, facts={}, actor=SYSTEM, at=at))
        except Refused as why:
            refused.append((case_id, why))
    return Lapsed(tuple(taken), tuple(refused))


def _come_due(at: datetime, most: int) -> Iterator[tuple[uuid.UUID, str]]:
    """Case and step of each effect, the longest overdue first; one effect a case and run."""
    overdue = Obligation.objects.filter(
        state="open", kind="duty", due_at__lt=at.replace(microsecond=0), paused=False
    )
    rows = overdue.order_by("due_at", "id").values_list(
        "case_id", "step", "clock", "case__procedure", "case__edition"
    )
    seen: set[uuid.UUID] = set()
    for case_id, omitted, clock, procedure, edition in rows.iterator(chunk_size=1000):
        step, counted = _effects(law.procedure_edition(procedure, edition)).get(omitted, (None, None))
        if step is not None and counted in (None, clock) and case_id not in seen:
            seen.add(case_id)
            yield case_id, step
        if len(seen) >= most:
            return


@lru_cache(maxsize=256)
def _effects(procedure: Procedure) -> dict[str, tuple[str, str | None]]:
    """For each step whose omission has a legal effect: the step that records it, and the clock that counts."""
    return {
        step.deemed_after: (step.id, step.deemed_clock)
        for step in procedure.steps.values()
        if step.deemed_after
    }
