"""The logs one after another: each rebuilt, and each begun where the one before it ended."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from mingjing.kernel.refused import Refused
from mingjing.record import body, heads, logs
from mingjing.record.models import Checkpoint, Entry, Leaf, Log, Node
from mingjing.record.verification import log as one
from mingjing.record.verification import parallel
from mingjing.record.verification.report import Findings


@dataclass
class Walked:
    """What was compared, over all logs."""

    logs: int = 0
    size: int = 0
    published: int = 0
    heads: int = 0
    files: int = 0


def check(found: Findings) -> Walked:
    """Report every fault of the logs into ``found``."""
    told = Walked()
    before: Log | None = None
    for log in logs.every():
        published = _published(found, log)
        walk = one.check(found, log, published)
        _check_row(found, log)
        _check_beginning(found, before, log)
        told.logs += 1
        told.size += walk.size
        told.published += published
        told.heads += walk.heads
        told.files += walk.file_count
        _check_beside(found, told, log)
        before = log
    if before is not None and before.state != logs.OPEN:
        found.add("log-not-open", before.origin, f"日志“{before.origin}”之后没有新的日志，却已结束。")
    _check_strays(found)
    _check_hashing(found)
    return told


def _check_hashing(found: Findings) -> None:
    """A log whose hashing nobody knows is found by no other look."""
    strange = Log.objects.exclude(hashing__in=(logs.SHA256, logs.SM3))
    for origin, hashing in strange.values_list("origin", "hashing"):
        found.add("unknown-hashing", origin, f"日志“{origin}”登记的散列算法“{hashing}”不存在。")


def _check_beside(found: Findings, told: Walked, log: Log) -> None:
    """The tree over SM3 of the same entries, where one is kept; it may be behind, never ahead."""
    over_sm3 = logs.beside(log)
    if over_sm3 is None:
        return
    files = parallel.check(found, log, over_sm3, _published(found, over_sm3))
    told.logs += 1
    told.heads += over_sm3.checkpoints.count()
    told.files += files.count


def _published(found: Findings, log: Log) -> int:
    """The size that strangers see; 0 if nothing is published or what is published cannot be believed."""
    try:
        heads.require_continuity(log)
        head = heads.published(log)
    except Refused as refused:
        found.add("bad-published-head", heads.path(log), refused.reason)
        return 0
    return head.size if head else 0


def _check_row(found: Findings, log: Log) -> None:
    """The row of a log repeats what its leaves say. Read at one moment: the log may be growing."""
    row = (
        Log.objects.filter(pk=log.pk)
        .annotate(counted=Count("leaves", filter=Q(leaves__number__gte=log.start)))
        .values_list("size", "counted", "origin")
    ).first()
    if row is None:
        return
    size, counted, origin = row
    if size != counted:
        found.add("wrong-log-size", origin, f"日志“{origin}”登记 {size} 条，实有 {counted} 条。")
    label = logs.label_of(log)
    if label is not None and origin.rpartition("/")[2] != label:
        found.add("wrong-log-year", origin, f"日志“{origin}”登记的年份 {label} 与名称不符。")


def _check_beginning(found: Findings, before: Log | None, log: Log) -> None:
    """The first log begins with any entry at place 0; each later one names the head that ended the last."""
    if before is None:
        fits = log.start == 0
    else:
        fits = log.start == before.start + before.size and _names(log, before)
    if before is not None and before.state != logs.CLOSED:
        found.add("log-not-closed", before.origin, f"日志“{before.origin}”之后已有新的日志，却没有结束。")
    if not fits:
        found.add("broken-year", log.origin, f"日志“{log.origin}”与上一年度的日志接不上。")


def _names(log: Log, before: Log) -> bool:
    kinds = (logs.OPENED, logs.REOPENED)
    first = Entry.objects.filter(leaf__log=log, leaf__number=log.start, kind__in=kinds).first()
    head = heads.latest(before)
    if first is None or head is None:
        return False
    try:
        said = body.read(bytes(first.body))["plain"]["before"]
    except (Refused, KeyError, TypeError):
        return False
    return bool(said == logs.opening(before, head.size, bytes(head.root), head.note))


def _check_strays(found: Findings) -> None:
    for path in logs.strays():
        found.add("stray-log", path, f"日志目录中有库里没有的日志：{path}。")
    for model in (Leaf, Node, Checkpoint):
        # Foreign keys forbid this, but not to somebody who edits the database file.
        known = Log.objects.filter(pk=OuterRef("log_id"))
        count = model.objects.filter(~Exists(known)).count()
        if count:
            found.add("no-such-log", model.__name__, f"有 {count} 行（{model.__name__}）不属于任何日志。")
