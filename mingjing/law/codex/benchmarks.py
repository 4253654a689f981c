"""Discretion benchmarks: ``codex/benchmarks/*.toml``, read into tables of ``kernel.benchmarks``."""

from __future__ import annotations

from datetime import date

from mingjing.kernel import benchmark_reader
from mingjing.kernel.benchmarks import Benchmark
from mingjing.law.codex import files


def benchmarks() -> tuple[Benchmark, ...]:
    """Every table of the codex.

    Raises: Refused ``bad-benchmark``, ``bad-cell``, ``codex-unreadable``.
    """
    return files.kept("benchmarks", ["benchmarks"], _read)


def _read() -> tuple[Benchmark, ...]:
    paths = files.files("benchmarks")
    return tuple(benchmark_reader.read(files.read(path), files.shown(path)) for path in paths)


def benchmark_for(code: str, on: date) -> Benchmark | None:
    """The table for a power item on a day; the latest where several hold."""
    fitting = [
        table
        for table in benchmarks()
        if code in table.items and table.in_force <= on and (table.until is None or on < table.until)
    ]
    return max(fitting, key=lambda table: table.in_force, default=None)
