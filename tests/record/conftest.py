"""Every test of the record has folders, a key and a log of its own."""

from __future__ import annotations

import pytest

from tests.walls import own_record_folders, walls_fall_before_rows_are_cleared

__all__ = ["own_record_folders", "walls_fall_before_rows_are_cleared"]


@pytest.fixture(autouse=True)
def one_origin(settings):
    """The log is called the same in every test, whatever the environment says."""
    settings.MINGJING_LOG_ORIGIN = "mingjing.example/record"
