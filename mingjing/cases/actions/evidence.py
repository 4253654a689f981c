"""证据的查看、播放、下载、标记、截取、转写: what people do with a piece of evidence of a case.

Each is an act on the record with a line in the custody list of the piece. The piece itself never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM, Actor, require
from mingjing.record import queries as record
from mingjing.vault import actions as vault
from mingjing.vault import products, speech, transcripts
from mingjing.vault import queries as stored
from mingjing.vault.custody import MOST_REASON, title
from mingjing.vault.models import Custody, Derivative, Mark
from mingjing.vault.queries import require_not_infected

from ..models import Evidence, Paper
from ..queries.finding import evidence_for

RECORDING_LAW = "行政处罚法/47"
LINKING = "达州三项制度方案/7(2)"
MOST_PASSAGE = 300


def piece_name(evidence_id: int) -> str:
    """How the room ``vault`` names a piece of evidence."""
    return f"evidence:{evidence_id}"


def open_evidence(*, evidence_id: int, how: str, actor: Actor, at: datetime, reason: str = "") -> Custody:
    """Somebody looks at a piece (``view``), plays it (``play``), or takes its file along (``download``).

    Looking and playing add one line in half an hour, however often the page is loaded; every download adds one
    and says what for.
    Raises: Refused ``not-found``, ``bad-choice``, ``bad-reason``, ``blob-destroyed``, ``blob-missing``.
    """
    with _piece(evidence_id, actor) as found:
        record.open_blob(found.sha256).close()  # what was destroyed, or is lost, cannot be opened
        name = piece_name(found.pk)
        if how in ("view", "play"):
            return vault.note_opening(piece=name, sha256=found.sha256, kind=how, actor=actor, at=at)
        if how != "download":
            raise Refused("bad-choice", "只能查看、播放或者下载。")
        require_not_infected(found.sha256)
        reason = _reason(reason, title(how))
        return vault.note_custody(
            piece=name, sha256=found.sha256, kind=how, actor=actor, at=at, reason=reason
        )


def mark_evidence(
    *,
    evidence_id: int,
    second_ms: int,
    text: str,
    actor: Actor,
    at: datetime,
    corrects: int | None = None,
    paper_id: int | None = None,
    passage: str = "",
) -> Mark:
    """Note something at a moment of a recording, or correct such a note by a further one.

    ``passage`` are the words of a paper of the case (``paper_id``) that say what the moment shows.
    Raises: Refused ``not-found``, ``other-organ``, ``bad-mark``, ``overtaken``, ``bad-paper``, ``bad-passage``.
    """
    with _piece(evidence_id, actor, own=True) as found:
        document, passage = _quoted(found, paper_id, passage)
        return vault.add_mark(
            piece=piece_name(found.pk),
            second_ms=second_ms,
            text=text,
            actor=actor,
            at=at,
            corrects=corrects,
            document=document,
            passage=passage,
        )


def _quoted(found: Evidence, paper_id: int | None, passage: str) -> tuple[str, str]:
    """The name of the paper and its words, if the paper is of the case and says so. Source: 达州三项制度方案/7(2)."""
    passage = " ".join(passage.replace("\x00", "").split())
    if paper_id is None and not passage:
        return "", ""
    paper = Paper.objects.filter(pk=paper_id or 0, case=found.case_id, voided_at__isnull=True).first()
    if paper is None:
        raise Refused(
            "bad-paper",
            "没有选择文书，或者不是本案有效的文书。",
            basis=LINKING,
            remedy="请从列表中选择文书。",
        )
    if not 2 <= len(passage) <= MOST_PASSAGE:
        raise Refused(
            "bad-passage",
            f"文书中的原文须为 2 至 {MOST_PASSAGE} 个字，现有 {len(passage)} 个字。",
            basis=LINKING,
            remedy="请照文书抄写一句。",
        )
    if "".join(passage.split()) not in "".join("".join(said.split()) for said in _printed(paper.data)):
        raise Refused(
            "bad-passage",
            f"《{paper.title}》中没有“{passage[:40]}”。",
            basis=LINKING,
            remedy="请照文书抄写，标点相同；文书写错的，先更正文书。",
        )
    return f"paper:{paper.pk}", passage


def _printed(data: Mapping[str, Any]) -> Iterator[str]:
    """Every text that the paper printed: of a choice its label, never its code."""
    labels, facts = data.get("labels", {}), data.get("facts", {})
    told = {name: value for name, value in facts.items() if name not in labels}
    for value in (told, labels, data.get("party"), data.get("participants"), data.get("remedy")):
        yield from _said(value)


def _said(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _said(one)
    elif isinstance(value, list):
        for one in value:
            yield from _said(one)


def clip_evidence(
    *, evidence_id: int, start_ms: int, end_ms: int, name: str, actor: Actor, at: datetime
) -> Derivative:
    """Point out a part of a recording under a name; the original stays whole, the clip is a place in it.

    Where the machine can, the worker also makes a file of its own of it.
    Raises: Refused ``not-found``, ``other-organ``, ``bad-clip``, ``asked-already``.
    """
    name = name.replace("\x00", "").strip()
    if not 1 <= len(name) <= 100:
        raise Refused("bad-clip", "片段须有名称，1 至 100 个字。", remedy="请写明片段拍到了什么。")
    with _piece(evidence_id, actor, own=True) as found:
        place: dict[str, Any] = {
            "piece": piece_name(found.pk),
            "title": name,
            "start_ms": start_ms,
            "end_ms": end_ms,
        }
        made = vault.keep_derivative(
            derived_from=found.sha256,
            kind="clip",
            made_how="指明起止时间，内容即原件的这一段",
            by_machine=False,
            actor=actor,
            at=at,
            **place,
        )
        if products.can_film():
            vault.ask_making(sha256=found.sha256, what="clip", actor=actor, at=at, **place)
        return made


def preview_evidence(*, evidence_id: int, actor: Actor, at: datetime) -> None:
    """A small picture of a large one, made once for each piece by the platform for whoever opened it.

    Raises: Refused ``not-found``, ``no-preview``.
    """
    found = evidence_for(actor, evidence_id)
    if any(one.kind == "preview" for one in stored.derivatives_of(piece_name(evidence_id))):
        return
    content, how = products.preview(record.open_blob(found.sha256))
    with _piece(evidence_id, actor) as locked:
        vault.keep_derivative(
            piece=piece_name(locked.pk),
            derived_from=locked.sha256,
            kind="preview",
            content=content,
            media_type="image/jpeg",
            made_how=how,
            actor=SYSTEM,
            at=at,
        )


def ask_copy(*, evidence_id: int, what: str, actor: Actor, at: datetime) -> None:
    """Ask for a play copy (``play_copy``) or a machine's transcript (``transcript``); the worker makes it.

    Raises: Refused ``not-found``, ``other-organ``, ``bad-choice``, ``asked-already``.
    """
    with _piece(evidence_id, actor, own=True) as found:
        peer = speech.peer()
        if not ({"play_copy": products.can_film(), "transcript": peer is not None}.get(what)):
            raise Refused(
                "bad-choice",
                "本机没有设置制作这种副本的程序或者服务。",
                remedy="请系统管理员按部署说明设置。",
            )
        if not found.media_type.startswith(("audio/", "video/")):
            raise Refused("bad-choice", f"“{found.name}”不是录音、录像。")
        asked = {"peer": peer.host, "model": peer.model} if what == "transcript" and peer else {}
        vault.ask_making(
            piece=piece_name(found.pk), sha256=found.sha256, what=what, actor=actor, at=at, detail=asked
        )


def write_transcript(*, evidence_id: int, text: str, actor: Actor, at: datetime) -> Derivative:
    """Keep a transcript that a person wrote or put right; earlier ones stay beside it.

    Raises: Refused ``not-found``, ``other-organ``, ``bad-transcript``.
    """
    made = transcripts.from_text(text)
    with _piece(evidence_id, actor, own=True) as found:
        earlier = [one for one in stored.derivatives_of(piece_name(found.pk)) if one.kind == "transcript"]
        how = f"人工整理，依据 {earlier[-1].sha256[:8]} 号文字稿" if earlier else "人工听写"
        return vault.keep_derivative(
            piece=piece_name(found.pk),
            derived_from=found.sha256,
            kind="transcript",
            title="文字稿（人工整理）",
            content=transcripts.write(made),
            media_type=transcripts.MEDIA_TYPE,
            made_how=how,
            by_machine=False,
            actor=actor,
            at=at,
        )


def note_export(*, case_id: UUID, form: str, actor: Actor, at: datetime) -> None:
    """Every piece of a case went out with its file: a line for each. ``form`` is folder, zip or pdf.

    MUST run inside the transaction of the export, whose authority was checked.
    """
    for found in Evidence.objects.select_for_update().filter(case_id=case_id).order_by("pk"):
        vault.note_custody(
            piece=piece_name(found.pk),
            sha256=found.sha256,
            kind="export",
            actor=actor,
            at=at,
            detail={"form": form},
        )


def own_piece(evidence_id: int, actor: Actor) -> AbstractContextManager[Evidence]:
    """The piece, locked, for those of the organ that handles its case. Raises: Refused ``not-found``, ``other-organ``."""
    return _piece(evidence_id, actor, own=True)


@contextmanager
def _piece(evidence_id: int, actor: Actor, *, own: bool = False) -> Iterator[Evidence]:
    """The piece, locked, if the person may read it; ``own``: if he may also add to it."""
    with transaction.atomic():
        evidence_for(actor, evidence_id)
        found = (
            Evidence.objects.select_for_update(of=("self",)).select_related("case__organ").get(pk=evidence_id)
        )
        if own:
            require(actor, "case.move")
            _require_own_organ(actor, found)
        yield found


def _require_own_organ(actor: Actor, found: Evidence) -> None:
    if actor.organ_id != found.case.organ_id:
        raise Refused(
            "other-organ",
            f"这份材料属于{found.case.organ.name}办理的案件，{actor.name}不能标记或者制作副本。",
            remedy="请由办案机关的人员办理。",
        )


def _reason(text: str, act: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refused("bad-reason", f"{act}须写明用途。", remedy="请写明作什么用、交给谁。")
    if len(text) > MOST_REASON:
        raise Refused(
            "bad-reason", f"用途最多 {MOST_REASON} 个字，现有 {len(text)} 个字。", remedy="请精简。"
        )
    return text
