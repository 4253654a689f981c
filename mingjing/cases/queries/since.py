"""What changed in a case since somebody last looked at it in a step of theirs: for the second opinion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mingjing.kernel.procedure import Procedure

from ..models import Evidence, Paper, Step
from ..work import Work
from .telling import changed
from .views import EvidenceView, PaperView, Since


def since_last(work: Work, step: str) -> Since | None:
    """What happened after ``step`` was last taken; None if it never was. Cost: 1 query, 3 if it was."""
    rows = list(work.case.steps.order_by("seq"))
    last = next((row for row in reversed(rows) if row.step == step), None)
    if last is None:
        return None
    names: dict[int | None, str] = {one.id: one.name for one in work.handlers}
    fields = [each for _, each in work.procedure.fields()]
    before = _facts_of(work.procedure, [row for row in rows if row.seq <= last.seq])
    later = [row for row in rows if row.seq > last.seq]
    return Since(
        at=last.at,
        steps=tuple(
            f"{row.title}（{row.by_name}，{row.at.astimezone(work.at.tzinfo):%m-%d}）" for row in later
        ),
        changes=changed(fields, before, _facts_of(work.procedure, rows), names),
        papers=tuple(
            PaperView(
                one.pk, one.form, one.title, one.number, one.issued_at, one.pages, one.sha256, one.outgoing
            )
            for one in Paper.objects.filter(step__in=later).order_by("id")
        ),
        evidence=tuple(
            EvidenceView(one.pk, one.kind, one.name, one.media_type, one.size_bytes, one.sha256)
            for one in Evidence.objects.filter(step__in=later).order_by("id")
        ),
    )


def _facts_of(procedure: Procedure, rows: Sequence[Step]) -> dict[str, Any]:
    """The facts after these steps: each step's form replaces all that it asked before."""
    facts: dict[str, Any] = {}
    for row in rows:
        rule = procedure.steps.get(row.step)
        asked = {field.name for field in rule.facts} if rule is not None else set()
        facts = {**{name: value for name, value in facts.items() if name not in asked}, **row.facts}
    return facts
