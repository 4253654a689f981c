"""Digests of the whole and of the parts, reckoned in one pass whatever the pieces."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mingjing.kernel import canonical
from mingjing.kernel.refused import Refused
from mingjing.record import actions, backends, measuring, queries, store
from mingjing.record.measuring import PART_BYTES, Measure, parts_of
from mingjing.record.models import Blob, Manifest


@pytest.mark.parametrize("size", [1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 5])
def test_the_parts_are_those_of_the_file(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    measure = Measure()
    for start in range(0, size, 1_000_003):
        measure.update(content[start : start + 1_000_003])

    taken = measure.taken(new=True)
    parts = list(parts_of(taken.sha256, taken.size_bytes, taken.parts))

    assert taken.sha256 == hashlib.sha256(content).hexdigest()
    assert sum(part.size_bytes for part in parts) == size
    assert all(
        hashlib.sha256(content[part.start : part.start + part.size_bytes]).hexdigest() == part.sha256
        for part in parts
    )
    assert len(parts) == -(-size // PART_BYTES)
    assert bool(taken.parts) == (size > PART_BYTES)


@given(cuts=st.lists(st.integers(min_value=1, max_value=40), max_size=30))
@hypothesis_settings(deadline=None, max_examples=50)
def test_the_cutting_of_the_pieces_does_not_matter(cuts: list[int]) -> None:
    content = bytes(range(200))
    one, many = Measure(), Measure()
    one.update(content)
    at = 0
    for cut in cuts:
        many.update(content[at : at + cut])
        at += cut
    many.update(content[at:])

    assert one.taken(new=True) == many.taken(new=True)


def test_sm3_is_reckoned_where_the_setting_asks(settings: Any, db: None) -> None:
    settings.MINGJING_SM3_FILES = True

    blob = actions.keep_blob(b"abc", "text/plain", "一.txt")

    assert blob.sm3 == canonical.sm3(b"abc").hex()
    assert Blob.objects.get().sm3.startswith("66c7f0f4")


def test_without_the_setting_there_is_none(db: None) -> None:
    assert actions.keep_blob(b"abc", "text/plain", "一.txt").sm3 == ""


def test_both_ways_to_sm3_agree() -> None:
    own = canonical._OwnSm3()
    own.update(b"a")
    own.update(b"bc")

    assert own.digest() == canonical.sm3(b"abc")


def test_a_large_file_has_a_manifest_and_a_small_one_needs_none(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "PART_BYTES", 100)

    large = actions.keep_blob(bytes(range(250)), "video/mp4", "录像.mp4")
    small = actions.keep_blob(b"x" * 100, "video/mp4", "短.mp4")

    assert Manifest.objects.get().blob_id == large.sha256
    assert [(part.start, part.size_bytes) for part in queries.parts_of(large)] == [
        (0, 100),
        (100, 100),
        (200, 50),
    ]
    assert queries.parts_of(small) == [measuring.Part(0, 100, small.sha256)]


def test_the_setting_for_the_place_is_understood_or_refused(settings: Any) -> None:
    assert isinstance(backends.current(), backends.Folder)
    settings.MINGJING_STORE = "ftp://somewhere"

    with pytest.raises(Refused, match="ftp://somewhere"):
        backends.current()


@pytest.fixture
def finished(settings: Any) -> Path:
    """An upload that came to its end."""
    path = settings.MINGJING_VAR / "incoming" / "1"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a finished upload")
    return path


def test_a_file_of_the_data_folder_is_kept_without_copying(db: None, finished: Path) -> None:
    blob = actions.keep_file(finished, store.hash_file(finished), "video/mp4")

    kept = store.blob_path(blob.sha256)
    assert kept.samefile(finished)
    finished.unlink()
    assert kept.read_bytes() == b"a finished upload"
    assert kept.stat().st_mode & 0o777 == 0o440


def test_a_file_that_is_not_what_it_was_is_refused(db: None, finished: Path) -> None:
    with pytest.raises(Refused, match="被改动"):
        actions.keep_file(finished, "0" * 64, "video/mp4")

    assert not Blob.objects.exists()


def test_an_empty_file_of_the_data_folder_is_not_kept(settings: Any) -> None:
    path = settings.MINGJING_VAR / "empty"
    path.write_bytes(b"")

    assert store.take_in_file(path).size_bytes == 0
    assert not (settings.MINGJING_VAR / "blobs").exists()
