"""``replay FILE``: run real penalty summaries through the procedures, to a decision paper or a stated refusal.

Each line, item or row of the file is one summary. It is read, its citations are checked on the day of the act, and a case
is opened in the replay office and taken step by step through the one door, in one transaction: a refusal leaves
nothing behind but its reason. Every line ends in exactly one count. A second run replays nothing twice.

The calendar of a case is its own: it begins a week after the act, but not before the procedures came into force
(行政处罚法, 2021-07-15); a case without a date is placed in the weeks before the run.

Each case rests on the item of the foreign list that its summary tells of (``replay_list``): a fine outside the
range published there, or a provision that was not in force on the day, is refused with its article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from mingjing.cases import actions as cases
from mingjing.cases import queries as case_queries
from mingjing.insight.ranges import ranges_in
from mingjing.insight.summaries import Reading, read_summary
from mingjing.kernel import engine
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Step
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.review import actions as review

from .powers_file import CITED, field_of
from .queries import replayed
from .replay_list import list_item
from .replay_office import SINCE, Office, open_office
from .replay_script import ORDINARY_STEPS, SUMMARY_STEPS, Script
from .report import shown
from .summaries_file import Summary, summaries
from .turns import turn

ORDINARY, SUMMARY = "penalty-ordinary", "penalty-summary"
PROCEDURES_SINCE = date(2021, 7, 19)
_DECIDED = ("decide", "spot_decision")
_MOST_STEPS = 24
_AS_TOLD = "按公开的处罚摘要回放，摘要没有载明当时的录入和音像记录情况。"
_ON_THE_SPOT = frozenset(("警告", "罚款"))


@dataclass
class ReplayReport:
    """The account of a replay: ``lines_read`` is the sum of decided, refused, malformed and already replayed.

    ``citations`` counts by status, ``unknown`` the statutes that the law store lacks, and ``doubts`` lists
    citations that no wording of the day bears out; ``refusals`` lists every line that was not decided.
    """

    name: str
    lines_read: int = 0
    malformed: int = 0
    again: int = 0
    decided: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    citations: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    doubts: list[dict[str, Any]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    measures: Counter[str] = field(default_factory=Counter)
    ranges: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    fines: int = 0
    fines_fen: int = 0
    confiscated_fen: int = 0
    papers: int = 0

    @property
    def well(self) -> bool:
        """Whether every line is accounted for and some line was a summary; refusals are answers, not failures."""
        return self.lines_read == self.accounted and (not self.lines_read or self.malformed < self.lines_read)

    @property
    def accounted(self) -> int:
        """Lines that ended in one of the counts."""
        return self.malformed + self.again + sum(self.decided.values()) + sum(self.refused.values())

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        counters = ("decided", "refused", "citations", "unknown", "kinds", "measures", "ranges", "notes")
        told = {key: value for key, value in vars(self).items() if key not in counters}
        return told | {key: dict(getattr(self, key).most_common()) for key in counters}

    def lines(self) -> list[str]:
        """For the terminal, in Chinese."""
        decided = sum(self.decided.values())
        cited = sum(self.citations.values())
        lines = [
            f"{self.name}：共 {self.lines_read} 条；作出决定 {decided}（{_counts(self.decided)}），"
            f"未能作出决定 {sum(self.refused.values())}，格式错误 {self.malformed}，以前回放过 {self.again}。",
            f"制作文书 {self.papers} 份。",
            f"引用法条 {cited} 处，按行为发生之日核对：{_counts(self.citations, CITED)}。",
            f"依据库中没有的文件（前八）：{_counts(dict(self.unknown.most_common(8)))}。",
            f"当日文本不支持的引用 {len(self.doubts)} 处，逐处列在 --json 的 doubts 中。",
            f"读出罚款 {self.fines} 件，合计 {self.fines_fen / 100:,.2f} 元；没收违法所得合计 {self.confiscated_fen / 100:,.2f} 元。",
            f"处罚种类：{_counts(self.kinds)}。",
            f"其他措施：{_counts(self.measures)}。",
            f"罚款与清单所载幅度相比：{_counts(self.ranges)}。",
        ]
        lines += [f"  {count} 条：{note}" for note, count in self.notes.most_common()]
        lines += [f"未能作出决定 {count} 条：{reason}" for reason, count in self.refused.most_common()]
        return lines


def replay(
    path: str | Path,
    *,
    at: datetime,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> ReplayReport:
    """Replay the summaries of a file; ``limit`` stops after so many.

    Raises: Refused ``import-running``, and as ``summaries``. What a summary holds never raises.
    """
    source = Path(path)
    report = ReplayReport(shown(source))
    player: _Player | None = None
    with turn("replay"):
        for summary in summaries(source):
            if limit is not None and report.lines_read >= limit:
                break
            player = player or _Player(report, at)
            report.lines_read += 1
            player.play(summary)
            if progress is not None:
                progress(report.lines_read)
    return report


class _Player:
    """Plays the lines of one file in the replay office."""

    def __init__(self, report: ReplayReport, at: datetime) -> None:
        self.report = report
        self.at = at
        self.office: Office = open_office(at)
        self.done = replayed(self.office.organ_id)
        self.source = f"回放：{report.name}"[:80]

    def play(self, summary: Summary) -> None:
        number, mark, record = summary.number, summary.mark, summary.record
        if record is None:
            self.report.malformed += 1
            reason = "不是一个 JSON 对象，或者这一行不能分列。"
            self.report.refusals.append({"line": number, "code": "malformed", "reason": reason})
            return
        reading = read_summary(record)
        self._note(number, reading)
        if mark in self.done:
            self.report.again += 1
            return
        self.done.add(mark)
        try:
            with transaction.atomic():
                procedure, papers = self._decide(reading, mark)
        except Refused as refused:
            self.report.refused[_shelf(refused)] += 1
            told = {"line": number, **refused.as_dict()}
            if reading.act_on is None:
                told["note"] = "摘要没有违法行为的日期，按回放日之前推定。"
            self.report.refusals.append(told)
        else:
            self.report.decided["简易程序" if procedure == SUMMARY else "普通程序"] += 1
            self.report.papers += papers

    # --- reading ---

    def _note(self, number: int, reading: Reading) -> None:
        report, done = self.report, reading.ordered
        report.notes.update(reading.notes)
        report.kinds.update(done.penalties)
        report.measures.update(done.measures)
        report.confiscated_fen += done.confiscated_fen
        if done.fine_fen:
            report.fines += 1
            report.fines_fen += done.fine_fen
            report.ranges[_beside_range(reading.range_text, done.fine_fen)] += 1
        on = reading.act_on or self.at.date()
        for citation in reading.citations:
            self._cite(number, law.resolve(citation, on))

    def _cite(self, number: int, found: law.Resolution) -> None:
        self.report.citations[found.status] += 1
        if found.status == "unknown-statute":
            self.report.unknown[found.citation.statute] += 1
        elif found.status not in ("found", "text-missing"):
            doubt = {"line": number, "citation": found.citation.text, "on": found.on.isoformat()}
            self.report.doubts.append(doubt | {"status": found.status, "reason": found.reason})

    # --- acting ---

    def _decide(self, reading: Reading, mark: str) -> tuple[str, int]:
        """Open a case and take it to its decision; returns the procedure and the number of papers."""
        _require_decidable(reading)
        field_code = _field(reading)
        procedure = self._procedure(reading, field_code)
        clock = _Clock(_begin(reading.act_on, self.at.date(), on_the_spot=procedure == SUMMARY))
        head = self.office.names[self.office.by_role["organ_head"]]
        listed = list_item(reading, source=self.source, field=field_code, since=SINCE, edition=self.at.date())
        script = Script(reading, listed, reading.act_on or clock.day, self.office.handlers, head)
        now = clock.next()
        start = "spot_check" if procedure == SUMMARY else "register"
        taken = cases.open_case(
            organ_id=self.office.organ_id,
            procedure=procedure,
            title=f"{reading.party_name}{script.cause}案（回放{mark}）"[:300],
            facts=script.facts(start, now),
            actor=self.office.actor("handler", now.date()),
            at=now,
            party=_party(reading),
            power_item_id=listed.row,
            handlers=self.office.handlers,
            field=field_code,
            late_reason=_AS_TOLD,
        )
        self._excuse(taken, law.procedure(procedure, now.date()).steps[start], now)
        return procedure, len(taken.papers) + self._walk(taken.case_id, script, procedure, clock)

    def _walk(self, case_id: Any, script: Script, procedure: str, clock: _Clock) -> int:
        papers = 0
        order = SUMMARY_STEPS if procedure == SUMMARY else ORDINARY_STEPS
        done: set[str] = set()
        for _ in range(_MOST_STEPS):
            now = clock.next()
            work = case_queries.work_of(case_id, now)
            step = _next(work, order, done)
            done.add(step)
            papers += self._take(case_id, work.procedure.steps[step], script, now, clock)
            if step in _DECIDED:
                return papers
        raise RuntimeError(f"no decision after {_MOST_STEPS} steps")

    def _take(self, case_id: Any, rule: Step, script: Script, now: datetime, clock: _Clock) -> int:
        role = next((one for one in rule.by if one in self.office.by_role), "handler")
        actor = self.office.actor(role, now.date())
        facts = script.facts(rule.id, now)
        if rule.through == "review":
            return len(review.give_opinion(case_id=case_id, facts=facts, actor=actor, at=now).papers)
        taken = cases.take(
            case_id=case_id, step=rule.id, facts=facts, actor=actor, at=now, late_reason=_AS_TOLD
        )
        self._excuse(taken, rule, now)
        if taken.submission_id is not None:
            later = clock.next()
            approver = self.office.actor(rule.approve or "organ_head", later.date())
            taken = cases.approve(
                submission_id=taken.submission_id, actor=approver, at=later, opinion="同意。"
            )
        return len(taken.papers)

    def _excuse(self, taken: cases.Taken, rule: Step, at: datetime) -> None:
        """A summary tells nothing of recordings: the reason is signed, and confirmed where it has to be."""
        if taken.seq is None or rule.recording not in ("key", "full"):
            return
        role = next((one for one in rule.by if one in self.office.by_role), "handler")
        actor = self.office.actor(role, at.date())
        code = "written_suffices" if rule.recording == "key" else "conditions"
        excuse = cases.excuse_recording(
            case_id=taken.case_id, seq=taken.seq or 0, code=code, text=_AS_TOLD, actor=actor, at=at
        )
        if rule.recording == "full":
            head = self.office.actor("organ_head", at.date())
            cases.confirm_excuse(excuse_id=excuse, actor=head, at=at)

    def _procedure(self, reading: Reading, field_code: str) -> str:
        """On the spot where kinds and amount allow it, else ordinary. Source: 行政处罚法 art. 51.

        Whoever decides on the spot decides on the day of the act; an act older than the procedures cannot be
        met that way any more and is handled in the ordinary procedure, which knows when the act was found.
        """
        done, on = reading.ordered, reading.act_on or self.at.date()
        if done.spared or not set(done.penalties) <= _ON_THE_SPOT:
            return ORDINARY
        rules = law.constants(field_code, max(on, PROCEDURES_SINCE), person=reading.party_kind == "person")
        cap = rules.get("spot_cap_fen")
        if not isinstance(cap, int) or done.fine_fen is None or done.fine_fen > cap:
            return ORDINARY
        if on < PROCEDURES_SINCE:
            self.report.notes["可以当场处罚，但行为早于现行程序施行，改按普通程序回放"] += 1
            return ORDINARY
        return SUMMARY


class _Clock:
    """A calendar of its own for each case: every act on the next day at ten."""

    def __init__(self, day: date) -> None:
        self.day = day

    def next(self) -> datetime:
        """Ten o'clock of the day, and the clock moves on."""
        now = datetime.combine(self.day, time(10), SHANGHAI)
        self.day += timedelta(days=1)
        return now


