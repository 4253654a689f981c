"""The state of a witness in one look, for its page, its command and programs that watch it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from mingjing.witness import mirror
from mingjing.witness.config import Config, TrustedLog
from mingjing.witness.memory import Head, Memory, Mirrored, Refusal

SILENT = timedelta(days=3)
LAGGING = timedelta(hours=1)

WORDS = {
    "never": "还没有收到",
    "silent": "久未增长",
    "behind": "镜像落后",
    "trouble": "镜像受阻",
    "alarm": "出现两段历史",
    "fine": "正常",
}


@dataclass(frozen=True)
class LogState:
    """One log: ``mirrored`` is None where no copy is kept. ``word`` is a key of :data:`WORDS`."""

    origin: str
    hash: str
    size: int
    begun_at: datetime | None
    grown_at: datetime | None
    seen_at: datetime | None
    mirrored: int | None
    mirrored_at: datetime | None
    trouble: str
    word: str


@dataclass(frozen=True)
class State:
    """The whole witness; ``keys`` are the vkeys to be put into policies."""

    name: str
    title: str
    keys: tuple[str, ...]
    logs: tuple[LogState, ...]
    refusals: tuple[Refusal, ...]

    @property
    def well(self) -> bool:
        """Whether nobody needs to look into anything. A silent log is told, not an alarm: nights are quiet."""
        return all(log.word in ("fine", "silent", "never") for log in self.logs)

    def as_dict(self) -> dict[str, Any]:
        """The state as JSON-ready values; times are ISO 8601 in UTC."""
        refusals = [
            {**asdict(one), "root": one.root.hex(), "request": one.request.decode("utf-8", "replace")}
            for one in self.refusals
        ]
        told = {**asdict(self), "well": self.well, "refusals": refusals}
        return {key: _plain(value) for key, value in told.items()}


def state_of(config: Config, memory: Memory, at: datetime) -> State:
    """What the witness knows at ``at``. Cost: 2 queries for each log."""
    refusals = tuple(memory.refusals())
    forked = {one.origin for one in refusals if one.code == "forked"}
    logs = tuple(
        _log(log, memory.head(log.origin), memory.mirrored(log.origin), log.origin in forked, at)
        for log in config.logs.values()
    )
    keys = tuple(str(key.verifier) for key in config.signers())
    return State(config.name, config.title, keys, logs, refusals)


def _log(log: TrustedLog, head: Head | None, held: Mirrored, forked: bool, at: datetime) -> LogState:
    return LogState(
        origin=log.origin,
        hash=mirror.origin_hash(log.origin),
        size=head.size if head else 0,
        begun_at=head.begun_at if head else None,
        grown_at=head.grown_at if head else None,
        seen_at=head.seen_at if head else None,
        mirrored=held.size if log.url else None,
        mirrored_at=held.at if log.url else None,
        trouble=held.trouble if log.url else "",
        word=_word(log, head, held, forked, at),
    )


def _word(log: TrustedLog, head: Head | None, held: Mirrored, forked: bool, at: datetime) -> str:
    if forked:
        return "alarm"
    if head is None:
        return "never"
    if log.url and held.trouble:
        return "trouble"
    if log.url and held.size < head.size and at - head.grown_at > LAGGING:
        return "behind"
    return "silent" if at - head.grown_at > SILENT else "fine"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
