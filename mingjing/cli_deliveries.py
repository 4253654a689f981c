"""Commands for what goes to other platforms: 双公示 records to a file, and decisions told to their channels.

What time it is they are told: ``options.now()``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from mingjing import cli_words
from mingjing.kernel.refused import Refused

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]
DAYS = 30


def add_commands(commands: Any, add: Adder) -> None:
    """Put ``export`` and ``deliveries`` beside the other commands."""
    one = add(commands, "export", "把本平台的决定写成双公示数据", _export)
    one.add_argument("what", choices=["double-publicity"])
    one.add_argument("--from", dest="first", metavar="日期", required=True, help="决定日期从哪天起")
    one.add_argument("--to", dest="last", metavar="日期", required=True, help="决定日期到哪天止（含）")
    one.add_argument("--organ", default="", help="只要哪个机关的（机关代码）")
    one.add_argument("--kind", choices=["penalty", "permit"], default="", help="只要处罚或者许可")
    one.add_argument("--out", default="", metavar="文件", help="写到哪里；不写则在当前文件夹")
    one.add_argument("--format", dest="form", choices=["xlsx", "csv"], default="xlsx", help="默认 xlsx")

    one = add(commands, "deliveries", "报送：按接口报送到期的、查看每日对账、制作报送包", _deliveries)
    one.add_argument("what", choices=["send", "status", "package"])
    one.add_argument(
        "--from", dest="first", metavar="日期", default="", help="status：从哪天起，默认三十天前"
    )
    one.add_argument("--to", dest="last", metavar="日期", default="", help="status：到哪天止，默认今天")
    one.add_argument("--channel", default="", help="province、credit、enterprise")
    one.add_argument("--organ", default="", help="机关代码")
    one.add_argument("--out", default="", metavar="文件", help="package：报送包写到哪里")


def _export(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    from mingjing.exchange import double_export

    first, last = _day(options.first), _day(options.last)
    if options.organ:
        cli_words.organ(options.organ)
    name = f"双公示{'-' + options.organ if options.organ else ''}-{first:%Y%m%d}-{last:%Y%m%d}.{options.form}"
    told = double_export.export(
        Path(options.out or name),
        first=first,
        last=last,
        today=options.now().date(),
        organ=options.organ,
        kind=options.kind,
        form=options.form,
    )
    return told.as_dict(), told.lines(), True


def _day(text: str) -> date:
    told = cli_words.moment(text)
    return told.date() if isinstance(told, datetime) else told


def _deliveries(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    return {"send": _send, "status": _status, "package": _package}[options.what](options)


@dataclass(frozen=True)
class Told:
    """A round of telling channels: counts, and words for people; none where nothing happened."""

    told: dict[str, int]
    lines: list[str]
    well: bool = True


def tell_channels(at: datetime) -> Told:
    """One round: what is due is queued and told; settings that cannot be read are told and stop nothing else."""
    from mingjing.exchange import actions as exchange

    try:
        queued = exchange.queue_due(at=at)
        sent = exchange.send_due(at=at)
    except Refused as refused:
        return Told({}, [f"没有报送：{refused.reason}"], well=False)
    told = {"queued": queued, **vars(sent)}
    if not any(told.values()):
        return Told(told, [])
    line = (
        f"报送：新列入 {queued} 件；已接收 {sent.accepted}，被退回 {sent.refused}，待回执 {sent.received}，"
        f"没有送到 {sent.down}（到时自动再报），不再需要 {sent.dropped}。"
    )
    return Told(told, [line], well=not sent.down)


def _send(options: argparse.Namespace) -> Result:
    """One round, now."""
    done = tell_channels(options.now())
    return done.told, done.lines or ["没有到期的报送。"], done.well


def _span(options: argparse.Namespace) -> tuple[date, date]:
    last = _day(options.last) if options.last else options.now().date()
    first = _day(options.first) if options.first else last - timedelta(days=DAYS)
    return first, last


def _status(options: argparse.Namespace) -> Result:
    """The daily balance."""
    from mingjing.exchange import queries as exchange

    first, last = _span(options)
    if options.organ:
        cli_words.organ(options.organ)
    scope = exchange.scope(organ=options.organ)
    found = exchange.balance(scope, first=first, last=last, now=options.now(), channel=options.channel)
    told = [{**vars(one), "parts": dict(one.parts), "day": one.day.isoformat()} for one in found]
    lines = [
        f"{one.day} {one.organ} {one.channel_title}：全部 {one.owed}，"
        + "，".join(f"{exchange.CELLS[name][0]} {count}" for name, count in one.parts.items() if count)
        + (f"，逾期 {one.late}" if one.late else "")
        for one in found
    ]
    sums = exchange.totals(found)
    told_parts = "，".join(f"{title} {sums[name]}" for name, (title, _) in exchange.CELLS.items())
    lines.append(f"合计：全部 {sums['owed']}，{told_parts}，逾期 {sums['late']}。")
    return {"lines": told, "totals": sums}, lines, True


def _package(options: argparse.Namespace) -> Result:
    """One upload file, in the name of the platform."""
    from mingjing.exchange import actions as exchange
    from mingjing.organs.authority import SYSTEM
    from mingjing.record import queries as record

    if not options.channel or not options.organ:
        raise Refused(
            "no-channel",
            "没有写明渠道和机关。",
            remedy="例：mingjing deliveries package --channel credit --organ dz-scjg --out 报送.zip",
        )
    if options.organ:
        cli_words.organ(options.organ)
    made = exchange.make_package(channel=options.channel, organ=options.organ, actor=SYSTEM, at=options.now())
    path = Path(options.out or f"{made.number}.zip")
    try:
        with record.open_blob(made.sha256) as file:
            path.write_bytes(file.read())
    except OSError as error:
        raise Refused(
            "out-unwritable",
            f"报送包 {made.number} 已经制作，但无法写入 {path}（{error.strerror}）。",
            remedy="请在办案端“每日对账”下载。",
        ) from error
    told = {"number": made.number, "rows": made.rows, "sha256": made.sha256, "path": str(path)}
    return told, [f"报送包 {made.number}：{made.rows} 件，写入 {path}；上传后请登记回执。"], True
