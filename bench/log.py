"""The log at a million leaves: draining, lag, proofs, recomputing (goals G4 to G6 of the design).

Each figure stands beside a baseline of the same run: the same hashes computed without any database.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from bench import measuring

AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
INSERTED = 20_000
PROOFS = 200
ACTS_PER_SECOND = 1_000
COMMITTED_TOGETHER = 10


def main() -> None:
    """Build the leaves through the outbox and the sequencer, then ask of them; print lines, then figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=10, help="how long acts arrive for the lag")
    options = parser.parse_args()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", "record", verbosity=0)
    told: dict[str, Any] = {"leaves": options.leaves}
    told["hashing_per_second"] = round(_hashing())
    told |= _drain(options.leaves)
    told |= _proofs()
    told |= _fsck()
    told |= _lag(options.seconds)
    sys.stdout.write(json.dumps(told) + "\n")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _hashing() -> float:
    """The baseline: leaves hashed and put into a tree, nothing else."""
    from mingjing.kernel import merkle

    entries = [os.urandom(81) for _ in range(50_000)]
    start, tree = time.process_time(), merkle.Range()
    for entry in entries:
        tree.append(merkle.leaf_hash(entry))
    rate = len(entries) / (time.process_time() - start)
    say(f"基线：只算散列和树，每 CPU 秒 {rate:,.0f} 条")
    return rate


def _drain(leaves: int) -> dict[str, object]:
    from mingjing.record.actions import seal

    start = time.perf_counter()
    for first in range(0, leaves, INSERTED):
        insert(range(first, min(first + INSERTED, leaves)))
    say(f"备好 {leaves:,} 条，{time.perf_counter() - start:.1f} 秒")
    taken: list[int] = []
    cost = measuring.cost(lambda: taken.append(seal(AT).added) or taken[0])
    rate, wall = 1 / cost.cpu, 1 / cost.wall
    say(
        f"编入和公布 {taken[0]:,} 条：每 CPU 秒 {rate:,.0f} 条（目标 10,000）{_mark(rate >= 10_000)}，"
        f"按钟表每秒 {wall:,.0f} 条"
    )
    return {"drained_per_cpu_second": round(rate), "drained_per_second": round(wall)}


def insert(numbers: range) -> None:
    """Entries as appending writes them, in bulk: their bytes say little, their digests are real."""
    from django.db import transaction

    from mingjing.kernel import canonical
    from mingjing.record.models import Entry, Pending

    rows = []
    for number in numbers:
        body = b'{"n":%d,"nonce":"%s"}' % (number, os.urandom(16).hex().encode())
        rows.append(Entry(
            id=uuid.UUID(int=number << 64 | int.from_bytes(os.urandom(8)) | 1 << 127), kind="bench",
            subject=f"bench:{number}-{os.getpid()}", seq=1, at=AT, body=body,
            sha256=hashlib.sha256(body).digest(), sm3=canonical.sm3(body),
        ))  # fmt: skip
    with transaction.atomic():
        Entry.objects.bulk_create(rows, batch_size=500)
        Pending.objects.bulk_create([Pending(entry=row) for row in rows], batch_size=2000)


