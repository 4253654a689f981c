"""期限提醒: keeping, once for each mark, that a running term has come to it."""

from __future__ import annotations

from datetime import datetime

from mingjing.kernel.warnings import standing
from mingjing.law import queries as law
from mingjing.organs.authority import Actor

from ..models import Notice, NoticesSeen, Obligation

CHUNK = 1000


def warn(*, at: datetime) -> int:
    """Keep a notice of the mark that each open, dated duty of an organ stands at; a second run keeps none.

    Of several marks passed since the last run only the latest is kept. A paused term gives no notice, nor does
    one of the party's. Cost: one pass over the open dated duties and what was told of them, one statement for
    each thousand new notices. Returns how many were kept.
    """
    calendar, at = law.calendar(), at.replace(microsecond=0)
    open_duties = Obligation.objects.filter(state="open", due_at__isnull=False, paused=False).exclude(
        role="party"
    )
    told = set(Notice.objects.filter(obligation__state="open").values_list("obligation_id", "mark", "due_at"))
    new = []
    for pk, opened_at, due_at in open_duties.values_list("id", "opened_at", "due_at").iterator(
        chunk_size=CHUNK
    ):
        mark = standing(opened_at, due_at, at, calendar) if due_at else ""
        if mark and due_at and (pk, mark, due_at) not in told:
            new.append(Notice(obligation_id=pk, mark=mark, due_at=due_at, at=at))
    # Two workers may run at once: the constraint keeps each mark single.
    Notice.objects.bulk_create(new, batch_size=CHUNK, ignore_conflicts=True)
    return len(new)


def read_notices(reader: Actor, until: datetime) -> None:
    """Remember that an officer has read the reminders up to a moment."""
    NoticesSeen.objects.update_or_create(officer_id=reader.officer_id, defaults={"seen_at": until})
