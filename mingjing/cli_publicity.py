"""Commands of those who publish: what is owed on which channel, by when, and what is late."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mingjing import cli_words
from mingjing.kernel.holding import REVIEWED

if TYPE_CHECKING:
    from mingjing.publicity.queries import Exempted, Placed

Result = tuple[Any, list[str], bool]
Adder = Callable[[Any, str, str, Callable[[argparse.Namespace], Result]], argparse.ArgumentParser]
MOST = 10_000


def add_commands(commands: Any, add: Adder) -> None:
    """Put these commands beside the others; ``add`` makes one of them."""
    one = add(
        commands,
        "publications",
        "公示期限：应公示、应撤下的决定，应复核的不公示（due 全部，overdue 已超期）",
        _publications,
    )
    one.add_argument("what", choices=["due", "overdue"])
    one.add_argument("--organ", default="", help="机关代码；不写则全部机关")
    one.add_argument("--channel", default="", help="渠道：portal、province、credit、enterprise；不写则全部")


def _publications(options: argparse.Namespace) -> Result:
    cli_words.prepare()
    from mingjing.publicity import queries as publicity

    at = options.now()
    before = at if options.what == "overdue" else None
    found = publicity.tasks(organ=options.organ, channel=options.channel, due_before=before, limit=MOST + 1)
    owed, cut = found[:MOST], len(found) > MOST
    yesterday = at.date() - timedelta(days=1)
    held = publicity.reviews(organ=options.organ, until=yesterday if before else None, limit=MOST)
    told = {
        "items": [_told(one, at) for one in owed],
        "count": len(owed),
        "cut": cut,
        "reviews": [_reviewed(one, at) for one in held],
    }
    lines = [*(_line(one, at) for one in owed), *(_review_line(one, at) for one in held)]
    if cut:
        lines.append(f"只列出先到期的 {MOST:,} 件，后面还有；请用 --organ、--channel 分开查看。")
    empty = "没有超期的公示事项。" if before else "没有等待办理的公示事项。"
    return told, lines or [empty], not (before and lines)


def _reviewed(one: Exempted, at: datetime) -> dict[str, Any]:
    """An exemption that is to be judged anew: the term to show stands still, or is over, until then."""
    return {
        "number": one.number,
        "case": one.case_no,
        "organ": one.organ_code,
        "kind": one.kind,
        "ground": one.ground,
        "ground_title": one.ground_title,
        "review_on": one.review_on.isoformat(),
        "days_left": (one.review_on - at.date()).days,
        "basis": f"{one.basis}; {REVIEWED}",
    }


def _review_line(one: Exempted, at: datetime) -> str:
    days = (one.review_on - at.date()).days
    when = f"超期 {-days} 日" if days < 0 else f"剩 {days} 日"
    what = "暂缓公示" if one.kind == "delay" else "不公示"
    return f"{one.review_on}  {when}  {one.organ}  {one.number or one.case_no}  {what}（{one.ground_title}）：复核（{one.basis}; {REVIEWED}）"


def _told(one: Placed, at: datetime) -> dict[str, Any]:
    return {
        "number": one.number,
        "case": one.case_no,
        "organ": one.organ_code,
        "channel": one.channel,
        "state": one.state,
        "task": one.task,
        "decided_on": one.decided_on.isoformat(),
        "due_on": one.task_due_at.astimezone(at.tzinfo).date().isoformat() if one.task_due_at else None,
        "days_left": _days(one, at),
        "clock": one.task_clock,
        "basis": one.task_basis,
        "provisional": one.provisional,
        "late_before": one.late,
    }


def _days(one: Placed, at: datetime) -> int | None:
    """Calendar days left; negative when late."""
    if one.task_due_at is None:
        return None
    left = (one.task_due_at.astimezone(at.tzinfo).date() - at.date()).days
    return min(left, -1) if one.task_due_at + timedelta(seconds=1) <= at and left == 0 else left


def _line(one: Placed, at: datetime) -> str:
    days = _days(one, at)
    when = "没有期限" if days is None else f"超期 {-days} 日" if days < 0 else f"剩 {days} 日"
    due = f"{one.task_due_at.astimezone(at.tzinfo):%Y-%m-%d}" if one.task_due_at else "—"
    return f"{due}  {when}  {one.organ}  {one.number or one.case_no}  {one.channel_title}：{one.task}（{one.task_clock}，{one.task_basis}）{'，曾逾期' if one.late else ''}"
