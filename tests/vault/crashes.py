"""Kills a process that takes in a recording before each of its durable steps, and tells what is left.

Run as ``python -m tests.vault.crashes`` with ``MINGJING_VAR`` set to an empty folder; prints JSON. Every child takes
in a recording of its own and tells each acknowledgement through a pipe: a chunk's number once its call has
returned, 0 once there is a receipt. After the kill the parent looks at the disk and the rows, then goes on with the
same recording as the device would, to the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.core.management import call_command
from django.db import connection

AT = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CHUNKS = (b"one" * 100, b"two" * 100, b"three" * 100)


def main() -> dict[str, object]:
    """A kill before the first durable step, then the second, and so on, until a child comes to its end."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from tests.record.crashes import forked

    device, faults, killed, acknowledged = _device(), [], 0, 0
    step, survived = 1, False
    while not survived:
        recording = device.record(*CHUNKS, ended_at=AT)
        child, pipe = forked(lambda tell, limit=step, one=recording: _until(limit, tell, device, one))
        with os.fdopen(pipe, "rb") as rest:
            told = rest.read()
        _, status = os.waitpid(child, 0)
        survived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
        killed += os.WIFSIGNALED(status)
        acknowledged += len(told)
        faults += [f"step {step}: {one}" for one in _look(recording, told)]
        faults += [f"step {step}, going on: {one}" for one in _go_on(device, recording)]
        step += 1
    return {"killed": killed, "acknowledged": acknowledged, "faults": faults}


def _device() -> Any:
    from mingjing.organs import queries as organs
    from tests import makers
    from tests.vault.field_device import FieldDevice

    officer = makers.officer(("handler",))
    return FieldDevice(organs.actor_of_officer(officer.pk, AT.date())).register(AT)


def _until(limit: int, tell: int, device: Any, recording: Any) -> None:
    """Take the recording in, dying before the step number ``limit``."""
    remaining = limit

    def step() -> None:
        nonlocal remaining
        remaining -= 1
        if remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            step()
            return function(*arguments, **options)

        return call

    def statement(execute: Callable[..., Any], *arguments: Any) -> Any:
        step()
        return execute(*arguments)

    for name in ("fsync", "link", "rename", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    with connection.execute_wrapper(statement):
        device.send_start(recording, AT)
        for seq in range(1, len(CHUNKS) + 1):
            device.send_chunk(recording, seq, AT)
            os.write(tell, bytes([seq]))
        device.send_end(recording, AT)
        os.write(tell, b"\0")


def _look(recording: Any, told: bytes) -> list[str]:
    """What is wrong after the kill: an acknowledged chunk that is gone, a row that refers to nothing."""
    from mingjing.record.models import Entry
    from mingjing.record.store import blob_path, hash_file
    from mingjing.vault.models import Capture, CaptureChunk

    found = []
    capture = Capture.objects.filter(pk=recording.id).first()
    rows = dict(CaptureChunk.objects.filter(capture_id=recording.id).values_list("seq", "sha256"))
    if capture is None:
        return ["acknowledged, and nothing is there"] if told else []
    if not Entry.objects.filter(pk=capture.entry_id).exists():
        found.append("a recording without its entry")
    found += [f"chunk {seq} was acknowledged and is gone" for seq in told if seq and seq not in rows]
    if capture.state == "receiving":
        if b"\0" in told:
            found.append("the receipt was given and the recording is not whole")
        folder = _folder(capture)
        kept = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        found += [f"row of chunk {seq} dangles" for seq, one in rows.items() if f"{seq}-{one}" not in kept]
    elif hash_file(blob_path(capture.sha256)) != capture.sha256:
        found.append("the whole is not what its name says")
    return found


def _go_on(device: Any, recording: Any) -> list[str]:
    """What is wrong when the device goes on where it was cut off."""
    from mingjing.record.store import blob_path
    from mingjing.vault import actions, queries

    receipt = device.send(recording, AT)
    found = []
    if blob_path(receipt.sha256).read_bytes() != b"".join(CHUNKS) or receipt.head != recording.head:
        found.append("the whole is not what was recorded")
    if queries.check_chain(recording.id) is not None:
        found.append("the chain does not hold")
    actions.sweep_chunks()
    if _folder(queries.own_capture(recording.id, device.actor)).exists():
        found.append("chunks are left behind")
    return found


def _folder(capture: Any) -> Any:
    from django.conf import settings

    return settings.MINGJING_VAR / "captures" / str(capture.pk)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(), ensure_ascii=False))
