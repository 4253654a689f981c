"""The codex in the database, for tests that ask the law by date."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mingjing.law import actions

AT = datetime(2026, 11, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def codex(db: None) -> None:
    """The database as ``mingjing codex load`` leaves it."""
    actions.load_codex(AT)
