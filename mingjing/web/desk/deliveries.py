"""每日对账: what is owed to each channel and day, what was sent, taken, sent back and withdrawn; and upload files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingjing.exchange import actions
from mingjing.exchange import queries as exchange
from mingjing.exchange.channels import interfaces
from mingjing.kernel.refused import Refused
from mingjing.publicity import actions as publicity
from mingjing.publicity import queries as publications
from mingjing.publicity.matrix import matrix
from mingjing.record import queries as record
from mingjing.web.ui import flash, wording
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address, csv_file

READ, MANAGE = "publication.read", "publication.manage"
DAYS = 30
LINES_PAGE = 50
MOST_DAYS = 366
ALL = "全部"
CELLS = {"": ALL, **{name: title for name, (title, _) in exchange.CELLS.items()}, exchange.LATE: "逾期"}
OUTCOMES = {"waiting": "待回执", "accepted": "已接收", "refused": "被退回"}


@require_safe
@desk(READ)
def balance(request: Any) -> HttpResponse:
    """The balance by day and channel, page by page; who supervises sees one line an organ, and opens one.

    Cost: 3 queries, however many placements.
    """
    first, last, channel, refused = _span(request)
    organ = word(request, "organ") if request.actor.supervises else ""
    wanted = {"first": first, "last": last, "now": request.at, "channel": channel}
    scope = _scope(request.actor, organ)
    organs = exchange.by_organ(scope, **wanted) if request.actor.supervises else []
    lines = exchange.balance(scope, **wanted) if organ or not organs else []
    sums = lines or organs
    values = {**_values(first, last, channel), "organ": organ}
    path = reverse("desk:deliveries")
    context = {
        **_turned(lines, number(word(request, "page", limit=6), 1), path, values),
        "organs": [] if organ else organs,
        "organ": organ,
        "organ_name": organs[0].organ if organ and organs else "",
        "totals": exchange.totals(sums),
        "cells": exchange.CELLS,
        "whole": all(one.whole for one in sums),
        "first_day": first,
        "last_day": last,
        "channel": channel,
        "channels": _channels(),
        "unsettled": len(publications.unsettled(organ=scope.organ, under=scope.under)),
        "may_manage": MANAGE in request.actor.permissions,
        "waiting": _waiting(request.actor) if MANAGE in request.actor.permissions else [],
        "refused": refused,
        "reset": path,
        "all_organs": address(path, _values(first, last, channel)),
        "csv": address(reverse("desk:deliveries-csv"), values),
    }
    return page(request, "desk/deliveries.html", context, current="deliveries")


def _turned(lines: Sequence[Any], at: int, path: str, values: dict[str, str]) -> dict[str, Any]:
    """The ``at``-th page of lines that are all at hand, from 1, with the ways to turn."""
    at = min(max(at, 1), max(-(-len(lines) // LINES_PAGE), 1))
    end = at * LINES_PAGE
    return {
        "lines": lines[end - LINES_PAGE : end],
        "next": address(path, values, page=at + 1) if end < len(lines) else None,
        "first": address(path, values) if at > 1 else None,
    }


@require_safe
@desk(READ)
def balance_csv(request: Any) -> HttpResponseBase:
    """The balance as CSV: every organ, channel and day."""
    first, last, channel, _ = _span(request)
    scope = _scope(request.actor, word(request, "organ"))
    lines = exchange.balance(scope, first=first, last=last, now=request.at, channel=channel)
    heads = ["日期", "机关", "机关代码", "渠道", *CELLS.values()]
    rows = (
        [one.day, one.organ, one.organ_code, one.channel_title, one.owed, *one.parts.values(), one.late]
        for one in lines
    )
    return csv_file(f"每日对账-{first:%Y%m%d}-{last:%Y%m%d}.csv", heads, rows)


@require_safe
@desk(READ)
def rows(request: Any) -> HttpResponse:
    """The decisions behind one number of the balance. Cost: 5 queries."""
    first, last, channel, refused = _span(request)
    cell, organ, after = word(request, "cell"), word(request, "organ"), word(request, "after", limit=18)
    found = exchange.tasks(
        _scope(request.actor, organ),
        first=first,
        last=last,
        now=request.at,
        channel=channel,
        cell=cell,
        after=number(after, 0),
    )
    values = {**_values(first, last, channel), "cell": cell, "organ": organ}
    path = reverse("desk:delivery-rows")
    context = {
        "rows": found,
        "cell": cell,
        "cells": [(name, title) for name, title in CELLS.items() if name],
        "title": CELLS.get(cell, ALL),
        "first_day": first,
        "last_day": last,
        "channel": channel,
        "channels": _channels(),
        "outcomes": OUTCOMES,
        "organ": organ,
        "may_manage": MANAGE in request.actor.permissions,
        "refused": refused,
        "reset": path,
        "back": address(reverse("desk:deliveries"), _values(first, last, channel)),
        "csv": address(reverse("desk:delivery-rows-csv"), values),
        "next": address(path, values, after=found[-1].id) if len(found) == exchange.TASKS_PAGE else None,
        "first": address(path, values) if after else None,
    }
    return page(request, "desk/delivery_rows.html", context, current="deliveries")


@require_safe
@desk(READ)
def rows_csv(request: Any) -> HttpResponseBase:
    """The same as CSV, all of them."""
    first, last, channel, _ = _span(request)
    scope = _scope(request.actor, word(request, "organ"))
    found = exchange.every_task(
        scope, first=first, last=last, now=request.at, channel=channel, cell=word(request, "cell")
    )
    heads = [
        "文号",
        "机关",
        "渠道",
        "应公示日",
        "状态",
        "不公示、暂缓的理由",
        "逾期",
        "送出时间",
        "渠道答复",
        "回执",
        "退回原因",
        "批次",
    ]
    lines = (
        [
            one.number,
            one.organ,
            one.channel_title,
            one.day,
            one.state_title,
            one.ground,
            "是" if one.late else "",
            wording.at(one.told_at),
            OUTCOMES.get(one.outcome, ""),
            one.receipt,
            one.reason,
            one.batch,
        ]
        for one in found
    )
    return csv_file(f"对账明细-{first:%Y%m%d}-{last:%Y%m%d}.csv", heads, lines)


@require_POST
@desk(MANAGE)
def again(request: Any, placement_id: int) -> HttpResponse:
    """Tell a channel again what it sent back."""
    sending = actions.send_again(placement_id=placement_id, actor=request.actor, at=request.at)
    seal_now(request)
    by_interface = sending.placement.channel in interfaces()
    flash.say(
        request,
        "已列入报送，平台将自动再报。" if by_interface else "已列入下一个报送包，请在“报送包”中制作。",
    )
    return redirect(_back(request))


@require_POST
@desk(MANAGE)
def answer(request: Any, placement_id: int) -> HttpResponse:
    """Record what a channel answered that took the message and answers later: its receipt, or why not."""
    post = request.POST
    common = {"placement_id": placement_id, "actor": request.actor, "at": request.at}
    if attempt := number(post.get("attempt", ""), 0):
        common["attempt"] = attempt
    if post.get("do") == "refuse":
        publicity.refused(reason=post.get("reason", "")[:500], **common)
        flash.say(request, "已登记被退回。")
    else:
        publicity.accepted(number=post.get("receipt", "").strip()[:80], **common)
        flash.say(request, "已登记接收。")
    seal_now(request)
    return redirect(_back(request))


# --- upload files ---


@require_http_methods(["GET", "HEAD", "POST"])
@desk(MANAGE)
def packages(request: Any) -> HttpResponse:
    """The upload files of one's organ; a post makes one."""
    refused = None
    if request.method == "POST":
        try:
            made = actions.make_package(
                channel=request.POST.get("channel", ""),
                organ=request.actor.organ_code,
                actor=request.actor,
                at=request.at,
            )
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
            flash.say(request, f"报送包 {made.number} 已制作，共 {made.rows} 件。")
            return redirect("desk:package", made.number)
    context = {
        "rows": exchange.packages(request.actor.organ_id),
        "titles": {one.id: one.title for one in matrix().channels},
        "waiting": _waiting(request.actor),
        "refused": refused,
    }
    return page(request, "desk/packages.html", context, current="deliveries")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(MANAGE)
