"""The settings of a witness, its making, its page and its commands."""

from __future__ import annotations

import json
import os

import pytest

from mingjing import cli
from mingjing.kernel import note
from mingjing.kernel.policy import Policy
from mingjing.kernel.refused import Refused
from mingjing.witness import config, making
from tests.witness.logs import Log

OTHER = note.SignerKey("mingjing.example/record/2027", note.ED25519, bytes(range(5, 37)))


def spoilt(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda text: "", "bad-witness-config"),
        (lambda text: "name = ", "bad-witness-config"),
        (lambda text: spoilt(text, "name =", "nmae ="), "bad-witness-config"),
        (lambda text: spoilt(text, '"127.0.0.1:8070"', '"8070"'), "bad-witness-config"),
        (lambda text: spoilt(text, ":8070", ":70000"), "bad-witness-config"),
        (lambda text: spoilt(text, '"127.0.0.1:8070"', "8070"), "bad-witness-config"),
        (lambda text: "mirror_seconds = 0\n" + text, "bad-witness-config"),
        (lambda text: text + 'url = "file:///etc/passwd"\n', "bad-witness-config"),
        (lambda text: text + 'url = "http:///x"\n', "bad-witness-config"),
        (lambda text: text + 'url = "https://log.example/?x=1"\n', "bad-witness-config"),
        (lambda text: text + "address = 1\n", "bad-witness-config"),
        (lambda text: text + f'[[log]]\nvkeys = ["{OTHER.verifier}"]\n' * 2, "bad-witness-config"),
        (lambda text: text + "[[log]]\nvkeys = []\n", "bad-witness-config"),
        (lambda text: text + '[[log]]\nvkeys = ["x"]\n', "bad-key"),
        (lambda text: spoilt(text, "[[log]]", "[log]"), "bad-witness-config"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(witness, change, code):
    witness.path.write_text(change(witness.path.read_text()))

    with pytest.raises(Refused) as refusal:
        config.read(witness.path)

    assert refusal.value.code == code


def test_keys_of_two_names_are_two_logs(witness, log):
    with pytest.raises(Refused) as refusal:
        config.add_log(witness.path, [str(OTHER.verifier), log.vkey], "")

    assert "同名" in refusal.value.reason


def test_the_key_of_a_witness_is_no_key_of_a_log(witness):
    with pytest.raises(Refused) as refusal:
        config.add_log(witness.path, [str(witness.key)], "")

    assert refusal.value.code == "bad-witness-config"


def test_a_log_is_added_once_and_what_the_file_said_stays(witness, log):
    before = witness.path.read_text()

    added = config.add_log(witness.path, [str(OTHER.verifier)], "https://log.example/2027")

    assert added.url == "https://log.example/2027/"
    assert witness.path.read_text().startswith(before)
    assert set(config.read(witness.path).logs) == {log.key.name, OTHER.name}
    with pytest.raises(Refused) as refusal:
        config.add_log(witness.path, [str(OTHER.verifier)], "")
    assert refusal.value.code == "log-known"


def test_next_year_s_log_is_trusted_only_when_its_key_was_added_and_without_a_restart(witness):
    log = Log(OTHER, [b"the final head of 2026", b"more"])
    assert witness.submit(log, 0)[0] == 404

    config.add_log(witness.path, [log.vkey], "")

    assert witness.submit(log, 0)[0] == 200


def test_settings_spoilt_while_it_runs_change_nothing(witness, log):
    witness.path.write_text("name = ")

    assert witness.submit(log, 0)[0] == 200


def test_a_name_in_any_script_is_written_so_that_it_is_read_again(tmp_path):
    title = '某某市"司法局"\\\t第一'
    path = tmp_path / "witness.toml"

    making.make(path, name="司法局.example/w", title=title, listen="[::1]:0", ml_dsa=False)

    read = config.read(path)
    assert (read.title, read.name, read.host) == (title, "司法局.example/w", "::1")


def test_the_keys_are_made_once_and_only_their_owner_reads_them(witness):
    assert os.stat(witness.config().key_file).st_mode & 0o777 == 0o600
    secret = witness.config().key_file.read_text()

    with pytest.raises(Refused) as refusal:
        making.make(witness.path, name="x", title="x", listen="127.0.0.1:1", ml_dsa=False)

    assert refusal.value.code == "witness-exists"
    assert witness.config().key_file.read_text() == secret


@pytest.mark.parametrize("name, listen", [("two words", "127.0.0.1:1"), ("w.example", "nowhere")])
def test_a_witness_that_could_not_work_is_not_begun(tmp_path, name, listen):
    with pytest.raises(Refused):
        making.make(tmp_path / "witness.toml", name=name, title="x", listen=listen, ml_dsa=False)

    assert list(tmp_path.iterdir()) == []


def test_a_key_under_another_name_is_refused(witness):
    witness.config().key_file.write_text(note.SignerKey.generate("other", note.COSIGNATURE).secret())

    with pytest.raises(Refused):
        witness.config().signers()


def test_a_lost_key_is_told(witness):
    witness.config().key_file.unlink()

    with pytest.raises(Refused) as refusal:
        witness.config().signers()

    assert refusal.value.code == "no-witness-key"


# --- the page ---


def test_the_page_tells_size_growth_and_copy(witness, log):
    witness.submit(log, 0)

    status, headers, page = witness.get("/")

    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "<script" not in page
    for text in (
        "某某市司法局",
        log.key.name,
        ">7</span> 条",
        "刚刚",
        "不保存副本",
        str(witness.key),
        "一切正常",
    ):
        assert text in page


def test_the_page_of_a_witness_without_logs(tmp_path):
    from tests.witness.conftest import Witness

    path = tmp_path / "new" / "witness.toml"
    making.make(path, name="w.example", title="w", listen="127.0.0.1:8070", ml_dsa=False)

    page = Witness(path).get("/")[2]

    assert "等待加入日志" in page
    assert "add-log" in page


def test_the_page_raises_the_alarm_when_there_are_two_histories(witness, log):
    from tests.witness.logs import body

    witness.submit(log, 0)
    witness.post(body(7, [], log.forked(2, *[b"x"] * 5).signed()))

    page = witness.get("/")[2]

    assert "出现两段历史" in page
    assert "第 7 条处的树根与已联署的不同" in page
    assert json.loads(witness.get("/status.json")[2])["well"] is False


def test_names_on_the_page_are_escaped(tmp_path):
    from tests.witness.conftest import Witness

    path = tmp_path / "odd" / "witness.toml"
    making.make(path, name="w.example", title="<b>&", listen="127.0.0.1:8070", ml_dsa=False)

    page = Witness(path).get("/")[2]

    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page


def test_a_page_that_does_not_exist_is_404(witness):
    assert witness.get("/nothing")[0] == 404


# --- the commands ---


def test_the_commands_make_a_witness_and_let_it_trust_a_log(tmp_path, log, capsys):
    path = str(tmp_path / "witness.toml")
    make = ["witness", "init", "--config", path, "--name", "sfj.example/w1", "--title", "司法局", "--ml-dsa"]

    assert cli.main([*make, "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)["policy"]
    policy = Policy.parse("\n".join([*lines, "group 司法局 any w1 w1-ml-dsa", "quorum 司法局", ""]))
    assert [one.key.kind for one in policy.witnesses] == [note.COSIGNATURE, note.MLDSA44]

    assert (
        cli.main(["witness", "add-log", log.vkey, "--url", "https://log.example/log", "--config", path]) == 0
    )
    assert "核对公钥" in capsys.readouterr().out
    assert cli.main(["witness", "status", "--config", path]) == 0
    assert f"还没有收到  {log.key.name}" in capsys.readouterr().out
    assert cli.main([*make]) == 1
    assert cli.main(["witness", "add-log", "--config", path]) == 1
    assert cli.main(["witness", "init", "--config", path]) == 1
    assert cli.main(["witness", "status", "--config", str(tmp_path / "none")]) == 1
