"""A legal basis in the short notation, as a paper and the public read it."""

from __future__ import annotations

import pytest

from mingjing.law.basis import spelled_out

FULL = {"食品安全法": "中华人民共和国食品安全法"}


@pytest.mark.parametrize(
    "written, read",
    [
        ("食品安全法/33(1)", "《中华人民共和国食品安全法》第三十三条第一款"),
        ("食品安全法/124(1)[5]", "《中华人民共和国食品安全法》第一百二十四条第一款第（五）项"),
        ("食品安全法/33, 34; 药品管理法/98", "《中华人民共和国食品安全法》第三十三条、《中华人民共和国食品安全法》第三十四条、《药品管理法》第九十八条"),
        ("《食品安全法》第三十三条", "《食品安全法》第三十三条"),
        ("食品安全法第33条", "食品安全法第33条"),
        ("GB/T 9704-2012", "GB/T 9704-2012"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_basis_is_spelled_out_and_own_words_stay(written: str, read: str) -> None:
    assert spelled_out(written, FULL) == read


def test_without_titles_the_short_ones_stand() -> None:
    assert spelled_out("食品安全法/33(1)") == "《食品安全法》第三十三条第一款"
