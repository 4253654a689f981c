"""Kills processes and clusters that append and seal, fails their disk, and tells what the survivors find.

Run as ``python -m tests.record.crashes MODE [KILLS]`` with ``MINGJING_VAR`` set to an empty folder; prints JSON.
``MINGJING_DATABASE_URL`` names the database, except for ``cluster``, which makes a PostgreSQL of its own.
Children are forked from a process that has loaded everything, so that a kill costs milliseconds. They tell
each entry's id through a pipe once its transaction has returned: that is the promise a crash must not break.
"""

from __future__ import annotations

import errno
import json
import os
import random
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import django
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

ID_BYTES = 16
RANDOM_KILLS = 25
SEALERS = 4
DURABLE_CALLS = ("fsync", "link", "rename", "mkdir", "open", "write")
# After every kill all promises are looked for; everything is recomputed after each twentieth and at the end.
RECOMPUTED = 20


def main(mode: str, kills: int = RANDOM_KILLS) -> dict[str, object]:
    """Run one mode: ``random`` kills, a kill at ``every`` durable step, disk ``errors``, ``together``, ``cluster``."""
    if mode == "cluster":
        with own_cluster() as folder:
            prepare()
            return cluster_kills(kills, folder)
    prepare()
    modes: dict[str, Callable[[], dict[str, object]]] = {
        "random": lambda: random_kills(kills),
        "every": kills_at_every_step,
        "errors": errors_at_every_step,
        "together": sealers_together,
    }
    return modes[mode]()


def prepare() -> None:
    django.setup()
    call_command("migrate", "record", verbosity=0)


def random_kills(kills: int) -> dict[str, object]:
    """Children append and seal until they are killed at a random moment."""
    chance, outcome = random.Random(20261123), Outcome(RECOMPUTED)
    for _ in range(kills):
        child, pipe = forked(append_and_seal_forever)
        outcome.take(os.read(pipe, ID_BYTES))
        select.select([], [], [], chance.uniform(0, 0.04))
        os.kill(child, signal.SIGKILL)
        outcome.end_of(child, pipe)
    return outcome.told()


def kills_at_every_step() -> dict[str, object]:
    """A child appends and seals once, and dies before its n-th statement, flush, link or rename."""
    outcome = Outcome()
    step, survived = 1, False
    while not survived:
        child, pipe = forked(lambda tell, limit=step: append_and_seal_until(limit, tell, killed))
        survived = outcome.end_of(child, pipe)
        step += 1
    return outcome.told()


def errors_at_every_step() -> dict[str, object]:
    """A child appends and seals once, and its n-th call to the disk fails with EIO: it may fail, not lie."""
    outcome = Outcome(fails=True)
    step, untouched = 1, False
    while not untouched:
        child, pipe = forked(lambda tell, limit=step: append_and_seal_until(limit, tell, refused))
        untouched = outcome.end_of(child, pipe)
        step += 1
    return outcome.told() | {"steps": step - 2}


def sealers_together() -> dict[str, object]:
    """Several processes seal the same waiting entries at once."""
    outcome = Outcome()
    for _ in range(40):
        outcome.take(append_one().bytes)
    children = [forked(lambda _: seal()) for _ in range(SEALERS)]
    for child, pipe in children:
        if not outcome.end_of(child, pipe):
            raise SystemExit("a sealer failed")
    return outcome.told()


def cluster_kills(kills: int, folder: Path) -> dict[str, object]:
    """The whole of PostgreSQL is killed under a child that appends and seals, and started again."""
    from tests.run import postgres_binaries, start

    chance, outcome = random.Random(20261127), Outcome(RECOMPUTED, fails=True)
    binaries = postgres_binaries()
    assert binaries is not None
    for _ in range(kills):
        child, pipe = forked(append_and_seal_forever)
        outcome.take(os.read(pipe, ID_BYTES))
        select.select([], [], [], chance.uniform(0, 0.2))
        kill_cluster(folder)
        os.kill(child, signal.SIGKILL)
        start(binaries, folder, durable=True)
        outcome.end_of(child, pipe)
    return outcome.told() | {"killed": kills}


@contextmanager
def own_cluster() -> Iterator[Path]:
    """A PostgreSQL that flushes, as the database of this process; its folder."""
    from tests.run import cluster, postgres_binaries

    binaries = postgres_binaries()
    if binaries is None:
        raise SystemExit("no PostgreSQL server on this machine")
    with cluster(binaries, durable=True) as url:
        os.environ["MINGJING_DATABASE_URL"] = url
        try:
            yield Path(dict(parse_qsl(urlsplit(url).query))["host"])
        finally:
            connections.close_all()


