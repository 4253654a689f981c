"""The to-do list, the case list and the case page: their CPU beside a reference page, and at many cases.

Two questions, each answered within this run. Is the case page (30 events, 20 files) dear? Its CPU is compared
with the least such a page could cost. Does a page grow dearer with the number of cases? Its share of the
reference is compared at a hundred cases and at many.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from bench.world import World

AT_ONCE = 10  # pages a round
ROUNDS = 7
EVENTS, FILES = 30, 20
# Design notes on performance, P4 and P14: the case page costs at most three reference pages, and no page
# at many cases more than 1.3 times what it costs at few.
DEAREST, GROWTH = 3.0, 1.3
REFERENCE, CASE = "参照页", "案件页面"


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    django.setup()
    from bench import measuring
    from bench.world import found
    from mingjing.cases.queries import work_of

    world = found()
    for _ in world.clones(100, spread=True):
        pass
    world.fill(EVENTS, FILES)
    no = work_of(world.case_id, world.at).case.no
    pages = {
        "我的待办": "/desk",
        "案件列表": "/desk/cases",
        "案件列表（超期）": "/desk/cases?lamp=overdue",
        CASE: f"/desk/cases/{no}",
        "公示首页": "/?fresh=",
    }
    works = {REFERENCE: reference(world), **{name: opened(path) for name, path in pages.items()}}
    small = measuring.in_turn(works, ROUNDS)
    print(f"造出 {options.cases:,} 件案件……")
    grow(world, options.cases)
    large = measuring.in_turn(works, ROUNDS)
    tell(small, large, {name: queries(path) for name, path in pages.items()}, options.cases)


def tell(small: dict[str, Any], large: dict[str, Any], asked: dict[str, int], cases: int) -> None:
    """The figures for people and for the results file."""
    from bench import measuring

    print(f"页面\tCPU 毫秒（{cases:,} 件）\t为参照页的倍数\t为 100 件时的倍数\t查询数".expandtabs(24))
    found, dearer = {}, {}
    for name, each in large.items():
        times = 1 / measuring.ratio(large[REFERENCE], each).median
        dearer[name] = times * measuring.ratio(small[REFERENCE], small[name]).median
        line = f"{name}\t{measuring.cpu_ms(each):.1f}\t{times:.2f}\t{dearer[name]:.2f}\t{asked.get(name, 5)}"
        print(line.expandtabs(24))
        found[name] = measuring.figures(each) | {
            "times_reference": round(times, 2),
            "times_small": round(dearer[name], 2),
            "queries": asked.get(name, 5),
        }
    quiet = max((small[REFERENCE], large[REFERENCE]), key=measuring.spread)
    dear = measuring.verdict(found[CASE]["times_reference"] <= DEAREST, quiet)
    growth = measuring.verdict(max(dearer.values()) <= GROWTH, quiet)
    noise = f"基线各轮相差 {measuring.spread(quiet):.0%}"
    print(f"目标：案件页面（{EVENTS} 个环节、{FILES} 个文件）不超过参照页的 {DEAREST} 倍：{dear}（{noise}）")
    print(f"目标：{cases:,} 件时不超过 100 件时的 {GROWTH} 倍：{growth}")
    print(json.dumps({"cases": cases, "pages": found, "dear": dear, "growth": growth}, ensure_ascii=False))


def reference(world: World) -> Callable[[], int]:
    """A round of reference pages."""
    from bench import reference_page

    def work() -> int:
        for _ in range(AT_ONCE):
            reference_page.page(world.case_id)
        return AT_ONCE

    return work


def grow(world: World, count: int) -> None:
    """Clone until there are ``count`` more cases, and let the database know its new size."""
    for _ in world.clones(count, after=100, spread=True):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def signed_in() -> Client:
    """A browser of the first handler."""
    from mingjing.organs.queries import account_by_username

    browser = Client()
    browser.force_login(account_by_username("scjg-chengban1"))
    return browser


def opened(path: str) -> Callable[[], int]:
    """A round of one page, as the first handler sees it; what is kept for a moment is asked for anew."""
    browser = signed_in()
    fresh = iter(range(1_000_000))

    def work() -> int:
        for _ in range(AT_ONCE):
            address = f"{path}{next(fresh)}" if path.endswith("=") else path
            answer = browser.get(address)
            assert answer.status_code == 200, path
        return AT_ONCE

    return work


def queries(path: str) -> int:
    """How many queries a page asks; a page that asks none was kept."""
    browser = signed_in()
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        browser.get(f"{path}once" if path.endswith("=") else path)
    return len(captured)


if __name__ == "__main__":
    main()
