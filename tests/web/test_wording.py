"""How values read on a page."""

from __future__ import annotations

import pytest

from mingjing.web.ui.wording import span


@pytest.mark.parametrize(
    "text, read",
    [
        ("< 1", "不满 1"),
        (">= 1, < 3", "1 以上，不满 3"),
        (">= 3", "3 以上"),
        ("> 0.5, <= 2", "超过 0.5，2 以下"),
        ("是", "是"),
        ("", ""),
    ],
)
def test_a_span_reads_as_law_says_it_civil_code_1259(text: str, read: str) -> None:
    assert span(text) == read
