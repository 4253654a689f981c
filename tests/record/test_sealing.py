"""Sealing: places in the log, signed heads, published tiles, and what must never be signed."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from django.db import connection, transaction

from mingjing.kernel import checkpoint, merkle, note, tiles
from mingjing.kernel.refused import Refused
from mingjing.record import actions, body, heads, keys, logs, queries, store, triggers
from mingjing.record.models import Checkpoint, Entry, Leaf, Pending
from tests.record.makers import AT, append, append_many, numbers
from tests.walls import execute

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_to_seal_signs_nothing():
    assert actions.seal(AT) == actions.Sealed(added=0, size=0)
    assert not Checkpoint.objects.exists()
    assert logs.current() is None
    assert not list(store.log_folder().rglob("checkpoint"))


def test_entries_get_their_places_in_the_order_of_recording():
    entries = append_many(5)

    assert actions.seal(AT) == actions.Sealed(added=5, size=5)
    assert numbers([entry.id for entry in entries]) == {
        entry.id: place for place, entry in enumerate(entries)
    }
    assert not Pending.objects.exists()


def test_the_mark_changes_with_every_entry_and_with_its_place(django_assert_num_queries):
    marks = [queries.mark()]
    for act in (append, append, lambda: actions.seal(AT), append):
        act()
        marks.append(queries.mark())

    assert len(set(marks)) == 5
    with django_assert_num_queries(2):
        assert queries.mark() == marks[-1]


def test_sealing_twice_changes_nothing():
    append_many(5)
    actions.seal(AT)
    published = heads.path(logs.current()).read_bytes()

    assert actions.seal(AT) == actions.Sealed(added=0, size=5)
    assert heads.path(logs.current()).read_bytes() == published
    assert Checkpoint.objects.count() == 1


def test_the_head_is_the_root_of_all_entries_under_our_key():
    append_many(300)
    actions.seal(AT)
    append_many(7)
    actions.seal(AT)

    head = checkpoint.opened(heads.path(logs.current()).read_text(), [keys.verifier(logs.current())])
    growing = merkle.Range()
    for entry in Entry.objects.order_by("leaf__number"):
        growing.append(body.leaf(entry.sha256, entry.sm3))

    assert head == checkpoint.Checkpoint("mingjing.example/record/2026", 307, growing.root())


def test_the_published_tiles_alone_give_the_signed_root():
    append_many(520)
    actions.seal(AT)

    def read(tile: tiles.Tile) -> list[bytes]:
        data = (logs.folder(logs.current()) / tile.path).read_bytes()
        return [data[at : at + 32] for at in range(0, len(data), 32)]

    assert merkle.root(520, tiles.Nodes(520, read)) == heads.latest(logs.current()).root


def test_the_published_entries_are_the_leaves():
    append_many(260)
    actions.seal(AT)

    bundle = (store.log_folder() / "2026/tile/entries/001.p/4").read_bytes()

    assert len(bundle) == 4 * (2 + 81)
    leaf = Leaf.objects.get(number=256)
    assert merkle.leaf_hash(bundle[2:83]) == leaf.hash


def test_partial_tiles_go_when_the_full_tile_is_there():
    append_many(200)
    actions.seal(AT)
    assert (store.log_folder() / "2026/tile/0/000.p/200").is_file()

    append_many(56)
    actions.seal(AT)

    assert (store.log_folder() / "2026/tile/0/000").stat().st_size == 8192
    assert not (store.log_folder() / "2026/tile/0/000.p").exists()
    assert (store.log_folder() / "2026/tile/1/000.p/1").is_file()


def test_large_backlogs_are_taken_in_by_batches(monkeypatch):
    monkeypatch.setattr(actions.sealing, "BATCH", 100)
    append_many(250)

    assert actions.seal(AT) == actions.Sealed(added=250, size=250)
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [100, 200, 250]
    assert queries.verify().clean


def test_growing_head_by_head_stays_consistent():
    roots = {}
    for count in (1, 2, 5, 250, 3):
        append_many(count)
        size = actions.seal(AT).size
        roots[size] = heads.latest(logs.current()).root

    sizes = sorted(roots)
    for old, new in pairwise(sizes):
        proof = queries.consistency_proof(old, new)
        assert merkle.verify_consistency(old, roots[old], new, roots[new], proof)


@pytest.mark.parametrize("old, new", [(0, 1), (2, 1), (1, 4), (-1, 1)])
def test_a_consistency_proof_beyond_the_log_is_refused(old, new):
    append_many(3)
    actions.seal(AT)

    with pytest.raises(Refused) as refusal:
        queries.consistency_proof(old, new)

    assert refusal.value.code == "no-such-size"


def test_an_entry_that_commits_late_is_not_skipped():
    early, late = append_many(2)
    # As a slow transaction leaves it: its lower number becomes visible only after a seal.
    Pending.objects.filter(entry=early).delete()
    actions.seal(AT)
    Pending.objects.create(number=1, entry=early)

    assert actions.seal(AT).added == 1
    assert numbers([early.id, late.id]) == {late.id: 0, early.id: 1}


def test_sealing_inside_a_transaction_is_a_bug():
    append()

    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        actions.seal(AT)


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the in-memory database of the tests knows one connection only"
)
def test_sealers_at_the_same_time_number_each_entry_once():
    entries = append_many(40)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            actions.seal(AT)
        except BaseException as error:  # noqa: BLE001 - whatever goes wrong in the thread must fail the test
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert sorted(numbers([entry.id for entry in entries]).values()) == list(range(40))
    assert Checkpoint.objects.count() == 1
    assert queries.verify().clean


def test_a_crash_before_publishing_is_repaired_by_the_next_run(monkeypatch):
    append_many(3)
    monkeypatch.setattr(store, "put", _power_cut)
    with pytest.raises(PowerCutError):
        actions.seal(AT)
    monkeypatch.undo()

    report = queries.verify()
    assert (report.clean, report.size, report.published) == (True, 3, 0)

    assert actions.seal(AT) == actions.Sealed(added=0, size=3)
    assert queries.verify().published == 3


def test_a_database_older_than_the_published_log_signs_nothing_more():
    append_many(3)
    actions.seal(AT)
    ours = heads.path(logs.current()).read_bytes()
    later = checkpoint.Checkpoint("mingjing.example/record/2026", 9, merkle.EMPTY_ROOT)
    heads.path(logs.current()).write_text(checkpoint.sign(later, keys.signer(logs.current())))
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "database-behind-log"
    assert not queries.verify().clean
    heads.path(logs.current()).write_bytes(ours)
    assert actions.seal(AT).size == 4


def test_a_log_with_another_history_signs_nothing_more():
    append_many(3)
    actions.seal(AT)
    head = checkpoint.Checkpoint("mingjing.example/record/2026", 3, merkle.EMPTY_ROOT)
    heads.path(logs.current()).write_text(checkpoint.sign(head, keys.signer(logs.current())))

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "log-forked"


def test_tables_that_no_longer_give_the_signed_root_are_not_signed_over():
    append_many(3)
    actions.seal(AT)
    execute(triggers.lowering(connection.vendor))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record_leaf SET hash = %s WHERE number = 1", [bytes(32)])
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "log-tampered"
    assert Checkpoint.objects.count() == 1


def test_the_key_is_made_once_and_only_its_owner_reads_it():
    append()
    actions.seal(AT)
    made = keys.signer(logs.current())

    assert keys.signer(logs.current()).secret() == made.secret()
    assert keys.path(2026).stat().st_mode & 0o777 == 0o600
    assert made.name == "mingjing.example/record/2026"


def test_a_lost_key_is_not_replaced():
    append()
    actions.seal(AT)
    keys.path(2026).unlink()

    with pytest.raises(Refused) as refusal:
        keys.signer(logs.current())

    assert refusal.value.code == "signing-key-missing"
    assert not keys.path(2026).exists()


def test_the_doctor_finds_everything_in_order():
    append()
    actions.seal(AT)
    append()

    checks = queries.doctor()

    assert [check.name for check in checks] == [
        "签名私钥",
        "只可追加",
        "待编入日志",
        "公布的日志",
        "见证",
        "文件存储",
    ]
    assert all(check.fine for check in checks)
    assert checks[0].detail == queries.vkey()
    assert checks[2].detail == "1 条，最早一条记于 2026-11-23 09:30"


def test_the_doctor_names_what_is_wrong():
    append()
    actions.seal(AT)
    keys.path(2026).chmod(0o644)
    execute(triggers.lowering(connection.vendor))
    heads.path(logs.current()).unlink()

    checks = queries.doctor()

    assert [check.fine for check in checks] == [False, False, True, False, True, True]
    assert all(check.remedy for check in checks if not check.fine)


def test_the_key_is_refused_when_its_file_is_spoiled():
    append()
    actions.seal(AT)
    keys.path(2026).write_text("PRIVATE+KEY+nonsense")

    with pytest.raises(Refused) as refusal:
        keys.signer(logs.current())

    assert refusal.value.code == "bad-key"


def test_a_signed_head_can_be_opened_by_anyone_with_the_public_key():
    append()
    actions.seal(AT)

    key = note.VerifierKey.parse(queries.vkey())

    assert checkpoint.opened(queries.log_file("2026/checkpoint").read_text(), [key]).size == 1


@pytest.mark.parametrize(
    "path", ["../keys/record.key", "tile/0/../../x", "tile/0/999", "", "tile/0/000.p/2\n"]
)
def test_only_files_of_the_log_are_served(path):
    append()
    actions.seal(AT)

    with pytest.raises(Refused) as refusal:
        queries.log_file(path)

    assert refusal.value.code == "no-such-log-file"


class PowerCutError(Exception):
    """Stands for the end of the process."""


def _power_cut(*_: object) -> None:
    raise PowerCutError


def test_rows_by_the_thousand_are_written_as_django_would():
    entries = append_many(3)
    actions.seal(AT)

    written = list(Leaf.objects.order_by("number").values_list("number", "log_id", "entry_id", "hash"))

    hashes = [body.leaf(entry.sha256, entry.sm3) for entry in entries]
    assert written == [
        (place, logs.current().pk, entry.id, hashes[place]) for place, entry in enumerate(entries)
    ]


def test_many_files_are_published_together_and_each_is_whole():
    files = [(store.log_folder() / f"tile/{number:03}", bytes([number]) * 100) for number in range(40)]

    store.put_all(files)

    assert all(path.read_bytes() == data for path, data in files)
