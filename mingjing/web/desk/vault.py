"""证据保管: what is stored and why, how well it is looked after, what is held, and what two persons destroy."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import queries as record
from mingjing.vault import actions as vault
from mingjing.vault import queries
from mingjing.web.ui import flash
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page

STATES = {"open": "待批准", "approved": "已销毁", "rejected": "不同意", "withdrawn": "已撤回"}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@require_safe
@desk("evidence.read")
def overview(request: Any) -> HttpResponse:
    """What is stored, by class; the scrub; the virus scanner; holds; what is ready to be destroyed; the lists."""
    return _overview(request)


@require_POST
@desk("evidence.hold")
def hold(request: Any) -> HttpResponse:
    """Keep a file, or all files of a case, from being destroyed."""
    post = request.POST
    try:
        subject = _subject(request.actor, post.get("what", "").strip())
        vault.hold(
            subject=subject,
            reason=post.get("reason", ""),
            until=_day(post.get("until", "")),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return _overview(request, refused)
    seal_now(request)
    flash.say(request, "已停止销毁，解除以前不会列入销毁清册。")
    return redirect("desk:vault")


@require_POST
@desk("evidence.hold")
def lift(request: Any, hold_id: int) -> HttpResponse:
    """End a hold."""
    vault.lift_hold(
        hold_id=hold_id, reason=request.POST.get("reason", ""), actor=request.actor, at=request.at
    )
    seal_now(request)
    flash.say(request, "已解除停止销毁，文件恢复按保管期限管理。")
    return redirect("desk:vault")


@require_POST
@desk("evidence.propose_deletion")
def propose(request: Any) -> HttpResponse:
    """Propose the files that were ticked for destruction."""
    try:
        made = vault.propose_deletion(
            sha256s=request.POST.getlist("file"),
            reason=request.POST.get("reason", ""),
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return _overview(request, refused)
    seal_now(request)
    flash.say(request, "已提请销毁，等待另一名负责人批准。")
    return redirect("desk:vault-deletion", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("evidence.read")
def deletion(request: Any, deletion_id: uuid.UUID) -> HttpResponse:
    """One list: its files, who proposed and who answered; for the one who may answer, the two buttons."""
    refused = None
    if request.method == "POST":
        try:
            _answer(request, deletion_id)
            return redirect("desk:vault-deletion", deletion_id)
        except Refused as no_way:
            refused = no_way
    found = queries.deletion_for(request.actor, deletion_id)
    mine = request.actor.id in found.persons
    own = found.organ_id == request.actor.organ_id and found.state == "open"
    context = {
        "deletion": found,
        "items": list(found.items.all()),
        "state": STATES[found.state],
        "titles": queries.class_titles(),
        "may_withdraw": own and mine,
        "may_answer": own and not mine and "evidence.approve_deletion" in request.actor.permissions,
        "mine": mine,
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/vault_deletion.html", context, current="vault")


def _overview(request: Any, refused: Refused | None = None) -> HttpResponse:
    actor, today = request.actor, request.at.date()
    price = settings.MINGJING_STORAGE_FEN_PER_GB_YEAR
    context = {
        "scrub": queries.scrub_state(request.at),
        "store": record.store_health(),
        "shares": queries.shares(actor, today, price),
        "priced": price > 0,
        "screening": queries.screening_state(actor),
        "screening_titles": queries.SCREENING_TITLES,
        "holds": queries.holds_in_sight(actor, today),
        "ready": queries.ready(actor, today),
        "deletions": queries.deletions_in_sight(actor),
        "states": STATES,
        "may_hold": "evidence.hold" in actor.permissions,
        "may_propose": "evidence.propose_deletion" in actor.permissions,
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/vault.html", context, current="vault")


def _answer(request: Any, deletion_id: uuid.UUID) -> None:
    post, common = request.POST, {"deletion_id": deletion_id, "actor": request.actor, "at": request.at}
    what, opinion = post.get("what", ""), post.get("opinion", "")
    if what == "approve":
        outcome = vault.approve_deletion(opinion=opinion, **common)
        kept = f"；{outcome.kept} 个另有保管依据，内容保留" if outcome.kept else ""
        flash.say(request, f"已批准，销毁 {outcome.destroyed} 个文件{kept}。")
    elif what == "reject":
        vault.reject_deletion(opinion=opinion, **common)
        flash.say(request, "已退回，没有销毁任何文件。")
    elif what == "withdraw":
        vault.withdraw_deletion(**common)
        flash.say(request, "已撤回，没有销毁任何文件。")
    else:
        raise Refused("bad-choice", "没有选择怎样办理。", remedy="请选择批准、不同意或者撤回。")
    seal_now(request)


def _subject(actor: Actor, text: str) -> str:
    """What is to be held: a case by its number, or a file by its SHA-256."""
    if _SHA256.fullmatch(text.lower()):
        return f"blob:{text.lower()}"
    if not text:
        raise Refused("bad-choice", "没有写明案号或者文件。", remedy="请填写案号，或者文件的 SHA-256。")
    return f"case:{cases.case_for(actor, text).pk}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("bad-date", f"日期“{text[:20]}”看不懂。", remedy="请选择日期，或者留空。") from None
