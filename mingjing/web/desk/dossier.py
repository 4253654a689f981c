"""案卷: the file of a case as a page: its catalogue, what is missing, sealing, the drawer, the four properties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.archives import actions
from mingjing.archives import queries as archives
from mingjing.kernel.refused import Refused
from mingjing.web.ui import flash
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.uploads import forget_sent, uploads_under

from .files import file_response
from .frame import desk, page

FILE = "file"


@require_http_methods(["GET", "HEAD", "POST"])
@desk("dossier.read")
def dossier(request: Any, no: str) -> HttpResponse:
    """The file of a case; a post seals it, adds a late paper, tests it, signs for it, or chooses an order."""
    refused = None
    if request.method == "POST":
        shown = archives.dossier_page(request.actor, no, request.at)
        try:
            said = _ACTS.get(request.POST.get("do", ""), _unknown)(request, shown)
            seal_now(request)
            flash.say(request, said)
            return redirect("desk:dossier", no=no)
        except Refused as no_way:
            refused = no_way
    shown = archives.dossier_page(request.actor, no, request.at)
    permissions = request.actor.permissions
    own = shown.case.organ_id == request.actor.organ_id
    context = {
        "shown": shown,
        "case": shown.case,
        "aspects": _aspects(shown),
        "may_archive": own and "dossier.archive" in permissions,
        "may_sign": own and "dossier.dispose" in permissions,
        "typed": request.POST if refused else {},
        "refused": refused,
        "today": request.at.date().isoformat(),
    }
    return page(request, "desk/dossier.html", context, current="cases")


def _aspects(shown: archives.DossierPage) -> list[tuple[str, list[dict[str, Any]]]]:
    if shown.check is None:
        return []
    found: dict[str, list[dict[str, Any]]] = {}
    for one in shown.check.results:
        found.setdefault(one["aspect"], []).append(one)
    return list(found.items())


def _seal(request: Any, shown: archives.DossierPage) -> str:
    volume = actions.seal_volume(
        case_id=shown.case.pk,
        actor=request.actor,
        at=request.at,
        archive_no=request.POST.get("archive_no", "")[:80],
        retention=request.POST.get("retention", "")[:20],
    )
    return f"案卷已经封存，归档号 {volume.archive_no}，共 {volume.copies} 件 {volume.pages} 页。"


def _late(request: Any, shown: archives.DossierPage) -> str:
    files = uploads_under(request.FILES, FILE, request)
    if len(files) != 1:
        raise Refused("bad-file", f"一次补充一份材料，现选了 {len(files)} 份。", remedy="请选择一个文件。")
    late = actions.add_late_paper(
        case_id=shown.case.pk,
        title=request.POST.get("title", ""),
        number=request.POST.get("number", ""),
        made_on=day_of(request.POST.get("made_on", "")),
        reason=request.POST.get("reason", ""),
        file=files[0],
        actor=request.actor,
        at=request.at,
    )
    forget_sent(request)
    return f"已补充归档：{late.title}。原卷没有改动。"


def _check(request: Any, shown: archives.DossierPage) -> str:
    if shown.sealed is None:
        raise Refused("not-sealed-yet", "案卷还没有封存，不能检测。", remedy="请先封卷。")
    check = actions.check_volume(volume_id=shown.sealed.pk, actor=request.actor, at=request.at)
    failed = sum(not one["ok"] for one in check.results)
    return "四性检测全部通过。" if check.passed else f"四性检测有 {failed} 项没有通过，请照办法补正。"


def _sign(request: Any, shown: archives.DossierPage) -> str:
    if shown.check is None:
        raise Refused("not-found", "没有可以签署例外的检测。", remedy="请先检测。")
    reason = request.POST.get("reason", "")
    actions.except_check(check_id=shown.check.pk, reason=reason, actor=request.actor, at=request.at)
    return "已签署例外。"


def _order(request: Any, shown: archives.DossierPage) -> str:
    actions.choose_order(order=request.POST.get("order", "")[:60], actor=request.actor, at=request.at)
    return "已改用所选的排列办法，今后封存的案卷照此排列。"


def _unknown(request: Any, shown: archives.DossierPage) -> str:
    raise Refused("bad-choice", "没有这项操作。", remedy="请从案卷页面办理。")


def seal_if_ended(request: Any, case_id: UUID) -> str:
    """Seal the file at once where the archivist's own step ended the case; what is said of it.

    The step stands whatever becomes of the sealing: a refusal is told, and the case waits in 待归档.
    """
    if not archives.may_seal(request.actor, case_id):
        return ""
    try:
        volume = actions.seal_volume(case_id=case_id, actor=request.actor, at=request.at)
    except Refused as refused:
        return f"案卷还没有封存：{refused.reason}请到“归档管理”办理。"
    return f"案卷已经封存，共 {volume.copies} 件 {volume.pages} 页。"


_ACTS: dict[str, Callable[[Any, archives.DossierPage], str]] = {
    "seal": _seal,
    "late": _late,
    "check": _check,
    "sign": _sign,
    "order": _order,
}


def day_of(text: str) -> date:
    """A day as a form gives it. Raises: Refused ``bad-date``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-date", "没有写明日期，或者写得不对。", remedy="例：2026-05-20。") from None


@require_safe
@desk("dossier.read")
def sealed(request: Any, no: str) -> FileResponse:
    """The bound volume as it was sealed."""
    volume, stream = archives.sealed_file(request.actor, no)
    return file_response(stream, "application/pdf", f"案卷{volume.archive_no}.pdf", inline=True)


@require_safe
@desk("dossier.read")
def late_paper(request: Any, no: str, seq: int) -> FileResponse:
    """One late paper, always as a download."""
    late, stream = archives.late_file(request.actor, no, seq)
    return file_response(stream, late.media_type, late.title, inline=False)
