"""Procedure files: the codex's own are sound, and a wrong file is told everything that is wrong, at once."""

from __future__ import annotations

import shutil

import pytest

from mingjing.kernel import procedure
from mingjing.kernel.procedure import ProcedureErrors
from mingjing.kernel.procedure_parts import WITHDRAWAL_REASON
from tests.procedure_samples import CODEX, data_of

FILES = sorted((CODEX / "procedures").glob("*.toml"))
END = {"end": {"ends": "closed"}}


def faults(data):
    """Every problem of that data."""
    with pytest.raises(ProcedureErrors) as refusal:
        procedure.read(data, "sample.toml")
    assert refusal.value.code == "bad-procedure"
    return refusal.value.problems


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_procedure_of_the_codex_is_read(path):
    read = procedure.load(path)

    assert read.id == path.stem.split("@")[0]
    assert read.start_steps
    assert {step.ends for step in read.steps.values()} - {None} == set(read.outcomes)
    assert read.sha256 == procedure.load(path).sha256


def test_the_codex_has_the_ordinary_and_the_summary_procedure():
    assert {"penalty-ordinary", "penalty-summary"} <= {path.stem for path in FILES}


@pytest.mark.parametrize(
    ("step", "where", "message", "remedy"),
    [
        ({"afer": ["end"]}, "steps.a.afer", "不认识的键“afer”", "是否应为 after"),
        ({"after": ["ende"]}, "steps.a.after", "没有“ende”这个步骤", "是否应为 end"),
        ({"opens": [{"step": "end", "wen": "x"}]}, "steps.a.opens[0].wen", "不认识的键", "是否应为 when"),
        ({"duties": [{"step": "end", "within": "7 days"}]}, "steps.a.duties[0].within", "7 days", ""),
        ({"duties": [{"step": "end", "from": "x"}]}, "steps.a.duties[0].from", "没有期限", "within"),
        ({"duties": ["end", "end"]}, "steps.a.duties", "重复", "请删去"),
        ({"pauses": ["end", "end"]}, "steps.a.pauses[1]", "“end”重复", "请删去"),
        ({"when": "x = 1"}, "steps.a.when", "第3个字符", "=="),
        ({"when": "flg"}, "steps.a.when", "未定义的事实“flg”", "是否应为 flag"),
        ({"once": "yes"}, "steps.a.once", "true 或 false", "once = true"),
        ({"after": ["a"]}, "steps.a.after", "以自身为前提", "请删去"),
        ({"waits_for_windows": ["end"]}, "steps.a.waits_for_windows", "没有 window", "window"),
        ({"recording": "ful"}, "steps.a.recording", "不能是“ful”", "是否应为 full"),
        ({"serves": ["letter"]}, "steps.a.serves", "没有步骤制作文书", ""),
        ({"ends": "gone"}, "steps.a.ends", "结果“gone”没有标题", "[outcomes]"),
        (
            {"duties": [{"step": "end", "within": "@days"}]},
            "steps.a.duties.within",
            "不在本程序的常量之列",
            "general.toml",
        ),
        ({"duties": [{"step": "end", "within": "@7 d"}]}, "steps.a.duties[0].within", "不是常量的名称", ""),
        ({"by": "system"}, "steps.a.by", "平台只登记期限届满的法定效果", "deemed_after"),
        ({"deemed_after": "end"}, "steps.a.deemed_after", "不由人办理", "system"),
        ({"by": "system", "deemed_after": "end", "once": True}, "steps.a.deemed_after", "没有期限", "within"),
        (
            {"by": "system", "deemed_after": "end", "deemed_clock": "X", "once": True},
            "steps.a.deemed_clock",
            "没有时钟“X”",
            "",
        ),
        ({"bars": [{"within": "1y"}]}, "steps.a.bars[0].title", "缺少“title”", "title"),
        (
            {"bars": [{"within": "@ban", "title": "不得再次申请"}]},
            "steps.a.bars.within",
            "常量之列",
            "general.toml",
        ),
        ({"title": ""}, "steps.a.title", "是空的", ""),
        ({"by": []}, "steps.a.by", "是空的", ""),
        ({"extends": {"step": "end", "by": "30d", "at_most": 0}}, "steps.a.extends.at_most", "不能是 0", ""),
        (
            {"at_least": {"after": "end", "wait": "7wd", "fact": "day"}},
            "steps.a.at_least.fact",
            "没有“day”这个日期字段",
            "",
        ),
        (
            {"facts": {"kind": {"label": "种类", "kind": "choice"}}},
            "steps.a.facts.kind.choices",
            "没有列出可选项",
            "choices",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("steps") else "",
)
def test_a_fault_is_told_with_its_place_and_its_remedy(step, where, message, remedy):
    data = data_of({"a": step, **END}, constants=["flag"], outcomes={"closed": "结案"})

    (found,) = [problem for problem in faults(data) if problem.where.startswith(f"sample.toml: {where}")]
    assert message in found.message, found
    assert remedy in found.remedy, found
    assert found.remedy


def test_a_form_may_not_ask_by_what_it_will_itself_make_known():
    granted = {"label": "决定", "kind": "choice", "choices": [["yes", "准予"], ["no", "不准予"]]}
    until = {"label": "期限", "kind": "date", "when": "deferred"}
    derived = {"deferred": {"title": "准予缓缴", "when": "granted == 'yes'"}}
    data = data_of({"a": {"facts": {"granted": granted, "until": until}}, **END}, derived=derived)

    (found,) = faults(data)

    assert found.where == "sample.toml: steps.a.facts.until.when"
    assert "“deferred”由本表单的“granted”推出" in found.message
    assert "直接用表单字段" in found.remedy


def test_all_faults_are_told_at_once():
    data = data_of(
        {
            "a": {"afer": [], "after": ["ende"], "when": "x = 1", "duties": [{"step": "end", "within": "?"}]},
            **END,
        }
    )

    found = faults(data)
    assert len(found) == 4
    with pytest.raises(ProcedureErrors, match="有4处错误") as refusal:
        procedure.read(data, "sample.toml")
    assert all(str(problem) in refusal.value.reason for problem in found)


def test_a_procedure_that_no_step_ends_is_refused():
    assert any("没有任何步骤能结束办案" in problem.message for problem in faults(data_of({"a": {}})))


def test_an_unknown_key_at_the_top_is_told_with_the_key_that_was_meant():
    (found,) = faults(data_of(END, outcome={}))

    assert (found.where, found.remedy) == ("sample.toml: outcome", "是否应为 outcomes")


def test_two_stages_of_one_name_are_a_fault():
    stages = [{"id": "lead", "title": "线索"}, {"id": "lead", "title": "核查"}]
    (found,) = faults(data_of({"end": {"ends": "closed", "stage": "lead"}}, stages=stages))

    assert "“lead”出现了2次" in found.message


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"id = ", "TOML"), ("title = '程序'".encode("gbk"), "UTF-8")],
    ids=["not-toml", "not-utf8"],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path, content, message):
    path = tmp_path / "sample.toml"
    path.write_bytes(content)

    with pytest.raises(ProcedureErrors, match=message):
        procedure.load(path)


def test_a_file_under_another_name_than_its_procedure_is_refused(tmp_path):
    path = tmp_path / "other.toml"
    path.write_bytes((CODEX / "procedures" / "penalty-summary.toml").read_bytes())
    shutil.copytree(CODEX / "procedures" / "parts", tmp_path / "parts")

    with pytest.raises(ProcedureErrors, match="与文件名不一致"):
        procedure.load(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_shows_a_decision_can_be_taken_down_again_for_a_reason(path):
    """行政处罚法/48(2): whoever takes a decision down says why, in public."""
    steps = procedure.load(path).steps.values()
    down = [step for step in steps if step.withdraws]

    assert len(down) == (1 if any(step.shows for step in steps) else 0)
    assert all(field.required for step in down for field in step.facts if field.name == WITHDRAWAL_REASON)
