"""Giving an opinion in legal review: the step of the case and the reviewer's row, together."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from mingjing.cases.actions import Taken, take
from mingjing.cases.facts import Upload
from mingjing.cases.models import Case, CaseOfficer, Step
from mingjing.kernel import canonical
from mingjing.organs.authority import Actor

from .models import Review

STEP = "legal_review"


def give_opinion(
    *,
    case_id: uuid.UUID,
    facts: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    version: int | None = None,
    files: Sequence[Upload] = (),
) -> Taken:
    """Take the review step with the reviewer's findings, and keep what exactly was reviewed.

    ``facts`` are the fields of the step (opinion, points passed, problems). That the reviewer is qualified
    and did not handle the case is judged by the step's needs. Source: 行政处罚法/58.
    """
    with transaction.atomic():
        # Locked before it is read: what is hashed is what the opinion is about.
        case = Case.objects.select_for_update().get(pk=case_id)
        seen = hashlib.sha256(canonical.dump(canonical.normalized(case.facts))).hexdigest()
        taken = take(
            case_id=case_id,
            step=STEP,
            facts=facts,
            actor=actor,
            at=at,
            version=version,
            files=files,
            through="review",
        )
        assert taken.step_id is not None  # a review needs no approver, so the step was taken
        given = Step.objects.values_list("facts", flat=True).get(pk=taken.step_id)
        last = Review.objects.filter(case_id=case_id).aggregate(last=Max("round"))["last"] or 0
        Review.objects.create(
            case_id=case_id,
            step_id=taken.step_id,
            round=last + 1,
            reviewer_id=actor.officer_id,
            opinion=given["review_opinion"],
            points=given["review_passed"],
            text=given.get("review_problems") or given.get("review_notes") or "",
            facts_sha256=seen,
            given_at=at,
        )
        CaseOfficer.objects.get_or_create(
            case_id=case_id, officer_id=actor.officer_id, role="reviewer", defaults={"since": at}
        )
        return taken