def _next(work: Any, order: tuple[str, ...], done: set[str]) -> str:
    """The first step in order that is possible now.

    Raises: Refused with the reason why the next one is not.
    """
    possible = engine.possible(work.procedure, work.marking, work.facts(), work.at)
    blocked: Refused | None = None
    for step in order:
        if step in done or step not in possible:
            continue
        refused = possible[step]
        if refused is None:
            return step
        blocked = blocked or refused
    raise blocked or Refused("stuck", "程序中没有下一步可以办理。")


def _begin(act_on: date | None, today: date, *, on_the_spot: bool) -> date:
    """The first day of the case: the day of the act itself for a penalty on the spot."""
    if act_on is None:
        return today - timedelta(days=45)
    return act_on if on_the_spot else max(act_on + timedelta(days=7), PROCEDURES_SINCE)


def _require_decidable(reading: Reading) -> None:
    """A summary without fact, basis or order cannot become a decision. Source: 行政处罚法 art. 59(1)."""
    done = reading.ordered
    if not reading.decision:
        raise Refused("no-decision", "摘要没有处罚决定的内容。", basis="行政处罚法/59(1)")
    if not reading.fact:
        raise Refused("no-fact", "摘要没有违法事实。", basis="行政处罚法/59(1)")
    if not reading.citations:
        raise Refused("no-basis", "摘要没有可以识别的法律条文。", basis="行政处罚法/38(1)")
    if done.fine_fen is None:
        raise Refused("no-amount", "决定写有罚款而没有数额，处罚内容不明确。", basis="行政处罚法/59(1)")
    if not done.penalties and not done.spared:
        told = "、".join(done.measures) or "没有识别出处罚种类"
        raise Refused(
            "no-penalty-kind",
            f"决定内容不是行政处罚（{told}），不作处罚决定。",
            basis="行政处罚法/9; 行政处罚法/28",
        )
    _require_one_case(reading)


