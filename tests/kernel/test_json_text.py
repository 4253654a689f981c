"""JSON from outside: whatever is wrong with it, the answer is one ValueError."""

from __future__ import annotations

import pytest

from mingjing.kernel import cells, json_text


@pytest.mark.parametrize(
    "text", ['{"a": [1, 2.5, null, "字", "\\u5b57", "\\\\u0000"]}', b'{"a": 1}', '"\\ud83d\\ude00"']
)
def test_what_can_be_worked_with_is_read(text: str | bytes) -> None:
    assert json_text.read(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000, '{"a":' * 100_000, "1" * 5000, "NaN", "-Infinity", "1e999", '"\\u0000"', '"\\\\\\u0000"',
        '"\\ud800"', '{"\\udfff": 1}', b"\xff", "", "{",
    ],
    ids=range(13),
)  # fmt: skip
def test_what_others_choke_on_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - that it is no other exception is the point
        json_text.read(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    assert cells.inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "达市监罚〔2026〕1号", "1-1", " =1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cells.inert(text) == text
