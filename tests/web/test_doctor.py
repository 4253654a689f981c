"""``mingjing doctor``: what it looks at, and that it speaks up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mingjing.web.doctor import Check, examine
from tests.makers import AT, SHANGHAI

pytestmark = pytest.mark.django_db


def by_name(at: datetime = AT) -> dict[str, Check]:
    return {one.name: one for one in examine(at)}


def test_everything_an_operator_asks_about_is_looked_at() -> None:
    names = by_name()

    for name in (
        "Python",
        "数据库",
        "数据目录",
        "磁盘空间",
        "会话密钥",
        "HTTPS",
        "时区",
        "SM3",
        "节假日数据",
        "法律文本",
    ):
        assert name in names
    assert sum(name.startswith("文书字体") for name in names) == 5
    assert "签名私钥" in names


def test_every_fault_says_what_to_do() -> None:
    assert all(one.remedy for one in examine(AT) if not one.fine)


@pytest.mark.parametrize("month, fine", [(3, True), (9, True), (10, False), (11, False)])
def test_next_years_holidays_are_asked_for_from_october(month: int, fine: bool) -> None:
    check = by_name(datetime(2026, month, 1, tzinfo=SHANGHAI))["节假日数据"]

    assert check.fine is fine


@pytest.mark.parametrize(
    "url, fine",
    [
        ("https://zf.example", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://zf.example", False),
        ("http://localhost.evil.example", False),
    ],
)
def test_plain_http_is_for_the_laptop_only(settings: Any, url: str, fine: bool) -> None:
    settings.MINGJING_PUBLIC_URL = url

    assert by_name()["HTTPS"].fine is fine


@pytest.mark.parametrize(
    "key, fine", [("short", False), ("a" * 60, False), ("q8Zr-" + "xY3kLm9PwT" * 5, True)]
)
def test_a_weak_secret_is_named(settings: Any, key: str, fine: bool) -> None:
    settings.SECRET_KEY = key

    assert by_name()["会话密钥"].fine is fine


def test_a_folder_that_is_not_there_is_not_writable(settings: Any, tmp_path: Path) -> None:
    settings.MINGJING_VAR = tmp_path / "gone"

    assert not by_name()["数据目录"].fine


def test_another_time_zone_is_a_fault(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"

    assert not by_name()["时区"].fine


def test_without_statute_texts_it_says_how_to_load_them() -> None:
    check = by_name()["法律文本"]

    assert not check.fine
    assert "import laws" in check.remedy
