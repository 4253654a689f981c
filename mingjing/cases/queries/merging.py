"""Which cases another may be merged into, as the page offers them; the action judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from mingjing.organs.authority import Actor

from ..merging import INVESTIGATING
from ..models import Case, CaseParty, Obligation
from ..work import DECIDED_ON
from .finding import case_for, case_work, visible_cases

SHOWN = 20


@dataclass(frozen=True)
class LeadingRow:
    """A case that might lead: since when it is filed, and by when it must be decided."""

    no: str
    label: str
    title: str
    party: str
    stage: str
    filed_on: str
    due_at: datetime | None


def may_lead(actor: Actor, no: str, at: datetime, words: str = "") -> tuple[LeadingRow, ...]:
    """The case itself first, then running cases of its kind, the latest moved first, at most 20. Cost: 3 queries.

    ``words`` are looked for in number, title and party.
    """
    case = case_for(actor, no)
    alike = visible_cases(actor).filter(
        organ=case.organ_id,
        procedure=case.procedure,
        edition=case.edition,
        stage__in=INVESTIGATING,
        decided_on__isnull=True,
        ended_at__isnull=True,
    )
    if words:
        takes_part = CaseParty.objects.filter(case=OuterRef("pk"), party__name__contains=words)
        alike = alike.filter(
            Q(no=words)
            | Q(label__contains=words)
            | Q(title__contains=words)
            | Q(party__name__contains=words)
            | Q(Exists(takes_part))
        )
    others = alike.exclude(pk=case.pk).select_related("party").order_by("-moved_at", "-id")[:SHOWN]
    rows = [case, *others]
    deciding = [one.id for one in case_work(case, at).procedure.steps.values() if one.stamps == DECIDED_ON]
    owed = Obligation.objects.filter(
        case__in=[one.pk for one in rows], state="open", step__in=deciding, due_at__isnull=False
    )
    due = dict(owed.order_by("-due_at").values_list("case_id", "due_at"))
    return tuple(_row(one, due.get(one.pk)) for one in rows)


def _row(case: Case, due_at: datetime | None) -> LeadingRow:
    return LeadingRow(
        no=case.no,
        label=case.label,
        title=case.title,
        party=case.party.name if case.party else "",
        stage=case.stage_title,
        filed_on=str(case.facts.get("filed_on") or ""),
        due_at=due_at,
    )
