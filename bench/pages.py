"""The to-do list, the case list and the case page at many cases: time and number of queries.

The baseline is the same page with a hundred cases in the same run: a page that is built as it should be
takes about the same time at 100,000.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from bench.world import World

ROUNDS = 15


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    django.setup()
    from bench.world import found
    from mingjing.cases.queries import work_of

    world = found()
    no = work_of(world.case_id, world.at).case.no
    pages = {
        "我的待办": "/desk",
        "案件列表": "/desk/cases",
        "案件列表（超期）": "/desk/cases?lamp=overdue",
        "案件页面": f"/desk/cases/{no}",
        "公示首页": "/",
    }
    for _ in world.clones(100, spread=True):
        pass
    small = {name: measure(path) for name, path in pages.items()}
    grow(world, options.cases)
    large = {name: measure(path) for name, path in pages.items()}
    print(f"{'页面':<10}\t100 件\t{options.cases:,} 件\t倍数\t查询数".expandtabs(16))
    figures = {}
    for name in pages:
        (few, few_queries), (many, many_queries) = small[name], large[name]
        queries = str(many_queries) if few_queries == many_queries else f"{few_queries} → {many_queries}"
        print(
            f"{name}\t{few * 1000:.1f} ms\t{many * 1000:.1f} ms\t{many / few:.2f}\t{queries}".expandtabs(16)
        )
        figures[name] = {
            "ms": round(many * 1000, 1),
            "times_small": round(many / few, 2),
            "queries": many_queries,
        }
    print(json.dumps({"cases": options.cases, "pages": figures}, ensure_ascii=False))


def grow(world: World, count: int) -> None:
    """Clone until there are ``count`` more cases, and let the database know its new size."""
    for _ in world.clones(count, after=100, spread=True):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(path: str) -> tuple[float, int]:
    """Median seconds and number of queries of a page, as the first handler sees it."""
    from mingjing.organs.queries import account_by_username

    browser = Client()
    account = account_by_username("scjg-chengban1")
    browser.force_login(account)
    assert browser.get(path).status_code == 200, path
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        browser.get(path)
        times.append(time.perf_counter() - began)
    with CaptureQueriesContext(connection) as captured:
        browser.get(path)
    return statistics.median(times), len(captured)


if __name__ == "__main__":
    main()
