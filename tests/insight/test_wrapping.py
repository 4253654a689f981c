"""Full lines put together again: every sign keeps its place, and what a line's end tore apart is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.insight.redaction import redact
from mingjing.insight.wrapping import unwrapped

LINES = st.lists(st.text("甲乙丙a1 ，。", max_size=40), max_size=8)


@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_every_sign_is_found_again_where_it_stood(lines: list[str], end: str) -> None:
    text = end.join(lines)
    whole = unwrapped(text)

    if whole is not None:
        assert [text[whole.back(place)] for place in range(len(whole.text))] == list(whole.text)
        assert [sign for sign in whole.text if not sign.isspace()] == [
            sign for sign in text if not sign.isspace()
        ]


FULL = "经查，该店经营超过保质期的食品三袋，货值金额三十六元整，有"  # as wide as the page


@pytest.mark.parametrize("end", ["\n", "\r\n", " \r\n"])
@pytest.mark.parametrize(
    "torn, secret",
    [
        (("某某证明，可以加当事人的微信", "号：zhen_test_01，随时联系。"), "zhen_test_01"),
        (("现场笔录、照片为证，其法定代", "表人甄建设到场并签字。"), "甄建设"),
        (("询问笔录为证，委托代理人甄建", "设到场。"), "甄建\n设"),
        (("登记的联系地址和车辆识别代", "号LSVAA49J132012345。"), "LSVAA49J132012345"),
    ],
)
def test_what_the_end_of_a_line_tore_apart_is_masked(torn: tuple[str, str], secret: str, end: str) -> None:
    first = FULL[: len(FULL) - len(torn[0])] + torn[0]
    text = end.join([FULL, first, torn[1]])

    masked = redact(text).text

    assert secret.replace("\n", "") not in masked.replace("\r", "").replace("\n", "").replace(" ", "")


def test_short_lines_are_left_apart() -> None:
    """A form of one field a line: its lines are no sentence."""
    assert unwrapped("姓名：某某\n电话：无\n地址：达州市某某县某某镇某某村一组十二号") is None
