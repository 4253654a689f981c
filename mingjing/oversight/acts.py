"""What counts in a statistical report, taken from the cases one by one: memory does not grow with their number.

Six streams: the decisions of cases; steps that count by themselves (applications, reviews, hearings, execution
ended, transfers, remedies); publishing duties; exemptions from publishing; recordings; officers. Each comes in the
order of its keys, so that the same cases always give the same digest. Cost: one query for each stream a scheme asks
for, at most eight in all.
Source: domain.md 7.5 for which day counts: measures at decision, own execution when finished or terminated, court
execution when applied for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.cases import recordings
from mingjing.cases.models import Case, Obligation, Step
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.reporting import Act
from mingjing.law import queries as law
from mingjing.organs.models import Appointment, Certificate, Officer
from mingjing.publicity.models import Exemption
from mingjing.review.models import Review

CHUNK = 1000
# What undoes a decision lawfully. 行政复议法/64-67; 行政诉讼法/70, 75.
UNDONE = frozenset({"revoked", "invalid", "redo"})
OFFICERS = ("handler", "unit_head")
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """The days that are counted, whose cases, and the moment by which what is still open is judged."""

    first: date
    last: date
    organs: tuple[int, ...] | None
    at: datetime

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the first after the last."""
        start = datetime.combine(self.first, time(0), SHANGHAI)
        return start, datetime.combine(self.last + timedelta(days=1), time(0), SHANGHAI)

    def of(self, path: str = "") -> dict[str, Any]:
        """The lookup that narrows rows to these organs; ``path`` leads from the row to its organ."""
        return {} if self.organs is None else {f"{path}organ__in": self.organs}


class _Row(NamedTuple):
    """What is read of a case."""

    no: str
    organ: str
    procedure: str
    act: str
    decided_on: date | None
    opened_at: datetime
    facts: Facts


_COLUMNS = ("no", "organ__code", "procedure", "act", "decided_on", "opened_at", "facts")


def acts(span: Span, subjects: Collection[str]) -> Iterator[Act]:
    """Every act of these subjects within the days."""
    streams: list[Iterator[Act]] = []
    if set(subjects) & OF_CASES:
        streams.append(_of_cases(span, set(subjects)))
    if set(subjects) & OF_STEPS:
        streams.append(_of_steps(span, set(subjects)))
    if "publication" in subjects:
        streams.append(_publications(span))
    if "withheld" in subjects:
        streams.append(_withheld(span))
    if "recording" in subjects:
        streams.append(_recordings(span))
    if "staffing" in subjects:
        streams.append(_staff(span))
    return chain.from_iterable(streams)


# --- decisions of cases ---


def _of_cases(span: Span, subjects: set[str]) -> Iterator[Act]:
    """Acts told by what a case has become; cases that ended before the first day have none."""
    start, end = span.moments
    rows = Case.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=start), opened_at__lt=end)
    rows = rows.filter(**span.of()).filter(Q(act__in=_BY_ACT) | Q(procedure__in=_BY_PROCEDURE))
    corrected = _corrected(span) if {"penalty", "license"} & subjects else frozenset()
    for values in rows.order_by("pk").values_list(*_COLUMNS).iterator(chunk_size=CHUNK):
        row = _Row(*values)
        make = _BY_PROCEDURE.get(row.procedure) or _BY_ACT.get(row.act)
        if make is None:
            continue
        for act in make(row, corrected):
            if act.subject in subjects and span.first <= act.on <= span.last:
                yield act


def _corrected(span: Span) -> frozenset[str]:
    """The numbers of cases in which legal review found problems. Cost: 1 query."""
    rows = Review.objects.filter(opinion="problems", **span.of("case__"))
    return frozenset(rows.values_list("case__no", flat=True))


def _act(row: _Row, subject: str, kinds: Collection[str], on: date | None, **more: Any) -> Iterator[Act]:
    if on is not None:
        yield Act(row.no, subject, on, frozenset(kinds), row.organ, **more)


def _reviewed(row: _Row, corrected: Collection[str]) -> frozenset[str]:
    marks = {"reviewed"} if row.facts.get("review_opinion") else set()
    return frozenset(marks | ({"corrected"} if row.no in corrected else set()))


def _undone_on(facts: Facts) -> date | None:
    if facts.get("remedy_result") not in UNDONE:
        return None
    return day(facts.get("remedy_effective_on"))


def day(told: object) -> date | None:
    """A date as facts hold it, or None."""
    return date.fromisoformat(str(told)[:10]) if told else None


def _fen(facts: Facts, name: str) -> int:
    told = facts.get(name)
    return told if isinstance(told, int) else 0


