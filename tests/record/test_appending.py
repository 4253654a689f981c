"""Appending: what an entry says, how it is chained, and that nothing changes it afterwards."""

from __future__ import annotations

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from mingjing.kernel import canonical
from mingjing.kernel.refused import Refused
from mingjing.record import actions, body, queries, triggers
from mingjing.record.models import AppendOnlyError, Checkpoint, Disclosure, Entry, Leaf, Node, Pending
from tests.record.makers import AT, Officer, append, append_many
from tests.walls import execute

pytestmark = pytest.mark.django_db


def test_an_entry_says_what_happened():
    entry = append(plain={"step": "file", "fine_fen": 50_000}, actor=Officer(id=42))

    fields = body.read(entry.body)

    assert fields["v"] == "mj-record/1"
    assert fields["log"] == "mingjing.example/record"
    assert fields["id"] == str(entry.id)
    assert (fields["kind"], fields["subject"], fields["seq"]) == ("case.filed", "case:1", 1)
    assert fields["at"] == "2026-11-23T09:30:00+08:00"
    assert fields["actor"] == "officer:42"
    assert fields["plain"] == {"fine_fen": 50_000, "step": "file"}
    assert fields["prev"] is None


def test_the_digests_are_those_of_the_bytes():
    entry = append()

    assert entry.sha256 == hashlib.sha256(entry.body).digest()
    assert entry.sm3 == canonical.sm3(entry.body)


def test_two_entries_that_say_the_same_have_nothing_in_common():
    one, other = append("case:1"), append("case:2")

    assert body.read(one.body)["nonce"] != body.read(other.body)["nonce"]


def test_entries_of_a_subject_form_a_chain():
    first, other, second = append("case:1"), append("case:2"), append("case:1")

    assert (first.seq, other.seq, second.seq) == (1, 1, 2)
    assert second.prev == first.sha256
    assert body.read(second.body)["prev"] == first.sha256.hex()


def test_ids_tell_the_time():
    entry = append()

    assert entry.id.version == 7
    assert entry.id.int >> 80 == int(AT.timestamp() * 1000)


@pytest.mark.parametrize(
    "kind, expected", [("party", "party"), ("system", "system"), ("officer", "officer:7")]
)
def test_actors_are_named_by_reference_only(kind, expected):
    entry = append(actor=Officer(kind=kind))

    assert body.read(entry.body)["actor"] == expected


def test_personal_values_stay_outside_the_bytes():
    entry = append(personal={"party_name": "张某某", "id_number": "510000000000000000"})

    assert "张某某" not in entry.body.decode()
    assert "510000000000000000" not in entry.body.decode()
    assert queries.personal(entry.id) == {"party_name": "张某某", "id_number": "510000000000000000"}
    digests = {canonical.digest(text) for text in Disclosure.objects.values_list("text", flat=True)}
    assert set(body.read(entry.body)["sd"]) == digests


def test_a_personal_value_can_be_forgotten():
    entry = append(personal={"party_name": "张某某"})

    Disclosure.objects.filter(entry=entry, name="party_name").delete()

    assert queries.personal(entry.id) == {}


def test_typed_text_is_normalized_rather_than_refused():
    entry = append(plain={"reason": "cafe\u0301"})

    assert body.read(entry.body)["plain"] == {"reason": "café"}


def test_a_value_without_one_spelling_is_refused():
    with pytest.raises(Refused) as refusal:
        append(plain={"area": 1.5})

    assert refusal.value.code == "not-canonical"
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "file", [{}, {"name": "a.pdf"}, {"sha256": "0" * 64}, {"sha256": "Z" * 64, "name": "a"}]
)
def test_a_file_reference_needs_name_and_digest(file):
    with pytest.raises(Refused) as refusal:
        append(files=[file])

    assert refusal.value.code == "bad-file-reference"


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"kind": "立案"}, "kind"),
        ({"at": AT.replace(tzinfo=None)}, "aware"),
        ({"actor": Officer(kind="stranger")}, "actor"),
    ],
)
def test_misuse_is_a_bug_not_a_refusal(changes, message):
    with pytest.raises(ValueError, match=message):
        append(**changes)


