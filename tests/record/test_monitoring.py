"""Watching: every record with a receipt is in the published log in time, and the log only grows."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from mingjing import cli
from mingjing.kernel.refused import Refused
from mingjing.record import actions, heads, logs, queries, store, triggers
from mingjing.record.models import Entry
from tests.record.makers import AT, append, append_many, flipped
from tests.walls import execute

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """The clock of the database, which says when an entry was entered."""
    append()
    return Entry.objects.annotate(now=Now()).values_list("now", flat=True).get()


def test_all_is_well_when_all_is_published(now):
    append_many(300)
    actions.seal(AT)

    found = queries.watch(now)

    assert found.as_dict() == {
        "well": True, "entries": 301, "included": 301, "waiting": 0, "late": 0, "longest_seconds": 0,
        "heads": {"mingjing.example/record/2026": 301}, "trouble_count": 0, "troubles": [],
    }  # fmt: skip


def test_what_waits_too_long_is_late(now):
    soon, later = now + timedelta(seconds=200), now + timedelta(seconds=400)

    assert queries.watch(soon, late_seconds=300).well
    found = queries.watch(later, late_seconds=300)

    assert (found.waiting, found.late, found.longest_seconds // 10, found.well) == (1, 1, 40, False)
    assert "其中 1 条已超过时限，最久 40" in found.lines()[0]


def test_what_is_numbered_but_not_published_is_late_as_well(now, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(store, "put", _power_cut)
        with pytest.raises(PowerCutError):
            actions.seal(AT)

    assert queries.watch(now + timedelta(hours=1)).late == 1


def test_every_log_is_watched(now):
    actions.seal(AT)
    append_many(2)
    actions.seal(AT.replace(year=2027))

    found = queries.watch(now)

    assert (found.included, found.heads) == (
        4, {"mingjing.example/record/2026": 1, "mingjing.example/record/2027": 3},
    )  # fmt: skip


@pytest.mark.parametrize("bit", [20, 300, 660])
def test_a_published_entry_that_is_not_the_record_is_named(now, bit):
    append_many(9)
    actions.seal(AT)
    bundle = logs.folder(logs.current()) / "tile/entries/000.p/10"
    bundle.write_bytes(flipped(bundle.read_bytes(), 3 * 8 * 83 + bit))

    found = queries.watch(now)

    entry = Entry.objects.get(leaf__number=3)
    assert {trouble.code for trouble in found.troubles} == {"not-included", "wrong-root"}
    assert str(entry.id) in {trouble.where for trouble in found.troubles}
    assert found.included == 9


def test_a_missing_file_is_told(now):
    actions.seal(AT)
    shutil.rmtree(logs.folder(logs.current()) / "tile")

    assert [trouble.code for trouble in queries.watch(now).troubles] == ["not-published"]
    assert actions.repair() == actions.Repaired(files=2, written=2)
    assert actions.repair() == actions.Repaired(files=2, written=0)
    assert queries.watch(now).well


def test_the_log_must_continue_what_was_seen_before(now):
    for count in (5, 260, 1):
        append_many(count)
        actions.seal(AT)
        assert queries.watch(now).well


def test_a_log_that_shrank_is_told(now):
    actions.seal(AT)
    old = heads.path(logs.current()).read_bytes()
    append()
    actions.seal(AT)
    assert queries.watch(now).well
    heads.path(logs.current()).write_bytes(old)

    found = queries.watch(now)

    assert [trouble.code for trouble in found.troubles] == ["log-shrunk"]
    assert not found.well


def test_a_rewritten_history_is_told_even_when_it_is_consistent_in_itself(now):
    append_many(4)
    actions.seal(AT)
    assert queries.watch(now).well
    _rewrite()

    found = queries.watch(now)

    assert queries.verify().clean
    assert [trouble.code for trouble in found.troubles] == ["log-rewritten"]


def _rewrite() -> None:
    """What an operator with all keys can do: number the same entries again in another order."""
    log = logs.current()
    entries = list(Entry.objects.order_by("-leaf__number").values_list("id", flat=True))
    execute(triggers.lowering(connection.vendor))
    for table in ("record_checkpoint", "record_node", "record_leaf", "record_log"):
        execute([f"DELETE FROM {table}"])
    shutil.rmtree(logs.folder(log))
    from mingjing.record.models import Pending

    Pending.objects.bulk_create([Pending(entry_id=entry) for entry in entries])
    actions.seal(AT)
    append(subject="case:new")
    actions.seal(AT)


def test_leaves_that_were_changed_do_not_overwrite_the_published_files(now):
    actions.seal(AT)
    execute(triggers.lowering(connection.vendor))
    execute(["UPDATE record_leaf SET hash = (SELECT sha256 FROM record_entry)"])

    with pytest.raises(Refused) as refusal:
        actions.repair()

    assert refusal.value.code == "log-tampered"


def run(capsys, *arguments):
    code = cli.main(["record", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_line_says_it_with_its_exit_code(now, capsys):
    assert run(capsys, "monitor", "--late", "10000000")[0] == 0
    code, told = run(capsys, "monitor", "--late", "1")
    assert (code, told["waiting"]) == (told["late"], 1)
    actions.seal(AT)
    code, told = run(capsys, "monitor", "--late", "1")
    assert (code, told["well"]) == (0, True)


def test_the_commands_of_the_record_answer(now, capsys):
    entry = append()
    assert run(capsys, "seal")[1]["added"] == 2
    actions.seal(AT)
    append()
    actions.seal(AT)

    assert run(capsys, "fsck")[1]["clean"] is True
    assert run(capsys, "verify", "--deep")[1]["deep"] is True
    assert run(capsys, "tiles")[1]["written"] == 0
    assert run(capsys, "checkpoint")[1]["size"] == 3
    assert run(capsys, "keys")[1]["vkeys"] == queries.vkeys()
    assert run(capsys, "keys", "--year", "2030")[1]["vkeys"] == [queries.vkey_for(2030)]
    assert run(capsys, "consistency", "2", "3")[1]["proof"]
    assert run(capsys, "prove", str(entry.id))[1]["leaf_index"] == 1
    assert run(capsys, "receipt", str(entry.id))[1]["receipt"].startswith("mingjing-receipt/1\n")


class PowerCutError(Exception):
    """Stands for the end of the process."""


def _power_cut(*_: object) -> None:
    raise PowerCutError
