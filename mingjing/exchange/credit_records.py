"""Reading 双公示 records that came from outside, and how they stand against our own decisions.

A record is matched by number and deciding organ. A justice bureau sees the records of the organs it supervises, others
those of their organ; what names no organ of this platform is shown to the bureau of the topmost government alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Subquery

from mingjing.kernel.codes import identify
from mingjing.law.codex.double_sets import KINDS, field_set
from mingjing.publicity.models import Placement
from mingjing.publicity.queries import Wanted

from .double.values import outside
from .models import CreditRecord

PAGE = 50
CHANNEL = "credit"
_TOLD = ("sent", "accepted", "shown")
_PERSONAL = "_ZJHM"


@dataclass(frozen=True)
class CreditFilters:
    """What to look for; empty means everything. ``match`` is ``found`` or ``none``, ``doubted`` only odd ones."""

    kind: str = ""
    words: str = ""
    match: str = ""
    doubted: bool = False


@dataclass(frozen=True)
class Listed:
    """One record in a list; ``case_no`` is our own case behind it, empty where there is none."""

    id: int
    kind_title: str
    number: str
    party: str
    organ: str
    decided_on: date
    doubts: tuple[str, ...]
    case_no: str


@dataclass(frozen=True)
class Shown:
    """One record with all its fields: code, title, value as it stands outside, and what is odd about it."""

    listed: Listed
    fields: tuple[tuple[str, str, str, str], ...]
    sheet: str
    row: int
    sha256: str


def credit_records(
    scope: Wanted, filters: CreditFilters, *, after: int = 0, limit: int = PAGE
) -> list[Listed]:
    """The records, latest taken in first, behind the key ``after``. Cost: 1 query."""
    rows = _filtered(scope, filters)
    if after:
        rows = rows.filter(pk__lt=after)
    return [_listed(row) for row in rows.order_by("-pk")[:limit]]


def credit_record(scope: Wanted, key: int) -> Shown | None:
    """One record, if it is in the scope. Cost: 1 query."""
    row = _with_match(_in_scope(scope)).filter(pk=key).first()
    if row is None:
        return None
    odd: dict[str, list[str]] = {}
    for _, field, reason in row.doubts:
        odd.setdefault(field, []).append(reason)
    fields = tuple(
        (one.code, one.title, _told(one, row.values.get(one.code)), "".join(odd.get(one.code, ())))
        for one in field_set(row.kind, date.max).fields
        if row.values.get(one.code, "") != "" or one.code in odd
    )
    return Shown(_listed(row), fields, row.sheet, row.row, row.sha256)


def record_counts(scope: Wanted) -> dict[str, int]:
    """How many there are, how many match a decision of ours, how many are odd. Cost: 3 queries."""
    rows = _in_scope(scope)
    return {
        "all": rows.count(),
        "found": rows.filter(Exists(_own())).count(),
        "doubted": rows.exclude(doubts=[]).count(),
    }


def missing_from_lists(scope: Wanted, limit: int = 200) -> list[tuple[str, str, str, date]]:
    """Decisions told to the credit portal that the lists of the same days do not hold: number, organ, case, day.

    Only days that the lists of the deciding organ cover are compared. Cost: 2 queries.
    """
    spans = _in_scope(scope).filter(organ__isnull=False).values("organ").order_by("organ")
    covered = Q(pk__in=())
    for span in spans.annotate(first=Min("decided_on"), last=Max("decided_on")):
        days = {"decided_on__gte": span["first"], "decided_on__lte": span["last"]}
        covered |= Q(organ=span["organ"], **days)
    listed = CreditRecord.objects.filter(plain_number=OuterRef("number"), organ=OuterRef("organ"))
    rows = Placement.objects.filter(covered, channel=CHANNEL, state__in=_TOLD).exclude(Exists(listed))
    told = rows.order_by("-decided_on", "pk").values_list(
        "number", "organ__short_name", "case__no", "decided_on"
    )
    return list(told[:limit])


def _in_scope(scope: Wanted) -> QuerySet[Any]:
    rows = CreditRecord.objects.all()
    if scope.organ:
        rows = rows.filter(organ__code=scope.organ)
    if scope.under:
        below = Q(organ__path__startswith=scope.under)
        rows = rows.filter(below | Q(organ=None) if _is_topmost(scope.under) else below)
    return rows


def _is_topmost(path: str) -> bool:
    """Whether nothing in the tree of organs lies above the place."""
    return "/" not in path.strip("/")


def _own() -> QuerySet[Placement]:
    return Placement.objects.filter(number=OuterRef("plain_number"), organ=OuterRef("organ"))


def _with_match(rows: QuerySet[Any]) -> QuerySet[Any]:
    case = _own().order_by("pk").values("case__no")[:1]
    matched: QuerySet[Any] = rows.select_related("organ").annotate(case_no=Subquery(case))
    return matched


def _filtered(scope: Wanted, filters: CreditFilters) -> QuerySet[Any]:
    rows = _with_match(_in_scope(scope))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.words:
        words = filters.words
        rows = rows.filter(
            Q(number__contains=words) | Q(party__contains=words) | Q(organ_name__contains=words)
        )
    if filters.match:
        rows = rows.filter(case_no__isnull=filters.match == "none")
    if filters.doubted:
        rows = rows.exclude(doubts=[])
    return rows


def _listed(row: Any) -> Listed:
    return Listed(
        id=row.pk,
        kind_title=KINDS[row.kind],
        number=row.number,
        party=row.party,
        organ=row.organ.short_name if row.organ else row.organ_name,
        decided_on=row.decided_on,
        doubts=tuple(reason for _, _, reason in row.doubts),
        case_no=row.case_no or "",
    )


def _told(one: Any, kept: Any) -> str:
    """A value for the screen: numbers of people's papers are masked."""
    text = outside(one, kept)
    if one.code.endswith(_PERSONAL) and text:
        code = identify(text)
        return code.masked if code.valid else f"{text[:4]}{'*' * max(len(text) - 6, 0)}{text[-2:]}"
    return text
