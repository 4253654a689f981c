"""Files of summaries: lines, arrays, tables, in any encoding; and summaries made to do harm."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mingjing.exchange.replay import replay
from mingjing.exchange.summaries_file import summaries
from mingjing.kernel.refused import Refused
from mingjing.law.actions import load_codex

from . import sheets

NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
FACT = "2023年3月1日，当事人某某公司违反《中华人民共和国广告法》第九条的规定。"
RECORD = {"fact": FACT, "basis": "《中华人民共和国广告法》第五十七条", "decision": "罚款200000元"}
TABLE = [["违法事实", "处罚依据", "处罚内容"], [RECORD["fact"], RECORD["basis"], RECORD["decision"]]]


def lines(*records: Any) -> str:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lines(RECORD, RECORD | {"row": 2}).encode(), id="lines"),
        pytest.param(("\ufeff" + lines(RECORD, RECORD | {"row": 2})).encode(), id="bom"),
        pytest.param(lines(RECORD, RECORD | {"row": 2}).encode("gb18030"), id="gb18030"),
        pytest.param(lines(RECORD, RECORD | {"row": 2}).encode("utf-16"), id="utf-16"),
        pytest.param(json.dumps([RECORD, RECORD | {"row": 2}]).encode(), id="array"),
        pytest.param(json.dumps({"total": 2, "data": [RECORD, RECORD]}, indent=1).encode(), id="document"),
        pytest.param("\r\n\r\n".join(lines(RECORD, RECORD).split("\n")).encode(), id="blank lines"),
    ],
)
def test_records_are_found_in_every_form_of_json(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)

    found = list(summaries(tmp_path / "a.txt"))

    assert [one.record and one.record["fact"] for one in found] == [FACT, FACT]


def test_a_table_of_published_penalties_is_a_file_of_summaries(tmp_path: Path) -> None:
    for path in (sheets.xlsx(tmp_path / "a.xlsx", TABLE), tmp_path / "b.csv"):
        if path.suffix == ".csv":
            path.write_text("\n".join(",".join(row) for row in TABLE), encoding="gb18030")

        (found,) = summaries(path)

        assert found.record == RECORD


def test_the_same_summary_keeps_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(lines(RECORD))
    first = [one.mark for one in summaries(path)]
    path.write_text("\n" + lines({"x": 1}, RECORD))

    assert [one.mark for one in summaries(path)][1:] == first


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"[1, 2", "not-summaries"),
        (b'"text"', "no-header"),
        (b"some text without any table", "no-header"),
        (b"%PDF-1.7", "file-foreign"),
        (b"\x00\x01\x02" * 100, "file-foreign"),
    ],
)
def test_what_holds_no_summaries_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(data)

    with pytest.raises(Refused) as caught:
        list(summaries(tmp_path / "a.jsonl"))

    assert caught.value.code == code
    assert caught.value.remedy


HOSTILE = [
    {},
    {"fact": None, "basis": [], "decision": {}},
    {"fact": 1, "basis": 2.5, "decision": True},
    RECORD | {"fact": FACT + "\x00\ud800\uffff" + "\u202e"},
    RECORD | {"fact": FACT + "甲" * 300_000},
    RECORD | {"fact": FACT + "<script>alert(1)</script> #eval(\"1\") $x$ *_`@#[] \\"},
    RECORD | {"decision": "罚款" * 20_000 + "100元"},
    RECORD | {"decision": "罚款99999999999999999999999元"},
    RECORD | {"decision": "罚款壹亿亿亿亿元"},
    RECORD | {"decision": "罚款0元"},
    RECORD | {"decision": "罚款-5元"},
    RECORD | {"basis": "《" * 5_000 + "某法》第一条"},
    RECORD | {"basis": "《某法》第99999999999999999999条第999999999款"},
    RECORD | {"basis": "《某法》" + "第一条、" * 20_000},
    RECORD | {"fact": "9999年99月99日，0000年0月0日，" + FACT},
    RECORD | {"fact": "1900年1月1日，" + FACT},
    RECORD | {"fact": "2999年1月1日，当事人违反《中华人民共和国广告法》第九条"},
    RECORD | {"party": "某" * 5_000},
    RECORD | {"item": "事项" * 5_000, "range": "十万元以上" * 5_000, "domain": "食" * 500},
]  # fmt: skip


@pytest.mark.django_db
def test_no_summary_harms_the_replay_and_each_is_counted_once(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(record) for record in HOSTILE)
    deep = "[" * 100_000
    load_codex(NOON)
    (tmp_path / "a.jsonl").write_text(f'{text}\n{deep}\n{{"fact": \nnull\n"text"\n[1]\n{{"a": NaN}}\n')

    report = replay(tmp_path / "a.jsonl", at=NOON)

    assert report.lines_read == len(HOSTILE) + 6
    assert report.accounted == report.lines_read
    assert report.malformed == 5


@pytest.mark.django_db
def test_a_file_of_broken_lines_is_not_well(tmp_path: Path) -> None:
    load_codex(NOON)
    (tmp_path / "a.jsonl").write_text('{"fact": \n{"x"\n{{{\n')

    report = replay(tmp_path / "a.jsonl", at=NOON)

    assert (report.lines_read, report.malformed, report.well) == (3, 3, False)
