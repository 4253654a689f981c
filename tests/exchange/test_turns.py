"""Two imports of one kind at once: the second is told to wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from mingjing.exchange import turns
from mingjing.exchange.actions import import_file
from mingjing.exchange.actions.importing import _TABLES
from mingjing.kernel.refused import Refused
from mingjing.parties.models import Party

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@contextmanager
def somebody_else_imports(kind: str) -> Iterator[None]:
    """Another process holds the turn: another session on PostgreSQL, another open file on SQLite."""
    if connection.vendor != "postgresql":
        with turns.turn(kind):
            yield
        return
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_lock(%s, %s)",
            turns.key_of(kind),
        )
    try:
        yield
    finally:
        other.close()


def test_every_kind_has_a_turn_of_its_own() -> None:
    kinds = {*_TABLES, "laws", "benchmarks", "replay"}

    assert kinds == set(turns._TITLES)
    assert len({tuple(turns.key_of(kind)) for kind in kinds}) == len(kinds)
    assert all(number < 2**31 for kind in kinds for number in turns.key_of(kind))


@pytest.mark.parametrize("kind", ["parties", "powers", "laws", "officers"])
def test_a_second_import_of_a_kind_is_told_to_wait(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业名称,地址\n某某公司,某路\n")

    with somebody_else_imports(kind), pytest.raises(Refused) as caught:
        import_file(kind, path, at=NOON)

    assert caught.value.code == "import-running"
    assert "等" in (caught.value.remedy or "")


def test_imports_of_different_kinds_do_not_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业名称,地址\n某某公司,某路\n")

    with somebody_else_imports("powers"):
        import_file("parties", path, at=NOON)

    assert Party.objects.count() == 1


def test_the_turn_ends_with_the_run_whatever_it_came_to(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("nothing,known\n1,2\n")
    with pytest.raises(Refused):
        import_file("parties", path, at=NOON)
    path.write_text("企业名称,地址\n某某公司,某路\n")

    import_file("parties", path, at=NOON)

    assert Party.objects.count() == 1
