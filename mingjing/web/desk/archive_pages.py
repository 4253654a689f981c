"""归档管理: what is to be archived, what is kept, what came late, what is due for transfer or appraisal."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.archives import actions
from mingjing.archives import queries as archives
from mingjing.archives.actions.appraising import VERDICTS
from mingjing.archives.retention import WORDS
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.web.ui import flash, wording
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.uploads import uploads_under

from .dossier import day_of
from .frame import desk, page, word
from .listing import MOST_EXPORTED, address, workbook

READS = ("dossier.archive", "dossier.dispose", "case.read.region")
ACTS = ("penalty", "license", "coercion", "inspection", "levy", "other")
RECEIPT = "receipt"


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*READS)
def archive(request: Any) -> HttpResponse:
    """One of the lists; a post puts the ticked volumes on a list for transfer or appraisal, or seals cases."""
    refused = None
    if request.method == "POST":
        try:
            return _act(request)
        except Refused as no_way:
            refused = no_way
    filters = _filters(request)
    rows, cursor = _rows(request, filters)
    values = _values(filters)
    path = reverse("desk:archive")
    regional = "case.read.region" in request.actor.permissions
    context = {
        "rows": rows,
        "filters": filters,
        "tabs": _tabs(path, filters),
        "retentions": list(WORDS.items()),
        "states": list(archives.STATES.items()),
        "acts": [(one, wording.act_title(one)) for one in ACTS],
        "verdicts": list(VERDICTS.items()),
        "organs": [(one.code, one.short_name) for one in organs.organs()] if regional else [],
        "transfers": archives.transfers(request.actor) if filters.list == "to_transfer" else [],
        "appraisals": archives.appraisals(request.actor) if filters.list == "to_appraise" else [],
        "may_archive": "dossier.archive" in request.actor.permissions,
        "today": request.at.date(),
        "typed": request.POST if refused else {},
        "next": address(path, values, after=cursor) if cursor else None,
        "first": address(path, values) if filters.after else None,
        "reset": address(path, {"list": filters.list}),
        "export": address(reverse("desk:archive-export"), values),
        "refused": refused,
    }
    return page(request, "desk/archive.html", context, current="archive")


def _act(request: Any) -> HttpResponse:
    do = request.POST.get("do", "")
    chosen = [one for text in request.POST.getlist("volume") if (one := number(text, 0))]
    common = {"actor": request.actor, "at": request.at}
    if do == "transfer":
        made = actions.list_transfer(
            volume_ids=chosen,
            hall=request.POST.get("hall", ""),
            matter_no=request.POST.get("matter_no", "").strip()[:30],
            **common,
        )
        seal_now(request)
        flash.say(request, f"已列入移交清单，共 {len(chosen)} 卷。")
        return redirect("desk:transfer", transfer_id=made.pk)
    if do == "appraise":
        verdict = request.POST.get("verdict", "")
        listed = actions.list_appraisal(
            title=request.POST.get("title", ""),
            verdicts=dict.fromkeys(chosen, verdict),
            reason=request.POST.get("reason", ""),
            **common,
        )
        seal_now(request)
        flash.say(request, f"已提出鉴定意见，共 {len(chosen)} 卷，等待负责人批准。")
        return redirect("desk:appraisal", appraisal_id=listed.pk)
    raise Refused("bad-choice", "没有这项操作。", remedy="请从归档管理的列表办理。")


@require_safe
@desk(*READS)
def export(request: Any) -> HttpResponse:
    """The list as it is filtered, as .xlsx."""
    filters = _filters(request, paged=False)
    rows, _ = _rows(request, filters, limit=MOST_EXPORTED)
    name = archives.LISTS[filters.list]
    if filters.list == "to_seal":
        heads: tuple[str, ...] = ("案号", "案件名称", "机关", "类别", "办结", "最近办理")
        lines: Any = (
            (
                row.label,
                row.title,
                row.organ,
                wording.act_title(row.act),
                wording.on(row.ended_at) if row.ended_at else "待归档环节",
                wording.on(row.moved_at),
            )
            for row in rows
        )
        return workbook("archive", name, heads, lines, request.at)
    heads = (
        "归档号", "案件名称", "机关", "类别", "年度", "保管期限", "保管类别", "办结", "件数", "页数", "补充",
        "四性检测", "状态", "应移交", "期限届满",
    )  # fmt: skip
    lines = (
        (
            row.archive_no,
            row.title,
            row.organ,
            wording.act_title(row.act),
            row.year,
            row.retention,
            row.class_title,
            row.closed_on,
            row.copies,
            row.pages,
            row.late,
            "通过" if row.passed else "未通过" if row.checked_at else "未检测",
            row.state,
            row.transfer_on or "",
            row.due_on or "永久",
        )
        for row in rows
    )
    return workbook("archive", name, heads, lines, request.at)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*READS)
def transfer(request: Any, transfer_id: int) -> HttpResponse:
    """One list for the state archives; a post enters the receipt, or takes the list back."""
    found = archives.transfer_for(request.actor, transfer_id)
    refused = None
    if request.method == "POST":
        try:
            _answer_transfer(request, transfer_id)
            seal_now(request)
            return redirect("desk:transfer", transfer_id=transfer_id)
        except Refused as no_way:
            refused = no_way
    context = {
        "one": found,
        "volumes": found.volumes.select_related("case").order_by("archive_no"),
        "words": WORDS,
        "may_archive": "dossier.archive" in request.actor.permissions
        and found.organ_id == request.actor.organ_id,
        "today": request.at.date().isoformat(),
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/transfer.html", context, current="archive")


def _answer_transfer(request: Any, transfer_id: int) -> None:
    common: dict[str, Any] = {"transfer_id": transfer_id, "actor": request.actor, "at": request.at}
    if request.POST.get("do") == "cancel":
        actions.cancel_transfer(**common)
        flash.say(request, "已撤销移交清单，案卷仍在库。")
        return
    files = uploads_under(request.FILES, RECEIPT, request)
    actions.hand_over_transfer(
        receipt_no=request.POST.get("receipt_no", ""),
        received_on=day_of(request.POST.get("received_on", "")),
        receipt=files[0] if files else None,
        **common,
    )
    flash.say(request, "已登记接收凭证，清单上的案卷已经移交。")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*READS)
def appraisal(request: Any, appraisal_id: int) -> HttpResponse:
    """One appraisal; a post approves it, sends it back, or finishes an interrupted destruction."""
    found = archives.appraisal_for(request.actor, appraisal_id)
    refused = None
    if request.method == "POST":
        try:
            _answer_appraisal(request, appraisal_id)
            seal_now(request)
            return redirect("desk:appraisal", appraisal_id=appraisal_id)
        except Refused as no_way:
            refused = no_way
            found = archives.appraisal_for(request.actor, appraisal_id)
    context = {
        "one": found,
        "volumes": found.volumes.select_related("case").order_by("archive_no"),
        "words": WORDS,
        "verdicts": VERDICTS,
        "may_dispose": "dossier.dispose" in request.actor.permissions
        and found.organ_id == request.actor.organ_id,
        "is_mine": found.listed_by_id == request.actor.id,
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/appraisal.html", context, current="archive")


def _answer_appraisal(request: Any, appraisal_id: int) -> None:
    common: dict[str, Any] = {"appraisal_id": appraisal_id, "actor": request.actor, "at": request.at}
    do, opinion = request.POST.get("do"), request.POST.get("opinion", "")
    if do == "return":
        actions.return_appraisal(opinion=opinion, **common)
        flash.say(request, "已退回，案卷没有变化。")
    elif do == "finish":
        actions.destroy_volumes(**common)
        flash.say(request, "销毁已经执行完毕。")
    else:
        actions.approve_appraisal(opinion=opinion, **common)
        flash.say(request, "已批准并执行。")


def _rows(request: Any, filters: archives.ArchiveFilters, **more: Any) -> tuple[Any, str]:
    if filters.list == "to_seal":
        return archives.to_seal(request.actor, filters, **more)
    return archives.volumes(request.actor, filters, request.at, **more)


def _filters(request: Any, *, paged: bool = True) -> archives.ArchiveFilters:
    chosen = word(request, "list")
    return archives.ArchiveFilters(
        list=chosen if chosen in archives.LISTS else "to_seal",
        words=word(request, "words"),
        year=word(request, "year", limit=4),
        retention=word(request, "retention"),
        act=word(request, "act"),
        state=word(request, "state"),
        organ=word(request, "organ"),
        after=word(request, "after") if paged else "",
    )


def _values(filters: archives.ArchiveFilters) -> dict[str, Any]:
    return {name: value for name, value in vars(filters).items() if name != "after"}


def _tabs(path: str, filters: archives.ArchiveFilters) -> list[dict[str, Any]]:
    return [
        {"title": title, "href": address(path, {"list": key}), "current": key == filters.list}
        for key, title in archives.LISTS.items()
    ]