def _require_one_case(reading: Reading) -> None:
    """Fines that each keep to the range, but together do not, are several decisions in one summary."""
    fines = reading.ordered.fines
    whole = _beside_range(reading.range_text, reading.ordered.fine_fen or 0)
    if len(fines) < 2 or whole != "高于最高额":
        return
    if all(_beside_range(reading.range_text, fine.fen) == "在幅度内" for fine in fines):
        told = "、".join(fine.text.strip() for fine in fines)
        raise Refused(
            "several-cases",
            f"摘要对数个当事人或者数个违法行为分别罚款（{told}），各在幅度之内，不能合为一案。",
            basis="行政处罚法/5(2)",
            remedy="请按当事人、违法行为拆成几条。",
        )


def _field(reading: Reading) -> str:
    """The profile of special rules for the summary's field; fields without one follow the general rules."""
    found = field_of(reading.domain)
    return found if found.isascii() else "general"


def _party(reading: Reading) -> Mapping[str, str]:
    """The party as far as the summary names it; an address stands on every decision (行政处罚法 art. 59)."""
    return {"name": reading.party_name, "kind": reading.party_kind, "address": "摘要未载明"}


def _beside_range(words: str, fine_fen: int) -> str:
    """Where the fine lies beside the sums that the list of powers allows; multiples need facts nobody gave."""
    ranges = ranges_in(words)
    sums = [one for one in ranges if one.base == "amount" and not one.per]
    if any(one.least <= fine_fen <= one.most for one in sums):
        return "在幅度内"
    if not sums or len(sums) < len(ranges):
        return "无法核算"
    return "低于最低额" if fine_fen < min(one.least for one in sums) else "高于最高额"


def _shelf(refused: Refused) -> str:
    """The reason under which refusals are counted: without the values that differ from case to case."""
    shelves = {
        "limitation-over": "超过追责时效",
        "several-cases": "一条摘要内有数个当事人或者数个违法行为的罚款",
        "no-penalty-kind": "决定内容不是行政处罚",
        "fine-above": "罚款高于清单所载幅度，没有依据",
        "fine-below": "罚款低于清单所载幅度，摘要没有减轻处罚的情形",
        "power-not-in-force": "所引依据在行为发生时没有施行",
        "provision-missing": "所引条文没有该条、款、项",
    }
    return shelves.get(refused.code, refused.reason)


def _counts(counter: Mapping[str, int], titles: Mapping[str, str] | None = None) -> str:
    ordered = sorted(counter.items(), key=lambda item: -item[1])
    return "，".join(f"{(titles or {}).get(key, key)} {count}" for key, count in ordered) or "无"
