"""Nothing is signed while somebody outside has seen more of the log than our tables hold.

A database restored from an older backup would give places a second time. The published files on this machine
tell of it (``heads.require_continuity``) unless they were restored as well; the witnesses always do.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings

from mingjing.kernel import checkpoint, merkle, note
from mingjing.kernel.policy import Witness
from mingjing.kernel.refused import Refused
from mingjing.record import asking, heads, keys, logs, tree, trust
from mingjing.record.models import Checkpoint, Log, Standing

QUICK_SECONDS = 3.0
AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class Seen:
    """A head that somebody outside has seen: ``document`` with its signatures, ``by`` in words."""

    origin: str
    head: checkpoint.Checkpoint
    document: str
    by: str


class _Asked:
    """Which logs were compared with every witness since this process began, and when that was tried last."""

    def __init__(self) -> None:
        self._settled: set[tuple[str, ...]] = set()
        self._tried: dict[tuple[str, ...], float] = {}

    def due(self, what: tuple[str, ...]) -> bool:
        """Whether it is time to ask; asking again about a witness that is away waits for a minute."""
        if what in self._settled or time.monotonic() - self._tried.get(what, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return False
        self._tried[what] = time.monotonic()
        return True

    def settle(self, what: tuple[str, ...]) -> None:
        """Every witness answered, and none is ahead."""
        self._settled.add(what)

    def forget(self) -> None:
        """Compare anew: the tables are other ones."""
        self._settled.clear()
        self._tried.clear()


asked = _Asked()


def require(log: Log | None, at: datetime) -> None:
    """No witness may be ahead of the log in use, or know the log that would begin now.

    Asks over the network once for each process and log; a witness that does not answer is no reason not to
    seal, and is asked again a minute later. Raises: Refused ``database-behind-witness``, ``log-forked``.
    """
    witnesses = _reachable()
    if not witnesses:
        return
    if log is not None:
        _require_not_told(log)
    origins = _origins(log, at)
    what = (str(settings.MINGJING_VAR), *origins, *(trust.key_name(one.key) for one in witnesses))
    if not asked.due(what):
        return
    seconds = min(settings.MINGJING_WITNESS_SECONDS, QUICK_SECONDS)
    found, silent = _seen(origins, witnesses, seconds)
    for one in found:
        _require_known(one)
    if not silent:
        asked.settle(what)


def ahead(log: Log | None, at: datetime) -> list[Seen]:
    """Heads that were seen outside and that the tables do not reach, the largest of each log first.

    Raises: Refused as :func:`trust.policy`, ``log-forked``, and as :func:`asking.last_head` where no witness
    answered.
    """
    origins = _origins(log, at)
    found, silent = _seen(origins, _reachable(), settings.MINGJING_WITNESS_SECONDS)
    found += _published(log)
    if silent and not found:
        raise silent[0]
    beyond = [one for one in found if one.head.size > _size(one.origin)]
    return sorted(beyond, key=lambda one: (origins.index(one.origin), -one.head.size))


def _reachable() -> list[Witness]:
    """The witnesses that can be asked; with a policy that cannot be read nobody can, which the doctor tells."""
    try:
        return [one for one in trust.policy().witnesses if one.url]
    except Refused:
        return []


def _origins(log: Log | None, at: datetime) -> list[str]:
    """The log in use, and the one that the next entry would begin."""
    year = logs.year_at(at)
    names = [log.origin] if log else []
    if log is None or (log.year is not None and log.year < year):
        names.append(logs.origin_of(year))
    return names


def _seen(
    origins: Sequence[str], witnesses: Sequence[Witness], seconds: float
) -> tuple[list[Seen], list[Refused]]:
    """What the witnesses cosigned last of these logs, and the refusals of those that did not say."""
    pairs = [(witness, origin) for witness in witnesses for origin in origins]
    found, silent = [], []
    for (witness, origin), answer in asking.together(partial(_last, seconds=seconds), pairs):
        if answer is None:
            continue
        try:
            found.append(_heard(witness, origin, answer))
        except Refused as refused:
            silent.append(refused)
    return found, silent


def _heard(witness: Witness, origin: str, answer: str | Refused) -> Seen:
    """What a witness showed. A head that the log never signed is a lie of the witness, and tells nothing."""
    if isinstance(answer, Refused):
        raise answer
    return Seen(origin, _opened(origin, answer), answer, f"见证方“{witness.name}”")


def _last(pair: tuple[Witness, str], seconds: float) -> str | None:
    return asking.last_head(pair[0], pair[1], seconds)


def _published(log: Log | None) -> list[Seen]:
    """The head in the public files of this machine."""
    head = heads.published(log) if log else None
    if log is None or head is None:
        return []
    return [Seen(log.origin, head, heads.path(log).read_text(), "已公布的文件")]


def _opened(origin: str, document: str) -> checkpoint.Checkpoint:
    """The head, signed by the log's own key; of a log that the tables do not know the key file tells, if there
    is one. Raises: Refused as ``checkpoint.opened``.
    """
    log = Log.objects.filter(origin=origin).first()
    if log is not None:
        return heads.opened(log, document)
    label = origin.rpartition("/")[2]
    if keys.path(label).exists():
        return checkpoint.opened(document, [keys.made(origin, label).verifier], origin)
    return checkpoint.Checkpoint.parse(note.parse(document).text)


def _require_not_told(log: Log) -> None:
    """What a witness told on being asked to cosign is remembered: it holds until the log has caught up."""
    told = Standing.objects.filter(log=log, size__gt=log.size).order_by("-size").first()
    if told is not None:
        raise _behind(log.origin, told.size, log.size, f"见证方“{told.key.rpartition('+')[0]}”")


def _require_known(seen: Seen) -> None:
    size = _size(seen.origin)
    if seen.head.size > size:
        raise _behind(seen.origin, seen.head.size, size, seen.by)
    log = Log.objects.get(origin=seen.origin)
    ours = Checkpoint.objects.filter(log=log, size=seen.head.size).values_list("root", flat=True).first()
    root = ours if ours is not None else merkle.root(seen.head.size, tree.nodes(log, seen.head.size))
    if bytes(root) != seen.head.root:
        raise Refused(
            "log-forked",
            f"{seen.by}所见日志“{seen.origin}”第 {seen.head.size} 条处的树根与数据库不符，不再签名。",
            remedy="运行 mingjing record fsck；保全数据库、日志目录和见证方的签名头，查明之前不要恢复或删除任何东西。",
        )


def _size(origin: str) -> int:
    return Log.objects.filter(origin=origin).values_list("size", flat=True).first() or 0


def _behind(origin: str, seen: int, held: int, by: str) -> Refused:
    return Refused(
        "database-behind-witness",
        f"{by}已见过日志“{origin}”的 {seen} 条，库中只有 {held} 条，不再签名：数据库可能是从较早的备份恢复的。",
        remedy="有更新的备份就恢复它；没有的，运行 mingjing witnesses lost 查看缺了哪些，再选择找回或另起一本。",
    )
