"""Receipts: to be had with the commit, signed, of one entry, and never to be taken for a head."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mingjing.kernel import checkpoint, note
from mingjing.kernel.refused import Refused
from mingjing.record import actions, body, keys, logs, queries, receipts
from mingjing.record.models import Entry
from mingjing.record.verifier import mingjing_verify
from tests.record.makers import AT, append

pytestmark = pytest.mark.django_db

VERIFIER = Path(mingjing_verify.__file__)


def trusted() -> list[note.VerifierKey]:
    return [note.VerifierKey.parse(text) for text in queries.vkeys()]


def test_a_receipt_is_there_before_the_log_takes_the_entry_in():
    entry = append()

    document = queries.receipt(entry.id)

    assert logs.current() is None
    actions.seal(AT)
    values = receipts.read(document, trusted())
    assert receipts.entry_id(values) == entry.id
    assert values["sha256"] == entry.sha256.hex()
    assert values["sm3"] == entry.sm3.hex()
    assert values["origin"] == logs.current().origin == "mingjing.example/record/2026"


def test_a_receipt_tells_the_moment_of_law_and_the_moment_of_entry():
    entry = append(at=AT - timedelta(days=3))
    entered = Entry.objects.get(id=entry.id).entered_at

    text = queries.receipt(entry.id)

    assert "happened 2026-11-20T09:30:00.000+08:00\n" in text
    assert f"at {entered.astimezone(logs.SHANGHAI).isoformat(timespec='milliseconds')}\n" in text


def test_a_late_entry_says_when_it_was_typed_in():
    entered = AT + timedelta(days=2)

    late, prompt = append(entered=entered), append(subject="case:2")

    assert body.read(late.body)["entered"] == entered.isoformat()
    assert body.read(late.body)["at"] == AT.isoformat()
    assert "entered" not in body.read(prompt.body)


def test_what_has_not_happened_yet_cannot_be_entered():
    with pytest.raises(ValueError, match="has not happened"):
        append(entered=AT - timedelta(seconds=1))


def test_the_same_receipt_is_given_again():
    entry = append()

    assert queries.receipt(entry.id) == queries.receipt(entry.id)
    actions.seal(AT)
    assert queries.receipt(entry.id) == queries.receipt(entry.id)


def test_a_receipt_is_no_head_and_a_head_no_receipt():
    entry = append()
    actions.seal(AT)

    with pytest.raises(Refused) as refusal:
        checkpoint.opened(queries.receipt(entry.id), trusted())
    assert refusal.value.code == "bad-checkpoint"
    with pytest.raises(Refused) as refusal:
        receipts.read(queries.head(), trusted())
    assert refusal.value.code == "bad-receipt"


def test_a_changed_receipt_is_not_believed():
    entry = append()
    document = queries.receipt(entry.id).replace("at 20", "at 19")
    actions.seal(AT)

    with pytest.raises(Refused) as refusal:
        receipts.read(document, trusted())

    assert refusal.value.code == "note-spoiled"


def test_the_verifier_of_strangers_reads_it(tmp_path):
    entry = append()
    (tmp_path / "回执.txt").write_text(queries.receipt(entry.id))
    (tmp_path / "record.json").write_bytes(entry.body)
    actions.seal(AT)
    command = [sys.executable, "-I", "-S", str(VERIFIER), "receipt", str(tmp_path / "回执.txt")]
    command += ["--key", queries.vkey(), "--record", str(tmp_path / "record.json")]

    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "结论：回执有效。" in answer.stdout


def test_no_receipt_for_what_never_was():
    with pytest.raises(Refused) as refusal:
        queries.receipt(body.new_id(AT))

    assert refusal.value.code == "no-such-entry"


def test_no_receipt_without_the_key_of_the_log():
    entry = append()
    actions.seal(AT)
    keys.path(2026).unlink()

    with pytest.raises(Refused) as refusal:
        queries.receipt(entry.id)

    assert refusal.value.code == "signing-key-missing"


def test_a_receipt_says_nothing_personal():
    entry = append(personal={"party_name": "张某某"})

    assert "张某某" not in queries.receipt(entry.id)
    assert "case:" not in queries.receipt(entry.id)
    assert json.dumps(queries.receipt(entry.id)).isascii()
