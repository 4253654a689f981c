"""缴款对账: open slips, and the bank's file that closes them. The platform never takes money."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from openpyxl import load_workbook

from mingjing.cases import queries as cases
from mingjing.exchange import actions as exchange
from mingjing.kernel.refused import Refused
from mingjing.web.ui.asked import number
from mingjing.web.ui.refusals import status_of
from mingjing.web.ui.sealing import seal_now

from .frame import desk, page, word
from .listing import address

STATES = (("open", "待缴"), ("paid", "已缴"), ("void", "作废"))
MOST_BYTES = 20 * 1024 * 1024
SHOWN_ROWS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@desk("payment.reconcile")
def payments(request: Any) -> HttpResponse:
    """The slips; a post takes in the bank's file and shows what became of each row."""
    result, refused = None, None
    if request.method == "POST":
        try:
            result = _take_in(request)
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
    status = status_of(refused) if refused else 200
    return page(request, "desk/payments.html", context, current="payments", status=status)


def _take_in(request: Any) -> dict[str, Any]:
    """Import the posted file; the account of the run with the rejected rows one by one."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise Refused(
            "bad-file",
            "没有选择银行对账文件，或者文件是空的。",
            remedy="请选择银行发来的 Excel 或者 CSV 文件。",
        )
    if file.size > MOST_BYTES:
        raise Refused("bad-file", "对账文件超过 20 MB。", remedy="请按日拆分后分次上传。")
    with TemporaryDirectory() as folder:
        # The importer looks at bytes and never trusts a name, so the name given from outside is not used.
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        report = exchange.import_file(
            "payments", path, at=request.at, actor=request.actor, errors=Path(folder) / "errors.xlsx"
        )
        rejected = rejected_rows(getattr(report, "errors", None))
    return {"name": file.name, "report": report, "rejected": rejected}


def rejected_rows(path: Path | None) -> list[tuple[str, str, str]]:
    """Row number, reason and remedy of the rejected rows, at most 200."""
    if path is None:
        return []
    book = load_workbook(path, read_only=True)
    try:
        # Rows that were taken in with doubts stand on a sheet of their own, which may come first.
        refused = next((one for one in book.worksheets if one.title.startswith("未导入")), None)
        if refused is None:
            return []
        rows = refused.iter_rows(min_row=2, max_row=SHOWN_ROWS + 1, values_only=True)
        return [(str(row[1] or ""), str(row[4] or ""), str(row[5] or "")) for row in rows]
    finally:
        book.close()
