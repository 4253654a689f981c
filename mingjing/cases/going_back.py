"""退回重办: which steps of a case may be done over, and what the case is without them.

Nothing is deleted. A step that is set aside stays on the time line and in the record; the case goes on from the
marking that the steps which stand lead to, replayed by the engine from the beginning. So whatever may be done
afterwards may lawfully be done after those steps alone, and every term runs from its old beginning.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from mingjing.kernel import engine, holding
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import Marking, dump, frozen
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .models import Case, Step
from .work import Work, lasting

# Days that only order the work of the office; every other stamped day starts terms or rights.
_OFFICE_DAYS = frozenset({"examined_on", "closed_on"})
LAW = "行政处罚法/47; 行政处罚法/57(1)"


@dataclass(frozen=True)
class Back:
    """What going back to a step means: the steps to be done over, the marking and the facts of those that stand."""

    to: Step
    aside: tuple[Step, ...]
    marking: Marking
    facts: dict[str, Any]


def plan(work: Work, steps: Sequence[Step], outgoing: Collection[int], seq: int, actor: Actor) -> Back:
    """What going back to step ``seq`` would mean. ``steps`` are all that stand, in order; ``outgoing`` are the
    keys of those that issued papers for the outside.

    The step and every later step of the office are set aside; facts found meanwhile stand, where the rules
    allow them without those steps. Raises: Refused ``not-found``, ``outside-effect``, ``not-yours``,
    ``built-upon``, ``cannot-replay``.
    """
    to = next((one for one in steps if one.seq == seq), None)
    if to is None:
        raise Refused("not-found", f"本案没有第 {seq} 号有效环节。", remedy="请从案件的时间轴进入。")
    later = [one for one in steps if one.seq >= seq]
    aside = []
    for one in later:
        why = why_stands(work, one, one.pk in outgoing)
        if why is None:
            aside.append(one)
        elif one is to or not _is_finding(work, one, one.pk in outgoing):
            raise _outside(one, to, why)
    for one in aside:
        _require_own(work, one, actor)
    if dump(replayed(work, steps)[0]) != dump(work.marking):
        raise Refused(
            "cannot-replay",
            "本案的环节不能由平台从头重算（程序版本可能有过变更），不能退回。",
            remedy="请办理程序规定的更正、撤销环节。",
        )
    standing = [one for one in steps if one not in aside]
    try:
        marking, facts = replayed(work, standing)
    except Refused as why_not:
        raise Refused(
            "built-upon",
            f"“{to.title}”之后办理的环节以它为前提：{why_not.reason}",
            basis=why_not.basis or LAW,
            remedy="请办理程序规定的更正、撤销环节。",
        ) from why_not
    return Back(to, tuple(aside), marking, facts)


def replayed(work: Work, steps: Sequence[Step]) -> tuple[Marking, dict[str, Any]]:
    """The marking and the case's facts that these steps lead to from the beginning. Raises: Refused of the engine."""
    case: Case = copy.copy(work.case)
    case.facts = {}
    marking = engine.begin(work.procedure)
    for one in steps:
        at = one.at.astimezone(SHANGHAI)
        then = Work(case, work.procedure, marking, work.calendar, at)
        rule = then.rule(one.step)
        facts = then.facts(one.facts, rule)
        marking = engine.advance(work.procedure, marking, rule.id, facts, at, work.calendar).marking
        case.facts = {
            **lasting(case, rule),
            **one.facts,
            **work.procedure.settled_by(rule, facts, at.date()),
        }
    return holding.carried(work.marking, _with_term_of_origin(work, marking)), dict(case.facts)


