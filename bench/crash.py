"""``python -m bench crash``: a thousand kills and more, of processes and of the whole database (goal G7).

What must hold after every one: no acknowledged act is lost, no act is without its record, no record names a
file that is not there, and every receipt is kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.run import cluster, postgres_binaries

ROOT = Path(__file__).resolve().parent.parent
CLUSTER_KILLS = 20
Say = Callable[[str], None]


def run(kills: int, say: Say) -> Iterator[dict[str, Any]]:
    """Every mode on each database, ``kills`` random ones in all; raises SystemExit if anything was lost."""
    results = []
    for one in _found(kills, say):
        results.append(one)
        yield one
    faults = [fault for one in results for fault in one["faults"]]
    killed, steps = (sum(one.get(name, 0) for one in results) for name in ("killed", "steps"))
    told = f"发现 {len(faults)} 处问题！" if faults else "没有丢失。"
    say(f"共杀死 {killed} 次，磁盘出错 {steps} 次：{told}")
    if faults:
        raise SystemExit("\n".join(map(str, faults)))


def _found(kills: int, say: Say) -> Iterator[dict[str, Any]]:
    binaries = postgres_binaries()
    share = kills if binaries is None else kills // 2
    yield from _modes("SQLite", "", share, say)
    if binaries is None:
        say("没有 PostgreSQL 服务端程序，只测 SQLite。")
        return
    with cluster(binaries, durable=True) as url:
        yield from _modes("PostgreSQL", url, kills - share, say)
    yield _mode("cluster", CLUSTER_KILLS, "PostgreSQL（整库）", "", say)


def _modes(database: str, url: str, kills: int, say: Say) -> Iterator[dict[str, Any]]:
    for mode, count in (("random", kills), ("every", 0), ("errors", 0)):
        yield _mode(mode, count, database, url and _fresh(url, mode), say)


def _fresh(url: str, name: str) -> str:
    """An empty database of this name beside the one at ``url``."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE crash_{name}")
    return url.replace("/mingjing?", f"/crash_{name}?")


def _mode(mode: str, kills: int, database: str, url: str, say: Say) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="mingjing-crash-") as var:
        environment = {**os.environ, "MINGJING_VAR": var, "DJANGO_SETTINGS_MODULE": "mingjing.settings"}
        environment["MINGJING_DATABASE_URL"] = url or f"sqlite://{var}/crash.sqlite3"
        command = [sys.executable, "-m", "tests.record.crashes", mode, str(kills)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found = json.loads(done.stdout)
    say(
        f"{database} {mode}：杀死 {found['killed']} 次，应答过的 {found['promised']} 条，"
        f"记录 {found['entries']} 条，公布 {found['published']} 条，问题 {len(found['faults'])} 处"
    )
    return {"part": "crash", "mode": mode, "database": database, **found}
