"""May this step be taken now? Each relation of the graph answers with nothing, or with a readable reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingjing.kernel.case_dates import as_moment, day_or_moment, settled
from mingjing.kernel.marking import MERGED, Duty, Marking, Right
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.procedure_parts import AtLeast, Link, Procedure, Step, WindowRule
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import length

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """The state of one right: open, used, waived, lapsed or not-open (not yet, or it does not exist here)."""

    step: str
    title: str
    state: str
    opened_on: date | None
    due_on: date | None
    due_at: datetime | None
    provisional: bool
    clock: str
    basis: str
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A case at a moment: its procedure, its marking, its facts with the derived ones, the time."""

    procedure: Procedure
    marking: Marking
    facts: Facts
    at: datetime

    def in_force(self, links: Iterable[Link]) -> list[str]:
        """The steps named by those links whose condition holds."""
        return [link.step for link in links if link.when is None or link.when.holds(self.facts)]

    def label_of(self, fact: str) -> str:
        """What a fact is called: by the forms that ask for it, as a reckoned date, or by the step it dates."""
        for reckoned in self.procedure.reckoned:
            if reckoned.name == fact:
                return reckoned.title
        for step in self.procedure.steps.values():
            if step.stamps == fact:
                return f"{step.title}之日"
        return next((field.label for _, field in self.procedure.fields() if field.name == fact), fact)

    def titles(self, steps: Iterable[str]) -> str:
        """Step titles in quotation marks, joined for a sentence."""
        return "、".join(self.procedure.title_of(step) for step in steps)


def refusal(situation: Situation, step: Step) -> Refused | None:
    """The first reason why the step may not be taken, or None."""
    return next(refusals(situation, step), None)


def refusals(situation: Situation, step: Step) -> Iterator[Refused]:
    """Every reason why the step may not be taken, one for each relation, the plainest first."""
    for check in _CHECKS:
        refused = check(situation, step)
        if refused is not None:
            yield refused


def form_refusal(situation: Situation, step: Step, free_until: datetime | None) -> Refused | None:
    """What can only be judged once the step's own form is filled: its date facts.

    ``free_until`` is the end of the minimum wait that applies to this execution, if one does.
    """
    for rule in step.duties:
        fact = rule.from_fact or rule.due_fact
        applies = rule.when is None or rule.when.holds(situation.facts)
        if fact and applies and day_or_moment(situation.facts.get(fact)) is None:
            return _fact_missing(situation, step, fact, rule.basis)
    for fact, basis in _dates_started_from(situation, step):
        if day_or_moment(situation.facts.get(fact)) is None:
            return _fact_missing(situation, step, fact, basis)
    wait = step.at_least
    if wait is None or free_until is None:
        return None
    planned = _planned(situation, wait)
    if planned is None:
        return _fact_missing(situation, step, wait.fact or "", wait.basis)
    return None if as_moment(planned) > free_until else _too_soon(situation, step, planned, free_until)


def _dates_started_from(situation: Situation, step: Step) -> Iterator[tuple[str, str]]:
    """The date facts, with their bases, from which the rights and waits run that this step begins."""
    steps = situation.procedure.steps
    for name in situation.procedure.windows_after.get(step.id, ()):
        rule = steps[name].window
        if rule is not None and (rule.when is None or rule.when.holds(situation.facts)):
            yield from ((fact, rule.basis) for fact in (rule.from_fact, rule.until_fact) if fact)
    for name in situation.procedure.waits_after.get(step.id, ()):
        wait = steps[name].at_least
        if wait is not None:
            yield from ((fact, wait.basis) for fact in (wait.from_fact, wait.until_fact) if fact)


def window_of(situation: Situation, step: Step) -> Window:
    """The state of the right to take a step that has a window."""
    rule, right = step.window, situation.marking.rights.get(step.id)
    if rule is None:
        raise ValueError(f"{step.id} has no window")
    return Window(
        step=step.id,
        title=step.title,
        state=right_state(situation, step),
        opened_on=right.opened_at.date() if right else None,
        due_on=right.due_on if right else None,
        due_at=right.due_at if right else None,
        provisional=right.provisional if right else False,
        clock=rule.clock,
        basis=rule.basis,
        explanation=right.explanation if right else (),
    )


