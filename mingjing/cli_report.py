"""``mingjing report``: statistical reports, from the cases or from counts in a file, as text, JSON, CSV or workbook."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mingjing import cli_words
from mingjing.kernel.refused import Refused

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]
PERIODS = ("year", "q1", "q2", "q3", "q4")
_KINDS = (".xlsx", ".csv", ".json")


def add_commands(commands: Any, add: Adder) -> None:
    """Put ``mingjing report`` beside the other commands."""
    one = add(commands, "report", "统计年报：由执法记录汇总，或者把文件中的数字排成报表", _report)
    one.add_argument("kind", choices=["annual"])
    one.add_argument("year", type=cli_words.whole(1996, 2100), help="统计年度，如 2026")
    one.add_argument(
        "--scheme", default="", metavar="口径", help="统计口径，如 twelve-kinds；不写用十二栏口径"
    )
    one.add_argument("--organ", default="", metavar="机关", help="机关代码；不写为全部机关")
    one.add_argument("--period", choices=PERIODS, default="year", help="全年，或者第几季度")
    one.add_argument(
        "--from-counts", dest="counts", default="", metavar="文件", help="数字在 JSON、xlsx、csv 文件中"
    )
    one.add_argument("--out", default="", metavar="文件", help="写入 .xlsx、.csv 或者 .json 文件")


def _report(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    _require_out(options.out)
    return _from_counts(options) if options.counts else _from_cases(options)


def _require_out(out: str) -> None:
    if out and Path(out).suffix.lower() not in _KINDS:
        raise Refused(
            "bad-format", f"不能写成“{cli_words.short(out)}”。", remedy=f"文件名以 {'、'.join(_KINDS)} 结尾。"
        )


# --- from counts in a file ---


def _from_counts(options: argparse.Namespace) -> Result:
    from mingjing.exchange.annual_file import lay_out_file
    from mingjing.law import queries as law

    wanted = law.report_scheme(options.scheme) if options.scheme else None
    reports = lay_out_file(
        Path(options.counts), options.year, list(_schemes(options.period)), wanted, options.period
    )
    told = [_told(one.place, one.year, one.figures, one.flags) for one in reports]
    lines: list[str] = []
    for one in reports:
        lines += _lines(f"{one.place}{one.year}年", one.figures)
        lines += [f"  ✗ {flag.text}" for flag in one.flags]
    if options.out:
        lines += [_write(options.out, told, [(one.place, one.figures) for one in reports])]
    return told if len(told) != 1 else told[0], lines, not any(one.flags for one in reports)


def _schemes(period: str) -> Sequence[Any]:
    """The schemes that a file may fit, the plainest first: of those that fit equally well it is taken."""
    from mingjing.law import queries as law

    order = ("twelve-kinds", "eight-kinds", "six-tables", "quarterly", "extended")
    known = law.report_schemes()
    wanted = "year" if period == "year" else "quarter"
    ranked = sorted(known.values(), key=lambda one: order.index(one.id) if one.id in order else len(order))
    return [one for one in ranked if one.period == wanted] or ranked


def _told(place: str, year: int, figures: Any, flags: Sequence[Any]) -> dict[str, Any]:
    from mingjing.kernel.report_layout import as_json

    return {
        "organ": place,
        "year": year,
        **as_json(figures),
        "flags": [
            {"table": one.table, "row": one.row, "column": one.column, "text": one.text} for one in flags
        ],
    }


def _lines(title: str, figures: Any) -> list[str]:
    from mingjing.oversight.sheets import plain_lines

    return [f"{title}　{figures.scheme.title}", *plain_lines(figures)]


def _write(out: str, told: Any, reports: Sequence[tuple[str, Any]]) -> str:
    """Write the first report as a workbook or CSV, all of them as JSON; returns what to tell."""
    import json

    from mingjing.oversight import sheets

    path = Path(out)
    if path.suffix.lower() == ".json":
        cli_words.write(out, json.dumps(told, ensure_ascii=False, indent=2))
        return f"已写入 {out}。"
    if len(reports) != 1:
        names = "、".join(place for place, _ in reports)
        raise Refused(
            "several", f"有 {len(reports)} 份报表（{names}），一份文件只能写一份。", remedy="请写成 .json。"
        )
    title, figures = reports[0]
    if path.suffix.lower() == ".csv":
        content = sheets.csv_text(figures).encode()
    else:
        content = sheets.workbook(figures, title)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise cli_words.unwritable(out) from error
    return f"已写入 {out}。"


# --- from the cases ---


def _from_cases(options: argparse.Namespace) -> Result:
    """The live figures of one organ with its sub-units, or of all organs."""
    from mingjing.kernel.reporting import findings
    from mingjing.law import queries as law
    from mingjing.organs import queries as organs
    from mingjing.oversight.counting import Asked, live

    scheme = law.report_scheme(
        options.scheme or ("twelve-kinds" if options.period == "year" else "quarterly")
    )
    organ = next((one for one in organs.organs() if one.code == options.organ), None)
    if options.organ and organ is None:
        raise Refused(
            "no-such-organ",
            f"没有机关“{cli_words.short(options.organ)}”。",
            remedy="请写机关代码，如 dz-sfj。",
        )
    figures = live(Asked(scheme, options.year, options.period, organ), options.now())
    place = organ.name if organ else "全部机关"
    checks = findings(figures)
    told = {
        **_told(place, options.year, figures, ()),
        "checks": [
            {"table": one.table, "row": one.row, "fine": one.fine, "text": one.text} for one in checks
        ],
    }
    lines = _lines(f"{place}{options.year}年", figures)
    lines += [f"  ✗ {one.text}" for one in checks if not one.fine]
    if options.out:
        lines += [_write(options.out, told, [(place, figures)])]
    return told, lines, all(one.fine for one in checks)
