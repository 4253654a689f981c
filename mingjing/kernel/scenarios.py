"""Scenarios: cases that a lawyer wrote down, run through a procedure to see whether it says what was meant.

A scenario tells day by day which step is taken with which facts, where a refusal is expected, and what is
owed, lapsed or possible at a moment. Running it stops at the first deviation and explains it in Chinese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from mingjing.kernel import date_order, engine
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import Marking
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.procedure_parts import Procedure
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Notes, Problem, Table, nearest
from mingjing.kernel.workdays import Calendar

# When a line gives only a day, it is taken at the opening of the office.
OPENING = time(9, 0)


class ScenarioErrors(Refused):
    """A scenario file that cannot be run; ``problems`` lists everything wrong with it at once."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        listing = "\n".join(f"  {problem}" for problem in problems)
        super().__init__("bad-scenario", f"情景文件 {source} 有{len(problems)}处错误：\n{listing}")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold after a line: duties with their date (None: any date), rights lapsed, steps possible."""

    owed: Mapping[str, date | None]
    not_owed: tuple[str, ...]
    lapsed: tuple[str, ...]
    possible: tuple[str, ...]
    not_possible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: at a moment a step is taken, or refused with a code, or only something is expected."""

    at: datetime
    step: str | None
    facts: Mapping[str, Any]
    refused: str | None
    expect: Expectation | None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case written down. ``exit`` is the outcome it must end with; None for a case still running."""

    title: str
    procedure: str
    profile: str | None
    exit: str | None
    facts: Mapping[str, Any]
    lines: tuple[Line, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario went: ``deviation`` is None if it went as written. ``outcome`` is the end it reached."""

    scenario: Scenario
    deviation: str | None
    outcome: str | None
    marking: Marking

    @property
    def ok(self) -> bool:
        """Whether everything went as written."""
        return self.deviation is None


def load(path: Path) -> Scenario:
    """The scenario in a file. Raises ScenarioErrors."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = Problem(path.name, f"不是合格的 UTF-8 TOML 文件：{error}", "请按所指位置改正")
        raise ScenarioErrors(path.name, (problem,)) from error
    return read(data, path.name)


def read(data: Mapping[str, Any], source: str) -> Scenario:
    """The scenario described by the data of a file. Raises ScenarioErrors listing every fault."""
    notes = Notes()
    table = Table(f"{source}: ", data, notes)
    scenario = Scenario(
        title=table.text("title", required=True),
        procedure=table.text("procedure", required=True),
        profile=table.optional_text("profile"),
        exit=table.optional_text("exit"),
        facts=_facts(table),
        lines=tuple(_line(item) for item in table.tables("steps")),
        source=source,
    )
    if not scenario.lines:
        table.wrong("steps", "没有任何一步", "请至少写一个 [[steps]]")
    for position, (earlier, later) in enumerate(zip(scenario.lines, scenario.lines[1:], strict=False), 1):
        if later.at < earlier.at:
            table.wrong(f"steps[{position}].at", "早于上一步的时间", "请按时间先后排列")
    table.finish()
    if notes.problems:
        raise ScenarioErrors(source, tuple(notes.problems))
    return scenario


def run(
    scenario: Scenario,
    procedure: Procedure,
    calendar: Calendar,
    constants_on: Callable[[date], Mapping[str, Any]] | None = None,
) -> Result:
    """Take the scenario's lines one after another.

    ``constants_on`` gives the values of the scenario's profile on a day: a case that straddles a change of
    law goes on under the values of each step's own day, as it does at the desk.
    """
    runner = Runner(scenario, procedure, calendar, constants_on or _no_constants)
    deviation = runner.deviation()
    return Result(scenario, deviation, runner.marking.outcome, runner.marking)


@dataclass(frozen=True, slots=True)
class Pace:
    """One line of a walk: what was tried, why it was refused if it was, and how the case stands after it."""

    at: datetime
    step: str
    title: str
    refused: Refused | None
    possible: tuple[str, ...]
    owed: tuple[engine.Duty, ...]
    lapsed: tuple[str, ...]


def walk(
    scenario: Scenario,
    procedure: Procedure,
    calendar: Calendar,
    constants_on: Callable[[date], Mapping[str, Any]] | None = None,
) -> Iterator[Pace]:
    """Take the lines one after another whatever the author expected; a refused one leaves the case as it was.

    Raises: Refused ``no-such-step`` for a line whose step the procedure lacks.
    """
    runner = Runner(scenario, procedure, calendar, constants_on or _no_constants)
    for line in scenario.lines:
        yield runner.pace(line)


def exits_covered(procedure: Procedure, results: Iterable[Result]) -> tuple[frozenset[str], frozenset[str]]:
    """The outcomes that scenarios reached as written, and those that none reached."""
    reached = frozenset(
        result.outcome
        for result in results
        if result.ok and result.outcome and result.scenario.procedure == procedure.id
    )
    return reached, frozenset(procedure.outcomes) - reached


# --- reading ---


def _facts(table: Table) -> dict[str, Any]:
    inner = table.table("facts")
    return {key: _plain(value) for key, value in inner.data.items()} if inner else {}


def _plain(value: Any) -> Any:
    """The value as facts are kept: dates as ISO text."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def _line(table: Table) -> Line:
    line = Line(
        at=_moment(table),
        step=table.optional_text("step"),
        facts=_facts(table),
        refused=table.optional_text("refused"),
        expect=_expectation(table),
    )
    if line.step is None and line.expect is None:
        table.wrong("step", "既没有步骤也没有期待", "请写 step 或者 expect")
    if line.step is None and line.refused:
        table.wrong("refused", "没有写明哪一步被拒绝", "请写 step")
    table.finish()
    return line


