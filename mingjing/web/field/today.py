"""今天: what is to be done outdoors, by time; the queue of what is not uploaded yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.web.ui.asked import word
from mingjing.web.ui.entering import officers_only

from .frame import FIELD, page

SHOWN, MOST = 12, 100
# Pages that are of use without a network whatever the day brings.
ALWAYS = (
    "today",
    "tasks",
    "penalty",
    "slip",
    "record",
    "recorder",
    "certificate",
    "queue",
    "look-up",
    "numbers",
)
# What is done outdoors; everything else waits at the desk.
ACTS = {"inspection": "检查", "penalty": "处罚", "coercion": "强制"}


@require_safe
@officers_only(FIELD)
def today(request: Any) -> HttpResponse:
    """The three doors, my certificate, and what I owe, most urgent first. Cost: 1 query."""
    found, more = cases.todo(request.actor, request.at, limit=MOST)
    rows = [row for row in found if row.act in ACTS]
    context = {
        "rows": rows[:SHOWN],
        "more": bool(more) or len(rows) > SHOWN,
        "indoors": len(found) - len(rows),
        "number": next((one.number for one in request.actor.certificates if one.kind == "enforcement"), ""),
        "pack": pack(rows[:SHOWN]),
    }
    return page(request, "field/today.html", context)


def pack(rows: list[cases.TodoRow]) -> list[str]:
    """The addresses that the device fetches in advance, so that the day's cases open without a network."""
    shell = [reverse(f"field:{name}") for name in ALWAYS]
    return shell + [reverse("field:case", args=[no]) for no in dict.fromkeys(row.case_no for row in rows)]


@require_safe
@officers_only(FIELD)
def tasks(request: Any) -> HttpResponse:
    """All that I owe, or the part of it that belongs to one kind of act. Cost: 1 query."""
    act = word(request, "act", limit=20)
    rows, more = cases.todo(request.actor, request.at, limit=MOST)
    shown = [row for row in rows if row.act == act or (not act and row.act in ACTS)]
    context = {"rows": shown, "more": bool(more), "act": act, "title": ACTS.get(act, "全部要办的事")}
    return page(request, "field/tasks.html", context)


@require_safe
@officers_only(FIELD)
def queue(request: Any) -> HttpResponse:
    """What the device holds, filled in by the device itself."""
    return page(request, "field/queue.html", {})
