"""Small procedures made for one test each, and the calendar of the codex."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mingjing.kernel import engine, procedure
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.workdays import Calendar

CODEX = Path(__file__).resolve().parents[1] / "codex"
CALENDAR = Calendar.from_years(
    tomllib.loads(path.read_text("utf-8")) for path in sorted((CODEX / "calendars").glob("*.toml"))
)


def moment(month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A moment of 2026 in Asia/Shanghai."""
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def data_of(steps: Mapping[str, Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """The data of a procedure file with these steps; title, role and basis are supplied where absent."""
    common = {"by": "handler", "basis": "行政处罚法/54"}
    return {
        "id": "sample",
        "title": "样例程序",
        "act": "penalty",
        "in_force": date(2021, 7, 15),
        "basis": "行政处罚法/54-62",
        "steps": {name: {"title": f"事项{name}", **common, **step} for name, step in steps.items()},
        "outcomes": {step["ends"]: "结案" for step in steps.values() if "ends" in step},
        **more,
    }


def procedure_of(steps: Mapping[str, Mapping[str, Any]], **more: Any) -> procedure.Procedure:
    """The procedure of those steps."""
    return procedure.read(data_of(steps, **more), "sample.toml")


class Case:
    """One case that is walked step by step; ``last`` is what the last step brought about."""

    def __init__(self, steps, **more):
        self.procedure = procedure_of(steps, **more)
        self.marking = engine.begin(self.procedure)
        self.last = None

    def take(self, step, at, **facts):
        self.last = engine.advance(self.procedure, self.marking, step, facts, at, CALENDAR)
        self.marking = self.last.marking
        return self

    def why_not(self, step, at, **facts):
        return engine.why_not(self.procedure, self.marking, step, facts, at)

    def code(self, step, at, **facts):
        refused = self.why_not(step, at, **facts)
        return refused.code if refused else None

    def window(self, at, **facts):
        (only,) = engine.windows(self.procedure, self.marking, facts, at)
        return only

    def due(self, step="decide"):
        (only,) = [duty for duty in engine.duties(self.marking) if duty.step == step]
        return only.due_on