def package(request: Any, number: str) -> HttpResponse:
    """One upload file: what is in it, page by page; a post records its receipt, or what was sent back."""
    found = _own_package(request.actor, number)
    refused = None
    if request.method == "POST":
        try:
            _answer(request, number)
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
            return redirect("desk:package", number)
    context = {
        "package": found,
        "channel_title": matrix().channel(found.channel).title,
        **_inside(request, found.number),
        "outcomes": OUTCOMES,
        "typed": request.POST if refused else {},
        "refused": refused,
    }
    return page(request, "desk/package.html", context, current="deliveries")


def _inside(request: Any, batch: str) -> dict[str, Any]:
    """A page of what is in an upload file."""
    after, path = number(word(request, "after", limit=18), 0), reverse("desk:package", args=[batch])
    found = exchange.in_package(batch, after=after, limit=exchange.TASKS_PAGE + 1)
    rows = found[: exchange.TASKS_PAGE]
    return {
        "rows": rows,
        "next": address(path, {}, after=rows[-1].placement_id) if len(found) > len(rows) else None,
        "first": path if after else None,
    }


def _answer(request: Any, number: str) -> None:
    post, common = request.POST, {"number": number, "actor": request.actor, "at": request.at}
    if post.get("do") == "refuse":
        decision = post.get("decision", "")
        actions.refuse_in_package(decision=decision, reason=post.get("reason", "")[:500], **common)
        flash.say(request, f"已登记{decision}被退回。")
    else:
        actions.accept_package(receipt=post.get("receipt", ""), **common)
        flash.say(request, "回执已登记，没有退回的各件均为已接收。")


