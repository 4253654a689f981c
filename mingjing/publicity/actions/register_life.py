"""报送、确认、退回、停用清单: what an organ submits is published only once the justice bureau has confirmed it.

Source: 达州三项制度方案/2(1) (lists of organs and officers are confirmed by the justice bureau of the level), 2(2).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from mingjing.cases import recording_rules
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs import actions as organs
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record

from ..models import Register, RegisterEdition
from ..registers import queries
from ..registers.file import MEDIA_TYPE, columns_of, public_file, rows_digest
from ..registers.findings import blocking
from .noting import note
from .register_drafts import MOST_WORDS, held
from .revising import discharge, reopen

MOST_SHOWN = 5


@transaction.atomic
def submit_draft(
    *, edition_id: int, reason: str, actor: Actor, at: datetime, publish_on: date | None = None
) -> RegisterEdition:
    """Lay an edition before the justice bureau, in the organ's name.

    ``publish_on`` is the day from which it is to be public, at once where none is given. Duties to revise whose
    cause is gone from the rows are discharged. Raises: Refused as ``held``, ``bad-reason``, ``register-faulty``
    (something required is missing), ``too-late``.
    """
    edition = held(edition_id, actor, "register.submit")
    on = _day(at)
    reason = _words(reason, "修订说明")
    if publish_on is not None and publish_on < on:
        raise Refused("too-late", f"公布日期 {publish_on} 已经过去。", remedy="请改写公布日期，或者留空。")
    rows = queries.rows_of(edition.pk)
    _require_whole(edition, rows)
    edition.state, edition.reason, edition.publish_on = "submitted", reason, publish_on
    edition.submitted_at, edition.submitted_by_id = at, actor.officer_id
    edition.answered_at = edition.answered_by = None
    edition.answer, edition.size, edition.rows_sha256 = "", len(rows), rows_digest(rows)
    edition.save()
    told = {"edition": edition.number, "rows": edition.size, "sha256": edition.rows_sha256}
    note(edition.register, "submitted", actor, at, told, personal={"reason": reason})
    discharge(edition, actor, at)
    return edition


def _require_whole(edition: RegisterEdition, rows: queries.Rows) -> None:
    faults = blocking(columns_of(edition), rows)
    if faults:
        told = "；".join(
            f"{one.key[:40]}：{one.text}" if one.key else one.text for one in faults[:MOST_SHOWN]
        )
        more = f"等 {len(faults)} 处" if len(faults) > MOST_SHOWN else ""
        raise Refused(
            "register-faulty",
            f"清单还不完整：{told}{more}",
            basis=edition.register.basis,
            remedy="请补填后再报送。",
        )


@transaction.atomic
def recall_draft(*, edition_id: int, actor: Actor, at: datetime) -> RegisterEdition:
    """Take back what was submitted and not answered, to work on it further. Raises: Refused as ``held``."""
    edition = held(edition_id, actor, "register.submit", ("submitted",))
    edition.state = "draft"
    edition.save(update_fields=["state"])
    note(edition.register, "recalled", actor, at, {"edition": edition.number})
    reopen(edition)
    return edition


@transaction.atomic
def confirm_register(
    *, edition_id: int, actor: Actor, at: datetime, opinion: str = "", publish_on: date | None = None
) -> RegisterEdition:
    """Confirm an edition: it is public from its day on, and takes the place of the one before.

    The day is the bureau's, else the organ's, never one that has passed. The public file is kept, its digest goes
    on the record. Raises: Refused ``no-permission``, ``not-found``, ``not-open``, ``not-the-bureau``, ``own-proposal``.
    """
    edition = _answered(edition_id, actor, at, opinion.strip()[:MOST_WORDS])
    edition.state = "confirmed"
    edition.publish_on = max(publish_on or edition.publish_on or _day(at), _day(at))
    content = public_file(edition, queries.rows_of(edition.pk), actor.organ_name)
    kept = record.keep_blob(content, MEDIA_TYPE, f"{edition.register.code}-{edition.number}.json")
    edition.public_sha256 = kept.sha256
    edition.save()
    told = {
        "edition": edition.number,
        "rows": edition.size,
        "sha256": edition.rows_sha256,
        "publish_on": edition.publish_on.isoformat(),
    }
    name = f"{edition.register.title}第{edition.number}版.json"
    note(edition.register, "confirmed", actor, at, told, files=[kept.as_file(name)])
    _bind(edition, actor, at)
    Register.objects.filter(pk=edition.register_id).update(looked_on=None)
    return edition


def _bind(edition: RegisterEdition, actor: Actor, at: datetime) -> None:
    """Whom the list names may act from its day on, and nobody else. Source: 达州三项制度方案/2(1)."""
    register = edition.register
    if register.kind in organs.LISTED and edition.publish_on is not None:
        organs.bind_list(
            organ_id=register.organ_id,
            kind=register.kind,
            title=register.title,
            number=edition.number,
            since=edition.publish_on,
            keys=_keys(edition),
            actor=actor,
            at=at,
        )


def _keys(edition: RegisterEdition) -> list[str]:
    """What of the edition binds: its rows; of a recording checklist, what the organ asks for beyond the procedures."""
    if edition.register.kind != recording_rules.LIST:
        return list(edition.rows.values_list("key", flat=True))
    return [
        key for row in edition.rows.values_list("values", flat=True) if (key := recording_rules.key_of(row))
    ]


@transaction.atomic
def return_register(*, edition_id: int, reason: str, actor: Actor, at: datetime) -> RegisterEdition:
    """Send an edition back with reasons; duties that it discharged are owed again.

    Raises: Refused as ``confirm_register``, ``bad-reason``.
    """
    edition = _answered(edition_id, actor, at, _words(reason, "退回理由"))
    edition.state = "returned"
    edition.save()
    note(
        edition.register,
        "returned",
        actor,
        at,
        {"edition": edition.number},
        personal={"reason": edition.answer},
    )
    reopen(edition)
    return edition


def _answered(edition_id: int, actor: Actor, at: datetime, answer: str) -> RegisterEdition:
    require(actor, "register.confirm")
    rows = RegisterEdition.objects.select_for_update(of=("self", "register")).select_related(
        "register__organ"
    )
    edition = rows.filter(pk=edition_id).first()
    if edition is None:
        raise Refused("not-found", "没有这个清单版本。", remedy="请从“清单确认”进入。")
    if edition.state != "submitted":
        raise Refused("not-open", "这个版本没有在等待确认。", remedy="请刷新页面查看。")
    refused = queries.why_not_confirm(actor, edition)
    if refused:
        raise refused
    edition.answered_at, edition.answered_by_id, edition.answer = at, actor.officer_id, answer
    return edition


@transaction.atomic
def retire_register(*, register_id: int, reason: str, actor: Actor, at: datetime) -> Register:
    """End a register: its editions stay readable, marked as no longer in use.

    Raises: Refused ``no-permission``, ``not-found``, ``not-the-bureau``, ``bad-reason``, ``register-retired``.
    """
    require(actor, "register.confirm")
    row = (
        Register.objects.select_for_update(of=("self",))
        .select_related("organ")
        .filter(pk=register_id)
        .first()
    )
    if row is None:
        raise Refused("not-found", "没有这份清单。", remedy="请从“清单确认”进入。")
    last = RegisterEdition.objects.filter(register=row).order_by("-number").first()
    refused = queries.why_not_confirm(actor, last) if last else None
    if refused:
        raise refused
    if row.retired_at is not None:
        raise Refused("register-retired", f"《{row.title}》已经停止使用。", remedy="请刷新页面查看。")
    row.retired_at, row.retired_by_id, row.retired_reason = at, actor.officer_id, _words(reason, "停用理由")
    row.save(update_fields=["retired_at", "retired_by", "retired_reason"])
    note(row, "retired", actor, at, {}, personal={"reason": row.retired_reason})
    if row.kind in organs.LISTED:
        organs.release_list(
            organ_id=row.organ_id, kind=row.kind, until=_day(at) - timedelta(days=1), actor=actor, at=at
        )
    return row


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _words(text: str, what: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text or len(text) > MOST_WORDS:
        raise Refused("bad-reason", f"没有写明{what}，或者超过 {MOST_WORDS} 个字。", remedy=f"请写明{what}。")
    return text
