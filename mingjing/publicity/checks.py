"""Checking ``codex/publicity``: every word known, every article in force, every decision × channel answered once.

The domain over which the rules are proved: every procedure that publishes, each of its decisions, every field that a rule names, every
kind of party, every day on which a rule begins or ends, and for penalties every single kind, pairs of them with a
fine, and fines of nothing and of something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

from mingjing.cases.papers import forms
from mingjing.kernel.conditions import names_in
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.publicity import PARTIES, Decision, Rule, Withdrawing, gaps, unused
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem, length, nearest
from mingjing.law import queries as law
from mingjing.law.codex import checks as law_checks
from mingjing.law.codex.double_sets import KINDS as KINDS_OF_SETS
from mingjing.law.codex.double_sets import field_set
from mingjing.law.codex.powers import power_lists
from mingjing.law.codex.profiles import profiles
from mingjing.organs.roles import ROLES

from .matrix import FOLDER, Ground, Matrix, matrix

NEWEST = date(2026, 8, 15)  # by which the articles must stand
FIRST = date(2019, 9, 1)  # the seed plan; no decision before it is in the matrix
KINDS = (
    "warning", "criticism", "fine", "confiscation", "suspension", "downgrade", "revocation", "restrict_business",
    "business_suspension", "closure", "restrict_practice", "detention", "other",
)  # fmt: skip
ORGANS = ("market", "health")  # one that is a market regulator, and one that is not
_MOST = 20  # so many gaps are told; more are as clear


def problems() -> list[Problem]:
    """Everything wrong with the files of the matrix, each with file, key and remedy, in Chinese."""
    try:
        known = matrix()
    except Refused as refused:
        return [Problem(FOLDER, refused.reason, refused.remedy or "按提示修改。")]
    procedures = law.procedures(NEWEST)
    found = [*_rule_problems(known, procedures), *_withdrawal_problems(known), *_ground_problems(known)]
    found += [*_choice_problems(known, procedures), *_person_problems(known)]
    return found or list(_coverage_problems(known, procedures))


# --- words ---


def _rule_problems(known: Matrix, procedures: Sequence[Procedure]) -> Iterator[Problem]:
    words = _known_words(known, procedures)
    seen: set[str] = set()
    for rule in known.rules:
        where = f"publicity/rules.toml {rule.layer}.{rule.id}"
        if rule.id in seen:
            yield Problem(where, f"编号“{rule.id}”重复", "每条规则使用唯一编号")
        seen.add(rule.id)
        for key, allowed in words.items():
            for word in set(getattr(rule, key)) - allowed:
                yield Problem(f"{where}.{key}", f"没有“{word}”", f"改正写法。{nearest(word, allowed)}")
        yield from _length_problems(rule, where)
        yield from _fact_problems(rule, procedures, where)
        on = rule.valid_until - timedelta(days=1) if rule.valid_until else max(rule.valid_from, NEWEST)
        yield from _basis_problems(rule.basis, on, where)
        if rule.sure in ("product", "not-found") and not rule.note:
            yield Problem(where, "没有条文的规则没有写明疑问", "在 note 写明不确定的是什么、取了什么")
        if rule.verdict not in ("shown", "not_covered") and rule.ground not in known.grounds:
            yield Problem(f"{where}.ground", "不公示的规则没有写明理由代码", "写 reasons.toml 中的代码")


def _known_words(known: Matrix, procedures: Sequence[Procedure]) -> dict[str, set[str]]:
    return {
        "channels": {one.id for one in known.channels},
        "acts": {one.act for one in procedures},
        "procedures": {one.id for one in procedures},
        "forms": {form.id for form in forms.catalogue().values() if form.publishable},
        "fields": _fields(),
        "organs": _organs(),
        "not_organs": _organs(),
        "parties": set(PARTIES),
        "grounds": set(known.grounds),
    }


def _fields() -> set[str]:
    """The fields of enforcement: those of power items, and those that a profile serves."""
    return {*law.FIELDS, "general", *(field for one in profiles() for field in one.applies_to)}


def _organs() -> set[str]:
    """The kinds of organs that power items name."""
    return {kind for group in power_lists() for item in group.items for kind in item.organ_fields}


def _length_problems(rule: Rule, where: str) -> Iterator[Problem]:
    constants = law.constants("general", NEWEST, person=False)
    clocks = {one.id for one in law.clocks()}
    if rule.verdict == "shown" and not rule.term:
        yield Problem(f"{where}.term", "应当公示而没有写期限", "写明自作出决定之日起多久，如 20wd")
    if rule.clock and rule.clock not in clocks:
        yield Problem(f"{where}.clock", f"期限总表没有编号“{rule.clock}”", nearest(rule.clock, clocks))
    display = str(constants.get(rule.display[1:], "")) if rule.display.startswith("@") else rule.display
    for key, text in (("term", rule.term), ("display", display)):
        if not text and not (key == "display" and rule.display):
            continue
        try:
            length(text)
        except Refused as refused:
            yield Problem(f"{where}.{key}", refused.reason, refused.remedy or "改正期限")


def _fact_problems(rule: Rule, procedures: Sequence[Procedure], where: str) -> Iterator[Problem]:
    named = set(names_in(rule.when.tree)) if rule.when else set()
    named |= {name for name in (rule.longer, rule.forever) if name}
    if not named:
        return
    facts = {field.name for one in procedures for _, field in one.fields()}
    facts |= set(law.constants("general", NEWEST, person=False))
    for name in sorted(named - facts):
        yield Problem(where, f"没有名为“{name}”的案件事实或者取值", nearest(name, facts))


def _withdrawal_problems(known: Matrix) -> Iterator[Problem]:
    clocks = {one.id for one in law.clocks()}
    for row in known.withdrawals:
        where = f"publicity/rules.toml withdrawals.{row.clock}"
        if row.clock not in clocks:
            yield Problem(where, f"期限总表没有编号“{row.clock}”", nearest(row.clock, clocks))
        yield from _basis_problems(row.basis, NEWEST, where)
        yield from _term_problem(row, where)


def _term_problem(row: Withdrawing, where: str) -> Iterator[Problem]:
    try:
        length(row.term)
    except Refused as refused:
        yield Problem(f"{where}.term", refused.reason, refused.remedy or "改正期限")


def _ground_problems(known: Matrix) -> Iterator[Problem]:
    for ground in known.grounds.values():
        where = f"publicity/reasons.toml {ground.id}"
        yield from _basis_problems(ground.basis, NEWEST, where)
        yield from _approval_problems(ground, where)
    yield from _basis_problems(known.correction.basis, NEWEST, "publicity/reasons.toml correction")
    for channel in known.channels:
        yield from _basis_problems(channel.basis, NEWEST, f"publicity/channels.toml {channel.id}")


def _approval_problems(ground: Ground, where: str) -> Iterator[Problem]:
    if ground.kind == "law":
        return
    if ground.approver not in ROLES:
        yield Problem(f"{where}.approver", "没有写明由谁批准", "写岗位代码，如 organ_head")
    if not ground.review:
        yield Problem(f"{where}.review", "没有写明多久复核", "写期限，如 1y（政府信息公开条例第十八条）")


def _choice_problems(known: Matrix, procedures: Sequence[Procedure]) -> Iterator[Problem]:
    """What an officer may choose in 不予公示审批 must be a coded reason that a head decides."""
    allowed = {one.id for one in known.grounds.values() if one.kind != "law"}
    for one in procedures:
        step = one.steps.get("withhold_publication")
        field = (
            next((field for field in step.facts if field.name == "withholding_ground"), None)
            if step
            else None
        )
        for code, _ in field.choices if field else ():
            if code not in allowed:
                where = f"procedures/{one.id}.toml steps.withhold_publication"
                yield Problem(where, f"不公示的理由没有代码“{code}”", "在 codex/publicity/reasons.toml 登记")


def _person_problems(known: Matrix) -> Iterator[Problem]:
    """Every field that names a person or holds the number of a paper is decided once for each channel by file."""
    channels = [one.id for one in known.channels if not one.own]
    wanted = {(channel, code) for channel in channels for code in _codes_of_persons()}
    told = [(channel, code) for one in known.persons for channel in one.channels for code in one.codes]
    where = "publicity/persons.toml"
    for channel, code in sorted(wanted - set(told)):
        yield Problem(
            f"{where} {code}", f"没有写明送给 {channel} 的是什么", "补上一条：full、masked 或者 never"
        )
    for channel, code in sorted(set(told) - wanted):
        yield Problem(f"{where} {code}", f"字段集或者渠道 {channel} 里没有这个字段", "改正代码或者渠道")
    for channel, code in sorted({one for one in told if told.count(one) > 1}):
        yield Problem(f"{where} {code}", f"送给 {channel} 的写了两条", "只留一条")
    for one in known.persons:
        yield from _basis_problems(one.basis, NEWEST, f"{where} {one.codes[0]}")
        if one.tells == "full" and not one.note:
            yield Problem(f"{where} {one.codes[0]}", "原样送出没有写明为什么", "在 note 写明依据和疑问")


def _codes_of_persons() -> Iterator[str]:
    """Codes of both field sets: names of party and representative, kind and number of their papers."""
    for kind in KINDS_OF_SETS:
        for one in field_set(kind, NEWEST).fields:
            named = one.code.endswith(("_XDR_MC", "_FRDB"))
            if named or one.kind == "id_number" or one.values == "id_kind":
                yield one.code


def _basis_problems(text: str, on: date, where: str) -> Iterator[Problem]:
    for one in law_checks.basis_problems(text, on, where, "basis"):
        yield Problem(f"{where}.basis", one.message, one.remedy)


# --- every decision × channel exactly once ---


def _coverage_problems(known: Matrix, procedures: Sequence[Procedure]) -> Iterator[Problem]:
    decisions = domain(known, procedures)
    channels = [one.id for one in known.channels]
    for number, gap in enumerate(gaps(decisions, channels, known.rules)):
        if number >= _MOST:
            return
        one = gap.decision
        said = f"{one.procedure} 的 {one.form}（{one.field}，{PARTIES[one.party]}，{one.on}）在 {gap.channel}"
        if gap.rules:
            told = f"{said}有几条一般规则：{'、'.join(gap.rules)}"
            yield Problem("publicity/rules.toml rules", told, "收窄其中一条，使每种情形恰好一条")
        else:
            yield Problem("publicity/rules.toml rules", f"{said}没有一般规则", "补上一条规则")
    for name in unused(decisions, channels, known.rules):
        yield Problem(f"publicity/rules.toml {name}", "这条规则从来用不到", "删去，或者移到遮住它的规则之前")


def domain(known: Matrix, procedures: Sequence[Procedure]) -> list[Decision]:
    """The decisions over which the matrix is proved; see the head of this module."""
    bounds = {rule.valid_from for rule in known.rules} | {rule.valid_until for rule in known.rules}
    days = sorted(day for day in bounds if day is not None and day >= FIRST)
    # Fields that no rule names are all alike: one stands for them.
    fields = sorted({field for rule in known.rules for field in rule.fields} | {"general"})
    found = [
        Decision(one.act, one.id, form, field, party, day, organs=frozenset({organ}), facts=facts)
        for one, form in published(procedures)
        for field, party, day, organ in product(fields, PARTIES, days, ORGANS)
        for facts in samples(form)
    ]
    plain = Decision("penalty", "penalty-ordinary", "penalty-decision", "food", "person", days[-1])
    held = [replace(plain, grounds=frozenset({one})) for one in known.grounds]
    return [*found, replace(plain, minor=True), *held]


def published(procedures: Sequence[Procedure]) -> list[tuple[Procedure, str]]:
    """Every procedure that publishes, with each form of a decision that it issues and may publish."""
    wanted = {form.id for form in forms.catalogue().values() if form.publishable}
    found: dict[tuple[str, str], Procedure] = {}
    for one in procedures:
        if not any(step.through == "publicity" for step in one.steps.values()):
            continue
        issued = {paper.form for step in one.steps.values() for paper in step.papers}
        found |= {(one.id, form): one for form in sorted(issued & wanted)}
    return [(procedure, form) for (_, form), procedure in found.items()]


def samples(form: str) -> list[dict[str, Any]]:
    """Facts that tell decisions of one form apart: for penalties their kinds and the fine."""
    if form not in ("penalty-decision", "spot-decision"):
        return [{}]
    singles = [[kind] for kind in KINDS] + [
        ["warning", "fine"],
        ["criticism", "fine"],
        ["fine", "revocation"],
    ]
    return [
        {"penalty_kinds": kinds, "fine_fen": fine, "samr_low_fine_fen": 0}
        for kinds in singles
        for fine in ((0, 100_000) if "fine" in kinds else (0,))
    ]
