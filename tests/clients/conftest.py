"""A platform for each module, to which strangers' clients send their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .platform import Platform, platform


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, lay_tables: Callable[[Path], Path]
) -> Iterator[Platform]:
    with platform(lay_tables(tmp_path_factory.mktemp("var") / "mingjing.sqlite3").parent) as found:
        yield found