def kill_cluster(folder: Path) -> None:
    """SIGKILL for the postmaster and for every process it has started; returns when all are gone."""
    master = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for process in (master, *map(int, children)):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    while any(alive(process) for process in (master, *map(int, children))):
        select.select([], [], [], 0.005)
    # In a container nobody may collect the dead, and PostgreSQL takes a number that still exists for a server.
    for lock in (folder / "data" / "postmaster.pid", folder / ".s.PGSQL.5432.lock"):
        lock.unlink()


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Outcome:
    """What was promised, and what is found after each kill. ``fails``: children may end with an error."""

    def __init__(self, recomputed: int = 1, *, fails: bool = False) -> None:
        self._promised = b""
        self._ends = self._killed = 0
        self._recomputed = recomputed
        self._fails = fails
        self._faults: list[str] = []

    def take(self, ids: bytes) -> None:
        """Note promised ids, 16 bytes each."""
        self._promised += ids

    def end_of(self, child: int, pipe: int) -> bool:
        """Wait for the child, check the log, and tell whether the child came to its end alive."""
        with os.fdopen(pipe, "rb") as rest:
            self.take(rest.read())
        _, status = os.waitpid(child, 0)
        alive_to_the_end = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        self._ends += 1
        self._killed += os.WIFSIGNALED(status)
        if not alive_to_the_end and not os.WIFSIGNALED(status) and not self._fails:
            self._faults.append("a child failed instead of being killed")
        settle()
        self._check(whole=self._ends % self._recomputed == 0)
        return alive_to_the_end

    def told(self) -> dict[str, object]:
        """Everything as JSON-ready values, after a last seal that must repair whatever was left."""
        from django.utils import timezone

        from mingjing.record import queries

        seal()
        self._check(whole=True)
        watched = queries.watch(timezone.now())
        self._faults += [trouble.message for trouble in watched.troubles]
        if watched.waiting:
            self._faults.append(f"{watched.waiting} receipts are not kept")
        report = queries.verify(deep=True)
        return {
            "killed": self._killed,
            "promised": len(self._promised) // ID_BYTES,
            "entries": report.entries,
            "size": report.size,
            "published": report.published,
            "faults": self._faults,
        }

    def _check(self, *, whole: bool) -> None:
        from mingjing.record import queries
        from mingjing.record.models import Blob, Entry

        if whole:
            self._faults += [fault.message for fault in queries.verify(deep=True).faults]
        ids = {UUID(bytes=self._promised[at : at + 16]) for at in range(0, len(self._promised), ID_BYTES)}
        lost = len(ids - set(Entry.objects.values_list("id", flat=True)))
        if lost:
            self._faults.append(f"{lost} acknowledged entries are lost")
        # Each act here writes one row about its file beside its record, in one transaction.
        acts, records = Blob.objects.count(), Entry.objects.filter(kind="case.step").count()
        if acts != records:
            self._faults.append(f"{acts} acts, but {records} records")


def settle() -> None:
    """Wait until PostgreSQL has ended the sessions of processes that are gone; SQLite has none."""
    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    with connection.cursor() as cursor:
        while cursor.execute(others).fetchone()[0]:
            select.select([], [], [], 0.005)


def forked(work: Callable[[int], None]) -> tuple[int, int]:
    """A child that does ``work`` with the writing end of a pipe; its number and the reading end."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    # Whatever happens, a child must never run on into its parent's code.
    try:
        work(writing)
        os._exit(0)
    except (OSError, DatabaseError):
        os._exit(2)  # the disk or the server is gone, as it should be here
    finally:
        traceback.print_exc()
        os._exit(1)


def append_and_seal_forever(tell: int) -> None:
    while True:
        for _ in range(random.randrange(1, 5)):
            os.write(tell, append_one().bytes)
        seal()


def killed(_: str) -> None:
    """What befalls a child at its step: the end."""
    os.kill(os.getpid(), signal.SIGKILL)


def refused(name: str) -> None:
    """What befalls a child at its step: the disk does not do as asked. Statements are not the disk's."""
    raise OSError(errno.EIO, "the disk fails", name)


def append_and_seal_until(limit: int, tell: int, befalls: Callable[[str], None]) -> None:
    """Append and seal once; ``befalls`` happens before the step number ``limit``."""
    remaining = limit
    calls = DURABLE_CALLS if befalls is refused else ("fsync", "link", "rename", "unlink", "mkdir")

    def step(name: str) -> None:
        nonlocal remaining
        remaining -= 1
        if remaining == 0:
            befalls(name)

    def counted(name: str) -> Callable[..., object]:
        function = getattr(os, name)

        def call(*arguments: object, **options: object) -> object:
            if arguments[0] != tell:
                step(name)
            return function(*arguments, **options)

        return call

    def statement(execute: Callable[..., object], *arguments: object) -> object:
        if befalls is killed:
            step("statement")
        return execute(*arguments)

    connection.ensure_connection()
    for name in calls:
        setattr(os, name, counted(name))
    with connection.execute_wrapper(statement):
        os.write(tell, append_one().bytes)
        seal()


def append_one() -> UUID:
    from django.db import transaction

    from mingjing.record import actions
    from tests.record.makers import AT, Officer

    with transaction.atomic():
        blob = actions.keep_blob(os.urandom(64), "application/pdf", "证据.pdf")
        return actions.append(
            kind="case.step",
            subject=f"case:{random.randrange(3)}",
            at=AT,
            actor=Officer(),
            plain={},
            personal={"name": "张某某"},
            files=[blob.as_file("证据.pdf")],
        ).id


def seal() -> None:
    from mingjing.record import actions
    from tests.record.makers import AT

    actions.seal(AT)


if __name__ == "__main__":
    Path(os.environ["MINGJING_VAR"]).mkdir(exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.settings")
    sys.stdout.write(json.dumps(main(sys.argv[1], *map(int, sys.argv[2:])), ensure_ascii=False))
