"""The public site at a million published decisions: search, filters, paging and statistics, cold and warm.

Each question is put through the whole program (address in, page out): every filter alone and with every other,
words that are frequent, rare, and of one or two characters, pages deep in the list, every form of the list, and
the pages that count. Beside them, in the same run and in turn, stands the baseline: the same number of rows read
by their keys, the least that a page could cost. Verdicts: every question warm under 300 ms of CPU (ours and the
database's) in 95 of 100 tries; the deep page no dearer than 1.5 first pages; a download of a year in bounded
memory. The clock is told beside: on a machine that others use it says more about them.

"Cold" is the first time with the database connection and the index newly opened; the machine's own cache of
files stays, because emptying it would measure the neighbours' disk as well.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.test import Client

from bench import measuring
from bench.measuring import Cost
from bench.rows import NUMBERS, copy, insert

TRIES = 40
BATCH = 2000
GOAL_MS, DEEP, DOWNLOAD_MB = 300.0, 1.5, 50
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
HEADINGS = ("违法事实", "证据", "处罚依据", "处罚决定")  # of the text beside the row, some 250 characters
BASE = "基线"


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS.append("testserver")
    django.setup()
    from bench.world import found

    world = found()
    print(f"造出 {options.rows:,} 件公示及其索引……")
    began = time.perf_counter()
    build(world.case_id, options.rows)
    built = time.perf_counter() - began
    questions = asked()
    cold = {name: first_time(path) for name, path in questions.items()}
    warm = in_turn(questions)
    tell(cold, warm, downloaded(), options.rows, built)


# --- the city ---


def build(case_id: uuid.UUID, rows: int) -> None:
    """So many published decisions with their papers and placements, straight into the tables and the index."""
    from mingjing.cases.models import Case
    from mingjing.insight import search as insight
    from mingjing.organs.models import Officer, Organ
    from mingjing.publicity import search
    from mingjing.publicity.models import Publication

    case = Case.objects.get(pk=case_id)
    organs = list(Organ.objects.exclude(kind="government"))
    publisher = Officer.objects.earliest("pk")
    first_paper = papers(case, rows)
    numbers = iter(range(rows))
    while batch := [
        made(number, case, organs, publisher, first_paper)
        for number, _ in zip(numbers, range(BATCH), strict=False)
    ]:
        insert(batch)
    placements(case)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    every = Publication.objects.select_related("organ").defer("rendition").iterator(chunk_size=BATCH)
    index = insight.default()
    index.rebuild(search.document(row) for row in every)
    search.catch_up(index)


def made(number: int, case: Any, organs: list[Any], publisher: Any, first_paper: int) -> Any:
    """One decision; what it is about follows from its number, so that every run is the same."""
    from mingjing.publicity.models import Publication

    organ = organs[number * 7919 % len(organs)]
    day = FIRST_DAY + timedelta(days=number * DAYS // 1_000_000 if number < 1_000_000 else DAYS)
    name, trade = NAMES[number % 12], TRADES[number // 12 % 10]
    rare = RARE if number % 400_000 == 123 else ""
    cause = CAUSES[number * 13 % len(CAUSES)]
    return Publication(
        slug=f"{number:016x}",
        case=case,
        paper_id=first_paper + number,
        organ=organ,
        act=ACTS[number * 31 % len(ACTS)],
        field=FIELDS[number * 17 % len(FIELDS)],
        region=organ.region,
        number=f"{organ.paper_prefix}罚〔{day.year}〕{number}号",
        subject=f"达州市{name}{number % 9973}{trade}有限公司{rare}",
        subject_code=f"91{organ.region}MA{number:07d}X"[:18],
        title=cause,
        conclusion="罚款 5,000元",
        rendition={"text": [[heading, cause * 6] for heading in HEADINGS]},
        kinds="fine" if number % 3 else "fine,confiscation",
        decided_on=day,
        published_at=case.opened_at,
        published_by=publisher,
        until=day + timedelta(days=20_000) if number % 2 else None,
        entry_id=uuid.UUID(int=number),
        decision_entry_id=uuid.UUID(int=number),
    )


def papers(case: Any, rows: int) -> int:
    """A paper for every decision to come, copies of the case's first; returns the key of the first of them."""
    from mingjing.cases.models import Paper

    one = Paper.objects.filter(case=case).latest("pk")
    copy(
        one,
        NUMBERS,
        [rows],
        {"id": "one.id + n", "verify_code": "'B' || n", "number": "'' || n", "seq": "NULL"},
    )
    return one.pk + 1


