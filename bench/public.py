"""The public site at a million published decisions: search, filters, paging and statistics, cold and warm.

Each question is put through the whole program (address in, page out). Beside them, in the same run and in turn,
stands the baseline: the same number of rows read by their keys, the least that a page could cost. Two verdicts:
every question warm under 300 ms of CPU (ours and the database's) in 95 of 100 tries, and the deep page no
dearer than 1.5 first pages. The clock is told beside: on a machine that others use it says more about them.

"Cold" is the first time with the database connection and the index newly opened; the machine's own cache of
files stays, because emptying it would measure the neighbours' disk as well.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.test import Client

from bench import measuring
from bench.measuring import Cost

TRIES = 40
BATCH = 2000
GOAL_MS, DEEP = 300.0, 1.5
FIRST_DAY, DAYS = date(2017, 1, 2), 3600
ACTS = ("penalty",) * 6 + ("license",) * 3 + ("inspection", "coercion", "confirmation")
FIELDS = ("food", "traffic", "medicine", "environment", "work_safety", "public_security", "general")
TRADES = ("食品", "餐饮", "药房", "超市", "运输", "建材", "汽修", "农贸", "烟花", "气体")
NAMES = ("兴隆", "百盛", "同济", "永安", "福临", "瑞丰", "天和", "华源", "康泰", "顺达", "金穗", "祥云")
CAUSES = (
    "经营超过保质期的食品",
    "未按规定消毒餐具",
    "超限运输",
    "未取得许可经营",
    "未张贴安全警示标志",
    "排放污染物超标",
)
RARE = "罕见词鹓雏"


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    django.setup()
    from bench.world import found

    world = found()
    began = time.perf_counter()
    build(world.case_id, options.rows)
    built = time.perf_counter() - began
    questions = asked()
    cold = {name: first_time(path) for name, path in questions.items()}
    warm = in_turn(questions)
    tell(cold, warm, options.rows, built)


# --- the city ---


def build(case_id: uuid.UUID, rows: int) -> None:
    """So many published decisions, straight into the table and the index."""
    from mingjing.cases.models import Case
    from mingjing.insight import search as insight
    from mingjing.organs.models import Officer, Organ
    from mingjing.publicity import search
    from mingjing.publicity.models import Publication

    case = Case.objects.get(pk=case_id)
    organs = list(Organ.objects.exclude(kind="government"))
    publisher = Officer.objects.earliest("pk")
    numbers = iter(range(rows))
    while batch := [
        made(number, case, organs, publisher) for number, _ in zip(numbers, range(BATCH), strict=False)
    ]:
        Publication.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    every = Publication.objects.select_related("organ").iterator(chunk_size=BATCH)
    index = insight.default()
    index.rebuild(search.document(row) for row in every)
    search.catch_up(index)


def made(number: int, case: Any, organs: list[Any], publisher: Any) -> Any:
    """One decision; what it is about follows from its number, so that every run is the same."""
    from mingjing.publicity.models import Publication

    organ = organs[number * 7919 % len(organs)]
    day = FIRST_DAY + timedelta(days=number * DAYS // 1_000_000 if number < 1_000_000 else DAYS)
    name, trade = NAMES[number % 12], TRADES[number // 12 % 10]
    rare = RARE if number % 400_000 == 123 else ""
    return Publication(
        slug=f"{number:016x}",
        case=case,
        organ=organ,
        act=ACTS[number * 31 % len(ACTS)],
        field=FIELDS[number * 17 % len(FIELDS)],
        region=organ.region,
        number=f"{organ.paper_prefix}罚〔{day.year}〕{number}号",
        subject=f"达州市{name}{number % 9973}{trade}有限公司{rare}",
        subject_code=f"91{organ.region}MA{number:07d}X"[:18],
        title=CAUSES[number * 13 % len(CAUSES)],
        conclusion="罚款 5,000元",
        kinds="fine" if number % 3 else "fine,confiscation",
        decided_on=day,
        published_at=case.opened_at,
        published_by=publisher,
        entry_id=uuid.UUID(int=number),
        decision_entry_id=uuid.UUID(int=number),
    )


# --- the questions ---


def asked() -> dict[str, str]:
    """What readers ask, by what it stands for. The deep page is that behind the middle of the list."""
    from mingjing.publicity.models import Publication

    middle = Publication.objects.order_by("pk")[Publication.objects.count() // 2]
    organ, deep = middle.organ.code, f"{middle.decided_on}.{middle.pk}"
    recent = "since=2025-01-01&until=2026-06-30"
    return {
        "首页": "/?",
        "列表第一页": "/decisions?",
        "列表深处": f"/decisions?after={deep}",
        "一个机关": f"/decisions?organ={organ}",
        "一个类别": "/decisions?act=license",
        "一个领域": "/decisions?field=food",
        "一个区域": f"/decisions?region={middle.region}",
        "一个类别深处": f"/decisions?act=license&after={deep}",
        "一段日期": f"/decisions?{recent}",
        "机关＋类别＋领域": f"/decisions?organ={organ}&act=license&field=food",
        "互相排斥的条件": f"/decisions?organ={organ}&region=511799",
        "罕见词": f"/decisions?q={RARE}",
        "常见词": "/decisions?q=有限公司",
        "常见词深处": f"/decisions?q=有限公司&after={deep}",
        "常见单字": "/decisions?q=司",
        "常见词＋全部条件": f"/decisions?q=有限公司&organ={organ}&act=penalty&field=food&{recent}",
        "执法对象": "/decisions?party=兴隆12食品",
        "信用代码开头": "/decisions?party=9151",
        "文书号": f"/decisions?number={middle.number}",
        "文书号开头": f"/decisions?number={middle.number.partition('〕')[0]}〕",
        "JSON 千条": "/decisions.json?",
        "统计（一年）": "/statistics?year=2024",
    }


def opened(path: str, number: int) -> None:
    """One question through the whole program; never one that was kept."""
    from django.core.cache import cache

    cache.clear()
    answer = Client().get(f"{path}&fresh={number}")
    assert answer.status_code == 200, path


def first_time(path: str) -> Cost:
    """What a question costs with the connection and the index newly opened."""
    from mingjing.insight import search as insight

    connection.close()
    insight._opened_at.cache_clear()
    return _cost(lambda: opened(path, -1))


def in_turn(questions: dict[str, str]) -> dict[str, list[Cost]]:
    """A B C, A B C …: what the baseline and each question cost."""
    works: dict[str, Callable[[int], None]] = {"基线": baseline()}
    works |= {name: (lambda number, path=path: opened(path, number)) for name, path in questions.items()}
    times: dict[str, list[Cost]] = {name: [] for name in works}
    for number in range(TRIES):
        for name, work in works.items():
            times[name].append(_cost(lambda work=work, number=number: work(number)))  # type: ignore[misc]
    return times


def baseline() -> Callable[[int], None]:
    """A page of rows read by their keys."""
    from mingjing.publicity.models import Publication

    keys = list(Publication.objects.order_by("pk").values_list("pk", flat=True)[:31])

    def work(number: int) -> None:
        list(Publication.objects.filter(pk__in=keys).values_list())

    return work


def _cost(work: Callable[[], None]) -> Cost:
    def once() -> int:
        work()
        return 1

    return measuring.cost(once)


# --- what is told ---


def tell(cold: dict[str, Cost], warm: dict[str, list[Cost]], rows: int, built: float) -> None:
    """The figures for people and for the results file."""
    print(f"{rows:,} 件公示，建表和索引 {built:.0f} 秒；每项 {TRIES} 次，毫秒 CPU（钟表时间）")
    print("问题\t首次\t中位数\t95%\t为基线的倍数".expandtabs(20))
    base = measuring.cpu_ms(warm["基线"])
    figures = {}
    for name, costs in warm.items():
        one = _figures(costs) | (
            {"cold_cpu_ms": _ms(cold[name].cpu), "cold_ms": _ms(cold[name].wall)} if name in cold else {}
        )
        first = f"{one['cold_cpu_ms']:.0f}（{one['cold_ms']:.0f}）" if name in cold else "—"
        middle, most = (
            f"{one['cpu_ms']:.1f}（{one['ms']:.1f}）",
            f"{one['cpu_p95_ms']:.1f}（{one['p95_ms']:.1f}）",
        )
        print(f"{name}\t{first}\t{middle}\t{most}\t{one['cpu_ms'] / base:.1f}".expandtabs(20))
        figures[name] = one
    slow = [name for name, one in figures.items() if one["cpu_p95_ms"] > GOAL_MS]
    deep = figures["列表深处"]["cpu_ms"] / figures["列表第一页"]["cpu_ms"]
    print(f"目标：每项 95% 在 {GOAL_MS:.0f} 毫秒以内：{'未达到：' + '、'.join(slow) if slow else '达到'}")
    print(f"目标：深处翻页不超过第一页的 {DEEP} 倍：{'达到' if deep <= DEEP else '未达到'}（{deep:.2f}）")
    found = {
        "rows": rows,
        "built_s": round(built),
        "questions": figures,
        "slow": slow,
        "deep": round(deep, 2),
    }
    print(json.dumps(found, ensure_ascii=False))


def _figures(costs: list[Cost]) -> dict[str, float]:
    """Median and 95 % of the CPU and of the clock, in milliseconds."""
    cpu, wall = [_ms(one.cpu) for one in costs], [_ms(one.wall) for one in costs]
    return {
        "cpu_ms": statistics.median(cpu),
        "cpu_p95_ms": round(statistics.quantiles(cpu, n=20)[-1], 1),
        "ms": statistics.median(wall),
        "p95_ms": round(statistics.quantiles(wall, n=20)[-1], 1),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


if __name__ == "__main__":
    main()
