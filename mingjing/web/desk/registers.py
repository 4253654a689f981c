"""登记与清单: the registers of the person's organ, what is to be revised, and what waits for the bureau to confirm."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.actions import BINDING
from mingjing.publicity import actions
from mingjing.publicity.registers import queries
from mingjing.publicity.registers.comparing import counts
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.register_words import CAUSES, STATES, changes_in_words
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word

EDITS, SUBMITS, CONFIRMS = "register.edit", "register.submit", "register.confirm"
MOST_CHANGES = 200


@require_http_methods(["GET", "HEAD", "POST"])
@desk(EDITS, SUBMITS, CONFIRMS)
def overview(request: Any) -> HttpResponse:
    """Every register of an organ with how it stands; a post begins the next edition of one. Cost: about 8 queries."""
    refused = None
    if request.method == "POST":
        try:
            return _begin(request)
        except Refused as no_way:
            refused = no_way
    organ = _organ(request)
    on = request.at.date()
    standings = queries.standings_of(organ.pk, on)
    context = {
        "organ": organ,
        "own": organ.pk == request.actor.organ_id,
        "may_edit": organ.pk == request.actor.organ_id and EDITS in request.actor.permissions,
        "standings": standings,
        "binding": BINDING,
        "duties": queries.duties_of(organ.pk),
        "owed": sum(one.duties for one in standings),
        "causes": CAUSES,
        "states": STATES,
        "on": on,
        "bureau": organs.confirming_bureau(organ.path),
        "waiting": queries.queue(request.actor) if CONFIRMS in request.actor.permissions else [],
        "others": _others(request),
        "refused": refused,
    }
    return page(request, "desk/registers.html", context, current="registers")


def _begin(request: Any) -> HttpResponse:
    given = {"actor": request.actor, "at": request.at}
    register_id = number(request.POST.get("register", ""), None)
    if register_id is not None:
        edition = actions.open_own_draft(register_id=register_id, **given)
    else:
        edition = actions.open_draft(kind=str(request.POST.get("kind", "")), **given)
    seal_now(request)
    flash.say(request, f"已开始编制第 {edition.number} 版。")
    return redirect("desk:register-edition", edition.pk)


def _organ(request: Any) -> Any:
    """The organ asked for, if its drafts are for the person's eyes; else his own."""
    code = word(request, "organ", limit=40)
    found = next((one for one in organs.organs() if one.code == code), None) if code else None
    if found is not None and queries.may_see(request.actor, found):
        return found
    return organs.organ_by_id(request.actor.organ_id)


def _others(request: Any) -> list[tuple[str, str]]:
    """The organs that a supervisor may look at, for the list to choose from."""
    if not request.actor.supervises:
        return []
    seen = [
        one for one in organs.organs() if one.kind != "government" and queries.may_see(request.actor, one)
    ]
    return [(one.code, one.name) for one in seen]


@require_http_methods(["GET", "HEAD", "POST"])
@desk(EDITS)
def new_list(request: Any) -> HttpResponse:
    """The form for a list of the organ's own: name, basis, columns; a post begins its first edition."""
    names = ("title", "basis", "columns")
    typed = {name: str(request.POST.get(name, "")).replace("\x00", "") for name in names}
    refused = None
    if request.method == "POST":
        try:
            edition = actions.add_list(
                title=typed["title"],
                basis=typed["basis"],
                columns=typed["columns"].splitlines(),
                actor=request.actor,
                at=request.at,
            )
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
            return redirect("desk:register-edition", edition.pk)
    context = {"typed": typed, "refused": refused}
    return page(request, "desk/register_new.html", context, current="registers")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(EDITS, SUBMITS, CONFIRMS)
