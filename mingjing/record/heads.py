"""The signed heads: the latest in the tables, the one published, and whether the two belong together."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from mingjing.kernel import checkpoint
from mingjing.kernel.refused import Refused
from mingjing.record import keys, store
from mingjing.record.models import Checkpoint


def path() -> Path:
    """Where the published head lies."""
    return store.log_folder() / "checkpoint"


def latest() -> Checkpoint | None:
    """The newest head in the tables, or None before the first seal."""
    return Checkpoint.objects.order_by("-size").first()


def published() -> checkpoint.Checkpoint | None:
    """The head that strangers can read, or None before the first is published.

    Raises: Refused as :func:`opened`.
    """
    if not path().exists():
        return None
    try:
        document = path().read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Refused("bad-note", f"已公布的签名头 {path()} 不是文本，可能已损坏。") from error
    return opened(document)


def opened(document: str) -> checkpoint.Checkpoint:
    """A head of this log, once our own key is found to have signed it.

    Raises: Refused as :func:`mingjing.kernel.checkpoint.opened`.
    """
    return checkpoint.opened(document, [keys.verifier()], settings.MINGJING_LOG_ORIGIN)


def require_continuity() -> None:
    """The published head must be one of ours; otherwise the tables are an old copy, or another log's.

    Signing on after a restore from an older backup would show two histories to the world, which every
    witness must denounce. Raises: Refused ``database-behind-log`` or ``log-forked``.
    """
    known = published()
    if known is None:
        return
    ours = Checkpoint.objects.filter(size=known.size).first()
    if ours is None:
        raise Refused(
            "database-behind-log",
            f"已公布的日志有 {known.size} 条，库中没有这一签名头，不再签名：数据库可能是从较早的备份恢复的。",
            remedy=f"恢复最新的数据库备份；若这是全新的数据库，请先移走旧日志目录 {store.log_folder()}。",
        )
    if ours.root != known.root:
        raise Refused(
            "log-forked",
            f"已公布的日志在第 {known.size} 条处的树根与数据库不符，不再签名。",
            remedy="运行 mingjing record verify，并核对数据库与日志目录是否属于同一套部署。",
        )
