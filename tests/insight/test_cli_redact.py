"""The command ``mingjing redact``. Everybody here is invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mingjing.cli import main
from tests.insight import files

NAME, PHONE = "甄建设", "13900001234"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    code = main(["redact", *map(str, arguments), "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, told


def test_a_text_is_masked_and_every_mask_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, out = tmp_path / "决定书.txt", tmp_path / "公开.txt"
    given.write_text(f"当事人甄某某在场。后询问{NAME}，电话{PHONE}。", encoding="utf-8")

    code, told = run(capsys, given, "--out", out)

    assert code == 0
    assert out.read_text(encoding="utf-8") == "当事人甄某某在场。后询问甄某，电话***。"
    assert [(one["kind"], bool(one["reason"])) for one in told["masks"]][-1] == ("phone", True)
    assert told["leaks"] == []
    assert told["leaks_in_file"]


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_files_are_masked_in_their_form(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = f"当事人{NAME}，电话{PHONE}。"
    made = files.docx({"body": line, "core": NAME}) if form == "docx" else files.pdf([line], Author=NAME)
    given, out = tmp_path / f"{NAME}.{form}", tmp_path / f"公开.{form}"
    given.write_bytes(made)

    code, told = run(capsys, given, "--out", out)

    assert code == 0
    assert told["form"] == form
    assert NAME.encode() not in out.read_bytes()
    assert main(["redact", str(out), "--check", "--json"]) == (0 if form == "docx" else 1)
    capsys.readouterr()


def test_a_file_as_it_stands_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "a.txt"
    given.write_text(f"当事人甄某某。\n签名：{NAME}", encoding="gb18030")

    code, told = run(capsys, given, "--check")

    assert code == 1
    assert told["leaks"][0]["contradicts"]


def test_people_and_organizations_are_told_by_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, people = tmp_path / "a.txt", tmp_path / "人员.json"
    given.write_text("子虚乌有到场，负责人甄建设食品有限公司。", encoding="utf-8")
    people.write_text(
        json.dumps(
            [{"name": "子虚乌有", "kind": "party"}, {"name": "甄建设食品有限公司", "kind": "organization"}]
        )
    )

    _, told = run(capsys, given, "--people", people)

    assert [one["words"] for one in told["masks"]] == ["子虚乌有"]


@pytest.mark.parametrize("content", ["{", "[1]", '[{"name": "甲"}]', '[{"name": "甲", "kind": "nobody"}]'])
def test_a_wrong_file_of_people_is_refused(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, people = tmp_path / "a.txt", tmp_path / "人员.json"
    given.write_text("甲", encoding="utf-8")
    people.write_text(content)

    code, told = run(capsys, given, "--people", people)

    assert (code, told["refused"]["code"]) == (1, "bad-people")


def test_the_file_itself_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "a.txt"
    given.write_text(f"电话{PHONE}", encoding="utf-8")

    code, told = run(capsys, given, "--out", given)

    assert (code, told["refused"]["code"]) == (1, "same-file")
    assert PHONE in given.read_text(encoding="utf-8")


def test_a_scan_is_refused_and_never_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = tmp_path / "a.pdf"
    given.write_bytes(files.scan())

    assert run(capsys, given)[0] == 1
    assert run(capsys, given, "--check")[0] == 1
