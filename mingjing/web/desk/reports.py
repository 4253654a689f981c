"""统计年报: an organ's report with every cell leading to its cases, and the justice bureau's collection."""

from __future__ import annotations

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.exchange.annual_file import lay_out_file
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.kernel.reporting import ALL, LEFT_OUT, RATE, UNASSIGNED, Column, Table, findings
from mingjing.law import queries as law
from mingjing.oversight import actions, gathering, queries
from mingjing.oversight.queries import Asked
from mingjing.record import queries as record
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.reports import download, pdf_response, tables_of
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address

PERIODS = (("year", "全年"), ("q1", "第一季度"), ("q2", "第二季度"), ("q3", "第三季度"), ("q4", "第四季度"))
YEARLY, QUARTERLY = "twelve-kinds", "quarterly"
FIRST_YEAR, MOST_BYTES, PAGE = 2015, 20 * 1024 * 1024, 50
MOST_MOVED = 500
COLLECT = "report.collect"


def asked_for(request: Any) -> Asked:
    """Which report the address asks for. Raises: Refused ``not-found``, ``other-organ``, ``no-such-scheme``."""
    now = request.at.astimezone(SHANGHAI).date()
    # In January and February it is last year's report that people work on.
    default = now.year - 1 if now.month <= 2 else now.year
    told = word(request, "year", limit=4)
    year = int(told) if told.isdecimal() and FIRST_YEAR <= int(told) <= now.year else default
    period = next((code for code, _ in PERIODS if code == word(request, "period")), "year")
    scheme = law.report_scheme(word(request, "scheme", limit=40) or _default(period))
    if (scheme.period == "quarter") != (period != "year"):
        scheme = law.report_scheme(_default(period))
    return Asked(scheme, year, period, queries.organ_for(request.actor, word(request, "organ", limit=60)))


def _default(period: str) -> str:
    return YEARLY if period == "year" else QUARTERLY


