"""Large files and a large year: a hundred thousand rows of 双公示 taken in and written out, a report counted from as many cases.

A tenth of the rows taken in are as hard as real ones: names and codes swapped, days as serial numbers, money with a
trailing ``.0``, rows told twice or told otherwise, samples and half-empty rows. The baseline is the same work at a
tenth of the size: a row may cost at most 1.3 times as much, and the memory may grow by 100 MB at most.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import django
from django.db import connection

from bench import measuring
from bench.rows import copy, insert

DEAREST, MOST_MB = 1.3, 100
YEAR = 2026
BATCH = 2000


@dataclass(frozen=True)
class Measured:
    """What one row of a work cost, by how much the memory of the process grew, how many queries were asked."""

    cost: measuring.Cost
    grown_mb: float
    queries: int


def main() -> None:
    """Print people's lines, then one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    django.setup()
    matter = one_decision()
    works: dict[str, Callable[[Path, int], None]] = {"import": taken_in, "export": written, "annual": counted}
    found: dict[str, dict[int, Measured]] = {name: {} for name in works}
    with tempfile.TemporaryDirectory() as folder:
        for count, more in ((rows // 10, rows // 10), (rows, rows - rows // 10)):
            print(f"造出 {count:,} 件案件和 {count:,} 行工作簿……")
            multiply(matter, more)
            sheet(Path(folder) / f"{count}.xlsx", count)
            for name, work in works.items():
                found[name][count] = one = measured(work, Path(folder), count)
                print(f"{TITLES[name]} {count:,}：钟表 {one.cost.wall * count:.0f} 秒")
    print(
        json.dumps(
            {"rows": rows, **{name: told(name, one) for name, one in found.items()}}, ensure_ascii=False
        )
    )


def one_decision() -> Any:
    """A published decision of an office."""
    from django.core.management import call_command

    from tests.office import found_office, load_law
    from tests.publicity.acts import decided

    call_command("migrate", verbosity=0, interactive=False)
    load_law()
    matter = decided(found_office())
    matter.do("publish")
    return matter


def multiply(matter: Any, count: int) -> None:
    """So many more cases like this one, with their steps, their decision and what the credit portal is owed of it."""
    from mingjing.cases.models import Case, Paper, Step
    from mingjing.publicity.models import Placement

    made, first = f"V{count}-", matter.case
    columns = {one.attname: getattr(first, one.attname) for one in Case._meta.concrete_fields}
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        insert([Case(**{**columns, "id": key(n, count), "no": f"{made}{n}"}) for n in numbers])
    clones = "(SELECT id AS clone, no FROM cases_case WHERE no LIKE %s) clones"
    for step in Step.objects.filter(case=first):
        copy(step, clones, [f"{made}%"], {"case_id": "clones.clone"})
    shown = Placement.objects.get(case=first, channel="portal")
    same = {"case_id": "clones.clone", "number": "clones.no"}
    copy(shown.paper, clones, [f"{made}%"], {**same, "verify_code": "clones.no", "seq": "NULL"})
    papers = "(SELECT id AS clone, case_id AS whose, number AS no FROM cases_paper WHERE verify_code LIKE %s) papers"
    copy(shown, papers, [f"{made}%"], {
        "case_id": "papers.whose", "paper_id": "papers.clone", "number": "papers.no", "channel": "'credit'",
    })  # fmt: skip
    assert Paper.objects.filter(verify_code__startswith=made).count() == count
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def key(number: int, count: int) -> uuid.UUID:
    """The key of a copy, in the order of making: with random ones each of a million steps would land on another page
    of its index, and SQLite writes many times what it keeps."""
    return uuid.UUID(int=count << 64 | number)


# --- the works ---


def sheet(path: Path, count: int) -> None:
    """A workbook with so many penalties, a tenth of them hard."""
    from tests.exchange import sheets
    from tests.exchange.test_double_reading import RECORD

    titles = list(RECORD)

    def row(number: int) -> list[Any]:
        told = {**RECORD, "行政处罚决定书文号": f"某监罚〔{YEAR}〕{count}-{number}号", **hard(number, count)}
        return ["" if told[title] is None else told[title] for title in titles]

    sheets.many_rows(path, titles, row, count)


def hard(number: int, count: int) -> dict[str, Any]:
    """What is odd about a row: ten of a hundred, each in its own way."""
    from tests.exchange.test_double_reading import RECORD

    before = f"某监罚〔{YEAR}〕{count}-{number - number % 100 + 20}号"
    name, code = RECORD["行政相对人名称"], RECORD["统一社会信用代码"]
    return {
        1: {"违法事实": None},
        2: {"处罚决定日期": "某日"},
        3: {"处罚决定日期": 46_027},
        4: {"行政相对人名称": code, "统一社会信用代码": name},
        5: {"行政相对人名称": None},
        6: dict.fromkeys(list(RECORD)[::2]),
        7: {"罚款金额（万元）": "0.50"},
        30: {"行政处罚决定书文号": before},
        31: {"行政处罚决定书文号": before, "处罚内容": "罚款8000元"},
        8: {**dict.fromkeys(RECORD), "行政相对人名称": "填表说明：以下为示例"},
    }.get(number % 100, {})


def taken_in(folder: Path, count: int) -> None:
    """``import double-publicity``."""
    from mingjing.exchange.actions import import_file
    from tests.office import MONDAY

    report: Any = import_file(
        "double-publicity", folder / f"{count}.xlsx", at=MONDAY, errors=folder / "errors.xlsx"
    )
    assert 0.9 * count < report.accepted < count, report.as_dict()
    assert min(report.flagged, report.rejected, report.unchanged) > 0, report.as_dict()


def written(folder: Path, count: int) -> None:
    """``export double-publicity``."""
    from mingjing.exchange.double_export import export

    first, last = date(YEAR, 1, 1), date(YEAR, 12, 31)
    assert export(folder / "out.xlsx", first=first, last=last, today=last).counts["penalty"] >= count


def counted(folder: Path, count: int) -> None:
    """``report annual``."""
    from mingjing.law import queries as law
    from mingjing.oversight.counting import Asked, live
    from tests.office import MONDAY

    figures = live(Asked(law.report_scheme("twelve-kinds"), YEAR), MONDAY.replace(month=12))
    assert (figures.tables[0].total.cells["total"].count or 0) >= count


# --- what is told ---

TITLES = {"import": "导入双公示", "export": "导出双公示", "annual": "汇总年报"}


def measured(work: Callable[[Path, int], None], folder: Path, count: int) -> Measured:
    """One work at one size."""
    before, asked = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, [0]

    def once() -> int:
        work(folder, count)
        return count

    def counting(execute: Callable[..., Any], *given: Any) -> Any:
        asked[0] += 1
        return execute(*given)

    with connection.execute_wrapper(counting):
        cost = measuring.cost(once)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return Measured(cost, grown, asked[0])


def told(name: str, found: dict[int, Measured]) -> dict[str, Any]:
    """A work in a sentence, and its figures."""
    (few, small), (many, large) = found.items()
    dearer = large.cost.cpu / small.cost.cpu
    good = dearer <= DEAREST and large.grown_mb <= MOST_MB
    print(
        f"{TITLES[name]} {many:,}：{large.cost.cpu * many:.1f} CPU 秒（钟表 {large.cost.wall * many:.0f} 秒），查询 {large.queries} 次，"
        f"内存增加 {large.grown_mb:.0f} MB（应低于 {MOST_MB}）；每件为 {few:,} 件时的 {dearer:.2f} 倍（应不超过 {DEAREST}）："
        f"{'达到' if good else '未达到'}"
    )
    return {
        "cpu_seconds": round(large.cost.cpu * many, 1),
        "seconds": round(large.cost.wall * many, 1),
        "queries": large.queries,
        "grown_mb": round(large.grown_mb),
        "times_small": round(dearer, 2),
        "well": good,
    }


if __name__ == "__main__":
    main()
