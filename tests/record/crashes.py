"""Kills processes that append and seal, and tells what the survivors find.

Run as ``python -m tests.record.crashes MODE`` with ``MINGJING_VAR`` set to an empty folder; prints JSON.
Children are forked from a process that has loaded everything, so that a kill costs milliseconds. They tell
each entry's id through a pipe once its transaction has returned: that is the promise a crash must not break.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import django
from django.core.management import call_command
from django.db import connection, connections

ID_BYTES = 16
RANDOM_KILLS = 25
SEALERS = 4


def main(mode: str) -> dict[str, object]:
    """Run one mode: ``random`` kills, a kill at ``every`` durable step, or ``together``."""
    django.setup()
    call_command("migrate", "record", verbosity=0)
    return {"random": random_kills, "every": kills_at_every_step, "together": sealers_together}[mode]()


def random_kills() -> dict[str, object]:
    """Children append and seal until they are killed at a random moment."""
    chance, outcome = random.Random(20261123), Outcome()
    for _ in range(RANDOM_KILLS):
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
        child, pipe = forked(lambda tell, limit=step: append_and_seal_until(limit, tell))
        survived = outcome.end_of(child, pipe)
        step += 1
    return outcome.told()


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


class Outcome:
    """What was promised, and what is found after each kill."""

    def __init__(self) -> None:
        self._promised = b""
        self._killed = 0
        self._faults: list[str] = []

    def take(self, ids: bytes) -> None:
        """Note promised ids, 16 bytes each."""
        self._promised += ids

    def end_of(self, child: int, pipe: int) -> bool:
        """Wait for the child, check the log, and tell whether the child came to its end alive."""
        with os.fdopen(pipe, "rb") as rest:
            self.take(rest.read())
        _, status = os.waitpid(child, 0)
        alive = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        self._killed += os.WIFSIGNALED(status)
        if not alive and not os.WIFSIGNALED(status):
            self._faults.append("a child failed instead of being killed")
        self._check()
        return alive

    def told(self) -> dict[str, object]:
        """Everything as JSON-ready values, after a last seal that must repair whatever was left."""
        from mingjing.record import queries

        seal()
        self._check()
        report = queries.verify(deep=True)
        return {
            "killed": self._killed,
            "promised": len(self._promised) // ID_BYTES,
            "entries": report.entries,
            "size": report.size,
            "published": report.published,
            "faults": self._faults,
        }

    def _check(self) -> None:
        from mingjing.record import queries
        from mingjing.record.models import Entry

        self._faults += [fault.message for fault in queries.verify(deep=True).faults]
        ids = {UUID(bytes=self._promised[at : at + 16]) for at in range(0, len(self._promised), ID_BYTES)}
        lost = len(ids - set(Entry.objects.values_list("id", flat=True)))
        if lost:
            self._faults.append(f"{lost} acknowledged entries are lost")


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
    finally:
        traceback.print_exc()
        os._exit(1)


def append_and_seal_forever(tell: int) -> None:
    while True:
        for _ in range(random.randrange(1, 5)):
            os.write(tell, append_one().bytes)
        seal()


def append_and_seal_until(limit: int, tell: int) -> None:
    """Append and seal once, dying before the step number ``limit``."""
    remaining = limit

    def step() -> None:
        nonlocal remaining
        remaining -= 1
        if remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            step()
            return function(*arguments, **options)

        return call

    def statement(execute: Callable[..., object], *arguments: object) -> object:
        step()
        return execute(*arguments)

    for name in ("fsync", "link", "rename", "unlink"):
        setattr(os, name, counted(getattr(os, name)))
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
    sys.stdout.write(json.dumps(main(sys.argv[1]), ensure_ascii=False))
