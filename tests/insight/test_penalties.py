"""Reading what a decision orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.insight.penalties import kinds_in, ordered


@pytest.mark.parametrize(
    ("text", "fine_fen"),
    [
        ("罚款人民币35元整", 3_500),
        ("对当事人处罚款1000元。", 100_000),
        ("处人民币40000元整罚款的行政处罚", 4_000_000),
        ("决定处以31,000.00元罚款", 3_100_000),
        ("处少缴税款百分之五十的罚款，罚款金额92,707.71元", 9_270_771),
        ("处应补缴税款60%的罚款158233.25元", 15_823_325),
        ("以1倍罚款，即89,089.56元", 8_908_956),
        ("罚款人民币2000整", 200_000),
        ("罚款5966.3，合计罚没款10000元", 596_630),
        ("罚406246.75元。", 40_624_675),
        ("罚款2618177.76（872725.92×3）元", 261_817_776),
        ("并处罚款人民币伍仟元整", 500_000),
        ("警告", 0),
    ],
)
def test_a_fine_is_read_however_it_is_written(text: str, fine_fen: int) -> None:
    assert ordered(text).fine_fen == fine_fen


def test_several_fines_are_added() -> None:
    found = ordered("1、对当事人罚款人民币30000元整；2、对个人王某罚款人民币8000元整。")

    assert [fine.fen for fine in found.fines] == [3_000_000, 800_000]
    assert found.fine_fen == 3_800_000


@pytest.mark.parametrize(
    "text",
    [
        "增值税罚款2000元，所得税罚款1000元，合计罚款3000元。",
        "分别处罚款1500元整，共计处人民币罚款3000元整。",
    ],
)
def test_a_total_beside_its_parts_is_not_counted_again(text: str) -> None:
    assert ordered(text).fine_fen == 300_000


def test_sums_of_fine_and_confiscation_are_no_fine() -> None:
    found = ordered("没收违法所得36元；罚款20000元；上述罚没款合计20036元。")

    assert (found.fine_fen, found.confiscated_fen) == (2_000_000, 3_600)


def test_a_fine_without_amount_is_told_apart_from_no_fine() -> None:
    assert ordered("对你单位处罚款").fine_fen is None
    assert ordered("给予警告").fine_fen == 0


def test_a_decision_not_to_penalize_is_told() -> None:
    assert ordered("决定不予行政处罚。").spared
    assert not ordered("罚款20元。").spared


@pytest.mark.parametrize(
    ("text", "penalties", "measures"),
    [
        ("警告、罚款500元，责令限期改正", ("警告", "罚款"), ("责令改正",)),
        ("没收违法所得400元", ("没收违法所得",), ()),
        ("没收扣押的药品1盒；没收违法所得530.2元", ("没收违法所得", "没收非法财物"), ()),
        ("吊销营业执照", ("吊销许可证件",), ()),
        ("暂扣安全生产考核合格证书1年", ("暂扣许可证件",), ()),
        ("行政拘留十五日", ("行政拘留",), ()),
        ("责令停业整顿一个月", ("责令停产停业",), ()),
        ("予以通报批评", ("通报批评",), ()),
        ("三年内不得从事检验服务活动", ("限制从业",), ()),
        ("追缴税款273.33万元", (), ("追缴税款",)),
        ("责令改正|罚款|吊销许可证|拘留", ("罚款", "吊销许可证件", "行政拘留"), ("责令改正",)),
    ],
)
def test_kinds_are_named_from_light_to_heavy(
    text: str, penalties: tuple[str, ...], measures: tuple[str, ...]
) -> None:
    assert kinds_in(text) == (penalties, measures)


@given(st.text(alphabet="罚款处人民币元整合计没收违法所得0123456789.,，。（）万", max_size=60))
def test_no_decision_makes_reading_fail(text: str) -> None:
    found = ordered(text)

    assert found.fine_fen is None or found.fine_fen >= 0
