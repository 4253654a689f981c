"""Steps per second through ``take``, beside the bare commit rate of the same database in the same run.

A bare commit inserts two rows of 500 bytes and commits. Rounds are interleaved A B A B and the ratio is
taken per round, so that a noisy neighbour disturbs both sides alike.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

import django
from django.db import connection, transaction

if TYPE_CHECKING:
    from bench.world import World

ROUND = 60  # operations a round: enough to see the rate, few enough for five rounds on a slow disk


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    django.setup()
    from bench.world import found

    world = found()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_commit (id INTEGER PRIMARY KEY, body TEXT)")
    cases = world.clones(2 * ROUND * (options.rounds + 1))
    bare, plain, papers = [], [], []
    steps(world, cases, "site_inspection")  # the first paper of a process loads fonts: not what is measured
    steps(world, cases, "recusal_request")
    for number in range(options.rounds):
        bare.append(bare_commits(number))
        plain.append(steps(world, cases, "recusal_request"))
        papers.append(steps(world, cases, "site_inspection"))
    tell(bare, plain, papers)


def tell(bare: list[float], plain: list[float], papers: list[float]) -> None:
    """The figures for people and for the results file."""
    ratio = statistics.median(mine / base for mine, base in zip(plain, bare, strict=True))
    ratio_papers = statistics.median(mine / base for mine, base in zip(papers, bare, strict=True))
    spread = (max(bare) - min(bare)) / statistics.median(bare)
    print(f"裸提交（一次两行、各 500 字节）  {statistics.median(bare):8.0f} 次/秒（各轮相差 {spread:.0%}）")
    print(f"take：不出文书的环节             {statistics.median(plain):8.0f} 次/秒，为裸提交的 {ratio:.2f}")
    print(
        f"take：出一份 PDF/A 文书的环节    {statistics.median(papers):8.0f} 次/秒，为裸提交的 {ratio_papers:.2f}"
    )
    if spread > 0.3:
        print("裸提交各轮相差超过 30%，机器不安静，比值只供参考。")
    figures = {
        "bare_commits_per_second": round(statistics.median(bare), 1),
        "steps_per_second": round(statistics.median(plain), 1),
        "steps_with_paper_per_second": round(statistics.median(papers), 1),
        "ratio": round(ratio, 3),
        "ratio_with_paper": round(ratio_papers, 3),
        "inconclusive": spread > 0.3,
    }
    print(json.dumps(figures))


def bare_commits(number: int) -> float:
    """Commits per second of the database itself."""
    body = "x" * 500
    first = number * 10 * ROUND
    began = time.perf_counter()
    for key in range(first, first + 10 * ROUND, 2):
        with transaction.atomic(), connection.cursor() as cursor:
            for one in (key, key + 1):
                cursor.execute("INSERT INTO bare_commit (id, body) VALUES (%s, %s)", [one, body])
    return 5 * ROUND / (time.perf_counter() - began)


def steps(world: World, cases: Iterator[UUID], step: str) -> float:
    """Steps per second through the one door, each in another case, answers ready before the clock starts."""
    from mingjing.cases.actions import take

    at = world.at + timedelta(days=1)
    facts = world.answer(step, at)
    chosen = list(islice(cases, ROUND))
    began = time.perf_counter()
    for case_id in chosen:
        take(case_id=case_id, step=step, facts=facts, actor=world.handler, at=at)
    return len(chosen) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
