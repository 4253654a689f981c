"""Commands of jurists: procedures read, examined, exported and walked; benchmarks answered; cases audited.

What time it is they are told: ``options.now()``.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mingjing import cli_words
from mingjing.kernel.refused import Refused

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]
FORMATS = ("text", "svg", "dcr-xml", "toml")


def add_commands(commands: Any, add: Adder) -> None:
    """Put these commands beside the others; ``add`` makes one of them."""
    one = add(commands, "procedure", "查看、检查、导出、导入办案程序", _procedure)
    one.add_argument("what", choices=["list", "show", "problems", "export", "import"])
    one.add_argument("name", nargs="?", help="程序代码；import 时为 DCR XML 或者 TOML 文件")
    one.add_argument("--format", choices=FORMATS, default="text", help="show、export 的格式")
    one.add_argument("--out", help="写入文件；不写则显示")

    one = add(commands, "walk", "按事件文件一步步走一遍程序", _walk)
    one.add_argument("id", help="程序代码")
    one.add_argument("--events", required=True, help="情景文件（TOML）：[[steps]] at、step、facts")

    one = add(commands, "benchmark", "按裁量基准计算档次和幅度", _benchmark)
    one.add_argument("item", help="权责事项编号，如 FOOD-04")
    one.add_argument("--facts", required=True, help="TOML 文件：裁量因素和金额（分）")

    one = add(commands, "audit", "用办案程序核对其他系统办理的案件", _audit)
    one.add_argument("path", help="日志：CSV、Excel 或者 XES（可以 gzip）")
    one.add_argument("--procedure", required=True, help="程序代码")
    one.add_argument("--map", help="对照文件（TOML）")
    one.add_argument("--out", help="逐条问题写入这个 CSV 文件")


def _setup() -> None:
    cli_words.prepare()


# --- procedures ---


def _procedure(options: argparse.Namespace) -> Result:
    _setup()
    if options.what == "list":
        return _list(options)
    if not options.name:
        raise Refused("missing", "没有写明程序代码。", remedy="先用 mingjing procedure list 查看有哪些程序。")
    run = {"show": _export, "export": _export, "problems": _problems, "import": _import}
    return run[options.what](options)


def _list(options: argparse.Namespace) -> Result:
    from mingjing.law import queries as law

    found = law.procedures(options.now().date())
    told = [
        {"id": one.id, "title": one.title, "act": one.act, "in_force": one.in_force, "steps": len(one.steps)}
        for one in found
    ]
    return (
        told,
        [f"{one.id}  {one.title}（{len(one.steps)} 个环节，{one.in_force} 起）" for one in found],
        True,
    )


def _export(options: argparse.Namespace) -> Result:
    from mingjing.kernel import dcr_xml
    from mingjing.law import queries as law
    from mingjing.web.ui import procedure_words
    from mingjing.web.ui.svg import flowchart

    edition = law.edition(options.name, options.now().date())
    titles = _paper_titles()
    text = {
        "text": lambda: "\n".join(procedure_words.as_text(edition.procedure, titles)),
        "svg": lambda: flowchart.draw(edition.procedure, paper_titles=titles),
        "dcr-xml": lambda: dcr_xml.to_xml(law.edition_data(edition)),
        "toml": lambda: edition.text,
    }[options.format]()
    told = {"id": edition.id, "sha256": edition.sha256, "format": options.format, "text": text}
    if options.out:
        cli_words.write(options.out, text)
        return told, [f"已写入 {options.out}。"], True
    return told, text.splitlines(), True


def _paper_titles() -> dict[str, str]:
    from mingjing.cases.papers.forms import titles

    return titles()


def _problems(options: argparse.Namespace) -> Result:
    from mingjing.kernel.procedure import problems
    from mingjing.law import queries as law

    found = problems(law.procedure(options.name, options.now().date()))
    told = [{"where": one.where, "message": one.message, "remedy": one.remedy} for one in found]
    return (
        told,
        [str(one) for one in found] or ["没有发现问题：每个案件都能结束，每项义务都能履行。"],
        not found,
    )


def _import(options: argparse.Namespace) -> Result:
    """A procedure drawn elsewhere as our file: written to ``--out`` or shown, with everything it still lacks."""
    import tomli_w

    from mingjing.exchange.procedure_file import read_procedure
    from mingjing.kernel.procedure import problems

    data, procedure, faults = read_procedure(Path(options.name), on=options.now().date())
    found = [*faults, *(problems(procedure) if procedure else [])]
    text = tomli_w.dumps(data)
    if options.out:
        cli_words.write(options.out, text)
    lines = [f"已写入 {options.out}。"] if options.out else text.splitlines()
    lines += [f"# {one}" for one in found]
    told = {"text": text, "problems": [{"where": one.where, "message": one.message} for one in found]}
    return told, lines, not found


def _walk(options: argparse.Namespace) -> Result:
    _setup()
    from mingjing.kernel import scenarios
    from mingjing.law import queries as law

    scenario = scenarios.load(_existing(options.events))
    person = bool(scenario.facts.get("party_is_person"))
    profile = scenario.profile or "general"
    procedure = law.procedure(options.id, scenario.lines[0].at.date())
    paces = list(
        scenarios.walk(
            scenario, procedure, law.calendar(), lambda on: law.constants(profile, on, person=person)
        )
    )
    told = [_pace(one) for one in paces]
    lines = [line for one in paces for line in _pace_lines(one)]
    return told, lines, not any(one.refused for one in paces)


def _pace(one: Any) -> dict[str, Any]:
    return {
        "at": one.at.isoformat(timespec="minutes"),
        "step": one.step,
        "refused": one.refused.as_dict() if one.refused else None,
        "possible": list(one.possible),
        "owed": [
            {
                "title": duty.title,
                "due_on": duty.due_on,
                "basis": duty.basis,
                "explanation": list(duty.explanation),
            }
            for duty in one.owed
        ],
        "lapsed": list(one.lapsed),
    }


def _pace_lines(one: Any) -> list[str]:
    result = f"不能办理：{one.refused.reason}（{one.refused.basis or '无依据'}）" if one.refused else "已办理"
    lines = [f"{one.at:%Y-%m-%d %H:%M}  {one.title}：{result if one.step else '—'}"]
    lines.append(f"    可以办理：{'、'.join(one.possible) or '无'}")
    lines += [f"    应办：{duty.title}（{duty.due_on or '没有期限'}，{duty.basis}）" for duty in one.owed]
    return [*lines, *(f"    权利期限已届满：{title}" for title in one.lapsed)]


def _existing(path: str) -> Path:
    found = Path(path)
    if not found.is_file():
        raise Refused("file-missing", f"找不到文件 {path}。", remedy="请核对文件名。")
    return found


# --- benchmarks, audits ---


def _benchmark(options: argparse.Namespace) -> Result:
    _setup()
    from mingjing.law import queries as law

    path = _existing(options.facts)
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(
            "bad-facts", f"{path.name} 不是合格的 TOML：{error}。", remedy="请按所指行列改正。"
        ) from None
    result = law.discretion(options.item, facts, facts, options.now().date())
    span = [result.span.min_fen, result.span.max_fen] if result.span else None
    told = {
        "tier": result.tier,
        "tier_title": result.tier_title,
        "span_fen": span,
        "row": result.row,
        "basis": result.basis,
        "explanation": list(result.explanation),
    }
    shown = f"{result.tier_title}：{result.span}" if result.span else result.tier_title
    return told, [shown, *result.explanation, f"依据：{result.basis}"], True


def _audit(options: argparse.Namespace) -> Result:
    _setup()
    from mingjing.exchange.auditing import audit_file

    report = audit_file(
        Path(options.path),
        procedure_id=options.procedure,
        at=options.now(),
        map_path=Path(options.map) if options.map else None,
        out=Path(options.out) if options.out else None,
    )
    return report.as_dict(), report.lines(), report.well
