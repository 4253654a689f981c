"""一个清单版本: its rows page by page, what changed, what the machine found; edited, submitted, confirmed, returned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.cases.facts import InvalidFacts
from mingjing.exchange import actions as exchange
from mingjing.kernel.refused import Refused
from mingjing.organs.actions import BINDING
from mingjing.publicity import actions
from mingjing.publicity.registers import queries
from mingjing.publicity.registers.comparing import counts
from mingjing.publicity.registers.file import columns_of
from mingjing.web.ui import flash, forms
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import status_with
from mingjing.web.ui.register_words import STATES, changes_in_words
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address, workbook
from .registers import CONFIRMS, EDITS, MOST_CHANGES, SUBMITS, visible_register
from .tables import account, posted

MOST_FINDINGS = 100
MOST_WIDE = 7  # columns of the table; the others stand under the first
LONG = frozenset({"long", "digest"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(EDITS, SUBMITS, CONFIRMS)
def edition(request: Any, edition_id: int) -> HttpResponse:
    """One edition; a post does one of the things that its state allows."""
    visible(request, edition_id)
    refused = None
    if request.method == "POST":
        try:
            return _done(request, edition_id)
        except Refused as no_way:
            refused = no_way
    return _shown(request, edition_id, refused=refused)


def _shown(
    request: Any, edition_id: int, *, refused: Refused | None = None, taken: Any = None
) -> HttpResponse:
    row = visible(request, edition_id)
    tab = word(request, "tab", limit=10) or ("changes" if row.state == "submitted" else "rows")
    own = row.register.organ_id == request.actor.organ_id
    held = request.actor.permissions
    kind = queries.kind_of_register(row.register)
    context = {
        "row": row,
        "kind": kind,
        "binding": BINDING,
        "state": STATES.get(row.state, ("已放弃", "")),
        "tab": tab,
        "tabs": _tabs(edition_id, tab),
        "may_edit": own and EDITS in held and row.state in ("draft", "returned"),
        "may_submit": own and SUBMITS in held and row.state in ("draft", "returned"),
        "may_recall": own and SUBMITS in held and row.state == "submitted",
        "may_answer": row.state == "submitted" and queries.why_not_confirm(request.actor, row) is None,
        "typed": {name: str(request.POST.get(name, "")) for name in ("reason", "publish_on", "answer")},
        "taken": taken,
        "refused": refused,
        **_part(request, row, tab),
    }
    return page(request, "desk/register_edition.html", context, current="registers")


def visible(request: Any, edition_id: int) -> Any:
    """An edition, if it is for the person's eyes. Raises: Refused ``not-found``."""
    row = queries.edition(edition_id)
    visible_register(request, row.register_id)
    return row


def _tabs(edition_id: int, tab: str) -> list[dict[str, Any]]:
    path = reverse("desk:register-edition", args=[edition_id])
    named = (("rows", "内容"), ("changes", "与上一版比较"), ("findings", "检查结果"))
    return [{"title": title, "href": f"{path}?tab={id}", "current": id == tab} for id, title in named]


def _part(request: Any, row: Any, tab: str) -> dict[str, Any]:
    """What the open tab shows."""
    if tab == "changes":
        old = queries.before(row)
        found = queries.changes(old, row)
        return {
            "old": old,
            "counts": counts(found),
            "changes": changes_in_words(
                row,
                found[:MOST_CHANGES],
                queries.labels([old, row], [one.key for one in found[:MOST_CHANGES]]),
            ),
            "hidden": max(0, len(found) - MOST_CHANGES),
        }
    if tab == "findings":
        found_all = queries.findings_in(row, request.at.date())
        names = queries.labels([row], [one.key for one in found_all[:MOST_FINDINGS]])
        return {"findings": found_all[:MOST_FINDINGS], "found": len(found_all), "names": names}
    return _rows(request, row)


def _rows(request: Any, row: Any) -> dict[str, Any]:
    words, after = word(request, "words"), word(request, "after", limit=9)
    rows = queries.page_of(row.pk, words=words, after=number(after, 0))
    columns = columns_of(row)
    wide = [one for one in columns if one.kind not in LONG and one.public][:MOST_WIDE]
    path = reverse("desk:register-edition", args=[row.pk])
    values = {"tab": "rows", "words": words}
    return {
        "rows": rows,
        "wide": wide,
        "narrow": [one for one in columns if one not in wide],
        "words": words,
        "total": queries.size_of(row.pk, words),
        "next": address(path, values, after=rows[-1].position) if len(rows) == queries.PAGE else None,
        "first": address(path, values) if after else None,
        "reset": address(path, {"tab": "rows"}),
    }


# --- acts ---


