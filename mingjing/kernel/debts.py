"""罚款的欠缴: what of a fine is due when, what was paid, and when nothing grew. Pure; amounts in fen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mingjing.kernel.accrual import PERMILLE, Accrual, Due, Paid, surcharge
from mingjing.kernel.fines import yuan
from mingjing.kernel.numerals import parse_yuan, plain_date
from mingjing.kernel.refused import Refused
from mingjing.kernel.terms import Interval

_BAR = re.compile(r"\s*[|｜]\s*")
_DAY = re.compile(r"(\d{4})\s*[年-]\s*(\d{1,2})\s*[月-]\s*(\d{1,2})\s*日?")
_PLAN_BASIS = "行政处罚法/66(2)"


@dataclass(frozen=True)
class Debt:
    """What a decision ordered to be paid: the fine by its ``dues``, and ``other_fen`` confiscated beside it.

    Only the fine grows (行政处罚法 art. 72 (1) 1); ``stayed`` are the proved times of reconsideration and
    litigation.
    """

    dues: tuple[Due, ...]
    other_fen: int = 0
    paid: tuple[Paid, ...] = ()
    stayed: tuple[Interval, ...] = ()

    @property
    def fine_fen(self) -> int:
        """The fine itself."""
        return sum(one.amount_fen for one in self.dues)

    @property
    def due_on(self) -> date:
        """The first day by the end of which something had to be paid."""
        return min(one.due_on for one in self.dues)

    @property
    def unpaid_fen(self) -> int:
        """What is still owed of the decision, without surcharge."""
        return max(0, self.fine_fen + self.other_fen - sum(one.amount_fen for one in self.paid))

    def grown(self, until: date, permille: int = PERMILLE) -> Accrual:
        """The surcharge on the fine by the end of ``until``. Raises ``Refused`` as ``accrual.surcharge``."""
        return surcharge(self.dues, until, paid=self.paid, stayed=self.stayed, permille=permille)


def read_plan(text: str) -> tuple[Due, ...]:
    """The instalments that a person wrote, one a line: 第一期 | 2500 | 2026-06-30.

    Raises ``Refused("bad-plan")`` for a line without an amount or a date, or dates out of order.
    """
    dues = tuple(_instalment(line) for line in text.splitlines() if line.strip())
    if not dues:
        raise _bad_plan("没有写明各期金额和日期")
    for earlier, later in pairwise(dues):
        if later.due_on <= earlier.due_on:
            raise _bad_plan(f"{plain_date(later.due_on)}不晚于上一期的{plain_date(earlier.due_on)}")
    return dues


def _instalment(line: str) -> Due:
    cells = _BAR.split(line.strip())
    found = _DAY.search(cells[-1])
    if len(cells) < 2 or found is None:
        raise _bad_plan(f"“{line.strip()}”没有写明金额和日期")
    try:
        return Due(parse_yuan(cells[-2]), date(*(int(part) for part in found.groups())))
    except (Refused, ValueError):
        raise _bad_plan(f"“{line.strip()}”的金额或者日期看不懂") from None


def check_plan(text: str, owed_fen: int, last_on: date) -> tuple[Due, ...]:
    """The instalments, which MUST add up to what is owed and end on the last day approved.

    Raises ``Refused("bad-plan")``.
    """
    dues = read_plan(text)
    total = sum(one.amount_fen for one in dues)
    if total != owed_fen:
        raise _bad_plan(f"各期合计{yuan(total)}，应缴{yuan(owed_fen)}，不一致")
    if dues[-1].due_on != last_on:
        raise _bad_plan(
            f"最后一期为{plain_date(dues[-1].due_on)}，与缴清的最后日期{plain_date(last_on)}不一致"
        )
    return dues


def _bad_plan(what: str) -> Refused:
    return Refused(
        "bad-plan",
        f"分期方案有误：{what}。",
        basis=_PLAN_BASIS,
        remedy="一行一期：期次 | 金额（元） | 日期，如 第一期 | 2500 | 2026-06-30。",
    )
