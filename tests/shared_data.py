"""Where real test input lies: beside the checkout, or where MINGJING_SHARED_DATA points.

The files are never part of the repository; a test that needs them skips, and says what it misses.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(relative: str) -> Path:
    """The file or folder of that name in the shared data; skips the test where it is absent."""
    root = Path(os.environ.get("MINGJING_SHARED_DATA") or _BESIDE)
    path = root / relative
    if not path.exists():
        pytest.skip(f"real input {relative!r} is not on this machine (set MINGJING_SHARED_DATA)")
    return path
