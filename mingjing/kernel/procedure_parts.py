"""What a procedure consists of, once read: steps, relations, duties, windows, fields, stages, lanes.

All values are frozen; the attribute names are the keys of the procedure file, so that a jurist's file and
the code can be read side by side. ``procedure_reading`` makes them, ``engine`` and ``explore`` obey them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from mingjing.kernel.conditions import Condition
from mingjing.kernel.guarantees import Exemption, Guarantee
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem


class ProcedureErrors(Refused):
    """A procedure file that cannot be used; ``problems`` lists everything wrong with it at once."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        listing = "\n".join(f"  {problem}" for problem in problems)
        reason = f"程序文件 {source} 有{len(problems)}处错误：\n{listing}"
        super().__init__("bad-procedure", reason, remedy="请逐条改正后重新读取")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Link:
    """A reference from one step to another, in force only while ``when`` holds."""

    step: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class DutyRule:
    """Doing the step that declares this obliges ``step``, ``within`` a term if one is given.

    ``from_fact`` names the date fact the term starts from; without it the term starts with the step.
    ``due_fact`` names the date fact that is the due date itself; such a duty has no term. With
    ``term_only`` the rule obliges nobody anew: it gives a step that is owed already one more term, in place of
    an earlier one with the same clock.
    """

    step: str
    within: str | None
    clock: str
    basis: str
    title: str
    when: Condition | None
    from_fact: str | None
    due_fact: str | None
    term_only: bool = False


@dataclass(frozen=True, slots=True)
class WindowRule:
    """The right to take a step: it opens with ``after``, lapses ``within`` a term, and may be waived.

    The right exists only while ``when`` holds; a right that does not exist holds nobody up. ``from_fact``
    names the date fact the term starts from, ``until_fact`` the one that is its last day; without them the
    term starts with ``after``.
    """

    after: str
    within: str | None
    clock: str
    basis: str
    when: Condition | None
    waived_by: str | None
    from_fact: str | None = None
    until_fact: str | None = None


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The date in ``fact`` (or of the step itself) leaves the whole of ``wait`` free after ``after``.

    ``from_fact`` names the date fact the wait starts from instead of the day of ``after``; ``until_fact`` the
    one that is the last day to be left free, instead of a length.
    """

    after: str
    wait: str | None
    fact: str | None
    basis: str
    clock: str = ""
    from_fact: str | None = None
    until_fact: str | None = None


@dataclass(frozen=True, slots=True)
class Extends:
    """The step prolongs the term of the duty ``step`` ``by`` a length, ``at_most`` so many times."""

    step: str
    by: str
    at_most: int
    basis: str
    clock: str = ""


@dataclass(frozen=True, slots=True)
class ReckonedRule:
    """One way to find a date: ``within`` after the date in ``from_fact``, or that date itself."""

    from_fact: str
    within: str | None
    when: Condition | None
    basis: str
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """推算日: a date that follows from other dates of the case; the first rule that applies finds it."""

    name: str
    title: str
    rules: tuple[ReckonedRule, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """The step bars the party from applying again for the same thing, ``within`` a term from the day it is taken.

    ``only`` narrows it to one procedure (a broken promise bars the way of promises). Source: 行政许可法/78, 79.
    """

    within: str
    clock: str
    basis: str
    title: str
    when: Condition | None
    only: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a step's form; ``name`` is the name of the fact it sets.

    ``from_parent`` names the fact of the matter this one grew out of that the form starts with; where that
    one has none, the fact of the field's own name.
    ``not_before`` and ``not_after`` tell a date's place among others (``kernel.date_order``); ``happened``
    marks the date on which what the step records took place, which entry may lag behind; ``elsewhere`` says that
    it took place in other hands (a court's ruling, a party's suit), so that to enter it later is no late entry. A field of kind
    ``drawn`` is filled by the platform, which draws ``count`` lines of ``pool`` by ``seed`` (facts of the same
    step or earlier ones); the seed, too, is the platform's.
    """

    name: str
    label: str
    kind: str
    required: bool
    help: str
    max: int | None
    choices: tuple[tuple[str, str], ...]
    when: Condition | None
    personal: bool
    default_fact: str | None
    from_parent: str | None = None
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    happened: bool = False
    elsewhere: bool = False
    pool: str = ""
    count: str = ""
    seed: str = ""


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A form that the step issues, if ``when`` holds."""

    form: str
    when: Condition | None


@dataclass(frozen=True, slots=True)
class Stage:
    """阶段: one mark on the bar of the case page."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """泳道: one lane of the flowchart and the roles that act in it."""

    id: str
    title: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact computed from other facts."""

    name: str
    title: str
    when: Condition
    basis: str


