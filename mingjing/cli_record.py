"""Commands of the record: number, publish, prove, watch and rebuild the log.

What time it is they are told: ``options.now()``.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from mingjing import cli_words
from mingjing.kernel.refused import Refused

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]
MOST_SECONDS = 10**7
LATE_SECONDS = 300


def add_commands(commands: Any, add: Adder) -> None:
    """Put these commands beside the others; ``add`` makes one of them."""
    one = add(commands, "record", "全过程记录：编入、公布、签名头、证明、回执、监测、重算", _record)
    one.add_argument("what", choices=list(_RUN))
    one.add_argument(
        "given", nargs="*", help="prove、receipt 的记录编号；consistency 的两个条数，如 consistency 100 250"
    )
    one.add_argument("--year", type=cli_words.whole(2000, 9999), help="哪一年的日志，不写为在用的一本")
    one.add_argument("--deep", action="store_true", help="fsck 连同文件内容一起重新计算")
    one.add_argument("--sm3", action="store_true", help="prove 出具 SM3 树中的证明（.tlog-proof）")
    one.add_argument(
        "--late",
        type=cli_words.whole(1, MOST_SECONDS),
        default=LATE_SECONDS,
        help=f"monitor 允许记录等待公布的秒数，默认 {LATE_SECONDS}",
    )


def _record(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    return _RUN[options.what](options)


def _seal(options: argparse.Namespace) -> Result:
    from mingjing.record.actions import seal

    sealed = seal(options.now())
    return vars(sealed), [f"新编入 {sealed.added} 条，日志共 {sealed.size} 条。"], True


def _fsck(options: argparse.Namespace) -> Result:
    from mingjing.organs import checking
    from mingjing.record.queries import verify

    report, rights = verify(deep=options.deep), checking.faults()
    told = [f"权限：{fault}" for fault in rights] or ["权限：任命、证件、委托代理与记录一致。"]
    return report.as_dict() | {"rights": rights}, [*report.lines(), *told], report.clean and not rights


def _tiles(options: argparse.Namespace) -> Result:
    from mingjing.record.actions import repair

    done = repair()
    return vars(done), [f"公布的文件 {done.files} 个，补写 {done.written} 个。"], True


def _checkpoint(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import head

    note = head(year=options.year)
    origin, size, root = note.splitlines()[:3]
    return {"origin": origin, "size": int(size), "root": root, "note": note}, note.splitlines(), True


def _prove(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import prove, sm3_proof

    if options.sm3:
        text = sm3_proof(_entry(options))
        return {"proof": text}, text.splitlines(), True
    proof = prove(_entry(options))
    return proof, [json.dumps(proof, ensure_ascii=False, indent=2)], True


def _receipt(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import receipt

    text = receipt(_entry(options))
    return {"receipt": text}, text.splitlines(), True


def _consistency(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import consistency_proof

    old, new = _sizes(options.given)
    hashes = [base64.b64encode(one).decode() for one in consistency_proof(old, new, year=options.year)]
    return {"old": old, "new": new, "proof": hashes}, hashes, True


def _keys(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import further_vkeys, vkey_for, vkeys

    found = [vkey_for(options.year)] if options.year else [*vkeys(), *further_vkeys()]
    return {"vkeys": found}, found or ["还没有日志，也没有公钥。"], True


def _monitor(options: argparse.Namespace) -> Result:
    from mingjing.record.queries import watch

    found = watch(options.now(), late_seconds=options.late)
    return found.as_dict(), found.lines(), found.well


_RUN: dict[str, Callable[[argparse.Namespace], Result]] = {
    "seal": _seal,
    "fsck": _fsck,
    "verify": _fsck,  # its name until the logs by year
    "tiles": _tiles,
    "checkpoint": _checkpoint,
    "prove": _prove,
    "receipt": _receipt,
    "consistency": _consistency,
    "keys": _keys,
    "monitor": _monitor,
}


def _entry(options: argparse.Namespace) -> UUID:
    given = options.given[0] if options.given else ""
    try:
        return UUID(given)
    except ValueError:
        what = f"“{cli_words.short(given)}”不是记录编号。" if given else "没有写明记录编号。"
        raise Refused(
            "bad-entry", what, remedy="记录编号见案件时间轴或者公示页面，形如 0190f3c2-…。"
        ) from None


def _sizes(given: list[str]) -> tuple[int, int]:
    if len(given) != 2 or not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in given):
        raise Refused(
            "bad-sizes",
            "一致性证明要写明前后两个条数。",
            remedy="例如 mingjing record consistency 100 250；条数见各签名头的第二行。",
        )
    return int(given[0]), int(given[1])
