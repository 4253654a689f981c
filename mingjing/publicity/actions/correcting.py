"""更正: what is shown is said to be wrong; the organ verifies, then corrects the text or refuses with reasons.

Three steps: somebody asks, the organ verifies, and it corrects or refuses and answers. The text that stood before
stays on the record by its digest. Source: 市场监督管理行政处罚信息公示规定/12; 政府信息公开条例/41.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from mingjing.cases.models import Case
from mingjing.kernel.clocks import reckon
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import authority
from mingjing.organs.authority import Actor
from mingjing.record import actions as record
from mingjing.sql import insert

from .. import rendition, sheet
from ..changing import MANAGE, SETTLED, owe_removal, require_apart, write
from ..matrix import matrix
from ..models import Correction, Placement, Publication
from ..placing import day_of
from ..placing_models import STANDING

ASKED, VERIFIED, ANSWERED = "correction.asked", "correction.verified", "correction.answered"
CORRECTED = "publication.corrected"
ROLES = {"party": "当事人", "other": "其他人", "organ": "本机关发现"}
_CONTACT = re.compile(r"(\+?\d[\d -]{6,18}\d|[^@\s]+@[^@\s]+\.[^@\s]+)")
MOST_ASKER, MOST_CONTACT, MOST_TEXT = 100, 200, 2000  # characters; judged before anything looks at the words
MOST_OPEN = 20  # so many open requests for one publication: more are a flood, not a reading public
# Parts of the published summary that may be corrected beside the paragraphs.
SUMMARY = {"subject": "执法对象", "title": "案由", "conclusion": "结论"}


def ask_correction(
    *,
    slug: str,
    role: str,
    asker: str,
    contact: str,
    text: str,
    actor: Actor,
    at: datetime,
) -> Correction:
    """Say that something in a publication is wrong. ``asker``, ``contact`` and ``text`` are kept from the public.

    Raises: Refused ``no-such-decision``, ``not-shown``, ``bad-choice``, ``incomplete``, ``bad-length``,
    ``bad-contact``, ``too-many``.
    """
    with transaction.atomic():
        row = Publication.objects.select_for_update(of=("self",)).filter(slug=slug).first()
        if row is None:
            raise Refused("no-such-decision", "这个地址没有对应的执法决定。", remedy="请核对地址。")
        _require_askable(row, role, asker, contact, text)
        rule = matrix().correction
        made = Correction(
            publication=row,
            organ_id=row.organ_id,
            role=role,
            asker=asker.strip(),
            contact=contact.strip(),
            text=text.strip().replace("\r\n", "\n"),
            asked_at=at,
            due_at=reckon(rule.term, day_of(at), law.calendar()).due_at,
            before=row.sheet_sha256,
        )
        insert([made])
        _append(ASKED, made, actor, at, {"asker": made.asker, "contact": made.contact, "text": made.text})
        return made


def _require_askable(row: Publication, role: str, asker: str, contact: str, text: str) -> None:
    if row.state != "shown":
        raise Refused("not-shown", "这份决定已经不再公示，没有可以更正的内容。", remedy="请与执法机关联系。")
    if role not in ROLES:
        raise Refused("bad-choice", "没有写明您与决定的关系。", remedy="请选择当事人或者其他人。")
    missing = [
        name for name, value in (("姓名", asker), ("不准确之处和证据", text)) if len(value.strip()) < 2
    ]
    if missing:
        raise Refused("incomplete", f"没有填写：{'、'.join(missing)}。", remedy="请填写完整再提交。")
    _require_short(asker, contact, text)
    if role != "organ" and not _CONTACT.fullmatch(contact.strip()):
        raise Refused(
            "bad-contact", "联系方式不像电话或者电子邮箱。", remedy="请填写电话号码或者电子邮箱，用来答复您。"
        )
    if row.corrections.filter(state__in=("open", "verified")).count() >= MOST_OPEN:
        raise Refused(
            "too-many", "这份决定已有多件更正申请正在核实。", remedy="请等待核实结果，或者直接联系执法机关。"
        )


def _require_short(asker: str, contact: str, text: str) -> None:
    told = (
        ("姓名", asker, MOST_ASKER),
        ("联系方式", contact, MOST_CONTACT),
        ("不准确之处和证据", text, MOST_TEXT),
    )
    for name, value, most in told:
        if len(value.strip().replace("\r\n", "\n")) > most:
            raise Refused(
                "bad-length", f"{name}超过 {most} 个字。", remedy="请写得短一些，详细材料可以直接交执法机关。"
            )


def verify_correction(*, correction_id: int, finding: str, actor: Actor, at: datetime) -> Correction:
    """Write down what the organ found when it looked. Raises: Refused ``no-permission``, ``no-such-correction``,
    ``same-person`` for who handled the case, ``wrong-state``, ``no-reason``."""
    with transaction.atomic():
        row = _correction(correction_id, actor, ("open",))
        if not finding.strip():
            raise Refused("no-reason", "没有写明核实的情况。", remedy="请写明核对了什么、结果怎样。")
        row.state, row.finding = "verified", finding.strip()[:1000]
        row.verified_at, row.verified_by_id = at, actor.officer_id
        row.save()
        _append(VERIFIED, row, actor, at, {"finding": row.finding})
        return row


def refuse_correction(*, correction_id: int, answer: str, actor: Actor, at: datetime) -> Correction:
    """Leave the text as it stands, and tell whoever asked why.

    Raises: as ``verify_correction``, and ``no-reason``, ``not-redacted``, ``leak``.
    """
    with transaction.atomic():
        row = _correction(correction_id, actor, ("verified",))
        _answer(row, "refused", answer, actor, at)
        _append(ANSWERED, row, actor, at, {"answer": row.answer})
        return row


def correct(
    *,
    correction_id: int,
    texts: Mapping[str, str],
    answer: str,
    actor: Actor,
    at: datetime,
    seen: str,
    judged: rendition.Judged = rendition.NOTHING,
) -> Correction:
    """Correct the public text: ``texts`` are new words by heading, or by the names in ``SUMMARY``.

    As at first publishing, ``seen`` is the digest of what a person looked through (``rendition.again``), and
    ``judged`` are the masks undone, each with a reason, or added, in place of those of before; both go on the record,
    closed to the public. The new text is checked for personal data, set as PDF and put on the record with the digest
    of the one before; channels that have the old data are to receive the new.
    Raises: as ``verify_correction``, and ``not-reviewed``, ``no-reason``, ``known-person``, ``nothing-changed``,
    ``not-redacted``, ``leak``, ``sheet-not-set``, ``not-shown``.
    """
    with transaction.atomic():
        row = _correction(correction_id, actor, ("verified",))
        shown = Publication.objects.select_for_update(of=("self",)).get(pk=row.publication_id)
        if shown.state != "shown":
            raise Refused("not-shown", "这份决定已经不再公示。", remedy="请改为答复不予更正并说明。")
        proposed = rendition.again(shown, judged)
        if proposed is not None:
            rendition.require_seen(proposed, seen)
        _put(shown, texts, judged)
        shown.corrected_at = at
        made = sheet.set_sheet(shown, shown.organ.name)
        rendition.require_safe(shown, {sheet.NAME: made})
        kept = record.keep_blob(made, sheet.MEDIA_TYPE, sheet.NAME)
        shown.sheet_sha256 = kept.sha256
        shown.save()
        row.after = kept.sha256
        _answer(row, "corrected", answer, actor, at)
        record.append(
            kind=CORRECTED,
            subject=shown.subject_of_record,
            at=at,
            actor=actor,
            plain={
                "number": shown.number,
                "decision": str(shown.decision_entry_id),
                "before": row.before,
                "after": row.after,
            },
            personal=judged.for_record(),
            files=[kept.as_file(sheet.NAME)],
        )
        _append(ANSWERED, row, actor, at, {"answer": row.answer})
        _resend(shown, actor, at)
        return row


def previewed_again(
    correction_id: int, judged: rendition.Judged = rendition.NOTHING
) -> rendition.Rendition | None:
    """What a person looks through before ``correct``; None where the paper of the publication is not here.

    Raises: as ``rendition.propose``, and ``no-such-correction``.
    """
    row = Publication.objects.select_related("paper").filter(corrections=correction_id).first()
    if row is None:
        raise _unknown()
    return rendition.again(row, judged)


def _unknown() -> Refused:
    return Refused("no-such-correction", "本机关没有这件更正申请。", remedy="请刷新页面核对。")


def _put(shown: Publication, texts: Mapping[str, str], judged: rendition.Judged) -> None:
    case = Case.objects.select_related("party", "organ").get(pk=shown.case_id)
    before = (shown.subject, shown.title, shown.conclusion, shown.rendition.get("text", []))
    known = rendition.known_people(case, shown.paper)
    for heading, words in texts.items():
        rendition.require_redacted(SUMMARY.get(heading, heading), words, known, judged)
    for name in SUMMARY:
        if texts.get(name, "").strip():
            setattr(shown, name, texts[name].strip()[: 200 if name == "subject" else 300])
    paragraphs = [
        [heading, texts[heading].strip() if heading in texts else words]
        for heading, words in shown.rendition.get("text", [])
    ]
    shown.rendition = {
        **{key: value for key, value in shown.rendition.items() if key != "kept"},
        "text": [pair for pair in paragraphs if pair[1]],
        **judged.as_json(),
    }
    if before == (shown.subject, shown.title, shown.conclusion, shown.rendition.get("text", [])):
        raise Refused(
            "nothing-changed", "没有改动任何内容。", remedy="请改写不准确的部分，或者答复不予更正。"
        )


def _resend(shown: Publication, actor: Actor, at: datetime) -> None:
    """Channels that have the old data owe their readers the new."""
    rows = Placement.objects.filter(publication=shown, state__in=(*STANDING, "sent")).order_by("pk")
    stale = [row for row in rows if not matrix().channel(row.channel).own and row.removal_kind != "withdrawn"]
    for row in stale:
        owe_removal(row, "corrected", asks=True)
    if stale:
        write(SETTLED, stale, actor=actor, at=at)


def _correction(correction_id: int, actor: Actor, states: tuple[str, ...]) -> Correction:
    authority.require(actor, MANAGE)
    row = Correction.objects.select_for_update(of=("self",)).filter(pk=correction_id).first()
    if row is None or row.organ_id != actor.organ_id:
        raise _unknown()
    require_apart(row.publication.case_id, actor, MANAGE, "办理本案公示内容的更正")
    if row.state not in states:
        raise Refused(
            "wrong-state",
            "这件更正申请不在可以办理的状态：先核实，再更正或者答复不予更正。",
            basis=matrix().correction.basis,
            remedy="请刷新页面核对。",
        )
    return row


def _answer(row: Correction, state: str, answer: str, actor: Actor, at: datetime) -> None:
    """Whoever has the code of the request reads the answer: it may tell no more than the publication does."""
    if not answer.strip():
        raise Refused("no-reason", "没有写明给申请人的答复。", remedy="请写明结果和理由。")
    row.state, row.answer = state, answer.strip()[:1000]
    case = Case.objects.select_related("party", "organ").get(pk=row.publication.case_id)
    known = rendition.known_people(case, row.publication.paper)
    rendition.require_redacted("答复", row.answer, known)
    row.answered_at, row.answered_by_id = at, actor.officer_id
    row.save()


def _append(kind: str, row: Correction, actor: Actor, at: datetime, personal: Mapping[str, str]) -> None:
    record.append(
        kind=kind,
        subject=f"correction:{row.code}",
        at=at,
        actor=actor,
        plain={"state": row.state, "role": row.role, "publication": row.publication.slug},
        personal=personal,
    )
