"""Lists of the desk and of the public at ten thousand rows each: queries, bytes and CPU beside the same page at a hundred.

What is multiplied, and which pages show it, stands in ``tests.whole.crowds``; the tests ask the same at a few hundred
rows in every run. Pages that offer a whole organ to choose from grow with it and are told apart.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import django
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import measuring

FEW, TRIES = 210, 5
DEAREST, DIGITS = 1.5, 2_000


class _Undo(Exception):
    """Takes back what a crowd has filled."""


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    settings.ALLOWED_HOSTS.append("testserver")
    settings.MIDDLEWARE.append("bench.desk_lists.on_the_day")
    django.setup()
    from tests.whole.crowds import CHOOSING, CROWDS

    world, values = founded()
    figures: dict[str, Any] = {}
    print("页面\t查询\tKB\tCPU 毫秒\t为 210 行时的倍数".expandtabs(64))
    for name in CROWDS:
        few, many = (asked(world, values, name, count) for count in (FEW, rows))
        for page, (queries, size, cpu) in many.items():
            figures[f"{page[0]} {page[1]}"] = one = {
                "queries": queries,
                "kb": round(size / 1000, 1),
                "cpu_ms": round(cpu, 1),
                "times": round(cpu / few[page][2], 2),
                "grows": page in CHOOSING,
                "well": queries == few[page][0] and (page in CHOOSING or size <= few[page][1] + DIGITS),
            }
            line = f"{name}：{page[0]} {page[1]}\t{queries}\t{one['kb']}\t{one['cpu_ms']}\t{one['times']}"
            print(line.expandtabs(64) + ("" if one["well"] else "　查询或字节随行数增加"))
    wrong = [page for page, one in figures.items() if not one["well"]]
    slow = [page for page, one in figures.items() if one["times"] > DEAREST and not one["grows"]]
    print(f"目标：查询数和字节不随行数增加：{'未达到' if wrong else '达到'}")
    print(f"耗时超过 210 行时 {DEAREST} 倍的：{'、'.join(slow) or '没有'}")
    print(json.dumps({"rows": rows, "pages": figures, "wrong": wrong, "slow": slow}, ensure_ascii=False))


def on_the_day(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Middleware, the innermost: pages are asked for at the moment for which the rows of the tests are made."""
    from tests.makers import AT

    def middleware(request: Any) -> Any:
        request.at = AT
        return get_response(request)

    return middleware


def founded() -> tuple[Any, dict[str, Any]]:
    """The office of the tests, and what stands in the addresses."""
    from django.core.management import call_command

    from mingjing.law.actions import load_codex
    from tests.makers import AT
    from tests.web import desk_world
    from tests.whole.test_urls_by_role import _values

    call_command("migrate", verbosity=0, interactive=False)
    load_codex(AT)
    world = desk_world.build()
    return world, _values(world)


def asked(
    world: Any, values: dict[str, Any], name: str, count: int
) -> dict[tuple[str, str], tuple[int, int, float]]:
    """Queries, bytes and milliseconds of CPU of each page of a crowd of so many; it is gone afterwards."""
    from tests.whole.crowds import CROWDS

    found: dict[tuple[str, str], tuple[int, int, float]] = {}
    known = dict(values)
    with suppress(_Undo), transaction.atomic():
        CROWDS[name].fill(world, known, count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for who, path in CROWDS[name].pages:
            found[who, path] = weighed(world.client(who) if who else Client(), path.format(**known))
        raise _Undo
    return found


def weighed(client: Client, path: str) -> tuple[int, int, float]:
    """Queries, bytes, and the least milliseconds of CPU of a page for which nothing was kept."""
    answers: list[bytes] = []

    def opened() -> int:
        for one in caches.all(initialized_only=True):
            one.clear()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        answers.append(answer.content)
        return 1

    opened()
    with CaptureQueriesContext(connection) as made:
        opened()
    return len(made), len(answers[-1]), min(measuring.cost(opened).cpu for _ in range(TRIES)) * 1000


if __name__ == "__main__":
    main()
