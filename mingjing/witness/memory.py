"""What a witness remembers: the last head it cosigned of each log, and what it refused.

One SQLite file, every commit flushed (WAL, ``synchronous=FULL``). The check against the last head and the
keeping of the new one are one transaction that is opened as a writer, so that of two requests at a time, in
one process or in two, the second sees what the first kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mingjing.kernel import merkle

KEPT_REFUSALS = 1000
WAIT_SECONDS = 30

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
    begun_at INTEGER NOT NULL, grown_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refusal (
    number INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL, code TEXT NOT NULL,
    size INTEGER NOT NULL, root BLOB NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    times INTEGER NOT NULL, reason TEXT NOT NULL, request BLOB NOT NULL, UNIQUE (origin, code, size, root)
) STRICT;
CREATE TABLE IF NOT EXISTS mirror (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, at INTEGER NOT NULL, trouble TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True)
class Head:
    """The last head that was cosigned of a log: ``note`` carries the log's lines and the witness's own."""

    size: int
    root: bytes
    note: str
    begun_at: datetime
    grown_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Refusal:
    """A head that a log did sign and that was not cosigned: the evidence, if it was no mistake.

    ``request`` is the first request that brought it. Anybody may send an old head again, so the same head is
    kept once and counted: only the log itself can make this list longer.
    """

    origin: str
    code: str
    size: int
    root: bytes
    first_at: datetime
    last_at: datetime
    times: int
    reason: str
    request: bytes


@dataclass(frozen=True)
class Mirrored:
    """How much of a log is held here; ``trouble`` is why no more, or empty."""

    size: int
    at: datetime | None
    trouble: str


NOTHING = (0, merkle.EMPTY_ROOT)


class Memory:
    """The memory in one file. A connection belongs to one call; SQLite does the locking."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._connected() as connection:
            connection.executescript(_SCHEMA)

    def head(self, origin: str) -> Head | None:
        """The last head cosigned of a log."""
        with self._connected() as connection:
            return _head(connection, origin)

    @contextmanager
    def growing(self, origin: str) -> Iterator[Growth]:
        """The last head of a log, with the right to replace it that nobody else has meanwhile.

        What was kept is on the disk when the block ends; an exception inside keeps nothing.
        """
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Growth(connection, origin)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def refuse(
        self, origin: str, head: tuple[int, bytes], at: datetime, code: str, reason: str, request: bytes
    ) -> None:
        """Keep a refused head, size and root; of each log and code the last thousand are kept."""
        with self._connected() as connection, connection:
            connection.execute(
                "INSERT INTO refusal (origin, code, size, root, first_at, last_at, times, reason, request) "
                "VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (origin, code, size, root) "
                "DO UPDATE SET times = times + 1, last_at = excluded.last_at",
                (origin, code, *head, _seconds(at), _seconds(at), reason, request),
            )
            connection.execute(
                "DELETE FROM refusal WHERE origin = ? AND code = ? AND number <= (SELECT number FROM refusal "
                "WHERE origin = ? AND code = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (origin, code, origin, code, KEPT_REFUSALS),
            )

    def refusals(self, limit: int = 50) -> list[Refusal]:
        """What was refused, the latest first."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT origin, code, size, root, first_at, last_at, times, reason, request FROM refusal "
                "ORDER BY last_at DESC, number DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [_refusal(row) for row in rows]

    def mirrored(self, origin: str) -> Mirrored:
        """How much of a log is held here."""
        with self._connected() as connection:
            row = connection.execute(
                "SELECT size, at, trouble FROM mirror WHERE origin = ?", (origin,)
            ).fetchone()
        return Mirrored(row[0], _moment(row[1]), row[2]) if row else Mirrored(0, None, "")

    def hold(self, origin: str, size: int, at: datetime, trouble: str = "") -> None:
        """Keep how much of a log is held here, and what is in the way of more."""
        with self._connected() as connection, connection:
            connection.execute(
                "INSERT INTO mirror VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
                "size = excluded.size, at = excluded.at, trouble = excluded.trouble",
                (origin, size, _seconds(at), trouble),
            )

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            yield connection


class Growth:
    """The right to replace the last head of a log, while it is held."""

    def __init__(self, connection: sqlite3.Connection, origin: str) -> None:
        self._connection = connection
        self._origin = origin
        self.head = _head(connection, origin)

    @property
    def known(self) -> tuple[int, bytes]:
        """Size and root of the last head; those of the empty log before the first."""
        return (self.head.size, self.head.root) if self.head else NOTHING

    def keep(self, size: int, root: bytes, note: str, at: datetime) -> None:
        """Make this the last head."""
        now = _seconds(at)
        grown = _seconds(self.head.grown_at) if self.head and self.head.size == size else now
        self._connection.execute(
            "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
            "size = excluded.size, root = excluded.root, note = excluded.note, "
            "grown_at = excluded.grown_at, seen_at = excluded.seen_at",
            (self._origin, size, root, note, now, grown, now),
        )


def _head(connection: sqlite3.Connection, origin: str) -> Head | None:
    row = connection.execute(
        "SELECT size, root, note, begun_at, grown_at, seen_at FROM log WHERE origin = ?", (origin,)
    ).fetchone()
    return Head(*row[:3], *(_moment(seconds) for seconds in row[3:])) if row else None


def _refusal(row: tuple[str, str, int, bytes, int, int, int, str, bytes]) -> Refusal:
    origin, code, size, root, first, last, times, reason, request = row
    return Refusal(origin, code, size, root, _moment(first), _moment(last), times, reason, request)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
