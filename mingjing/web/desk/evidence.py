"""证据室: the pieces of a case, and one piece with its player, its custody and what was noted beside it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record
from mingjing.vault import products, speech, transcripts
from mingjing.vault import queries as vault
from mingjing.web.ui import flash, ranges
from mingjing.web.ui.asked import number
from mingjing.web.ui.filenames import disposition
from mingjing.web.ui.sealing import seal_now

from . import grants
from .frame import desk, page, word
from .listing import address

LARGE_BYTES = 1 << 20
SHAPES = ("image", "audio", "video", "pdf", "text")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:\.(\d{1,3}))?")


@require_safe
@desk("case.read")
def room(request: Any, no: str) -> HttpResponse:
    """The pieces of a case side by side, page by page; nothing of their content is shown before one is opened."""
    kind, after = word(request, "kind", limit=30), word(request, "after", limit=30)
    shown = cases.evidence_room(request.actor, no, kind=kind, after=after)
    tabs = [
        {
            "title": title,
            "href": f"?kind={code}" if code else "?",
            "current": code == shown.kind,
            "count": number,
        }
        for code, title, number in (("", "全部", sum(one[2] for one in shown.kinds)), *shown.kinds)
    ]
    values, path = {"kind": shown.kind}, reverse("desk:evidence-room", args=[no])
    context = {
        "room": shown,
        "tabs": tabs,
        "next": address(path, values, after=shown.next) if shown.next else None,
        "first": address(path, values) if after else None,
    }
    return page(request, "desk/evidence_room.html", context, current="cases")


@require_safe
@desk("case.read")
def piece(request: Any, evidence_id: int) -> HttpResponse:
    """One piece; with a grant also its content. Looking at this page alone is no entry."""
    return _page(request, evidence_id)


@require_POST
@desk("case.read")
def open_piece(request: Any, evidence_id: int) -> HttpResponseBase:
    """Open a piece: on the record first, then to its content."""
    how = request.POST.get("how", "")
    try:
        actions.open_evidence(
            evidence_id=evidence_id,
            how=how,
            actor=request.actor,
            at=request.at,
            reason=request.POST.get("reason", ""),
        )
    except Refused as refused:
        if refused.code != "bad-reason":
            raise
        return _page(request, evidence_id, refused=refused)
    if how == "view":
        _preview(request, evidence_id)
    seal_now(request)
    grant = quote(grants.give(request, evidence_id, how))
    if how == "download":
        return redirect(reverse("desk:evidence-content", args=[evidence_id]) + f"?grant={grant}")
    return redirect(reverse("desk:evidence", args=[evidence_id]) + f"?grant={grant}#content")


def _preview(request: Any, evidence_id: int) -> None:
    """Large pictures, and those that no browser shows, are shown small. What is no picture is shown as it is."""
    found = cases.evidence_for(request.actor, evidence_id)
    picture = found.media_type.startswith("image/")
    if picture and (found.size_bytes > LARGE_BYTES or cases.shape_of(found.media_type) == "file"):
        with suppress(Refused):
            actions.preview_evidence(evidence_id=evidence_id, actor=request.actor, at=request.at)


@require_safe
@desk("case.read")
def content(request: Any, evidence_id: int) -> HttpResponseBase:
    """The bytes of a piece that was opened; without a grant, back to the page where it is opened."""
    found = cases.evidence_for(request.actor, evidence_id)
    how = grants.read(request, evidence_id)
    if how is None:
        return redirect("desk:evidence", evidence_id=evidence_id)
    shown = how != "download" and cases.shape_of(found.media_type) in SHAPES
    return _send(request, found, found.name, inline=shown)


@require_safe
@desk("case.read")
def copy(request: Any, evidence_id: int, copy_id: int) -> HttpResponseBase:
    """The bytes of something that was made of a piece."""
    found = cases.evidence_for(request.actor, evidence_id)
    made = vault.derivative_for(f"evidence:{found.pk}", copy_id)
    if grants.read(request, evidence_id) is None:
        return redirect("desk:evidence", evidence_id=evidence_id)
    if not made.sha256:
        raise Refused("not-found", "这个片段没有单独的文件，请在原件中播放。")
    return _send(request, made, made.title or found.name, inline=cases.shape_of(made.media_type) in SHAPES)


@require_POST
@desk("case.read")
def mark(request: Any, evidence_id: int) -> HttpResponse:
    """A note at a moment of a recording."""
    post = request.POST
    corrects = post.get("corrects", "")
    try:
        actions.mark_evidence(
            evidence_id=evidence_id,
            second_ms=_moment(post.get("moment", "")),
            text=post.get("text", ""),
            corrects=number(corrects, None),
            paper_id=number(post.get("paper", ""), None),
            passage=post.get("passage", ""),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return again(request, evidence_id, refused)
    seal_now(request)
    return _back(request, evidence_id, "标记已记下。", "marks")


@require_POST
@desk("case.read")
def clip(request: Any, evidence_id: int) -> HttpResponse:
    """A part of a recording under a name."""
    post = request.POST
    try:
        actions.clip_evidence(
            evidence_id=evidence_id,
            start_ms=_moment(post.get("start", "")),
            end_ms=_moment(post.get("end", "")),
            name=post.get("name", ""),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return again(request, evidence_id, refused)
    seal_now(request)
    return _back(request, evidence_id, "片段已登记，原件没有改动。", "copies")


@require_POST
@desk("case.read")
def ask(request: Any, evidence_id: int) -> HttpResponse:
    """Ask for a play copy or a machine's transcript."""
    actions.ask_copy(
        evidence_id=evidence_id, what=request.POST.get("what", ""), actor=request.actor, at=request.at
    )
    seal_now(request)
    return _back(request, evidence_id, "已登记，由定时事务制作。", "copies")


