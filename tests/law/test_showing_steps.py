"""Which steps show a decision, over every edition that a case may stand under."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest

from mingjing.law import queries as law
from mingjing.law.models import ProcedureEdition

pytestmark = pytest.mark.django_db


def test_a_step_that_only_a_superseded_edition_knows_is_among_those_that_show() -> None:
    text = law.edition("penalty-ordinary", date(2026, 3, 2)).text.replace("publish_no_penalty", "tell_result")
    ProcedureEdition.objects.create(
        procedure="penalty-ordinary",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        in_force=date(2021, 7, 15),
        text=text,
        loaded_at=datetime(2025, 1, 6, tzinfo=UTC),
    )

    shown = law.showing_steps()

    assert {"publish", "publish_no_penalty", "tell_result"} <= shown
    assert not {"withdraw_publication", "withhold_publication"} & shown
