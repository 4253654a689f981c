"""着装和标志: the ledger of what officers were given, and whom the manager has to see to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingjing.kernel.refused import Refused
from mingjing.organs import actions
from mingjing.organs import queries as organs
from mingjing.organs.equipment import equipment, every_equipment, unequipped
from mingjing.web.ui import flash, wording
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import ORGANS_READ, desk, page, word
from .listing import address, csv_file

HEADS = ("姓名", "机关", "类别", "品名", "编号", "数量", "配发日期", "备注", "去向", "去向日期", "情况")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*ORGANS_READ)
def ledger(request: Any) -> HttpResponse:
    """The ledger of one organ or all, and the reminders; a post enters what was given out. Cost: 8 queries."""
    refused = None
    if request.method == "POST":
        try:
            _issue(request)
            return redirect(_here(request))
        except Refused as no_way:
            if no_way.code == "no-permission":
                raise
            refused = no_way
    tree = organs.tree()
    chosen = _chosen(request, tree)
    words, out = word(request, "words", limit=60), word(request, "out") == "1"
    after = number(word(request, "after", limit=18), 0)
    rows, cursor = equipment(chosen.pk if chosen else None, out=out, words=words, before=after)
    path, on = reverse("desk:equipment"), request.at.date()
    values = {"organ": chosen.code if chosen else "", "words": words, "out": "1" if out else ""}
    owed, many = unequipped(chosen.pk if chosen else None, on)
    people = organs.actors_of_organ(chosen.pk, on) if chosen else []
    context = {
        "rows": rows,
        "owed": owed,
        "owed_in_all": many,
        "organs": [(row.code, row.short_name or row.name) for _, row in tree],
        "chosen": chosen,
        "words": words,
        "out": out,
        "people": [(one.officer_id, one.name) for one in people],
        "kinds": actions.EQUIPMENT_KINDS,
        "endings": actions.EQUIPMENT_ENDINGS,
        "manages": "organ.manage" in request.actor.permissions,
        "typed": request.POST if refused else {},
        "refused": refused,
        "on": on,
        "next": address(path, values, after=cursor) if cursor else None,
        "first": address(path, values) if after else None,
        "reset": path if words or out or chosen else None,
        "csv": address(reverse("desk:equipment-csv"), {"organ": values["organ"]}),
    }
    return page(request, "desk/equipment.html", context, current="equipment")


@require_safe
@desk(*ORGANS_READ)
def ledger_csv(request: Any) -> HttpResponseBase:
    """The whole ledger of one organ, or of all."""
    chosen = _chosen(request, organs.tree())
    rows = every_equipment(chosen.pk if chosen else None).iterator(chunk_size=500)
    told = (
        (
            one.officer.name, one.officer.organ.name, actions.EQUIPMENT_KINDS[one.kind], one.item, one.number,
            one.quantity, wording.on(one.issued_on), one.note, actions.EQUIPMENT_ENDINGS.get(one.ended, ""),
            wording.on(one.ended_on), one.ended_note,
        )
        for one in rows
    )  # fmt: skip
    return csv_file(f"着装和标志台账-{request.at:%Y%m%d}.csv", HEADS, told)


@require_POST
@desk("organ.manage")
def end(request: Any, equipment_id: int) -> HttpResponse:
    """Given back, lost or worn out."""
    row = actions.end_equipment(
        equipment_id=equipment_id,
        ended=request.POST.get("ended", ""),
        ended_on=_day(request, "ended_on"),
        remark=_text(request, "remark", 200),
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    flash.say(request, f"{row}：{actions.EQUIPMENT_ENDINGS[row.ended]}，已登记。")
    return redirect(_here(request))


def _issue(request: Any) -> None:
    row = actions.issue_equipment(
        officer_id=_officer(request),
        kind=request.POST.get("kind", ""),
        item=_text(request, "item", 60),
        number=_text(request, "number", 40),
        quantity=number(request.POST.get("quantity") or "1", 0),
        issued_on=_day(request, "issued_on"),
        remark=_text(request, "remark", 200),
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    flash.say(request, f"{row}已登记配发。")


def _officer(request: Any) -> int:
    """The person that the form names. Raises: Refused ``bad-choice``."""
    chosen = number(request.POST.get("officer", ""), 0)
    if organs.officer_file(chosen) is None:
        raise Refused("bad-choice", "没有选择人员。", remedy="请选择后再提交。")
    return chosen


def _day(request: Any, name: str) -> date:
    """A day that was typed. Raises: Refused ``bad-date``."""
    try:
        return date.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise Refused(
            "bad-date", "没有填写日期，或者日期不成立。", remedy="请填写如 2026-03-01 的日期。"
        ) from None


def _text(request: Any, name: str, most: int) -> str:
    """A text that was typed. Raises: Refused ``bad-text`` for one too long."""
    text = str(request.POST.get(name, "")).replace("\x00", "").strip()
    if len(text) > most:
        raise Refused("bad-text", f"填写的内容最多 {most} 个字，现有 {len(text)} 个字。", remedy="请精简。")
    return text


def _chosen(request: Any, tree: list[tuple[int, Any]]) -> Any:
    code = word(request, "organ", limit=40)
    return next((row for _, row in tree if row.code == code), None)


def _here(request: Any) -> str:
    return address(reverse("desk:equipment"), {"organ": word(request, "organ", limit=40)})
