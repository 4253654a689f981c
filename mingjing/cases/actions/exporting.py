"""导出证据: the files of a case as a folder that others can check without the platform."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import queries as records
from mingjing.record import store
from mingjing.vault import actions as vault

from ..models import Evidence
from ..queries.finding import case_for
from .evidence import piece_name

MANIFEST = "manifest-sha256.txt"
_UNSAFE = re.compile(r"[\x00-\x1f/\\:*?\"<>|]")


class Exported(NamedTuple):
    """A file that was written: its path inside the folder."""

    path: str
    sha256: str
    size_bytes: int


def export_evidence(*, no: str, folder: Path, actor: Actor, at: datetime) -> list[Exported]:
    """Write the evidence of a case into ``folder``, each file hashed on its way, with a list for ``sha256sum -c``.

    Each file gets a line in its custody list. What was destroyed is left out. Raises: Refused ``no-permission``,
    ``not-found``, ``not-empty``, ``blob-missing``, ``blob-damaged``; OSError where the folder cannot be written.
    """
    require(actor, "dossier.read")
    case = case_for(actor, no)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused("not-empty", f"目录 {folder} 里已经有文件。", remedy="请换一个空的目录。")
    told = []
    with transaction.atomic():
        for number, found in enumerate(_lying_there(case.evidence.select_for_update().order_by("pk")), 1):
            name = f"{number:03d}-{_UNSAFE.sub('_', found.name)[-120:]}"
            _write(found, folder / name)
            vault.note_custody(
                piece=piece_name(found.pk), sha256=found.sha256, kind="export", actor=actor, at=at
            )
            told.append(Exported(name, found.sha256, found.size_bytes))
    lines = "".join(f"{one.sha256}  {one.path}\n" for one in told)
    (folder / MANIFEST).write_text(lines, encoding="utf-8")
    return told


def _lying_there(rows: Iterable[Evidence]) -> Iterator[Evidence]:
    for found in rows:
        if records.blob_for(found.sha256).destroyed_at is None:
            yield found


def _write(found: Evidence, path: Path) -> None:
    digest = hashlib.sha256()
    with records.open_blob(found.sha256) as content, path.open("xb") as copy:
        for piece in store.chunks(content):
            digest.update(piece)
            copy.write(piece)
    if digest.hexdigest() != found.sha256:
        raise Refused(
            "blob-damaged",
            f"文件“{found.name}”的内容与登记的 SHA-256 不一致，导出中止。",
            remedy="请管理员从备份恢复该文件，并运行 mingjing evidence scrub --faults。",
        )
