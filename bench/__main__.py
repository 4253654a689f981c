"""``make bench``: steps through ``take`` beside bare commits, pages at 100,000 cases, the log at a million leaves.

``python -m bench public --database PostgreSQL`` does one part on one database. What is measured against which goal
of the design stands in ``bench/README.md``.
``python -m bench crash`` kills processes and databases a thousand times; it takes a while and has to be asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import crash
from tests.run import cluster, postgres_binaries

ROOT = Path(__file__).resolve().parent.parent
SQLITE, POSTGRESQL, NONE = "SQLite", "PostgreSQL", "规则（不用数据库）"
BOTH = (SQLITE, POSTGRESQL)
# Each part: the databases it is measured on, and what its command takes.
PARTS: dict[str, Callable[[argparse.Namespace], tuple[tuple[str, ...], list[str]]]] = {
    "rules": lambda _: ((NONE,), []),
    "redaction": lambda _: ((NONE,), []),
    "steps": lambda asked: (BOTH, ["--rounds", str(asked.rounds)]),
    "pages": lambda asked: (BOTH, ["--cases", str(asked.cases)]),
    "public": lambda asked: (BOTH, ["--rows", str(asked.published)]),
    "desk_lists": lambda asked: (BOTH, ["--rows", str(asked.listed)]),
    "volumes": lambda asked: (BOTH, ["--rows", str(asked.cases)]),
    "uploads": lambda _: ((SQLITE,), []),
    "log": lambda asked: (BOTH, ["--leaves", str(asked.leaves)]),
    "outbox": lambda _: ((POSTGRESQL,), []),
    "cosigned": lambda _: (BOTH, []),
}


def main() -> int:
    """Run each part in a fresh process on a fresh database, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("parts", nargs="*", help=f"只做哪几项：{'、'.join((*PARTS, 'crash'))}")
    parser.add_argument("--database", choices=BOTH, help="只在这一种数据库上做")
    parser.add_argument("--cases", type=int, default=100_000, help="页面、大批量两项的案件数")
    parser.add_argument("--listed", type=int, default=10_000, help="办案端列表一项每种列表的行数")
    parser.add_argument("--published", type=int, default=1_000_000, help="公众端一项的公示数")
    parser.add_argument("--rounds", type=int, default=5, help="步骤一项的轮数")
    parser.add_argument("--leaves", type=int, default=1_000_000, help="日志一项的条数")
    parser.add_argument("--kills", type=int, default=1_000, help="崩溃一项随机杀死的次数")
    options = parser.parse_args()
    if unknown := set(options.parts) - {*PARTS, "crash"}:
        parser.error(f"没有这几项：{'、'.join(sorted(unknown))}")
    say(
        f"{platform.processor() or platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}"
    )
    asked = options.parts or list(PARTS)
    if "crash" in asked:
        for result in crash.run(options.kills, say):
            keep(result)
    for result in measured(asked, options):
        keep(result)
    return 0


def keep(result: dict[str, object]) -> None:
    """Put down what was measured, at once: a part that fails later takes nothing with it."""
    line = json.dumps(
        {"at": now().isoformat(timespec="seconds"), "cores": os.cpu_count(), **result}, ensure_ascii=False
    )
    with (ROOT / "bench" / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def measured(asked: list[str], options: argparse.Namespace) -> Iterator[dict[str, object]]:
    """The parts asked for on each database, in the order of ``PARTS``, each when it is done."""
    binaries = postgres_binaries()
    if binaries is None:
        say("没有 PostgreSQL 服务端程序，只测 SQLite。")
    for name in (one for one in PARTS if one in asked):
        databases, arguments = PARTS[name](options)
        for database in databases:
            if options.database not in (None, database) and database != NONE:
                continue
            if database == POSTGRESQL and binaries is not None:
                with cluster(binaries, durable=True) as url:
                    yield part(name, database, url, arguments)
            elif database != POSTGRESQL:
                yield part(name, database, "", arguments)


def part(name: str, database: str, url: str, arguments: list[str]) -> dict[str, object]:
    """One part in its own process; prints its lines as they come and returns its figures."""
    say(f"—— {name}，{database}，{now():%H:%M:%S} ——")
    with tempfile.TemporaryDirectory(prefix="mingjing-bench-") as var:
        environment = {**os.environ, "MINGJING_VAR": var, "DJANGO_SETTINGS_MODULE": "mingjing.settings"}
        if url:
            environment["MINGJING_DATABASE_URL"] = url
        command = [sys.executable, "-u", "-m", f"bench.{name}", *arguments]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as running:
            figures = _told(running)
    if running.returncode:
        raise SystemExit(f"{name}（{database}）没有做完，退出码 {running.returncode}")
    return {"part": name, "database": database, **json.loads(figures)}


def _told(running: subprocess.Popen[str]) -> str:
    """Pass on each line as it comes, so that a long part shows how far it is; the figures are for the file."""
    figures = ""
    for line in running.stdout or ():
        if line.startswith("{"):
            figures = line
        else:
            say(line.rstrip("\n"))
    return figures


def now() -> datetime:
    """The time of day where the machine's people are."""
    return datetime.now(ZoneInfo("Asia/Shanghai"))


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
