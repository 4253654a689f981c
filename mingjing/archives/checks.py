"""Checking the whole codex: what ``cases`` checks, the orders of case files, and how long they are kept."""

from __future__ import annotations

from django.conf import settings

from mingjing.cases import checks
from mingjing.kernel.procedure import Procedure, ProcedureErrors, load
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem

from . import orders, retention


def problems() -> list[Problem]:
    """Everything wrong with the codex, each with file, key and remedy, in Chinese. Empty means sound."""
    known = procedures()
    acts = {one.act for one in known}
    steps = {step for one in known for step in one.steps}
    return [
        *checks.problems(),
        *orders.problems(acts, steps),
        *retention.problems(acts, steps, {one.id for one in known}),
    ]


def procedures() -> list[Procedure]:
    """Every procedure that can be read; what is wrong with the others is told elsewhere."""
    found: list[Procedure] = []
    for path in sorted((settings.MINGJING_CODEX / "procedures").glob("*.toml")):
        try:
            found.append(load(path))
        except (ProcedureErrors, Refused):
            continue
    return found
