"""What a matter hands on to those that grow out of it: a seizure, an execution, a lawsuit, a penalty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mingjing.kernel.procedure import Field, Procedure
from mingjing.law import queries as law
from mingjing.organs.authority import Actor

from ..models import Case, Paper
from .finding import case_for

DECIDED_ON = "decided_on"
# What may be taken over by the mere name of a fact; a date, a signature or a file belongs to one act alone.
_LASTING = frozenset({"text", "long", "provision", "choice", "license"})


@dataclass(frozen=True)
class Origin:
    """The matter that another grows out of, as the opening form of that one begins with it.

    ``facts`` are its facts with what its decision is called (``decision_title``), its number
    (``decision_number``), its day and when it was served (``decision_served_on``).
    """

    no: str
    title: str
    act: str
    region: str
    party_id: int | None
    power: str
    handlers: tuple[int, ...]
    facts: Mapping[str, Any]


def origin_for(actor: Actor, no: str, at: datetime) -> Origin:
    """The matter with this number, if the person may read it. Cost: 4 queries."""
    case = case_for(actor, no)
    power = law.power_of(case.power_item) if case.power_item else None
    own = case.organ_id == actor.organ_id
    return Origin(
        no=case.no,
        title=case.title,
        act=case.act,
        region=case.region,
        party_id=case.party_id,
        power=f"{power.code} {power.title}" if power else "",
        handlers=tuple(case.officers.filter(role="handler").values_list("officer_id", flat=True))
        if own
        else (),
        facts={**case.facts, **_decision(case)},
    )


def _decision(case: Case) -> dict[str, Any]:
    """The latest numbered paper of the step that decided, and when it was served first."""
    procedure = law.procedure_edition(case.procedure, case.edition)
    deciding = [step.id for step in procedure.steps.values() if step.stamps == DECIDED_ON]
    rows = Paper.objects.filter(case=case, step__step__in=deciding, outgoing=True, voided_at__isnull=True)
    paper = rows.exclude(number="").order_by("-id").first()
    if paper is None:
        return {}
    served_on = paper.services.order_by("served_on").values_list("served_on", flat=True).first()
    told = {"decision_title": paper.title, "decision_number": paper.number}
    return told | ({"decision_served_on": served_on.isoformat()} if served_on else {})


def carried(fields: tuple[Field, ...], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of an opening form take over: what they name (``from_parent``), else what is called alike."""
    taken = {
        field.name: known.get(field.from_parent or "") or known.get(field.name)
        for field in fields
        if _takes_over(field, known)
    }
    return {name: value for name, value in taken.items() if value not in (None, "", [])}


def _takes_over(field: Field, known: Mapping[str, Any]) -> bool:
    if field.from_parent:
        return True
    if field.kind == "choice":
        return known.get(field.name) in {code for code, _ in field.choices}
    return field.kind in _LASTING


def may_grow(procedure: Procedure, act: str) -> bool:
    """Whether a matter of this kind may grow out of one of that act."""
    return act in procedure.parents
