"""加处罚款 and 按日连续处罚 as tables of real dates: caps, stays, instalments, payments in part."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel.accrual import Due, Paid, daily_fine, late_fee, surcharge
from mingjing.kernel.refused import Refused
from mingjing.kernel.terms import Interval

YUAN = 100
FINE = 10_000 * YUAN
DUE = date(2026, 3, 16)  # Monday


def review(start, end, document="达府复受〔2026〕3号"):
    return Interval(start, end, "行政复议", document)


# 行政处罚法 art. 72 (1) 1: three per cent of 10,000 yuan is 300 yuan a day.
@pytest.mark.parametrize(
    ("until", "days", "yuan"),
    [
        (date(2026, 3, 16), 0, 0),  # the last day of payment
        (date(2026, 3, 17), 1, 300),
        (date(2026, 3, 31), 15, 4_500),
        (date(2026, 4, 6), 21, 6_300),  # rest days and holidays count: calendar days
        (date(2026, 4, 15), 30, 9_000),
        (date(2026, 4, 18), 33, 9_900),
        (date(2026, 4, 19), 34, 10_000),  # 34 × 300 would be 10,200: the cap
        (date(2026, 12, 31), 34, 10_000),  # and no further
    ],
)
def test_a_fine_grows_by_three_per_cent_a_day_up_to_itself(until, days, yuan):
    grown = surcharge([Due(FINE, DUE)], until)

    assert (grown.days, grown.amount_fen) == (days, yuan * YUAN)
    assert grown.capped_on == (date(2026, 4, 19) if until >= date(2026, 4, 19) else None)
    assert grown.from_on == (date(2026, 3, 17) if days else None)


# 行政处罚法 art. 73 (3): the time of reconsideration and litigation does not count, both ends included.
@pytest.mark.parametrize(
    ("stays", "until", "days"),
    [
        ([review(date(2026, 3, 20), date(2026, 5, 18))], date(2026, 3, 19), 3),
        ([review(date(2026, 3, 20), date(2026, 5, 18))], date(2026, 5, 18), 3),
        ([review(date(2026, 3, 20), date(2026, 5, 18))], date(2026, 5, 19), 4),
        ([review(date(2026, 3, 20), None)], date(2027, 3, 20), 3),  # not decided yet
        ([review(date(2026, 3, 1), date(2026, 4, 10))], date(2026, 4, 12), 2),  # asked before it was due
        # Reconsideration, then litigation after a gap of five days in which it grew.
        (
            [
                review(date(2026, 3, 20), date(2026, 5, 18)),
                Interval(date(2026, 5, 24), date(2026, 9, 30), "行政诉讼", "（2026）川17行初3号"),
            ],
            date(2026, 10, 2),
            3 + 5 + 2,
        ),
        # Overlapping stays are one stay.
        (
            [review(date(2026, 3, 20), date(2026, 4, 20)), review(date(2026, 4, 1), date(2026, 4, 30))],
            date(2026, 5, 1),
            4,
        ),
    ],
)
def test_days_of_reconsideration_and_litigation_do_not_count(stays, until, days):
    grown = surcharge([Due(FINE, DUE)], until, stayed=stays)

    assert grown.days == days
    assert grown.amount_fen == min(300 * YUAN * days, FINE)


def test_the_day_of_payment_does_not_count_and_a_part_paid_no_longer_grows():
    # 17 to 25 March on 10,000 (nine days), 26 to 31 March on 4,000 (six days).
    grown = surcharge([Due(FINE, DUE)], date(2026, 3, 31), paid=[Paid(6_000 * YUAN, date(2026, 3, 26))])

    assert [(one.days, one.base_fen) for one in grown.segments] == [(9, FINE), (6, 4_000 * YUAN)]
    assert grown.amount_fen == (9 * 300 + 6 * 120) * YUAN


def test_a_fine_paid_whole_grows_no_more():
    grown = surcharge([Due(FINE, DUE)], date(2027, 1, 1), paid=[Paid(FINE, date(2026, 3, 20))])

    assert (grown.days, grown.amount_fen, grown.capped_on) == (3, 900 * YUAN, None)


def test_a_fine_paid_in_time_never_grew():
    grown = surcharge([Due(FINE, DUE)], date(2027, 1, 1), paid=[Paid(FINE, DUE)])

    assert (grown.days, grown.amount_fen) == (0, 0)
    assert "没有应当加处的日期" in grown.explanation[-1]


def test_instalments_grow_each_from_its_own_day():
    """行政处罚法 art. 66 (2): 4,000 by 31 March, 6,000 by 30 April; nothing was paid until 10 May."""
    plan = [Due(4_000 * YUAN, date(2026, 3, 31)), Due(6_000 * YUAN, date(2026, 4, 30))]

    grown = surcharge(plan, date(2026, 5, 10))

    # April: thirty days on 4,000; 1 to 10 May on 10,000. The cap (10,000) is not reached.
    assert [(one.days, one.base_fen) for one in grown.segments] == [(30, 4_000 * YUAN), (10, FINE)]
    assert grown.amount_fen == (30 * 120 + 10 * 300) * YUAN


def test_a_payment_covers_the_earliest_instalment_first():
    plan = [Due(6_000 * YUAN, date(2026, 4, 30)), Due(4_000 * YUAN, date(2026, 3, 31))]

    grown = surcharge(plan, date(2026, 4, 10), paid=[Paid(4_000 * YUAN, date(2026, 4, 3))])

    assert (grown.days, grown.amount_fen) == (2, 240 * YUAN)


def test_fractions_of_a_fen_are_dropped():
    grown = surcharge([Due(333, DUE)], date(2026, 3, 17))  # 9.99 fen

    assert grown.amount_fen == 9


def test_the_party_can_check_every_figure():
    lines = surcharge(
        [Due(FINE, DUE)], date(2026, 5, 20), stayed=[review(date(2026, 3, 20), date(2026, 5, 18))]
    ).explanation

    assert lines == (
        "罚款10,000元应于2026年3月16日前缴纳，逾期自次日2026年3月17日起，每日按未缴数额的3%加处"
        "（行政处罚法第七十二条第一款第一项）。",
        "2026年3月20日至2026年5月18日为行政复议期间（达府复受〔2026〕3号），加处罚款不予计算"
        "（行政处罚法第七十三条第三款）。",
        "2026年3月17日至2026年3月19日共3日：10,000元×3%×3日=900元。",
        "2026年5月19日至2026年5月20日共2日：10,000元×3%×2日=600元。",
        "截至2026年5月20日，加处罚款合计1,500元。",
    )


@pytest.mark.parametrize(
    ("code", "owed", "stays", "until"),
    [
        ("no-fine", [], [], DUE),
        ("no-fine", [Due(0, DUE)], [], DUE),
        ("bad-interval", [Due(FINE, DUE)], [review(date(2026, 4, 2), date(2026, 4, 1))], DUE),
        ("bad-interval", [Due(FINE, DUE)], [review(date(2026, 4, 1), None, document=" ")], DUE),
        ("date-out-of-range", [Due(FINE, DUE)], [], date(2199, 1, 1)),
    ],
)
def test_what_cannot_be_reckoned_is_refused(code, owed, stays, until):
    with pytest.raises(Refused) as caught:
        surcharge(owed, until, stayed=stays)

    assert caught.value.code == code


@given(
    fine=st.integers(1, 10**9),
    days=st.integers(0, 400),
    stay=st.tuples(st.integers(-20, 300), st.integers(0, 200)),
    part=st.tuples(st.integers(0, 10**9), st.integers(-20, 300)),
)
def test_it_never_shrinks_never_exceeds_the_fine_and_no_stay_or_payment_ever_raises_it(
    fine, days, stay, part
):
    until = DUE + timedelta(days=days)
    start = DUE + timedelta(days=stay[0])
    stays = [review(start, start + timedelta(days=stay[1]))]
    paid = [Paid(min(part[0], fine), DUE + timedelta(days=part[1]))]

    plain = surcharge([Due(fine, DUE)], until)
    less = surcharge([Due(fine, DUE)], until, stayed=stays, paid=paid)
    later = surcharge([Due(fine, DUE)], until + timedelta(days=1), stayed=stays, paid=paid)

    assert 0 <= less.amount_fen <= plain.amount_fen <= fine
    assert less.amount_fen <= later.amount_fen
    assert plain.amount_fen == min(fine * 30 * days // 1000, fine)


# 安全生产法 art. 112; 生态环境法典 art. 1060: from the day after the order to the day of the check.
@pytest.mark.parametrize(
    ("ordered", "checked", "days"),
    [
        (date(2026, 3, 2), date(2026, 3, 3), 1),
        (date(2026, 3, 2), date(2026, 4, 1), 30),
        (date(2026, 9, 1), date(2026, 9, 26), 25),
        (date(2027, 12, 20), date(2028, 1, 5), 16),  # over the year's end
        (date(2028, 2, 20), date(2028, 3, 1), 10),  # a leap year
    ],
)
def test_the_original_fine_is_imposed_for_every_day_up_to_the_check(ordered, checked, days):
    grown = daily_fine(FINE, ordered, checked, basis="安全生产法/112")

    assert (grown.days, grown.amount_fen) == (days, FINE * days)
    assert grown.from_on == ordered + timedelta(days=1)


def test_days_on_which_the_violation_had_provably_stopped_are_left_out():
    stopped = [Interval(date(2026, 9, 10), date(2026, 9, 14), "停产", "在线监测数据说明")]

    grown = daily_fine(FINE, date(2026, 9, 1), date(2026, 9, 26), basis="生态环境法典/1060", stopped=stopped)

    assert grown.days == 20
    assert grown.explanation == (
        "2026年9月1日责令改正，自次日2026年9月2日起按日连续处罚；2026年9月26日复查发现拒不改正，计算到当日。",
        "2026年9月10日至2026年9月14日没有违法行为（在线监测数据说明），不予计罚。",
        "共计20日：原罚款10,000元×20日=200,000元。",
    )


@pytest.mark.parametrize(
    ("code", "original", "ordered", "checked"),
    [
        ("no-fine", 0, date(2026, 3, 2), date(2026, 3, 9)),
        ("no-days", FINE, date(2026, 3, 2), date(2026, 3, 2)),
        ("no-days", FINE, date(2026, 3, 2), date(2026, 3, 1)),
        ("date-out-of-range", FINE, date(1950, 1, 1), date(2026, 3, 1)),
    ],
)
def test_a_daily_fine_without_ground_is_refused(code, original, ordered, checked):
    with pytest.raises(Refused) as caught:
        daily_fine(original, ordered, checked, basis="安全生产法/112")

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("principal", "permyriad", "since", "until", "amount"),
    [
        # 水土保持法 art. 57: five ten-thousandths a day; both ends count.
        (1_000_000, 5, date(2026, 3, 1), date(2026, 3, 1), 500),
        (1_000_000, 5, date(2026, 2, 14), date(2026, 3, 15), 15_000),
        # Less than a fen is nobody's debt.
        (999, 5, date(2026, 3, 1), date(2026, 3, 1), 0),
        # 水法 art. 70: two thousandths; capped at the principal on the 500th day.
        (1_000_000, 20, date(2025, 1, 1), date(2026, 5, 15), 1_000_000),
        (1_000_000, 20, date(2025, 1, 1), date(2026, 5, 14), 998_000),
    ],
)
def test_a_late_fee_grows_by_the_day_up_to_the_levy(principal, permyriad, since, until, amount):
    grown = late_fee(principal, since, until, permyriad=permyriad, basis="行政强制法/45")

    assert grown.amount_fen == amount
    assert grown.days == (until - since).days + 1


def test_the_day_on_which_a_late_fee_reaches_the_levy_is_told():
    grown = late_fee(1_000_000, date(2025, 1, 1), date(2027, 1, 1), permyriad=20, basis="行政强制法/45")

    assert grown.capped_on == date(2026, 5, 15)
    assert "2026年5月15日达到上限" in grown.explanation[-1]


@pytest.mark.parametrize(
    ("principal", "until", "code"),
    [
        (0, date(2026, 3, 1), "no-fine"),
        (100, date(2026, 2, 28), "no-days"),
        (100, date(2099, 1, 1), "date-out-of-range"),
    ],
)
def test_a_late_fee_that_cannot_be_is_refused(principal, until, code):
    with pytest.raises(Refused) as refusal:
        late_fee(principal, date(2026, 3, 1), until, permyriad=5, basis="行政强制法/45")

    assert refusal.value.code == code
    assert refusal.value.remedy
