"""Steps through ``take``, and cases opened, beside the same database's bare transactions in the same run.

Two baselines, both through the driver without Django and just as durable: a commit of two rows, and the five
statements in which one step could be written if there were no rules to ask.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count, islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django
from django.db import connection

if TYPE_CHECKING:
    from bench.world import World

ROUND = 60  # operations a round: enough to see the rate, few enough for five rounds on a slow disk
GOAL = 0.5  # of the five-statement transaction's CPU (design notes on performance, P1)
COMMIT, FIVE = "裸提交：两行", "裸事务：五条语句"
PLAIN, PAPER, OPEN = (
    "take：不出文书的环节",
    "take：出一份 PDF/A 文书的环节",
    "open_case：登记新案（出一份文书）",
)


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    django.setup()
    from bench import measuring
    from bench.world import found

    world = found()
    cases = world.clones(2 * ROUND * (options.rounds + 1) + 1)
    commits, fives = bare(world, cases)
    works = {
        COMMIT: commits,
        FIVE: fives,
        PLAIN: lambda: steps(world, cases, "recusal_request"),
        PAPER: lambda: steps(world, cases, "site_inspection"),
        OPEN: lambda: openings(world),
    }
    costs = measuring.in_turn(works, options.rounds)
    tell(costs)


def tell(costs: dict[str, Any]) -> None:
    """The figures for people and for the results file."""
    from bench import measuring

    print("每次操作\t每秒\tCPU 毫秒\t占五条语句 CPU 之比（最低～最高）".expandtabs(34))
    for name, each in costs.items():
        share = measuring.ratio(costs[FIVE], each)
        line = f"{name}\t{measuring.per_second(each):.0f}\t{measuring.cpu_ms(each):.2f}\t{share}"
        print(line.expandtabs(34))
    share = measuring.ratio(costs[FIVE], costs[PLAIN])
    noise = measuring.spread(costs[FIVE])
    told = measuring.verdict(share.median >= GOAL, costs[FIVE])
    print(f"目标：不出文书的环节不低于 {GOAL}：{told}（基线各轮相差 {noise:.0%}）")
    found = {name: measuring.figures(each) for name, each in costs.items()}
    print(json.dumps({"costs": found, "ratio": round(share.median, 3), "verdict": told}, ensure_ascii=False))


def bare(world: World, cases: Iterator[UUID]) -> tuple[Any, Any]:
    """The two baselines as works; their statements are ready before the clock starts."""
    from bench.bare import Bare, five
    from mingjing.cases.models import Case, Obligation, Step
    from mingjing.record.models import Entry

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_commit (id INTEGER PRIMARY KEY, body TEXT)")
    case_id = next(cases)
    take_one(world, case_id, "recusal_request")
    step = Step.objects.filter(case=case_id).latest("seq")
    row = {
        "case": Case.objects.get(pk=case_id),
        "step": step,
        "entry": Entry.objects.get(pk=step.entry_id),
        "obligation": Obligation.objects.filter(case=case_id).latest("id"),
    }
    driver, keys, body = Bare(), count(1), "x" * 500
    two = "INSERT INTO bare_commit (id, body) VALUES (%s, %s)"

    def commits() -> int:
        for _ in range(5 * ROUND):
            driver.run([(two, [next(keys), body]), (two, [next(keys), body])])
        return 5 * ROUND

    ready = iter([five(row) for _ in range(50 * ROUND)])

    def fives() -> int:
        for statements in islice(ready, 2 * ROUND):
            driver.run(statements)
        return 2 * ROUND

    return commits, fives


def take_one(world: World, case_id: UUID, step: str) -> None:
    """One step in one case."""
    from mingjing.cases.actions import take

    at = world.at + timedelta(days=1)
    take(case_id=case_id, step=step, facts=world.answer(step, at), actor=world.handler, at=at)


def steps(world: World, cases: Iterator[UUID], step: str) -> int:
    """A round of steps through the one door, each in another case."""
    from mingjing.cases.actions import take

    at = world.at + timedelta(days=1)
    facts = world.answer(step, at)
    for case_id in islice(cases, ROUND):
        take(case_id=case_id, step=step, facts=facts, actor=world.handler, at=at)
    return ROUND


def openings(world: World) -> int:
    """A round of cases opened by their handler."""
    for _ in range(ROUND // 2):
        world.open()
    return ROUND // 2


if __name__ == "__main__":
    main()
