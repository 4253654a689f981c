"""更正申请: for the desk that verifies them, and for whoever asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from mingjing.cases.models import Case, Paper
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .models import Correction, Publication
from .paging import behind, cursor, within
from .placement_lists import scope_of
from .rendition import Judged, last_judged


@dataclass(frozen=True)
class Asked:
    """One request to correct, as the desk shows it; ``answer`` and ``state`` are what whoever asked may read."""

    id: int
    code: str
    slug: str
    number: str
    case_no: str
    organ: str
    role: str
    asker: str
    contact: str
    text: str
    asked_at: datetime
    due_at: datetime
    state: str
    finding: str
    answer: str
    answered_at: datetime | None
    shown: tuple[tuple[str, str], ...]
    summary: tuple[tuple[str, str], ...]
    cursor: str


def corrections(
    *,
    organ: str = "",
    under: str = "",
    states: Collection[str] = ("open", "verified"),
    after: str = "",
    limit: int = 100,
) -> list[Asked]:
    """Up to ``limit`` requests to correct behind the cursor, the earliest due first. Cost: 1 query.

    Raises: Refused ``bad-cursor``.
    """
    rows = behind(within(Correction.objects.filter(state__in=states), organ, under), after, "due_at")
    return [_asked(row) for row in rows.select_related("publication__case", "organ")[:limit]]


def correction_by_code(code: str) -> Asked:
    """The request with this code, for whoever asked. Raises: Refused ``no-such-correction``. Cost: 1 query."""
    row = Correction.objects.select_related("publication__case", "organ").filter(code=code).first()
    if row is None:
        raise Refused("no-such-correction", "没有这个查询码的更正申请。", remedy="请核对查询码。")
    return _asked(row)


def correction_of(correction_id: int, actor: Actor) -> Asked:
    """One request of the actor's organ, or of those he supervises. Raises: Refused ``no-such-correction``."""
    wanted = scope_of(actor)
    rows = within(Correction.objects.filter(pk=correction_id), wanted.organ, wanted.under)
    row = rows.select_related("publication__case", "organ").first()
    if row is None:
        raise Refused("no-such-correction", "没有这件更正申请。", remedy="请从列表重新进入。")
    return _asked(row)


def _asked(row: Correction) -> Asked:
    shown = row.publication
    return Asked(
        id=row.pk,
        code=row.code,
        slug=shown.slug,
        number=shown.number,
        case_no=shown.case.no,
        organ=row.organ.short_name,
        role=row.role,
        asker=row.asker,
        contact=row.contact,
        text=row.text,
        asked_at=row.asked_at,
        due_at=row.due_at,
        state=row.state,
        finding=row.finding,
        answer=row.answer,
        answered_at=row.answered_at,
        shown=tuple((heading, words) for heading, words in shown.rendition.get("text", [])),
        summary=(("subject", shown.subject), ("title", shown.title), ("conclusion", shown.conclusion)),
        cursor=cursor(row.due_at, row.pk),
    )


@dataclass(frozen=True)
class Correcting:
    """What a correction starts from: the case and the decision behind it, the paragraphs as they are shown, by
    heading, and what was judged about their masks."""

    case: Case
    paper: Paper
    shown: Mapping[str, str]
    before: Judged


def to_correct(correction_id: int, actor: Actor) -> Correcting | None:
    """For who corrects a text of the actor's organ; None where the decision itself is not here, or not shown.

    Cost: 3 queries, and those of ``last_judged``. Raises: Refused ``no-such-correction``.
    """
    asked = correction_of(correction_id, actor)
    row = Publication.objects.select_related("paper", "case__party", "case__organ").get(slug=asked.slug)
    if row.paper is None or row.state != "shown":
        return None
    return Correcting(row.case, row.paper, dict(row.rendition.get("text", [])), last_judged(row))
