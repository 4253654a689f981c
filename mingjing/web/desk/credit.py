"""外来双公示数据: credit publicity lists from elsewhere, taken in row by row and held against our own decisions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.exchange import queries as exchange
from mingjing.kernel.refused import Refused
from mingjing.publicity import queries as publications
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address
from .tables import take_in

READ, MANAGE = "publication.read", "publication.manage"


@require_http_methods(["GET", "HEAD", "POST"])
@desk(READ)
def records(request: Any) -> HttpResponse:
    """The records; a post takes in a list, or only tries it. Cost: 7 queries."""
    result, refused = None, None
    if request.method == "POST":
        try:
            result = _take_in(request)
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
    scope = publications.scope_of(request.actor)
    filters, after = _filters(request), word(request, "after", limit=18)
    found = exchange.credit_records(scope, filters, after=number(after, 0))
    values = {name: getattr(filters, name) for name in ("kind", "words", "match")}
    values["doubted"] = "1" if filters.doubted else ""
    path = reverse("desk:credit-records")
    context = {
        "rows": found,
        "filters": filters,
        "counts": exchange.record_counts(scope),
        "missing": exchange.missing_from_lists(scope),
        "may_manage": MANAGE in request.actor.permissions,
        "result": result,
        "refused": refused,
        "next": address(path, values, after=found[-1].id) if len(found) == exchange.RECORDS_PAGE else None,
        "first": address(path, values) if after else None,
    }
    return page(request, "desk/credit_records.html", context, current="deliveries")


@require_safe
@desk(READ)
def one_record(request: Any, key: int) -> HttpResponse:
    """One record with all its fields."""
    found = exchange.credit_record(publications.scope_of(request.actor), key)
    if found is None:
        raise Refused("no-such-record", "没有这条双公示记录。", remedy="请从列表中选择。")
    return page(request, "desk/credit_record.html", {"record": found}, current="deliveries")


def _filters(request: Any) -> exchange.CreditFilters:
    kind, match = word(request, "kind"), word(request, "match")
    return exchange.CreditFilters(
        kind=kind if kind in ("penalty", "permit") else "",
        words=word(request, "words", limit=60),
        match=match if match in ("found", "none") else "",
        doubted=word(request, "doubted") == "1",
    )


def _take_in(request: Any) -> dict[str, Any]:
    if MANAGE not in request.actor.permissions:
        raise Refused("no-permission", "导入双公示数据由公示岗办理。", remedy="请由公示岗导入。")
    return take_in(
        request,
        "double-publicity",
        what="双公示表格",
        choose="请选择 Excel 或者 CSV 文件。",
        split="请拆分后分次上传。",
        trial=request.POST.get("do") == "try",
    )
