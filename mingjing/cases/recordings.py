"""音像记录: which steps had to be filmed and are not, and what may not go on because of it.

A step that has to be filmed (``key``, ``full``) is in order when a recording of it lies in the store and was not
lost, or when a reason why there is none was signed and, where it has to be, confirmed. Until then no further
paper is issued in the case; steps that only relieve the party (``despite_recording``) go on.

Where the law lets one officer act alone because all of it is recorded, the recording is part of the evidence:
no reason replaces it, and what was said there carries no decision (治安管理处罚法/108(3)).
Source: 行政处罚法/47; 达州三项制度方案/7, 8.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.sql import Kept

from .models import Evidence, RecordingExcuse, Step

FILMED = ("key", "full")
LEVELS = {"key": "关键过程音像记录", "full": "全程音像记录"}
LAW = "行政处罚法/47"
# Steps in which one officer may act alone if everything is recorded.
ALONE = "two_officers_or_recorded_place"
ALONE_LAW = "治安管理处罚法/108(3)"
HAND_IN = "recording_hand_in"
# Who confirms a reason: the head of the unit, or the head of the organ.
CONFIRMERS = ("unit_head", "organ_head")


@dataclass(frozen=True)
class Reason:
    """A kind of reason why there is no recording, as ``codex/recording`` gives it."""

    id: str
    title: str
    help: str
    levels: tuple[str, ...]
    confirm: tuple[str, ...]
    basis: str
    until: str = ""


class Recorded(NamedTuple):
    """A step that had to be filmed and stands: whether it is, and whether a reason holds."""

    id: int
    seq: int
    step: str
    title: str
    at: datetime
    recording: str
    facts: dict[str, Any]
    filmed: bool
    excused: bool
    pending_until: datetime | None


@cache
def reasons() -> dict[str, Reason]:
    """The kinds of reasons, by id."""
    path = settings.MINGJING_CODEX / "recording" / "reasons.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["reason"]
    return {
        row["id"]: Reason(**{**row, "levels": tuple(row["levels"]), "confirm": tuple(row["confirm"])})
        for row in rows
    }


def films(step: Any) -> QuerySet[Evidence]:
    """The recordings of a step that are still there."""
    return Evidence.objects.filter(step=step, kind="audiovisual", lost_at__isnull=True)


def excused(step: Any) -> QuerySet[RecordingExcuse]:
    """The signed reasons that hold for a step without an end."""
    return RecordingExcuse.objects.filter(step=step, state="signed", until__isnull=True)


def marks() -> dict[str, Any]:
    """Annotations of steps: ``filmed``, ``excused`` and ``pending_until``."""
    pending = RecordingExcuse.objects.filter(step=OuterRef("pk"), state="signed", until__isnull=False)
    return {
        "filmed": Exists(films(OuterRef("pk"))),
        "excused": Exists(excused(OuterRef("pk"))),
        "pending_until": Subquery(pending.order_by("-until").values("until")[:1]),
    }


def _marked(case: Any) -> QuerySet[Step]:
    rows = Step.objects.filter(case=case, recording__in=FILMED, set_aside_at__isnull=True)
    return rows.annotate(**marks()).order_by("seq")


_ROWS = Kept(lambda case: _marked(case).values_list(*Recorded._fields))


def recorded(case_id: Any) -> list[Recorded]:
    """The steps of a case that had to be filmed. Cost: 1 query."""
    return [Recorded(*row) for row in _ROWS(case=case_id)]


def gaps(rows: Sequence[Recorded], at: datetime) -> list[Recorded]:
    """Those that have neither a recording nor a reason that holds at ``at``."""
    return [
        one
        for one in rows
        if not one.filmed and not one.excused and (one.pending_until is None or one.pending_until < at)
    ]


def gates(rule: Rule) -> bool:
    """Whether a step waits for recordings: it issues a paper or ends the case, and neither relieves the party nor
    is the party's own: nobody loses a right because an officer filmed nothing."""
    waits = bool(rule.papers) or rule.ends is not None
    return waits and not rule.despite_recording and not {"system", "party"} & set(rule.by)


def why_not(
    rule: Rule, rows: Sequence[Recorded], rules: Mapping[str, Rule], field: str, at: datetime
) -> Refused | None:
    """Why ``rule`` may not be taken: it issues a paper or ends the case, and an earlier step is not recorded.

    A step may always be taken over, this time with its recording.
    """
    if not gates(rule):
        return None
    missing = [one for one in gaps(rows, at) if one.step != rule.id]
    if rule.stamps == "decided_on":
        alone = [one for one in rows if carried_by_film(rules.get(one.step), one, field)]
        bad = next((one for one in alone if not one.filmed and not _done_again(one, alone)), None)
        if bad is not None:
            return no_evidence(bad)
    return _unrecorded(missing, rules) if missing else None


def carried_by_film(rule: Rule | None, row: Any, field: str) -> bool:
    """Whether one officer acted alone in the step, so that its evidence stands and falls with the recording."""
    if rule is None or ALONE not in rule.needs or field != "public_security":
        return False
    named = row.facts.get("officers_present")
    return bool(row.facts.get("handling_place")) and named is not None and len(named) < 2


def _done_again(row: Recorded, rows: Sequence[Recorded]) -> bool:
    return any(other.step == row.step and other.seq > row.seq and other.filmed for other in rows)


def no_evidence(row: Recorded) -> Refused:
    """The refusal of evidence that stood and fell with a recording that is not there."""
    return Refused(
        "evidence-unusable",
        f"“{row.title}”（{_day(row.at)}）由一名人民警察进行，没有全程录音录像或者录音录像已经灭失，"
        "该份证据不能作为处罚的根据。",
        basis=ALONE_LAW,
        remedy="请由两名以上人民警察重新进行这一环节，或者将它退回重办。",
    )


def _unrecorded(missing: Sequence[Recorded], rules: Mapping[str, Rule]) -> Refused:
    named = "、".join(f"“{one.title}”（{_day(one.at)}，{LEVELS[one.recording]}）" for one in missing[:3])
    more = f"等 {len(missing)} 个环节" if len(missing) > 3 else ""
    rule = rules.get(missing[0].step)
    return Refused(
        "recording-missing",
        f"{named}{more}没有存入音像记录，也没有签署理由，不能出具下一份文书。",
        basis=(rule.recording_basis if rule else "") or LAW,
        remedy="请在时间轴上补传音像记录；没有录制的，点“说明理由”签署（全程记录的须经负责人确认）。",
    )


def pending(step: Step, device: str, actor: Actor, constants: Mapping[str, Any]) -> RecordingExcuse:
    """待交存: the row that says the recording of ``step`` lies on ``device`` and comes within the term."""
    return RecordingExcuse(
        step=step,
        code="pending",
        text=f"已用{device}录制，待交存。"[:500],
        by_id=actor.officer_id,
        at=step.at,
        until=pending_until(step.at, constants),
        state="signed",
        closed_by_id=actor.officer_id,
        closed_at=step.at,
        entry_id=step.entry_id,
    )


def pending_until(at: datetime, constants: Mapping[str, Any]) -> datetime:
    """Until when a recording that is said to exist may be handed in."""
    return at + timedelta(hours=int(str(constants[HAND_IN]).removesuffix("h")))


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%m-%d")
