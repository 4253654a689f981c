"""What a paper prints beyond the facts that people typed: derived facts, dates of duties, the slip's code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mingjing.kernel.engine import Duty
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.law import queries as law
from mingjing.organs.authority import Actor

from . import inspections, reading_out
from .debts import arithmetic
from .models import Case
from .work import LICENSE_ITEM


def printed_facts(
    case: Case,
    procedure: Procedure,
    rule: Rule,
    known: Mapping[str, Any],
    *,
    running: Sequence[Duty],
    actor: Actor,
    payment_code: str,
    officers: Sequence[Actor] = (),
) -> dict[str, Any]:
    """The facts for the papers of one step.

    ``known`` are all facts conditions see; only the case's own and the derived ones are printed, never the
    constants of a profile. ``running`` are the duties that the step opened or moved: a paper may name their
    last day as ``<step>_due_on``.
    """
    names = [*(one.name for one in procedure.derived), *(one.name for one in procedure.reckoned)]
    derived = {name: known.get(name) for name in names}
    dates = {f"{duty.step}_due_on": duty.due_on.isoformat() for duty in running if duty.due_on is not None}
    more: dict[str, Any] = {"declined": rule.ends == "declined"}
    if payment_code:
        more |= {"payment_code": payment_code, "payment_bank": case.organ.bank}
    if "reviewer" in actor.roles and rule.through == "review":
        more["reviewer_qualification"] = actor.legal_qualification
    if any(paper.form == inspections.APPROVAL for paper in rule.papers):
        more |= inspections.printed(case, known)
    more |= reading_out.printed(case, rule, officers)
    known_of = {**case.facts, **derived, **dates, **supplied(case.facts), **arithmetic(case, known), **more}
    return {**known_of, **cited(procedure, known_of)}


def cited(procedure: Procedure, facts: Mapping[str, Any]) -> dict[str, str]:
    """The facts that cite the law, as a paper does: 《中华人民共和国食品安全法》第三十三条第一款. Cost: 1 query."""
    fields = {
        field.name for step in procedure.steps.values() for field in step.facts if field.kind == "provision"
    }
    texts = {name: str(facts[name]) for name in sorted(fields) if facts.get(name)}
    titles = law.full_titles(texts.values())
    return {name: law.spelled_out(text, titles) for name, text in texts.items()}


def supplied(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What papers print of the license, or the coercive power, that a matter rests on."""
    return {**_license(facts), **_coercion(facts)}


def _license(facts: Mapping[str, Any]) -> dict[str, Any]:
    code = facts.get(LICENSE_ITEM)
    return law.license_item(str(code)).printed() if code else {}


def _coercion(facts: Mapping[str, Any]) -> dict[str, str]:
    """The provision of the coercive power in words, and what the measure is to bring about."""
    code = facts.get("coercive_power")
    if not code:
        return {}
    power = law.coercive_power(code)
    basis = "、".join(place.text for place in law.parse(power.basis))
    return {"coercive_basis": basis, "measure_remedied": power.remedied}
