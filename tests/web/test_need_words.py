"""People who read a procedure read its conditions in words, never by their names in the code."""

from __future__ import annotations

import pytest

from mingjing.cases.needs import NEEDS
from mingjing.kernel.procedure import load
from mingjing.web.ui.conditions import Vocabulary
from mingjing.web.ui.need_words import NEED_WORDS
from tests.procedure_samples import CODEX


def test_every_condition_has_words_and_every_wording_a_condition() -> None:
    assert set(NEED_WORDS) == set(NEEDS)


@pytest.mark.parametrize("id", sorted(path.stem for path in (CODEX / "procedures").glob("*.toml")))
def test_every_fact_that_a_condition_asks_has_a_name_for_people(id: str) -> None:
    procedure = load(CODEX / "procedures" / f"{id}.toml")
    words = Vocabulary(procedure)
    asked = {rule.name: rule.when for rule in procedure.derived}
    asked |= {step.id: step.when for step in procedure.steps.values() if step.when}

    unsaid = [name for name, condition in asked.items() if not words.knows(condition)]

    assert unsaid == []
