"""Tables from elsewhere that a person posts: taken in or tried, with what goes back to whoever sent them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import load_workbook

from mingjing.exchange import actions as exchange
from mingjing.kernel.refused import Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_EMBEDDED_BYTES = 3_000_000
SHOWN_ROWS = 200


def take_in(
    request: Any, kind: str, *, what: str, choose: str, split: str, trial: bool = False
) -> dict[str, Any]:
    """Import the posted table, or only try it: the account of the run with what goes back.

    Raises: as :func:`posted`, and whatever the import refuses.
    """
    with posted(request, what=what, choose=choose, split=split) as (path, errors):
        report = exchange.import_file(
            kind, path, at=request.at, actor=request.actor, errors=errors, dry_run=trial
        )
        return {"workbook": _embedded(getattr(report, "errors", None)), **account(request, report)}


@contextmanager
def posted(request: Any, *, what: str, choose: str, split: str) -> Iterator[tuple[Path, Path]]:
    """The posted table as a file, and where a workbook of errors may lie; both gone afterwards.

    ``what`` names the table; ``choose`` and ``split`` are the remedies for none and for one that is too large.
    Raises: ``Refused("bad-file")``.
    """
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise Refused("bad-file", f"没有选择{what}，或者文件是空的。", remedy=choose)
    if file.size > MOST_BYTES:
        raise Refused("bad-file", f"{what}超过 20 MB。", remedy=split)
    with TemporaryDirectory() as folder:
        # The importer looks at bytes and never trusts a name, so the name given from outside is not used.
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield path, Path(folder) / "errors.xlsx"


def account(request: Any, report: Any) -> dict[str, Any]:
    """What became of the posted table, with the rejected rows one by one."""
    rejected = _rejected_rows(getattr(report, "errors", None))
    return {"name": request.FILES["file"].name, "report": report, "rejected": rejected}


def _embedded(back: Path | None) -> str:
    """The workbook that goes back, as the page carries it; empty for one too big for a page."""
    if back is None or back.stat().st_size > MOST_EMBEDDED_BYTES:
        return ""
    return base64.b64encode(back.read_bytes()).decode()


def _rejected_rows(path: Path | None) -> list[tuple[str, str, str]]:
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
