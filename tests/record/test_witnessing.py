"""The log asks its witnesses; those that are away, slow or mistaken hinder nothing."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest

from mingjing.kernel import checkpoint
from mingjing.kernel.policy import Policy
from mingjing.kernel.refused import Refused
from mingjing.record import actions, asking, heads, logs, queries, trust
from mingjing.record.models import Cosignature, Standing
from tests.record.makers import AT, append, append_many
from tests.record.witnesses import Witness, ask, running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log():
    """A log with one entry."""
    append()
    actions.seal(AT)
    return logs.current()


def test_a_head_is_cosigned_and_published_with_the_cosignatures(settings, tmp_path, log):
    one, two = Witness(tmp_path, "sfj"), Witness(tmp_path, "dangan")
    for witness in (one, two):
        witness.trusts(log)
    with running(one, two):
        ask(settings, one, two)

        assert actions.witness(AT).given == 2

    document = heads.path(log).read_text()
    assert trust.published().require(document) == heads.published(log)
    assert [seen.at for seen in checkpoint.cosignatures(document, [one.key, two.key])] == [AT, AT]


def test_growth_is_shown_by_a_proof_and_asked_for_once(settings, tmp_path, log):
    witness = Witness(tmp_path)
    witness.trusts(log)
    with running(witness):
        ask(settings, witness)
        actions.witness(AT)
        append_many(300)
        actions.seal(AT)

        assert actions.witness(AT).given == 1
        assert witness.size(log) == 301
        assert actions.witness(AT) == actions.Witnessed(0, ())

    assert [one.head.size for one in Cosignature.objects.order_by("id")] == [1, 301]


def test_a_witness_whose_last_size_is_not_known_here_tells_it(settings, tmp_path, log):
    witness = Witness(tmp_path)
    witness.trusts(log)
    with running(witness):
        ask(settings, witness)
        actions.witness(AT)
        append_many(5)
        actions.seal(AT)
        Standing.objects.all().delete()

        assert actions.witness(AT).given == 1


def test_witnesses_that_fail_are_told_and_hinder_nobody(settings, tmp_path, log):
    good, stranger, gone = (Witness(tmp_path, name) for name in ("good", "stranger", "gone"))
    good.trusts(log)
    with running(gone):
        pass
    with running(good, stranger):
        ask(settings, good, stranger, gone)

        told = actions.witness(AT)

    assert told.given == 1
    assert dict(told.troubles).keys() == {"stranger", "gone"}
    assert "404" in dict(told.troubles)["stranger"]
    assert "连不上" in dict(told.troubles)["gone"]
    checks = {check.name: check for check in queries.doctor()}
    assert checks["见证方 good"].fine
    assert not checks["见证方 gone"].fine
    assert "联署到 0 条" in checks["见证方 gone"].detail


def test_a_witness_that_was_away_is_asked_again(settings, tmp_path, log):
    witness = Witness(tmp_path)
    witness.trusts(log)
    with running(witness):
        pass
    ask(settings, witness)
    assert actions.witness(AT).given == 0
    assert heads.path(log).read_text() == heads.latest(log).note

    with running(witness):
        ask(settings, witness)

        assert actions.witness(AT).given == 1
    assert Standing.objects.get().trouble == ""


def test_a_witness_that_answers_too_late_is_left(settings, tmp_path, log):
    settings.MINGJING_WITNESS_SECONDS = 0.05
    witness = Witness(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        witness.url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        ask(settings, witness)

        told = actions.witness(AT)

    assert "没有及时回答" in told.troubles[0][1]


def test_a_cosignature_by_another_key_is_not_taken(settings, tmp_path, log):
    honest, other = Witness(tmp_path, "honest"), Witness(tmp_path, "other")
    other.trusts(log)
    with running(other):
        honest.url = other.url
        ask(settings, honest)

        told = actions.witness(AT)

    assert told.given == 0
    assert "没有用信任策略所列的公钥" in told.troubles[0][1]
    assert not Cosignature.objects.exists()


def test_a_proof_carries_the_latest_head_that_the_quorum_cosigned(settings, tmp_path, log):
    witness = Witness(tmp_path)
    witness.trusts(log)
    entry = log.leaves.get().entry_id
    with running(witness):
        ask(settings, witness)
        actions.witness(AT)
    append_many(5)
    actions.seal(AT + timedelta(seconds=1))
    later = log.leaves.latest("number").entry_id

    assert trust.published().require(queries.prove(entry)["checkpoint"]).size == 1
    assert checkpoint.Proof.parse(queries.tlog_proof(entry)).checkpoint.count("\n— ") == 2
    assert trust.published().judge(queries.prove(later)["checkpoint"]).met is False


def test_the_published_policy_names_all_logs_and_no_addresses(settings, tmp_path, log):
    witness = Witness(tmp_path)
    with running(witness):
        ask(settings, witness)
        append()
        actions.seal(AT.replace(year=2027))

        told = Policy.parse(str(trust.published()))

    assert [one.key.name.rpartition("/")[2] for one in told.logs] == ["2026", "2027"]
    assert told.witnesses[0].url == ""
    assert told.quorum == "everyone"


def test_without_a_policy_no_witness_is_asked(log):
    assert actions.witness(AT) == actions.Witnessed(0, ())
    assert str(trust.published()) == f"log {queries.vkey()}\nquorum none\n"
    assert any(check.name == "见证" and check.fine for check in queries.doctor())


@pytest.mark.parametrize("text", [None, "quorum nobody\n"])
def test_a_policy_that_cannot_be_read_is_told(settings, tmp_path, log, text):
    path = tmp_path / "policy"
    if text is not None:
        path.write_text(text)
    settings.MINGJING_POLICY_FILE = str(path)

    with pytest.raises(Refused):
        actions.witness(AT)
    assert not {check.name: check for check in queries.doctor()}["信任策略"].fine


def test_a_witness_without_an_address_is_told(settings, tmp_path, log):
    witness = Witness(tmp_path)
    ask(settings, witness)

    assert actions.witness(AT) == actions.Witnessed(0, ())
    check = {check.name: check for check in queries.doctor()}["见证方 sfj"]
    assert not check.fine
    assert "网址" in check.detail


def test_the_last_log_of_a_year_is_still_cosigned_after_the_turn(settings, tmp_path, log):
    witness = Witness(tmp_path)
    append()
    actions.seal(AT.replace(year=2027))
    for one in logs.every():
        witness.trusts(one)
    with running(witness):
        ask(settings, witness)

        assert actions.witness(AT).given == 2
        assert asking.last_head(trust.policy().witnesses[0], log.origin, 5) is not None


def test_keeping_up_seals_and_asks_only_when_the_log_has_grown(settings, tmp_path, log):
    witness = Witness(tmp_path)
    witness.trusts(log)
    with running(witness):
        ask(settings, witness)
        asked = actions.keep_up(AT, -1)
        append()
        asked = actions.keep_up(AT, asked)
        requests = len(witness.requests)

        assert actions.keep_up(AT, asked) == asked == 2

    assert (witness.size(log), len(witness.requests)) == (2, requests)


def test_keeping_up_goes_on_where_the_policy_cannot_be_read(settings, tmp_path, log):
    settings.MINGJING_POLICY_FILE = str(tmp_path / "nowhere")
    append()

    assert actions.keep_up(AT, -1) == 2
    assert actions.ask_witnesses(AT).troubles[0][0] == "信任策略"
