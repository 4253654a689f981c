"""Verification finds every changed bit: in each column of each table, in each tile, file and head."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mingjing.record import actions, queries, store, triggers
from mingjing.record.models import (
    Blob,
    Checkpoint,
    Disclosure,
    Entry,
    Leaf,
    Log,
    Node,
    Pending,
)
from mingjing.record.verification import report
from tests.record.makers import AT, append, append_many, flipped
from tests.walls import execute

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 decision"

COLUMNS = [
    *((Entry, column) for column in ("id", "kind", "subject", "seq", "at", "prev", "body", "sha256", "sm3")),
    *((Disclosure, column) for column in ("entry_id", "name", "text")),
    *((Leaf, column) for column in ("number", "log_id", "entry_id", "hash")),
    *((Node, column) for column in ("log_id", "level", "index", "hash")),
    *((Checkpoint, column) for column in ("log_id", "size", "root", "note")),
    *((Log, column) for column in ("origin", "year", "hashing", "state", "start", "size", "vkey")),
    *((Blob, column) for column in ("sha256", "size_bytes", "media_type")),
    (Pending, "entry_id"),
]


@pytest.fixture(autouse=True)
def without_walls():
    """The tests play an operator who took the walls down."""
    execute(triggers.lowering(connection.vendor))


@pytest.fixture
def full_log():
    """Two heads, a full and a partial tile, personal values, a file, and one entry that waits."""
    append_many(250)
    actions.seal(AT)
    append_many(20)
    blob = actions.keep_blob(PDF, "application/pdf", "决定书.pdf")
    append(personal={"party_name": "张某某", "address": "某某街"}, files=[blob.as_file("决定书.pdf")])
    actions.seal(AT)
    append()
    assert queries.verify(deep=True).faults == ()


@dataclass(frozen=True)
class Cell:
    """One value of one row, written past every safeguard."""

    model: Any
    column: str
    key: object

    def put(self, value: object) -> None:
        quote = connection.ops.quote_name
        table, key = self.model._meta.db_table, self.model._meta.pk
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {quote(table)} SET {quote(self.column)} = %s WHERE {quote(key.column)} = %s",
                [self._prepared(self.column, value), self._prepared(key.column, self.key)],
            )

    def _prepared(self, column: str, value: object) -> object:
        field = next(field for field in self.model._meta.fields if field.column == column)
        return field.get_db_prep_value(value, connection)


def rows_of(model: Any, column: str) -> list[Any]:
    """Three rows with something in ``column``: the first, the last, and one between."""
    rows = list(model.objects.exclude(**{f"{column}__isnull": True}).order_by("pk"))
    if column == "seq":
        # The database itself refuses a first entry of a chain with another number.
        rows = [row for row in rows if row.prev]
    return list({row.pk: row for row in (rows[0], rows[len(rows) // 2], rows[-1])}.values())


def with_one_bit_changed(value: object, chance: random.Random) -> object:
    if value == "open":
        # The database itself refuses any third state.
        return "closed"
    if isinstance(value, bytes | memoryview):
        return flipped(bytes(value), chance.randrange(8 * len(value)))
    if isinstance(value, str):
        # The lowest bit of an ASCII character, so that the text stays text.
        place = chance.choice([at for at, character in enumerate(value) if " " < character < "\x7f"])
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ 1 << chance.randrange(128))
    if isinstance(value, int):
        # A bit above all numbers in use, or the database itself would refuse the duplicate.
        return value ^ 1 << chance.randrange(9, 14)
    return value.replace(microsecond=value.microsecond ^ 1 << chance.randrange(19))


@pytest.mark.slow
@pytest.mark.parametrize(
    "model, column", COLUMNS, ids=[f"{model.__name__}.{column}" for model, column in COLUMNS]
)
def test_a_changed_bit_in_a_column_is_found(full_log, model, column):
    chance = random.Random(f"{model.__name__}.{column}")
    for row in rows_of(model, column):
        genuine = getattr(row, column)
        changed = with_one_bit_changed(genuine, chance)
        Cell(model, column, row.pk).put(changed)

        found = queries.verify()

        assert not found.clean, f"{row.pk}: {genuine!r} -> {changed!r}"
        key = changed if column == model._meta.pk.column else row.pk
        Cell(model, column, key).put(genuine)
    assert queries.verify().clean


def published_files() -> list[Path]:
    return sorted(path for path in store.log_folder().rglob("*") if path.is_file() and path.name != ".lock")


@pytest.mark.slow
def test_a_changed_bit_in_a_published_file_is_found(full_log):
    chance = random.Random(20261123)
    files = published_files()
    assert {path.name for path in files} >= {"checkpoint", "000", "15", "1"}

    for path in files:
        genuine = path.read_bytes()
        for _ in range(3):
            path.write_bytes(flipped(genuine, chance.randrange(8 * len(genuine))))
            assert not queries.verify().clean, path
        path.write_bytes(genuine[:-1])
        assert not queries.verify().clean, path
        path.write_bytes(genuine)
    assert queries.verify().clean


def test_a_published_file_that_is_gone_is_found(full_log):
    for path in published_files():
        if path.name == "checkpoint":
            continue
        genuine = path.read_bytes()
        path.unlink()
        assert [fault.code for fault in queries.verify().faults] == ["tile-missing"], path
        path.write_bytes(genuine)


def test_a_file_that_does_not_belong_to_the_log_is_found(full_log):
    for name in ("2026/tile/0/001", "2026/tile/0/001.p/77", "2026/tile/0/001.p/x"):
        stray = store.log_folder() / name
        stray.write_bytes(bytes(32))
        assert [fault.code for fault in queries.verify().faults] == ["wrong-tile"], name
        stray.unlink()


def test_a_changed_bit_in_a_stored_file_is_found_by_reading_it():
    path = store.blob_path(actions.keep_blob(PDF, "application/pdf", "决定书.pdf").sha256)
    path.chmod(0o640)
    path.write_bytes(flipped(PDF, 77))

    assert queries.verify().clean
    assert [fault.code for fault in queries.verify(deep=True).faults] == ["blob-changed"]


def test_a_stored_file_of_another_size_or_gone_is_found_at_once():
    path = store.blob_path(actions.keep_blob(PDF, "application/pdf", "决定书.pdf").sha256)
    path.chmod(0o640)
    path.write_bytes(PDF + b"\n")
    assert [fault.code for fault in queries.verify().faults] == ["blob-size"]

    path.unlink()
    assert [fault.code for fault in queries.verify().faults] == ["blob-missing"]


@pytest.mark.parametrize(
    "statements, code",
    [
        (["DELETE FROM record_pending"], "not-in-log"),
        (["DELETE FROM record_leaf WHERE number = 5"], "gap"),
        (["DELETE FROM record_leaf WHERE number = 270"], "leaves-missing"),
        (["DELETE FROM record_checkpoint WHERE size = 271"], "unsigned-leaves"),
        (["DELETE FROM record_node"], "wrong-node"),
        (
            ["INSERT INTO record_node (log_id, level, {index}, hash) VALUES (1, 1, hash_of_node)"],
            "extra-node",
        ),
        (["DELETE FROM record_blob"], "unknown-file"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_row_that_is_missing_or_too_many_is_found(full_log, statements, code):
    index = connection.ops.quote_name("index")
    for statement in statements:
        copied = statement.replace(
            "VALUES (1, 1, hash_of_node)", f"SELECT log_id, 1, 1, hash FROM record_node WHERE {index} = 0"
        )
        execute([copied.format(index=index)])

    assert code in {fault.code for fault in queries.verify().faults}


def test_an_entry_taken_out_of_its_chain_is_found(full_log):
    victim = Entry.objects.get(subject="case:1", seq=3)
    following = Entry.objects.get(subject="case:1", seq=4)
    with connection.cursor() as cursor:
        for table, column in (("record_leaf", "entry_id"), ("record_entry", "id")):
            cursor.execute(
                f"DELETE FROM {table} WHERE {column} = %s",
                [Entry._meta.pk.get_db_prep_value(victim.id, connection)],
            )

    faults = queries.verify().faults

    assert ("broken-chain", str(following.id)) in {(fault.code, fault.where) for fault in faults}
    assert "gap" in {fault.code for fault in faults}


def test_an_operator_who_rewrites_everything_is_betrayed_by_the_published_log(full_log):
    """Whoever holds the key can rewrite the tables; what strangers already hold he cannot."""
    entry = Entry.objects.get(leaf__number=3)
    Cell(Entry, "kind", entry.id).put("case.closed")
    execute(["DELETE FROM record_checkpoint", "DELETE FROM record_node", "DELETE FROM record_leaf"])

    assert "bad-published-head" in {fault.code for fault in queries.verify().faults}


def test_forgetting_a_personal_value_is_no_fault(full_log):
    Disclosure.objects.filter(name="address").delete()

    assert queries.verify().clean


def test_a_fault_names_the_entry_and_speaks_chinese(full_log):
    entry = Entry.objects.get(leaf__number=9)
    Cell(Entry, "body", entry.id).put(flipped(entry.body, 8))

    found = queries.verify()

    assert {fault.where for fault in found.faults} == {str(entry.id)} | {
        str(row.id) for row in Entry.objects.filter(subject=entry.subject, seq=entry.seq + 1)
    }
    assert any("SHA-256 不符" in fault.message for fault in found.faults)
    assert found.as_dict()["clean"] is False


def test_a_clean_report_tells_what_was_read(full_log):
    found = queries.verify(deep=True)

    assert found.as_dict() == {
        "clean": True,
        "entries": 272,
        "waiting": 1,
        "logs": 1,
        "size": 271,
        "published": 271,
        "heads": 2,
        "tiles": 5,
        "blobs": 1,
        "faults": (),
        "fault_count": 0,
        "deep": True,
        "lost": 0,
    }


def test_only_the_first_faults_are_told_but_all_are_counted(full_log, monkeypatch):
    monkeypatch.setattr(report, "SHOWN_FAULTS", 10)
    execute(["UPDATE record_entry SET kind = 'changed'"])

    found = queries.verify()

    assert len(found.faults) == 10
    assert found.fault_count == 272


def test_an_empty_record_is_clean():
    assert queries.verify(deep=True).clean
