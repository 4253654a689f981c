"""Shared parts beneath procedure files: the file's own word prevails, key by key, and nothing is lost."""

from __future__ import annotations

import pytest

from mingjing.kernel import procedure
from mingjing.kernel.procedure import ProcedureErrors, collected, read_collected

PART = """
constants = ["publishable"]
derived.may_publish = { title = "可以公开", when = "not publishable == false" }

[steps.ask]
title = "申请"
by = "party"
basis = "行政处罚法/43"
facts.reason = { label = "理由", kind = "long", required = true }

[steps.answer]
title = "答复"
by = "organ_head"
basis = "行政处罚法/43"
"""
FILE = """
id = "sample"
title = "样例程序"
act = "penalty"
in_force = 2021-07-15
basis = "行政处罚法/54"
uses = ["recusal"]
outcomes.done = "结案"

[steps.open]
title = "开始"
by = "handler"
start = true
basis = "行政处罚法/54"

[steps.ask]
title = "申请回避"
after = ["open"]
facts.reason = { label = "申请理由", kind = "long", max = 100 }
facts.day = { label = "日期", kind = "date" }

[steps.end]
title = "结束"
by = "handler"
ends = "done"
basis = "行政处罚法/54"
when = "may_publish"
"""


@pytest.fixture
def path(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "recusal.toml").write_text(PART, "utf-8")
    file = tmp_path / "sample.toml"
    file.write_text(FILE, "utf-8")
    return file


def test_the_files_own_keys_prevail_and_what_it_does_not_say_comes_from_the_part(path):
    read = procedure.load(path)
    ask = read.steps["ask"]

    assert list(read.steps) == ["open", "ask", "end", "answer"]
    assert (ask.title, ask.by, ask.basis) == ("申请回避", ("party",), "行政处罚法/43")
    assert [(field.name, field.label, field.required) for field in ask.facts] == [
        ("reason", "申请理由", False),
        ("day", "日期", False),
    ]
    assert read.constants == ("publishable",)
    assert [rule.name for rule in read.derived] == ["may_publish"]


def test_a_kept_edition_reads_back_to_the_same_procedure(path):
    kept = collected(FILE, {"recusal": PART})

    assert procedure.read(read_collected(kept), "sample.toml") == procedure.load(path)


def test_a_file_without_parts_is_kept_as_it_stands():
    assert collected("id = 1\n", {}) == "id = 1\n"


def test_an_unknown_part_is_told_by_name(path):
    path.write_text(FILE.replace('["recusal"]', '["recusel"]'), "utf-8")

    with pytest.raises(ProcedureErrors, match=r"没有名为“recusel”的共用部分.*是否应为 recusal"):
        procedure.load(path)


def test_a_change_of_a_part_is_another_edition(path):
    before = procedure.load(path).sha256
    (path.parent / "parts" / "recusal.toml").write_text(PART.replace("答复", "决定"), "utf-8")

    assert procedure.load(path).sha256 != before