@require_POST
@desk("case.read")
def transcript(request: Any, evidence_id: int) -> HttpResponse:
    """A transcript that a person wrote."""
    try:
        actions.write_transcript(
            evidence_id=evidence_id,
            text=request.POST.get("text", ""),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return again(request, evidence_id, refused)
    seal_now(request)
    return _back(request, evidence_id, "文字稿已保存。", "transcript")


def _page(
    request: Any, evidence_id: int, *, refused: Refused | None = None, how: str | None = None
) -> HttpResponse:
    shown = cases.evidence_page(request.actor, evidence_id, request.at.date())
    opened = grants.read(request, evidence_id) if how is None else how
    grant = request.GET.get("grant", "") if opened else ""
    previews = [one for one in shown.derivatives if one.kind == "preview" and one.sha256]
    copies = [one for one in shown.derivatives if one.kind == "play_copy" and one.sha256]
    context = {
        "shown": shown,
        "piece": shown.piece,
        "papers": {f"paper:{one.id}": one for one in shown.papers},
        "opened": opened,
        "grant": grant,
        "preview": previews[-1] if previews else None,
        "play_copy": copies[-1] if copies else None,
        "from_second": word(request, "t", limit=12),
        "refused": refused,
        "typed": request.POST,
        "may_copy": products.can_film(),
        "shares": cases.shares_of(evidence_id, request.actor, request.at),
        "public_url": settings.MINGJING_PUBLIC_URL,
        **_transcript(request, shown, opened),
    }
    return page(request, "desk/evidence.html", context, current="cases")


def _transcript(request: Any, shown: cases.EvidencePage, opened: str | None) -> dict[str, Any]:
    """The transcript that is shown: the one asked for, else the latest a person wrote, else the machine's."""
    found = [one for one in shown.derivatives if one.kind == "transcript"]
    best = sorted(found, key=lambda one: (str(one.id) == word(request, "text"), not one.by_machine, one.id))
    chosen = best[-1] if best else None
    heard = vault.transcript_of(chosen) if chosen and opened else None
    peer = speech.peer()
    return {
        "transcripts": found,
        "transcript": chosen,
        "lines": heard.lines if heard else (),
        "draft": transcripts.as_text(heard) if heard else "",
        "may_transcribe": peer.host if peer else "",
    }


def again(request: Any, evidence_id: int, refused: Refused) -> HttpResponse:
    """The page once more with what was typed and why it was not taken; anything but typing rises."""
    if not refused.code.startswith("bad-"):
        raise refused
    return _page(request, evidence_id, refused=refused)


def _back(request: Any, evidence_id: int, told: str, place: str) -> HttpResponse:
    """To the page, which stays open where it was."""
    flash.say(request, told)
    address = reverse("desk:evidence", args=[evidence_id])
    if grants.read(request, evidence_id):
        address += f"?grant={quote(request.GET['grant'])}"
    return redirect(f"{address}#{place}")


def _send(request: Any, found: Any, name: str, *, inline: bool) -> HttpResponseBase:
    """The bytes, under a media type that no browser runs."""
    media_type = found.media_type if inline else "application/octet-stream"
    if media_type == "text/plain":
        media_type = "text/plain; charset=utf-8"
    response = ranges.answer(
        request,
        record.open_blob(found.sha256),
        size=found.size_bytes,
        sha256=found.sha256,
        media_type=media_type,
    )
    response["Content-Disposition"] = disposition(name, inline=inline)
    return response


def _moment(text: str) -> int:
    """Milliseconds of ``12:34``, ``1:02:03.5`` or plain seconds. Raises: Refused ``bad-moment``."""
    text = text.strip()
    if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        return round(float(text) * 1000)
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise Refused("bad-moment", f"时间“{text}”看不懂。", remedy="请按 分:秒 填写，例如 12:34。")
    hours, minutes, seconds, fraction = found.groups()
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))