def _proofs() -> dict[str, object]:
    """Inclusion proofs of entries all over the log, and their checking by the verifier of strangers."""
    from mingjing.record import bundling, queries
    from mingjing.record.models import Leaf
    from mingjing.record.verifier import mingjing_verify

    size = Leaf.objects.count()
    numbers = [number * size // PROOFS for number in range(PROOFS)]
    ids = [Leaf.objects.values_list("entry_id", flat=True).get(number=number) for number in numbers]
    took = []
    cpu = measuring.cpu_seconds()
    for entry_id in ids:
        start = time.perf_counter()
        queries.tlog_proof(entry_id)
        took.append((time.perf_counter() - start) * 1000)
    cpu = (measuring.cpu_seconds() - cpu) * 1000 / PROOFS
    median, last = statistics.median(took), sorted(took)[int(PROOFS * 0.95)]
    say(
        f"包含证明（{size:,} 条）：{cpu:.2f} CPU 毫秒（目标 5）{_mark(cpu < 5)}，"
        f"按钟表中位 {median:.2f} 毫秒，95% {last:.2f} 毫秒"
    )
    archive = bundling.bundle([bundling.Part("entry", _genuine())], {}, what="", address="")
    policy = mingjing_verify.parse_policy(bundling.policy())
    start = time.perf_counter()
    for _ in range(5):
        mingjing_verify.verify_bundle(mingjing_verify._unzip(archive), {}, policy)
    offline = (time.perf_counter() - start) * 200
    say(f"离线核对核验包（只用标准库）：{offline:.1f} 毫秒（目标 50）{_mark(offline < 50)}")
    return {
        "proof_cpu_ms": round(cpu, 3),
        "proof_ms": round(median, 3),
        "proof_p95_ms": round(last, 3),
        "offline_ms": round(offline, 2),
    }


class _Platform:
    """Who acts in the benchmark."""

    kind, id = "system", None


def _genuine() -> uuid.UUID:
    """One entry whose bytes are a record, for those who read it."""
    from django.db import transaction

    from mingjing.record.actions import append, seal

    with transaction.atomic():
        entry = append(kind="bench", subject="bench:genuine", at=AT, actor=_Platform(), plain={})
    seal(AT)
    return entry.id


def _fsck() -> dict[str, object]:
    """The log recomputed from the digests of the records: leaves, nodes, heads, every published file."""
    from mingjing.record.verification import years
    from mingjing.record.verification.report import Findings

    found, walked = Findings(), []
    cost = measuring.cost(lambda: walked.append(years.check(found)) or walked[0].size)
    told = walked[0]
    if found.count:
        raise SystemExit(f"the log of the benchmark is not sound: {found.kept[:3]}")
    cpu, wall = cost.cpu * 1_000_000, cost.wall * 1_000_000
    say(
        f"重算日志 {told.size:,} 条、文件 {told.files:,} 个：每百万条 {cpu:.1f} CPU 秒（目标 10）{_mark(cpu < 10)}，"
        f"按钟表 {wall:.1f} 秒"
    )
    return {"fsck_cpu_per_million": round(cpu, 2), "fsck_per_million": round(wall, 2)}


def _lag(seconds: int) -> dict[str, object]:
    """From the commit of an act to its place in the published log, while acts arrive at a steady pace."""
    from mingjing.record.actions import seal

    lags, rate = while_acts_arrive(seconds, lambda: seal(AT).size)
    p99 = lags[int(len(lags) * 0.99)]
    say(
        f"每秒 {rate:,.0f} 项办理时，提交到公布：中位 {statistics.median(lags):.2f} 秒，99% {p99:.2f} 秒"
        f"（目标 2）{judged(rate, p99 < 2)}"
    )
    return {
        "acts_per_second": round(rate),
        "lag_ms": round(statistics.median(lags) * 1000),
        "lag_p99_ms": round(p99 * 1000),
    }


def while_acts_arrive(seconds: int, reach: Callable[[], int]) -> tuple[list[float], float]:
    """How long each act waited until ``reach`` had got to it, shortest first; and how many arrived a second.

    ``reach`` does one round of work and returns how many leaves of the log it has got to.
    """
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("spawn")
    before = _size()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "arrived.json"
        acts = context.Process(target=_arrive, args=(seconds, str(told)))
        acts.start()
        reached: list[tuple[int, float]] = []
        while acts.is_alive() or not reached or reached[-1][0] < before + _arrived(told):
            reached.append((reach(), time.time()))
        acts.join()
        count = _arrived(told)
    return sorted(_lags(before, reached)), count / seconds


def _arrived(told: Path) -> int:
    """How many acts the other process told of when it ended."""
    return int(json.loads(told.read_text())["acts"]) if told.exists() else 0


def judged(rate: float, good: bool) -> str:
    """What a waiting time says about its goal: nothing where the machine was too slow to let the acts arrive."""
    return _mark(good) if rate >= 0.95 * ACTS_PER_SECOND else "无法判断：机器没有达到每秒一千项"


def _lags(before: int, published: list[tuple[int, float]]) -> Iterator[float]:
    from mingjing.record.models import Leaf

    rows = Leaf.objects.filter(number__gte=before).order_by("number")
    moments = iter(published)
    size, shown = next(moments)
    for number, entered in rows.values_list("number", "entry__entered_at"):
        while size <= number:
            size, shown = next(moments)
        yield shown - entered.timestamp()


def _arrive(seconds: int, told: str) -> None:
    """Another process: ten acts to a commit, a hundred commits a second."""
    django.setup()
    start, number = time.perf_counter(), 10**9
    while time.perf_counter() - start < seconds:
        insert(range(number, number + COMMITTED_TOGETHER))
        number += COMMITTED_TOGETHER
        ahead = (number - 10**9) / ACTS_PER_SECOND - (time.perf_counter() - start)
        if ahead > 0:
            time.sleep(ahead)
    Path(told).write_text(json.dumps({"acts": number - 10**9}))


def _size() -> int:
    from mingjing.record.models import Leaf

    return Leaf.objects.count()


def _mark(good: bool) -> str:
    return "达到" if good else "未达到"


if __name__ == "__main__":
    main()
