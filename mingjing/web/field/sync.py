"""上传: one act that a device kept, taken in once; every answer is data, for the queue on the device."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mingjing.cases import actions
from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record
from mingjing.web.ui import forms
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.recordings import recordings_of
from mingjing.web.ui.refusals import problem
from mingjing.web.ui.sealing import seal_now
from mingjing.web.ui.uploads import uploads_of
from mingjing.web.ui.wording import SHANGHAI

from . import spot
from .frame import FIELD
from .handed import Act, read


@require_POST
@never_cache
@officers_only(FIELD)
def sync(request: Any) -> HttpResponse:
    """Take in one act. 200 with what became of it, or problem+json: 409 ``changed-meanwhile`` tells how the case stands."""
    try:
        act = read(request)
        row, fresh = actions.hand_in(
            told=act.told, actor=request.actor, at=request.at, act=_doing(request, act)
        )
    except Refused as refused:
        return _no(request, refused)
    if fresh:
        seal_now(request)
    told = {**row.answer, "fresh": fresh}
    if "entry" in row.answer:  # an act given up before has none
        # The signed promise that the log takes it in: the officer's own proof until then, the same at each asking.
        told["receipt"] = record.receipt(uuid.UUID(row.answer["entry"]))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@require_POST
@never_cache
@officers_only(FIELD)
def discard(request: Any) -> HttpResponse:
    """Give up an act that was refused, with the reason, on the record."""
    try:
        act = read(request)
        case = act.text("case", 40)
        row = actions.discard(
            told=act.told,
            reason=act.text("reason", 500),
            case_id=cases.case_id_of(request.actor, case) if case else None,
            actor=request.actor,
            at=request.at,
        )
    except Refused as refused:
        return problem(refused)
    return JsonResponse(row.answer)


def _doing(request: Any, act: Act) -> Callable[[datetime], actions.Taken | None]:
    kinds: dict[str, Callable[[Any, Act, datetime], actions.Taken | None]] = {
        "step": _step,
        "certificate": _certificate,
        "penalty": spot.penalize,
    }
    do = kinds.get(act.told.kind)
    if do is None:
        raise Refused("bad-act", "平台不认识这一类办理。", remedy="请更新手机上的“现场执法”后重新上传。")
    return lambda at: do(request, act, at)


def _step(request: Any, act: Act, at: datetime) -> actions.Taken:
    """A step of a case, on the version its form was made on, or on what the act before it left."""
    case, _, rule, _, _ = cases.step_view(request.actor, act.text("case", 40), act.text("step", 60), at)
    typed = forms.read_post(rule.facts, act.post)
    return actions.take(
        case_id=case.pk,
        step=rule.id,
        facts=typed,
        actor=request.actor,
        at=at,
        files=uploads_of(rule.facts, act.files, typed) + recordings_of(case.pk, rule.facts, act.post),
        version=_base(request, act),
        entered_at=max(at, request.at),
        late_reason=act.told.late_reason,
        film_pending=act.post.get("film_pending", "")[:60],
    )


def _base(request: Any, act: Act) -> int:
    """The version the act was made on: where another act of this device went before it, the one that act left."""
    after = act.content.get("after")
    left = cases.version_after(request.actor, uuid.UUID(str(after))) if after else None
    if left is not None:
        return left
    base = act.content.get("base")
    if not isinstance(base, int):
        raise Refused("bad-act", "缺少案件版本，没有办理。", remedy="请重新打开案件后办理。")
    return base


def _certificate(request: Any, act: Act, at: datetime) -> None:
    case = act.text("case", 40)
    actions.show_identity(
        number=act.text("number", 40),
        actor=request.actor,
        at=at,
        entered_at=request.at,
        case_id=cases.case_for(request.actor, case).pk if case else None,
        token=act.text("token", 12),
        place=act.told.place,
    )


def _no(request: Any, refused: Refused) -> HttpResponse:
    """The refusal as data; where the case had moved on, with how it stands now, for the two to be set side by side."""
    more: dict[str, Any] = {}
    if refused.code == "changed-meanwhile":
        more["now"] = _standing(request)
    return problem(refused, **more)


def _standing(request: Any) -> dict[str, Any]:
    content = json.loads(request.POST["act"])
    page = cases.case_page(request.actor, str(content.get("case")), request.at)
    since = [one for one in page.events if one.seq > int(content.get("base") or 0)]
    return {
        "version": page.version,
        "stage": next((one.title for one in page.stages if one.state == "current"), ""),
        "steps": [
            {
                "title": one.title,
                "by": one.by,
                "at": one.at.astimezone(SHANGHAI).strftime("%m-%d %H:%M"),
                "facts": [[fact.label, fact.value] for fact in one.facts][:30],
            }
            for one in since
        ],
    }
