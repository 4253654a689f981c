"""One log for each calendar year: begun with its first entry, naming the head with which the last one ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from mingjing.kernel import checkpoint, merkle, note
from mingjing.kernel.refused import Refused
from mingjing.record import actions, body, heads, keys, logs, queries, store, triggers
from mingjing.record.models import Entry, Leaf, Log, Pending
from tests.record.makers import AT, append, append_many, judged, numbers
from tests.walls import execute

pytestmark = pytest.mark.django_db(transaction=True)

NEW_YEAR = datetime(2027, 1, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
JUST_BEFORE = NEW_YEAR - timedelta(seconds=1)


def two_years():
    """Five entries in 2026, three in 2027; the ids of the latter."""
    append_many(5)
    actions.seal(AT)
    entries = append_many(3)
    actions.seal(NEW_YEAR)
    return entries


def test_the_year_turns_at_midnight_in_shanghai():
    append()
    actions.seal(JUST_BEFORE)
    append()
    actions.seal(JUST_BEFORE.astimezone(ZoneInfo("UTC")))
    append()
    actions.seal(NEW_YEAR.astimezone(ZoneInfo("UTC")))

    assert [(log.year, log.state, log.start, log.size) for log in logs.every()] == [
        (2026, "closed", 0, 2),
        (2027, "open", 2, 2),
    ]


def test_a_log_begins_with_the_head_that_ended_the_one_before():
    two_years()

    last, log = logs.every()
    first = Entry.objects.get(leaf__number=log.start)
    said = body.read(first.body)["plain"]["before"]

    assert (first.kind, first.subject) == ("log.opened", "log:mingjing.example/record/2027")
    assert said["origin"] == "mingjing.example/record/2026"
    assert (said["size"], bytes.fromhex(said["root"])) == (5, heads.latest(last).root)
    assert checkpoint.opened(said["checkpoint"], [keys.verifier(last)], last.origin).size == 5


def test_entries_count_from_zero_in_each_log_and_onwards_over_all():
    entries = two_years()

    assert numbers([one.id for one in entries]) == {
        entry.id: place for place, entry in enumerate(entries, start=1)
    }
    assert [line.place for line in queries.tail()] == list(range(9))
    assert [line.leaf_index for line in queries.tail(after=3)] == [4, 0, 1, 2, 3]


def test_a_place_names_the_log_of_its_year():
    entries = two_years()

    told = queries.places([one.id for one in entries])

    assert [str(told[one.id]) for one in entries] == [f"〔2027〕第 {n} 号" for n in (1, 2, 3)]
    assert queries.places([queries.tail(limit=1)[0].entry_id]).popitem()[1] == ("2026", 0)


@pytest.mark.parametrize(
    ("origin", "number", "words"),
    [
        ("mingjing.example/record/2026", 12, "〔2026〕第 12 号"),
        ("mingjing.example/record/2026-2", 0, "〔2026-2〕第 0 号"),
        ("mingjing.example/record", 7, "第 7 号"),
    ],
)
def test_how_a_place_reads(origin: str, number: int, words: str) -> None:
    assert str(queries.place_at(origin, number)) == words
    assert queries.place_at(origin, None) is None


def test_each_year_has_a_key_of_its_own_named_like_its_log():
    two_years()

    found = [note.VerifierKey.parse(text) for text in queries.vkeys()]

    assert [key.name for key in found] == ["mingjing.example/record/2026", "mingjing.example/record/2027"]
    assert found[0].public != found[1].public
    assert keys.path(2027).stat().st_mode & 0o777 == 0o600
    assert queries.vkey() == queries.vkeys()[1]


def test_the_key_of_the_coming_year_is_known_before_its_log_begins():
    append()
    actions.seal(AT)
    coming = queries.vkey_for(2027)

    append()
    actions.seal(NEW_YEAR)

    assert queries.vkey() == coming == queries.vkey_for(2027)
    assert queries.vkey_for(2026) == queries.vkeys()[0]
    with pytest.raises(Refused) as refusal:
        queries.vkey_for(2025)
    assert refusal.value.code == "year-over"


def test_papers_of_the_year_before_are_still_proven_without_its_private_key():
    old = append()
    two_years()
    keys.path(2026).unlink()

    proof = queries.prove(old.id)

    assert judged(proof, queries.vkeys()[0])["origin"] == "mingjing.example/record/2026"
    append()
    assert actions.seal(NEW_YEAR).size == 5


def test_each_log_is_published_in_a_folder_of_its_own():
    two_years()

    assert (store.log_folder() / "2026/tile/0/000.p/5").is_file()
    assert (store.log_folder() / "2027/tile/0/000.p/4").is_file()
    head = checkpoint.Checkpoint.parse(
        queries.log_file("2027/checkpoint").read_text().partition("\n\n")[0] + "\n"
    )
    assert (head.origin, head.size) == ("mingjing.example/record/2027", 4)
    assert queries.verify(deep=True).as_dict() | {"faults": ()} == {
        "clean": True, "entries": 9, "waiting": 0, "logs": 2, "size": 9, "published": 9, "heads": 2,
        "tiles": 4, "blobs": 0, "faults": (), "fault_count": 0, "deep": True, "lost": 0,
    }  # fmt: skip


def test_consistency_is_proven_within_the_log_of_a_year():
    append_many(3)
    actions.seal(AT)
    append_many(4)
    actions.seal(AT)
    last = logs.current()
    roots = {row.size: bytes(row.root) for row in last.checkpoints.all()}
    append()
    actions.seal(NEW_YEAR)

    proof = queries.consistency_proof(3, 7, year=2026)

    assert merkle.verify_consistency(3, roots[3], 7, roots[7], proof)
    with pytest.raises(Refused) as refusal:
        queries.consistency_proof(3, 7)
    assert refusal.value.code == "no-such-size"
    with pytest.raises(Refused) as refusal:
        queries.consistency_proof(1, 2, year=2025)
    assert refusal.value.code == "no-such-log"


def test_a_year_without_entries_has_no_log():
    append()
    actions.seal(AT)

    assert actions.seal(NEW_YEAR) == actions.Sealed(added=0, size=1)
    assert [log.year for log in logs.every()] == [2026]
    append()
    actions.seal(NEW_YEAR.replace(year=2029))
    assert [log.year for log in logs.every()] == [2026, 2029]
    assert queries.verify().clean


def test_a_clock_that_goes_backwards_opens_nothing_again():
    two_years()
    append()

    assert actions.seal(AT).size == 5
    assert [log.year for log in logs.every()] == [2026, 2027]


def test_a_crash_between_the_years_is_repaired_by_the_next_run(monkeypatch):
    append_many(2)
    with monkeypatch.context() as broken:
        broken.setattr(store, "put", _power_cut)
        with pytest.raises(PowerCutError):
            actions.seal(AT)
    append()
    with monkeypatch.context() as broken:
        broken.setattr(store, "put", _power_cut)
        with pytest.raises(PowerCutError):
            actions.seal(NEW_YEAR)

    assert actions.seal(NEW_YEAR) == actions.Sealed(added=0, size=2)
    report = queries.verify()
    assert (report.clean, report.logs, report.published) == (True, 2, 4)


def test_a_database_from_before_the_turn_of_the_year_signs_nothing_more():
    two_years()
    execute(triggers.lowering(connection.vendor))
    log = logs.current()
    for rows in (log.checkpoints, log.leaves):
        rows.all()._raw_delete(rows.all().db)
    Log.objects.filter(pk=log.pk).delete()
    Log.objects.update(state="open")
    append(subject="case:9")

    with pytest.raises(Refused) as refusal:
        actions.seal(NEW_YEAR)

    assert refusal.value.code == "database-behind-log"
    assert "2027" in refusal.value.reason
    assert "stray-log" in {fault.code for fault in queries.verify().faults}
    assert not queries.doctor()[3].fine


def test_an_empty_database_beside_a_published_log_signs_nothing():
    (store.log_folder() / "2026").mkdir(parents=True)
    (store.log_folder() / "2026/checkpoint").write_text("of another database")
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(AT)

    assert refusal.value.code == "database-behind-log"
    assert Pending.objects.count() == 1
    assert not Log.objects.exists()


def test_a_key_of_another_log_signs_nothing():
    two_years()
    keys.path(2027).write_bytes(keys.path(2026).read_bytes())
    append()

    with pytest.raises(Refused) as refusal:
        actions.seal(NEW_YEAR)

    assert refusal.value.code == "wrong-signing-key"


@pytest.mark.parametrize(
    "statement, code",
    [
        ("UPDATE record_log SET size = 4 WHERE year = 2026", "wrong-log-size"),
        ("UPDATE record_log SET year = 2025 WHERE year = 2026", "wrong-log-year"),
        ("UPDATE record_log SET state = 'closed'", "log-not-open"),
        ("UPDATE record_log SET start = 6 WHERE year = 2027", "broken-year"),
        ("UPDATE record_entry SET kind = 'log.other' WHERE kind = 'log.opened'", "broken-year"),
        ("UPDATE record_checkpoint SET root = hash_of_leaf WHERE size = 5", "broken-year"),
    ],
)
def test_a_break_between_the_years_is_found(statement, code):
    two_years()
    execute(triggers.lowering(connection.vendor))

    execute([statement.replace("hash_of_leaf", "(SELECT hash FROM record_leaf WHERE number = 0)")])

    assert code in {fault.code for fault in queries.verify().faults}


def test_the_log_from_before_the_years_goes_on_as_the_one_before_the_first_year():
    """As the migration leaves it: a log under the old name, without a year, open."""
    append_many(3)
    key = note.SignerKey.generate("mingjing.example/record")
    store.put_new(keys.path(None), f"{key.secret()}\n".encode(), mode=0o600)
    _as_it_was(key)
    old = logs.current()
    actions.publish()
    assert (queries.log_file("checkpoint").read_text()).startswith("mingjing.example/record\n3\n")
    entry = append()

    actions.seal(AT)

    assert [(log.origin, log.state) for log in logs.every()] == [
        ("mingjing.example/record", "closed"),
        ("mingjing.example/record/2026", "open"),
    ]
    assert numbers([entry.id]) == {entry.id: 1}
    assert queries.vkeys()[0] == str(key.verifier) == str(keys.verifier(old))
    assert queries.verify().clean


def _as_it_was(key: note.SignerKey) -> None:
    from mingjing.kernel import tiles
    from mingjing.record.models import Checkpoint

    log = Log.objects.create(origin=key.name, year=None, state="open", start=0, size=3, vkey="")
    edge = tiles.Edge()
    for waiting in Pending.objects.order_by("number").select_related("entry"):
        leaf = body.leaf(waiting.entry.sha256, waiting.entry.sm3)
        Leaf.objects.create(number=edge.size, log=log, entry=waiting.entry, hash=leaf)
        edge.append(leaf)
    Pending.objects.all().delete()
    head = checkpoint.Checkpoint(key.name, 3, edge.root())
    Checkpoint.objects.create(log=log, size=3, root=head.root, note=checkpoint.sign(head, key), at=AT)


class PowerCutError(Exception):
    """Stands for the end of the process."""


def _power_cut(*_: object) -> None:
    raise PowerCutError
