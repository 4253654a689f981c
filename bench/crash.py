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
from collections.abc import Callable
from pathlib import Path

from tests.run import cluster, postgres_binaries

ROOT = Path(__file__).resolve().parent.parent
CLUSTER_KILLS = 20
Say = Callable[[str], None]


def run(kills: int, say: Say) -> list[dict[str, object]]:
    """Every mode on each database, ``kills`` random ones in all; raises SystemExit if anything was lost."""
    binaries = postgres_binaries()
    share = kills if binaries is None else kills // 2
    results = _modes("SQLite", "", share, say)
    if binaries is None:
        say("没有 PostgreSQL 服务端程序，只测 SQLite。")
    else:
        with cluster(binaries, durable=True) as url:
            results += _modes("PostgreSQL", url, kills - share, say)
        results.append(_mode("cluster", CLUSTER_KILLS, "PostgreSQL（整库）", "", say))
    faults = [fault for one in results for fault in one["faults"]]
    killed = sum(int(str(one["killed"])) for one in results)
    say(f"共杀死 {killed} 次，磁盘出错 {sum(int(str(one.get('steps', 0))) for one in results)} 次：" + (
        "没有丢失。" if not faults else f"发现 {len(faults)} 处问题！"
    ))  # fmt: skip
    if faults:
        raise SystemExit("\n".join(map(str, faults)))
    return results


def _modes(database: str, url: str, kills: int, say: Say) -> list[dict[str, object]]:
    modes = (("random", kills), ("every", 0), ("errors", 0))
    return [_mode(mode, count, database, url and _fresh(url, mode), say) for mode, count in modes]


def _fresh(url: str, name: str) -> str:
    """An empty database of this name beside the one at ``url``."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE crash_{name}")
    return url.replace("/mingjing?", f"/crash_{name}?")


def _mode(mode: str, kills: int, database: str, url: str, say: Say) -> dict[str, object]:
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
