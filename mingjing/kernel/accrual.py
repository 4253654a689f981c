"""Money that grows by the day: the surcharge on a fine not paid in time, and consecutive daily fines.

Everything is in fen and whole days; every result tells in Chinese how it was found, for the party to check.

加处罚款 (clock PEN-SUR; 行政处罚法 arts. 72 (1) 1, 73 (3); 行政强制法 art. 45):

1. It grows from the day after the last day of payment. Where payment was deferred or is due in instalments,
   each amount grows from the day after its own last day (行政处罚法 art. 66 (2)).
2. Each day adds three per cent of what is still unpaid. The law says 按罚款数额; a part already paid is no
   longer a fine that is unpaid, and the reading that asks less of the party is taken. For the same reason the
   day of payment itself does not count: the law is silent on it.
3. Days of reconsideration and litigation do not count, from the day of application to the day on which the
   decision or judgment took effect, both included; each such time must be proved by its document.
4. The total never exceeds the fine.

按日连续处罚 (clock PEN-DAILY; 安全生产法 art. 112, 生态环境法典 art. 1060): the original fine for each day
from the day after the order to correct to the day on which the check found that nothing had changed. Days
for which a document proves that the violation had stopped are left out.

滞纳金 (行政强制法 art. 45): a levy not paid in time grows by the daily rate of its own statute, from the day
after the last day of payment, never beyond the levy itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from mingjing.kernel.fines import yuan
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.refused import Refused
from mingjing.kernel.terms import Interval, check_interval

PERMILLE = 30  # 行政处罚法 art. 72 (1) 1: three per cent a day
# A fine that ran longer than this without reaching its cap was stayed; no case is older.
MOST_DAYS = 20_000
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """An amount in fen that had to be paid by the end of a day: the fine, or one instalment of it."""

    amount_fen: int
    due_on: date


@dataclass(frozen=True)
class Paid:
    """What was paid on a day; it goes to the earliest amounts first."""

    amount_fen: int
    on: date


@dataclass(frozen=True)
class Accrual:
    """What has grown up to ``until_on``: the amount in fen, on how many days, from which day, and how.

    ``from_on`` is the first day counted, None if none was. ``capped_on`` is the day on which the amount
    reached the fine, None before. ``segments`` are the stretches of days with the same daily amount.
    """

    amount_fen: int
    days: int
    from_on: date | None
    until_on: date
    capped_on: date | None
    segments: tuple[Segment, ...]
    explanation: tuple[str, ...]


@dataclass(frozen=True)
class Segment:
    """Consecutive days on which the same amount in fen was the base."""

    from_on: date
    until_on: date
    days: int
    base_fen: int


def surcharge(
    owed: Sequence[Due],
    until: date,
    *,
    paid: Sequence[Paid] = (),
    stayed: Sequence[Interval] = (),
    permille: int = PERMILLE,
) -> Accrual:
    """The surcharge that has grown on a fine by the end of ``until``.

    ``owed`` are the fine or its instalments, ``stayed`` the times of reconsideration and litigation with
    their documents (``end`` None: not over yet).
    Raises ``Refused``: ``no-fine`` (nothing owed), ``bad-interval`` (a stay that ends before it starts, or
    without document), ``date-out-of-range`` (more than ``MOST_DAYS`` days).
    """
    fine = sum(one.amount_fen for one in owed)
    if fine <= 0:
        raise Refused("no-fine", "没有尚未缴纳的罚款，不产生加处罚款。", basis="行政处罚法/72(1)")
    for stay in stayed:
        check_interval(stay, "不予计算的期间")
    first = min(one.due_on for one in owed) + _DAY
    if (until - first).days > MOST_DAYS:
        raise Refused(
            "date-out-of-range", f"计算到{plain_date(until)}，超出 {MOST_DAYS} 日。", remedy="请核对日期。"
        )
    segments, capped_on = _grown(owed, paid, stayed, first, until, fine, permille)
    thousandths = sum(one.base_fen * one.days for one in segments) * permille
    amount = min(thousandths // 1000, fine)
    return Accrual(
        amount_fen=amount,
        days=sum(one.days for one in segments),
        from_on=segments[0].from_on if segments else None,
        until_on=until,
        capped_on=capped_on,
        segments=segments,
        explanation=tuple(_told(owed, paid, stayed, segments, until, amount, fine, capped_on, permille)),
    )


def _grown(
    owed: Sequence[Due],
    paid: Sequence[Paid],
    stayed: Sequence[Interval],
    first: date,
    until: date,
    fine: int,
    permille: int,
) -> tuple[tuple[Segment, ...], date | None]:
    """The stretches that count up to the cap, and the day of the cap."""
    days: list[tuple[date, int]] = []
    total = 0
    for offset in range((until - first).days + 1):
        day = first + offset * _DAY
        base = 0 if _is_stayed(day, stayed) else _unpaid(owed, paid, day)
        days.append((day, base))
        total += base * permille
        if total >= fine * 1000:
            return _segments(days), day
    return _segments(days), None


def _is_stayed(day: date, stayed: Iterable[Interval]) -> bool:
    return any(one.start <= day and (one.end is None or day <= one.end) for one in stayed)


def _unpaid(owed: Iterable[Due], paid: Iterable[Paid], day: date) -> int:
    """What is overdue on ``day`` and was not paid by the end of it."""
    left = sum(one.amount_fen for one in paid if one.on <= day)
    overdue = 0
    for one in sorted(owed, key=lambda due: due.due_on):
        covered = min(left, one.amount_fen)
        left -= covered
        overdue += one.amount_fen - covered if one.due_on < day else 0
    return overdue


def _segments(days: Iterable[tuple[date, int]]) -> tuple[Segment, ...]:
    found = []
    for base, group in groupby(days, key=lambda item: item[1]):
        stretch = [day for day, _ in group]
        if base:
            found.append(Segment(stretch[0], stretch[-1], len(stretch), base))
    return tuple(found)


def _told(
    owed: Sequence[Due],
    paid: Sequence[Paid],
    stayed: Sequence[Interval],
    segments: Sequence[Segment],
    until: date,
    amount: int,
    fine: int,
    capped_on: date | None,
    permille: int,
) -> Iterator[str]:
    rate = f"{permille // 10}%" if permille % 10 == 0 else f"{permille}‰"
    for number, one in enumerate(sorted(owed, key=lambda due: due.due_on), 1):
        which = "罚款" if len(owed) == 1 else f"第{number}期罚款"
        yield (
            f"{which}{yuan(one.amount_fen)}应于{plain_date(one.due_on)}前缴纳，逾期自次日"
            f"{plain_date(one.due_on + _DAY)}起，每日按未缴数额的{rate}加处（行政处罚法第七十二条第一款第一项）。"
        )
    for payment in sorted(paid, key=lambda item: item.on):
        yield f"{plain_date(payment.on)}缴纳{yuan(payment.amount_fen)}；缴纳当日起，已缴部分不再加处。"
    for stay in stayed:
        end = f"至{plain_date(stay.end)}" if stay.end else "起尚未结束"
        yield (
            f"{plain_date(stay.start)}{end}为{stay.cause}期间（{stay.document}），"
            "加处罚款不予计算（行政处罚法第七十三条第三款）。"
        )
    for segment in segments:
        yield (
            f"{plain_date(segment.from_on)}至{plain_date(segment.until_on)}共{segment.days}日："
            f"{yuan(segment.base_fen)}×{rate}×{segment.days}日"
            f"={yuan(segment.base_fen * segment.days * permille // 1000)}。"
        )
    if not segments:
        yield f"截至{plain_date(until)}没有应当加处的日期。"
    elif capped_on is not None:
        yield (
            f"加处罚款不得超出罚款的数额{yuan(fine)}，{plain_date(capped_on)}达到上限，不再增加"
            "（行政处罚法第七十二条第一款第一项、行政强制法第四十五条第二款）。"
        )
    else:
        yield f"截至{plain_date(until)}，加处罚款合计{yuan(amount)}。"


def daily_fine(
    original_fen: int,
    ordered_on: date,
    checked_on: date,
    *,
    basis: str,
    stopped: Sequence[Interval] = (),
) -> Accrual:
    """The consecutive daily fine between an order to correct and the check that found it disobeyed.

    ``basis`` is the provision that allows it, ``stopped`` the proved times without violation.
    Raises ``Refused``: ``no-fine``, ``no-days`` (checked on the day of the order, or before),
    ``bad-interval``, ``date-out-of-range``.
    """
    if original_fen <= 0:
        raise Refused(
            "no-fine", "没有原罚款数额，不能按日连续处罚。", basis=basis, remedy="先查明原处罚决定。"
        )
    if checked_on <= ordered_on:
        raise Refused(
            "no-days",
            f"复查日{plain_date(checked_on)}不晚于责令改正之日{plain_date(ordered_on)}，没有可以计罚的日期。",
            basis=basis,
            remedy="请核对责令改正和复查的日期。",
        )
    for one in stopped:
        check_interval(one, "停止违法行为的期间")
    length = (checked_on - ordered_on).days
    if length > MOST_DAYS:
        raise Refused("date-out-of-range", f"计罚 {length} 日，超出 {MOST_DAYS} 日。", remedy="请核对日期。")
    counted = [
        (day, 0 if _is_stayed(day, stopped) else original_fen)
        for day in (ordered_on + offset * _DAY for offset in range(1, length + 1))
    ]
    segments = _segments(counted)
    days = sum(one.days for one in segments)
    return Accrual(
        amount_fen=original_fen * days,
        days=days,
        from_on=segments[0].from_on if segments else None,
        until_on=checked_on,
        capped_on=None,
        segments=segments,
        explanation=tuple(_daily_told(original_fen, ordered_on, checked_on, stopped, days)),
    )


def late_fee(principal_fen: int, from_on: date, until_on: date, *, permyriad: int, basis: str) -> Accrual:
    """The surcharge (滞纳金) on a levy for the days from ``from_on`` to ``until_on``, both included.

    ``permyriad`` is the daily rate in ten-thousandths that ``basis`` sets. Rounded down: a part of a fen is
    nobody's debt. Never more than the principal (行政强制法 art. 45 (2)).
    Raises ``Refused``: ``no-fine`` (nothing owed), ``no-days``, ``date-out-of-range``.
    """
    if principal_fen <= 0:
        raise Refused("no-fine", "没有应缴费用，不产生滞纳金。", basis=basis, remedy="请核对应缴金额。")
    days = (until_on - from_on).days + 1
    if days < 1:
        raise Refused(
            "no-days",
            f"计算到{plain_date(until_on)}，早于滞纳起算日{plain_date(from_on)}。",
            basis=basis,
            remedy="请核对日期。",
        )
    if days > MOST_DAYS:
        raise Refused("date-out-of-range", f"滞纳 {days} 日，超出 {MOST_DAYS} 日。", remedy="请核对日期。")
    grown = principal_fen * permyriad * days // 10_000
    amount = min(grown, principal_fen)
    capped_on = None
    if grown >= principal_fen:
        full = -(-10_000 // permyriad)  # the first day on which the whole principal has grown
        capped_on = from_on + (full - 1) * _DAY
    told = [
        f"{plain_date(from_on)}至{plain_date(until_on)}共{days}日："
        f"{yuan(principal_fen)}×{permyriad}‱×{days}日={yuan(grown)}。"
    ]
    if capped_on is not None:
        told.append(
            f"滞纳金不得超出应缴费用{yuan(principal_fen)}，{plain_date(capped_on)}达到上限，不再增加"
            "（行政强制法第四十五条第二款）。"
        )
    return Accrual(
        amount_fen=amount,
        days=days,
        from_on=from_on,
        until_on=until_on,
        capped_on=capped_on,
        segments=(Segment(from_on, until_on, days, principal_fen),),
        explanation=tuple(told),
    )


def _daily_told(
    original_fen: int, ordered_on: date, checked_on: date, stopped: Sequence[Interval], days: int
) -> Iterator[str]:
    yield (
        f"{plain_date(ordered_on)}责令改正，自次日{plain_date(ordered_on + _DAY)}起按日连续处罚；"
        f"{plain_date(checked_on)}复查发现拒不改正，计算到当日。"
    )
    for one in stopped:
        end = plain_date(one.end) if one.end else "今"
        yield f"{plain_date(one.start)}至{end}没有违法行为（{one.document}），不予计罚。"
    yield f"共计{days}日：原罚款{yuan(original_fen)}×{days}日={yuan(original_fen * days)}。"
