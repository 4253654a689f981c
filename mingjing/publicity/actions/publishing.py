"""Publishing and withdrawing decisions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mingjing.cases.actions import Taken, take
from mingjing.cases.models import Case, Paper, Step
from mingjing.cases.papers import forms
from mingjing.kernel.procedure_parts import WITHDRAWAL_REASON
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from .. import outcomes, rendition, sheet
from ..matrix import matrix
from ..models import Placement, Publication
from ..placing import day_of
from .placing import settle

SHOWN, WITHDRAWN = "publication.shown", "publication.withdrawn"
"""The kinds of the entries that the record keeps of a publication."""


def publish(
    *,
    case_id: uuid.UUID,
    step: str,
    facts: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    seen: str,
    text: Mapping[str, str] | None = None,
    judged: rendition.Judged = rendition.NOTHING,
    version: int | None = None,
    late_reason: str = "",
) -> Taken:
    """Take the publishing step and put the redacted decision before the public.

    ``seen`` is the digest of the proposal that a person looked at and confirmed (``previewed``); ``text`` holds the
    publisher's paragraphs by fact key; without it the proposed masking stands. ``judged`` are masks that the publisher
    undid, each with a reason, or added; both go on the record, closed to the public.
    The public text is kept as PDF and its digest goes on the record. Raises ``Refused("not-reviewed")``,
    ``no-reason``, ``known-person``, ``not-redacted`` if personal data is left, ``leak`` if text and PDF together tell it, ``sheet-not-set``, and everything that ``take`` raises. Source: 达州三项制度方案/4(1); 行政处罚法/48(1).
    """
    with transaction.atomic():
        taken = take(
            case_id=case_id,
            step=step,
            facts=facts,
            actor=actor,
            at=at,
            version=version,
            through="publicity",
            late_reason=late_reason,
        )
        assert taken.entry_id is not None  # submitted or taken, a step always stands on the record
        case = Case.objects.select_related("party", "organ").get(pk=case_id)
        paper = decision_of(case, step)
        _require_open(case, paper, actor, at)
        proposed = rendition.propose(case, paper, judged)
        rendition.require_seen(proposed, seen)
        shown = rendition.edited(proposed, text or {})
        decided = Step.objects.get(pk=paper.step_id)
        row = Publication(
            case=case,
            paper=paper,
            organ_id=case.organ_id,
            act=case.act,
            field=case.field,
            region=case.region,
            number=paper.number,
            subject=shown.subject,
            subject_code=shown.subject_code,
            title=shown.title,
            conclusion=shown.conclusion,
            kinds=outcomes.kinds_of(case, paper),
            rendition=shown.as_json(),
            decided_on=day_of(decided.at),
            until=_until(case),
            published_at=at,
            published_by_id=actor.officer_id,
            entry_id=taken.entry_id,
            decision_entry_id=decided.entry_id,
        )
        set_text = sheet.set_sheet(row, case.organ.name)
        rendition.require_safe(row, {sheet.NAME: set_text})
        text_kept = record.keep_blob(set_text, sheet.MEDIA_TYPE, sheet.NAME)
        row.sheet_sha256 = text_kept.sha256
        row.save()
        told = judged.for_record()
        _append(row, SHOWN, actor, at, files=[text_kept.as_file(sheet.NAME)], personal=told)
        settle(case_id=case_id, actor=actor, at=at)
        return taken


def _require_open(case: Case, paper: Paper, actor: Actor, at: datetime) -> None:
    """Raise ``Refused("withheld")`` where a ban or an approved exemption keeps the decision from the public."""
    settle(case_id=case.pk, actor=actor, at=at)
    row = Placement.objects.filter(paper=paper, channel="portal", state="withheld").first()
    if row is not None:
        ground = matrix().grounds.get(row.ground)
        raise Refused(
            "withheld",
            f"本决定不公示：{ground.title if ground else '机关没有决定公示'}。",
            basis=row.basis,
            remedy="不公示的理由消失的，由机关负责人复核解除，再办理公示。",
        )


def previewed(case_id: uuid.UUID, step: str) -> rendition.Rendition:
    """What ``publish`` would put before the public as things stand. Raises: Refused ``nothing-to-publish``."""
    case = Case.objects.select_related("party", "organ").get(pk=case_id)
    return rendition.propose(case, decision_of(case, step))


def _until(case: Case) -> date | None:
    """The last day of display that the publisher has set; no law sets one for the organ's own site."""
    told = case.facts.get("publication_until")
    return date.fromisoformat(told) if told else None


