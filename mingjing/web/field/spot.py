"""当场处罚: one page from the choice of the item to the paper in the party's hand, and what it becomes when it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingjing.cases import actions, reading_out
from mingjing.cases import queries as cases
from mingjing.cases.remedies import sentences
from mingjing.kernel import conduct
from mingjing.kernel.procedure import Field
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.parties.facts import KINDS
from mingjing.web.ui import forms
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.svg.qr import qr
from mingjing.web.ui.uploads import uploads_of

from .frame import page
from .handed import Act, moment

SUMMARY, FORM = "penalty-summary", "spot-decision"
PARTY = ("kind", "name", "code", "legal_representative", "address", "phone")
STAGES = ("spot_check", "hear_party", "spot_decision")


@require_safe
@officers_only("case.open")
def penalty(request: Any) -> HttpResponse:
    """The page; everything it chooses from comes along, so that it works without a network."""
    context = {"pack": pack(request.actor, request.at), "kinds": KINDS, **_conduct(request.actor, request.at)}
    return page(request, "field/penalty.html", context)


def _conduct(actor: Actor, at: datetime) -> dict[str, Any]:
    """What is read out before a penalty on the spot, and the uniform that the organ's officers wear. Cost: 2 queries."""
    organ = organs.organ_by_id(actor.organ_id or 0)
    rule = law.procedure_in_force(SUMMARY, at.date()).steps["hear_party"]
    notices = reading_out.notices_of(rule, organ, [actor], "所选定的违法行为", "")
    return {
        "notices": notices,
        "uniform": organ.uniform,
        "replies": conduct.REPLIES[:1] + conduct.REPLIES[2:],
    }


@require_safe
@officers_only("case.open")
def slip(request: Any) -> HttpResponse:
    """The paper for a portable printer, filled in by the device from what it holds."""
    return page(request, "field/slip.html", {})


def pack(actor: Actor, at: datetime) -> dict[str, Any]:
    """What the page chooses from: items with their ranges, caps, colleagues, places, remedies. Cost: 5 queries."""
    if actor.organ_id is None:
        raise Refused("other-organ", "没有所属机关的账号不能作出处罚。", remedy="请由执法机关人员办理。")
    organ, on = organs.organ_by_id(actor.organ_id), at.date()
    items = _items(organ.organ_fields or [organ.field], on)
    staff = [one for one in organs.actors_of_organ(organ.pk, on) if "handler" in one.roles]
    return {
        "organ": {"name": organ.name, "prefix": organ.paper_prefix, "phone": organ.phone, "bank": organ.bank},
        "region": actor.region or organ.region,
        "regions": [[one.code, one.name] for one in law.regions()],
        "staff": [
            {"id": one.id, "name": one.name, "number": next((c.number for c in one.certificates), "")}
            for one in staff
        ],
        "items": items,
        "titles": law.full_titles(text for one in items for text in (one["basis"], one["violated"])),
        "caps": {one: _caps(one, on) for one in {item["field"] for item in items}},
        "remedies": sentences(FORM, organ),
    }


def _caps(field: str, on: Any) -> dict[str, Any]:
    """The highest fine on the spot for a person and for others in a field, in fen, and how many officers it takes."""
    return {
        "person": law.constants(field, on, person=True).get("spot_cap_fen"),
        "org": law.constants(field, on, person=False).get("spot_cap_fen"),
        "officers": law.constants(field, on, person=True).get("spot_officers", 2),
    }


def _items(organ_fields: list[str], on: Any) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for kind in organ_fields:
        cap = law.constants(kind, on, person=False).get("spot_cap_fen") or 0
        for item, written in law.spot_powers(kind, int(cap)):
            found.setdefault(item.code, _item(item, written, int(cap)))
    return list(found.values())


def _item(item: law.Power, written: law.Spot | None, cap: int) -> dict[str, Any]:
    return {
        "code": item.code,
        "title": item.title,
        "basis": item.basis,
        "field": item.field,
        "order_first": item.order_first,
        "violated": written.violated if written else "",
        "fact": written.fact if written else "",
        "evidence": written.evidence if written else "",
        "fines": [
            {
                "id": rule.id,
                "title": rule.title,
                "subject": rule.subject,
                "least": int(rule.least),
                "most": int(rule.most),
                "after_order": rule.after_order,
            }
            for rule in item.fines
            if rule.base == "amount" and not rule.bound_to_goods and rule.least <= cap
        ],
    }


def penalize(request: Any, act: Act, at: datetime) -> actions.Taken:
    """The act as it was done outdoors: three steps, each at the time the device noted, none after ``at``."""
    content = act.content
    procedure = law.procedure_in_force(SUMMARY, at.date())
    handlers = [int(one) for one in content.get("handlers") or []]
    number = content.get("number")
    check, hearing, decision = (_stage(act, procedure.steps[step].facts, step, at) for step in STAGES)
    parent = act.text("parent", 40)
    return actions.penalize_on_the_spot(
        title=act.text("name"),
        power=act.text("power", 60),
        party=_party(content.get("party")),
        party_id=None,
        handlers=handlers,
        region=act.text("region", 6),
        check=check,
        hearing=hearing,
        decision=decision,
        number=number if isinstance(number, int) else None,
        parent_id=cases.case_for(request.actor, parent).pk if parent else None,
        visit=act.text("visit", 12),
        actor=request.actor,
        at=at,
        entered_at=max(at, request.at),
        late_reason=act.told.late_reason,
    )


def _stage(act: Act, fields: tuple[Field, ...], step: str, at: datetime) -> actions.SpotStage:
    stage = (act.content.get("stages") or {}).get(step) or {}
    post = QueryDict(mutable=True)
    for name, value in stage.get("values") or []:
        post.appendlist(str(name), str(value))
    typed = forms.read_post(fields, post)
    done = moment(str(stage["at"]), act.told.offset_ms) if stage.get("at") else at
    files = uploads_of(fields, act.files, typed)
    return actions.SpotStage(typed, min(done, at), files, act.text("film_pending", 60))


def _party(given: Any) -> Mapping[str, str]:
    if not isinstance(given, dict) or not str(given.get("name") or "").strip():
        raise Refused("missing", "没有填写当事人。", remedy="请填写当事人的姓名或者名称。")
    return {name: str(given.get(name) or "").replace("\x00", "").strip()[:300] for name in PARTY}


@require_safe
@never_cache
@officers_only("case.open")
def numbers_pack(request: Any) -> JsonResponse:
    """The officer's free numbers with their codes, for the device to keep. Cost: 3 queries."""
    return JsonResponse({"blocks": free_numbers(request.actor)})


def free_numbers(actor: Actor) -> list[dict[str, Any]]:
    """Every free number of the officer's open blocks, each with the code that its paper bears as text and picture."""
    return [
        {
            "block": block.id,
            "device": block.device,
            "year": block.year,
            "numbers": [
                {"seq": one.seq, "number": one.number, "code": one.code, "qr": str(qr(_address(one.code)))}
                for one in block.free
            ],
        }
        for block in cases.number_blocks(actor)
        if block.form == FORM and block.free
    ]


def _address(code: str) -> str:
    return settings.MINGJING_PUBLIC_URL + reverse("public:short", args=[code])