def _moment(table: Table) -> datetime:
    """``at`` as an aware moment; a bare day means nine in the morning."""
    table.asked.add("at")
    value = table.data.get("at")
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI) if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    if isinstance(value, date):
        return datetime.combine(value, OPENING, SHANGHAI)
    table.wrong("at", f"应当是不加引号的日期或时刻，现在是 {value!r}", "如 at = 2026-03-02T09:00:00")
    return datetime.combine(date.max, OPENING, SHANGHAI)


def _expectation(table: Table) -> Expectation | None:
    inner = table.table("expect")
    if inner is None:
        return None
    expectation = Expectation(
        owed=_owed(inner),
        not_owed=inner.texts("not_owed", single=True),
        lapsed=inner.texts("lapsed", single=True),
        possible=inner.texts("possible", single=True),
        not_possible=inner.texts("not_possible", single=True),
    )
    inner.finish()
    return expectation


def _owed(table: Table) -> dict[str, date | None]:
    inner = table.table("owed")
    if inner is None:
        return {}
    return {
        step: None if value is True else inner.day(step, required=True) for step, value in inner.data.items()
    }


# --- running ---


def _no_constants(_: date) -> Mapping[str, Any]:
    return {}


class Runner:
    """A case under way: its marking, what it has told so far, and the next line to try."""

    def __init__(
        self,
        scenario: Scenario,
        procedure: Procedure,
        calendar: Calendar,
        constants_on: Callable[[date], Mapping[str, Any]],
    ) -> None:
        self.scenario = scenario
        self.procedure = procedure
        self.calendar = calendar
        self.constants_on = constants_on
        self.marking = engine.begin(procedure)
        field = {"field": scenario.profile} if scenario.profile else {}
        self.told: dict[str, Any] = {**field, **scenario.facts}

    def facts_on(self, day: date) -> dict[str, Any]:
        """What conditions see that day: the profile's values beneath what the case has told so far."""
        return {**self.constants_on(day), **self.told}

    def deviation(self) -> str | None:
        """The first deviation in words, or None."""
        if self.scenario.procedure != self.procedure.id:
            return f"情景是为程序“{self.scenario.procedure}”写的，不能用“{self.procedure.id}”来走。"
        for number, line in enumerate(self.scenario.lines, 1):
            wrong = self._wrong_step(line) or self._wrong_expectation(line)
            if wrong:
                return f"第{number}项（{plain_date(line.at.date())}）：{wrong}"
        return self._wrong_end()

    def pace(self, line: Line) -> Pace:
        """Try one line and tell how the case stands after it."""
        refused = self._take(line)
        facts = self.facts_on(line.at.date())
        possible = engine.possible(self.procedure, self.marking, facts, line.at)
        windows = engine.windows(self.procedure, self.marking, facts, line.at)
        return Pace(
            at=line.at,
            step=line.step or "",
            title=self.procedure.steps[line.step].title if line.step else "（只看情况）",
            refused=refused,
            possible=tuple(self.procedure.steps[name].title for name, why in possible.items() if why is None),
            owed=tuple(engine.duties(self.marking)),
            lapsed=tuple(window.title for window in windows if window.state == "lapsed"),
        )

    def _take(self, line: Line) -> Refused | None:
        """Take the line's step, if it has one; the refusal if the rules say no."""
        if line.step is None:
            return None
        facts = {**self.facts_on(line.at.date()), **line.facts}
        misplaced = self._misplaced(line, facts)
        if misplaced is not None:
            return misplaced
        try:
            advance = engine.advance(self.procedure, self.marking, line.step, facts, line.at, self.calendar)
        except Refused as refused:
            if refused.code == "no-such-step":
                raise
            return refused
        self.marking = advance.marking
        self.told |= line.facts
        step = self.procedure.steps[line.step]
        self.told |= self.procedure.settled_by(step, self.procedure.derive(facts), line.at.date())
        return None

    def _misplaced(self, line: Line, facts: Mapping[str, Any]) -> Refused | None:
        """A date of the line's form out of order, told only where the step itself may be taken."""
        step = self.procedure.steps.get(line.step or "")
        if step is None or engine.why_not(self.procedure, self.marking, step.id, facts, line.at) is not None:
            return None
        found = date_order.misplaced(self.procedure, self.marking, step, line.facts, facts, line.at)
        return next(iter(found.values()), None)

    def _wrong_step(self, line: Line) -> str | None:
        if line.step is None:
            return None
        step = self.procedure.steps.get(line.step)
        if step is None:
            return f"没有“{line.step}”这个步骤。{nearest(line.step, self.procedure.steps)}。"
        for name in line.facts:
            if name not in step.sets:
                return f"“{step.title}”的表单没有“{name}”这一项。{nearest(name, step.sets)}。"
        refused = self._take(line)
        if refused is not None:
            return self._wrong_refusal(line, step.title, refused)
        return f"应当拒绝“{step.title}”（{line.refused}），却准许了。" if line.refused else None

    def _wrong_refusal(self, line: Line, title: str, refused: Refused) -> str | None:
        if refused.code == line.refused:
            return None
        if line.refused:
            return f"拒绝“{title}”的理由应当是 {line.refused}，实际是 {refused.code}：{refused.reason}"
        return f"应当准许“{title}”，却被拒绝（{refused.code}）：{refused.reason}"

    def _wrong_expectation(self, line: Line) -> str | None:
        expect = line.expect
        if expect is None:
            return None
        named = (*expect.owed, *expect.not_owed, *expect.lapsed, *expect.possible, *expect.not_possible)
        for step in named:
            if step not in self.procedure.steps:
                return f"没有“{step}”这个步骤。{nearest(step, self.procedure.steps)}。"
        return (
            self._wrong_duties(expect) or self._wrong_rights(expect, line) or self._wrong_choice(expect, line)
        )

    def _wrong_duties(self, expect: Expectation) -> str | None:
        for step, day in expect.owed.items():
            title = self.procedure.title_of(step)
            if not self.marking.owes(step):
                return f"此时应当负有{title}的义务，实际没有。"
            dates = [duty.due_on for duty in self.marking.pending[step] if duty.due_on]
            if day is not None and day not in dates:
                found = "、".join(plain_date(due) for due in dates) or "没有期限"
                return f"{title}应当在{plain_date(day)}前完成，实际推算为{found}。"
        for step in expect.not_owed:
            if self.marking.owes(step):
                return f"此时不应当负有{self.procedure.title_of(step)}的义务，实际负有。"
        return None

    def _wrong_rights(self, expect: Expectation, line: Line) -> str | None:
        windows = engine.windows(self.procedure, self.marking, self.facts_on(line.at.date()), line.at)
        states = {window.step: window.state for window in windows}
        for step in expect.lapsed:
            if states.get(step) != "lapsed":
                state = states.get(step, "没有期限窗口")
                return f"{self.procedure.title_of(step)}的期限此时应当已经届满，实际状态为 {state}。"
        return None

    def _wrong_choice(self, expect: Expectation, line: Line) -> str | None:
        facts, at = self.facts_on(line.at.date()), line.at
        possible = engine.possible(self.procedure, self.marking, facts, at)
        for step in expect.possible:
            refused = engine.why_not(self.procedure, self.marking, step, facts, at)
            if refused is not None:
                return f"此时应当可以办理{self.procedure.title_of(step)}，实际不能：{refused.reason}"
        for step in expect.not_possible:
            if step in possible and possible[step] is None:
                return f"此时不应当可以办理{self.procedure.title_of(step)}，实际可以。"
        return None

    def _wrong_end(self) -> str | None:
        reached, wanted = self.marking.outcome, self.scenario.exit
        if reached == wanted:
            return None
        titles = self.procedure.outcomes
        if wanted is not None and wanted not in titles:
            return f"程序没有“{wanted}”这个结果。{nearest(wanted, titles)}。"
        if reached is None:
            return f"走完全部步骤后应当以“{titles[wanted or '']}”结束，实际尚未结束。"
        if wanted is None:
            return f"案件已以“{titles[reached]}”结束，情景却没有写 exit。"
        return f"应当以“{titles[wanted]}”结束，实际以“{titles[reached]}”结束。"
