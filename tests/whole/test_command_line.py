"""Whatever a person types on the command line is answered in words, and as JSON to a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mingjing import cli, cli_words

pytestmark = pytest.mark.django_db
FROM = ("--from", "2026-09-24")
REFUSED = [
    *(("reckon", length, *FROM) for length in (
        "0wd", "-3d", "九十日", "15个工作日", "1000y", "200y", "", "wd", "1.5d", "6mo", "1w", "before 7wd", "0d", "+5d",
        "99999999999999999999d", "15wd before before", "1e3d", "-1h", "é", "24h", "\x00", "15wd;rm", "一", "9" * 5000,
    )),
    *(("reckon", "15wd", "--from", day) for day in (
        "2026-02-30", "2025-02-29", "2026-13-01", "2026-04-31", "1949-12-31", "0001-01-01", "9999-12-31", "2149-12-31",
        "0000-01-01", "12026-01-01", "", "今天", "2026-09-24T25:00", "2026-W39-4", "NaN", "24/9/2026", "20260230",
    )),
    ("reckon", "15wd", *FROM, "--profile", "nonsense"),
    *(("money", amount) for amount in (
        "0.001", "1e9", "-5", "负五元", "999999999999999999", "10000000000000000", "", "abc", "5,00", "二百五", "1/3",
        "NaN", "inf", "..", "元", "万元", "1" * 500, "一" * 500, "\x00", "5000美元", "+5", "①", "²", "٣", "5_000", "-0",
    )),
    ("import", "laws", "/nowhere"), ("import", "parties", "/nowhere"), ("import", "parties", "/"),
    ("import", "powers", "/nowhere"), ("import", "payments", "/nowhere"), ("import", "double-publicity", "/nowhere"),
    ("import", "parties", "/nowhere", "--dry-run"), *(("export", "double-publicity", *more) for more in (
        ("--from", "x", "--to", "2026-04-01"), ("--from", "2026-04-02", "--to", "2026-04-01"),
        ("--from", "2026-04-01", "--to", "2026-04-02", "--organ", "nope"),
        ("--from", "2026-04-01", "--to", "2026-04-02", "--out", "/nowhere/at/all.xlsx"),
        ("--from", "2026-04-01", "--to", "2026-04-02", "--out", "x\x00y"),
        ("--from", "2026-04-01", "--to", "2026-04-02", "--format", "csv"),
    )),
    ("deliveries", "package"), ("deliveries", "package", "--channel", "credit", "--organ", "nope"),
    ("deliveries", "status", "--from", "x"), ("deliveries", "status", "--channel", "nope"),
    ("import", "payments", "/nowhere", "--as", "nobody"), ("import", "laws", "x\x00y"), ("import", "parties", "x\x00y"),
    ("procedure", "show"), ("procedure", "show", "nope"), ("procedure", "import", "/nowhere"),
    ("procedure", "show", "penalty-ordinary", "--out", "/nowhere/at/all"), ("walk", "x", "--events", "/nowhere"),
    ("benchmark", "FOOD-04", "--facts", "/nowhere"), ("audit", "/nowhere", "--procedure", "penalty-ordinary"),
    ("replay", "/nowhere"), ("replay", "/"), ("replay", "x\x00y"),
    ("redact", "/nowhere/at/all"), ("redact", "", "--check"), ("redact", "x\x00y", "--people", "/nowhere"),
    ("dossier", "nope", "--out", "/nowhere/at/all"), ("dossier", "", "--out", "x\x00y"),
    ("dossier", "nope", "--out", "/nowhere/at/all", "--as", "nobody"),
    ("record", "receipt"), ("record", "receipt", "xyz"), ("record", "consistency"), ("record", "consistency", "1", "x"),
    ("record", "consistency", "0", "1"), ("record", "checkpoint"), ("record", "checkpoint", "--year", "2020"),
    ("evidence", "put"), ("evidence", "put", "/nowhere"), ("evidence", "put", "/nowhere", "--as", "nobody"),
    ("evidence", "export"), ("evidence", "export", "P1", "--out", "/nowhere", "--as", "nobody"),
    ("ledger", "--organ", "nope"), ("ledger", "--organ", "x\x00y", "--out", "/nowhere/at/all"),
    ("record", "prove"), ("record", "prove", "xyz"), ("record", "prove", "00000000-0000-0000-0000-000000000000"),
]  # fmt: skip
CALLED_WRONGLY = [
    (), ("nope",), ("reckon",), ("reckon", "15wd"), ("reckon", *FROM), ("reckon", "15wd", "--from"), ("money",), ("code",),
    ("codex",), ("codex", "nope"), ("import",), ("import", "laws"), ("import", "x", "y"), ("replay",),
    ("replay", "x", "--limit", "x"), ("replay", "x", "--limit", "0"), ("replay", "x", "--limit", "-1"), ("record",),
    ("record", "nope"), ("record", "checkpoint", "--year", "x"), ("serve", "--port", "99999999"), ("dossier",), ("dossier", "x"), ("redact",), ("demo", "--matters", "0"), ("money", "5", "--nope"),
    ("ledger",), ("ledger", "--organ", "x", "--year", "x"),
    ("export",), ("export", "nope"), ("export", "double-publicity"), ("deliveries",), ("deliveries", "nope"),
    ("evidence",), ("evidence", "nope"), ("evidence", "put", "x", "--step", "0"), ("evidence", "scrub", "--mb", "x"),
]  # fmt: skip
INVALID_CODES = (
    "", "  ", "-", "9151170212345678", "91511702MA1234567", "91511702MA1234567I", "511702199003071230", "511702199913071230",
    "511702209903071230", "000000", "12345678-9", "5117020010", "\x00", "𠮷", "<script>", "a" * 5000, "五一一七",
)  # fmt: skip
ENGLISH = ("Traceback", "usage:", "required:", "invalid choice", "expected", "Errno", "None")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = cli.main(arguments)
    except SystemExit as stopped:
        code = int(str(stopped.code))
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.parametrize(
    "arguments", REFUSED, ids=lambda given: " ".join(given)[:40].encode("ascii", "replace")
)
def test_a_wrong_input_is_told_with_a_remedy(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code, out, err = run(capsys, *arguments)

    assert (code, out) == (1, "")
    assert "怎么办：" in err
    assert not any(word in err for word in ENGLISH)
    assert len(err) < 600

    code, out, err = run(capsys, *arguments, "--json")

    refused = json.loads(out)["refused"]
    assert (code, err) == (1, "")
    assert set(refused) == {"code", "reason", "basis", "remedy"}
    assert refused["code"]
    assert refused["reason"].endswith(("。", "！"))
    assert refused["remedy"]


@pytest.mark.parametrize("arguments", CALLED_WRONGLY, ids=" ".join)
def test_a_wrong_call_exits_with_two_and_is_told_in_chinese(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code, out, err = run(capsys, *arguments)

    assert (code, out) == (2, "")
    assert err.startswith("命令写法有误：")
    assert "用法：mingjing" in err
    assert not any(word in err for word in ENGLISH)

    code, out, _ = run(capsys, *arguments, "--json")

    assert code == 2
    assert json.loads(out)["refused"]["code"] == "bad-command"


@pytest.mark.parametrize("given", INVALID_CODES, ids=lambda given: given[:20].encode("ascii", "replace"))
def test_an_invalid_code_says_why_and_exits_with_one(capsys: pytest.CaptureFixture[str], given: str) -> None:
    code, out, err = run(capsys, "code", "--json", "--", given)

    told = json.loads(out)
    assert (code, err, told["valid"]) == (1, "", False)
    assert told["why"]
    assert told["kind_title"]

    code, out, err = run(capsys, "code", "--", given)

    # The answer to the question asked is no error message: it can be piped on.
    assert (code, err) == (1, "")
    assert "无效" in out
    assert len(out) < 800


@pytest.mark.parametrize(
    ("day", "read"),
    [
        ("2026-09-24", "2026-09-24"),
        ("2026-9-4", "2026-09-04"),
        ("2026/9/24", "2026-09-24"),
        ("2026年9月24日", "2026-09-24"),
        ("2026.9.24", "2026-09-24"),
        ("20260924", "2026-09-24"),
        (" ２０２６－０９－２４ ", "2026-09-24"),
        ("2024-02-29", "2024-02-29"),
        ("2026-09-24T09:30", "2026-09-24T09:30:00+08:00"),
        ("2026-09-24 09:30", "2026-09-24T09:30:00+08:00"),
        ("2026-09-24T09:30Z", "2026-09-24T09:30:00+00:00"),
    ],
)
def test_days_are_read_however_people_type_them(day: str, read: str) -> None:
    assert cli_words.moment(day).isoformat() == read


@pytest.mark.parametrize(
    "length",
    [("15wd",), ("15 wd",), ("15", "wd"), ("１５ＷＤ",), ("7wd", "before"), ("7wd before",), ("by 01-10",)],
)
def test_lengths_may_be_typed_in_several_words(
    capsys: pytest.CaptureFixture[str], length: tuple[str, ...]
) -> None:
    code, out, _ = run(capsys, "reckon", *length, *FROM, "--json")

    assert code == 0
    assert json.loads(out)["due_on"]


@pytest.mark.parametrize("place", ["before", "after"])
def test_json_may_be_asked_for_before_or_after_the_command(
    capsys: pytest.CaptureFixture[str], place: str
) -> None:
    words = ("--json", "money", "5000") if place == "before" else ("money", "5000", "--json")

    code, out, _ = run(capsys, *words)

    assert (code, json.loads(out)) == (0, {"fen": 500000, "capital": "伍仟元整"})


def command(var: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "MINGJING_VAR": str(var), **more}
    return subprocess.run(
        [sys.executable, "-m", "mingjing.cli", *arguments],
        env=environment,
        cwd=Path(cli.__file__).parents[1],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "database-behind"),
        ({"MINGJING_DATABASE_URL": "mysql://x"}, "bad-settings"),
        ({"MINGJING_DATABASE_URL": "postgresql://nobody@/none?host=/nowhere"}, "database-unavailable"),
        ({"MINGJING_VAR": "/proc/nowhere"}, "bad-settings"),
        ({"MINGJING_DATABASE_URL": "sqlite:///nowhere/at/all/x.sqlite3"}, "database-unavailable"),
    ],
)
def test_a_platform_that_is_not_set_up_says_so(
    tmp_path: Path, environment: dict[str, str], code: str
) -> None:
    (tmp_path / "a.csv").write_text("企业名称,地址\n某某公司,某路\n")

    done = command(tmp_path, "import", "parties", str(tmp_path / "a.csv"), "--json", **environment)

    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["refused"]["code"] == code
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_database_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "mingjing.sqlite3").write_bytes(b"this is no database at all" * 100)

    done = command(tmp_path, "record", "verify", "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["refused"]["code"] == "database-unavailable"


@pytest.mark.slow
def test_a_reader_that_goes_away_and_a_poor_terminal_do_no_harm(tmp_path: Path) -> None:
    python = f"{sys.executable} -m mingjing.cli"
    environment = {"PATH": os.environ["PATH"], "MINGJING_VAR": str(tmp_path), "PYTHONIOENCODING": "ascii"}

    done = subprocess.run(
        ["bash", "-c", f"{python} reckon 15wd --from 2026-09-24 | true; {python} money $'\\xff\\xfe' | cat"],
        env=environment,
        cwd=Path(cli.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr
