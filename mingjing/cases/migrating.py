"""Whether a running case could have come to where it stands under another edition, and what would change.

The case is told again, step by step with the facts and at the moments it really had, once under its own edition
(which must give the very state that is kept) and once under the other.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingjing.kernel import engine, holding
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import Duty, Marking, dump, load
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law

from .models import Case, Step
from .work import Work, lasting


@dataclass(frozen=True)
class DutyChange:
    """A duty whose date would differ; empty where there is none before or after."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Migration:
    """The state of a case under another edition, with the facts that its steps would have settled."""

    marking: Marking
    settled: dict[str, Any]
    changes: tuple[DutyChange, ...]


def migration_of(case: Case, steps: Sequence[Step], new: Procedure) -> Migration:
    """The case under ``new``. ``steps`` are all its steps in order. Cost: no query beyond those of ``Work.facts``.

    Raises: Refused ``not-retold`` where its own edition does not give the state that is kept, and
    ``not-under-edition`` where a step it took could not have been taken under the new one.
    """
    old = law.procedure_edition(case.procedure, case.edition)
    kept = load(case.marking)
    before, _ = _retold(case, steps, old)
    if dump(holding.carried(kept, before)) != dump(kept):
        raise Refused(
            "not-retold",
            "本案的经过不能从记录重现，不能换用版本。",
            remedy="请继续按原版本办理，并报告系统管理员。",
        )
    after, settled = _retold(case, steps, new)
    after = holding.carried(kept, after)
    return Migration(after, settled, tuple(_changes(kept, after)))


def _retold(case: Case, steps: Sequence[Step], procedure: Procedure) -> tuple[Marking, dict[str, Any]]:
    shadow = copy.copy(case)
    shadow.facts = {}
    marking, calendar = engine.begin(procedure), law.calendar()
    settled: dict[str, Any] = {}
    for row in steps:
        rule = procedure.steps.get(row.step)
        if rule is None:
            raise _impossible(row, "新版本没有这一环节。")
        at = row.at.astimezone(SHANGHAI)
        facts = Work(shadow, procedure, marking, calendar, at).facts(row.facts, rule)
        try:
            marking = engine.advance(procedure, marking, rule.id, facts, at, calendar).marking
        except Refused as refused:
            raise _impossible(row, refused.reason, refused.basis) from refused
        fixed = procedure.settled_by(rule, facts, at.date())
        settled |= fixed
        shadow.facts = {**lasting(shadow, rule), **row.facts, **fixed}
    return marking, settled


def _impossible(row: Step, why: str, basis: str | None = None) -> Refused:
    return Refused(
        "not-under-edition",
        f"{row.at.astimezone(SHANGHAI):%Y-%m-%d}已办的“{row.title}”，按新版本不能办理：{why}",
        basis=basis,
        remedy="本案继续按原版本办理。",
    )


def _changes(before: Marking, after: Marking) -> list[DutyChange]:
    old, new = _owed(before), _owed(after)
    return [
        DutyChange((new.get(key) or old[key]).title, _due(old.get(key)), _due(new.get(key)))
        for key in dict.fromkeys((*old, *new))
        if _due(old.get(key)) != _due(new.get(key))
    ]


def _owed(marking: Marking) -> dict[str, Duty]:
    return {duty.key: duty for duty in engine.duties(marking)}


def _due(duty: Duty | None) -> str:
    if duty is None:
        return "没有这项职责"
    return f"{duty.due_on:%Y-%m-%d}" if duty.due_on else "没有期限"


def steps_of(case: Case) -> list[Step]:
    """All steps of the case in order. Cost: 1 query."""
    return list(case.steps.order_by("seq"))


def target(case: Case, sha256: str, at: datetime) -> Procedure:
    """The edition to migrate to. Raises: Refused ``same-edition``, ``edition-lost``, ``not-in-force``."""
    if sha256 == case.edition:
        raise Refused("same-edition", "本案已经按这个版本办理。", remedy="请选择其他版本。")
    known = next((one for one in law.editions_of(case.procedure) if one.sha256 == sha256), None)
    if known is None:
        raise Refused(
            "edition-lost", f"程序“{case.procedure}”没有版本 {sha256[:12]}。", remedy="请从版本列表中选择。"
        )
    if known.in_force > at.date():
        raise Refused(
            "not-in-force", f"这个版本自 {known.in_force} 起施行，还没有施行。", remedy="请在施行以后再换用。"
        )
    return law.procedure_edition(case.procedure, sha256)