def _penalty(row: _Row, corrected: Collection[str]) -> Iterator[Act]:
    """A penalty that was imposed: not the decision to impose none (行政处罚法/57(2)-(3))."""
    summary = row.procedure == "penalty-summary"
    if not summary and row.facts.get("outcome") != "penalize":
        return
    kinds = frozenset(row.facts.get("penalty_kinds") or ())
    fen = _fen(row.facts, "fine_fen") if "fine" in kinds else 0
    fen += _fen(row.facts, "confiscation_fen") if "confiscation" in kinds else 0
    marks = _reviewed(row, corrected) | {"summary" if summary else "ordinary"}
    yield from _act(
        row, "penalty", kinds, row.decided_on, fen=fen, marks=marks, revoked_on=_undone_on(row.facts)
    )


def _license(row: _Row, corrected: Collection[str]) -> Iterator[Act]:
    """Accepted and decided; the application is a step of its own."""
    yield from _act(row, "license", {"accepted"}, day(row.facts.get("accepted_on")))
    yield from _act(row, "license", {"deemed_granted"}, day(row.facts.get("renewed_on")))
    kind = {"grant": "granted", "refuse": "refused"}.get(str(row.facts.get("outcome")))
    if kind:
        marks, undone = _reviewed(row, corrected), _undone_on(row.facts)
        yield from _act(row, "license", {kind}, row.decided_on, marks=marks, revoked_on=undone)


_TAKEN_BACK = {
    "revoke_organ": "revoked",
    "revoke_holder": "revoked",
    "withdraw": "withdrawn",
    "alter": "altered",
}


def _license_taken_back(row: _Row, corrected: Collection[str]) -> Iterator[Act]:
    """撤销、撤回、依职权变更. Source: 行政许可法/8, 69."""
    kind = _TAKEN_BACK.get(str(row.facts.get("action_kind")))
    if row.facts.get("outcome") == "act":
        marks, undone = _reviewed(row, corrected), _undone_on(row.facts)
        kinds = {kind} if kind else set()
        yield from _act(row, "license", kinds, row.decided_on, marks=marks, revoked_on=undone)


def _license_cancelled(row: _Row, _: Collection[str]) -> Iterator[Act]:
    yield from _act(row, "license", {"cancelled"}, row.decided_on)


def _measure(row: _Row, _: Collection[str]) -> Iterator[Act]:
    """A coercive measure, by the day on which it was decided and taken. Source: 行政强制法/9."""
    kinds = row.facts.get("measure_kinds") or ()
    yield from _act(row, "measure", kinds, row.decided_on, revoked_on=_undone_on(row.facts))


def _court(row: _Row, _: Collection[str]) -> Iterator[Act]:
    yield from _act(row, "execution", {"court"}, day(row.facts.get("applied_on")))


def _decided(subject: str, kind: str, money: str = "", only: str = "") -> Callable[..., Iterator[Act]]:
    """Acts that count by their decision; ``only`` is the outcome that makes it one (``grant``)."""

    def make(row: _Row, _: Collection[str]) -> Iterator[Act]:
        if only and row.facts.get("outcome") != only:
            return
        fen, undone = _fen(row.facts, money) if money else 0, _undone_on(row.facts)
        yield from _act(row, subject, {kind}, row.decided_on, fen=fen, revoked_on=undone)

    return make


def _inspection(row: _Row, _: Collection[str]) -> Iterator[Act]:
    found = row.facts.get("inspection_result") in ("on_spot", "correct", "violation")
    marks = frozenset({"problem"} if found else ())
    yield from _act(row, "inspection", {"inspection"}, row.decided_on, marks=marks)


def _received(kind: str) -> Callable[..., Iterator[Act]]:
    def make(row: _Row, _: Collection[str]) -> Iterator[Act]:
        yield from _act(row, "complaint", {kind}, row.opened_at.astimezone(SHANGHAI).date())

    return make


def _compensation(row: _Row, _: Collection[str]) -> Iterator[Act]:
    kind = str(row.facts.get("compensation_outcome") or "")
    fen = _fen(row.facts, "awarded_fen") if kind == "award" else 0
    yield from _act(row, "compensation", {kind} if kind else set(), row.decided_on, fen=fen)


