"""What recording costs an act at 32 clients on PostgreSQL (goal G3).

Three ways to commit the same row: plain; with its record beside it in the same transaction, to be numbered
later; and with a hash chain over all acts, whose lock everybody waits for. The last one is what the design
turned down; it stands here so that nobody brings it back.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.run import postgres_binaries

CLIENTS = 32
SECONDS = 4
ROUNDS = 3
_TABLES = """
CREATE TABLE act (id bigserial PRIMARY KEY, said text NOT NULL);
CREATE TABLE entry (id bigserial PRIMARY KEY, body bytea NOT NULL, sha256 bytea NOT NULL);
CREATE TABLE pending (number bigserial PRIMARY KEY, entry bigint NOT NULL UNIQUE);
CREATE TABLE chain (one int PRIMARY KEY, seq bigint NOT NULL, last bytea NOT NULL);
INSERT INTO chain VALUES (1, 0, ''::bytea);
"""
_BODY = "decode(repeat('a5', 500), 'hex')"
_ACT = "INSERT INTO act (said) VALUES (repeat('x', 500));"
# An act alone; with its record, sent in one go; with its record behind the one before, which has to be read first.
_WAYS = {
    "plain": _ACT,
    "outbox": f"""
\\startpipeline
BEGIN;
{_ACT}
WITH one AS (INSERT INTO entry (body, sha256) VALUES ({_BODY}, sha256({_BODY})) RETURNING id)
    INSERT INTO pending (entry) SELECT id FROM one;
COMMIT;
\\endpipeline
""",
    "chain": f"""
BEGIN;
SELECT seq AS before FROM chain WHERE one = 1 FOR UPDATE \\gset
{_ACT}
INSERT INTO entry (body, sha256) SELECT {_BODY}, sha256({_BODY} || last) FROM chain WHERE one = 1;
UPDATE chain SET seq = :before + 1, last = sha256({_BODY} || last) WHERE one = 1;
COMMIT;
""",
}


def main() -> None:
    """Rounds of the three in turn; prints a line, then the figures."""
    argparse.ArgumentParser().parse_args()
    binaries = postgres_binaries()
    assert binaries is not None  # the benchmark is only run where there is a server
    url = os.environ["MINGJING_DATABASE_URL"]
    subprocess.run([binaries / "psql", "-q", "-c", _TABLES, url], check=True)
    rates: dict[str, list[float]] = {way: [] for way in _WAYS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            for way, script in _WAYS.items():
                path = Path(folder) / way
                path.write_text(script)
                rates[way].append(_rate(binaries / "pgbench", path, url))
    shares = {
        way: statistics.median(mine / base for mine, base in zip(rates[way], rates["plain"], strict=True))
        for way in _WAYS
    }
    rate = {way: round(statistics.median(one)) for way, one in rates.items()}
    sys.stdout.write(
        f"{CLIENTS} 个客户端，每秒提交：只写业务行 {rate['plain']:,}；连同记录 {rate['outbox']:,}"
        f"（{shares['outbox']:.0%}，目标不低于 50%）{_mark(shares['outbox'] >= 0.5)}；"
        f"全局链 {rate['chain']:,}（{shares['chain']:.0%}，应低于 15%）{_mark(shares['chain'] < 0.15)}\n"
    )
    told = {
        "clients": CLIENTS,
        "per_second": rate,
        "share": {way: round(one, 3) for way, one in shares.items()},
    }
    sys.stdout.write(json.dumps(told) + "\n")


def _rate(pgbench: Path, script: Path, url: str) -> float:
    """Commits of all clients in a second, by the database's own load program: its clients cost next to nothing."""
    command = [pgbench, "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-M", "prepared"]
    done = subprocess.run([*command, "-f", script, url], check=True, capture_output=True, text=True)
    told = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    assert told is not None
    return float(told[1])


def _mark(good: bool) -> str:
    return "达到" if good else "未达到"


if __name__ == "__main__":
    main()
