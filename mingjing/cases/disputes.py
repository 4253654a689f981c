"""易引发争议: a case that may well be disputed is recorded whole from then on.

Where the procedure asks for a recording of the key moments, such a case asks for a whole one. A handler or a
head says so with a reason; what happened in the case may suggest it, and decides nothing.
Source: 达州三项制度方案/7(2).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings

from mingjing.kernel.procedure import Procedure
from mingjing.kernel.procedure_steps import recorded_at_least
from mingjing.law import queries as law

BASIS = "达州三项制度方案/7(2)"
# Who may also ask for less again, and answers for it.
HEADS = frozenset({"unit_head", "organ_head"})


@dataclass(frozen=True)
class Sign:
    """What may foretell a dispute: one of the facts is filled in, or is one of ``values`` where they are given."""

    id: str
    title: str
    facts: tuple[str, ...]
    values: tuple[Any, ...] = ()


@cache
def _signs() -> tuple[Sign, ...]:
    path = settings.MINGJING_CODEX / "recording" / "disputes.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["sign"]
    return tuple(
        Sign(row["id"], row["title"], tuple(row["facts"]), tuple(row.get("values", ()))) for row in rows
    )


def signs(facts: Mapping[str, Any]) -> list[str]:
    """What in the case suggests that it may be disputed, in words for people."""
    return [one.title for one in _signs() if any(_shows(one, facts.get(fact)) for fact in one.facts)]


def _shows(sign: Sign, value: Any) -> bool:
    return value in sign.values if sign.values else bool(value)


@cache
def recorded_whole(procedure: str, edition: str) -> Procedure:
    """The procedure with every recording of key moments made a whole one."""
    rules = law.procedure_edition(procedure, edition)
    steps = {
        key: recorded_at_least(rule, "full", BASIS) if rule.recording == "key" else rule
        for key, rule in rules.steps.items()
    }
    return replace(rules, steps=steps)