@dataclass(frozen=True, slots=True)
class MatterRule:
    """事项: how a matter of this kind is registered, called and shown.

    ``label`` names it until it has a number; ``party`` is required, optional or none (a yearly report has
    nobody opposite). ``shows`` are the facts that its page tells first. ``apart`` says that a matter that grew
    out of another (a lawsuit about a penalty) does not keep that one from being closed. ``assigned`` says that who
    opens it does not handle it: the head of the unit names the handlers (受理与审查分离). ``since`` is the date
    fact the law counts the time of the decision from, and the word for that day.
    """

    label: str = "线索"
    party: str = "required"
    party_title: str = "当事人"
    place_title: str = "事项发生地"
    title_help: str = ""
    shows: tuple[str, ...] = ()
    apart: bool = False
    assigned: bool = False
    since: tuple[str, str] = ("filed_on", "立案")
    subject_title: str = "案由"


@dataclass(frozen=True, slots=True)
class Yearly:
    """年度事项: a matter that the platform opens for every organ on one day of each year, asked by nobody.

    ``month`` and ``day`` say when, ``title`` how it is called (``{organ}``, ``{year}``, ``{last_year}``),
    ``organs`` for which kinds of organ (of ``Organ.kind``, or ``justice_bureau``). ``fact`` is the date fact
    of the opening form that holds that day.
    """

    month: int
    day: int
    title: str
    organs: tuple[str, ...]
    fact: str