def _done(request: Any, edition_id: int) -> HttpResponse:
    do = str(request.POST.get("do", ""))
    if do == "import":
        return _imported(request, edition_id)
    given = {"edition_id": edition_id, "actor": request.actor, "at": request.at}
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "refresh": (lambda: actions.refresh_draft(**given), "已按现在的登记刷新。"),
        "recall": (lambda: actions.recall_draft(**given), "已撤回，可以继续修改。"),
        "submit": (lambda: _submit(request, given), "已报送司法行政机关确认。"),
        "confirm": (lambda: _confirm(request, given), "已确认。"),
        "return": (
            lambda: actions.return_register(reason=str(request.POST.get("answer", "")), **given),
            "已退回。",
        ),
        "drop": (lambda: actions.drop_draft(**given), "已放弃这个版本。"),
    }
    if do not in acts:
        raise Refused("bad-choice", "没有这种办理。", remedy="请从页面上的按钮办理。")
    act, said = acts[do]
    act()
    seal_now(request)
    flash.say(request, said)
    if do == "drop":
        return redirect("desk:registers")
    if do in ("confirm", "return"):
        return redirect("desk:register-queue")
    return redirect("desk:register-edition", edition_id)


def _submit(request: Any, given: Mapping[str, Any]) -> None:
    actions.submit_draft(reason=str(request.POST.get("reason", "")), publish_on=_day(request), **given)


def _confirm(request: Any, given: Mapping[str, Any]) -> None:
    actions.confirm_register(opinion=str(request.POST.get("answer", "")), publish_on=_day(request), **given)


def _day(request: Any) -> date | None:
    text = str(request.POST.get("publish_on", "")).strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            "bad-date", f"公布日期“{text[:20]}”不是日期。", remedy="请按 2027-01-01 的样子填写。"
        ) from None


def _imported(request: Any, edition_id: int) -> HttpResponse:
    """Rows from a workbook; what became of each is shown."""
    words = {"choose": "请选择 Excel 或者 CSV 文件。", "split": "请拆分后分次上传。"}
    with posted(request, what="文件", **words) as (path, errors):
        report = exchange.import_register(
            path,
            edition_id=edition_id,
            replace=request.POST.get("replace") == "1",
            errors=errors,
            actor=request.actor,
            at=request.at,
        )
        taken = account(request, report)
    seal_now(request)
    return _shown(request, edition_id, taken=taken)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(EDITS)
def row(request: Any, edition_id: int) -> HttpResponse:
    """The form of one row, new or known by ``key``; a post keeps it or takes it out."""
    found = visible(request, edition_id)
    key = word(request, "key", limit=300)
    known = queries.row_of(edition_id, key) if key else None
    columns = columns_of(found)
    fields = [one.as_field() for one in columns if not one.drawn]
    typed: Mapping[str, Any] = known.values if known else {}
    errors: Mapping[str, str] = {}
    refused: Refused | None = None
    if request.method == "POST":
        typed = forms.read_post(fields, request.POST)
        try:
            return _kept(request, edition_id, key, typed)
        except InvalidFacts as wrong:
            errors = wrong.fields
        except Refused as no_way:
            refused = no_way
    context = {
        "row": found,
        "known": known,
        "drawn": [(one.label, one.said(known.values.get(one.id))) for one in columns if one.drawn and known],
        "fields": fields,
        "labels": {one.name: one.label for one in fields},
        "values": typed,
        "errors": errors,
        "removable": known is not None and not queries.kind_of_register(found.register).drawn,
        "refused": refused,
    }
    status = status_with(refused, errors)
    return page(request, "desk/register_row.html", context, current="registers", status=status)


def _kept(request: Any, edition_id: int, key: str, typed: Mapping[str, Any]) -> HttpResponse:
    given = {"edition_id": edition_id, "key": key, "actor": request.actor, "at": request.at}
    if request.POST.get("do") == "remove":
        actions.remove_row(**given)
        flash.say(request, "已删去。")
    else:
        actions.put_row(values=typed, **given)
        flash.say(request, "已保存。")
    seal_now(request)
    if request.POST.get("do") == "more":
        return redirect("desk:register-row", edition_id)
    return redirect(f"{reverse('desk:register-edition', args=[edition_id])}?tab=rows")


@require_safe
@desk(EDITS, SUBMITS, CONFIRMS)
def export(request: Any, edition_id: int) -> HttpResponse:
    """All rows as .xlsx, in the form that can be imported again."""
    found = visible(request, edition_id)
    columns = columns_of(found)
    rows = queries.rows_of(edition_id).values()
    lines = ([one.said(values.get(one.id)) for one in columns] for values in rows)
    name = f"{found.register.code}-{found.number}"
    return workbook(name, found.register.title, [one.label for one in columns], lines, request.at)
