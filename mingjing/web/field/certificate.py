"""出示执法证件: the certificate on the whole screen, for the party to scan; that it was shown is an act of its own.

The code on the screen is made on the device from a seed of the day (``kernel.card_code``): it changes each minute, in a
cellar as well, so that a screenshot is worth nothing a few minutes later.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.web.ui import card_codes, pictures
from mingjing.web.ui.asked import word
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.svg.qr import qr
from mingjing.web.ui.wording import SHANGHAI

from .frame import FIELD, page


@require_safe
@officers_only(FIELD)
def certificate(request: Any) -> HttpResponse:
    """My enforcement certificate with the code that leads to the public register. 行政处罚法 art. 55(1)."""
    held = next((one for one in request.actor.certificates if one.kind == "enforcement"), None)
    if held is None:
        raise Refused(
            "no-certificate",
            f"{request.actor.name}没有执法证件，不得从事执法活动。",
            basis="行政处罚法/42(1)",
            remedy="请向本机关人事机构申领；证件已经核发的，请系统管理员登记。",
        )
    on = request.at.date()
    shown = organs.officer_by_certificate(held.number, on) or {}
    address = settings.MINGJING_PUBLIC_URL + reverse("public:officer", args=[held.number])
    context = {
        "shown": shown,
        "address": address,
        "qr": qr(address),
        "seeds": card_codes.seeds(held.number, on),
        "photo": pictures.inline(shown.get("photo", "")),
    }
    return page(request, "field/certificate.html", context)


@require_safe
@never_cache
@officers_only(FIELD)
def scans(request: Any) -> JsonResponse:
    """Whether the codes of this visit were scanned, for the officer who showed them: the times and nothing else."""
    numbers = {one.number for one in request.actor.certificates}
    rows = cases.card_scans(word(request, "token", limit=12), numbers)
    told = [
        {
            "at": row.at.astimezone(SHANGHAI).strftime("%H:%M"),
            "confirmed": row.confirmed_at is not None,
        }
        for row in rows
    ]
    return JsonResponse({"scans": told})