def _append(
    row: Publication,
    kind: str,
    actor: Actor,
    at: datetime,
    files: Sequence[Mapping[str, Any]] = (),
    personal: Mapping[str, Any] | None = None,
) -> None:
    """What strangers may check of a publication: its number, the decision behind it, its text by digest."""
    record.append(
        kind=kind,
        subject=row.subject_of_record,
        at=at,
        actor=actor,
        plain={"number": row.number, "decision": str(row.decision_entry_id)},
        personal=personal,
        files=files,
    )


def decision_of(case: Case, step: str) -> Paper:
    """The paper that the step is to publish: the latest of the forms it names, else of any that may be
    published at all. Refused before there is one."""
    rule = law.procedure_edition(case.procedure, case.edition).steps[step]
    wanted = rule.publishes or [form.id for form in forms.catalogue().values() if form.publishable]
    paper = case.papers.filter(form__in=wanted, voided_at__isnull=True).order_by("-id").first()
    if paper is None:
        raise Refused(
            "nothing-to-publish",
            "本案还没有可以公示的决定文书。",
            basis="达州三项制度方案/4(1)",
            remedy="请在作出决定之后办理公示。",
        )
    return paper


def withdraw(
    *,
    case_id: uuid.UUID,
    step: str,
    facts: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    version: int | None = None,
    late_reason: str = "",
) -> Taken:
    """Take the decision off the public site: the text goes, a tombstone with the reason stays.

    Source: 达州三项制度方案/4(1) (one day); 行政处罚法/48(2) (three working days, reasons made public).
    """
    with transaction.atomic():
        taken = take(
            case_id=case_id,
            step=step,
            facts=facts,
            actor=actor,
            at=at,
            version=version,
            through="publicity",
            late_reason=late_reason,
        )
        case = Case.objects.select_related("party").get(pk=case_id)
        reason = case.facts[WITHDRAWAL_REASON]
        rows = Publication.objects.filter(case_id=case_id)
        last = rows.select_related("paper").order_by("-pk").first()
        if last is None:
            raise Refused("nothing-to-withdraw", "本案没有公示过决定。", remedy="请刷新页面核对。")
        known = rendition.known_people(case, last.paper)
        rendition.require_redacted("公开说明的理由", reason, known)
        # What came to the end of its display tells from now on why it fell; what was taken down keeps its reason.
        _take_down(rows.filter(state__in=("shown", "ended")), reason, actor, at)
        settle(case_id=case_id, actor=actor, at=at)
        return taken


def take_down(*, paper_id: int, reason: str, actor: Actor, at: datetime) -> int:
    """Take a shown decision off the public site because it may not be public; the number of what was taken down.

    Source: 政府信息公开条例/14-15; 行政处罚法/50.
    """
    with transaction.atomic():
        return _take_down(Publication.objects.filter(paper=paper_id, state="shown"), reason, actor, at)


def _take_down(wanted: QuerySet[Publication], reason: str, actor: Actor, at: datetime) -> int:
    """Empty the text, leave the reason, and put it on the record."""
    rows = list(wanted.select_for_update(of=("self",)).order_by("pk"))
    Publication.objects.filter(pk__in=[row.pk for row in rows]).update(
        state="withdrawn",
        rendition={},
        subject="",
        subject_code="",
        title="",
        conclusion="",
        withdrawn_at=at,
        withdrawn_by_id=actor.officer_id,
        withdrawal_reason=reason,
    )
    for row in rows:
        _append(row, WITHDRAWN, actor, at)
    return len(rows)
