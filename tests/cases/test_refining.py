"""细化文书格式: a city may add to the province's forms, with approval; it can take nothing away."""

from __future__ import annotations

import copy
import shutil
import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from mingjing.cases import checks
from mingjing.cases.papers import refining
from mingjing.cases.papers.render import render
from tests.cases.test_papers_forms import text_of
from tests.office import Matter, Office, open_matter, refused

FORM = "inspection-record"
GOOD: dict[str, str] = {
    "form": f'"{FORM}"',
    "region": '"5117"',
    "approved_by": '"达州市司法局"',
    "approval": '"达司发〔2026〕5号"',
    "approved_on": "2026-01-10",
    "in_force": "2026-02-01",
    "fields": '[{ key = "local_camera", label = "执法记录仪编号", required = true }]',
    "wording": '["对本次执法有意见的，可以拨打本市执法监督电话。"]',
}


@pytest.fixture
def codex(settings: Any, tmp_path: Path) -> Path:
    """A codex of its own, with the forms as they are."""
    settings.MINGJING_CODEX = shutil.copytree(settings.MINGJING_CODEX, tmp_path / "codex")
    folder: Path = settings.MINGJING_CODEX / refining.LOCAL
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write(codex: Path, **changed: str | None) -> Path:
    """A refinement as an approved one is written; a value of None leaves the key out."""
    lines = [f"{key} = {value}" for key, value in {**GOOD, **changed}.items() if value is not None]
    path = codex / "dazhou.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"remove": '["site_findings"]'}, "只能增加"),
        ({"signatures": "[]"}, "只能增加"),
        ({"remedy": "false"}, "只能增加"),
        ({"needs": "[]"}, "只能增加"),
        ({"fields": '[{ key = "FIRST", label = "改名" }]'}, "原有的要素，不能改写"),
        ({"fields": '[{ key = "camera", label = "编号" }]'}, "须以 local_ 开头"),
        ({"fields": '[{ key = "local_a", label = "" }]'}, "没有写 label"),
        ({"fields": '[{ key = "local_a", label = "甲", kind = "money" }]'}, "kind 只能是"),
        ({"fields": '[{ key = "local_a", label = "甲", instead = "cause" }]'}, "不认识 instead"),
        ({"fields": None, "wording": None}, "没有增加任何"),
        ({"wording": '[""]'}, "wording"),
        ({"approved_by": None}, "缺少 approved_by"),
        ({"approval": '""'}, "缺少 approval"),
        ({"approved_on": "2026-03-01"}, "日期应当依次"),
        ({"until": "2026-01-15"}, "日期应当依次"),
        ({"region": '"51"'}, "前四位"),
        ({"organs": '"scjg"'}, "organs"),
        ({"form": '"no-such-form"'}, "没有名为"),
        ({"form": '"filing-approval"'}, "是表格"),
    ],
)
def test_whatever_does_more_than_add_is_refused_with_its_reason(
    codex: Path, changed: dict[str, str | None], words: str
) -> None:
    first = refining.catalogue()[FORM].fields[0].key
    path = write(codex, **{key: text and text.replace("FIRST", first) for key, text in changed.items()})

    with refused("bad-refinement", basis=refining.BASIS, match=words):
        refining.read(path)
    assert [one.message for one in checks._refinement_problems()]


VALUES = (
    True, 0, -1, 1.5, "", "x", "一" * 600, [], [[]], [1], ["x"], [{}], [{"key": 1}], {}, {"x": 1},
    date(2026, 1, 5), datetime(2026, 1, 5, 9, tzinfo=UTC), time(9),
)  # fmt: skip
TOP = (
    "form", "region", "organs", "until", "fields", "wording", "approved_by", "approval", "approved_on", "in_force",
    "other",
)  # fmt: skip


@pytest.mark.parametrize(
    "name", [*TOP, *(f"fields.{key}" for key in ("key", "label", "kind", "required", "help"))]
)
def test_whatever_stands_anywhere_is_told_and_never_breaks(codex: Path, name: str) -> None:
    """Any value of TOML in any place: refused with what is wrong, or read and of use."""
    good = tomllib.loads(write(codex).read_text("utf-8"))
    for value in VALUES:
        raw = copy.deepcopy(good)
        place, key = (raw["fields"][0], name.removeprefix("fields.")) if "." in name else (raw, name)
        place[key] = value

        if list(refining.problems(raw)):
            continue
        made = refining.made_of(raw, "x")
        assert isinstance(made.holds_on(date(2026, 6, 1)), bool)
        assert all(type(one.required) is bool and one.label and one.key for one in made.fields)


def test_what_only_adds_is_sound(codex: Path) -> None:
    write(codex)

    assert list(checks._refinement_problems()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "on", "held"),
    [
        ({}, date(2026, 1, 31), False),
        ({}, date(2026, 2, 1), True),
        ({"until": "2026-06-30"}, date(2026, 6, 30), True),
        ({"until": "2026-06-30"}, date(2026, 7, 1), False),
        ({"region": '"511702"'}, date(2026, 2, 1), False),
        ({"organs": '["someone-else"]'}, date(2026, 2, 1), False),
    ],
)
def test_it_holds_for_the_organs_and_the_days_it_names(
    codex: Path, office: Office, changed: dict[str, str], on: date, held: bool
) -> None:
    write(codex, **changed)

    assert bool(refining.of_form(FORM, office.organ, on)) is held


@pytest.mark.django_db
def test_the_step_asks_for_what_was_added_and_the_paper_prints_it(codex: Path, office: Office) -> None:
    write(codex, form='"site-record"')
    matter: Matter = open_matter(office)

    with refused("bad-facts", match="执法记录仪编号"):
        matter.do("site_inspection")
    matter.do("site_inspection", local_camera="DSJ-0007")

    paper = matter.case.papers.get(form="site-record")
    printed = text_of(render(paper.form, paper.data).pdf)
    assert "执法记录仪编号：DSJ-0007" in printed
    assert "可以拨打本市执法监督电话" in printed


@pytest.mark.django_db
def test_a_paper_prints_as_it_was_issued_after_the_refinement_is_gone(codex: Path, office: Office) -> None:
    path = write(codex, form='"site-record"')
    matter: Matter = open_matter(office)
    matter.do("site_inspection", local_camera="DSJ-0007")
    paper = matter.case.papers.get(form="site-record")
    path.unlink()

    again = render(paper.form, {**paper.data})

    assert "DSJ-0007" in text_of(again.pdf)
    assert refining.of_form("site-record", office.organ, matter.at.date() + timedelta(1)) == []
