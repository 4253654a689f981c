"""``audit FILE``: other systems' logs as tables and XES, what matches, what does not, and what it finds."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime

import pytest

from mingjing.exchange.auditing import audit_file
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused

AT = datetime(2026, 11, 27, 9, tzinfo=SHANGHAI)
HEAD = ("案号", "办理环节", "办理时间", "罚款数额（万元）", "处理建议")
# One case of 2026 that is lawful as far as it is told, and what may go wrong with it.
STEPS = (
    ("线索登记", "2026-03-02 09:00"),
    ("立案", "2026-03-03"),
    ("现场检查（勘验）", "2026/3/4 10:00:00"),
    ("询问", "2026年3月5日"),
    ("调查终结", "2026-03-20"),
)


def rows(case="达某立〔2026〕1号", steps=STEPS):
    return [
        (case, step, at, "0.2" if step == "调查终结" else "", "给予行政处罚" if step == "调查终结" else "")
        for step, at in steps
    ]


def table(path, lines, head=HEAD, encoding="gb18030"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([("办案日志",), head, *lines])
    return path


def audited(path, **more):
    return audit_file(path, procedure_id="penalty-ordinary", at=AT, **more)


def test_a_table_of_another_system_is_read_by_titles_and_labels(tmp_path):
    report = audited(table(tmp_path / "log.csv", rows()))

    assert (report.cases, report.events, report.unmatched, report.rejected) == (1, 5, {}, {})
    assert report.facts["罚款数额（万元）"] == "fine_fen"
    assert report.facts["处理建议"] == "proposal"
    assert not report.breaches, report.lines()


def test_each_breach_is_counted_by_article_and_written_out_one_by_one(tmp_path):
    late = [*STEPS[:1], ("作出决定", "2026-05-20"), *STEPS[1:2]]
    path = table(tmp_path / "log.csv", [*rows(), *rows("=2号", late)])

    report = audited(path, out=tmp_path / "breaches.csv")

    assert (report.cases, report.clean) == (2, 1)
    assert {row["basis"] for row in report.breaches if row["step"] == "decide"} >= {
        "行政处罚法/57(1); 行政处罚法/59-60"
    }
    written = (tmp_path / "breaches.csv").read_text("utf-8-sig").splitlines()
    assert written[0] == "案号,类别,环节,时间,问题,依据"
    assert all(line.startswith("'=2号") for line in written[1:])  # no table program runs it as a formula


def test_what_is_not_understood_is_counted_never_dropped(tmp_path):
    strange = [
        ("达某立〔2026〕1号", "盖章", "2026-03-06", "", ""),
        ("达某立〔2026〕1号", "立案", "某日", "", ""),
        ("", "立案", "2026-03-03", "", ""),
    ]

    report = audited(table(tmp_path / "log.csv", [*rows(), *strange]))

    assert report.lines_read == 8
    assert report.unmatched == {"盖章": 1}
    assert report.rejected == {"时间“某日”看不懂": 1, "没有案号": 1}
    assert any("盖章" in line for line in report.lines())


def test_a_mapping_gives_other_words_and_other_columns(tmp_path):
    head = ("办件", "动作", "日子")
    lines = [("1", "收案", "2026-03-02"), ("1", "批准立案", "2026-03-03"), ("1", "盖章", "2026-03-04")]
    path = table(tmp_path / "log.csv", lines, head, "utf-8")
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        'ignored = ["盖章"]\nprofile = "food"\n[columns]\ncase = "办件"\nactivity = "动作"\nat = "日子"\n'
        '[steps]\n"收案" = "register"\n"批准立案" = "file"\n',
        "utf-8",
    )

    report = audited(path, map_path=mapping)

    assert (report.events, report.unmatched) == (2, {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("steps = { 收案 = 'regster' }", "bad|TOML"),
        ('[steps]\n"收案" = "regster"', "是否应为 register"),
        ('unrecorded = ["nothing"]', "没有“nothing”这个步骤"),
        ('[columns]\nwhen = "日子"', "没有“when”"),
        ("stepz = 1", "不认识的键"),
    ],
)
def test_a_wrong_mapping_is_told_in_words(tmp_path, text, words):
    mapping = tmp_path / "map.toml"
    mapping.write_text(text, "utf-8")

    with pytest.raises(Refused, match=words):
        audited(table(tmp_path / "log.csv", rows()), map_path=mapping)


def xes(traces):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">'
        '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>'
        + "".join(
            f'<trace><string key="concept:name" value="{case}"/>'
            + "".join(
                f'<event><string key="concept:name" value="{step}"/>'
                f'<date key="time:timestamp" value="{at}"/><string key="lifecycle:transition" value="{phase}"/></event>'
                for step, at, phase in events
            )
            + "</trace>"
            for case, events in traces
        )
        + "</log>"
    ).encode()


def test_an_xes_log_is_read_packed_or_not(tmp_path):
    events = [
        ("线索登记", "2026-03-02T01:00:00.000+00:00", "complete"),
        ("立案", "2026-03-03T09:00:00+08:00", "complete"),
        ("立案", "2026-03-03T08:00:00+08:00", "start"),
    ]
    plain, packed = tmp_path / "log.xes", tmp_path / "log.xes.gz"
    plain.write_bytes(xes([("1", events), ("2", events)]))
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    for path in (plain, packed):
        report = audited(path)
        assert (report.cases, report.events) == (2, 4)
        assert report.rejected == {"不是办结事件（lifecycle:transition）": 2}


@pytest.mark.parametrize(
    "content",
    [
        xes([("1", [("线索登记", "2026-03-02T01:00:00+00:00", "complete")])])[:-20],
        b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "aaaa">]><log><trace><string key="concept:name" value="&a;"/></trace></log>',
        gzip.compress(xes([]))[:-9],
    ],
    ids=["cut off", "entity", "packed and cut off"],
)
def test_a_broken_or_hostile_xes_log_is_refused_in_words(tmp_path, content):
    path = tmp_path / "log.xes"
    path.write_bytes(content)

    with pytest.raises(Refused) as refusal:
        audited(path)
    assert refusal.value.code in ("bad-xes", "no-events", "file-foreign")


def test_a_log_of_another_procedure_is_refused_with_a_remedy(tmp_path):
    path = table(tmp_path / "log.csv", [("1", "买菜", "2026-01-01", "", "")])

    with pytest.raises(Refused) as refusal:
        audited(path)
    assert (refusal.value.code, "--map" in (refusal.value.remedy or "")) == ("no-events", True)


def test_many_cases_on_every_core_find_the_same_as_one(tmp_path):
    lines = [
        row for number in range(1200) for row in rows(f"{number:05d}", STEPS if number % 3 else STEPS[1:])
    ]

    report = audited(table(tmp_path / "log.csv", lines))

    assert (report.cases, report.clean) == (1200, 800)
