"""录制: recordings that belong to no case yet, those that did not come whole, and gaps in a device's recordings."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.vault import actions
from mingjing.vault import queries as vault
from mingjing.web.ui import flash, recordings
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address

TABS = {"": "我的", "organ": "本机关的", "unfinished": "没有传完", "gaps": "缺口"}
# A recording that still comes in is no matter for anybody but its maker before this.
UNFINISHED_AFTER = timedelta(hours=1)


@require_safe
@desk("case.read")
def overview(request: Any) -> HttpResponse:
    """One tab: mine and the organ's without a case, unfinished ones, gaps. Cost: 2 or 3 queries, 1 more behind the
    first page."""
    tab = word(request, "tab")
    tab = tab if tab in TABS else ""
    if not tab and request.actor.supervises:
        tab = "gaps"
    context = {
        "tab": tab,
        "tabs": [{"title": text, "href": f"?tab={key}", "current": key == tab} for key, text in TABS.items()],
        **_rows(request, tab),
        "gaps": vault.gaps(request.actor) if tab == "gaps" else [],
        "choices": choices(request) if tab in ("", "organ") else [],
        "hand_in": vault.rules().hand_in,
        "in_words": recordings.in_words,
        "kinds": recordings.KINDS,
    }
    return page(request, "desk/captures.html", context, current="captures")


def _rows(request: Any, tab: str) -> dict[str, Any]:
    """The recordings of a tab, and for those without a case the ways to the following and to the first."""
    if tab == "unfinished":
        return {"rows": vault.unfinished(request.actor, request.at, older=UNFINISHED_AFTER)}
    if tab == "gaps":
        return {"rows": []}
    after = _recording(word(request, "after", limit=36))
    found = vault.unbound(request.actor, mine=tab == "", after=after, limit=vault.UNBOUND_PAGE + 1)
    rows, path, values = found[: vault.UNBOUND_PAGE], reverse("desk:captures"), {"tab": tab}
    return {
        "rows": rows,
        "next": address(path, values, after=rows[-1].id) if len(found) > len(rows) else None,
        "first": address(path, values) if after else None,
    }


def _recording(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@require_POST
@desk("case.move")
def bind(request: Any, capture_id: uuid.UUID) -> HttpResponse:
    """Say for which case and step a recording was made."""
    case = target(request, request.POST.get("target", ""))
    bound = actions.bind_capture(capture_id=capture_id, case=case, actor=request.actor, at=request.at)
    seal_now(request)
    flash.say(request, f"已归入{bound.case_label}“{bound.step_title}”，办理该环节时勾选即可。")
    return redirect("desk:captures")


@require_POST
@desk("case.move")
def give_up(request: Any, capture_id: uuid.UUID) -> HttpResponse:
    """Close one's own recording whose rest will never come, with the reason."""
    actions.give_up_capture(
        capture_id=capture_id,
        reason=request.POST.get("reason", "").replace("\x00", ""),
        actor=request.actor,
        at=request.at,
    )
    seal_now(request)
    flash.say(request, "已按未传完处理，已收到的连续部分保留。")
    return redirect("desk:captures")


def choices(request: Any) -> list[tuple[str, str]]:
    """Steps of the person's running cases that have to be filmed, as (value, text). Cost: 1 query."""
    return [
        (f"{case.no}/{step.step}", f"{case.label} {case.party} · {step.title}")
        for case in cases.my_filmed_cases(request.actor, request.at)
        for step in case.steps
    ]


def target(request: Any, value: str) -> vault.CaseRef:
    """The case and step that a form names. Raises: Refused ``bad-target``, ``not-found``, ``other-organ``."""
    no, _, step = value.replace("\x00", "").partition("/")
    if not no or not step:
        raise Refused("bad-target", "没有选择案件和环节。", remedy="请选择后再提交。")
    case = cases.case_for(request.actor, no)
    rule = cases.case_work(case, request.at).procedure.steps.get(step)
    if rule is None:
        raise Refused("not-found", f"案件 {no} 没有这一环节。", remedy="请重新选择。")
    if case.organ_id != request.actor.organ_id:
        raise Refused("other-organ", "本案由其他机关办理。", remedy="请把录制移交办案机关。")
    return vault.CaseRef(case.pk, case.no, case.label, rule.id, rule.title)
