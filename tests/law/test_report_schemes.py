"""统计口径: the schemes that are shipped, and what ``codex check`` finds in one that would hide acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingjing.archives.checks import procedures
from mingjing.kernel.refused import Refused
from mingjing.law.codex import checks, files
from mingjing.law.codex.reports import KINDS, scheme, schemes, table_problems


def test_the_shipped_schemes_are_sound() -> None:
    assert set(schemes()) == {"twelve-kinds", "eight-kinds", "six-tables", "quarterly", "extended"}
    assert not list(checks._safely("reports", checks._report_problems))


@pytest.mark.parametrize(
    ("fact", "subject"),
    [
        ("penalty_kinds", "penalty"),
        ("measure_kinds", "measure"),
        ("execution_kinds", "execution"),
        ("review_opinion", "review"),
        ("withholding_ground", "withheld"),
        ("remedy_result", "remedy"),
        ("hearing_result", "hearing"),
    ],
)
def test_every_choice_of_the_procedures_can_be_counted(fact: str, subject: str) -> None:
    chosen = {
        code
        for procedure in procedures()
        for step in procedure.steps.values()
        for each in step.facts
        if each.name == fact
        for code, _ in each.choices
    }

    assert chosen
    assert chosen <= set(KINDS[subject])


def test_every_act_of_the_procedures_is_counted_or_known_to_be_none() -> None:
    """A new procedure has to say what it is for the statistics."""
    counted = {
        "penalty",
        "license",
        "inspection",
        "levy",
        "requisition",
        "adjudication",
        "benefit",
        "confirmation",
        "reward",
    }
    by_procedure = {
        "execution-own", "execution-substitute", "execution-court", "expropriation", "expropriation-compensation",
        "measure-sealing", "measure-freezing", "measure-power", "measure-restraint",
    }  # fmt: skip

    left = {one.id for one in procedures() if one.act != "other" and one.act not in counted}

    assert left == by_procedure


def test_penalties_stand_from_light_to_heavy() -> None:
    twelve = scheme("twelve-kinds").table("penalty-twelve")

    assert [one.title for one in twelve.parts] == [
        "警告", "通报批评", "罚款", "没收违法所得、没收非法财物", "暂扣许可证件", "降低资质等级",
        "限制开展生产经营活动", "责令停产停业", "责令关闭、限制从业", "吊销许可证件", "行政拘留", "其他行政处罚",
    ]  # fmt: skip


def test_an_unknown_scheme_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match="没有") as refused:
        scheme("thirteen")
    assert "twelve-kinds" in (refused.value.remedy or "")


@pytest.fixture
def codex(tmp_path: Path, settings: object) -> Path:
    settings.MINGJING_CODEX = tmp_path
    (tmp_path / "reports" / "tables").mkdir(parents=True)
    shipped = Path(__file__).resolve().parents[2] / "codex" / "reports"
    scheme_text = (shipped / "twelve-kinds.toml").read_text(encoding="utf-8")
    (tmp_path / "reports" / "twelve-kinds.toml").write_text(
        scheme_text.replace('"license", "coercion", "other-acts", "staffing"', ""), encoding="utf-8"
    )
    table = (shipped / "tables" / "penalty-twelve.toml").read_text(encoding="utf-8")
    (tmp_path / "reports" / "tables" / "penalty-twelve.toml").write_text(table, encoding="utf-8")
    small = (shipped.parent / "publicity" / "statistics.toml").read_text(encoding="utf-8")
    (tmp_path / "publicity").mkdir()
    (tmp_path / "publicity" / "statistics.toml").write_text(small, encoding="utf-8")
    return tmp_path


def changed(codex: Path, old: str, new: str) -> list[str]:
    path = codex / "reports" / "tables" / "penalty-twelve.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return [f"{one.key} {one.message}" for one in table_problems()]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kinds = ["detention"]', 'kinds = ["arrest"]', "没有“arrest”这一种类"),
        (
            'kinds = ["closure", "restrict_practice"]',
            'kinds = ["closure"]',
            "“restrict_practice”没有归入任何一栏",
        ),
        ('kinds = ["warning"]', 'kinds = ["warning", "fine"]', "“fine”列在两栏"),
        ('id = "criticism"', 'id = "warning"', "代码重复"),
        ('subjects = ["penalty"]', 'subjects = ["penalties"]', "没有“penalties”这类行为"),
    ],
)
def test_a_table_that_would_hide_acts_is_found(codex: Path, old: str, new: str, told: str) -> None:
    assert any(told in line for line in changed(codex, old, new))


def test_a_misspelt_key_is_refused(codex: Path) -> None:
    with pytest.raises(Refused, match="不认识的键"):
        changed(codex, "unit = ", "units = 1\nunit = ")


def test_a_table_that_is_not_there_is_refused(codex: Path) -> None:
    (codex / "reports" / "tables" / "penalty-twelve.toml").unlink()
    files._kept.clear()
    with pytest.raises(Refused, match="没有“penalty-twelve”这张表"):
        schemes()
