"""封卷: the file of an ended case is bound for good; its hash, catalogue and term go on the record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mingjing.cases.models import Case
from mingjing.cases.queries.finding import case_work, not_found
from mingjing.cases.work import lock
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import actions as record
from mingjing.vault import actions as vault

from ..dossier import Dossier, bind, dossier_of
from ..models import Volume
from ..retention import WORDS, Asked, Term, term_of

PERMISSION = "dossier.archive"
LAW = "行政处罚法/47; 档案法/14"


def seal_volume(
    *, case_id: UUID, actor: Actor, at: datetime, archive_no: str = "", retention: str = ""
) -> Volume:
    """Bind and seal the file of an ended case; the archive number and term are those of its archiving step
    unless others are given. The term is never shorter than the table of terms says.

    Raises: Refused ``no-permission``, ``not-found``, ``not-ended``, ``already-sealed``, ``bad-archive-no``,
    ``archive-no-taken``, ``bad-retention`` and those of ``dossier.bound``.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        case = _ended(case_id, actor, at)
        number = _number(case, archive_no)
        term = term_of(asked(case, at), retention or str(case.facts.get("retention", "")))
        file = dossier_of(case)
        return _seal(file, number, term, actor, at)


def organ_of(actor: Actor) -> int:
    """The key of the actor's organ. Raises: Refused ``no-permission`` for who belongs to none."""
    if actor.organ_id is None:
        raise Refused("no-permission", "只有机关的人员可以办理。", remedy="请由本机关档案员办理。")
    return actor.organ_id


def asked(case: Case, at: datetime) -> Asked:
    """What the table of terms asks of a case."""
    work = case_work(case, at, ())
    ended = case.ended_at or at
    return Asked(
        act=case.act,
        procedure=case.procedure,
        outcome=case.outcome,
        done=frozenset(work.marking.executed),
        facts=work.facts(),
        closed_on=ended.astimezone(SHANGHAI).date(),
        is_city=case.organ.region.endswith("00"),
    )


def _ended(case_id: UUID, actor: Actor, at: datetime) -> Case:
    case = lock(case_id, at, None).case
    if case.organ_id != actor.organ_id:
        raise not_found(case.no)
    if case.ended_at is None:
        raise Refused(
            "not-ended",
            "本案还没有办结，不能封卷。",
            basis=LAW,
            remedy="请先办结归档；办理中可以随时下载案卷。",
        )
    if Volume.objects.filter(case=case).exists():
        raise Refused(
            "already-sealed",
            "本案的案卷已经封存，不能重新装订。",
            basis=LAW,
            remedy="迟到的材料请办理补充归档。",
        )
    return case


def _number(case: Case, given: str) -> str:
    number = (given or str(case.facts.get("archive_no", ""))).replace("\x00", "").strip()
    if not number or len(number) > 60:
        raise Refused(
            "bad-archive-no", "归档号须写 1 至 60 个字。", remedy="请写明归档号，例如 2026-罚-001。"
        )
    if Volume.objects.filter(organ_id=case.organ_id, archive_no=number).exists():
        raise Refused("archive-no-taken", f"归档号“{number}”已经用于另一卷。", remedy="请改用另一个归档号。")
    return number


def _seal(file: Dossier, number: str, term: Term, actor: Actor, at: datetime) -> Volume:
    case = file.case
    facts = {
        "archive_no": number,
        "retention": term.words,
        "archived_on": at.astimezone(SHANGHAI).date().isoformat(),
        "note": "",
    }
    content = bind(file, actor.name, at, facts).content
    blob = record.keep_blob(content, "application/pdf", f"案卷{number}.pdf")
    catalogue = catalogue_of(file)
    lines = [line for found in file.catalogue().values() for line in found]
    text = json.dumps(catalogue, ensure_ascii=False, sort_keys=True)
    entry = record.append(
        kind="volume-sealed",
        subject=f"case:{case.pk}",
        at=at,
        actor=actor,
        plain={
            "case": case.no,
            "archive_no": number,
            "retention": term.key,
            "class": term.file_class.code,
            "copies": len(lines),
            "media": len(file.media),
            "order": file.order.id,
            "catalogue_sha256": hashlib.sha256(text.encode()).hexdigest(),
        },
        personal={"catalogue": catalogue},
        files=[blob.as_file("案卷")],
    )
    _keep_as_long(file, blob.sha256, number, term, actor, at)
    started = case.ended_at or at
    return Volume.objects.create(
        case=case,
        organ_id=case.organ_id,
        act=case.act,
        year=started.astimezone(SHANGHAI).year,
        archive_no=number,
        title=case.title,
        order=file.order.id,
        retention=term.key,
        retention_class=term.file_class.code,
        retention_reason=_why(term),
        closed_on=started.astimezone(SHANGHAI).date(),
        due_on=term.due_on,
        transfer_on=term.transfer_on,
        sha256=blob.sha256,
        size_bytes=blob.size_bytes,
        copies=len(lines),
        pages=sum(found[-1].last for found in file.catalogue().values()),
        catalogue=catalogue,
        sealed_by_id=actor.officer_id,
        sealed_at=at,
        entry_id=entry.pk,
    )


def _keep_as_long(file: Dossier, bound: str, number: str, term: Term, actor: Actor, at: datetime) -> None:
    """The bound file, the papers and all evidence are kept as long as the dossier."""
    subject, organ_id = f"case:{file.case.pk}", file.case.organ_id
    labels = {one.sha256: f"{file.case.no} {one.title}" for one in file.all_pieces if not one.evidence}
    vault.attach({**labels, bound: f"{number} 案卷"}, subject=subject, organ_id=organ_id, at=at)
    vault.settle(subject=subject, until=term.due_on, actor=actor, at=at)


def _why(term: Term) -> str:
    if not term.longer:
        return ""
    return f"保管期限表“{term.file_class.title}”为{WORDS[term.key]}，长于归档时所选。"


def catalogue_of(file: Dossier) -> dict[str, Any]:
    """The catalogue as it is kept: each piece with its pages, and what no page holds."""
    return {
        "volumes": {
            part: [
                {**_kept(asdict(line.piece)), "place": line.place, "first": line.first, "last": line.last}
                for line in lines
            ]
            for part, lines in file.catalogue().items()
        },
        "media": [_kept(asdict(piece)) for piece in file.media],
    }


_KEPT = ("key", "title", "number", "on", "sha256", "size_bytes", "media_type", "note", "device", "span")


def _kept(piece: Mapping[str, Any]) -> dict[str, Any]:
    return {key: piece[key] for key in _KEPT}