@require_safe
@desk(MANAGE)
def package_file(request: Any, number: str) -> HttpResponseBase:
    """The upload file itself."""
    found = _own_package(request.actor, number)
    return FileResponse(
        record.open_blob(found.sha256),
        as_attachment=True,
        filename=f"{number}.zip",
        content_type="application/zip",
    )


def _own_package(actor: Any, number: str) -> Any:
    found = exchange.package(number)
    if found is None or found.organ_id != actor.organ_id:
        raise Refused("no-such-package", f"没有编号为“{number[:60]}”的报送包。", remedy="请从列表中选择。")
    return found


# --- what the pages share ---


def _span(request: Any) -> tuple[date, date, str, Refused | None]:
    """The days and the channel of the address; what cannot be read is told, and the usual span is shown."""
    today = timezone.localdate(request.at)
    usual = today - timedelta(days=DAYS), today + timedelta(days=DAYS)
    channel = word(request, "channel")
    if channel not in {name for name, _ in _channels()}:
        channel = ""
    try:
        first = date.fromisoformat(word(request, "from") or usual[0].isoformat())
        last = date.fromisoformat(word(request, "to") or usual[1].isoformat())
    except ValueError:
        return (*usual, channel, Refused("bad-date", "日期看不懂。", remedy="请写成 2026-01-05。"))
    if not timedelta(0) <= last - first <= timedelta(days=MOST_DAYS):
        no_way = Refused("bad-span", f"起止日期须先后相接，且不超过 {MOST_DAYS} 日。", remedy="请缩小范围。")
        return (*usual, channel, no_way)
    return first, last, channel, None


def _values(first: date, last: date, channel: str) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat(), "channel": channel}


def _channels() -> list[tuple[str, str]]:
    return [(one.id, one.title) for one in matrix().channels]


def _scope(actor: Any, organ: str) -> publications.Wanted:
    """What the actor may see, narrowed to one organ where a line of the balance leads here."""
    scope = publications.scope_of(actor)
    return publications.Wanted(organ=organ, under=scope.under) if organ and scope.under else scope


def _waiting(actor: Any) -> list[tuple[str, str, int]]:
    """Channels without an interface for which something waits: name, title, how many."""
    served = interfaces()
    titles = {one.id: one for one in matrix().channels}
    return [
        (name, titles[name].title, count)
        for name, count in exchange.waiting_for_upload(actor.organ_id).items()
        if name not in served and not titles[name].own
    ]


def _back(request: Any) -> str:
    """The list the person came from, and nothing outside it."""
    path = reverse("desk:delivery-rows")
    came = request.POST.get("back", "")
    return came if came.startswith(f"{path}?") else path
