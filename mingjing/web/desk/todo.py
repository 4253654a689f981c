"""我的待办: what waits for the person, most urgent first, and what the person has done."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.cases.queries import CaseFilters, TodoFilters
from mingjing.organs.authority import Actor
from mingjing.publicity.registers import queries as registers
from mingjing.web.ui import wording

from .frame import desk, page, word
from .listing import MOST_EXPORTED, address, workbook

LATEST = 10
MINE = "mine"  # the tab of what a supervisor has to do himself; without it stands how the organs are
APPROVERS = frozenset({"organ_head", "unit_head"})
LAMPS = (("overdue", "已超期"), ("soon", "3 个工作日内到期"))
NOTES = {
    "": "现在能办的，以及三个工作日内到期和已经超期的；最紧急的在前。",
    "approval": "等您审批的，最早报批的在前。",
    "waiting": "应由您办，但要等前面的环节办完或者期限届满；轮到时自动转入待办。",
}


@require_safe
@desk("desk.enter")
def todo(request: Any) -> HttpResponse:
    """The start page of the desk; somebody who sees no cases is led to the organs, a supervisor to the region."""
    permissions = request.actor.permissions
    if "case.read" not in permissions:
        return redirect("desk:organs")
    tab = word(request, "tab")
    if _oversees(request.actor) and not (tab or word(request, "lamp") or word(request, "words")):
        return _region(request)
    counts = cases.todo_counts(request.actor, request.at)
    context = {
        "revisions": _revisions(request.actor),
        "counts": counts,
        "tabs": _tabs(request.actor, tab, counts),
        "tab": tab,
        "at": request.at,
    }
    if tab == "done":
        taken = cases.done(request.actor, request.at)
        return page(request, "desk/done.html", {**context, "rows": taken}, current="todo", owed=counts.open)
    filters = _filters(request)
    rows, cursor = cases.todo(request.actor, request.at, filters)
    values = {"tab": tab, "words": filters.words, "step": filters.step, "lamp": filters.lamp}
    path = reverse("desk:todo")
    context |= {
        "rows": rows,
        "filters": filters,
        "note": NOTES[filters.kind],
        "steps": counts.steps,
        "lamps": LAMPS,
        "next": address(path, values, after=cursor) if cursor else None,
        "first": address(path, values) if filters.after else None,
        "reset": address(path, {"tab": tab}),
        "export": address(reverse("desk:todo-export"), values),
    }
    return page(request, "desk/todo.html", context, current="todo", owed=counts.open)


def _revisions(actor: Actor) -> tuple[int, Any]:
    """How many registers the person's organ is to revise and by when the first; nothing for others. Cost: 1 query."""
    edits = {"register.edit", "register.submit"} & actor.permissions
    return registers.duty_count(actor.organ_id) if edits and actor.organ_id else (0, None)


def _oversees(actor: Actor) -> bool:
    """Whether the person looks after the cases of other organs too, and so starts from how they stand."""
    return "case.read.region" in actor.permissions


def _region(request: Any) -> HttpResponse:
    """Where a supervisor starts: what he has to do himself, then how the organs stand, each figure a way to its cases."""
    organs = cases.by_organ(request.actor, request.at)
    mine, more = cases.todo(request.actor, request.at, limit=LATEST)
    late, _ = cases.case_list(
        request.actor, request.at, CaseFilters(lamp="overdue", sort="due"), limit=LATEST
    )
    context = {
        "organs": organs,
        "late": late,
        "waiting": len(registers.queue(request.actor)),
        "mine": mine,
        "all_mine": address(reverse("desk:todo"), {"tab": MINE}) if mine or more else None,
        "at": request.at,
    }
    return page(request, "desk/region.html", context, current="todo")


@require_safe
@desk("case.read")
def export(request: Any) -> HttpResponse:
    """The to-do list as it is filtered, as .xlsx."""
    rows, _ = cases.todo(request.actor, request.at, _filters(request, paged=False), limit=MOST_EXPORTED)
    heads = ("时限", "到期日", "事项", "案号", "案件名称", "当事人", "阶段", "类别", "依据")
    lines = (
        (
            row.lamp.words if row.lamp else (f"已中止：{row.why_paused}" if row.paused else "无期限"),
            wording.on(row.due_at) + ("（暂计）" if row.provisional else ""),
            row.title,
            row.case_label,
            row.case_title,
            row.party,
            row.stage,
            wording.act_title(row.act),
            row.basis,
        )
        for row in rows
    )
    return workbook("todo", "我的待办", heads, lines, request.at)


def _filters(request: Any, *, paged: bool = True) -> TodoFilters:
    tab = word(request, "tab")
    return TodoFilters(
        words=word(request, "words"),
        step=word(request, "step"),
        kind=tab if tab in ("approval", "waiting") else "",
        lamp=word(request, "lamp"),
        after=word(request, "after") if paged else "",
    )


def _tabs(actor: Actor, tab: str, counts: cases.TodoCounts) -> list[dict[str, Any]]:
    """The tabs with their figures; what nobody of this role ever has is left out."""
    path = reverse("desk:todo")
    first = MINE if _oversees(actor) else ""
    tabs = [
        (first, "待办", counts.open),
        ("approval", "待我审批", counts.approvals),
        ("waiting", "等前面的环节", counts.waiting),
        ("done", "已办", None),
    ]
    approves = actor.roles & APPROVERS or counts.approvals
    return [
        {
            "title": title,
            "href": address(path, {"tab": key}),
            "current": key == tab,
            "count": None if count is None else wording.counted(count),
        }
        for key, title, count in tabs
        if key != "approval" or approves or tab == "approval"
    ]
