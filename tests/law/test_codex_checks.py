"""``codex check``: what it finds in statutes, powers, benchmarks and profiles, and how it says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from mingjing.law.codex import problems

Change = Callable[[str, str, str], None]


@pytest.fixture
def change(settings: Settings, tmp_path: Path) -> Change:
    """Replace text in a copy of the codex."""
    copy = tmp_path / "codex"
    for folder in ("statutes", "powers", "benchmarks", "profiles", "calendars"):
        shutil.copytree(Path(settings.MINGJING_CODEX) / folder, copy / folder)
    settings.MINGJING_CODEX = copy

    def replace(file: str, old: str, new: str) -> None:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def test_the_codex_of_the_project_is_clean() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    "file, old, new, key, words",
    [
        ("powers/food.toml", "食品安全法/122(1)", "食品安全法/999", "items.FOOD-01.basis", "只有154条"),
        ("powers/food.toml", "食品安全法/122(1)", "某某法/1", "items.FOOD-01.basis", "没有登记"),
        (
            "powers/food.toml",
            "食品安全法/122(1)",
            "食品安全法第一百二十二条/x",
            "items.FOOD-01.basis",
            "写法不对",
        ),
        ("powers/food.toml", "FOOD-02", "FOOD-01", "items.FOOD-01", "编号重复"),
        (
            "powers/environment.toml",
            "生态环境法典/1086(1)",
            "大气污染防治法/99",
            "items.ENV-01.basis",
            "不在施行期内",
        ),
        (
            "powers/environment.toml",
            "in_force = 2026-08-15",
            "in_force = 2026-08-14",
            "items.ENV-01.basis",
            "施行期",
        ),
        ("powers/food.toml", 'base = "amount"', 'base = "weight"', "items.FOOD-01.fines[1].base", "应为"),
        ("powers/food.toml", 'sure = "L"', 'sur = "L"', "items.FOOD-01.sur", "不认识的键"),
        ("powers/food.toml", "authority", "autority", "items.FOOD-01.authority", "缺失"),
        ("statutes/civil-code.toml", '"statute"', '"law"', "rank", "效力位阶"),
        ("statutes/civil-code.toml", 'short_titles = ["民法典"]', 'short_titles = ["处罚法"]', "", "已被"),
        (
            "statutes/food-safety-law.toml",
            "in_force_until = 2025-12-01",
            "in_force_until = 2026-12-01",
            "versions[5]",
            "重叠",
        ),
        ("benchmarks/overloading.toml", '"< 10"', '"< 5"', "rows", "没有一档适用"),
        ("benchmarks/overloading.toml", '"< 10"', '"< 12"', "rows", "同时适用"),
        ("benchmarks/overloading.toml", "TRAF-05", "TRAF-99", "items", "没有编号"),
        (
            "profiles/traffic.toml",
            '"spot_officers"',
            '"spot_oficers"',
            "values.spot_oficers",
            "general.toml 没有",
        ),
        ("profiles/general.toml", 'sure = "L"', 'sure = "X"', "values.spot_cap_person_fen.sure", "不认识"),
        ("calendars/2026.toml", "year = 2026", "year = ", "", "TOML"),
    ],
)
def test_a_mistake_is_named_with_file_key_and_remedy(
    change: Change, file: str, old: str, new: str, key: str, words: str
) -> None:
    change(file, old, new)

    found = problems()

    named = [problem for problem in found if words in problem.message and key in problem.key]
    assert named, found
    assert all(problem.remedy for problem in named)
    assert named[0].file == f"codex/{file}"
