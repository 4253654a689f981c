"""销毁案卷的文件: a destroyed volume's files go through the two persons of the room ``vault``, list by list."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from mingjing.organs.authority import Actor
from mingjing.vault import actions as vault
from mingjing.vault import queries as kept

from ..models import Appraisal, Volume

MOST_IN_LIST = 200


def propose_files(volumes: Sequence[Volume], reason: str, actor: Actor, at: datetime) -> list[str]:
    """Put every file of the volumes on lists for destruction; the keys of the lists.

    Raises: Refused as ``vault.propose_deletion``: files under a hold, used elsewhere, or whose term still runs.
    """
    found: list[str] = []
    for volume in volumes:
        for part in _parts(kept.files_kept_for(f"case:{volume.case_id}", volume.organ_id)):
            why = f"{volume.archive_no}：{reason}"[:300]
            deletion = vault.propose_deletion(sha256s=part, reason=why, actor=actor, at=at)
            found.append(str(deletion.pk))
    return found


def reject_files(appraisal: Appraisal, opinion: str, actor: Actor, at: datetime) -> None:
    """Send the lists back; nothing is destroyed."""
    for key in appraisal.deletions:
        vault.reject_deletion(deletion_id=uuid.UUID(key), opinion=opinion[:300], actor=actor, at=at)


def destroy_files(appraisal: Appraisal, actor: Actor, at: datetime) -> None:
    """Approve the lists that are still open; their bytes are destroyed. MUST NOT run in a transaction."""
    for key in map(uuid.UUID, appraisal.deletions):
        if kept.deletion_for(actor, key).state == "open":
            opinion = appraisal.opinion[:300]
            vault.approve_deletion(deletion_id=key, opinion=opinion, actor=actor, at=at)
    vault.finish_deletions()


def _parts(sha256s: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(sha256s), MOST_IN_LIST):
        yield sha256s[start : start + MOST_IN_LIST]
