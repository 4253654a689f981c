"""Taking a step: the single place where a matter moves."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.kernel import conduct, date_order, engine, marking
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.record import actions as record
from mingjing.record import queries as records
from mingjing.sql import insert, update
from mingjing.vault import actions as vault

from .. import effects, entering, issuing, obligations, recordings
from ..access import check_actor, check_door
from ..acting import acting_roles
from ..facts import InvalidFacts, Upload, answering, clean, split_for_record
from ..models import Case, Evidence, Step, Submission
from ..needs import unmet
from ..numbering import drawn_number
from ..papers.forms import titles as paper_titles
from ..participants import why_unserved
from ..printing import printed_facts
from ..work import Work, lasting, lock


@dataclass(frozen=True)
class Taken:
    """What became of a step: taken (``seq`` and papers) or submitted for approval."""

    case_id: uuid.UUID
    case_no: str
    step: str
    seq: int | None = None
    step_id: int | None = None
    entry_id: uuid.UUID | None = None
    submission_id: int | None = None
    papers: tuple[int, ...] = ()
    lapsed: tuple[str, ...] = field(default=())

    @property
    def submitted(self) -> bool:
        """Whether the step waits for an approver."""
        return self.submission_id is not None


def take(
    *,
    case_id: uuid.UUID,
    step: str,
    facts: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    files: Sequence[Upload] = (),
    version: int | None = None,
    through: str | None = None,
    numbers: Mapping[str, int] | None = None,
    entered_at: datetime | None = None,
    late_reason: str = "",
    film_pending: str = "",
) -> Taken:
    """Take ``step`` in a matter, or submit it where the procedure asks for an approver.

    ``at`` is the time in law; ``entered_at`` when the platform learned of it, where that is another time (an act
    done without a network), and ``late_reason`` why it was not entered at once. ``film_pending`` names the device
    that holds the recording of this step, to be handed in within the term (待交存).

    One transaction: authority, fields, procedure, needs, papers, rows and the record entry, or nothing.
    ``through`` is the room whose action calls (review, publicity) for steps that only it may take; ``numbers`` are
    those that papers of the step bear already, by form, drawn by the actor in advance.
    Raises ``Refused``; field errors come as ``cases.facts.InvalidFacts``.
    """
    with transaction.atomic():
        work = lock(case_id, at, version)
        rule = work.rule(step)
        check_door(rule, through)
        check_actor(work, rule, actor)
        work.drawn = {form: drawn_number(form, seq, actor, at.year) for form, seq in (numbers or {}).items()}
        new = clean(rule.facts, facts, work.facts({}, rule), files)
        pair = entering.entered(work, rule, new, entered_at, late_reason)
        known = check_rules(work, rule, new, actor, None)
        if (
            rule.approve is not None
        ):  # judged with its dates now: nobody is asked to approve what cannot be taken
            engine.advance(work.procedure, work.marking, rule.id, known, work.at, work.calendar)
        kept = keep_files(answering(rule.facts, new, files))
        if rule.approve is not None:
            return _submit(work, rule, new, kept, actor, pair)
        return execute(
            work,
            rule,
            new,
            kept,
            facts=known,
            actor=actor,
            proposer=None,
            opinion="",
            entered=pair,
            film_pending=film_pending.strip(),
        )


def check_rules(
    work: Work, rule: Rule, new: Mapping[str, Any], actor: Actor, proposer: Actor | None
) -> dict[str, Any]:
    """The procedure, the order of dates and the needs, over the facts with the new ones; returns those facts."""
    facts = work.facts(new, rule)
    refused = engine.why_not(work.procedure, work.marking, rule.id, facts, work.at)
    if refused is None:
        refused = _misplaced_dates(work, rule, new, facts)
    if refused is None:
        refused = work.why_unrecorded(rule)
    if refused is None and work.case.more_parties:
        refused = why_unserved(work.case, work.procedure, rule, work.participants)
    if refused is None:
        refused = unmet(rule.needs, work.situation(rule, facts, actor, proposer))
    if refused is not None:
        raise refused
    return facts


def _misplaced_dates(
    work: Work, rule: Rule, new: Mapping[str, Any], facts: Mapping[str, Any]
) -> Refused | None:
    found = date_order.misplaced(
        work.procedure, work.marking, rule, new, facts, work.at, titles=paper_titles()
    )
    if not found:
        return None
    labels = {field.name: field.label for field in rule.facts}
    return InvalidFacts({name: f"{why.reason}{why.remedy or ''}" for name, why in found.items()}, labels)


def keep_files(files: Sequence[Upload]) -> list[dict[str, Any]]:
    """Store the bytes first: a row may then refer to them, and a crash leaves an orphan file at worst."""
    kept = []
    for file in files:
        blob = (
            records.blob_for(file.kept)
            if file.kept
            else record.keep_blob(file.content, file.media_type, file.name)
        )
        kept.append(
            {
                "field": file.field,
                "kind": file.kind,
                "name": file.name,
                "media_type": file.media_type,
                "sha256": blob.sha256,
                "size_bytes": blob.size_bytes,
            }
        )
    return kept


def keep_for_case(case: Case, kept: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Say that the files stay as long as the case file does; nobody can destroy them meanwhile."""
    labels = {one["sha256"]: f"{case.no} {one['name']}" for one in kept}
    vault.attach(labels, subject=f"case:{case.pk}", organ_id=case.organ_id, at=at)