def right_state(situation: Situation, step: Step) -> str:
    """open, used, waived, lapsed or not-open. Use and waiver count only after the latest opening."""
    rule, marking = step.window, situation.marking
    right = marking.rights.get(step.id)
    if rule is None or right is None or step.id not in marking.included or not _right_exists(situation, step):
        return "not-open"
    if rule.waived_by and _order(marking, rule.waived_by) > right.order:
        return "waived"
    if _order(marking, step.id) > right.order:
        return "used"
    return "lapsed" if has_passed(right.due_at, situation.at) else "open"


def has_passed(due_at: datetime, at: datetime) -> bool:
    """Whether the term is over; its last second still belongs to it."""
    return at.replace(microsecond=0) > due_at


def _right_exists(situation: Situation, step: Step) -> bool:
    return step.window is None or step.window.when is None or step.window.when.holds(situation.facts)


def _order(marking: Marking, step: str) -> int:
    executed = marking.executed.get(step)
    return executed.order if executed else 0


# --- the checks, in the order in which a person would want to hear of them ---


def _ended(situation: Situation, step: Step) -> Refused | None:
    outcome = situation.marking.outcome
    if outcome == MERGED:
        return Refused(
            "merged",
            f"本案已经并入他案，不能再办理“{step.title}”。",
            basis=step.basis or None,
            remedy="请在并入的主案中办理。",
        )
    if outcome is None or step.after_end:
        return None
    title = situation.procedure.outcomes[outcome]
    return Refused(
        "ended",
        f"本案已经以“{title}”结束，不能再办理“{step.title}”。",
        basis=step.basis or None,
        remedy="发现新的违法行为的，请另行登记案件。",
    )


def _not_included(situation: Situation, step: Step) -> Refused | None:
    if step.id in situation.marking.included:
        return None
    openers = [s.id for s in situation.procedure.steps.values() if step.id in (link.step for link in s.opens)]
    remedy = f"它由{situation.titles(openers)}引起。" if openers else "请在案件页面核对可以办理的环节。"
    reason = f"“{step.title}”目前不属于本案的办理范围。"
    return Refused("not-included", reason, basis=step.basis or None, remedy=remedy)


def _not_started(situation: Situation, step: Step) -> Refused | None:
    starts = situation.procedure.start_steps
    if not starts or step.start or not starts.isdisjoint(situation.marking.executed):
        return None
    opening = situation.titles(name for name in situation.procedure.steps if name in starts)
    reason = f"本案还没有开始，不能办理“{step.title}”：须先办理{opening}。"
    return Refused("not-started", reason, basis=step.basis or None, remedy=f"请先办理{opening}。")


def _too_often(situation: Situation, step: Step) -> Refused | None:
    if step.once and (executed := situation.marking.executed.get(step.id)):
        reason = f"“{step.title}”已于{plain_date(executed.last_at.date())}办理，只能办理一次。"
        return Refused("too-often", reason, basis=step.basis or None, remedy="请刷新案件页面，办理其他环节。")
    rule = step.extends
    if rule is None:
        return None
    count = sum(extension.by == step.id for extension in situation.marking.extensions.get(rule.step, ()))
    if count < rule.at_most:
        return None
    title = situation.procedure.title_of(rule.step)
    return Refused(
        "too-often",
        f"{title}的期限最多延长{rule.at_most}次，已经延长{count}次。",
        basis=rule.basis or None,
        remedy=f"请在现有期限内办理{title}。",
    )


def _guard(situation: Situation, step: Step) -> Refused | None:
    if step.when is None or step.when.holds(situation.facts):
        return None
    reason = step.when_reason or f"本案的情况不符合办理“{step.title}”的条件（{step.when.text}）"
    return Refused(
        "guard",
        f"{reason.rstrip('。')}。",
        basis=step.basis or None,
        remedy="请核对本案填报的情况；填报有误的，先更正再办理。",
    )


def _condition(situation: Situation, step: Step) -> Refused | None:
    marking = situation.marking
    missing = [
        name
        for name in situation.in_force(step.after)
        if name in marking.included and name not in marking.executed
    ]
    if not missing:
        return None
    titles = situation.titles(missing)
    reason = f"办理“{step.title}”之前须先办理{titles}，目前尚未办理。"
    return Refused("condition", reason, basis=step.basis or None, remedy=f"请先办理{titles}。")