def test_appending_costs_the_same_however_long_the_log(django_assert_num_queries):
    append_many(300, subjects=1)

    with transaction.atomic(), django_assert_num_queries(3):
        actions.append(kind="case.step", subject="case:0", at=AT, actor=Officer(), plain={})
    with transaction.atomic(), django_assert_num_queries(4):
        actions.append(
            kind="case.step", subject="case:0", at=AT, actor=Officer(), plain={}, personal={"a": 1, "b": 2}
        )


@pytest.mark.django_db(transaction=True)
def test_an_act_without_transaction_cannot_be_recorded():
    with pytest.raises(transaction.TransactionManagementError):
        actions.append(kind="case.filed", subject="case:1", at=AT, actor=Officer(), plain={})


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_no_record():
    with transaction.atomic():
        actions.append(kind="case.filed", subject="case:1", at=AT, actor=Officer(), plain={})
        transaction.set_rollback(True)

    assert not Entry.objects.exists()
    assert not Pending.objects.exists()


def test_a_place_in_the_chain_is_taken_once():
    first = append()

    with pytest.raises(Refused) as refusal, transaction.atomic():
        actions.appending._insert(
            [
                (
                    body.Draft("log", body.new_id(AT), "case.filed", "case:1", 1, None, AT, "system", {}, ()),
                    body.Written(b"{}", first.sha256, first.sm3, {}),
                )
            ]
        )

    assert refusal.value.code == "overtaken"
    assert "刷新" in refusal.value.remedy


def test_what_happened_to_many_continues_the_chain_of_each(django_assert_num_queries):
    first = append(subject="case:1")
    many = [
        actions.Happening(f"case:{number}", {"n": number}, {"reason": "某某"} if number == 2 else {})
        for number in (1, 2, 3)
    ]

    with transaction.atomic(), django_assert_num_queries(4):
        made = actions.append_each(many, kind="case.told", at=AT, actor=Officer())

    assert [(subject, one.seq, one.prev) for subject, one in made.items()] == [
        ("case:1", 2, first.sha256), ("case:2", 1, None), ("case:3", 1, None),
    ]  # fmt: skip
    assert Disclosure.objects.filter(entry=made["case:2"].pk).count() == 1
    assert Pending.objects.count() == 4


def test_a_subject_stands_once_among_many():
    twice = [actions.Happening("case:1", {}), actions.Happening("case:1", {})]

    with pytest.raises(ValueError, match="twice"), transaction.atomic():
        actions.append_each(twice, kind="case.told", at=AT, actor=Officer())


@pytest.mark.parametrize("model", [Entry, Leaf, Node, Checkpoint])
def test_rows_of_the_log_refuse_every_change(model):
    with pytest.raises(AppendOnlyError):
        model.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        model.objects.update(pk=1)
    with pytest.raises(AppendOnlyError):
        model().delete()


def test_a_saved_entry_cannot_be_saved_again():
    entry = append()
    entry.kind = "case.closed"

    with pytest.raises(AppendOnlyError):
        entry.save()
    with pytest.raises(AppendOnlyError):
        Entry.objects.bulk_update([entry], ["kind"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "table, column",
    [("entry", "kind"), ("leaf", "hash"), ("node", "hash"), ("checkpoint", "note")],
)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_itself_refuses_changes(table, column, statement):
    append_many(257)
    actions.seal(AT)
    sql = statement.format(f"record_{table}", column, column)

    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_the_walls_can_be_raised_twice_and_taken_down_twice():
    execute(triggers.raising(connection.vendor))
    assert triggers.missing(connection) == []

    execute(triggers.lowering(connection.vendor) * 2)
    assert len(triggers.missing(connection)) == 8
