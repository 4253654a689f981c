"""从旧兼从轻: the fine of a provision before and after a change of law, side by side, and which is lighter.

行政处罚法 art. 37 says that the law of the day of the act applies unless the law of the day of the decision
punishes less, and not how the two are weighed. The measure here is the one that criminal law uses for the same
question: the lower maximum is lighter, and with equal maxima the lower minimum. It weighs fines only; what
else a provision inflicts is for people to weigh, and they say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mingjing.kernel.fines import Span, yuan

Which = Literal["then", "now", "same"]


@dataclass(frozen=True)
class Weighing:
    """Which of the two is lighter, and why in words. ``same`` means that the law of the day of the act stands."""

    lighter: Which
    reason: str


def weigh(then: Span | None, now: Span | None) -> Weighing:
    """Compare the range of the day of the act with today's; None is a provision that knows no fine.

    Source: 行政处罚法 art. 37.
    """
    if then is None or now is None:
        return _one_without_fine(then, now)
    for old, new, what in (
        (then.max_fen, now.max_fen, "法定最高额"),
        (then.min_fen, now.min_fen, "法定最高额相同，法定最低额"),
    ):
        if old != new:
            lighter: Which = "now" if new < old else "then"
            said = "现行规定较轻" if lighter == "now" else "行为发生时的规定较轻"
            return Weighing(lighter, f"{what}原为{yuan(old)}，现为{yuan(new)}，罚款以{said}。")
    return Weighing("same", "罚款幅度相同，适用违法行为发生时的规定。")


def _one_without_fine(then: Span | None, now: Span | None) -> Weighing:
    if then is None and now is None:
        return Weighing("same", "新旧规定都没有罚款，适用违法行为发生时的规定，罚款以外的处罚由承办人比较。")
    if now is None:
        return Weighing("now", "现行规定没有罚款，就罚款而言现行规定较轻。")
    return Weighing("then", "行为发生时的规定没有罚款，就罚款而言行为发生时的规定较轻。")
