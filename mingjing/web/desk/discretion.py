"""裁量辅助: the range of the law and the tier of the benchmark for one power item, with the arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from mingjing.kernel.benchmarks import Benchmark, Input
from mingjing.kernel.fines import BASE_FACTS
from mingjing.kernel.numerals import parse_yuan
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.web.ui.asked import number

from .frame import desk, page, word

AMOUNTS = tuple(BASE_FACTS.values())


@require_safe
@desk("law.read", "case.move")
def discretion(request: Any) -> HttpResponse:
    """The calculator on a page of its own: a GET form, so that an answer has an address."""
    code = word(request, "code")
    power = law.power_item(code) if code else None
    context: dict[str, Any] = {
        "power": power,
        "powers": [] if power else law.power_items(),
        "helper": None,
        "result": None,
        "refused": None,
        "asked": request.GET,
    }
    if power is not None:
        facts, wrong = _amounts(request)
        context["helper"] = helper(power, facts, request.at.date())
        if word(request, "answer") and context["helper"]["benchmark"] is not None:
            context["result"], refused = _answer(request, power, context["helper"]["benchmark"], facts)
            wrong = wrong or refused
        context["refused"] = wrong
    # A question was answered, whatever the answer.
    return page(request, "desk/discretion.html", context, current="benchmarks", status=200)


def helper(power: law.Power, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    """What the panel shows: the legal range as far as the facts allow, and the questions of the table."""
    span, missing = None, None
    if power.fines:
        try:
            span = power.legal_span(facts)
        except Refused as refused:
            missing = refused.reason
    amounts, table = amounts_of(power), law.benchmark(power.code, on)
    return {
        "power": power,
        "span": span,
        "missing": missing,
        "benchmark": table,
        "amounts": [(name, title, facts.get(name)) for name, title in amounts],
        "questions": _questions(table, {name for name, _ in amounts}),
    }


def _questions(table: Benchmark | None, asked: set[str]) -> list[Input]:
    """The questions of the table that no amount above them answers already."""
    known = {base for base, (name, _) in BASE_FACTS.items() if name in asked}
    return [question for question in table.inputs if question.name not in known] if table else []


def amounts_of(power: law.Power) -> list[tuple[str, str]]:
    """The amounts that the item's fines are measured by, as (fact, title)."""
    bases = {rule.base for rule in power.fines if rule.base != "amount"}
    if any(rule.bound_to_goods for rule in power.fines):
        bases.add("goods")
    return [BASE_FACTS[base] for base in BASE_FACTS if base in bases]


def _amounts(request: Any) -> tuple[dict[str, Any], Refused | None]:
    """The amounts and the chosen range from the address, and the first that could not be read."""
    facts: dict[str, Any] = {}
    wrong = None
    for name, _ in AMOUNTS:
        text = word(request, name)
        if text:
            try:
                facts[name] = parse_yuan(text)
            except Refused as refused:
                wrong = wrong or refused
    if word(request, "fine_variant"):
        facts["fine_variant"] = word(request, "fine_variant")
    return facts, wrong


def _answer(
    request: Any, power: law.Power, table: Benchmark, facts: Mapping[str, Any]
) -> tuple[Any, Refused | None]:
    try:
        inputs = {
            question.name: given(question, word(request, f"q.{question.name}"), facts)
            for question in table.inputs
        }
        return law.discretion(power.code, inputs, facts, request.at.date()), None
    except Refused as refused:
        return None, refused


def given(question: Input, text: str, facts: Mapping[str, Any]) -> Any:
    """The answer to a question: the amount among the facts that it asks for, else what was typed."""
    base = next((told for name, told in BASE_FACTS.items() if name == question.name), None)
    if base is not None and base[0] in facts:
        return facts[base[0]]
    if not text:
        return None
    if question.kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    if question.kind == "money":
        return parse_yuan(text)
    if question.kind == "number":
        return number(text, text)
    return text
