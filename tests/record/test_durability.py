"""Power cuts, failing flushes and full disks: what was acknowledged is there, what is there is whole."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf

from mingjing.kernel.refused import Refused
from mingjing.record import store
from tests.record.disks import Disk, PowerCut

CONTENT = b"evidence of a matter"
ROOT = Path(__file__).resolve().parents[2]


def keep(disk: Disk) -> tuple[Path, bytes]:
    taken = store.take_in(iter([CONTENT[:7], CONTENT[7:]]))
    return store.blob_path(taken.sha256), CONTENT


def put(disk: Disk) -> tuple[Path, bytes]:
    path = store.log_folder() / "checkpoint"
    store.put(path, CONTENT)
    return path, CONTENT


def put_new(disk: Disk) -> tuple[Path, bytes]:
    path = conf.MINGJING_VAR / "keys" / "record.key"
    store.make_folder(path.parent)
    store.put_new(path, CONTENT, mode=0o600)
    return path, CONTENT


WRITERS: tuple[Callable[[Disk], tuple[Path, bytes]], ...] = (keep, put, put_new)
TARGETS = {
    "keep": lambda: store.blob_path(hashlib.sha256(CONTENT).hexdigest()),
    "put": lambda: store.log_folder() / "checkpoint",
    "put_new": lambda: conf.MINGJING_VAR / "keys" / "record.key",
}


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is a process of its own: it has flushed no folder yet."""
    monkeypatch.setattr(store, "_DURABLE", set())


def on(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(store, "os", disk)
    return disk


def run_until_cut(
    write: Callable[[Disk], tuple[Path, bytes]], at: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[Disk, bool]:
    """The disk after a power cut before call ``at``, and whether the writer had come to its end."""
    disk = on(Disk(conf.MINGJING_VAR, cut_at=at), monkeypatch)
    try:
        write(disk)
    except PowerCut:
        return disk, False
    return disk, True


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_a_power_cut_at_any_moment_leaves_the_whole_or_nothing(
    write: Callable[[Disk], tuple[Path, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, at, cases = TARGETS[write.__name__](), 0, 0
    acknowledged = False
    while not acknowledged:
        at += 1
        disk, acknowledged = run_until_cut(write, at, monkeypatch)
        for (found,) in disk.survivors([path]):
            cases += 1
            assert found in ((CONTENT,) if acknowledged else (None, CONTENT)), f"cut before call {at}"
    assert at > 10
    assert cases > at


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_a_second_process_relies_on_no_folder_that_the_first_had_not_flushed(
    write: Callable[[Disk], tuple[Path, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is killed at every call in turn; the second does the same and acknowledges; then power fails."""
    killed_at, killed = 0, True
    while killed:
        killed_at += 1
        disk, ended = run_until_cut(write, killed_at, monkeypatch)
        killed = not ended
        disk.cut_at = 0  # only the process died: the machine runs on
        store._DURABLE.clear()

        path, content = write(disk)

        assert all(found == content for (found,) in disk.survivors([path])), f"killed at call {killed_at}"


def test_the_model_finds_a_store_that_does_not_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that the tests above can fail: in a hurry nothing is promised."""
    disk = on(Disk(conf.MINGJING_VAR), monkeypatch)
    monkeypatch.setattr(disk, "sync", lambda: None)

    with store.hurried():
        path, _ = keep(disk)

    found = {one for (one,) in disk.survivors([path])}
    assert None in found
    assert len(found) > 1


def test_after_a_hurry_everything_is_flushed(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = on(Disk(conf.MINGJING_VAR), monkeypatch)

    with store.hurried():
        path, content = keep(disk)

    assert [found for (found,) in disk.survivors([path])] == [content]


def test_removed_content_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = on(Disk(conf.MINGJING_VAR), monkeypatch)
    path, _ = keep(disk)

    store.remove(path.name)
    store.remove(path.name)

    assert [found for (found,) in disk.survivors([path])] == [None]


def calls_of(write: Callable[[Disk], Any], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    disk = on(Disk(conf.MINGJING_VAR), monkeypatch)
    write(disk)
    store._DURABLE.clear()
    return disk.names


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_a_failing_flush_ends_the_process_wherever_it_happens(
    write: Callable[[Disk], tuple[Path, bytes]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    flushes = [at for at, name in enumerate(calls_of(write, monkeypatch), 1) if name == "fsync"]
    assert len(flushes) >= 3

    for at in flushes:
        store._DURABLE.clear()
        disk = on(Disk(conf.MINGJING_VAR, fail={at: errno.EIO}), monkeypatch)
        with pytest.raises(PowerCut):
            write(disk)
        assert disk.ended == store.BROKEN_DISK
        assert "磁盘不能可靠写入" in capsys.readouterr().err


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EDQUOT])
def test_an_error_at_any_other_call_is_told_and_leaves_nothing_half_done(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, names = TARGETS["keep"](), calls_of(keep, monkeypatch)
    for at, name in enumerate(names, 1):
        if name in ("fsync", "unlink"):
            continue
        store._DURABLE.clear()
        disk = on(Disk(conf.MINGJING_VAR, fail={at: number}), monkeypatch)
        with pytest.raises(OSError if number == errno.EIO else Refused) as told:
            keep(disk)
        assert isinstance(told.value, OSError) or told.value.code == "disk-full"
        assert all(found in (None, CONTENT) for (found,) in disk.survivors([path]))


def test_a_full_disk_is_refused_in_words(settings: Any) -> None:
    """Under a real limit on the size of files: the call fails as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(Refused, match="存储空间已满") as refusal:
            store.take_in(iter([bytes(1 << 19)] * 4))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert refusal.value.code == "disk-full"
    assert list((settings.MINGJING_VAR / "staging").iterdir()) == []
    assert not (settings.MINGJING_VAR / "blobs").exists()


def test_a_process_whose_disk_fails_is_over(tmp_path: Path) -> None:
    """A real process: not even its ``finally`` runs, and its exit code tells the supervisor why."""
    program = (
        "import django, os\n"
        "django.setup()\n"
        "from mingjing.record import store\n"
        "def failing(number): raise OSError(5, 'Input/output error')\n"
        "os.fsync = failing\n"
        "try:\n"
        "    store.take_in(iter([b'x']))\n"
        "finally:\n"
        "    print('went on')\n"
    )
    environment = {
        **os.environ,
        "MINGJING_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "mingjing.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == store.BROKEN_DISK
    assert done.stdout == ""
    assert "磁盘不能可靠写入" in done.stderr


@pytest.mark.parametrize("count", [1, 3 * store.TOGETHER])
def test_many_files_are_put_as_one_is(settings: Any, count: int) -> None:
    files = [(store.log_folder() / str(number % 3) / str(number), bytes([number])) for number in range(count)]

    store.put_all(files)

    assert [path.read_bytes() for path, _ in files] == [data for _, data in files]
    assert list(store.staging_folder().iterdir()) == []
