"""从旧兼从轻: which of two ranges is lighter."""

from __future__ import annotations

import pytest

from mingjing.kernel.changes import weigh
from mingjing.kernel.fines import Span


@pytest.mark.parametrize(
    ("then", "now", "lighter", "said"),
    [
        pytest.param((100, 1_000), (100, 500), "now", "法定最高额", id="lower maximum now"),
        pytest.param((0, 500), (100, 1_000), "then", "法定最高额", id="lower maximum then"),
        pytest.param((200, 1_000), (100, 1_000), "now", "法定最低额", id="same maximum, lower minimum now"),
        pytest.param((100, 1_000), (200, 1_000), "then", "法定最低额", id="same maximum, lower minimum then"),
        pytest.param(
            (900, 1_000), (0, 1_100), "then", "法定最高额", id="the maximum goes before the minimum"
        ),
        pytest.param((100, 1_000), (100, 1_000), "same", "违法行为发生时", id="nothing changed: the old law"),
        pytest.param((100, 1_000), None, "now", "没有罚款", id="no fine any more"),
        pytest.param(None, (100, 1_000), "then", "没有罚款", id="no fine before"),
        pytest.param(None, None, "same", "都没有罚款", id="no fine at all"),
    ],
)
def test_the_lower_maximum_is_lighter_then_the_lower_minimum(
    then: tuple[int, int] | None, now: tuple[int, int] | None, lighter: str, said: str
) -> None:
    weighed = weigh(Span(*then) if then else None, Span(*now) if now else None)

    assert weighed.lighter == lighter
    assert said in weighed.reason
