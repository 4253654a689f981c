"""Rebuilding every hash of the record and telling each thing that does not fit.

Everything is streamed in order, so that memory does not grow with the log. Verification may run while the
platform works: each part judges the state at its own start.
"""

from __future__ import annotations

from mingjing.record.models import Pending
from mingjing.record.verification import blobs, entries, years
from mingjing.record.verification.report import Fault, Findings, Report

__all__ = ["Fault", "Report", "verify"]


def verify(*, deep: bool = False) -> Report:
    """Check entries, chains, the logs of all years, every signed head, tiles and stored files.

    ``deep`` also reads every stored file to its end. Cost: reads everything once, in constant memory.

    Not covered, because nothing signs them: the times of heads (``Checkpoint.at``) and of storing
    (``Blob.stored_at``). The time of every act is inside its record and is covered.
    """
    found = Findings()
    walked = years.check(found)
    return Report(
        entries=entries.check(found),
        waiting=Pending.objects.count(),
        logs=walked.logs,
        size=walked.size,
        published=walked.published,
        heads=walked.heads,
        tiles=walked.files,
        blobs=blobs.check(found, deep=deep),
        faults=tuple(found.kept),
        fault_count=found.count,
        deep=deep,
        lost=found.lost,
    )
