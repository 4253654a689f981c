"""Which running cases could go on under another edition, and what would change for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from ..migrating import DutyChange, migration_of, steps_of, target
from ..models import Case

MOST_SHOWN = 100


@dataclass(frozen=True)
class MigrationRow:
    """One running case: whether it can be migrated (``refused`` says why not), and which duties would change."""

    no: str
    label: str
    title: str
    stage: str
    version: int
    refused: Refused | None
    changes: tuple[DutyChange, ...]


def migration_rows(actor: Actor, procedure: str, sha256: str, at: datetime) -> list[MigrationRow]:
    """The running cases of the person's organ under other editions of the procedure, the oldest first.

    At most ``MOST_SHOWN``. Cost: 1 query, and 2 for each case beside the retelling.
    """
    rows = Case.objects.filter(organ=actor.organ_id, procedure=procedure, ended_at__isnull=True).exclude(
        edition=sha256
    )
    rows = rows.select_related("organ", "party", "power_item", "parent").order_by("opened_at")
    return [_row(case, sha256, at) for case in rows[:MOST_SHOWN]]


def _row(case: Case, sha256: str, at: datetime) -> MigrationRow:
    refused: Refused | None = None
    changes: tuple[DutyChange, ...] = ()
    try:
        if case.submissions.filter(state="open").exists():
            raise Refused("waiting", "有正在等待审批的环节。", remedy="请在审批或者撤回以后再换用。")
        changes = migration_of(case, steps_of(case), target(case, sha256, at)).changes
    except Refused as why:
        refused = why
    return MigrationRow(case.no, case.label, case.title, case.stage_title, case.version, refused, changes)
