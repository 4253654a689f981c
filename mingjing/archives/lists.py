"""归档管理的列表: what is to be archived, what is kept, what came late, what is due. Values out, paged by key."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjing.cases.models import Case, Evidence, Obligation, Paper
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .models import Appraisal, Transfer, Volume
from .retention import WORDS, classes

PAGE = 50
AHEAD = timedelta(days=365)
LISTS = {
    "to_seal": "待归档",
    "kept": "已归档",
    "late": "补充归档",
    "to_transfer": "应移交",
    "to_appraise": "应鉴定",
}
STATES = {"kept": "在库", "transferred": "已移交", "destroyed": "已销毁"}
_NOBODY = Q(pk__in=())


@dataclass(frozen=True)
class ArchiveFilters:
    """What a list is narrowed by; ``after`` is the key of the last row of the page before."""

    list: str = "to_seal"
    words: str = ""
    year: str = ""
    retention: str = ""
    act: str = ""
    state: str = ""
    organ: str = ""
    after: str = ""


@dataclass(frozen=True)
class ToSealRow:
    """A case whose file is to be archived: its archiving step is owed, or it has ended unsealed."""

    no: str
    label: str
    title: str
    organ: str
    act: str
    ended_at: datetime | None
    moved_at: datetime


@dataclass(frozen=True)
class VolumeRow:
    """A sealed volume in a list."""

    id: int
    no: str
    archive_no: str
    title: str
    organ: str
    act: str
    year: int
    retention: str
    class_title: str
    closed_on: date
    copies: int
    pages: int
    late: int
    passed: bool
    checked_at: datetime | None
    state: str
    transfer_on: date | None
    due_on: date | None


def to_seal(actor: Actor, filters: ArchiveFilters, *, limit: int = PAGE) -> tuple[list[ToSealRow], str]:
    """Cases to be archived, the latest first, and the key of the next page. Cost: 1 query."""
    owed = Obligation.objects.filter(case=OuterRef("pk"), role="archivist", state="open", kind="duty")
    rows = Case.objects.filter(_of(actor, "organ"), volume__isnull=True)
    # What ended without any paper or file (merged at once, opened by mistake) has no file to bind.
    held = Exists(Paper.objects.filter(case=OuterRef("pk"))) | Exists(
        Evidence.objects.filter(case=OuterRef("pk"))
    )
    rows = rows.filter((Q(ended_at__isnull=False) & held) | Exists(owed))
    rows = _narrowed(rows, filters, ("no", "label", "title"))
    after = _key(filters.after)
    if after is not None and not after[1].isdecimal():
        moment, key = _moment(after[0]), after[1]
        rows = rows.filter(Q(moved_at__lt=moment) | Q(moved_at=moment, pk__lt=key))
    found = list(rows.select_related("organ").order_by("-moved_at", "-pk")[: limit + 1])
    shown = [
        ToSealRow(one.no, one.label, one.title, one.organ.short_name, one.act, one.ended_at, one.moved_at)
        for one in found[:limit]
    ]
    last = found[limit - 1] if len(found) > limit else None
    return shown, f"{last.moved_at.isoformat()}~{last.pk}" if last else ""


def volumes(
    actor: Actor, filters: ArchiveFilters, at: datetime, *, limit: int = PAGE
) -> tuple[list[VolumeRow], str]:
    """Sealed volumes of one of ``LISTS``, and the key of the next page. Cost: 1 query."""
    column, rising, narrow = _ORDER.get(filters.list, _ORDER["kept"])
    rows = narrow(Volume.objects.filter(_of(actor, "organ")), at.astimezone(SHANGHAI).date())
    rows = _narrowed(rows, filters, ("archive_no", "title", "case__no"))
    if filters.year.isdecimal():
        rows = rows.filter(year=int(filters.year[:4]))
    if filters.retention in WORDS:
        rows = rows.filter(retention=filters.retention)
    if filters.state in STATES:
        rows = rows.filter(state=filters.state)
    rows = _behind(rows, column, rising, filters.after)
    order = (column, "pk") if rising else (f"-{column}", "-pk")
    found = list(rows.select_related("organ", "case").order_by(*order)[: limit + 1])
    titles = {one.code: one.title for one in classes()}
    last = found[limit - 1] if len(found) > limit else None
    cursor = f"{getattr(last, column).isoformat()}~{last.pk}" if last else ""
    return [_row(one, titles) for one in found[:limit]], cursor


def _behind(rows: QuerySet[Volume], column: str, rising: bool, after: str) -> QuerySet[Volume]:
    key = _key(after)
    if key is None or not key[1].isdecimal():
        return rows
    value: Any = _moment(key[0]) if column == "sealed_at" else date.fromisoformat(key[0][:10])
    compare = "gt" if rising else "lt"
    return rows.filter(
        Q(**{f"{column}__{compare}": value}) | Q(**{column: value, f"pk__{compare}": int(key[1])})
    )


def _moment(text: str) -> datetime:
    """A moment of a page's key; without an offset it is one here."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _key(after: str) -> tuple[str, str] | None:
    """The two parts of a page's key; None for what nobody was given."""
    value, _, key = after.partition("~")
    try:
        datetime.fromisoformat(value)
        if not (key.isdecimal() and len(key) < 19):
            uuid.UUID(key)
    except ValueError:
        return None
    return value, key