def register(request: Any, register_id: int) -> HttpResponse:
    """A register through its editions, two of them compared; a post of the bureau ends it."""
    row = visible_register(request, register_id)
    refused = None
    if request.method == "POST":
        try:
            actions.retire_register(
                register_id=register_id,
                reason=str(request.POST.get("reason", "")),
                actor=request.actor,
                at=request.at,
            )
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
            flash.say(request, f"《{row.title}》已停止使用。")
            return redirect("desk:register", register_id)
    editions = queries.editions_of(register_id)
    pair = _pair(request, editions)
    found = queries.changes(*pair) if pair else []
    context = {
        "row": row,
        "editions": editions,
        "states": STATES,
        "pair": pair,
        "counts": counts(found),
        "changes": _told(pair, found[:MOST_CHANGES]) if pair else [],
        "hidden": max(0, len(found) - MOST_CHANGES),
        "current": queries.current_edition(register_id, request.at.date()),
        "duties": queries.duties_of_register(register_id),
        "causes": CAUSES,
        "may_retire": bool(editions) and queries.why_not_confirm(request.actor, editions[0]) is None,
        "refused": refused,
    }
    return page(request, "desk/register.html", context, current="registers")


def _told(pair: tuple[Any, Any], found: list[Any]) -> list[dict[str, Any]]:
    return changes_in_words(pair[1], found, queries.labels(pair, [one.key for one in found]))


def _pair(request: Any, editions: list[Any]) -> tuple[Any, Any] | None:
    """The two editions to compare: those asked for, the older one first; None where none were."""
    numbers = {str(one.number): one for one in editions}
    chosen = [numbers.get(word(request, name, limit=9)) for name in ("old", "new")]
    if None in chosen or chosen[0] == chosen[1]:
        return None
    old, new = sorted((one for one in chosen if one), key=lambda one: one.number)
    return old, new


def visible_register(request: Any, register_id: int) -> Any:
    """A register, if its drafts are for the person's eyes. Raises: Refused ``not-found``."""
    row = queries.register(register_id)
    if not queries.may_see(request.actor, row.organ):
        raise Refused("not-found", "没有这份清单。", remedy="请从“登记与清单”进入。")
    return row


@require_safe
@desk(CONFIRMS)
def queue(request: Any) -> HttpResponse:
    """What waits for the bureau to confirm, and which organs are late in revising."""
    on = request.at.date()
    overdue = queries.overdue(on, request.actor.supervises or "-")
    context = {
        "waiting": queries.queue(request.actor),
        "overdue": overdue[: queries.MOST_DUTIES],
        "more_overdue": len(overdue) > queries.MOST_DUTIES,
        "causes": CAUSES,
        "on": on,
    }
    return page(request, "desk/register_queue.html", context, current="register-queue")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(EDITS, SUBMITS, CONFIRMS)
def revision(request: Any, duty_id: int) -> HttpResponse:
    """One duty to revise with the rows that rest on what changed; a post signs that nothing is to be changed."""
    duty = queries.duty(duty_id)
    visible_register(request, duty.register_id)
    refused, statement = None, str(request.POST.get("statement", ""))
    if request.method == "POST":
        try:
            actions.declare_unchanged(
                duty_id=duty_id, statement=statement, actor=request.actor, at=request.at
            )
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
            flash.say(request, "已签署：清单不需要修改。")
            return redirect(reverse("desk:registers"))
    own = duty.register.organ_id == request.actor.organ_id
    context = {
        "duty": duty,
        "cause": CAUSES[duty.cause],
        "rows": _rows_of(duty),
        "count": len(duty.keys),
        "hidden": max(0, len(duty.keys) - MOST_CHANGES),
        "work": next(
            (one for one in queries.editions_of(duty.register_id) if one.state in queries.IN_WORK), None
        ),
        "may_edit": own and EDITS in request.actor.permissions and duty.state == "open",
        "may_sign": own and SUBMITS in request.actor.permissions and duty.state == "open",
        "statement": statement,
        "on": request.at.date(),
        "refused": refused,
    }
    return page(request, "desk/revision.html", context, current="registers")


def _rows_of(duty: Any) -> list[str]:
    """The rows of a duty as people call them, those that the published edition lacks by their key."""
    keys = duty.keys[:MOST_CHANGES]
    known = queries.labels([duty.edition], keys)
    return [known.get(key, key) for key in keys]
