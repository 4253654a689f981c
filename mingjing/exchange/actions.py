"""Taking in files from outside: one run of one importer over one file, with its account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM, Actor, require
from mingjing.record import actions as record

from .errors_workbook import ErrorsWorkbook, place_for
from .laws_file import LawsReport, import_laws
from .models import Import
from .parties_file import COLUMNS as PARTY_COLUMNS
from .parties_file import import_parties
from .payments_file import COLUMNS as PAYMENT_COLUMNS
from .payments_file import import_payments
from .powers_file import COLUMNS as POWER_COLUMNS
from .powers_file import import_powers
from .report import Report
from .tables import Column

Importer = Callable[..., Iterator[int]]
_TABLES: dict[str, tuple[Importer, tuple[Column, ...]]] = {
    "parties": (import_parties, PARTY_COLUMNS),
    "powers": (import_powers, POWER_COLUMNS),
    "payments": (import_payments, PAYMENT_COLUMNS),
}
_BLOCK = 1 << 20


def import_file(
    kind: str,
    path: str | Path,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    errors: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report | LawsReport:
    """Take in a file of this kind; rejected rows go to a workbook at ``errors`` or beside the file.

    ``progress`` is called with the number of rows read. A run that is interrupted may simply be run again:
    what is already there is left alone.
    Raises: Refused ``unknown-kind``, ``no-permission`` for payments, ``file-missing`` and the other refusals
    of ``tables.open_table``.
    """
    if kind == "laws":
        laws = import_laws(path, at=at, progress=progress)
        _note(kind, laws, actor, at)
        return laws
    if kind not in _TABLES:
        raise Refused("unknown-kind", f"不能导入“{kind}”。", remedy=f"可以导入：laws、{'、'.join(_TABLES)}。")
    if kind == "payments":
        require(actor, "payment.reconcile")
    source = Path(path)
    importer, columns = _TABLES[kind]
    report = Report(kind=kind, name=source.name, sha256=digest(source))
    fields = [(column.field, column.names[0]) for column in columns]
    workbook = ErrorsWorkbook(place_for(source, errors), fields)
    with workbook:
        for read in importer(source, report, workbook, actor=actor, at=at):
            if progress is not None:
                progress(read)
    report.errors = workbook.path if workbook.rows else None
    _note(kind, report, actor, at, report.sha256)
    return report


def digest(path: Path) -> str:
    """The SHA-256 of a file, read in blocks.

    Raises: Refused ``file-missing``, ``file-unreadable``.
    """
    hasher = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                hasher.update(block)
    except FileNotFoundError:
        raise Refused("file-missing", f"找不到文件 {path}。", remedy="请核对文件名和所在文件夹。") from None
    except OSError as error:
        raise Refused(
            "file-unreadable", f"无法读取 {path}（{error.strerror}）。", remedy="请指定一个可读的文件。"
        ) from error
    return hasher.hexdigest()


def _note(kind: str, report: Report | LawsReport, actor: Actor, at: datetime, sha256: str = "") -> None:
    """Keep the account of the run, in the table and on the record."""
    counts = {"accepted": report.accepted, "unchanged": report.unchanged, "rejected": report.rejected}
    with transaction.atomic():
        run = Import.objects.create(kind=kind, name=report.name[:200], sha256=sha256, at=at, **counts)
        record.append(
            kind="import",
            subject=f"import:{run.pk}",
            at=at,
            actor=actor,
            plain={"kind": kind, "sha256": sha256, **counts},
            personal={"name": report.name},
        )
