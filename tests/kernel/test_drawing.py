"""Random drawing: the same pool and seed give the same draw; weights count; a wrong pool is told."""

from __future__ import annotations

from collections import Counter

import pytest

from mingjing.kernel.drawing import digest, draw, lines_of, name_of
from mingjing.kernel.refused import Refused

POOL = "甲公司 | 1 |\n乙公司 | 2 |\n\n丙公司 | 3 |\n丁公司 | 4 |"


def test_pool_and_seed_decide_and_nothing_else():
    first = draw(POOL, 2, "0f")

    assert first == draw(
        "\r\n".join(reversed(POOL.split("\n"))), 2, "0f"
    )  # order and line ends do not matter
    assert len(set(first)) == 2
    assert set(first) <= set(lines_of(POOL))
    assert {draw(POOL, 2, str(seed)) for seed in range(50)} != {first}
    assert digest(POOL) == digest(POOL.replace(" | ", "|")) != digest(POOL + "\n戊公司")


def test_everybody_is_drawn_alike_and_a_weight_makes_likelier():
    alike = Counter(name_of(draw(POOL, 1, str(seed))[0]) for seed in range(2000))
    assert set(alike) == {"甲公司", "乙公司", "丙公司", "丁公司"}
    assert all(400 < times < 600 for times in alike.values())

    weighed = POOL.replace("甲公司 | 1 |", "甲公司 | 1 | 9")
    likelier = Counter(name_of(draw(weighed, 1, str(seed))[0]) for seed in range(2000))
    assert 1400 < likelier["甲公司"] < 1600  # nine times in twelve


@pytest.mark.parametrize(
    ("pool", "count", "told"),
    [
        ("甲公司\n甲公司", 1, "不止一次"),
        ("甲公司", 2, "不能从中抽取 2 个"),
        ("甲公司", 0, "至少为 1"),
        ("甲公司 | 1 | 高", 1, "“高”"),
        ("甲公司 | 1 | 0", 1, "“0”"),
        ("", 1, "0 行"),
    ],
)
def test_a_wrong_pool_is_told(pool, count, told):
    with pytest.raises(Refused) as refusal:
        draw(pool, count, "00")

    assert refusal.value.code == "bad-pool"
    assert told in refusal.value.reason
    assert refusal.value.remedy
