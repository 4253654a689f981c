"""Taking in files from outside: one run of one importer over one file, with its account."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM, Actor, require
from mingjing.publicity.registers import queries as registers
from mingjing.publicity.registers.file import columns_of
from mingjing.record import actions as record

from .. import (
    benchmarks_file,
    double_file,
    officers_file,
    parties_file,
    payments_file,
    powers_file,
    registers_file,
)
from ..errors_workbook import ErrorsWorkbook, place_for
from ..laws_file import LawsReport, import_laws
from ..models import Import
from ..report import Report, shown
from ..tables import Column
from ..turns import turn

Importer = Callable[..., Iterator[int]]
_TABLES: dict[str, tuple[Importer, tuple[Column, ...], Callable[[Refused], str]]] = {
    "parties": (parties_file.import_parties, parties_file.COLUMNS, parties_file.fault_of),
    "powers": (powers_file.import_powers, powers_file.COLUMNS, powers_file.fault_of),
    "officers": (officers_file.import_officers, officers_file.COLUMNS, officers_file.fault_of),
    "benchmarks": (
        benchmarks_file.import_benchmarks,
        benchmarks_file.COLUMNS,
        benchmarks_file.fault_of,
    ),
    "payments": (payments_file.import_payments, payments_file.COLUMNS, payments_file.fault_of),
    "double-publicity": (double_file.import_double, (), double_file.fault_of),
}
_BLOCK = 1 << 20


def import_file(
    kind: str,
    path: str | Path,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    organ: str = "",
    out: Path | None = None,
    errors: Path | None = None,
    progress: Callable[[int], None] | None = None,
    dry_run: bool = False,
) -> Report | LawsReport:
    """Take in a file of this kind; rejected rows go to a workbook at ``errors`` or beside the file.

    ``organ`` is the code of the organ whose list of powers or officers the file is, ``out`` the folder for the
    drafts of benchmarks. ``progress`` is called with the number of rows read; a ``dry_run`` of credit publicity
    data only checks. A run that is interrupted may simply be run again:
    what is already there is left alone.
    Raises: Refused ``unknown-kind``, ``no-permission`` for payments and for credit publicity data taken in by an
    officer (who takes in those of his own organ only), ``file-missing`` and the other refusals of ``tables.open_table``.
    """
    if kind == "laws":
        with turn(kind):
            laws = import_laws(path, at=at, progress=progress)
            _note(kind, laws, actor, at)
        return laws
    if kind not in _TABLES:
        raise Refused("unknown-kind", f"不能导入“{kind}”。", remedy=f"可以导入：laws、{'、'.join(_TABLES)}。")
    if kind == "payments":
        _require_cashier(actor)
    if kind == "double-publicity" and actor.kind == "officer":
        require(actor, "publication.manage")
    about = _about(kind, organ, out)
    if dry_run:
        if kind != "double-publicity":
            raise Refused("no-dry-run", "只有双公示数据可以试导入。", remedy="请去掉 --dry-run。")
        about = {**about, "dry_run": True}
    with turn(kind):
        return _table(kind, Path(path), at, actor, about, errors, progress)


def import_register(
    path: Path,
    *,
    edition_id: int,
    actor: Actor,
    at: datetime,
    replace: bool = False,
    errors: Path | None = None,
) -> Report:
    """Put the rows of a workbook into a register that the actor's organ is drafting.

    ``replace`` empties a typed list first. Rejected rows go to a workbook at ``errors`` or beside the file.
    Raises: Refused of ``tables.open_table`` and of ``publicity.put_rows``.
    """
    edition = registers.edition(edition_id)
    report = Report(kind="register", name=edition.register.title, sha256=digest(path))
    fields = [(one.id, one.label) for one in columns_of(edition)]
    with (
        turn("register"),
        transaction.atomic(),
        ErrorsWorkbook(place_for(path, errors), fields, lambda refused: "") as workbook,
    ):
        registers_file.import_rows(
            path, report, workbook, edition_id=edition_id, replace=replace, actor=actor, at=at
        )
        report.errors = workbook.path if workbook.rows else None
    _note("register", report, actor, at, report.sha256)
    return report


def _table(
    kind: str,
    source: Path,
    at: datetime,
    actor: Actor,
    about: Mapping[str, Any],
    errors: Path | None,
    progress: Callable[[int], None] | None,
) -> Report:
    importer, columns, fault_of = _TABLES[kind]
    columns = columns or double_file.all_columns()
    report = Report(kind=kind, name=shown(source), sha256=digest(source))
    fields = [(column.field, column.names[0]) for column in columns]
    workbook = ErrorsWorkbook(place_for(source, errors), fields, fault_of)
    with workbook:
        for read in importer(source, report, workbook, actor=actor, at=at, **about):
            if progress is not None:
                progress(read)
    report.errors = workbook.path if workbook.rows or workbook.doubted else None
    if not report.dry_run:
        _note(kind, report, actor, at, report.sha256)
    return report


def _about(kind: str, organ: str, out: Path | None) -> dict[str, Any]:
    """What else the importer is told: whose list of powers it is, where drafts go."""
    if kind == "benchmarks":
        return {"out": out}
    if not organ:
        return {}
    if kind not in ("powers", "officers"):
        raise Refused(
            "not-of-an-organ", "只有权责清单、人员名单才写明是哪个机关的。", remedy="请去掉 --organ。"
        )
    try:
        return {"organ": organs.organ(organ)}
    except ObjectDoesNotExist:
        raise Refused(
            "no-such-organ", f"没有代码为“{organ[:40]}”的机关。", remedy="机关代码见网页“机关和人员”。"
        ) from None


def _require_cashier(actor: Actor) -> None:
    if actor == SYSTEM:
        raise Refused(
            "no-actor",
            "导入银行对账文件没有写明由谁导入。",
            basis="行政处罚法/67",
            remedy="请加 --as 用户名，由有罚没对账岗的人员导入；也可在网页“银行对账”中上传。",
        )
    require(actor, "payment.reconcile")


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
    except (OSError, ValueError) as error:
        raise Refused("file-unreadable", why_unreadable(path), remedy="请指定一个可读的文件。") from error
    return hasher.hexdigest()


def why_unreadable(path: Path) -> str:
    """Why a path cannot be read, in Chinese."""
    try:
        why = "是文件夹" if path.is_dir() else "没有读取权限，或者不是普通文件"
    except (OSError, ValueError):
        why = "不是有效的路径"
    return f"{str(path)[:200]} {why}，无法读取。"


def _note(kind: str, report: Report | LawsReport, actor: Actor, at: datetime, sha256: str = "") -> None:
    """Keep the account of the run, in the table and on the record."""
    counts = {"accepted": report.accepted, "unchanged": report.unchanged, "rejected": report.rejected}
    if isinstance(report, Report) and report.doubts:
        counts["flagged"] = report.flagged
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
