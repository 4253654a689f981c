"""The rules alone, without a database: how fast a case is judged, and how fast a procedure is walked whole.

These are figures of CPU time on this machine, not ratios: there is nothing bare to compare a rule with.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
PROCEDURES = ROOT / "codex" / "procedures"
# Design notes on performance: 50,000 steps judged a second, a procedure walked in five, a cold start in two.
JUDGED, WALKED, STARTED = 50_000, 5.0, 2.0
ROUNDS = 5
MEASURED = 0.5  # seconds a round


def main() -> None:
    """Print people's lines, then one line of JSON."""
    argparse.ArgumentParser().parse_args()
    django.setup()
    judged = statistics.median(judged_per_second() for _ in range(ROUNDS))
    print(f"判断一个环节能不能办：每 CPU 秒 {judged:,.0f} 次（目标 {JUDGED:,}：{_told(judged >= JUDGED)}）")
    walks = {path.stem: walked(path) for path in sorted(PROCEDURES.glob("*.toml"))}
    slowest = sorted(walks, key=lambda name: -walks[name])[:3]
    for name in slowest:
        print(f"走遍 {name}：{walks[name]:.2f} CPU 秒（目标 {WALKED:.0f}：{_told(walks[name] <= WALKED)}）")
    print(f"走遍全部 {len(walks)} 个程序：{sum(walks.values()):.1f} CPU 秒")
    cold = statistics.median(cold_start() for _ in range(3))
    print(f"冷启动到可以答一页：{cold:.2f} 秒（目标 {STARTED:.0f}：{_told(cold <= STARTED)}）")
    figures: dict[str, Any] = {
        "judged_per_cpu_second": round(judged),
        "walked_cpu_seconds": {name: round(walks[name], 3) for name in slowest},
        "procedures": len(walks),
        "walked_all_cpu_seconds": round(sum(walks.values()), 1),
        "cold_start_seconds": round(cold, 2),
    }
    print(json.dumps(figures, ensure_ascii=False))


def _told(good: bool) -> str:
    return "达到" if good else "未达到"


def judged_per_second() -> float:
    """Steps of the largest procedure judged in a second of CPU, in the middle of a case."""
    from mingjing.kernel import engine, scenarios
    from mingjing.kernel.procedure import load
    from mingjing.law import queries as law

    procedure = load(PROCEDURES / "penalty-ordinary.toml")
    story = scenarios.load(ROOT / "codex" / "scenarios" / "penalty-ordinary" / "plain-fine-paid.toml")
    half = replace(story, lines=story.lines[: len(story.lines) // 2], exit=None)
    constants = law.constants("market", half.lines[-1].at.date(), person=False)
    ran = scenarios.run(half, procedure, law.calendar(), lambda _on: constants)
    assert ran.ok, ran.deviation
    said = {name: value for line in half.lines for name, value in line.facts.items()}
    facts = procedure.derive({**half.facts, **said}, constants)
    began, count = time.process_time(), 0
    while time.process_time() - began < MEASURED:
        count += len(engine.possible(procedure, ran.marking, facts, half.lines[-1].at))
    return count / (time.process_time() - began)


def walked(path: Path) -> float:
    """CPU seconds for every case that a procedure allows."""
    from mingjing.kernel.explore import problems
    from mingjing.kernel.procedure import load

    procedure = load(path)
    began = time.process_time()
    assert problems(procedure) == []
    return time.process_time() - began


def cold_start() -> float:
    """Seconds from starting Python until the application could answer."""
    began = time.perf_counter()
    code = "import mingjing.wsgi; from django.test import Client; assert Client().get('/healthz').status_code == 200"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