_Maker = Callable[[_Row, Collection[str]], Iterator[Act]]
_BY_PROCEDURE: dict[str, _Maker] = {
    "license-withdrawal": _license_taken_back,
    "license-cancellation": _license_cancelled,
    "measure-sealing": _measure,
    "measure-freezing": _measure,
    "measure-power": _measure,
    "measure-restraint": _measure,
    "execution-court": _court,
    "spot-measure": _decided("other_act", "spot_measure"),
    "complaint": _received("complaint"),
    "report": _received("tip_off"),
    "state-compensation": _compensation,
    "expropriation": _decided("levy", "expropriation"),
    # What is paid for expropriated houses is the execution of a decision already counted.
    "expropriation-compensation": lambda row, _: iter(()),
}
_BY_ACT: dict[str, _Maker] = {
    "penalty": _penalty,
    "license": _license,
    "inspection": _inspection,
    "levy": _decided("levy", "levy", "levy_fen"),
    "requisition": _decided("requisition", "requisition", "compensation_fen"),
    "adjudication": _decided("adjudication", "adjudication", "dispute_fen"),
    "benefit": _decided("benefit", "benefit", "benefit_fen", "grant"),
    "confirmation": _decided("confirmation", "confirmation", "", "grant"),
    "reward": _decided("reward", "reward", "award_fen", "grant"),
}
OF_CASES = frozenset(
    [
        "penalty",
        "license",
        "measure",
        "execution",
        "levy",
        "requisition",
        "inspection",
        "adjudication",
        "benefit",
        "confirmation",
        "reward",
        "other_act",
        "complaint",
        "compensation",
    ]
)

# --- steps that count by themselves ---


class _Done(NamedTuple):
    """What is read of a step."""

    no: str
    organ: str
    procedure: str
    seq: int
    step: str
    at: datetime
    facts: Facts
    parent: Any
    execution_kinds: Any

    def act(self, subject: str, kinds: Collection[str], **more: Any) -> Act:
        return Act(
            f"{self.no}#{self.seq}",
            subject,
            self.at.astimezone(SHANGHAI).date(),
            frozenset(kinds),
            self.organ,
            **more,
        )


_STEP_COLUMNS = (
    "case__no",
    "case__organ__code",
    "case__procedure",
    "seq",
    "step",
    "at",
    "facts",
    "case__parent",
    "case__facts__execution_kinds",
)


def _of_steps(span: Span, subjects: set[str]) -> Iterator[Act]:
    start, end = span.moments
    wanted = [step for step, (subject, _) in _BY_STEP.items() if subject in subjects]
    rows = Step.objects.filter(step__in=wanted, at__gte=start, at__lt=end, set_aside_at__isnull=True)
    rows = rows.filter(**span.of("case__")).order_by("pk")
    for values in rows.values_list(*_STEP_COLUMNS).iterator(chunk_size=CHUNK):
        done = _Done(*values)
        subject, make = _BY_STEP[done.step]
        yield from make(done, subject)


def _fact(name: str) -> Callable[[_Done, str], Iterator[Act]]:
    """The kind is what the step says under ``name``."""

    def make(done: _Done, subject: str) -> Iterator[Act]:
        told = done.facts.get(name)
        yield done.act(subject, {told} if told else set())

    return make


def _hearing(done: _Done, subject: str) -> Iterator[Act]:
    """A hearing that says nothing of having been given up (房屋征收的听证会) was held."""
    yield done.act(subject, {done.facts.get("hearing_result") or "held"})


def _applied(done: _Done, subject: str) -> Iterator[Act]:
    if done.procedure.startswith("license-"):
        yield done.act(subject, {"applied"})


def _executed(done: _Done, subject: str) -> Iterator[Act]:
    """Own execution, when it is finished or terminated. Source: 行政强制法/12, 40."""
    told = done.execution_kinds
    if done.procedure in ("execution-own", "execution-substitute"):
        yield done.act(subject, {told} if isinstance(told, str) else set(told or ()))


def _surcharge(done: _Done, subject: str) -> Iterator[Act]:
    yield done.act(subject, {"surcharge"}, fen=_fen(done.facts, "surcharge_fen"))


def _remedy(done: _Done, subject: str) -> Iterator[Act]:
    """The result as the challenged matter has it; a remedy that hangs on no matter tells it by itself."""
    if done.step != "remedy_outcome" and done.parent is not None:
        return
    told, way = done.facts.get("remedy_result"), done.facts.get("remedy_kind")
    if told:
        yield done.act(subject, {told}, marks=frozenset({way} if way else ()))


def _when(name: str, value: str, kind: str) -> Callable[[_Done, str], Iterator[Act]]:
    def make(done: _Done, subject: str) -> Iterator[Act]:
        if done.facts.get(name) == value:
            yield done.act(subject, {kind})

    return make


