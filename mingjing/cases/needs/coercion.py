"""Conditions of administrative coercion: a statute that gives the power, who may use it, and when not."""

from __future__ import annotations

from mingjing.kernel.refused import Refused
from mingjing.law import queries as law

from .general import Situation, need


def _kinds(situation: Situation) -> tuple[str, ...]:
    """The measures or means of execution that the form names."""
    kinds = situation.facts.get("measure_kinds") or situation.facts.get("execution_kinds") or ()
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


@need
def statutory_power(situation: Situation) -> Refused | None:
    """A statute gives this organ this measure for this matter. 行政强制法 arts. 10, 13, 17, 22, 29."""
    return law.why_no_coercion(
        str(situation.facts.get("coercive_power") or ""),
        _kinds(situation),
        field=situation.field,
        organ_field=situation.organ_field,
        item=situation.power.code if situation.power else None,
        on=situation.on,
    )


@need
def not_delegated(situation: Situation) -> Refused | None:
    """Measures are never taken by an entrusted organization. 行政强制法 art. 17 (1)."""
    if situation.organ_kind != "entrusted":
        return None
    return Refused(
        "power-delegated",
        "行政强制措施权不得委托，受委托组织不能以自己的名义实施。",
        basis="行政强制法/17(1)",
        remedy="请由委托机关以自己的名义、由其执法人员实施。",
    )


@need
def approver_of_power(situation: Situation) -> Refused | None:
    """Where the statute asks for the principal head, nobody else approves. 危险化学品安全法 art. 8 (1) 5."""
    if situation.proposer is None or situation.actor.is_principal:
        return None
    power = law.coercive_power(str(situation.facts.get("coercive_power") or ""))
    if power.approver != "principal":
        return None
    return Refused(
        "not-principal",
        f"“{power.title}”应经本部门主要负责人批准；{situation.actor.name}不是主要负责人。",
        basis=power.basis,
        remedy="请报主要负责人批准。",
    )


@need
def term_as_the_power_says(situation: Situation) -> Refused | None:
    """A measure without a last day needs a statute that lets it last until something is mended.

    行政强制法 art. 25 (1): thirty days, 法律、行政法规另有规定的除外.
    """
    if not situation.facts.get("until_remedied"):
        return None
    power = law.coercive_power(str(situation.facts.get("coercive_power") or ""))
    if power.remedied:
        return None
    return Refused(
        "no-open-term",
        f"“{power.title}”没有规定持续到违法状态消除，查封、扣押不得超过三十日。",
        basis="行政强制法/25(1)",
        remedy="请改为有期限的查封、扣押。",
    )
