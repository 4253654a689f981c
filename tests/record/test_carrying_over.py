"""A database from before the logs by year keeps every leaf, node and head, and its walls stand all the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from mingjing.kernel import canonical, checkpoint, note, tiles
from mingjing.record import actions, body, keys, logs, migrations, queries, store, triggers
from mingjing.record.models import Entry
from tests.databases import connected_to, empty_database
from tests.record.makers import AT, append, numbers
from tests.walls import execute

__all__ = ["empty_database"]

pytestmark = [pytest.mark.own_database, pytest.mark.slow]

NAMES = sorted(path.stem for path in Path(migrations.__file__).parent.glob("0*.py"))
BEFORE, AFTER = "0003_kept_files", NAMES[-1]
OLD_ORIGIN = "mingjing.example/record"
COUNT = 300


@pytest.fixture
def before(empty_database: str, django_db_blocker: Any) -> Iterator[None]:
    """A database with the tables of the record alone, as they were."""
    with django_db_blocker.unblock(), connected_to(empty_database):
        migrate(BEFORE)
        yield


def migrate(name: str):
    """Go to a migration of the record room; the models as they stand there."""
    executor = MigrationExecutor(connection)
    executor.migrate([("record", name)])
    return MigrationExecutor(connection).loader.project_state([("record", name)]).apps


@pytest.mark.parametrize("name", [name for name in NAMES if name > BEFORE])
def test_the_walls_stand_after_every_migration(before, name):
    migrate(name)

    assert triggers.missing(connection) == []


def test_the_walls_stand_after_going_back_and_forth(before):
    migrate(AFTER)
    migrate(BEFORE)

    migrate(AFTER)

    assert triggers.missing(connection) == []


def test_an_empty_database_has_no_log_afterwards(before):
    migrate(AFTER)

    assert logs.every() == []


def test_every_leaf_node_and_head_is_carried_over(before):
    key, note_text, root = _old_log(MigrationExecutor(connection).loader.project_state(
        [("record", BEFORE)]
    ).apps)  # fmt: skip

    migrate(AFTER)

    log = logs.current()
    assert (log.origin, log.year, log.start, log.size, log.vkey) == (
        OLD_ORIGIN, None, 0, COUNT, str(key.verifier),
    )  # fmt: skip
    assert list(log.checkpoints.values_list("size", "note")) == [(COUNT, note_text)]
    assert Entry.objects.filter(entered_at__isnull=True).count() == COUNT
    report = queries.verify()
    assert (report.faults, report.size, report.logs) == ((), COUNT, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        execute(["DELETE FROM record_checkpoint"])

    entry = append(subject="case:new")
    actions.seal(AT)

    assert queries.verify(deep=True).faults == ()
    assert numbers([entry.id]) == {entry.id: 1}
    old = Entry.objects.get(leaf__number=7)
    proof = queries.prove(old.id)
    assert proof["vkey"] == str(key.verifier)
    assert proof["checkpoint"] == note_text
    said = body.read(Entry.objects.get(kind=logs.OPENED).body)["plain"]["before"]
    assert (said["origin"], said["size"], said["root"]) == (OLD_ORIGIN, COUNT, root.hex())


def _old_log(apps):
    """Three hundred entries, numbered, signed and published as they were before."""
    entry, leaf, node, head = (
        apps.get_model("record", one) for one in ("Entry", "Leaf", "Node", "Checkpoint")
    )
    key = note.SignerKey.generate(OLD_ORIGIN)
    store.put_new(keys.path(None), f"{key.secret()}\n".encode(), mode=0o600)
    edge, rows = tiles.Edge(), []
    for number in range(COUNT):
        at = AT + timedelta(seconds=number)
        draft = body.Draft(
            OLD_ORIGIN, body.new_id(at), "case.step", f"case:{number}", 1, None, at, "system", {}, ()
        )
        written = body.write(draft, {})
        row = entry(
            id=draft.entry_id, kind=draft.kind, subject=draft.subject, seq=1, at=at,
            body=written.body, sha256=written.sha256, sm3=written.sm3,
        )  # fmt: skip
        row.save(force_insert=True)
        rows.append(canonical.entry(written.sha256, written.sm3))
        hashed = body.leaf(written.sha256, written.sm3)
        leaf(idx=number, entry=row, hash=hashed).save(force_insert=True)
        for tile, hashes in edge.append(hashed):
            node(level=tile.level + 1, index=tile.index, hash=tiles.tile_root(hashes)).save(force_insert=True)
    signed = checkpoint.sign(checkpoint.Checkpoint(OLD_ORIGIN, COUNT, edge.root()), key)
    head(size=COUNT, root=edge.root(), note=signed, at=AT).save(force_insert=True)
    store.put(store.log_folder() / "tile/0/000", b"".join(edge_hashes(leaf, 0, 256)))
    store.put(store.log_folder() / "tile/entries/000", tiles.bundle(rows[:256]))
    store.put(store.log_folder() / "tile/0/001.p/44", b"".join(edge_hashes(leaf, 256, 300)))
    store.put(store.log_folder() / "tile/entries/001.p/44", tiles.bundle(rows[256:]))
    store.put(store.log_folder() / "tile/1/000.p/1", bytes(node.objects.get().hash))
    store.put(store.log_folder() / "checkpoint", signed.encode())
    return key, signed, edge.root()


def edge_hashes(leaf, start: int, stop: int) -> list[bytes]:
    rows = leaf.objects.filter(idx__gte=start, idx__lt=stop).order_by("idx")
    return [bytes(one) for one in rows.values_list("hash", flat=True)]
