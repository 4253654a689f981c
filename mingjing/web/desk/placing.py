"""公示: what is to be shown, sent, taken down, judged anew or corrected, on every channel; and one placement told whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mingjing.cases import queries as cases
from mingjing.kernel.clocks import lamp
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.publicity import actions
from mingjing.publicity import queries as publicity
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from . import publishing
from .frame import desk, page, word
from .listing import address

READS = ("publication.read",)
PAGE = 50
LISTS = {
    "tasks": "待办",
    "late": "超期",
    "withheld": "不公示",
    "exemptions": "批准和复核",
    "corrections": "更正",
}
SUMMED = "summary."
SUMMARY = {"subject": "执法对象", "title": "案由", "conclusion": "结论"}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*READS)
def publications(request: Any) -> HttpResponse:
    """One of the lists; a post answers or reviews an exemption. Cost: at most 6 queries beside the frame."""
    refused = None
    if request.method == "POST":
        try:
            _answer_exemption(request)
            return redirect(request.get_full_path())
        except Refused as no_way:
            refused = no_way
    return _list(request, refused)


def _list(request: Any, refused: Refused | None) -> HttpResponse:
    chosen = word(request, "list")
    which = chosen if chosen in LISTS else "tasks"
    channel, after = word(request, "channel"), word(request, "after")
    scope = publicity.scope_of(request.actor)
    path = reverse("desk:publications")
    values = {"list": which if which != "tasks" else "", "channel": channel}
    rows, cursor = _rows(request, which, channel, after, scope)
    context = {
        "which": which,
        "tabs": [
            {
                "title": title,
                "href": address(path, {"list": key if key != "tasks" else ""}),
                "current": key == which,
            }
            for key, title in LISTS.items()
        ],
        "channels": publicity.channels(),
        "channel": channel,
        "rows": rows,
        "lamps": _lamps(rows, request.at) if which in ("tasks", "late") else {},
        "unsettled": publicity.unsettled(organ=scope.organ, under=scope.under) if which == "tasks" else [],
        "to_review": publicity.count_reviews(organ=scope.organ, under=scope.under, until=request.at.date()),
        "counts": publicity.withheld_counts(organ=scope.organ) if which == "withheld" else [],
        "may_approve": "publication.approve" in request.actor.permissions,
        "regional": bool(scope.under),
        "all_exemptions": address(path, values) if which == "exemptions" and _only(request) else None,
        "today": request.at.date(),
        "typed": request.POST if refused else {},
        "refused": refused,
        "next": address(path, values, after=cursor) if cursor else None,
        "first": address(path, values) if after else None,
        "reset": address(path, {"list": values["list"]}),
    }
    return page(request, "desk/publications.html", context, current="publications")


def _rows(request: Any, which: str, channel: str, after: str, scope: publicity.Wanted) -> tuple[Any, str]:
    """The rows of a list and the cursor of the following page."""
    place: dict[str, Any] = {"organ": scope.organ, "under": scope.under}
    rows: Sequence[Any]
    if which == "exemptions":
        rows = publicity.exemptions(**place, only=_only(request), after=after, limit=PAGE + 1)
    elif which == "corrections":
        rows = publicity.corrections(**place, after=after, limit=PAGE + 1)
    elif which == "withheld":
        wanted = publicity.Wanted(**place, channel=channel, states=("withheld",))
        rows = publicity.placements(wanted, after, PAGE + 1)
    else:
        before = request.at if which == "late" else None
        rows = publicity.tasks(**place, channel=channel, due_before=before, after=after, limit=PAGE + 1)
    shown = rows[:PAGE]
    return shown, shown[-1].cursor if len(rows) > PAGE else ""


def _only(request: Any) -> int:
    """The one exemption that a duty of the to-do leads to; 0 for all."""
    return number(word(request, "only", limit=18), 0)


def _lamps(rows: Any, at: Any) -> dict[int, Any]:
    calendar = law.calendar()
    return {one.id: lamp(one.task_due_at, at, calendar) for one in rows if one.task_due_at}


def _answer_exemption(request: Any) -> None:
    post, common = request.POST, {"actor": request.actor, "at": request.at}
    key = number(post.get("exemption", ""), 0)
    do = post.get("do", "")
    words = post.get(f"opinion-{key}", "").replace("\x00", "")
    if do in ("approve", "return"):
        actions.answer_exemption(exemption_id=key, answer=do, opinion=words, **common)
        flash.say(request, "已批准不公示。" if do == "approve" else "已退回。")
    elif do in ("keep", "lift"):
        until = _day(post.get(f"until-{key}", "")) if do == "keep" else None
        if do == "keep" and until is None:
            raise Refused("no-day", "继续不公示的，没有写明下一次复核的日期。", remedy="请填写复核日期。")
        actions.review_exemption(exemption_id=key, keep_until=until, reason=words, **common)
        flash.say(request, "已复核，继续不公示。" if do == "keep" else "已解除，应当公示。")
    else:
        raise Refused("bad-choice", "没有这项操作。", remedy="请从公示页面办理。")
    seal_now(request)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*READS)
def placement(request: Any, placement_id: int) -> HttpResponse:
    """One decision on one channel: why, by when, what became of it; a post changes it."""
    refused = None
    if request.method == "POST":
        try:
            flash.say(request, _change(request, placement_id))
            seal_now(request)
            return redirect("desk:placement", placement_id=placement_id)
        except Refused as no_way:
            refused = no_way
    shown = publicity.placement_page(placement_id, request.actor)
    row = shown.placed
    may_manage = (
        "publication.manage" in request.actor.permissions and request.actor.organ_code == row.organ_code
    )
    context = {
        "shown": shown,
        "row": row,
        "lamp": lamp(row.task_due_at, request.at, law.calendar()) if row.task_due_at else None,
        "unanswered": [one for one in shown.deliveries if one.answered_at is None],
        "may_manage": may_manage,
        "act": _publishing_step(request, row) if may_manage else None,
        "grounds": publicity.grounds(shown=bool(row.slug)),
        "today": request.at.date(),
        "typed": request.POST if refused else {},
        "refused": refused,
    }
    return page(request, "desk/placement.html", context, current="publications")


def _publishing_step(request: Any, row: publicity.Placed) -> cases.ActionView | None:
    """The step of the case that shows it on this site, if the person may take it now. Cost: at most 1 query."""
    if row.channel != "portal" or row.state != "owed":
        return None
    shown = cases.case_page(request.actor, row.case_no, request.at)
    return next((one for one in shown.mine_now if one.owed and one.shows), None)


def _change(request: Any, placement_id: int) -> str:
    """Do what was asked; returns what to say."""
    do = request.POST.get("do", "")
    if do not in _CHANGES:
        raise Refused("bad-choice", "没有这项操作。", remedy="请从发布项页面办理。")
    act, said = _CHANGES[do]
    post = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in _TYPED}
    act(post, placement_id, {"actor": request.actor, "at": request.at})
    return said


_TYPED = ("number", "note", "reason", "on", "ground", "review_on", "batch", "attempt")
Act = Callable[[dict[str, str], int, dict[str, Any]], Any]
_CHANGES: dict[str, tuple[Act, str]] = {
    "show": (
        lambda post, key, common: actions.show(placement_id=key, reason=post["reason"], **common),
        "已决定在该渠道公示。",
    ),
    "sent": (
        lambda post, key, common: actions.sent(placement_id=key, batch=post["batch"], **common),
        "已登记送出，等待回执。",
    ),
    "accepted": (
        lambda post, key, common: actions.accepted(
            placement_id=key,
            number=post["number"],
            shown_on=_day(post["on"]),
            attempt=number(post["attempt"], 0) or None,
            **common,
        ),
        "已登记回执。",
    ),
    "refused": (
        lambda post, key, common: actions.refused(
            placement_id=key,
            reason=post["reason"],
            number=post["number"],
            attempt=number(post["attempt"], 0) or None,
            **common,
        ),
        "已登记退回，改正后再送。",
    ),
    "exempt": (
        lambda post, key, common: actions.propose_exemption(
            case_id=publicity.placement_page(key, common["actor"]).placed.case_id,
            ground=post["ground"],
            reason=post["reason"],
            review_on=_day(post["review_on"]),
            **common,
        ),
        "已报机关负责人批准。",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*READS)
def correction(request: Any, correction_id: int) -> HttpResponse:
    """One request to correct: verify it, then correct the text or refuse with reasons."""
    refused, asked = None, publicity.correction_of(correction_id, request.actor)
    if request.method == "POST" and request.POST.get("do") != "mask":
        try:
            flash.say(request, _correct(request, correction_id))
            seal_now(request)
            return redirect("desk:correction", correction_id=correction_id)
        except Refused as no_way:
            refused = no_way
    may_manage = "publication.manage" in request.actor.permissions
    context = {
        "asked": asked,
        "publishing": _looked_through(request, asked) if may_manage and asked.state == "verified" else None,
        "summary": [(f"{SUMMED}{key}", SUMMARY[key], words) for key, words in asked.summary if words],
        "may_manage": may_manage,
        "lamp": lamp(asked.due_at, request.at, law.calendar()),
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/correction.html", context, current="publications")


def _looked_through(request: Any, asked: publicity.Asked) -> dict[str, Any] | None:
    """The text with its masks, as at first publishing; None where the decision is not here or no longer shown."""
    found = publicity.to_correct(asked.id, request.actor)
    if found is None:
        return None
    return publishing.proposal(found.case, found.paper, request.POST, before=found.before, shown=found.shown)


def _correct(request: Any, correction_id: int) -> str:
    post = {name: request.POST.get(name, "").replace("\x00", "") for name in request.POST}
    common = {"correction_id": correction_id, "actor": request.actor, "at": request.at}
    do = post.get("do", "")
    if do == "verify":
        actions.verify_correction(finding=post.get("finding", ""), **common)
        return "已登记核实情况。"
    if do == "refuse":
        actions.refuse_correction(answer=post.get("answer", ""), **common)
        return "已答复不予更正。"
    if do != "correct":
        raise Refused("bad-choice", "没有这项操作。", remedy="请从更正页面办理。")
    judged = publishing.judged_in(request.POST)
    looked = actions.previewed_again(correction_id, judged)
    summed = {name.removeprefix(SUMMED): words for name, words in post.items() if name.startswith(SUMMED)}
    actions.correct(
        texts={**publishing.corrected(looked, request.POST), **summed},
        answer=post.get("answer", ""),
        seen=post.get("seen", "") if post.get("reviewed") else "",
        judged=judged,
        **common,
    )
    return "已更正公示内容，并通知各渠道更正。"


def _day(text: str) -> date | None:
    """A day as forms send it. Raises: Refused ``bad-date``."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("bad-date", f"日期“{text[:20]}”不对。", remedy="请写成 2026-03-20 这样。") from None
