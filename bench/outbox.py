"""What recording costs an act at 32 clients on PostgreSQL (goal G3).

Three ways to commit the same row: plain; with its record beside it in the same transaction, to be numbered
later; and with a hash chain over all acts, whose lock everybody waits for. The last one is what the design
turned down; it stands here so that nobody brings it back.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import time
from typing import Any

CLIENTS = 32
SECONDS = 4
ROUNDS = 3
_TABLES = (
    "CREATE TABLE act (id bigserial PRIMARY KEY, said text NOT NULL)",
    "CREATE TABLE entry (id bigserial PRIMARY KEY, body bytea NOT NULL, sha256 bytea NOT NULL)",
    "CREATE TABLE pending (number bigserial PRIMARY KEY, entry bigint NOT NULL UNIQUE)",
    "CREATE TABLE chain (one int PRIMARY KEY, seq bigint NOT NULL, last bytea NOT NULL)",
    "INSERT INTO chain VALUES (1, 0, ''::bytea)",
)
_ACT = "INSERT INTO act (said) VALUES (%s)"
_ENTRY = "INSERT INTO entry (body, sha256) VALUES (%s, sha256(%s)) RETURNING id"
_BODY = os.urandom(500)


def main() -> None:
    """Rounds of the three in turn; prints a line, then the figures."""
    argparse.ArgumentParser().parse_args()
    url = os.environ["MINGJING_DATABASE_URL"]
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        for statement in _TABLES:
            server.execute(statement)
    ways = ("plain", "outbox", "chain")
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way in ways:
            rates[way].append(_rate(url, way))
    shares = {
        way: statistics.median(mine / base for mine, base in zip(rates[way], rates["plain"], strict=True))
        for way in ways
    }
    rate = {way: round(statistics.median(one)) for way, one in rates.items()}
    sys.stdout.write(
        f"{CLIENTS} 个客户端，每秒提交：只写业务行 {rate['plain']:,}；连同记录 {rate['outbox']:,}"
        f"（{shares['outbox']:.0%}，目标不低于 50%）{_mark(shares['outbox'] >= 0.5)}；"
        f"全局链 {rate['chain']:,}（{shares['chain']:.0%}，应低于 15%）{_mark(shares['chain'] < 0.15)}\n"
    )
    figures: dict[str, Any] = {"clients": CLIENTS, "per_second": rate}
    sys.stdout.write(
        json.dumps(figures | {"share": {way: round(one, 3) for way, one in shares.items()}}) + "\n"
    )


def _rate(url: str, way: str) -> float:
    """Commits of all clients in a second."""
    context = multiprocessing.get_context("fork")
    ready, go, counted = context.Barrier(CLIENTS + 1), context.Event(), context.Queue()
    clients = [context.Process(target=_client, args=(url, way, ready, go, counted)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    ready.wait()
    go.set()
    total = sum(counted.get() for _ in clients)
    for client in clients:
        client.join()
    return total / SECONDS


def _client(url: str, way: str, ready: Any, go: Any, counted: Any) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        ready.wait()
        go.wait()
        commits, end = 0, time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            _WAYS[way](connection)
            connection.commit()
            commits += 1
    counted.put(commits)


def _plain(connection: Any) -> None:
    connection.execute(_ACT, ["x" * 500])


def _outbox(connection: Any) -> None:
    with connection.pipeline():
        connection.execute(_ACT, ["x" * 500])
        connection.execute(
            "WITH one AS (INSERT INTO entry (body, sha256) VALUES (%s, sha256(%s)) RETURNING id)"
            " INSERT INTO pending (entry) SELECT id FROM one",
            [_BODY, _BODY],
        )


def _chain(connection: Any) -> None:
    seq, last = connection.execute("SELECT seq, last FROM chain WHERE one = 1 FOR UPDATE").fetchone()
    connection.execute(_ACT, ["x" * 500])
    connection.execute(_ENTRY, [_BODY, _BODY + last])
    connection.execute("UPDATE chain SET seq = %s, last = sha256(%s) WHERE one = 1", [seq + 1, _BODY + last])


_WAYS = {"plain": _plain, "outbox": _outbox, "chain": _chain}


def _mark(good: bool) -> str:
    return "达到" if good else "未达到"


if __name__ == "__main__":
    main()
