"""Commands of the justice bureau's witness, and of the platform that asks it.

``witness``: make it, run it, let it trust a log, look at its state. ``witnesses``: ask those of the policy, and
what to do when they have seen more of the log than the tables hold.
"""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from mingjing import cli_words
from mingjing.kernel.refused import Refused

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]
DEFAULT = "witness.toml"


def add_commands(commands: Any, add: Adder) -> None:
    """Put the command beside the others; ``add`` makes it."""
    one = add(commands, "witness", "见证方：联署日志的签名头，保存日志的副本", _witness)
    one.add_argument("what", choices=["init", "serve", "add-log", "status"])
    one.add_argument("vkeys", nargs="*", metavar="公钥", help="add-log：日志公布的公钥（名称+编号+base64）")
    one.add_argument("--config", default=DEFAULT, metavar="文件", help=f"设置文件，默认 {DEFAULT}")
    one.add_argument("--name", default="", help="init：见证方的名称，如 sfj.dazhou.example/witness")
    one.add_argument("--title", default="", help="init：状态页上显示的单位名称")
    one.add_argument("--listen", default="127.0.0.1:8070", metavar="地址:端口", help="init：在哪里运行")
    one.add_argument("--ml-dsa", action="store_true", help="init：另做一把抗量子的 ML-DSA-44 密钥")
    one.add_argument("--url", default="", help="add-log：从这个网址保存副本，如 https://…/log/")

    one = add(commands, "witnesses", "平台一侧：请见证方联署日志；恢复旧备份之后找回日志", _witnesses)
    one.add_argument("what", choices=list(_ASKING))
    one.add_argument("--receipts", metavar="文件夹", help="lost：与人们手中的回执核对")


def _witness(options: argparse.Namespace) -> Result:
    run = {"init": _init, "serve": _serve, "add-log": _add_log, "status": _status}
    return run[options.what](options)


def _init(options: argparse.Namespace) -> Result:
    from mingjing.witness.making import make

    if not options.name:
        raise Refused(
            "missing", "没有写明见证方的名称。", remedy="加 --name，如 --name sfj.dazhou.example/witness。"
        )
    made = make(
        Path(options.config),
        name=options.name,
        title=options.title or options.name,
        listen=options.listen,
        ml_dsa=options.ml_dsa,
    )
    lines = [f"已建立设置文件 {made.config} 和私钥 {made.key_file}。请立即把私钥另存两份，离线保管。"]
    lines += ["请把下面的行交给平台的运行单位，写入信任策略：", *made.policy]
    told = {"config": str(made.config), "key_file": str(made.key_file), "policy": list(made.policy)}
    return told, lines, True


def _serve(options: argparse.Namespace) -> Result:
    from mingjing.witness.serving import serve

    # A service manager asks with SIGTERM, and a shell's background jobs begin with SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    serve(Path(options.config), cli_words.announce)
    return {}, [], True


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _add_log(options: argparse.Namespace) -> Result:
    from mingjing.witness.config import add_log

    if not options.vkeys:
        raise Refused(
            "missing", "没有写明日志的公钥。", remedy="公钥见平台的“核验”页面，或 mingjing record vkey。"
        )
    added = add_log(Path(options.config), options.vkeys, options.url)
    kept = f"，副本取自 {added.url}" if added.url else "，不保存副本"
    told = {"origin": added.origin, "vkeys": [str(key) for key in added.keys], "url": added.url}
    lines = [f"已信任日志“{added.origin}”{kept}。"]
    lines += ["请用另一条途径（电话、当面）与平台的运行单位核对公钥：", *told["vkeys"]]
    return told, lines, True


def _status(options: argparse.Namespace) -> Result:
    from mingjing.witness.config import read
    from mingjing.witness.memory import Memory
    from mingjing.witness.state import WORDS, state_of

    config = read(Path(options.config))
    now: datetime = options.now()
    state = state_of(config, Memory(config.database), now)
    lines = [f"{state.title}（{state.name}）"]
    for log in state.logs:
        held = "不保存副本" if log.mirrored is None else f"副本 {log.mirrored} 条"
        grown = f"，最近增长 {_time(log.grown_at)}" if log.grown_at else ""
        lines.append(f"  {WORDS[log.word]}  {log.origin}：已联署 {log.size} 条{grown}，{held}")
        lines += [f"    {log.trouble}"] if log.trouble else []
    lines += [] if state.logs else ["  还没有信任任何日志。"]
    lines += [f"  拒绝 {one.origin}：{one.reason}（{one.times} 次）" for one in state.refusals]
    return state.as_dict(), lines, state.well


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(cli_words.SHANGHAI):%Y-%m-%d %H:%M}"


# --- the platform's side ---


def _witnesses(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    return _ASKING[options.what](options)


def _ask(options: argparse.Namespace) -> Result:
    from mingjing.record.actions import witness

    done = witness(options.now())
    lines = [f"新得联署 {done.given} 份。", *(f"{name}没有联署：{why}" for name, why in done.troubles)]
    told = {"given": done.given, "troubles": dict(done.troubles)}
    return told, lines, not done.troubles


def _lost(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import missing

    found = missing(options.now(), Path(options.receipts) if options.receipts else None)
    if not found:
        return [], ["没有缺少：库中的日志不短于见证方和公布的文件所见。"], True
    lines = [line for one in found for line in one.lines()]
    lines += [
        "有更新的备份，恢复它最好。没有的，停止平台，二者选一：",
        "  mingjing witnesses rebuild   从副本找回日志的位置，接着用；原文遗失的记录留下位置和校验值",
        "  mingjing witnesses new-log   另起一本日志，第一条写明原来的日志见过的最后签名头",
    ]
    return [one.as_dict() for one in found], lines, False


def _rebuild(options: argparse.Namespace) -> Result:
    from mingjing.record.actions import rebuild

    done = rebuild(options.now())
    lines = [
        f"日志“{done.origin}”已找回到 {done.size} 条：{done.kept} 条连同原文，{done.lost} 条只有位置和校验值。",
        "现在可以照常编入。请把遗失的记录补办或说明，缺哪些见找回前 mingjing witnesses lost 的清单。",
    ]
    return vars(done), lines, True


def _new_log(options: argparse.Namespace) -> Result:
    from mingjing.record.actions import reopen

    done = reopen(options.now())
    lines = [
        f"已另起日志“{done.origin}”，第一条写明“{done.after}”见过的最后签名头；原日志缺的 {done.lost} 条不再找回。",
        "请把新日志的公钥（mingjing record checkpoint、“核验”页面）告知各见证方，由他们加入后才有联署。",
    ]
    return vars(done), lines, True


_ASKING: dict[str, Callable[[argparse.Namespace], Result]] = {
    "ask": _ask,
    "lost": _lost,
    "rebuild": _rebuild,
    "new-log": _new_log,
}
