"""What tests of the doors share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.makers import AT
from tests.web import desk_world
from tests.web.desk_world import World


@pytest.fixture
def own_record(settings: Any, tmp_path: Path) -> Path:
    """A record of this test alone: its own folder, its own key."""
    settings.MINGJING_VAR = tmp_path
    settings.MINGJING_SIGNING_KEY_FILE = tmp_path / "keys" / "record.key"
    return tmp_path


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A small office at a fixed moment; see ``tests/web/desk_world.py``."""
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return desk_world.build()