def values_of(asked: Asked) -> dict[str, Any]:
    """The address of a report as parameters."""
    return {
        "organ": asked.organ.code if asked.organ else "",
        "year": asked.year,
        "period": asked.period,
        "scheme": asked.scheme.id,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk("case.read")
def reports(request: Any) -> HttpResponse:
    """The report of one organ: figures, sums checked, editions, and what the person may do now."""
    if COLLECT in request.actor.permissions and not word(request, "organ"):
        return redirect("desk:report-collection")
    asked = asked_for(request)
    refused = None
    if request.method == "POST":
        try:
            flash.say(request, _act(request, asked))
            seal_now(request)
            return redirect(address(request.path, values_of(asked)))
        except Refused as no_way:
            refused = no_way
    context = {**_context(request, asked), "refused": refused, "typed": request.POST}
    return page(request, "desk/reports.html", context, current="reports")


def _context(request: Any, asked: Asked) -> dict[str, Any]:
    editions = queries.editions(asked)
    standing = editions[0] if editions else None
    fixed = standing.figures if standing and standing.figures else None
    live, counted_at = queries.lately(asked, request.at, again=word(request, "again") == "1")
    figures = live if fixed is None or word(request, "live") else fixed
    before, edition_changes = queries.edition_changes(editions)
    path, values = request.path, values_of(asked)
    linked = figures is live or (standing is not None and standing.origin == "cases")
    return {
        "asked": asked,
        "values": values,
        "figures": figures,
        "tables": tables_of(figures, _linked(asked) if linked else None),
        "checks": findings(figures),
        "is_live": figures is live,
        "fixed": fixed,
        "standing": standing,
        "editions": editions,
        "changes": queries.late_changes(standing, live) if standing else [],
        "moves_href": _moves(asked),
        "edition_changes": edition_changes,
        "edition_before": before,
        "matter": queries.matter(asked, request.at),
        "over": asked.over(request.at),
        "own": asked.organ is not None and asked.organ.pk == request.actor.organ_id,
        "may": request.actor.permissions,
        "years": [(str(one), f"{one}年") for one in _years(request)],
        "periods": PERIODS,
        "schemes": _schemes(asked.period),
        "due": queries.due_on(asked.year),
        "see_live": address(path, values, live=1),
        "counted_at": counted_at if counted_at != request.at else None,
        "count_again": address(path, values, live=word(request, "live"), again=1),
        "see_fixed": address(path, values),
        "files": [
            (address(reverse("desk:report-file", args=[kind]), values, live=word(request, "live")), title)
            for kind, title in (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON"))
            if kind != "pdf" or (fixed is not None and figures is not live)
        ],
    }


def _years(request: Any) -> range:
    now = request.at.astimezone(SHANGHAI).year
    return range(now, now - 6, -1)


def _schemes(period: str) -> list[tuple[str, str]]:
    wanted = "year" if period == "year" else "quarter"
    return [(one.id, one.title) for one in law.report_schemes().values() if one.period == wanted]


def _linked(asked: Asked) -> Any:
    """The address of the acts behind each cell that counts something."""
    path = reverse("desk:report-cell")

    def link(one: Any, line: Any, column: Any) -> str:
        if column.is_ == RATE or not line.cells[column.id].count:
            return ""
        return address(path, values_of(asked), table=one.table.id, column=column.id, row=line.row)

    return link


def _moves(asked: Asked) -> Any:
    """The address of the acts that came and went in a cell since an edition."""
    path = reverse("desk:report-changes")
    return lambda one, edition: address(
        path, values_of(asked), table=one.table, column=one.column, row=one.of, edition=edition
    )


def _act(request: Any, asked: Asked) -> str:
    """Do what was posted; returns what to tell."""
    do, given = request.POST.get("do", ""), request.POST
    common: dict[str, Any] = {"actor": request.actor, "at": request.at}
    organ = asked.organ
    assert organ is not None  # ``asked_for`` always names one
    if do == "text":
        actions.write_text(organ=organ, asked=asked, text=given.get("text", ""), **common)
        return "总体情况已经保存。"
    if do == "lock":
        actions.lock(organ=organ, asked=asked, **common)
        return "数字已经锁定，清单和摘要已入全过程记录。"
    if do == "import":
        return _import(request, organ, asked, common)
    report_id = number(given.get("report", ""), 0)
    if do == "sign":
        actions.sign(report_id=report_id, **common)
        return "已签发，并已报送司法行政机关。"
    if do == "publish":
        actions.publish(report_id=report_id, note=given.get("note", ""), **common)
        return "已公布，公众可以在“统计年报”页面查看和下载。"
    if do == "accept":
        actions.accept(report_id=report_id, **common)
        return "已接收。"
    if do == "return":
        actions.give_back(report_id=report_id, reason=given.get("reason", ""), **common)
        return "已退回，该机关须改正后重新报送。"
    raise Refused("bad-choice", "没有这项操作。", remedy="请从年报页面办理。")


def _import(request: Any, organ: Any, asked: Asked, common: dict[str, Any]) -> str:
    """Take in the counts of an earlier year from a file."""
    file = request.FILES.get("file")
    if file is None or not 0 < file.size <= MOST_BYTES:
        raise Refused("bad-file", "没有选择文件，或者文件太大。", remedy="请选择 Excel、CSV 或者 JSON 文件。")
    content = file.read()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "counts"
        path.write_bytes(content)
        found = lay_out_file(path, asked.year, [asked.scheme], asked.scheme, asked.period)
    if len(found) != 1:
        raise Refused(
            "several", f"文件里有 {len(found)} 份报表。", remedy="请一份文件只放一个机关的一份报表。"
        )
    one = found[0]
    actions.take_in(organ=organ, asked=asked, figures=one.figures, flags=one.flags, source=content, **common)
    return f"已导入，{len(one.flags)} 处须核对。" if one.flags else "已导入，各栏与合计相符。"


@require_safe
@desk("case.read")
def cell(request: Any) -> HttpResponse:
    """The acts that one cell counts, a page at a time, each with its case."""
    asked = asked_for(request)
    table, column = _place(request, asked)
    leaf, row = max(1, number(word(request, "page", limit=4), 1)), word(request, "row", limit=60)
    found = queries.page_behind(
        asked, request.at, table=table.id, column=column.id, row=row, start=(leaf - 1) * PAGE, limit=PAGE
    )
    path = request.path
    values = {**values_of(asked), "table": table.id, "column": column.id, "row": row}
    context = {
        "asked": asked,
        "table": table,
        "column": column,
        "rows": [_listed(act) for act in found[:PAGE]],
        "back": address(reverse("desk:reports"), values_of(asked)) + f"#{table.id}",
        "next": address(path, values, page=leaf + 1) if len(found) > PAGE else None,
        "first": address(path, values) if leaf > 1 else None,
    }
    return page(request, "desk/report_cell.html", context, current="reports")


def _place(request: Any, asked: Asked) -> tuple[Table, Column]:
    """The table and column that the address names. Raises: Refused ``not-found``."""
    table = next((one for one in asked.scheme.tables if one.id == word(request, "table")), None)
    columns = {} if table is None else {one.id: one for one in (*table.columns, table.column(UNASSIGNED))}
    column = columns.get(word(request, "column"))
    if table is None or column is None or column.is_ == RATE:
        raise Refused("not-found", "没有这一栏。", remedy="请从年报页面进入。")
    return table, column


@require_safe
@desk("case.read")
def changes(request: Any) -> HttpResponse:
    """Which cases came into a cell and which left it since an edition was locked: to the next edition, or to now."""
    asked = asked_for(request)
    table, column = _place(request, asked)
    told = word(request, "edition", limit=4)
    came, went = queries.cell_moves(
        asked,
        request.at,
        edition=int(told) if told.isdecimal() else 0,
        table=table.id,
        column=column.id,
        row=word(request, "row", limit=60),
    )
    context = {
        "asked": asked,
        "table": table,
        "column": column,
        "parts": [
            (title, len(acts), [_listed(act) for act in acts[:MOST_MOVED]])
            for title, acts in (("增加的", came), ("减少的", went))
        ],
        "back": address(reverse("desk:reports"), values_of(asked)) + f"#{table.id}",
    }
    return page(request, "desk/report_changes.html", context, current="reports")


def _listed(act: Any) -> dict[str, Any]:
    """An act as a line: its case, and the step where it is one."""
    no, _, step = act.ref.partition("#")
    return {
        "no": "" if act.subject == "staffing" else no,
        "ref": act.ref,
        "anchor": f"#event-{step}" if step.isdecimal() else "",
        "on": act.on,
        "row": act.row,
        "fen": act.fen,
        "revoked_on": act.revoked_on,
    }


@require_safe
@desk("case.read")
def file(request: Any, kind: str) -> HttpResponseBase:
    """The report as PDF, workbook, CSV or JSON: what is locked, or what the cases say now with ``live``."""
    asked = asked_for(request)
    editions = queries.editions(asked)
    if kind == "pdf":
        return _pdf(request, asked, editions)
    fixed = editions[0].figures if editions and not word(request, "live") else None
    figures = fixed or queries.lately(asked, request.at)[0]
    assert asked.organ is not None
    notes = [f"第 {editions[0].edition} 版，{editions[0].state_title}" if fixed else "未锁定的数字，仅供核对"]
    return download(figures, kind, f"{asked.organ.name}{asked.words}行政执法统计", asked.year, notes)


def _pdf(request: Any, asked: Asked, editions: list[queries.ReportView]) -> HttpResponseBase:
    """The whole report as it was signed; before that with a watermark. Raises: Refused ``not-locked``."""
    standing = editions[0] if editions else None
    if standing is None or standing.figures is None:
        raise Refused(
            "not-locked",
            "数字还没有锁定，没有可以打印的年报。",
            remedy="请先锁定数字；现在可以下载表格核对。",
        )
    name = f"annual-report-{asked.year}"
    if standing.sheet_sha256:
        return pdf_response(record.open_blob(standing.sheet_sha256), name)
    return pdf_response(queries.preview(standing.id, request.at), name)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(COLLECT)
def collection(request: Any) -> HttpResponse:
    """Who has reported, who is late; the reports in one, checked against the cases, publicity and review."""
    now = request.at.astimezone(SHANGHAI)
    told = word(request, "year", limit=4)
    year = (
        int(told) if told.isdecimal() and FIRST_YEAR <= int(told) <= now.year else now.year - (now.month < 11)
    )
    scheme = law.report_scheme(word(request, "scheme", limit=40) or YEARLY)
    refused = None
    if request.method == "POST":
        try:
            actions.remind(case_id=_case_id(request), actor=request.actor, at=request.at)
            seal_now(request)
            flash.say(request, "已催报，列入该机关的待办。")
            return redirect(address(request.path, {"year": year, "scheme": scheme.id}))
        except Refused as no_way:
            refused = no_way
    found = gathering.collection(request.actor, year, scheme, request.at)
    rolled = gathering.city(found, scheme)
    whole = Asked(scheme, year, below=request.actor.supervises)
    counted = queries.lately(whole, request.at)[0] if word(request, "check") else None
    path = request.path
    context = {
        "year": year,
        "scheme": scheme,
        "found": found,
        "order": [(key, STATE_WORDS[key]) for key in STATE_WORDS if key in found.counts],
        "rolled": rolled if rolled.tables and rolled.tables[0].lines else None,
        "tables": tables_of(rolled),
        "checks": [
            one for one in findings(rolled) if one.row == ALL and not one.fine and one.column != LEFT_OUT
        ],
        "compared": gathering.against_cases(rolled, counted) if counted else None,
        "crosses": gathering.cross_checks(request.actor, whole, counted, request.at) if counted else [],
        "check_href": address(path, {"year": year, "scheme": scheme.id, "check": 1}),
        "report_href": lambda code: address(
            reverse("desk:reports"), {"organ": code, "year": year, "scheme": scheme.id}
        ),
        "years": [(str(one), f"{one}年") for one in _years(request)],
        "schemes": _schemes("year"),
        "due": queries.due_on(year),
        "refused": refused,
    }
    return page(request, "desk/report_collection.html", context, current="reports")


STATE_WORDS = {**queries.STATES, "missing": "没有报表"}


def _case_id(request: Any) -> Any:
    try:
        return uuid.UUID(request.POST.get("case", ""))
    except ValueError:
        raise Refused("not-found", "没有这个机关的年度事项。", remedy="请刷新页面。") from None
