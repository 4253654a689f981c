"""导出: giving the file of a case away as a folder or a ZIP, with an entry of the record that says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from mingjing.cases import actions as cases
from mingjing.cases.work import lock
from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from ..bag import write_folder, zipped
from ..export import Export, prepared


def export_folder(*, no: str, out: Path, actor: Actor, at: datetime) -> dict[str, Any]:
    """Write the file of a case as a folder; what was written. Memory: the bound PDF, never a recording.

    Raises: Refused as ``dossier.bound``, ``folder-exists``, ``folder-unwritable``, ``blob-damaged``.
    """
    export = prepared(actor, no, at)
    files, size_bytes = write_folder(export.stream, out)
    entry = _record(export, "folder", actor, at)
    return {
        "case": export.file.case.no,
        "folder": str(out),
        "files": files,
        "bytes": size_bytes,
        "entries": export.entries,
        "waiting": export.waiting,
        "entry": str(entry),
    }


def export_zip(*, no: str, actor: Actor, at: datetime) -> Iterator[bytes]:
    """The same as a stored ZIP, piece by piece; what is refused is refused before the first piece.

    Raises: Refused as ``dossier.bound``.
    """
    export = prepared(actor, no, at)
    _record(export, "zip", actor, at)
    return zipped(export.stream, at)


def _record(export: Export, form: str, actor: Actor, at: datetime) -> UUID:
    case = export.file.case
    with transaction.atomic():
        lock(case.pk, at, None)
        entry = record.append(
            kind="dossier-export",
            subject=f"case:{case.pk}",
            at=at,
            actor=actor,
            plain={"case": case.no, "form": form, "bound": export.bound_sha256},
        )
        cases.note_export(case_id=case.pk, form=form, actor=actor, at=at)
    return entry.pk
