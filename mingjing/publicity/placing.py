"""From a case to the matrix: what of its decision the rules look at, and what they say of each channel."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from mingjing.cases.models import Case, Paper, Step
from mingjing.cases.papers import forms
from mingjing.cases.work import Work
from mingjing.kernel import publicity
from mingjing.kernel.clocks import SHANGHAI, reckon
from mingjing.kernel.publicity import Answer, Decision
from mingjing.law import queries as law

from .matrix import Ground, matrix
from .models import Placement

DEFAULT_REVIEW = "1y"
# Results of a remedy after which the decision no longer stands as it was published.
FALLEN = ("changed", "revoked", "illegal", "invalid", "redo")


def day_of(moment: datetime) -> date:
    """The day of a moment in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def decision_paper(case: Case) -> Paper | None:
    """The decision of a case that may go before the public: the latest paper of such a form. Cost: 1 query."""
    rows = case.papers.filter(form__in=publishable_forms(), voided_at__isnull=True)
    return rows.select_related("step").order_by("-id").first()


def publishable_forms() -> list[str]:
    """The forms of decisions that may go before the public."""
    return [form.id for form in forms.catalogue().values() if form.publishable]


def decided(case_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Those of the cases that have a decision, or had one. Cost: 2 queries."""
    papers = Paper.objects.filter(case_id__in=case_ids, form__in=publishable_forms())
    placed = Placement.objects.filter(case_id__in=case_ids)
    return sorted({*papers.values_list("case_id", flat=True), *placed.values_list("case_id", flat=True)})


def decision_of(
    work: Work, paper: Paper, grounds: Iterable[str] = (), free_on: date | None = None
) -> Decision:
    """What the matrix looks at of the decision on this paper."""
    on = day_of(paper.step.at)
    person = bool(work.case.party and work.case.party.is_person)
    facts = {**law.constants(work.case.field, on, person=person), **work.facts(), **paper.step.facts}
    return Decision(
        act=work.case.act,
        procedure=work.case.procedure,
        form=paper.form,
        field=work.case.field,
        party=party_kind(work.case),
        on=on,
        organs=frozenset(work.case.organ.organ_fields or [work.case.organ.field]),
        minor=bool(facts.get("minor_party")),
        grounds=frozenset(grounds),
        facts=facts,
        free_on=free_on,
    )


def party_kind(case: Case) -> str:
    """``person``, ``org`` or ``none``."""
    if case.party is None:
        return "none"
    return "person" if case.party.is_person else "org"


def answers(decision: Decision) -> tuple[Answer, ...]:
    """What the codex says of a decision on each channel today."""
    known = matrix()
    return publicity.answers(decision, known.channels, known.rules, law.calendar(), decision.facts)


def remedy_of(case: Case) -> Step | None:
    """The outcome of a remedy after which the publication must go, if there is one. Cost: 1 query."""
    rows = case.steps.filter(step="remedy_outcome", set_aside_at__isnull=True).order_by("-seq")
    for row in rows:
        if row.facts.get("remedy_result") in FALLEN:
            return row
    return None


def last_day(display: str, start: date) -> date | None:
    """The last day of a display that runs from ``start``."""
    return publicity.last_day(display, start, law.calendar())


def review_day(ground: Ground, start: date) -> date:
    """By when a reason for not showing is to be judged anew. Source: 政府信息公开条例/18."""
    return reckon(ground.review or DEFAULT_REVIEW, start, law.calendar()).due_on


def terms_of_withdrawal(act: str, channel: str, facts: dict[str, Any]) -> Any:
    """Every term that a remedy sets off, the earliest first; see ``kernel.publicity.withdrawal_terms``."""
    return publicity.withdrawal_terms(
        act,
        channel,
        facts["remedy_result"],
        date.fromisoformat(facts["remedy_effective_on"]),
        matrix().withdrawals,
        law.calendar(),
    )
