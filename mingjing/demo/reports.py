"""Last year's statistical reports of the demo city: taken in from counts, each organ a step further than the next.

The city began on the platform after that year, so that its figures come from files; this year's are counted live.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mingjing.kernel.report_counts import Given, laid_out
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.oversight import actions
from mingjing.oversight.counting import Asked

BUREAU = "dz-sfj"
FOUNDED = 295  # days ago, when the city took in what went before
_STAFF = {"持证人数": 3, "未持证人数": 0, "应持证人数": 3}
_NOTE = "经审查，不含国家秘密、商业秘密和个人信息。"


@dataclass(frozen=True)
class _Story:
    """An organ's report: its counts, what is written on it, and how far it has come."""

    organ: str
    counts: dict[str, Any]
    reached: tuple[str, ...]
    text: str = ""
    more: dict[str, Any] = field(default_factory=dict)


_LIFE = ("sign", "accept", "publish")
_STORIES = (
    _Story(
        "dz-scjg",
        {"警告": 21, "罚款": 186, "没收违法所得、没收非法财物": 34, "责令停产停业": 2, "吊销许可证件": 1, "合计": 244, "罚没金额（元）": 2_174_300},
        _LIFE,
        "本年执法机构和人员编制没有变化。处罚案件以食品标签、广告和特种设备为主。\n全部处罚决定依期公示；重大执法决定全部经过法制审核。\n行政复议维持三件，撤销一件，已按复议决定纠正。",
        {"申请数量": 1204, "受理数量": 1187, "许可数量": 1165, "不予许可数量": 22, "撤销许可数量": 1},
    ),
    _Story("dz-sthj", {"警告": 3, "罚款": 41, "责令停产停业": 3, "合计": 47, "罚没金额（元）": 3_260_000}, _LIFE, "本年对重点排污单位的检查减少了重复检查，问题线索由监测数据发现。"),
    _Story("dz-yjgl", {"警告": 12, "罚款": 58, "合计": 70, "罚没金额（元）": 1_415_000}, ("sign",)),
    _Story("dz-wsjk", {"警告": 30, "罚款": 25, "暂扣许可证件": 1, "合计": 57, "罚没金额（元）": 96_500}, ("sign", "return")),
    _Story("tc-scjg", {"警告": 8, "罚款": 77, "合计": 85, "罚没金额（元）": 254_600}, ()),
)  # fmt: skip


def live_reports(until: datetime) -> None:
    """Take in, sign, receive, return and publish the reports of the year before the city was founded."""
    began = (until - timedelta(days=FOUNDED)).replace(hour=9, minute=5)
    for place, story in enumerate(_STORIES):
        at = began + timedelta(minutes=40 * place)
        _live(story, began.year - 1, at)


def _live(story: _Story, year: int, at: datetime) -> None:
    organ = organs.organ(story.organ)
    asked = Asked(law.report_scheme("twelve-kinds"), year, organ=organ)
    preparer = _holder(organ.pk, ("unit_head", "handler"), at)
    if preparer is None:
        return
    common: dict[str, Any] = {"organ": organ, "asked": asked, "actor": preparer, "at": at}
    if story.text:
        actions.write_text(text=story.text, **common)
    given = [Given(((organ.name, counts),)) for counts in (story.counts, story.more, _STAFF) if counts]
    figures, flags = laid_out(asked.scheme, given, year)
    report = actions.take_in(figures=figures, flags=flags, **common)
    for step in story.reached:
        at += timedelta(minutes=25)
        _step(step, report.pk, organ.pk, at)


def _step(step: str, report_id: int, organ_id: int, at: datetime) -> None:
    bureau = organs.organ(BUREAU).pk
    if step == "sign" and (head := _holder(organ_id, ("organ_head",), at)) is not None:
        actions.sign(report_id=report_id, actor=head, at=at)
    elif step == "publish" and (publisher := _holder(organ_id, ("publisher",), at)) is not None:
        actions.publish(report_id=report_id, note=_NOTE, actor=publisher, at=at)
    elif step == "accept" and (supervisor := _holder(bureau, ("supervisor",), at)) is not None:
        actions.accept(report_id=report_id, actor=supervisor, at=at)
    elif step == "return" and (supervisor := _holder(bureau, ("supervisor",), at)) is not None:
        reason = "处罚合计与各栏之和不符，请核对后重新报送。"
        actions.give_back(report_id=report_id, reason=reason, actor=supervisor, at=at)


def _holder(organ_id: int, roles: tuple[str, ...], at: datetime) -> Actor | None:
    """Somebody of the organ who holds one of the roles, the first role preferred."""
    people = organs.actors_of_organ(organ_id, at.date())
    return next((one for role in roles for one in people if role in one.roles), None)
