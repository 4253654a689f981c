"""物品标签: one label for each thing that was sealed or taken away, with its place, its term and a code that leads to the list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui.entering import officers_only
from mingjing.web.ui.svg.qr import qr

from .frame import FIELD, page

THINGS, PLACE, FORM = "measure_objects", "custody_place", "measure-list"
COLUMNS = 5  # 名称 | 规格型号 | 单位 | 数量 | 备注


@require_safe
@officers_only(FIELD)
def labels(request: Any, no: str) -> HttpResponse:
    """The labels of a case, for a portable printer. 行政强制法 arts. 24, 26 (list, custody). Cost: 2 queries."""
    shown = cases.case_page(request.actor, no, request.at)
    facts = {one.key: one.value for one in shown.facts}
    paper = next((one for one in shown.papers if one.form == FORM), None)
    if paper is None:
        raise Refused(
            "not-found",
            "本案还没有查封、扣押清单，没有可以打印的标签。",
            remedy="请先办理查封、扣押；没有网络的，上传后再打印。",
        )
    code = cases.paper_for(request.actor, paper.id).verify_code
    context = {
        "case": shown,
        "paper": paper,
        "things": [_thing(line) for line in facts.get(THINGS, "").splitlines() if line.strip()],
        "place": facts.get(PLACE, ""),
        "code": code,
        "qr": qr(settings.MINGJING_PUBLIC_URL + reverse("public:short", args=[code])),
    }
    return page(request, "field/labels.html", context)


def _thing(line: str) -> list[str]:
    parts = [part.strip() for part in line.split("|")]
    return [*parts, *[""] * COLUMNS][:COLUMNS]
