"""The drill of goal G9: an older backup is restored; the log refuses to sign, names what is missing, and goes on.

Runs on both databases: a backup is every row of the record room, and a copy of the published files.
"""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mingjing import cli
from mingjing.kernel import checkpoint, merkle
from mingjing.kernel.refused import Refused
from mingjing.record import (
    actions,
    body,
    continuity,
    heads,
    logs,
    queries,
    receipts,
    store,
    tree,
    triggers,
    trust,
)
from mingjing.record.models import (
    Checkpoint,
    Cosignature,
    Disclosure,
    Entry,
    Leaf,
    Log,
    Node,
    Pending,
    Standing,
)
from tests.record.makers import AT, append, append_many, numbers
from tests.record.witnesses import Witness, ask, running
from tests.walls import execute

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (Entry, Disclosure, Pending, Log, Leaf, Node, Checkpoint, Cosignature, Standing)
LATER = AT + timedelta(hours=1)


class Backup:
    """Everything that the record keeps, as it was at one moment."""

    def __init__(self, folder: Path) -> None:
        self._rows = {table: list(table.objects.order_by("pk").values()) for table in TABLES}
        self._folder = folder
        shutil.copytree(store.log_folder(), folder)

    def restore(self, *, files: bool = True) -> None:
        """Bring it back, as a new process would find it; with ``files`` the published ones as well."""
        execute(triggers.lowering(connection.vendor))
        execute(f"DELETE FROM {table._meta.db_table}" for table in reversed(TABLES))
        for table, rows in self._rows.items():
            table.objects.bulk_create([table(**row) for row in rows])
        execute(triggers.raising(connection.vendor))
        if files:
            shutil.rmtree(store.log_folder())
            shutil.copytree(self._folder, store.log_folder())
        continuity.asked.forget()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A witness that keeps a copy."""
    return Witness(tmp_path)


@pytest.fixture
def restored(settings: Any, tmp_path: Path, witness: Witness):
    """A log of 300 entries was backed up with one more waiting; 260 came, were sealed and witnessed; then the
    backup was restored, published files and all. The numbers cross the edge of a tile."""
    append_many(300)
    actions.seal(AT)
    log = logs.current()
    witness.trusts(log)
    with running(witness):
        ask(settings, witness)
        actions.witness(AT)
        waiting = append(subject="case:waiting")
        backup = Backup(tmp_path / "backup")
        lost = append_many(260, subjects=3)
        actions.seal(LATER)
        actions.witness(LATER)
        witness.pull(log)
        backup.restore()
        yield {"waiting": waiting, "lost": lost, "backup": backup}


def refusal_of(act: Any, *arguments: Any) -> Refused:
    """The refusal that an act ends in."""
    with pytest.raises(Refused) as refusal:
        act(*arguments)
    return refusal.value


def test_the_log_refuses_to_sign_and_says_why(restored):
    append()

    refused = refusal_of(actions.seal, LATER)

    assert refused.code == "database-behind-witness"
    assert "561 条" in refused.reason
    assert "300 条" in refused.reason
    assert logs.current().size == 300
    continuity.asked.forget()
    checks = {check.name: check for check in queries.doctor()}
    assert "561 条" in checks["与见证方核对"].detail
    assert "witnesses lost" in checks["与见证方核对"].remedy


def test_it_is_told_which_leaves_are_missing_and_which_records_are_here(restored):
    (found,) = queries.missing(LATER)

    assert (found.origin, found.held, found.seen) == ("mingjing.example/record/2026", 300, 561)
    assert [leaf.index for leaf in found.leaves] == list(range(300, 561))
    assert found.leaves[0].entry_id == restored["waiting"].id
    assert found.leaves[0].subject == "case:waiting"
    assert [leaf.sha256 for leaf in found.lost] == [one.sha256.hex() for one in restored["lost"]]


def test_receipts_that_people_hold_are_matched(restored, tmp_path):
    folder = tmp_path / "handed-in"
    folder.mkdir()
    lost = restored["lost"][7]
    given = Entry(id=lost.id, at=AT, entered_at=AT, sha256=lost.sha256, sm3=lost.sm3)
    (folder / "当事人.txt").write_text(receipts.give(given))
    (folder / "other.txt").write_text("no receipt")

    (found,) = queries.missing(LATER, folder)

    assert [leaf.receipt for leaf in found.leaves if leaf.receipt] == ["当事人.txt"]
    assert next(leaf.sha256 for leaf in found.leaves if leaf.receipt) == lost.sha256.hex()


def test_the_leaves_are_taken_back_and_the_log_goes_on(restored, witness):
    seen = witness.memory.head("mingjing.example/record/2026")

    done = actions.rebuild(LATER)

    log = logs.current()
    assert (done.kept, done.lost, done.size, log.size) == (1, 260, 561, 561)
    assert merkle.root(561, tree.nodes(log, 561)) == seen.root
    assert numbers([restored["waiting"].id]) == {restored["waiting"].id: 300}

    append()
    assert actions.seal(LATER).size == 563
    assert actions.witness(LATER).given == 1
    assert witness.size(log) == 563


def test_afterwards_everything_verifies_and_the_loss_is_on_the_record(restored):
    actions.rebuild(LATER)
    actions.seal(LATER)

    report = queries.verify()

    assert report.faults == ()
    assert report.lost == 260
    assert "260 条记录的原文已经遗失" in report.lines()[0]
    (told,) = queries.history("log:mingjing.example/record/2026")
    assert told.kind == logs.REBUILT
    assert told.plain == {"origin": "mingjing.example/record/2026", "first": 300, "stop": 561, "lost": 260}
    proven = checkpoint.Proof.parse(queries.tlog_proof(restored["waiting"].id))
    leaf = body.leaf(bytes(restored["waiting"].sha256), bytes(restored["waiting"].sm3))
    assert proven.proves(leaf, trust.published().judge(proven.checkpoint).head)
    assert len(queries.tail(limit=1000)) == 562


def test_a_lost_record_cannot_be_proven_or_hidden(restored):
    actions.rebuild(LATER)
    lost = Entry.objects.filter(kind=logs.LOST).first()

    assert refusal_of(queries.prove, lost.id).code == "record-lost"

    execute(triggers.lowering(connection.vendor))
    kept = Entry.objects.filter(leaf__number=5).get()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record_entry SET kind = %s, body = %s WHERE id = %s",
            [logs.LOST, b"", kept.id.hex if connection.vendor == "sqlite" else kept.id],
        )
    assert "unreadable" in {fault.code for fault in queries.verify().faults}


def test_a_second_restore_is_survived_as_well(restored, witness, settings):
    actions.rebuild(LATER)
    actions.seal(LATER)
    actions.witness(LATER)
    witness.pull(logs.current())
    restored["backup"].restore()

    assert actions.rebuild(LATER).lost == 261
    actions.seal(LATER)
    assert queries.verify().faults == ()


def test_a_log_is_begun_anew_and_names_where_the_old_one_was_seen_to_end(restored, witness):
    seen = witness.memory.head("mingjing.example/record/2026")

    done = actions.reopen(LATER)

    fresh = logs.current()
    assert (done.origin, done.after, done.lost) == (
        "mingjing.example/record/2026-2",
        "mingjing.example/record/2026",
        261,
    )
    assert (fresh.origin, fresh.start, fresh.size) == (done.origin, 300, 1)
    (first,) = queries.history(f"log:{done.origin}")
    assert first.kind == logs.REOPENED
    assert first.plain["before"]["size"] == 300
    told = first.plain["seen"]
    assert (told["size"], told["root"], told["checkpoint"]) == (561, seen.root.hex(), seen.note)

    append()
    assert actions.seal(LATER).size == 3
    witness.trusts(fresh)
    assert actions.witness(LATER).given == 1
    assert queries.verify().faults == ()
    assert [key.rpartition("+")[0].partition("+")[0] for key in queries.vkeys()] == [
        "mingjing.example/record/2026",
        "mingjing.example/record/2026-2",
    ]
    assert queries.log_file("2026-2/checkpoint").read_text().startswith(done.origin)


def test_the_year_turns_after_a_log_was_begun_anew(restored):
    actions.reopen(LATER)
    append()
    actions.seal(LATER.replace(year=2027))

    assert logs.current().origin == "mingjing.example/record/2027"
    assert queries.verify().faults == ()


def test_published_files_that_were_not_restored_are_as_good_as_a_copy(settings, tmp_path):
    """No witness at all: the public folder of this machine has seen more than the tables hold."""
    append_many(10)
    actions.seal(AT)
    backup = Backup(tmp_path / "backup")
    append_many(20)
    actions.seal(LATER)
    backup.restore(files=False)

    assert refusal_of(actions.seal, LATER).code == "database-behind-log"
    (found,) = queries.missing(LATER)
    assert (found.by, found.held, found.seen, len(found.leaves)) == ("已公布的文件", 10, 30, 20)
    assert actions.rebuild(LATER).size == 30
    actions.seal(LATER)
    assert queries.verify().faults == ()


def test_published_files_are_set_aside_when_the_log_is_begun_anew(tmp_path):
    append_many(10)
    actions.seal(AT)
    backup = Backup(tmp_path / "backup")
    append_many(20)
    actions.seal(LATER)
    backup.restore(files=False)

    actions.reopen(LATER)

    assert (store.log_folder() / "set-aside" / "2026-30" / "checkpoint").is_file()
    assert heads.published(logs.every()[0]).size == 10
    append()
    actions.seal(LATER)
    assert queries.verify().faults == ()


def test_without_a_copy_it_is_told_and_nothing_is_changed(restored, witness):
    shutil.rmtree(witness.path.parent / "mirror")

    (found,) = queries.missing(LATER)

    assert found.leaves == ()
    assert "没有第 256 条" in found.trouble
    assert refusal_of(actions.rebuild, LATER).code == "no-copy"
    assert logs.current().size == 300
    assert actions.reopen(LATER).lost == 261


def test_a_copy_that_was_tampered_with_is_not_taken(restored, witness):
    path = next((witness.path.parent / "mirror").glob("*/tile/entries/001"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)

    assert "算不出见过的树根" in refusal_of(actions.rebuild, LATER).reason
    assert logs.current().size == 300


def test_the_whole_log_of_a_year_may_be_missing(settings, tmp_path, witness):
    """The backup is from before the turn of the year."""
    append()
    actions.seal(AT)
    backup = Backup(tmp_path / "backup")
    new_year = AT.replace(year=2027)
    append_many(3)
    actions.seal(new_year)
    witness.trusts(logs.current())
    with running(witness):
        ask(settings, witness)
        actions.witness(new_year)
        witness.pull(logs.current())
        backup.restore()
        append()

        assert refusal_of(actions.seal, new_year).code == "database-behind-witness"
        assert [one.seen for one in queries.missing(new_year)] == [4]
        assert refusal_of(actions.rebuild, new_year).code == "other-log-missing"
        done = actions.reopen(new_year)
        assert (done.origin, done.lost) == ("mingjing.example/record/2027-2", 4)
        actions.seal(new_year)
    assert queries.verify().faults == ()


def test_an_empty_database_beside_a_witnessed_log(settings, tmp_path, witness):
    """Everything is gone but the keys: the whole log comes back from the copy."""
    backup_of_nothing = None
    store.make_folder(store.log_folder())
    backup_of_nothing = Backup(tmp_path / "backup")
    append_many(5)
    actions.seal(AT)
    witness.trusts(logs.current())
    with running(witness):
        ask(settings, witness)
        actions.witness(AT)
        witness.pull(logs.current())
        backup_of_nothing.restore()
        append()

        assert refusal_of(actions.seal, AT).code == "database-behind-witness"
        assert actions.rebuild(AT).lost == 5
        actions.seal(AT)
        assert actions.witness(AT).given == 1
    assert queries.verify().faults == ()


def test_two_histories_are_told_apart_from_a_shorter_one(restored, witness, settings):
    """Somebody switched the check off, signed on, and the witness's older head no longer fits."""
    path, settings.MINGJING_POLICY_FILE = settings.MINGJING_POLICY_FILE, ""
    append_many(400, subjects=2)
    actions.seal(LATER)
    settings.MINGJING_POLICY_FILE = path

    assert refusal_of(actions.seal, LATER).code == "log-forked"
    assert actions.witness(LATER).given == 0


