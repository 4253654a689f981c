"""The signed heads: the latest in the tables, the one published, and whether the two belong together."""

from __future__ import annotations

from pathlib import Path

from mingjing.kernel import checkpoint
from mingjing.kernel.refused import Refused
from mingjing.record import keys, logs
from mingjing.record.models import Checkpoint, Log


def path(log: Log) -> Path:
    """Where the published head of a log lies."""
    return logs.folder(log) / "checkpoint"


def latest(log: Log) -> Checkpoint | None:
    """The newest head of a log in the tables, or None before the first seal."""
    return Checkpoint.objects.filter(log=log).order_by("-size").first()


def published(log: Log) -> checkpoint.Checkpoint | None:
    """The head that strangers can read, or None before the first is published.

    Raises: Refused as :func:`opened`.
    """
    if not path(log).exists():
        return None
    try:
        document = path(log).read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Refused("bad-note", f"已公布的签名头 {path(log)} 不是文本，可能已损坏。") from error
    return opened(log, document)


def opened(log: Log, document: str) -> checkpoint.Checkpoint:
    """A head of a log, once our own key is found to have signed it.

    Raises: Refused as :func:`mingjing.kernel.checkpoint.opened`.
    """
    return checkpoint.opened(document, [keys.verifier(log)], log.origin)


def require_continuity(log: Log) -> None:
    """The published head must be one of ours; otherwise the tables are an old copy, or another log's.

    Signing on after a restore from an older backup would show two histories to the world, which every
    witness must denounce. Raises: Refused ``database-behind-log`` or ``log-forked``.
    """
    known = published(log)
    if known is None:
        return
    ours = Checkpoint.objects.filter(log=log, size=known.size).first()
    if ours is None:
        raise _behind(log, f"已公布的日志有 {known.size} 条，库中没有这一签名头，不再签名")
    if ours.root != known.root:
        raise Refused(
            "log-forked",
            f"已公布的日志在第 {known.size} 条处的树根与数据库不符，不再签名。",
            remedy="运行 mingjing record fsck，并核对数据库与日志目录是否属于同一套部署。",
        )


def require_unpublished(log: Log) -> None:
    """A log that is about to begin cannot have been published already. Raises: ``database-behind-log``."""
    if path(log).exists():
        raise _behind(log, f"日志“{log.origin}”早已公布，库中却没有，不再签名")


def _behind(log: Log, what: str) -> Refused:
    return Refused(
        "database-behind-log",
        f"{what}：数据库可能是从较早的备份恢复的。",
        remedy=f"恢复最新的数据库备份；若这是全新的数据库，请先移走旧日志目录 {logs.folder(log)}。",
    )
