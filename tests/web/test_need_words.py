"""People who read a procedure read its conditions in words, never by their names in the code."""

from __future__ import annotations

from mingjing.cases.needs import NEEDS
from mingjing.web.ui.need_words import NEED_WORDS


def test_every_condition_has_words_and_every_wording_a_condition() -> None:
    assert set(NEED_WORDS) == set(NEEDS)