@dataclass(frozen=True, slots=True)
class Follows:
    """后续事项: a matter that the platform opens for every decided matter of ``procedures`` that kept these facts.

    ``kept`` are the facts that the decided matter must hold; ``title`` names the new one by its ``{label}``.
    Fields of the opening form are filled by their ``from_parent``.
    """

    procedures: tuple[str, ...]
    kept: tuple[tuple[str, Any], ...]
    title: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What a condition says when the step is taken, kept as a yes/no fact: whether review was due then."""

    fact: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Identity:
    """亮证: whether officers must show their certificates in a step, and ``when``; levels in ``conduct.LEVELS``."""

    level: str
    when: Condition | None = None


PUBLICITY, WITHDRAWAL_REASON = "publicity", "withdrawal_reason"
"""The room that shows decisions and takes them down, and the fact of the second that readers are told."""


@dataclass(frozen=True, slots=True)
class Step:
    """步骤: one thing that somebody may or must do in a case, with all its relations.

    ``stamps`` names the date fact that the day of this step becomes, ``fixes`` the facts that keep what a
    condition said at this step; ``after_end`` lets the step be taken
    when the case has already ended (a court ruling that comes after archiving). ``deemed_after`` names the
    step whose omission has this one as its legal effect (视为受理): the platform records it once that duty
    is overdue, and nobody else can; where several terms bind that step, ``deemed_clock`` says which one counts.
    ``payment`` names the money facts of which the step makes a payment slip,
    ``publishes`` the forms of which the latest paper is what the step publishes. ``tells_parent`` names the
    step of the matter this one grew out of that is taken along with it, with the facts both know.
    ``identity`` and ``tells`` say what the officers owe to those they meet (``kernel.conduct``): to show their
    certificates, to read out the notice of this name. ``through`` names the room whose action alone may take the
    step (review, publicity).
    """

    id: str
    title: str
    stage: str
    by: tuple[str, ...]
    approve: str | None
    through: str | None
    start: bool
    once: bool
    included: bool
    after: tuple[Link, ...]
    not_while: tuple[Link, ...]
    when: Condition | None
    when_reason: str
    opens: tuple[Link, ...]
    closes: tuple[Link, ...]
    duties: tuple[DutyRule, ...]
    window: WindowRule | None
    waits_for_windows: tuple[str, ...]
    at_least: AtLeast | None
    pauses: tuple[str, ...]
    resumes: tuple[str, ...]
    excludes: tuple[str, ...]
    includes_again: tuple[str, ...]
    extends: Extends | None
    ends: str | None
    after_end: bool
    deemed_after: str | None
    deemed_clock: str | None
    stamps: str | None
    fixes: tuple[Fix, ...]
    needs: tuple[str, ...]
    papers: tuple[PaperRule, ...]
    serves: tuple[str, ...]
    bars: tuple[Bar, ...]
    publishes: tuple[str, ...]
    tells_parent: str | None
    payment: tuple[str, ...]
    confirms_payment: bool
    recording: str
    recording_basis: str
    despite_recording: bool
    identity: Identity | None
    tells: str
    basis: str
    guide: str
    public_name: str
    flow: str
    facts: tuple[Field, ...]

    @property
    def sets(self) -> frozenset[str]:
        """The names of the facts this step may set: those of its form, the day it stamps, what it fixes."""
        stamped = (self.stamps,) if self.stamps else ()
        return frozenset((*(field.name for field in self.facts), *stamped, *(fix.fact for fix in self.fixes)))

    @property
    def withdraws(self) -> bool:
        """Whether it takes a decision down: of the steps of publicity, the one that asks for the public reason."""
        return self.through == PUBLICITY and any(field.name == WITHDRAWAL_REASON for field in self.facts)

    @property
    def shows(self) -> bool:
        """Whether it puts a decision before the public. Source: 达州三项制度方案/4(1)."""
        return self.through == PUBLICITY and not self.withdraws

    @property
    def clocks(self) -> frozenset[str]:
        """The numbers of all terms that the step's relations name.

        A right or a wait whose length differs by field names one number for each, parted by semicolons.
        """
        timed = (*self.duties, *self.bars, self.window, self.at_least, self.extends)
        named = ";".join(one.clock for one in timed if one is not None)
        return frozenset(part.strip() for part in named.split(";")) - {""}


@dataclass(frozen=True)
class Procedure:
    """程序: one edition of a procedure, read and checked. ``sha256`` names the edition by its content.

    ``parents`` are the acts out of whose matters one of this kind may grow (a seizure out of a penalty).
    """

    id: str
    title: str
    act: str
    in_force: date
    until: date | None
    basis: str
    summary: str
    constants: tuple[str, ...]
    matter: MatterRule
    yearly: Yearly | None
    follows: Follows | None
    parents: tuple[str, ...]
    stages: tuple[Stage, ...]
    lanes: tuple[Lane, ...]
    derived: tuple[Derived, ...]
    reckoned: tuple[Reckoned, ...]
    steps: Mapping[str, Step]
    outcomes: Mapping[str, str]
    guarantees: tuple[Guarantee, ...]
    exemptions: tuple[Exemption, ...]
    sha256: str
    source: str

    def __hash__(self) -> int:
        """Equal editions hash alike: the content names the edition."""
        return hash(self.sha256)

    def derive(self, facts: Mapping[str, Any], constants: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The facts, the constants of the field's profile beneath them, and the derived facts on top."""
        known = {**(constants or {}), **facts}
        for rule in self.derived:
            known[rule.name] = rule.when.holds(known)
        return known

    def settled_by(self, step: Step, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
        """The facts that the step itself sets beyond its form: the day it stamps, and what it fixes.

        ``facts`` are all that conditions see, the form and the derived facts included.
        """
        stamped: dict[str, Any] = {step.stamps: on.isoformat()} if step.stamps else {}
        return stamped | {fix.fact: fix.when.holds(facts) for fix in step.fixes}

    def title_of(self, step: str) -> str:
        """The step's title as people read it, in quotation marks."""
        return f"“{self.steps[step].title}”"

    def in_force_on(self, day: date) -> bool:
        """Whether this edition governs on that day."""
        return self.in_force <= day and (self.until is None or day < self.until)

    def lane_of(self, role: str) -> Lane | None:
        """The lane in which a role acts."""
        return next((lane for lane in self.lanes if role in lane.roles), None)

    def fields(self) -> Iterator[tuple[Step, Field]]:
        """Every field of every step, in file order."""
        for step in self.steps.values():
            for field in step.facts:
                yield step, field

    @cached_property
    def start_steps(self) -> frozenset[str]:
        """The opening steps; empty where anything may come first."""
        return frozenset(step.id for step in self.steps.values() if step.start)

    @cached_property
    def windows_after(self) -> dict[str, tuple[str, ...]]:
        """For each step that opens windows: the steps whose right it opens."""
        return self._followers(lambda step: step.window.after if step.window else None)

    @cached_property
    def waits_after(self) -> dict[str, tuple[str, ...]]:
        """For each step that starts a minimum wait: the steps that must wait."""
        return self._followers(lambda step: step.at_least.after if step.at_least else None)

    def _followers(self, leader: Callable[[Step], str | None]) -> dict[str, tuple[str, ...]]:
        followers: dict[str, list[str]] = {}
        for step in self.steps.values():
            led_by = leader(step)
            if led_by is not None:
                followers.setdefault(led_by, []).append(step.id)
        return {step: tuple(names) for step, names in followers.items()}
