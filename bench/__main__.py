"""``make bench``: steps through ``take`` beside bare commits, pages at 100,000 cases, queries of each page."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.run import cluster, postgres_binaries

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run each part in a fresh process on a fresh database, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--cases", type=int, default=100_000, help="页面一项的案件数")
    parser.add_argument("--rounds", type=int, default=5, help="步骤一项的轮数")
    options = parser.parse_args()
    say(
        f"{platform.processor() or platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}"
    )
    results = [part("rules", "规则（不用数据库）", "", [])]
    results.append(part("steps", "SQLite", "", ["--rounds", str(options.rounds)]))
    results.append(part("pages", "SQLite", "", ["--cases", str(options.cases)]))
    results.append(part("uploads", "SQLite", "", []))
    binaries = postgres_binaries()
    if binaries is None:
        say("没有 PostgreSQL 服务端程序，只测 SQLite。")
    else:
        with cluster(binaries, durable=True) as url:
            results.append(part("steps", "PostgreSQL", url, ["--rounds", str(options.rounds)]))
        with cluster(binaries, durable=True) as url:
            results.append(part("pages", "PostgreSQL", url, ["--cases", str(options.cases)]))
    with (ROOT / "bench" / "results.jsonl").open("a", encoding="utf-8") as file:
        stamp = datetime.now(ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")
        for result in results:
            file.write(
                json.dumps({"at": stamp, "cores": os.cpu_count(), **result}, ensure_ascii=False) + "\n"
            )
    return 0


def part(name: str, database: str, url: str, arguments: list[str]) -> dict[str, object]:
    """One part in its own process; prints its lines and returns its figures."""
    say(f"—— {database} ——")
    with tempfile.TemporaryDirectory(prefix="mingjing-bench-") as var:
        environment = {**os.environ, "MINGJING_VAR": var, "DJANGO_SETTINGS_MODULE": "mingjing.settings"}
        if url:
            environment["MINGJING_DATABASE_URL"] = url
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    *lines, figures = done.stdout.strip().splitlines()
    say("\n".join(lines))
    return {"part": name, "database": database, **json.loads(figures)}


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