def _milestone(situation: Situation, step: Step) -> Refused | None:
    blocking = [name for name in situation.in_force(step.not_while) if situation.marking.owes(name)]
    if not blocking:
        return None
    owed = "；".join(_owed_in_words(situation, name) for name in blocking)
    reason = f"{owed}。办妥之前不能办理“{step.title}”。"
    basis = step.basis or situation.marking.pending[blocking[0]][0].basis
    return Refused("milestone", reason, basis=basis or None, remedy=f"请先办理{situation.titles(blocking)}。")


def _owed_in_words(situation: Situation, step: str) -> str:
    dated = [duty.due_on for duty in situation.marking.pending[step] if duty.due_on is not None]
    until = f"，应当在{plain_date(min(dated))}前完成" if dated else ""
    return f"{situation.procedure.title_of(step)}应办而未办{until}"


def _window(situation: Situation, step: Step) -> Refused | None:
    rule = step.window
    if rule is None:
        return None
    basis = rule.basis or None
    if not _right_exists(situation, step):
        reason = f"本案没有“{step.title}”这项权利（{rule.when.text if rule.when else ''}）。"
        return Refused("guard", reason, basis=basis, remedy="请核对拟处罚的种类和数额。")
    right = situation.marking.rights.get(step.id)
    opener = situation.procedure.title_of(rule.after)
    if right is None:
        reason = f"“{step.title}”要在{opener}之后才能提出。"
        return Refused("window-not-open", reason, basis=basis, remedy=f"请先办理{opener}。")
    if rule.waived_by and _order(situation.marking, rule.waived_by) > right.order:
        waived_on = situation.marking.executed[rule.waived_by].last_at.date()
        reason = f"当事人已于{plain_date(waived_on)}放弃“{step.title}”。"
        return Refused("window-waived", reason, basis=basis, remedy="请核对当事人的放弃声明。")
    if has_passed(right.due_at, situation.at):
        reason = (
            f"“{step.title}”的期限{_counted(situation, rule, right)}，已于{plain_date(right.due_on)}届满。"
        )
        return Refused("window-lapsed", reason, basis=basis, remedy="请核对起算日期；逾期的，向当事人说明。")
    return None


def _counted(situation: Situation, rule: WindowRule, right: Right) -> str:
    """From where, or back from where, the term of a right is counted, in words."""
    since = day_or_moment(situation.facts.get(rule.from_fact)) if rule.from_fact else None
    if since is None or rule.within is None:
        return f"自{plain_date(right.opened_at.date())}{situation.procedure.title_of(rule.after)}起算"
    day = f"“{situation.label_of(rule.from_fact or '')}”{plain_date(since)}"
    term = length(settled(rule.within, situation.facts))
    return f"自{day}向前倒数（{term.words}）" if term.before else f"自{day}起算"


def _waiting(situation: Situation, step: Step) -> Refused | None:
    for name in step.waits_for_windows:
        other = situation.procedure.steps[name]
        if right_state(situation, other) == "open" and other.window is not None:
            until = plain_date(situation.marking.rights[name].due_on)
            reason = (
                f"“{other.title}”的期限到{until}才届满，当事人尚未行使也未放弃这项权利，"
                f"在此之前不能办理“{step.title}”。"
            )
            remedy = f"请等到{until}届满之后办理，或者取得当事人的书面放弃。"
            return Refused("window-running", reason, basis=other.window.basis or None, remedy=remedy)
    return None


def _not_deemed_yet(situation: Situation, step: Step) -> Refused | None:
    """A legal effect of silence comes only when the term of what was omitted is over."""
    name = step.deemed_after
    if name is None:
        return None
    marking = situation.marking
    overdue = [
        duty.due_at
        for duty in marking.pending.get(name, ())
        if duty.due_at is not None and step.deemed_clock in (None, duty.clock)
    ]
    if (
        marking.owes(name)
        and not marking.is_paused(name)
        and overdue
        and has_passed(min(overdue), situation.at)
    ):
        return None
    reason = f"“{step.title}”是{situation.procedure.title_of(name)}逾期未办的法定效果，期限尚未届满。"
    remedy = f"请在期限内办理{situation.procedure.title_of(name)}；逾期由平台登记，不由人办理。"
    return Refused("not-deemed-yet", reason, basis=step.basis or None, remedy=remedy)