def _kept(rows: QuerySet[Volume], today: date) -> QuerySet[Volume]:
    return rows


def _late(rows: QuerySet[Volume], today: date) -> QuerySet[Volume]:
    return rows.filter(late__gt=0)


def _to_transfer(rows: QuerySet[Volume], today: date) -> QuerySet[Volume]:
    return rows.filter(state="kept", transfer__isnull=True, transfer_on__lte=today + AHEAD)


def _to_appraise(rows: QuerySet[Volume], today: date) -> QuerySet[Volume]:
    listed = Q(appraisal__isnull=False, appraisal__state__in=("listed", "approved"))
    return rows.filter(state="kept", due_on__lt=today, transfer__isnull=True).exclude(listed)


_ORDER: dict[str, tuple[str, bool, Callable[[QuerySet[Volume], date], QuerySet[Volume]]]] = {
    "kept": ("sealed_at", False, _kept),
    "late": ("sealed_at", False, _late),
    "to_transfer": ("transfer_on", True, _to_transfer),
    "to_appraise": ("due_on", True, _to_appraise),
}


def _narrowed(rows: QuerySet[Any], filters: ArchiveFilters, columns: tuple[str, ...]) -> QuerySet[Any]:
    for word in filters.words.split()[:5]:
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(found)
    if filters.act:
        rows = rows.filter(act=filters.act)
    return rows.filter(organ__code=filters.organ) if filters.organ else rows


def _of(actor: Actor, organ: str) -> Q:
    """What the archivist's organ keeps; a supervisor sees every organ below."""
    if actor.supervises:
        return Q(**{f"{organ}__path__startswith": actor.supervises})
    return Q(**{f"{organ}_id": actor.organ_id}) if actor.organ_id else _NOBODY


def _row(one: Volume, titles: dict[str, str]) -> VolumeRow:
    return VolumeRow(
        id=one.pk,
        no=one.case.no,
        archive_no=one.archive_no,
        title=one.title,
        organ=one.organ.short_name,
        act=one.act,
        year=one.year,
        retention=WORDS[one.retention],
        class_title=titles.get(one.retention_class, one.retention_class),
        closed_on=one.closed_on,
        copies=one.copies,
        pages=one.pages,
        late=one.late,
        passed=one.passed,
        checked_at=one.checked_at,
        state=STATES[one.state],
        transfer_on=one.transfer_on,
        due_on=one.due_on,
    )


def transfers(actor: Actor) -> list[Transfer]:
    """The latest lists for the state archives. Cost: 1 query."""
    rows = Transfer.objects.filter(_of(actor, "organ")).select_related("organ", "listed_by")
    return list(rows.order_by("-pk")[:PAGE])


def appraisals(actor: Actor) -> list[Appraisal]:
    """The latest appraisals. Cost: 1 query."""
    rows = Appraisal.objects.filter(_of(actor, "organ")).select_related("organ", "listed_by", "settled_by")
    return list(rows.order_by("-pk")[:PAGE])


def transfer_for(actor: Actor, transfer_id: int) -> Transfer:
    """One list with its volumes. Raises: Refused ``not-found``."""
    rows = Transfer.objects.select_related("organ", "listed_by", "handed_by")
    found: Transfer = _one(rows, actor, transfer_id)
    return found


def appraisal_for(actor: Actor, appraisal_id: int) -> Appraisal:
    """One appraisal with its volumes. Raises: Refused ``not-found``."""
    rows = Appraisal.objects.select_related("organ", "listed_by", "settled_by", "done_by")
    found: Appraisal = _one(rows, actor, appraisal_id)
    return found


def _one(rows: QuerySet[Any], actor: Actor, key: int) -> Any:
    found = rows.filter(_of(actor, "organ"), pk=key).first()
    if found is None:
        raise Refused("not-found", "没有这份清单，或者您无权查看。", remedy="请从归档管理进入。")
    return found


def may_seal(actor: Actor, case_id: uuid.UUID) -> bool:
    """Whether this person may seal the case's file now. Cost: 1 query for an archivist, else none."""
    if "dossier.archive" not in actor.permissions:
        return False
    mine = Case.objects.filter(pk=case_id, organ_id=actor.organ_id or 0, ended_at__isnull=False)
    return mine.filter(volume__isnull=True).exists()
