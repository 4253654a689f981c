"""裁量辅助 beside a step's form: what the law and the benchmark say about what is typed so far.

With scripts the panel follows the form as it is filled in; without, a button shows the page again with the
panel reckoned from what was typed. Nothing is taken or kept either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mingjing.cases.facts import clean_so_far
from mingjing.kernel.fines import BASE_FACTS, Span, yuan
from mingjing.kernel.numerals import parse_yuan
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law

from .discretion import given, helper

PREFIX = "aid."
_AMOUNTS = tuple(name for name, _ in BASE_FACTS.values())


def asks_fine(rule: Rule) -> bool:
    """Whether a fine, or what one is measured by, is named in the step."""
    return any(field.name in ("fine_fen", *_AMOUNTS) for field in rule.facts)


def so_far(rule: Rule, facts: Mapping[str, Any], typed: Mapping[str, Any] | None) -> dict[str, Any]:
    """The case's facts with what is typed in their place; a field left blank counts as empty."""
    if typed is None:
        return dict(facts)
    asked = {field.name for field in rule.facts}
    lasting = {name: value for name, value in facts.items() if name not in asked}
    return {**lasting, **clean_so_far(rule.facts, typed, facts)}


def panel(rule: Rule, power: law.Power, facts: Mapping[str, Any], post: Any, on: date) -> dict[str, Any]:
    """What the panel shows for ``facts``: the range of the law, the questions, tier and range, and the verdict.

    ``post`` holds the answers to the panel's own questions under ``aid.``.
    """
    own = {
        key.removeprefix(PREFIX): post.get(key, "").strip()[:200] for key in post if key.startswith(PREFIX)
    }
    asked = {field.name for field in rule.facts}
    facts, wrong = _with_amounts(own, asked, facts)
    change = law.law_change(power, facts, on)
    power = power.applied(facts, on)
    shown = helper(power, facts, on)
    result, open_question = _result(power, shown["benchmark"], own, facts, on)
    return {
        **shown,
        "change": change,
        "choice": _choice(change, facts) if change else None,
        "amounts": [amount for amount in shown["amounts"] if amount[0] not in asked],
        "own": own,
        "result": result,
        "open_question": wrong or open_question,
        "verdict": _verdict(facts.get("fine_fen"), result.span if result else None, shown["span"]),
    }


def _choice(change: law.LawChange, facts: Mapping[str, Any]) -> tuple[str, str]:
    """How the law chosen stands to the comparison: tone of the notice and what it says. 行政处罚法 art. 37."""
    chosen = facts.get("law_applied")
    if change.weighing is None:
        missing = "行为发生时" if change.then is None else "现行"
        return (
            "warn",
            f"{missing}的规定不在权责清单中，请查明原文自行比较，并在“新旧规定比较和适用理由”中写明。",
        )
    wanted = "现行规定" if change.milder == "now" else "违法行为发生时的规定"
    if not chosen:
        return "warn", f"{change.weighing.reason}请选定“适用的规定”，就罚款而言应当选{wanted}。"
    if chosen == change.milder:
        return "good", f"{change.weighing.reason}已选{wanted}。"
    if facts.get("lighter_overall"):
        return "warn", f"{change.weighing.reason}已选另一规定，须写明连同罚款以外的处罚一并比较的理由。"
    return "bad", f"{change.weighing.reason}应当选{wanted}。"


def _with_amounts(
    own: Mapping[str, str], asked: set[str], facts: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """The facts with the amounts that only the panel asks for, and the first that cannot be read."""
    known, wrong = dict(facts), ""
    for name in _AMOUNTS:
        if name in asked or not own.get(name):
            continue
        try:
            known[name] = parse_yuan(own[name])
        except Refused as refused:
            wrong = wrong or refused.reason
    return known, wrong


def _result(
    power: law.Power, table: Any, own: Mapping[str, str], facts: Mapping[str, Any], on: date
) -> tuple[Any, str]:
    """The answer of the benchmark, or what it still has to know."""
    if table is None:
        return None, ""
    try:
        inputs = {
            question.name: given(question, own.get(f"q.{question.name}", ""), facts)
            for question in table.inputs
        }
        return law.discretion(power.code, inputs, facts, on), ""
    except Refused as refused:
        return None, refused.reason


def _verdict(fine: Any, tier: Span | None, legal: Span | None) -> tuple[str, str] | None:
    """How the typed fine stands to the ranges: tone of the notice and what it says."""
    if not isinstance(fine, int) or legal is None:
        return None
    said = f"填写的罚款 {yuan(fine)}"
    if fine > legal.max_fen:
        return "bad", f"{said}高于法定最高 {yuan(legal.max_fen)}，不能这样处罚。"
    if fine < legal.min_fen:
        return "warn", f"{said}低于法定最低 {yuan(legal.min_fen)}，须有减轻处罚的情形。"
    if tier is None:
        return "good", f"{said}在法定幅度之内。"
    if tier.min_fen <= fine <= tier.max_fen:
        return "good", f"{said}在该档幅度之内。"
    side = "低于" if fine < tier.min_fen else "高于"
    return "warn", f"{said}{side}该档幅度，须写明偏离基准的理由。"