def _submit(
    work: Work,
    rule: Rule,
    new: dict[str, Any],
    kept: list[dict[str, Any]],
    actor: Actor,
    entered: entering.Entered,
) -> Taken:
    case = work.case
    if case.submissions.filter(step=rule.id, state="open").exists():
        raise Refused(
            "already-submitted", f"“{rule.title}”已经报批，等待审批。", remedy="需要修改的，请先撤回。"
        )
    assert rule.approve is not None
    acting = actor.acts_for(rule.by)
    plain, personal = split_for_record(rule.facts, new)
    entry = record.append(
        kind="submission",
        subject=f"case:{case.pk}",
        at=work.at,
        actor=actor,
        plain={"step": rule.id, "facts": plain, **_in_both_names(actor, rule.by)},
        personal={**personal, **_why_late(entered)},
        files=[file_line(one) for one in kept],
        entered=entered.at if entered.at != work.at else None,
    )
    submission = Submission(
        case=case,
        step=rule.id,
        title=rule.title,
        role=rule.approve,
        facts=new,
        files=kept,
        proposed_by_id=actor.officer_id,
        on_behalf_of_id=acting.principal_id if acting else None,
        proposed_at=work.at,
        late_reason=entered.reason,
        entry_id=entry.pk,
    )
    insert([submission])
    obligations.open_approval(case, step=rule.id, title=rule.title, role=rule.approve, at=work.at)
    case.version += 1
    case.moved_at = work.at
    update(case, "version", "moved_at")
    return Taken(case.pk, case.no, rule.id, submission_id=submission.pk, entry_id=entry.pk)


def execute(
    work: Work,
    rule: Rule,
    new: dict[str, Any],
    kept: list[dict[str, Any]],
    *,
    facts: Mapping[str, Any],
    actor: Actor,
    proposer: Actor | None,
    opinion: str,
    countersigned: Sequence[Mapping[str, str]] = (),
    entered: entering.Entered | None = None,
    film_pending: str = "",
) -> Taken:
    """Fire the step that has been found lawful: engine, papers, record, rows, obligations.

    ``facts`` are those that ``check_rules`` judged; without ``entered`` the act is entered as it happens.
    """
    case = work.case
    pair = entered or entering.Entered(work.at.astimezone(SHANGHAI).date(), work.at)
    roles = acting_roles(rule, proposer)
    signed, acting = actor.signature(roles), actor.acts_for(roles)
    advance = engine.advance(work.procedure, work.marking, rule.id, facts, work.at, work.calendar)
    case.facts = {**lasting(case, rule), **new, **work.procedure.settled_by(rule, facts, work.at.date())}
    shown = conduct.outcome(rule, facts)
    slip = effects.new_slip(rule, new)
    printed = (
        printed_facts(
            case,
            work.procedure,
            rule,
            work.facts(),
            running=(*advance.opened, *advance.moved),
            actor=actor,
            payment_code=slip.code if slip else "",
            officers=work.handlers,
        )
        if rule.papers
        else {}
    )
    drafts: list[issuing.Draft] = []
    for paper in rule.papers:
        if paper.when is None or paper.when.holds(facts):
            one = issuing.draft(
                paper.form,
                case=case,
                procedure=work.procedure,
                facts=printed,
                officers=work.handlers,
                approvals=effects.approvals(rule, actor, proposer, opinion, work.at, countersigned),
                at=work.at,
                signer=signed,
                serves=rule.serves,
                beside=drafts,
                drawn=work.drawn.get(paper.form),
            )
            drafts.append(one)
    plain, personal = split_for_record(rule.facts, new)
    entry = record.append(
        kind="step",
        subject=f"case:{case.pk}",
        at=work.at,
        actor=actor,
        plain={
            "case": case.no,
            "organ": case.organ.code,
            "procedure": case.procedure,
            "edition": case.edition,
            "step": rule.id,
            "proposed_by": proposer.reference if proposer else "",
            "owed": {duty.step: duty.due_on.isoformat() if duty.due_on else "" for duty in advance.opened},
            "outcome": advance.outcome or "",
            "facts": plain,
            "legal_on": pair.legal_on.isoformat(),
            **({"film": "pending"} if film_pending else {}),
            **_in_both_names(actor, roles),
        },
        personal={**personal, **_why_late(pair), **({"film_pending": film_pending} if film_pending else {})},
        files=[file_line(one) for one in kept] + [_paper_line(one) for one in drafts],
        entered=pair.at if pair.at != work.at else None,
    )
    step = Step(
        case=case,
        seq=case.version + 1,
        step=rule.id,
        title=rule.title,
        at=work.at,
        by_id=actor.id,
        by_name=signed,
        on_behalf_of_id=acting.principal_id if acting else None,
        proposed_by_id=proposer.id if proposer else None,
        facts=new,
        note=opinion,
        legal_on=pair.legal_on,
        entered_at=pair.at,
        late_reason=pair.reason,
        recording=rule.recording,
        identity=shown.kind,
        identity_exception=shown.exception,
        entry_id=entry.pk,
    )
    insert([step])
    papers = issuing.save(drafts, case=case, step=step, at=work.at)
    insert([Evidence(case=case, step=step, **{key: one[key] for key in _EVIDENCE_KEYS}) for one in kept])
    note_recordings(case.pk, step.seq, kept)
    keep_for_case(case, kept, work.at)
    if film_pending and rule.recording in recordings.FILMED:
        insert([recordings.pending(step, film_pending, actor, work.constants)])
    work.marking = advance.marking
    _move(case, work, rule, advance)
    effects.after(work, rule, step, papers, slip)
    obligations.settle(work, done=rule.id)
    case.due_at = obligations.earliest_due(work)
    update(case, *_MOVED)
    _tell_parent(work, rule, new)
    return Taken(
        case.pk,
        case.no,
        rule.id,
        seq=step.seq,
        step_id=step.pk,
        entry_id=entry.pk,
        papers=tuple(paper.pk for paper in papers),
        lapsed=tuple(advance.lapsed),
    )


