"""设备清单: the devices that recordings are believed from; the manager registers, issues and revokes them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.vault import actions
from mingjing.vault import queries as vault
from mingjing.web.ui import flash
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import ORGANS_READ, desk, page, word
from .listing import address


@require_http_methods(["GET", "HEAD", "POST"])
@desk(*ORGANS_READ)
def register(request: Any) -> HttpResponse:
    """The register, of one organ or all; a post registers a camera."""
    refused = None
    if request.method == "POST":
        try:
            made = actions.register_camera(
                number=request.POST.get("number", ""),
                name=request.POST.get("name", ""),
                officer_id=number(request.POST.get("officer", ""), 0),
                actor=request.actor,
                at=request.at,
            )
            seal_now(request)
            flash.say(request, f"执法记录仪 {made.number} 已登记。")
            return redirect("desk:devices")
        except Refused as no_way:
            if no_way.code == "no-permission":
                raise
            refused = no_way
    code, after = word(request, "organ"), number(word(request, "after", limit=18), 0)
    tree = organs.tree()
    chosen = next((row for _, row in tree if row.code == code), None)
    found = vault.devices(chosen.pk if chosen else None, after=after, limit=vault.DEVICES_PAGE + 1)
    rows = found[: vault.DEVICES_PAGE]
    path, values = reverse("desk:devices"), {"organ": chosen.code if chosen else ""}
    context = {
        "rows": rows,
        "next": address(path, values, after=rows[-1].id) if len(found) > len(rows) else None,
        "first": address(path, values) if after else None,
        "organs": [(row.code, row.short_name or row.name) for _, row in tree],
        "chosen": code if chosen else "",
        "people": _people(request, chosen),
        "manages": "organ.manage" in request.actor.permissions,
        "typed": request.POST,
        "refused": refused,
    }
    return page(request, "desk/devices.html", context, current="devices")


@require_POST
@desk("organ.manage")
def device(request: Any, device_id: int) -> HttpResponse:
    """Issue a camera to somebody else (``do=issue``), or believe a device no longer (``do=revoke``)."""
    common: dict[str, Any] = {"device_id": device_id, "actor": request.actor, "at": request.at}
    if request.POST.get("do") == "issue":
        actions.issue_device(officer_id=number(request.POST.get("officer", ""), 0), **common)
        flash.say(request, "已改发，此后的录像归新的使用人。")
    else:
        actions.revoke_device(reason=request.POST.get("reason", "").replace("\x00", ""), **common)
        flash.say(request, "已停用，已存入的录制不受影响。")
    seal_now(request)
    return redirect("desk:devices")


def _people(request: Any, chosen: Any) -> list[tuple[int, str]]:
    """Whom a camera may be issued to: officers of the chosen organ who move cases."""
    if chosen is None:
        return []
    people = organs.actors_of_organ(chosen.pk, request.at.date())
    return [(one.officer_id, one.name) for one in people if "case.move" in one.permissions]
