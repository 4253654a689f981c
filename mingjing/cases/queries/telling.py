"""Facts as people read them, and what changed between two readings of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

from mingjing.kernel.fines import yuan
from mingjing.kernel.procedure import Field
from mingjing.law import queries as law

from .views import ChangeLine, FactLine

# Longer texts are compared line by line: comparing them character by character takes seconds.
_FINE_UP_TO = 3000
# Shorter agreements inside a change are noise, not something that stayed.
_AGREES_FROM = 2


def fact_lines(
    fields: Sequence[Field],
    facts: Mapping[str, Any],
    names: Mapping[int | None, str],
    variants: Mapping[str, str] | None = None,
) -> tuple[FactLine, ...]:
    """The facts in words, in the order of the fields, each once; empty ones are left out.

    ``names`` are those of officers, ``variants`` the ranges of fines of the case's power item by id.
    """
    lines = {}
    for each in fields:
        value = facts.get(each.name)
        if value in (None, "", []) or each.kind == "files":
            continue
        text = (variants or {}).get(value, value) if each.kind == "variant" else in_words(each, value, names)
        lines[each.name] = FactLine(each.name, each.label, text, each.kind)
    return tuple(lines.values())


def in_words(rule: Field, value: Any, names: Mapping[int | None, str]) -> str:
    """A fact's value as people read it: amounts in yuan, dates in Chinese, labels of choices."""
    choices = dict(rule.choices)
    if rule.kind == "money":
        return yuan(value)
    if rule.kind == "bool":
        return "是" if value else "否"
    if rule.kind == "choice":
        return choices.get(value, str(value))
    if rule.kind == "signature":
        return f"已签名，图片存入证据（SHA-256 {value[:12]}…）"
    if rule.kind == "license":
        return law.license_item(value).title
    if rule.kind == "exception":
        return law.identity_exception(value).title
    if rule.kind == "choices":
        return "、".join(choices.get(one, one) for one in value)
    if rule.kind == "coercion":
        power = law.coercive_power(value)
        return f"{power.title}（{'、'.join(place.text for place in law.parse(power.basis))}）"
    if rule.kind == "officers":
        return "、".join(names.get(one, f"人员{one}") for one in value)
    if rule.kind == "date":
        day = date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if rule.kind == "datetime":
        moment = datetime.fromisoformat(value)
        return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
    return str(value)


def changed(
    fields: Sequence[Field],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Mapping[int | None, str],
) -> tuple[ChangeLine, ...]:
    """The facts that read differently, in the order of the fields, each with what is gone and what is new."""
    old = {line.key: line for line in fact_lines(fields, before, names)}
    new = {line.key: line for line in fact_lines(fields, after, names)}
    keys = dict.fromkeys(each.name for each in fields if each.name in old or each.name in new)
    lines = []
    for key in keys:
        was, now = (one[key].value if key in one else "" for one in (old, new))
        if was != now:
            lines.append(ChangeLine(key, (new.get(key) or old[key]).label, difference(was, now)))
    return tuple(lines)


def difference(was: str, now: str) -> tuple[tuple[str, str], ...]:
    """The two texts as one: pieces marked ``same``, ``gone`` or ``new``, which give each text back in order."""
    fine = len(was) + len(now) <= _FINE_UP_TO
    a, b = (list(was), list(now)) if fine else (was.splitlines(True), now.splitlines(True))
    pieces: list[tuple[str, str]] = []
    for kind, i, j, k, m in _calm(SequenceMatcher(None, a, b, autojunk=False).get_opcodes()):
        if kind == "equal":
            pieces.append(("same", "".join(a[i:j])))
            continue
        pieces += [
            (name, text) for name, text in (("gone", "".join(a[i:j])), ("new", "".join(b[k:m]))) if text
        ]
    return tuple(pieces)


Opcode = tuple[str, int, int, int, int]


def _calm(opcodes: Sequence[Opcode]) -> list[Opcode]:
    """The opcodes with agreements of a character or so taken into the change around them."""
    calm: list[Opcode] = []
    for place, (kind, i, j, k, m) in enumerate(opcodes):
        inside = 0 < place < len(opcodes) - 1
        if kind == "equal" and inside and j - i < _AGREES_FROM:
            kind = "replace"
        if calm and kind != "equal" and calm[-1][0] != "equal":
            calm[-1] = ("replace", calm[-1][1], j, calm[-1][3], m)
        else:
            calm.append((kind if kind == "equal" else "replace", i, j, k, m))
    return calm
