"""Transcripts as bytes and as text that a person edits."""

from __future__ import annotations

import pytest

from mingjing.kernel.refused import Refused
from mingjing.vault import transcripts
from mingjing.vault.transcripts import Line, Transcript

HEARD = Transcript((Line(0, 2500, "我们是执法人员。"), Line(3_661_000, 0, "请出示执照。")), "zh")


def test_what_is_kept_is_read_again() -> None:
    assert transcripts.read(transcripts.write(HEARD)) == HEARD


def test_a_person_edits_lines_with_their_moments() -> None:
    text = transcripts.as_text(HEARD)

    assert text == "[00:00] 我们是执法人员。\n[1:01:01] 请出示执照。"
    assert [(one.from_ms, one.text) for one in transcripts.from_text(text).lines] == [
        (0, "我们是执法人员。"),
        (3_661_000, "请出示执照。"),
    ]


@pytest.mark.parametrize(
    "text, lines",
    [
        ("0:05 你好", [(5_000, "你好")]),
        ("[12:34.5] 你好\n接着说\n\n[12:40] 再见", [(754_500, "你好\n接着说"), (760_000, "再见")]),
        ("[00:01]\n文字在下一行", [(1_000, "文字在下一行")]),
    ],
)
def test_moments_are_read_as_people_write_them(text: str, lines: list[tuple[int, str]]) -> None:
    assert [(one.from_ms, one.text) for one in transcripts.from_text(text).lines] == lines


@pytest.mark.parametrize("text", ["", "  \n", "没有时间的一行", "[00:01] " + "字" * 2001])
def test_text_that_is_no_transcript_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        transcripts.from_text(text)

    assert refused.value.code == "bad-transcript"