_BY_STEP: dict[str, tuple[str, Callable[[_Done, str], Iterator[Act]]]] = {
    "apply": ("license", _applied),
    "legal_review": ("review", _fact("review_opinion")),
    "hearing": ("hearing", _hearing),
    "finish": ("execution", _executed),
    "terminate": ("execution", _executed),
    "surcharge": ("execution", _surcharge),
    "remedy_outcome": ("remedy", _remedy),
    "decision": ("remedy", _remedy),
    "effective": ("remedy", _remedy),
    "transfer_decision": ("crime_transfer", _when("transfer_approved", "yes", "transferred")),
    "police_reply": ("crime_transfer", _when("police_opened", "yes", "police_opened")),
    "police_review_reply": ("crime_transfer", _when("review_opened", "yes", "police_opened")),
    "reception": ("organ_transfer", _when("reception", "accepted", "to_organ")),
}
OF_STEPS = frozenset(subject for subject, _ in _BY_STEP.values())


# --- publishing, recording, staff ---


def _publications(span: Span) -> Iterator[Act]:
    """The duty to publish: done in time, done late, or run out and not done, be it still owed, standing still by now or
    fallen away. A duty that was owed anew is told by its last state. Source: 达州三项制度方案/4(1)."""
    start, end = span.moments
    now = min(end, span.at)
    ran_out = Q(due_at__lt=now) & (Q(state="open", paused=False) | ~Q(state="discharged") & Q(late=True))
    duties = Obligation.objects.filter(kind="duty", step__in=law.showing_steps())
    anew = duties.filter(ran_out | Q(state="discharged"), late=True, pk__gt=OuterRef("pk"))
    done = Q(state="discharged", closed_at__gte=start, closed_at__lt=end)
    rows: QuerySet[Any] = duties.filter(done | ran_out & Q(due_at__gte=start), **span.of("case__")).exclude(
        Exists(anew.filter(case=OuterRef("case"), key=OuterRef("key"))), state="cancelled"
    )
    columns = ("case__no", "case__organ__code", "pk", "state", "late", "closed_at", "due_at")
    for no, organ, key, state, late, closed_at, due_at in (
        rows.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK)
    ):
        kind = "overdue" if state != "discharged" else "late" if late else "on_time"
        on = (closed_at if state == "discharged" else due_at).astimezone(SHANGHAI).date()
        yield Act(f"{no}#公示{key}", "publication", on, frozenset({kind}), organ)


def _withheld(span: Span) -> Iterator[Act]:
    """Decisions that a head approved not to show, in the case or on the desk, by the day of approval.

    Source: 政府信息公开条例/14-16; 达州三项制度方案/4(1).
    """
    start, end = span.moments
    rows: QuerySet[Any] = Exemption.objects.filter(
        kind="decision",
        state__in=("approved", "lifted"),
        closed_at__gte=start,
        closed_at__lt=end,
        **span.of(),
    )
    columns = ("case__no", "organ__code", "pk", "ground", "closed_at")
    for no, organ, key, ground, at in rows.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK):
        on = at.astimezone(SHANGHAI).date()
        yield Act(f"{no}#不公示{key}", "withheld", on, frozenset({ground}), organ)


def _recordings(span: Span) -> Iterator[Act]:
    """Steps that had to be filmed. Source: 达州三项制度方案/6."""
    start, end = span.moments
    rows: QuerySet[Any] = Step.objects.filter(
        recording__in=recordings.FILMED, set_aside_at__isnull=True, at__gte=start, at__lt=end
    )
    rows = rows.filter(**span.of("case__")).annotate(**recordings.marks()).order_by("pk")
    columns = ("case__no", "case__organ__code", "seq", "at", "filmed", "excused", "pending_until")
    for no, organ, seq, at, filmed, excused, pending in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        waiting = pending is not None and pending >= span.at
        kind = "filmed" if filmed else "excused" if excused else "waiting" if waiting else "missing"
        yield Act(f"{no}#{seq}", "recording", at.astimezone(SHANGHAI).date(), frozenset({kind}), organ)


def _staff(span: Span) -> Iterator[Act]:
    """Who holds an enforcement post on the last day (or today), and whether with a certificate that he may use.

    Whoever failed the latest examination may use none. Source: 行政处罚法/42.
    """
    on = min(span.last, span.at.astimezone(SHANGHAI).date())
    if on < span.first:
        return
    posts = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), since__lte=on, role__in=OFFICERS
    )
    valid = Certificate.objects.filter(
        kind="enforcement", state="in_force", valid_from__lte=on, valid_until__gte=on
    )
    held = set(valid.exclude(officer__failed_on__lte=on).values_list("officer_id", flat=True))
    rows = Officer.objects.filter(active=True, pk__in=posts.values("officer_id"), **span.of())
    for key, organ in rows.order_by("pk").values_list("pk", "organ__code"):
        kind = "certified" if key in held else "uncertified"
        yield Act(f"人员{key}", "staffing", on, frozenset({kind}), organ)
