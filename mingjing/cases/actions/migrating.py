"""报送程序新版本；在办案件换用版本。"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from mingjing.kernel.marking import dump
from mingjing.kernel.refused import Refused
from mingjing.law import actions as law_actions
from mingjing.organs.authority import Actor, require
from mingjing.sql import update

from .. import effects, moves, obligations
from ..editions import Examined, examine
from ..migrating import Migration, migration_of, steps_of, target
from ..work import lock


@dataclass(frozen=True)
class Proposed:
    """What became of an uploaded file: what was found, and the proposal if nothing kept it from being one."""

    examined: Examined
    proposal_id: int | None


def propose_edition(
    *, procedure: str, content: bytes, file_name: str, in_force: date, reason: str, actor: Actor, at: datetime
) -> Proposed:
    """Examine an uploaded procedure file and lay it before a second person if it has no problems.

    Raises: Refused ``no-permission``, ``too-late``, ``bad-reason``, ``edition-known``, ``already-proposed``.
    """
    require(actor, "edition.propose")
    if in_force < at.date():
        raise Refused(
            "too-late", f"施行日期 {in_force} 已经过去。", remedy="新版本不溯及既往，请写今天或者以后的日期。"
        )
    found = examine(procedure, content, file_name, in_force)
    if found.problems:
        return Proposed(found, None)
    row = law_actions.lay_edition(
        procedure=procedure,
        sha256=found.sha256,
        in_force=in_force,
        text=found.text,
        file_name=file_name,
        reason=reason,
        findings=found.failing,
        actor=actor,
        at=at,
    )
    return Proposed(found, row.pk)


def migrate(
    *, case_id: uuid.UUID, sha256: str, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Migration:
    """Let a running case go on under another edition, with a reason; its terms are reckoned anew.

    By the legal reviewers of its organ. Raises: Refused ``no-permission``, ``other-organ``, ``ended``,
    ``bad-reason``, ``waiting``, ``same-edition``, ``not-in-force``, ``not-retold``, ``not-under-edition``.
    """
    require(actor, "edition.migrate")
    reason = moves.reason_of(reason, "换用版本的理由")
    with transaction.atomic():
        work = lock(case_id, at, version)
        case = work.case
        moves.require_own_organ(work, actor)
        moves.require_running(work)
        if case.submissions.filter(state="open").exists():
            raise Refused("waiting", "本案有正在等待审批的环节。", remedy="请在审批或者撤回以后再换用版本。")
        new = target(case, sha256, at)
        moved = migration_of(case, steps_of(case), new)
        old, case.edition = case.edition, sha256
        case.facts = {**case.facts, **moved.settled}
        case.marking = dump(moved.marking)
        stage = effects.stage_after(new, moved.marking)
        case.stage, case.stage_title = stage.id, stage.title
        work.procedure, work.marking = new, moved.marking
        obligations.settle(work, done="")
        case.due_at = obligations.earliest_due(work)
        update(case, "edition", "facts", "marking", "stage", "stage_title", "due_at")
        moves.note(
            work,
            kind="migrated",
            title="换用程序版本",
            actor=actor,
            text=reason,
            plain={
                "procedure": case.procedure,
                "from": old,
                "to": sha256,
                "duties": [[one.title, one.before, one.after] for one in moved.changes],
            },
        )
    return moved