def test_a_witness_that_is_away_keeps_nobody_from_sealing(settings, tmp_path):
    append()
    actions.seal(AT)
    away = Witness(tmp_path, "away")
    with running(away):
        pass
    ask(settings, away)
    append()

    assert actions.seal(AT).size == 2


def test_a_witness_that_shows_a_head_we_never_signed_keeps_nobody_from_sealing(settings, tmp_path, witness):
    append()
    actions.seal(AT)
    log = logs.current()
    forged = checkpoint.Checkpoint(log.origin, 99, bytes(32))
    from mingjing.kernel import note

    stranger = note.SignerKey.generate(log.origin)
    signed = checkpoint.cosign(checkpoint.sign(forged, stranger), witness.config().signers()[0], AT)
    witness.trusts(log)
    with witness.memory.growing(log.origin) as growth:
        growth.keep(99, bytes(32), signed, AT)
    with running(witness):
        ask(settings, witness)
        append()

        assert actions.seal(AT).size == 2


def test_witnesses_are_compared_once_and_not_at_every_act(restored, witness):
    actions.rebuild(LATER)
    actions.seal(LATER)
    before = len(witness.requests)

    for _ in range(3):
        append()
        actions.seal(LATER)

    assert len(witness.requests) == before


def test_the_commands_list_and_recover(restored, capsys):
    assert cli.main(["witnesses", "lost"]) == 1
    shown = capsys.readouterr().out
    assert "缺 261 条" in shown
    assert "第 300 号" in shown
    assert "witnesses rebuild" in shown
    assert cli.main(["--json", "witnesses", "lost"]) == 1
    assert json.loads(capsys.readouterr().out)[0]["lost"] == 260

    assert cli.main(["witnesses", "rebuild"]) == 0
    assert "260 条只有位置和校验值" in capsys.readouterr().out
    assert cli.main(["witnesses", "lost"]) == 0
    assert cli.main(["witnesses", "rebuild"]) == 1
    assert cli.main(["witnesses", "new-log"]) == 1


def test_the_command_begins_a_log_anew(restored, capsys):
    assert cli.main(["witnesses", "new-log"]) == 0
    assert "record/20" in capsys.readouterr().out
    assert cli.main(["witnesses", "lost"]) == 0
