"""Papers before they exist: what a step would issue if it were taken with what is typed so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .. import issuing, reading_out
from ..facts import clean_so_far
from ..models import Case, Submission
from ..papers import draft as drafts
from ..printing import cited, supplied
from ..work import Work
from .finding import submission_case
from .page import step_view


def preview(actor: Actor, no: str, step: str, form: str, given: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of one form of the step, marked as a preview, without a number and kept nowhere.

    What is typed wrongly is left out; gaps are marked on the paper.
    Raises: Refused ``not-found``, ``no-such-form``, ``paper-not-rendered``.
    """
    return issuing.preview(form, **_filled(actor, no, step, form, given, at))


def submitted_paper(actor: Actor, submission_id: int, form: str, at: datetime) -> bytes:
    """The PDF that approving a submission would issue, for whoever is to answer it; marked as a preview.

    Raises: as ``preview``.
    """
    row = Submission.objects.get(pk=submission_id, case__no=submission_case(actor, submission_id))
    case, work, rule, _, _ = step_view(actor, row.case.no, row.step, at)
    return issuing.preview(form, **_about(case, work, rule, form, work.facts(row.facts, rule), at))


def draft(actor: Actor, no: str, step: str, form: str, given: Mapping[str, Any], at: datetime) -> bytes:
    """The same as a .docx to work on, marked as a draft. Raises: as ``preview``."""
    return drafts.draft(form, issuing.unissued(form, **_filled(actor, no, step, form, given, at)))


def _filled(
    actor: Actor, no: str, step: str, form: str, given: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """What the paper is about: the case as it stands, and what is typed so far where it is right."""
    case, work, rule, _, _ = step_view(actor, no, step, at)
    facts = work.facts(clean_so_far(rule.facts, given, work.facts({}, rule)), rule)
    return _about(case, work, rule, form, facts, at)


def _about(
    case: Case, work: Work, rule: Rule, form: str, facts: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    if form not in {paper.form for paper in rule.papers}:
        raise Refused("no-such-form", f"“{rule.title}”不制作名为“{form}”的文书。", remedy="请从表单页预览。")
    return {
        "case": case,
        "procedure": work.procedure,
        "facts": {
            **facts,
            **supplied(facts),
            **cited(work.procedure, facts),
            **reading_out.printed(case, rule, work.handlers),
        },
        "officers": work.handlers,
        "at": at,
        "serves": rule.serves,
    }
