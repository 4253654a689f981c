"""公示矩阵: where a decision is to be shown, by when, for how long, and by which article.

Publication is a matrix of *decision × channel*: the organ's own site, the provincial platform, the credit portal
and the enterprise credit system each have a rule, a term, a start, an end and bans of their own. The rows are the
codex's (``codex/publicity/rules.toml``); this module only applies them, in three layers:

1. **bans** (never): every one that fits is told, and none can be overridden;
2. **exceptions**: the first that fits in the order of the file prevails over the rule;
3. **rules**: exactly one fits each publishable decision and channel, which ``gaps`` proves over a finite domain.

Everything is pure and total: a decision that no rule answers is *only by decision of a person*, never shown by
mistake. Source: 达州三项制度方案/4(1); domain.md 2.4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from datetime import date
from typing import Any, Literal

from mingjing.kernel.clocks import by_urgency, reckon
from mingjing.kernel.conditions import Condition
from mingjing.kernel.terms import Reckoning, parse_length
from mingjing.kernel.workdays import Calendar

Verdict = Literal["shown", "in_principle_not", "by_decision", "never", "not_covered"]
VERDICTS: dict[Verdict, str] = {
    "shown": "公示",
    "in_principle_not": "原则上不公示",
    "by_decision": "由机关决定",
    "never": "不得公示",
    "not_covered": "不属于本渠道",
}
Layer = Literal["bans", "exceptions", "rules"]
LAYERS: dict[Layer, str] = {"bans": "禁止", "exceptions": "例外", "rules": "一般"}
Masking = Literal["persons", "all"]
# persons: names of natural persons are masked; all: whoever it is about is not told.
MASKINGS: dict[Masking, str] = {"persons": "隐去自然人信息", "all": "隐去当事人身份"}
Content = Literal["full", "summary", "result"]
CONTENTS: dict[Content, str] = {
    "full": "决定内容",
    "summary": "机关、对象、类别、结论",
    "result": "只公开结果",
}
PARTIES = {"person": "自然人", "org": "法人或者其他组织", "none": "没有当事人"}
NO_RULE = "没有规则回答这份决定在这个渠道是否公示，由机关决定；请法制人员补写规则。"


@dataclass(frozen=True)
class Channel:
    """渠道: a place where decisions are shown; ``receives`` is ``own`` (this platform shows) or ``file``.

    ``ends`` says who stops the display when its term is over: the channel ``itself``, or it must be ``asked``.
    """

    id: str
    title: str
    short: str
    run_by: str
    receives: str
    ends: str
    basis: str
    sure: str
    about: str = ""
    note: str = ""

    @property
    def own(self) -> bool:
        """Whether the platform itself shows what is published there."""
        return self.receives == "own"


@dataclass(frozen=True)
class Rule:
    """One row of the matrix; every word that is given must fit. ``[valid_from, valid_until)`` are days of decision.

    ``term`` is by when it must be shown, counted from the decision; ``display`` how long, counted from
    ``display_from`` (``decision`` or ``showing``); both as codex lengths, empty: no term. A display written
    ``@name`` is a value of the field's profile. ``longer`` is the fact that holds the months of a ban and ``forever``
    the one that says it is for life: a ban that outlasts the display is shown until it ends, counted from the
    decision. ``ground`` is the coded reason for not showing.
    """

    id: str
    title: str
    layer: Layer
    verdict: Verdict
    channels: tuple[str, ...]
    basis: str
    sure: str
    valid_from: date
    valid_until: date | None = None
    acts: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    organs: tuple[str, ...] = ()
    not_organs: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    minor: bool | None = None
    when: Condition | None = None
    term: str = ""
    clock: str = ""
    display: str = ""
    display_from: str = "decision"
    longer: str = ""
    forever: str = ""
    masking: Masking = "persons"
    content: Content = "full"
    ground: str = ""
    note: str = ""

    def fits(self, decision: Decision, channel: str) -> bool:
        """Whether the row speaks of this decision on this channel."""
        return (
            channel in self.channels
            and self.valid_from <= decision.on
            and (self.valid_until is None or decision.on < self.valid_until)
            and self._fits_kind(decision)
            and (self.minor is None or self.minor == decision.minor)
            and (not self.grounds or bool(set(self.grounds) & decision.grounds))
            and (self.when is None or self.when.holds(decision.facts))
        )

    def _fits_kind(self, decision: Decision) -> bool:
        return (
            _among(decision.act, self.acts)
            and _among(decision.procedure, self.procedures)
            and _among(decision.form, self.forms)
            and _among(decision.field, self.fields)
            and (not self.organs or bool(decision.organs & set(self.organs)))
            and not decision.organs & set(self.not_organs)
            and _among(decision.party, self.parties)
        )


def _among(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


@dataclass(frozen=True)
class Withdrawing:
    """A term to take a publication down: after which results of a remedy, for which acts, on which channels."""

    clock: str
    title: str
    results: tuple[str, ...]
    term: str
    basis: str
    sure: str
    acts: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    note: str = ""

    def fits(self, act: str, channel: str, result: str) -> bool:
        """Whether this result of a remedy sets the term off."""
        return result in self.results and _among(act, self.acts) and _among(channel, self.channels)


@dataclass(frozen=True)
class Decision:
    """What of a decision the matrix looks at. ``facts`` are the case's, with the values of the field's profile.

    ``organs`` are the kinds of organ (``market``, ``health`` …) that the deciding organ is of;
    ``grounds`` are the coded reasons for not showing it that a head has approved and that still stand; ``free_on``
    is the day on which the last of them was lifted: the term to show it runs from there.
    """

    act: str
    procedure: str
    form: str
    field: str
    party: str
    on: date
    organs: frozenset[str] = frozenset()
    minor: bool = False
    grounds: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = made_by(default_factory=dict)
    free_on: date | None = None


@dataclass(frozen=True)
class Answer:
    """What the matrix says of one decision on one channel, and by which rows.

    ``rules`` are all rows that speak, the deciding one first. ``due`` is by when it must be shown, ``until`` the
    last day of display where it is known before it is shown (``display_from`` the decision).
    """

    channel: Channel
    verdict: Verdict
    rules: tuple[Rule, ...]
    due: Reckoning | None = None
    display: str = ""
    display_from: str = "decision"
    until: date | None = None

    @property
    def rule(self) -> Rule | None:
        """The row that decides; None where there is none."""
        return self.rules[0] if self.rules else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in Chinese: the titles of the rows, the deciding one first."""
        return tuple(rule.title for rule in self.rules) or (NO_RULE,)

    @property
    def articles(self) -> tuple[str, ...]:
        """The bases of the rows, the deciding one first, each once."""
        return tuple(dict.fromkeys(rule.basis for rule in self.rules))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is uncertain in it: the notes of rows whose text was not read."""
        return tuple(rule.note for rule in self.rules if rule.note)


def answers(
    decision: Decision,
    channels: Sequence[Channel],
    rules: Sequence[Rule],
    calendar: Calendar,
    values: Mapping[str, Any] | None = None,
) -> tuple[Answer, ...]:
    """What is to happen with a decision on each channel, in the order of the channels.

    ``values`` are those of the profile that ``@name`` terms point to.
    Raises: Refused ``date-out-of-range`` for a decision outside the calendar, ``bad-length`` for a wrong row.
    """
    return tuple(_answer(decision, channel, rules, calendar, values or {}) for channel in channels)


def _answer(
    decision: Decision,
    channel: Channel,
    rules: Sequence[Rule],
    calendar: Calendar,
    values: Mapping[str, Any],
) -> Answer:
    speaking = deciding(decision, channel.id, rules)
    if not speaking:
        return Answer(channel, "by_decision", ())
    rule = speaking[0]
    asked = rule.verdict in ("shown", "in_principle_not", "by_decision")
    display, start = displayed(rule, decision.facts, values) if asked else ("", rule.display_from)
    return Answer(
        channel,
        rule.verdict,
        tuple(speaking),
        due=_due(rule, decision, calendar),
        display=display,
        display_from=start,
        until=last_day(display, decision.on, calendar) if start == "decision" else None,
    )


def _due(rule: Rule, decision: Decision, calendar: Calendar) -> Reckoning | None:
    if not rule.term or rule.verdict != "shown":
        return None
    return reckon(rule.term, max(decision.on, decision.free_on or decision.on), calendar)


def deciding(decision: Decision, channel: str, rules: Sequence[Rule]) -> list[Rule]:
    """The rows that speak: all bans, else the first exception before the rule it overrides, else the rule."""
    fitting = [rule for rule in rules if rule.fits(decision, channel)]
    bans = [rule for rule in fitting if rule.layer == "bans"]
    exceptions = [rule for rule in fitting if rule.layer == "exceptions"]
    return bans or [*exceptions[:1], *(rule for rule in fitting if rule.layer == "rules")]


def displayed(rule: Rule, facts: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, str]:
    """How long and from when this decision shows: as the row says, or as long as the ban that outlasts it.

    Source: 市场监督管理行政处罚信息公示规定/13(3); a ban runs from the decision (食品安全法/135).
    """
    plain = display_of(rule, values)
    if rule.forever and facts.get(rule.forever):
        return "", "decision"
    months = facts.get(rule.longer) if rule.longer else None
    if plain and isinstance(months, int) and months > parse_length(plain).months:
        return f"{months}m", "decision"
    return plain, rule.display_from


def display_of(rule: Rule, values: Mapping[str, Any]) -> str:
    """How long the row shows, as a codex length; empty: without end."""
    if not rule.display.startswith("@"):
        return rule.display
    return str(values.get(rule.display[1:], ""))


def last_day(display: str, start: date, calendar: Calendar) -> date | None:
    """The last day of a display that runs from ``start``; None without end.

    A display that ends relieves the party, so it never rolls over to a working day: months and years end on the
    corresponding day (民法典/202), rest day or not.
    """
    return reckon(display, start, calendar, liberty=True).due_on if display else None


def over(until: date | None, today: date) -> bool:
    """Whether a display has ended: it still runs on its last day."""
    return until is not None and until < today


def withdrawal_terms(
    act: str,
    channel: str,
    result: str,
    effective_on: date,
    rows: Iterable[Withdrawing],
    calendar: Calendar,
) -> list[tuple[Withdrawing, Reckoning]]:
    """By when a publication must be down after a remedy: every term that runs, the earliest end first.

    The first is the working deadline; crossing a later one is a breach of its own. Empty where the result leaves
    the decision standing. Source: 达州三项制度方案/4(1) (one day); 行政处罚法/48(2) (three working days);
    市场监督管理行政处罚信息公示规定/11.
    """
    running = {f"{row.clock} {row.basis}": row for row in rows if row.fits(act, channel, result)}
    reckoned = {key: reckon(row.term, effective_on, calendar) for key, row in running.items()}
    return [(running[key], ends) for key, ends in by_urgency(reckoned)]


@dataclass(frozen=True)
class Gap:
    """A decision and channel that the rules (not bans or exceptions) answer not once: never, or several times."""

    decision: Decision
    channel: str
    rules: tuple[str, ...]


def gaps(decisions: Iterable[Decision], channels: Collection[str], rules: Sequence[Rule]) -> Iterator[Gap]:
    """Every decision × channel of the domain that is not answered by exactly one row of the layer ``rules``."""
    general = {
        one: [rule for rule in rules if rule.layer == "rules" and one in rule.channels] for one in channels
    }
    for decision in decisions:
        for channel in channels:
            found = tuple(rule.id for rule in general[channel] if rule.fits(decision, channel))
            if len(found) != 1:
                yield Gap(decision, channel, found)


def unused(decisions: Iterable[Decision], channels: Collection[str], rules: Sequence[Rule]) -> list[str]:
    """The rows that decide nothing in the whole domain: written in vain, or hidden by an earlier one."""
    left = {rule.id for rule in rules}
    for decision in decisions:
        for channel in channels:
            speaking = deciding(decision, channel, rules)
            bans = speaking and speaking[0].layer == "bans"
            left -= {rule.id for rule in (speaking if bans else speaking[:1])}
        if not left:
            break
    return sorted(left)