def placements(case: Any) -> None:
    """Where each decision is shown: one in a hundred is withheld, one in twenty was late."""
    from mingjing.cases.models import Paper
    from mingjing.publicity.models import Placement

    paper = Paper.objects.filter(case=case).earliest("pk")
    one = Placement.objects.create(
        case=case, paper=paper, organ_id=paper.organ_id, channel="portal", act="penalty", region="511700",
        number=paper.number, decided_on=FIRST_DAY, state="shown", moved_at=case.opened_at, verdict="show",
        due_at=case.opened_at,
    )  # fmt: skip
    withheld = "CASE WHEN p.id %% 100 = 0 THEN {} ELSE {} END".format
    copy(one, "publicity_publication p", [], {
        "id": "one.id + p.id", "paper_id": "p.paper_id", "publication_id": "p.id", "organ_id": "p.organ_id",
        "act": "p.act", "region": "p.region", "number": "p.number", "decided_on": "p.decided_on",
        "state": withheld("'withheld'", "'shown'"), "ground": withheld("'privacy'", "''"),
        "shown_on": withheld("NULL", "p.decided_on"), "late": "p.id %% 20 = 1",
    })  # fmt: skip


# --- the questions ---


def asked() -> dict[str, str]:
    """What readers ask, by what it stands for. The deep page is that behind the middle of the list."""
    from mingjing.publicity.models import Publication

    middle = Publication.objects.order_by("pk")[Publication.objects.count() // 2]
    deep = f"after={middle.decided_on}.{middle.pk}"
    alone = {
        "机关": f"organ={middle.organ.code}",
        "类别": "act=license",
        "领域": "field=food",
        "区域": f"region={middle.region}",
        "日期": "since=2019-01-01&until=2021-06-30",
        "对象": "party=兴隆12食品",
        "文书号": f"number={middle.number.partition('〕')[0]}〕",
        "检索词": "q=有限公司",
    }
    found = {f"单项：{name}": f"/decisions?{asking}" for name, asking in alone.items()}
    found |= {f"单项深处：{name}": f"/decisions?{asking}&{deep}" for name, asking in alone.items()}
    found |= {
        f"两项：{'＋'.join(pair)}": f"/decisions?{alone[pair[0]]}&{alone[pair[1]]}"
        for pair in combinations(alone, 2)
    }
    found["全部条件"] = "/decisions?" + "&".join(
        asking for name, asking in alone.items() if name not in ("对象", "文书号")
    )
    return found | in_words(deep) | exact(middle) | other_pages(middle)


def in_words(deep: str) -> dict[str, str]:
    """Words: frequent and rare, of one and two characters, several, and none of them."""
    words = {"罕见词": RARE, "单字": "司", "少见单字": "鹓", "两字": "公司", "少见两字": "鹓雏", "两词": "兴隆 食品",
             "没有的词": "天王盖地虎", "一个字母": "m", "数字": "12", "长号码": "91511702MA000"}  # fmt: skip
    found = {f"词：{name}": f"/decisions?q={word}" for name, word in words.items()}
    return found | {f"词深处：{name}": f"{found[f'词：{name}']}&{deep}" for name in ("单字", "两字", "两词")}


def exact(middle: Any) -> dict[str, str]:
    """What leads to one decision, and what to none."""
    from mingjing.organs.models import Organ

    return {
        "文书号全文": f"/decisions?number={middle.number}",
        "信用代码开头": "/decisions?party=9151",
        "信用代码全文": f"/decisions?party={middle.subject_code}",
        "互相排斥的条件": f"/decisions?organ={middle.organ.code}&region=511799",
        "没有的机关": "/decisions?organ=wu-ci-jiguan",
        "没有决定的机关": f"/decisions?organ={Organ.objects.filter(kind='government').earliest('pk').code}",
        "没有的领域": "/decisions?field=wu",
        "没有的区域": "/decisions?region=990000",
        "没有的日期": "/decisions?since=1990-01-01&until=1990-12-31",
    }


def other_pages(middle: Any) -> dict[str, str]:
    """The other forms of the list, and the pages that count or lead to a decision."""
    code = middle.organ.code
    return {
        "首页": "/?",
        "列表第一页": "/decisions?",
        "列表深处": f"/decisions?after={middle.decided_on}.{middle.pk}",
        "决定页面": f"/decisions/{middle.slug}?",
        "专栏": f"/embed/{code}?",
        "RSS": f"/decisions.rss?organ={code}",
        "RSS（检索词）": "/decisions.rss?q=有限公司",
        "JSON 千条": "/decisions.json?",
        "JSON 千条（检索词）": "/decisions.json?q=有限公司",
        "CSV 开头": "/decisions.csv?field=food",
        "站点地图": "/sitemap.xml?",
        "统计": "/statistics?year=2024",
        "统计 CSV": "/statistics.csv?year=2023",
        "不公示": "/withheld?year=2024",
    }


def opened(path: str, number: int) -> None:
    """One question through the whole program; never one that was kept. Of a download only the beginning."""
    from django.core.cache import cache

    cache.clear()
    answer = Client().get(f"{path}&fresh={number}")
    assert answer.status_code == 200, path
    if answer.streaming:
        next(iter(answer))


def downloaded() -> dict[str, float]:
    """A year of decisions as CSV, whole: lines in a second of CPU, and how much the memory grew meanwhile."""
    before, most, lines = resident_mb(), 0.0, -1  # the first line is the heads

    def work() -> int:
        nonlocal most, lines
        for part in Client().get("/decisions.csv?year=2024"):
            lines += part.count(b"\n")
            if lines % 1000 == 0:
                most = max(most, resident_mb())
        return lines

    rate = 1 / _cost(work).cpu
    return {"lines": lines, "per_cpu_second": round(rate), "grown_mb": round(max(0.0, most - before))}


def resident_mb() -> float:
    """Memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def first_time(path: str) -> Cost:
    """What a question costs with the connection and the index newly opened."""
    from mingjing.insight import search as insight

    connection.close()
    insight._opened_at.cache_clear()
    return _cost(lambda: opened(path, -1))


def in_turn(questions: dict[str, str]) -> dict[str, list[Cost]]:
    """A B C, A B C …: what the baseline and each question cost."""
    works: dict[str, Callable[[int], None]] = {BASE: baseline()}
    works |= {name: (lambda number, path=path: opened(path, number)) for name, path in questions.items()}
    times: dict[str, list[Cost]] = {name: [] for name in works}
    for number in range(TRIES):
        for name, work in works.items():
            times[name].append(_cost(lambda work=work, number=number: work(number)))
        print(f"每项第 {number + 1} 次，共 {TRIES} 次")
    return times


def baseline() -> Callable[[int], None]:
    """A page of rows read by their keys."""
    from mingjing.publicity.models import Publication

    keys = list(Publication.objects.order_by("pk").values_list("pk", flat=True)[:31])

    def work(number: int) -> None:
        list(Publication.objects.filter(pk__in=keys).values_list())

    return work


def _cost(work: Callable[[], Any]) -> Cost:
    def once() -> int:
        return work() or 1

    return measuring.cost(once)


# --- what is told ---


def tell(
    cold: dict[str, Cost],
    warm: dict[str, list[Cost]],
    download: dict[str, float],
    rows: int,
    built: float,
) -> None:
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
    print(
        f"下载一年 {download['lines']:,} 条 CSV：每 CPU 秒 {download['per_cpu_second']:,} 条，内存增加"
        f" {download['grown_mb']} MB（目标 {DOWNLOAD_MB}）：{'达到' if download['grown_mb'] <= DOWNLOAD_MB else '未达到'}"
    )
    found = {
        "rows": rows,
        "download": download,
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