def _with_term_of_origin(work: Work, marking: Marking) -> Marking:
    """A case that was split off (分案) owes its decision also by the day of its origin, which no step of its own
    opened: ``merging.carried_term``. The term stands as it does now, with its extensions."""
    start = next(iter(work.procedure.start_steps))
    own = {rule.step for rule in work.procedure.steps[start].duties}
    for step, duties in work.marking.pending.items():
        carried = tuple(one for one in duties if one.by == start and step not in own)
        if carried and not marking.has_happened(step):
            marking = replace(
                marking,
                pending=frozen({**marking.pending, step: (*carried, *marking.pending.get(step, ()))}),
                stops=frozen({**marking.stops, step: work.marking.stops.get(step, ())}),
                extensions=frozen({**marking.extensions, step: work.marking.extensions.get(step, ())}),
            )
    return marking


class Taken(Protocol):
    """What is looked at of a step that was taken."""

    @property
    def step(self) -> str: ...
    @property
    def by_id(self) -> int | None: ...


def why_stands(work: Work, step: Taken, outgoing: bool) -> str | None:
    """Why a step cannot be undone inside the office, in Chinese; None if it can."""
    rule = work.procedure.steps.get(step.step)
    if rule is None or rule.start:
        return "案件由它开始"
    reasons = (
        (rule.serves or outgoing, "已经向当事人或者其他单位发出文书"),
        ("party" in rule.by, "是当事人行使权利的记录"),
        (step.by_id is None, "由法律直接产生或者由关联事项转来"),
        (_starts_rights(work, rule), "当事人的权利期限已经由它起算"),
        (rule.stamps and rule.stamps not in _OFFICE_DAYS, "法律以它的日期计算期限"),
        (rule.pauses or rule.resumes or rule.excludes or rule.includes_again, "已经停止或者恢复期限的计算"),
        (rule.extends, "已经延长期限"),
        (rule.through == "publicity", "已经公之于众"),
        (rule.payment or rule.confirms_payment or rule.bars, "已经产生缴款或者资格限制"),
        (rule.tells_parent, "已经登记到所属案件"),
        (rule.ends or rule.after_end, "案件已经由它结束"),
        (any(field.happened for field in rule.facts), "记录的是已经发生的事实"),
    )
    return next((why for holds, why in reasons if holds), None)


def _starts_rights(work: Work, rule: Rule) -> bool:
    return bool(work.procedure.windows_after.get(rule.id) or work.procedure.waits_after.get(rule.id))


def _is_finding(work: Work, step: Step, outgoing: bool) -> bool:
    """Whether the step records what was found, and moved nothing towards the outside: it may simply stand."""
    rule = work.procedure.steps[step.step]
    moved = rule.serves or outgoing or "party" in rule.by or _starts_rights(work, rule) or rule.stamps
    found = any(field.happened for field in rule.facts) and rule.through is None
    return found and not moved and not rule.payment and not rule.confirms_payment and step.by_id is not None


def _outside(step: Step, to: Step, why: str) -> Refused:
    reason = (
        f"“{to.title}”{why}，不能退回。"
        if step is to
        else f"“{to.title}”之后已经办理“{step.title}”，{why}，不能退回。"
    )
    return Refused(
        "outside-effect",
        reason,
        basis=LAW,
        remedy="请办理程序规定的更正、补正、撤销环节，已办的环节不得抹去。",
    )


def _require_own(work: Work, step: Step, actor: Actor) -> None:
    """The step is the person's own; or its handler's and the head of the unit asks; or the head of the organ does.

    What was approved goes back by the approving office only, so that nobody undoes his superior's approval, and
    an opinion of review is set aside by its reviewer or the head, so that nobody shops for a better one.
    """
    rule = work.procedure.steps[step.step]
    heads = actor.persons(("organ_head",))
    if "organ_head" in actor.roles and not heads & (work.handled | {step.proposed_by_id}):
        return
    if step.proposed_by_id is None:
        if step.by_id == actor.id:
            return
        if "case.assign" in actor.permissions and set(rule.by) <= {"handler", "unit_head"}:
            return
    raise Refused(
        "not-yours",
        f"“{step.title}”由{step.by_name}{'批准' if step.proposed_by_id else '办理'}，{actor.name}不能把它退回重办。",
        basis="行政处罚法/57(1)",
        remedy="请由办理人本人退回；经过批准、审核的，由机关负责人退回。",
    )
