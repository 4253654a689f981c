"""Conditions of the codex for people and for the page's script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mingjing.kernel.conditions import AmongThese, Binary, Condition, Literal, Name, Node, Unary
from mingjing.kernel.procedure import Field, Procedure
from mingjing.law import queries as law

from .wording import field_title, money

_COMPARED = {"==": "为", "!=": "不为", "<": "小于", "<=": "不超过", ">": "超过", ">=": "达到"}
_JOINED = {"and": "且", "or": "或"}
_CALCULATED = {"+": "加", "-": "减", "*": "乘以"}


# Facts that every case has from the beginning (``kernel.procedure_references.ALWAYS_KNOWN``).
_ALWAYS: Mapping[str, str] = {
    "field": "执法领域",
    "party_is_person": "当事人是公民",
    "minor_party": "当事人未成年",
    "party_kind": "当事人类别",
    "party_name": "当事人名称",
    "organ_region": "机关所在地",
    "organ_kind": "机关类别",
    "organ_field": "机关的领域",
}


class Vocabulary:
    """What the facts of a procedure are called: fields by label, derived facts and constants by title."""

    def __init__(self, procedure: Procedure, constants: Mapping[str, Any] | None = None) -> None:
        self.fields: dict[str, Field] = {field.name: field for _, field in procedure.fields()}
        self.derived = {rule.name: rule.title for rule in procedure.derived}
        self.reckoned = {rule.name: rule.title for rule in procedure.reckoned}
        self.stamped = {step.stamps: f"{step.title}之日" for step in procedure.steps.values() if step.stamps}
        self.fixed = {fix.fact: fix.when for step in procedure.steps.values() for fix in step.fixes}
        self.titles = law.constant_titles()
        self.constants = dict(constants or {})

    def knows(self, condition: Condition) -> bool:
        """Whether every fact that the condition reads has a name for people."""
        return all(name in self.constants or self._called(name) for name in condition.names)

    def name(self, name: str) -> str:
        """The label of a fact; a constant by its value where that is known."""
        if name in self.constants:
            return self.value(name, self.constants[name])
        return self._called(name) or name

    def _called(self, name: str) -> str:
        if name in self.fields:
            return self.fields[name].label.rstrip("？?")
        for names in (self.derived, self.reckoned, self.stamped, _ALWAYS, self.titles):
            if name in names:
                return names[name]
        return in_words(self.fixed[name], self) if name in self.fixed else ""

    def value(self, name: str | None, value: object) -> str:
        """A value of the fact ``name`` as people read it: choices by label, fen as yuan."""
        field = self.fields.get(name or "")
        if name in ("field", "organ_field"):
            return field_title(str(value))
        if field is not None:
            label = dict(field.choices).get(str(value))
            if label:
                return label
        if isinstance(value, bool):
            return "是" if value else "否"
        is_money = (field is not None and field.kind == "money") or (name or "").endswith("_fen")
        return money(int(value)) if is_money and isinstance(value, int | Decimal) else str(value)


def in_words(condition: Condition | None, vocabulary: Vocabulary) -> str:
    """The condition as a Chinese phrase; empty for None, and where a fact has no name for people."""
    if condition is None or not vocabulary.knows(condition):
        return ""
    return _say(condition.tree, vocabulary)


def _say(node: Node, words: Vocabulary) -> str:
    match node:
        case Name(name):
            return words.name(name)
        case Literal(value):
            return words.value(None, value)
        case Unary("not", Name(name)):
            return f"非“{words.name(name)}”"
        case Unary("not", operand):
            return f"并非（{_say(operand, words)}）"
        case Unary(_, operand):
            return f"负{_say(operand, words)}"
        case AmongThese(operand, options):
            fact = operand.name if isinstance(operand, Name) else None
            return f"{_say(operand, words)}为{'、'.join(words.value(fact, one) for one in options)}"
        case Binary(operator, left, right):
            return _say_pair(operator, left, right, words)


def _say_pair(operator: str, left: Node, right: Node, words: Vocabulary) -> str:
    if operator in _JOINED:
        return _JOINED[operator].join(_bracketed(side, operator, words) for side in (left, right))
    if operator == "in":
        name = right.name if isinstance(right, Name) else None
        value = left.value if isinstance(left, Literal) else None
        shown = words.value(name, value) if value is not None else _say(left, words)
        return f"{_say(right, words)}包括{shown}"
    if operator in _COMPARED and isinstance(left, Name) and isinstance(right, Literal):
        return f"{words.name(left.name)}{_COMPARED[operator]}{words.value(left.name, right.value)}"
    verb = _COMPARED.get(operator) or _CALCULATED[operator]
    return f"{_say(left, words)}{verb}{_say(right, words)}"


def _bracketed(node: Node, inside: str, words: Vocabulary) -> str:
    said = _say(node, words)
    mixed = isinstance(node, Binary) and node.operator in _JOINED and node.operator != inside
    return f"（{said}）" if mixed else said


def as_json(condition: Condition) -> str:
    """The tree for ``mj.js``: nested lists ``[operator, …]``, names as ``["name", x]``."""
    return json.dumps(_tree(condition.tree), ensure_ascii=False, default=float)


def _tree(node: Node) -> list[Any]:
    match node:
        case Name(name):
            return ["name", name]
        case Literal(value):
            return ["value", value]
        case Unary(operator, operand):
            return ["not" if operator == "not" else "minus", _tree(operand)]
        case AmongThese(operand, options):
            return ["among", _tree(operand), list(options)]
        case Binary(operator, left, right):
            return [operator, _tree(left), _tree(right)]
