"""Money that grows by the day: a surcharge is what its rate makes it, no earlier and no more."""

from __future__ import annotations

from typing import Any

import pytest

from mingjing.cases.needs import NEEDS
from mingjing.kernel.refused import Refused
from tests.cases.test_needs import situation

# Ten thousand yuan due by 2026-02-13, five ten-thousandths a day; judged on 2026-03-04.
LATE: dict[str, Any] = {
    "levy_fen": 1_000_000,
    "pay_by_on": "2026-02-13",
    "surcharge_permyriad": 5,
    "surcharge_from_on": "2026-02-14",
    "surcharge_until_on": "2026-03-04",
    "surcharge_fen": 9_500,
    "total_due_fen": 1_009_500,
}


def judged(**changes: Any) -> Refused | None:
    facts = {name: value for name, value in {**LATE, **changes}.items() if value is not None}
    return NEEDS["surcharge_as_reckoned"](situation(facts=facts))


def test_nineteen_days_at_five_ten_thousandths() -> None:
    assert judged() is None


@pytest.mark.parametrize(
    ("changes", "code", "match"),
    [
        ({"surcharge_fen": 9_501, "total_due_fen": 1_009_501}, "surcharge-too-high", "95元"),
        ({"total_due_fen": 1_009_501}, "surcharge-too-high", "应缴合计"),
        ({"surcharge_from_on": "2026-02-13"}, "surcharge-too-early", "自次日起算"),
        ({"surcharge_until_on": "2026-03-05"}, "surcharge-too-early", "不能预先计算"),
        # A deferral that was granted moves the first day of delay.
        ({"deferred_until": "2026-03-01"}, "surcharge-too-early", "2026-03-01"),
        # Reduced to half, the surcharge halves too.
        ({"reduced_fen": 500_000}, "surcharge-too-high", "47.50元"),
    ],
)
def test_more_or_earlier_than_reckoned_is_refused(changes: dict[str, Any], code: str, match: str) -> None:
    why = judged(**changes)

    assert why is not None
    assert why.code == code
    assert match in why.reason
    assert why.basis == "行政强制法/45"
    assert why.remedy


def test_less_than_reckoned_may_be_asked() -> None:
    assert judged(surcharge_fen=9_000, total_due_fen=1_009_000) is None


def test_before_the_form_is_filled_there_is_nothing_to_judge() -> None:
    assert judged(surcharge_from_on=None) is None
