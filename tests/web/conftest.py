"""What tests of the doors share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    """Public pages are kept for a moment; a test must see its own."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def own_record(settings: Any, tmp_path: Path) -> Path:
    """A record of this test alone: its own folder, its own key."""
    settings.MINGJING_VAR = tmp_path
    settings.MINGJING_SIGNING_KEY_FILE = tmp_path / "keys" / "record.key"
    return tmp_path