def _why_late(entered: entering.Entered) -> dict[str, str]:
    """For the record: why an act was entered late, which may tell of people."""
    return {"late_reason": entered.reason} if entered.reason else {}


def _in_both_names(actor: Actor, roles: Collection[str]) -> dict[str, str]:
    """For the record: whom the actor deputizes for in this act."""
    acting = actor.acts_for(roles)
    return {"on_behalf_of": f"officer:{acting.principal_id}"} if acting else {}


def note_recordings(case_id: uuid.UUID, seq: int, kept: Sequence[Mapping[str, Any]]) -> None:
    """Tell the vault which of the files of a step are recordings that waited there for one."""
    filmed = [str(one["sha256"]) for one in kept if one["kind"] == "audiovisual"]
    if filmed:
        vault.mark_taken(case_id=case_id, seq=seq, sha256s=filmed)


# What a step may change in the row of its case.
_MOVED = (
    "label",
    "power_item",
    "facts",
    "marking",
    "stage",
    "stage_title",
    "version",
    "moved_at",
    "due_at",
    "decided_on",
    "ended_at",
    "outcome",
)
_EVIDENCE_KEYS = ("kind", "name", "media_type", "size_bytes", "sha256")


def _move(case: Case, work: Work, rule: Rule, advance: engine.Advance) -> None:
    case.marking = marking.dump(advance.marking)
    case.version += 1
    case.moved_at = work.at
    stage = effects.stage_after(work.procedure, advance.marking)
    case.stage, case.stage_title = stage.id, stage.title
    if advance.outcome:
        case.outcome = advance.outcome
        case.ended_at = work.at


def _tell_parent(work: Work, rule: Rule, new: Mapping[str, Any]) -> None:
    """Take the step of the parent matter that this one tells of: what a court ruled reaches the penalty itself.

    Nothing happens where the parent has no such step open; a parent that refuses, refuses this step too.
    """
    if rule.tells_parent is None or work.case.parent_id is None:
        return
    parent = lock(work.case.parent_id, work.at, None)
    told = parent.procedure.steps.get(rule.tells_parent)
    if told is None or told.id not in parent.marking.included:
        return
    known = {field.name: new[field.name] for field in told.facts if field.name in new}
    facts = clean(told.facts, known, parent.facts({}, told))
    judged = check_rules(parent, told, facts, SYSTEM, None)
    note = f"由关联事项{work.case.label}（{work.case.no}）转来。"
    execute(parent, told, facts, [], facts=judged, actor=SYSTEM, proposer=None, opinion=note)


def file_line(one: Mapping[str, Any]) -> dict[str, Any]:
    """A file as the record names it: by kind and hash; the name it came with may tell of people."""
    return {
        "name": one["kind"],
        "sha256": one["sha256"],
        "size_bytes": one["size_bytes"],
        "media_type": one["media_type"],
    }


def _paper_line(one: issuing.Draft) -> dict[str, Any]:
    return {
        "name": f"{one.title} {one.number}".strip(),
        "sha256": one.sha256,
        "size_bytes": one.size_bytes,
        "media_type": "application/pdf",
    }
