"""The store on a real disk: where things lie, who may read them, what is told, what is flushed."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mingjing.record import store

TEXT = "现场笔录".encode()
DIGEST = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MINGJING_VAR = tmp_path / "var"
    monkeypatch.setattr(store, "_DURABLE", set())


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was flushed, in order; it is flushed all the same."""
    names: list[str] = []
    real = os.fsync

    def fsync(file: int) -> None:
        names.append(Path(os.readlink(f"/proc/self/fd/{file}")).name)
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


def mode(path: Path) -> str:
    """Who may do what, as ``ls -l`` tells it."""
    return stat.filemode(path.stat().st_mode)


def test_operators_find_contents_where_the_guide_says(settings: Any) -> None:
    """docs/guide/deploy.md and backup plans name these folders."""
    root = Path(settings.MINGJING_VAR)

    assert store.log_folder() == root / "log"
    assert store.blob_path(DIGEST) == root / "blobs" / "sha256" / DIGEST[:2] / DIGEST[2:4] / DIGEST
    assert store.staging_folder() == root / "staging"


def test_what_was_kept_says_whether_it_is_new() -> None:
    assert store.take_in(iter([TEXT])).new is True
    assert store.take_in(iter([TEXT[:5], TEXT[5:]])).new is False


def test_nothing_is_kept_of_nothing(settings: Any) -> None:
    assert store.take_in(iter([])).new is False
    assert not (Path(settings.MINGJING_VAR) / "blobs").exists()


def test_a_file_that_is_there_is_taken_in_without_a_copy(settings: Any) -> None:
    path = Path(settings.MINGJING_VAR) / "uploads" / "a"
    path.parent.mkdir(parents=True)
    path.write_bytes(TEXT)

    assert store.take_in_file(path).new is True
    assert store.blob_path(DIGEST).stat().st_ino == path.stat().st_ino


def test_kept_content_can_be_read_by_its_owner_and_changed_by_nobody() -> None:
    store.take_in(iter([TEXT]))

    assert mode(store.blob_path(DIGEST)) in ("-r--------", "-r--r-----", "-r--r--r--")


def test_content_under_way_is_nobody_else_s() -> None:
    with store.staged(store.staging_folder(), 0o600) as (_, path):
        assert mode(path) == "-rw-------"


def test_uploads_under_way_are_nobody_else_s() -> None:
    seen = []

    def content() -> Any:
        yield TEXT
        seen.extend(mode(path) for path in store.staging_folder().iterdir())
        yield TEXT

    store.take_in(content())

    assert seen == ["-rw-------"]


def test_published_files_can_be_read_by_the_web_server(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store.put(tmp_path / "tile", b"x")
    finally:
        os.umask(before)

    assert mode(tmp_path / "tile") == "-rw-r--r--"


def test_content_is_read_in_pieces() -> None:
    asked = []

    class Source(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(size)
            return super().read(size)

    assert b"".join(store.chunks(Source(TEXT))) == TEXT
    assert set(asked) == {store.CHUNK_BYTES}


def test_a_folder_is_flushed_once_by_each_process(flushed: list[str], tmp_path: Path) -> None:
    for _ in range(3):
        store.make_folder(tmp_path / "var" / "a" / "b")

    assert Counter(flushed)["a"] == 1


def test_in_a_hurry_no_folder_counts_as_flushed(flushed: list[str], tmp_path: Path) -> None:
    with store.hurried():
        store.make_folder(tmp_path / "var" / "a" / "b")
    assert flushed == []

    store.make_folder(tmp_path / "var" / "a" / "b")

    assert "a" in flushed


@pytest.mark.parametrize("count", [store.TOGETHER - 1, store.TOGETHER, store.TOGETHER + 1])
def test_in_a_hurry_many_files_wait_for_the_disk_as_little_as_one(
    flushed: list[str], tmp_path: Path, count: int
) -> None:
    with store.hurried():
        store.put_all([(tmp_path / "log" / f"{number}", b"x") for number in range(count)])

    assert flushed == []
    assert len(list((tmp_path / "log").iterdir())) == count


def test_the_names_in_a_folder_are_flushed_as_a_folder(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        store.flush_folder(_file(tmp_path))


def test_only_leftovers_older_than_a_day_are_swept() -> None:
    store.make_folder(store.staging_folder())
    for name, age in ((".new-old", store.STALE_SECONDS + 60), (".new-fresh", store.STALE_SECONDS - 60)):
        path = store.staging_folder() / name
        path.touch()
        os.utime(path, (time.time() - age, time.time() - age))

    store.sweep()

    assert [path.name for path in store.staging_folder().iterdir()] == [".new-fresh"]


def _file(folder: Path) -> Path:
    path = folder / "file"
    path.touch()
    return path
