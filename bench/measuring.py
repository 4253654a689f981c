"""How the benchmarks measure: rounds of a baseline and its subjects in turn, CPU beside the clock.

The machine is shared and noisy: a wall time says more about the neighbours than about the program, and the
same ratio of wall times swings by a factor of three. So each subject stands beside the baseline of the same
round, CPU time is what counts, and where the baseline disagrees with itself by more than ``QUIET``, the figure
is called inconclusive instead of good or bad.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

QUIET = 0.30

# One round of work: does it and tells how many operations that were.
Work = Callable[[], int]


@dataclass(frozen=True)
class Cost:
    """What one operation took: seconds on the clock, seconds of CPU here and in the database."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Ratio:
    """How a subject's cost compares with the baseline's, round by round: 1 is equal, 0.5 is twice the cost."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{self.median:.2f}（{self.lowest:.2f}～{self.highest:.2f}）"


def cpu_seconds() -> float:
    """CPU time of this process with all its threads and, on PostgreSQL, of the server's processes."""
    return time.process_time() + sum(_ran(pid) for pid in _server())


def _server() -> list[str]:
    """The processes of the database server: the children of our backend's parent."""
    if connection.vendor != "postgresql":
        return []
    connection.ensure_connection()
    backend = str(connection.connection.info.backend_pid)
    parent = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1]
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def _ran(pid: str) -> float:
    """Seconds that a process was on a CPU; 0 for one that has ended meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        return 0.0


def cost(work: Work) -> Cost:
    """What one operation of a round took."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    count = work()
    return Cost((time.perf_counter() - wall) / count, (cpu_seconds() - cpu) / count)


def in_turn(works: Mapping[str, Work], rounds: int) -> dict[str, list[Cost]]:
    """A B C, A B C …: the costs of each, round by round, after one round that does not count."""
    for work in works.values():
        work()
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for number in range(1, rounds + 1):
        for name, work in works.items():
            costs[name].append(cost(work))
        print(f"第 {number} 轮，共 {rounds} 轮")
    return costs


def ratio(baseline: Sequence[Cost], subject: Sequence[Cost]) -> Ratio:
    """The baseline's CPU over the subject's, per round."""
    each = [base.cpu / mine.cpu for base, mine in zip(baseline, subject, strict=True)]
    return Ratio(statistics.median(each), min(each), max(each))


def cpu_ms(costs: Sequence[Cost]) -> float:
    """Median CPU of one operation, in milliseconds."""
    return statistics.median(one.cpu for one in costs) * 1000


def per_second(costs: Sequence[Cost]) -> float:
    """Median operations per second on the clock."""
    return 1 / statistics.median(one.wall for one in costs)


def spread(costs: Sequence[Cost]) -> float:
    """How far apart the rounds lie, as a share of their median CPU."""
    each = [one.cpu for one in costs]
    return (max(each) - min(each)) / statistics.median(each)


def verdict(good: bool, baseline: Sequence[Cost]) -> str:
    """What the figure says about a goal: reached, missed, or nothing because the machine was not quiet."""
    if spread(baseline) > QUIET:
        return "无法判断"
    return "达到" if good else "未达到"


def figures(costs: Sequence[Cost]) -> dict[str, Any]:
    """A subject's numbers for the file of results."""
    return {
        "cpu_ms": round(cpu_ms(costs), 3),
        "per_second": round(per_second(costs), 1),
        "spread": round(spread(costs), 3),
    }
