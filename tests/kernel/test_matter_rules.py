"""What a procedure file says of its matters as a whole: how they are registered, called, and opened each year."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.kernel import procedure
from mingjing.kernel.procedure import MatterRule, ProcedureErrors
from tests.procedure_samples import data_of, procedure_of

END = {"ends": "closed"}
DAY = {"label": "年度起始日", "kind": "date", "required": True}
REPORT = {"start": True, "facts": {"year_began_on": DAY}, **END}
YEARLY = {
    "opens_on": "01-01",
    "title": "{organ}{last_year}年度报告",
    "organs": ["organ"],
    "fact": "year_began_on",
}


def faults(steps, **more):
    with pytest.raises(ProcedureErrors) as refusal:
        procedure.read(data_of(steps, **more), "sample.toml")
    return {problem.where.removeprefix("sample.toml: "): problem for problem in refusal.value.problems}


def test_a_file_that_says_nothing_means_a_lead_about_a_party():
    assert procedure_of({"end": END}).matter == MatterRule()
    assert MatterRule().party == "required"


def test_a_file_says_how_its_matters_are_called():
    read = procedure_of({"end": END}, matter={"label": "征收", "party_title": "缴费人", "apart": True})

    assert (read.matter.label, read.matter.party_title, read.matter.apart) == ("征收", "缴费人", True)


@pytest.mark.parametrize(
    ("matter", "where", "message"),
    [
        ({"party": "no"}, "matter.party", "不能是“no”"),
        ({"shows": ["cause"]}, "matter.shows", "没有“cause”这个表单字段"),
        ({"name": "征收"}, "matter.name", "不认识的键“name”"),
    ],
)
def test_a_wrong_matter_is_told(matter, where, message):
    assert message in faults({"end": END}, matter=matter)[where].message


def test_a_yearly_matter_has_its_day_and_the_fact_that_holds_it():
    read = procedure_of({"report": REPORT}, yearly=YEARLY)

    assert read.yearly is not None
    assert date(2027, read.yearly.month, read.yearly.day) == date(2027, 1, 1)
    assert procedure_of({"end": END}).yearly is None


@pytest.mark.parametrize(
    ("yearly", "where", "message"),
    [
        ({**YEARLY, "opens_on": "13-01"}, "yearly.opens_on", "不是一年中的一天"),
        ({**YEARLY, "fact": "year"}, "yearly.fact", "没有“year”这个日期字段"),
        ({**YEARLY, "organs": []}, "yearly.organs", "是空的"),
    ],
)
def test_a_wrong_yearly_rule_is_told(yearly, where, message):
    found = faults({"report": REPORT}, yearly=yearly)

    assert message in found[where].message


def test_the_day_of_a_yearly_matter_is_asked_when_it_is_opened():
    steps = {"open": {"start": True}, "report": {"facts": {"year_began_on": DAY}, **END}}

    assert "不在开始步骤的表单中" in faults(steps, yearly=YEARLY)["yearly.fact"].message


def test_a_slip_is_made_of_money_that_the_step_itself_decides():
    money = {"levy_fen": {"label": "应缴金额", "kind": "money"}}
    read = procedure_of({"decide": {"facts": money, "payment": ["levy_fen"]}, "end": END})

    assert read.steps["decide"].payment == ("levy_fen",)
    assert read.steps["end"].payment == ()
    found = faults({"decide": {"payment": ["levy_fen"]}, "end": END})
    assert "不是本步骤表单中的金额" in found["steps.decide.payment"].message


def test_a_penalty_may_say_that_it_is_to_be_paid_in_one_word():
    read = procedure_of(
        {"decide": {"facts": {"fine_fen": {"label": "罚款", "kind": "money"}}, "payment": True, **END}}
    )

    assert read.steps["decide"].payment == ("fine_fen", "confiscation_fen")


def test_what_is_published_must_have_been_issued():
    found = faults({"publish": {"publishes": ["levy-decision"]}, "end": END})

    assert "没有步骤制作文书“levy-decision”" in found["steps.publish.publishes"].message


def test_a_matter_that_follows_a_decision_says_which_and_what_must_be_kept():
    rule = {"procedures": ["penalty"], "kept": {"major": True}, "title": "{label}备案"}

    read = procedure_of({"end": END}, follows=rule).follows

    assert read is not None
    assert read.procedures == ("penalty",)
    assert dict(read.kept) == {"major": True}
    assert procedure_of({"end": END}).follows is None


def test_a_following_rule_without_its_procedures_is_told():
    found = faults({"end": END}, follows={"title": "备案"})

    assert "follows.procedures" in found
