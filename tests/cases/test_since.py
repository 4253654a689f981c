"""What changed since the last opinion, and how two texts are told apart."""

from __future__ import annotations

import pytest

from mingjing.cases import queries
from mingjing.cases.queries.telling import difference
from tests.office import Office, open_matter, with_scene


@pytest.mark.parametrize(
    "was, now, parts",
    [
        ("同意。", "同意。", (("same", "同意。"),)),
        ("", "新写的", (("new", "新写的"),)),
        ("旧的", "", (("gone", "旧的"),)),
        ("罚款五千元", "罚款八千元", (("same", "罚款"), ("gone", "五"), ("new", "八"), ("same", "千元"))),
        ("甲乙丙", "丁乙戊", (("gone", "甲乙丙"), ("new", "丁乙戊"))),
        (
            "有初步证据。",
            "有初步证据，属本机关管辖。",
            (("same", "有初步证据"), ("new", "，属本机关管辖"), ("same", "。")),
        ),
    ],
    ids=["same", "all new", "all gone", "a word", "no lonely agreement", "added"],
)
def test_two_texts_are_told_as_what_stayed_went_and_came(
    was: str, now: str, parts: tuple[tuple[str, str], ...]
) -> None:
    assert difference(was, now) == parts


@pytest.mark.parametrize("was, now", [("甲\n乙\n丙", "甲\n丁\n丙"), ("长" * 4000, "长" * 3999 + "短")])
def test_the_pieces_give_both_texts_back(was: str, now: str) -> None:
    parts = difference(was, now)

    assert "".join(text for kind, text in parts if kind != "new") == was
    assert "".join(text for kind, text in parts if kind != "gone") == now


@pytest.mark.django_db
def test_the_second_opinion_sees_what_changed_since_the_first(office: Office) -> None:
    matter = open_matter(office, power="FOOD-03", fine_fen=6_000_000)
    for step in ("site_inspection", "file", "interview", "conclude"):
        matter.do(step)
    with_scene(matter, review_problems=True)
    assert queries.since_last(matter.work, "legal_review") is None

    matter.do("legal_review")
    unchanged = queries.since_last(matter.work, "legal_review")
    matter.do("resubmit")
    since = queries.since_last(matter.work, "legal_review")

    assert unchanged is not None
    assert unchanged.changes == ()
    assert since is not None
    assert [step.partition("（")[0] for step in since.steps] == [matter.rule("resubmit").title]
    assert "review_response" in {line.key for line in since.changes}
