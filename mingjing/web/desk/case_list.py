"""案件: every readable case, filtered, paged by key, as a table, as cards or as Excel."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.cases.queries import CaseFilters
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.web.ui import wording

from .frame import desk, page, word
from .listing import MOST_EXPORTED, address, workbook
from .todo import LAMPS

STATES = (("open", "在办"), ("ended", "已结案"))
SORTS = (("due", "最紧急的在前"),)


@require_safe
@desk("case.read")
def case_list(request: Any) -> HttpResponse:
    """The list with its filters."""
    filters = _filters(request)
    rows, cursor = cases.case_list(request.actor, request.at, filters)
    values = _values(filters)
    procedures = law.procedures(request.at.date())
    path = reverse("desk:cases")
    regional = "case.read.region" in request.actor.permissions
    context = {
        "rows": rows,
        "filters": filters,
        "states": STATES,
        "sorts": SORTS,
        "lamps": LAMPS,
        "stages": _stages(procedures),
        "procedures": [(one.id, one.title) for one in procedures],
        "organs": [(one.code, one.short_name) for one in organs.organs()] if regional else [],
        "may_open": "case.open" in request.actor.permissions,
        "may_handle": "case.open" in request.actor.permissions,
        "next": address(path, values, after=cursor) if cursor else None,
        "first": address(path, values) if filters.after else None,
        "reset": path,
        "export": address(reverse("desk:cases-export"), values),
    }
    return page(request, "desk/cases.html", context, current="cases")


@require_safe
@desk("case.read")
def export(request: Any) -> HttpResponse:
    """The list as it is filtered, as .xlsx."""
    rows, _ = cases.case_list(request.actor, request.at, _filters(request, paged=False), limit=MOST_EXPORTED)
    heads = (
        "案号",
        "案件名称",
        "当事人",
        "机关",
        "类别",
        "阶段",
        "时限",
        "到期日",
        "立案登记",
        "最近办理",
        "状态",
    )
    lines = (
        (
            row.label,
            row.title,
            row.party,
            row.organ,
            wording.act_title(row.act),
            row.stage,
            row.lamp.words if row.lamp else "",
            wording.on(row.due_at) if not row.ended else "",
            wording.on(row.opened_at),
            wording.on(row.moved_at),
            "已结案" if row.ended else "在办",
        )
        for row in rows
    )
    return workbook("cases", "案件", heads, lines, request.at)


def _filters(request: Any, *, paged: bool = True) -> CaseFilters:
    return CaseFilters(
        words=word(request, "words"),
        stage=word(request, "stage"),
        state=word(request, "state"),
        lamp=word(request, "lamp"),
        procedure=word(request, "procedure"),
        organ=word(request, "organ"),
        mine=word(request, "mine") == "1",
        sort=word(request, "sort"),
        after=word(request, "after") if paged else "",
    )


def _values(filters: CaseFilters) -> dict[str, Any]:
    return {
        "words": filters.words,
        "stage": filters.stage,
        "state": filters.state,
        "lamp": filters.lamp,
        "procedure": filters.procedure,
        "organ": filters.organ,
        "mine": "1" if filters.mine else "",
        "sort": filters.sort,
    }


def _stages(procedures: list[Any]) -> list[tuple[str, str]]:
    """The stages of all procedures, each id once, in order of first appearance."""
    return list({stage.id: stage.title for one in procedures for stage in one.stages}.items())