def _planned_too_soon(situation: Situation, step: Step) -> Refused | None:
    """The minimum wait, as far as it can be judged before the step's own form is filled."""
    wait = step.at_least
    running = situation.marking.waits.get(step.id) if wait and wait.after != step.id else None
    if wait is None or running is None or wait.fact in step.sets:
        return None
    planned = _planned(situation, wait)
    if planned is None or as_moment(planned) > running.free_until:
        return None
    return _too_soon(situation, step, planned, running.free_until)


def _planned(situation: Situation, wait: AtLeast) -> date | datetime | None:
    """The day that must leave the wait free: the fact's, or today for a step that is its own event."""
    return situation.at if wait.fact is None else day_or_moment(situation.facts.get(wait.fact))


def _too_soon(situation: Situation, step: Step, planned: date | datetime, free_until: datetime) -> Refused:
    wait = step.at_least
    if wait is None:
        raise ValueError(f"{step.id} has no minimum wait")
    until = _in_words(free_until)
    reason = f"“{step.title}”定在{plain_date(planned)}，"
    if wait.until_fact:
        reason += f"而{situation.label_of(wait.until_fact)}为{until}，届满之前不能办理。"
    else:
        since = situation.label_of(wait.from_fact) if wait.from_fact else ""
        since = f"“{since}”" if since else situation.procedure.title_of(wait.after)
        term = length(settled(wait.wait or "", situation.facts)).words
        reason += f"距{since}太近：中间要留足{term}，须在{until}以后。"
    return Refused("too-soon", reason, basis=wait.basis or None, remedy=f"请改在{until}以后。")


def _in_words(moment: datetime) -> str:
    """The last day of a wait, or the minute where it was counted in hours."""
    at_midnight = moment.hour == 23 and moment.minute == 59
    return plain_date(moment) if at_midnight else f"{plain_date(moment)}{moment:%H:%M}"


def _no_term(situation: Situation, step: Step) -> Refused | None:
    marking = situation.marking
    for named, works, what in (
        ((step.extends.step,) if step.extends else (), marking.owes, "没有可以延长的期限"),
        (step.pauses, lambda name: marking.owes(name) and not marking.is_paused(name), "没有可以中止的期限"),
        (step.excludes, marking.owes, "没有正在计算的期限"),
        (step.resumes, marking.is_paused, "没有中止的期限可以恢复"),
    ):
        if named and not any(works(name) for name in named):
            reason = f"{what}：{situation.titles(named)}目前不在此列，不能办理“{step.title}”。"
            return Refused(
                "no-term", reason, basis=step.basis or None, remedy="请在案件页面核对正在计算的期限。"
            )
    return None


def _duties_owed(situation: Situation, step: Step) -> Refused | None:
    if step.ends is None:
        return None
    closed = {step.id, *situation.in_force(step.closes)}
    owed = [name for name in situation.marking.pending if name not in closed and situation.marking.owes(name)]
    if not owed:
        return None
    listing = "；".join(_owed_in_words(situation, name) for name in owed)
    reason = f"{listing}。办妥之前不能办理“{step.title}”。"
    return Refused(
        "duties-owed", reason, basis=step.basis or None, remedy=f"请先办理{situation.titles(owed)}。"
    )


_CHECKS: tuple[Callable[[Situation, Step], Refused | None], ...] = (
    _ended,
    _not_included,
    _not_started,
    _too_often,
    _guard,
    _condition,
    _milestone,
    _window,
    _waiting,
    _not_deemed_yet,
    _planned_too_soon,
    _no_term,
    _duties_owed,
)


def _fact_missing(situation: Situation, step: Step, fact: str, basis: str) -> Refused:
    label = situation.label_of(fact)
    reason = f"办理“{step.title}”要用到“{label}”来计算期限，它还没有填写或者不是日期。"
    return Refused("fact-missing", reason, basis=basis or None, remedy=f"请填写“{label}”。")


def owed_duties(marking: Marking) -> list[Duty]:
    """Every duty owed now, the earliest due first, those without a date last."""
    owed = [duty for step in marking.pending if marking.owes(step) for duty in marking.pending[step]]
    return sorted(owed, key=lambda duty: (duty.due_at is None, duty.due_at or duty.opened_at))
