"""Rebuilding every hash of the record and telling each thing that does not fit.

Everything is streamed in order, so that memory does not grow with the log. Verification may run while the
platform works: each part judges the state at its own start.
"""

from __future__ import annotations

from mingjing.kernel.refused import Refused
from mingjing.record import heads
from mingjing.record.models import Pending
from mingjing.record.verification import blobs, entries, log
from mingjing.record.verification.report import Fault, Findings, Report

__all__ = ["Fault", "Report", "verify"]


def verify(*, deep: bool = False) -> Report:
    """Check entries, chains, the tree, every signed head, tiles and stored files.

    ``deep`` also reads every stored file to its end. Cost: reads everything once, in constant memory.

    Not covered, because nothing signs them: the times of heads (``Checkpoint.at``) and of storing
    (``Blob.stored_at``). The time of every act is inside its record and is covered.
    """
    found = Findings()
    published = _published(found)
    tree = log.check(found, published)
    return Report(
        entries=entries.check(found),
        waiting=Pending.objects.count(),
        size=tree.size,
        published=published,
        heads=tree.heads,
        tiles=tree.file_count,
        blobs=blobs.check(found, deep=deep),
        faults=tuple(found.kept),
        fault_count=found.count,
        deep=deep,
    )


def _published(found: Findings) -> int:
    """The size that strangers see; 0 if nothing is published or what is published cannot be believed."""
    try:
        heads.require_continuity()
        head = heads.published()
    except Refused as refused:
        found.add("bad-published-head", heads.path(), refused.reason)
        return 0
    return head.size if head else 0
