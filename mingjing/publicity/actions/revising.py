"""修订清单的职责: opened by a change of law or organ, discharged by a new edition or a signed statement.

Source: 达州三项制度方案/1(2) (及时更新); the term is the product's (``register_revision_term``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from mingjing.kernel.clocks import SHANGHAI, reckon
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import SYSTEM, Actor, require

from ..models import Register, RegisterEdition, RevisionDuty
from ..registers import queries
from ..registers.causes import Cause, causes
from .noting import note

TERM = "register_revision_term"
MOST_WORDS = 500


def open_revisions(*, at: datetime, only: Iterable[int] | None = None) -> int:
    """Look once a day at every published register for causes to revise it; each opens a duty once. How many were opened.

    ``only`` narrows it to these organs and looks again whatever the day. Each register is a transaction of its own.
    Cost: 1 query where all were looked at today; for each register those of ``causes``.
    """
    on = at.astimezone(SHANGHAI).date()
    rows = Register.objects.filter(retired_at__isnull=True)
    if only is None:
        rows = rows.filter(Q(looked_on__isnull=True) | Q(looked_on__lt=on))
    else:
        rows = rows.filter(organ_id__in=list(only))
    return sum(_look(pk, on, at) for pk in rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _look(register_id: int, on: date, at: datetime) -> int:
    locked = Register.objects.select_for_update(of=("self",)).select_related("organ")
    row = locked.get(pk=register_id)
    Register.objects.filter(pk=register_id).update(looked_on=on)
    current = queries.current_edition(register_id, on)
    if current is None:
        return 0
    known = {thing for duty in row.revision_duties.all() for thing in duty.things}
    opened = 0
    for cause in causes(queries.looked_at(current, seen_on(current)), on):
        fresh = tuple(thing for thing in cause.things if thing not in known)
        if fresh:
            _open(row, current, cause, on, at)
            opened += 1
    return opened


def seen_on(edition: RegisterEdition) -> date:
    """The day on which the organ last stood for what the edition says."""
    moment = edition.submitted_at or edition.drafted_at
    return moment.astimezone(SHANGHAI).date()


def _open(row: Register, current: RegisterEdition, cause: Cause, on: date, at: datetime) -> None:
    """The term runs from the change, but not from before the edition was public."""
    since = max(cause.since, current.publish_on or cause.since)
    term = law.profile_details(row.organ.field, on)[TERM]
    due = reckon(str(term.value), since, law.calendar()).due_on
    RevisionDuty.objects.create(
        register=row,
        edition=current,
        cause=cause.kind,
        text=cause.text[:500],
        basis=cause.basis[:300],
        things=list(cause.things),
        keys=list(cause.keys),
        since=since,
        opened_at=at,
        due_on=due,
    )
    told = {
        "edition": current.number,
        "cause": cause.kind,
        "rows": len(cause.keys),
        "due_on": due.isoformat(),
    }
    note(row, "revision-due", SYSTEM, at, told)


def discharge(edition: RegisterEdition, actor: Actor, at: datetime) -> None:
    """Close the duties whose cause the submitted edition no longer holds."""
    owed = RevisionDuty.objects.select_for_update().filter(register_id=edition.register_id, state="open")
    if not owed:
        return
    on = at.astimezone(SHANGHAI).date()
    left = {thing for cause in causes(queries.looked_at(edition, on), on) for thing in cause.things}
    for duty in owed:
        if not left & set(duty.things):
            duty.state, duty.closed_at, duty.closed_by_id = "revised", at, actor.officer_id
            duty.revised_in = edition
            duty.save(update_fields=["state", "closed_at", "closed_by", "revised_in"])


def reopen(edition: RegisterEdition) -> None:
    """What an edition discharged is owed again where it was taken back or sent back; the day stays."""
    RevisionDuty.objects.filter(revised_in=edition, state="revised").update(
        state="open", closed_at=None, closed_by=None, revised_in=None
    )


@transaction.atomic
def declare_unchanged(*, duty_id: int, statement: str, actor: Actor, at: datetime) -> RevisionDuty:
    """Sign that the change leaves the register as it is, with the reason; public with the edition's history.

    Raises: Refused ``no-permission``, ``not-found``, ``not-your-organ``, ``not-open``, ``bad-reason``,
    ``must-revise`` (a repealed basis cannot stay).
    """
    require(actor, "register.submit")
    rows = RevisionDuty.objects.select_for_update(of=("self", "register")).select_related("register__organ")
    duty = rows.filter(pk=duty_id).first()
    if duty is None:
        raise Refused("not-found", "没有这项修订职责。", remedy="请从“登记与清单”进入。")
    if duty.register.organ_id != actor.organ_id:
        raise Refused("not-your-organ", "这是另一机关的修订职责。", remedy="请由该机关的人员办理。")
    if duty.state != "open":
        raise Refused("not-open", "这项职责已经办结。", remedy="请刷新页面查看。")
    if duty.cause == "repealed":
        raise Refused(
            "must-revise",
            f"{duty.text}废止的规定不能继续作为依据。",
            basis=duty.register.basis,
            remedy="请编制新的版本，改写依据或者取消有关事项。",
        )
    statement = statement.replace("\x00", "").strip()
    if not statement or len(statement) > MOST_WORDS:
        raise Refused(
            "bad-reason", f"没有写明理由，或者超过 {MOST_WORDS} 个字。", remedy="请写明为什么不需要修改。"
        )
    duty.state, duty.statement, duty.closed_at, duty.closed_by_id = (
        "unchanged",
        statement,
        at,
        actor.officer_id,
    )
    duty.save(update_fields=["state", "statement", "closed_at", "closed_by"])
    told = {"edition": duty.edition.number, "cause": duty.cause, "duty": duty.pk}
    note(duty.register, "declared-unchanged", actor, at, told, personal={"statement": statement})
    return duty
