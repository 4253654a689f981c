"""法律人工作台: procedures read as text, chart and table; their editions, and what changed between two of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.cases.papers.forms import titles as paper_titles
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.web.ui import edition_diff, procedure_words
from mingjing.web.ui.svg import flowchart
from mingjing.web.ui.wording import by_act

from .editions import STATES
from .frame import desk, page, word
from .listing import address

VIEWS = (("table", "表格"), ("text", "文字"), ("flow", "流程图"), ("editions", "版本"))
SOURCES = {"codex": "法典文件", "kept": "以前的版本", "uploaded": "上传确认"}


@require_safe
@desk("law.read")
def procedures(request: Any) -> HttpResponse:
    """The procedures in force, by act."""
    context = {"groups": by_act(law.procedures_in_force(request.at.date()))}
    return page(request, "desk/procedures.html", context, current="procedures")


@require_safe
@desk("law.read")
def procedure(request: Any, id: str) -> HttpResponse:
    """One edition of a procedure in the way asked for."""
    editions = law.editions_of(id)
    shown = _edition(request, id, editions, "edition")
    found = law.procedure_edition(id, shown.sha256)
    view = word(request, "view") or "table"
    view = view if view in dict(VIEWS) else "table"
    path = reverse("desk:procedure", args=[id])
    picked = {"edition": word(request, "edition")}
    context = {
        "procedure": found,
        "shown": shown,
        "editions": editions,
        "sources": SOURCES,
        "view": view,
        "tabs": [
            {
                "title": title,
                "href": address(path, picked, view=code),
                "current": code == view,
                "count": len(editions) if code == "editions" else None,
            }
            for code, title in VIEWS
        ],
        "proposals": law.proposals(id) if view == "editions" else [],
        "states": STATES,
        **_content(found, view),
    }
    return page(request, "desk/procedure.html", context, current="procedures")


def _content(found: Procedure, view: str) -> dict[str, Any]:
    """What the chosen way of reading shows."""
    titles = paper_titles()
    if view == "flow":
        return {"svg": flowchart.draw(found, paper_titles=titles)}
    if view == "text":
        return {"paragraphs": procedure_words.paragraphs(found, titles)}
    if view == "table":
        clocks = {one.id: one for one in law.clocks()}
        return {
            "aspects": procedure_words.aspects(found, titles),
            "clocks": {
                name: [clocks[clock] for clock in procedure_words.clocks_of(step) if clock in clocks]
                for name, step in found.steps.items()
            },
        }
    return {}


@require_safe
@desk("law.read")
def compare(request: Any, id: str) -> HttpResponse:
    """Two editions side by side: what changed in words, and the files line by line."""
    editions = law.editions_of(id)
    new = _edition(request, id, editions, "new")
    old = _edition(request, id, editions, "old") if word(request, "old") else _before(editions, new)
    changes = edition_diff.compare(
        law.procedure_edition(id, old.sha256), law.procedure_edition(id, new.sha256), paper_titles()
    )
    context = {
        "procedure": law.procedure_edition(id, new.sha256),
        "editions": editions,
        "sources": SOURCES,
        "old": old,
        "new": new,
        "changes": changes,
        "raw": edition_diff.raw(law.edition_text(id, old.sha256), law.edition_text(id, new.sha256)),
    }
    return page(request, "desk/compare.html", context, current="procedures")


def _edition(request: Any, id: str, editions: list[law.KnownEdition], name: str) -> law.KnownEdition:
    """The edition the address names by the beginning of its digest, else the one in force.

    Raises: Refused ``no-such-procedure``, ``edition-lost``.
    """
    if not editions:
        raise Refused("no-such-procedure", f"没有名为“{id}”的程序。", remedy="请从办案程序列表中选择。")
    wanted = word(request, name, limit=64)
    if wanted:
        found = next((one for one in editions if one.sha256.startswith(wanted)), None)
        if found is None:
            raise Refused("edition-lost", f"程序“{id}”没有版本 {wanted}。", remedy="请从版本列表中选择。")
        return found
    today = law.edition_in_force(id, request.at.date())
    return next((one for one in editions if one.sha256 == today.sha256), editions[0])


def _before(editions: list[law.KnownEdition], new: law.KnownEdition) -> law.KnownEdition:
    """The edition that stood before this one; itself where there is none."""
    later = editions[editions.index(new) + 1 :]
    return later[0] if later else new
