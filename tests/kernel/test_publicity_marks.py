"""Which steps put a decision before the public, and which take one down: told by the procedure file itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.procedure_samples import procedure_of

END = {"ends": "closed"}
REASON = {"withdrawal_reason": {"label": "公开说明的理由", "kind": "long", "required": True}}


@pytest.mark.parametrize(
    ("changes", "shows", "withdraws"),
    [
        ({"through": "publicity"}, True, False),
        ({"through": "publicity", "facts": REASON}, False, True),
        ({"through": "review"}, False, False),
        ({"facts": REASON}, False, False),
    ],
)
def test_a_step_of_publicity_shows_unless_it_asks_for_the_reason_to_withdraw(
    changes: dict[str, Any], shows: bool, withdraws: bool
) -> None:
    step = procedure_of({"a": changes, "end": END}).steps["a"]

    assert (step.shows, step.withdraws) == (shows, withdraws)
