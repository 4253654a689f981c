"""出示执法证件: the certificate on the whole screen, for the party to scan; that it was shown is an act of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.svg.qr import qr

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
    address = settings.MINGJING_PUBLIC_URL + reverse("public:officer", args=[held.number])
    context = {
        "held": held,
        "shown": organs.officer_by_certificate(held.number, request.at.date()),
        "qr": qr(address),
    }
    return page(request, "field/certificate.html", context)
