"""Checking the whole codex: what ``cases`` checks, and the orders of case files."""

from __future__ import annotations

from django.conf import settings

from mingjing.cases import checks
from mingjing.kernel.procedure import ProcedureErrors, load
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem

from . import orders


def problems() -> list[Problem]:
    """Everything wrong with the codex, each with file, key and remedy, in Chinese. Empty means sound."""
    return [*checks.problems(), *orders.problems(*_named())]


def _named() -> tuple[set[str], set[str]]:
    """The acts and steps of every procedure that can be read; the others are told of elsewhere."""
    acts: set[str] = set()
    steps: set[str] = set()
    for path in sorted((settings.MINGJING_CODEX / "procedures").glob("*.toml")):
        try:
            procedure = load(path)
        except (ProcedureErrors, Refused):
            continue
        acts.add(procedure.act)
        steps |= set(procedure.steps)
    return acts, steps
