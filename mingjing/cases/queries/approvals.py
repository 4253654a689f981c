"""待我审批: what waits for a person's approval, each with what was submitted, to be read before it is ticked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, require

from ..models import CaseOfficer, Submission
from .telling import changed, fact_lines
from .views import ChangeLine, FactLine

MOST_AT_ONCE = 20


@dataclass(frozen=True)
class ApprovalRow:
    """One submission with its facts and what the case is about; ``version`` is the case's as it is shown here."""

    id: int
    title: str
    case_no: str
    case_label: str
    case_title: str
    version: int
    proposed_by: str
    proposed_at: datetime
    about: tuple[FactLine, ...]
    facts: tuple[FactLine, ...]
    changes: tuple[ChangeLine, ...]


def approvals(actor: Actor, at: datetime) -> tuple[list[ApprovalRow], bool]:
    """What this person may approve, the longest waiting first, and whether there is more.

    One's own submissions, and those of cases that one handles or handled, are for somebody else. Cost: 3 queries.
    """
    require(actor, "desk.enter")
    if actor.organ_id is None or actor.id is None:
        return [], False
    mine = Q()
    for role in sorted(actor.roles):
        mine |= Q(role=role) & _not_by(actor.persons((role,)))
    rows = (
        Submission.objects.filter(mine, state="open", case__organ_id=actor.organ_id)
        .select_related("case", "proposed_by")
        .order_by("proposed_at", "id")
    )
    found = list(rows[: MOST_AT_ONCE + 1])
    shown = found[:MOST_AT_ONCE]
    staff = organs.actors_of_organ(actor.organ_id, at.date())
    names: dict[int | None, str] = {one.id: one.name for one in staff}
    earlier = _returned(shown)
    return [_row(one, names, earlier.get((one.case_id, one.step))) for one in shown], len(found) > len(shown)


def _not_by(persons: frozenset[int | None]) -> Q:
    """Neither proposed by any of them nor in a case that one of them handles or handled."""
    ids = [one for one in persons if one is not None]
    handled = CaseOfficer.objects.filter(case=OuterRef("case"), officer__in=ids, role="handler")
    behalf = Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of__in=ids)
    return ~Q(proposed_by__in=ids) & behalf & ~Q(Exists(handled))


def _returned(rows: list[Submission]) -> dict[tuple[object, str], Submission]:
    """The latest returned submission of the same step of the same case, where there is one. 1 query."""
    returned = Submission.objects.filter(state="returned", case__in={row.case_id for row in rows})
    return {(one.case_id, one.step): one for one in returned.order_by("id")}


def _row(row: Submission, names: dict[int | None, str], earlier: Submission | None) -> ApprovalRow:
    procedure = law.procedure_edition(row.case.procedure, row.case.edition)
    fields = procedure.steps[row.step].facts
    told = {field.name for field in fields}
    known = [field for _, field in procedure.fields() if field.name in procedure.matter.shows]
    return ApprovalRow(
        id=row.pk,
        title=row.title,
        case_no=row.case.no,
        case_label=row.case.label,
        case_title=row.case.title,
        version=row.case.version,
        proposed_by=row.proposed_by.name,
        proposed_at=row.proposed_at,
        about=fact_lines([field for field in known if field.name not in told], row.case.facts, names),
        facts=fact_lines(fields, row.facts, names),
        changes=changed(fields, earlier.facts, row.facts, names) if earlier is not None else (),
    )
