"""缴款对账: open slips, and the bank's file that closes them. The platform never takes money."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mingjing.cases import queries as cases
from mingjing.kernel.refused import Refused
from mingjing.web.ui.asked import number
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address
from .tables import take_in

STATES = (("open", "待缴"), ("paid", "已缴"), ("void", "作废"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk("payment.reconcile")
def payments(request: Any) -> HttpResponse:
    """The slips; a post takes in the bank's file and shows what became of each row."""
    result, refused = None, None
    if request.method == "POST":
        try:
            result = take_in(
                request,
                "payments",
                what="银行对账文件",
                choose="请选择银行发来的 Excel 或者 CSV 文件。",
                split="请按日拆分后分次上传。",
            )
        except Refused as no_way:
            refused = no_way
        else:
            seal_now(request)
    state, words = word(request, "state"), word(request, "words")
    after = word(request, "after", limit=18)
    rows, cursor = cases.slips(request.actor, state=state, words=words, after=number(after, 0))
    values = {"state": state, "words": words}
    path = reverse("desk:payments")
    context = {
        "rows": rows,
        "states": STATES,
        "state": state,
        "words": words,
        "result": result,
        "refused": refused,
        "next": address(path, values, after=cursor) if cursor else None,
        "first": address(path, values) if after else None,
        "reset": path,
    }
    return page(request, "desk/payments.html", context, current="payments")
