"""亮证与告知: how far officers showed who they are, by organ, by exception and by officer; scans of their codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mingjing.kernel import conduct
from mingjing.law import queries as law
from mingjing.organs.authority import Actor

from ..models import CardScan, Showing, Step
from .finding import OF_ORGAN, sight
from .watching import PAGE, WatchedRow


@dataclass(frozen=True)
class Meetings:
    """How many steps of one organ, or officer, asked for the certificate, and what became of it.

    ``scanned`` are among ``shown``: the party scanned the code in the visit.
    """

    key: str
    name: str
    asked: int
    shown: int
    scanned: int
    excepted: int

    @property
    def missing(self) -> int:
        """Steps that tell neither of showing nor of an exception: taken before the platform asked, or imported."""
        return self.asked - self.shown - self.excepted


@dataclass(frozen=True)
class ExceptionCount:
    """How often one exception was used, by how many officers."""

    code: str
    title: str
    times: int
    officers: int
    sure: bool


def card_scans(token: str, numbers: Collection[str]) -> list[CardScan]:
    """The scans of a visit, of certificates among ``numbers``. Cost: 1 query."""
    if not token:
        return []
    return list(CardScan.objects.filter(token=token, certificate__in=numbers))


def meetings(actor: Actor, since: datetime, *, organ: str = "") -> list[Meetings]:
    """Since a moment, those with most exceptions and gaps first: by organ, or of one ``organ`` by officer. 1 query."""
    by = ("by_id", "by__name") if organ else ("case__organ__code", "case__organ__name")
    found = (
        _asked(actor, since, organ)
        .annotate(scanned=_scanned())
        .order_by()
        .values_list(*by)
        .annotate(
            asked=Count("pk"),
            shown=Count("pk", filter=Q(identity="shown")),
            seen=Count("pk", filter=Q(identity="shown", scanned=True)),
            excepted=Count("pk", filter=Q(identity="excepted")),
        )
    )
    told = [Meetings(str(key or ""), name or "平台", *numbers) for key, name, *numbers in found]
    return sorted(told, key=lambda one: (-one.missing, -one.excepted, one.key))


def exception_counts(actor: Actor, since: datetime, *, organ: str = "") -> list[ExceptionCount]:
    """How often each exception was used, the most used first. Cost: 1 query."""
    rows = (
        _asked(actor, since, organ)
        .filter(identity="excepted")
        .order_by()
        .values_list("identity_exception")
        .annotate(times=Count("pk"), officers=Count("by", distinct=True))
    )
    known = law.conduct().exceptions
    told = [
        ExceptionCount(
            code,
            known[code].title if code in known else code,
            times,
            people,
            code in known and known[code].sure,
        )
        for code, times, people in rows
    ]
    return sorted(told, key=lambda one: (-one.times, one.code))


def excepted(
    actor: Actor, since: datetime, *, organ: str = "", code: str = "", page: int = 1
) -> list[WatchedRow]:
    """Steps in which an exception stood in for the certificate, with its reason, the latest first. Cost: 1 query."""
    rows = _asked(actor, since, organ).filter(identity="excepted")
    known = law.conduct().exceptions
    return [
        _row(one, f"{_title(known, one.identity_exception)}：{one.facts.get('identity_reason', '')}")
        for one in _page(rows.filter(identity_exception=code) if code else rows, page)
    ]


def unshown(actor: Actor, since: datetime, *, organ: str = "", page: int = 1) -> list[WatchedRow]:
    """Steps that tell neither of showing nor of an exception, the latest first. Cost: 1 query."""
    return [_row(one, "") for one in _page(_asked(actor, since, organ).filter(identity="missing"), page)]


def unacknowledged(actor: Actor, since: datetime, *, organ: str = "", page: int = 1) -> list[WatchedRow]:
    """Steps whose notice the party would not or could not acknowledge, the latest first. Cost: 1 query."""
    return _told(actor, since, organ, page, {"notice_reply": "refused"}, "notice_refusal")


def undressed(actor: Actor, since: datetime, *, organ: str = "", page: int = 1) -> list[WatchedRow]:
    """Steps taken without the uniform that the organ's officers wear, with the reason. Cost: 1 query.

    Source: 达州三项制度方案/3(1).
    """
    return _told(actor, since, organ, page, {conduct.UNIFORM: "no"}, "uniform_reason")


def _told(
    actor: Actor, since: datetime, organ: str, page: int, said: Mapping[str, str], reason: str
) -> list[WatchedRow]:
    """Steps whose form says so, the latest first, each with the fact that gives the reason."""
    rows = Step.objects.filter(at__gte=since, set_aside_at__isnull=True)
    rows = rows.filter(**{f"facts__{name}": value for name, value in said.items()}, **_seen(actor, organ))
    return [_row(one, str(one.facts.get(reason, ""))) for one in _page(rows, page)]


def _title(known: Any, code: str) -> str:
    return known[code].title if code in known else code


def _scanned() -> Exists:
    """Whether the code of somebody's card was scanned in the matter on the day of the step."""
    shown = Showing.objects.filter(case=OuterRef("case"), shown_on=OuterRef("legal_on"))
    scans = CardScan.objects.filter(token=OuterRef("token"), certificate=OuterRef("certificate"))
    return Exists(shown.exclude(token="").filter(Exists(scans)))


def _asked(actor: Actor, since: datetime, organ: str) -> QuerySet[Any]:
    rows = Step.objects.filter(at__gte=since, set_aside_at__isnull=True).exclude(identity="")
    return rows.filter(**_seen(actor, organ))


def _seen(actor: Actor, organ: str) -> dict[str, Any]:
    lookup, value = sight(actor)
    seen = {f"case__{'organ' if lookup == OF_ORGAN else lookup}": value}
    return {**seen, **({"case__organ__code": organ} if organ else {})}


def _page(rows: QuerySet[Step], page: int) -> list[Step]:
    rows = rows.select_related("case__organ").order_by("-at", "-pk")
    return list(rows[(page - 1) * PAGE : page * PAGE + 1])


def _row(step: Step, text: str) -> WatchedRow:
    return WatchedRow(
        case_no=step.case.no,
        case_label=step.case.label,
        organ=step.case.organ.short_name,
        seq=step.seq,
        title=step.title,
        by=step.by_name,
        at=step.at,
        recording=step.recording,
        text=text,
    )
