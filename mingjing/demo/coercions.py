"""Coercive measures of the demo city: food impounded and given back, food still held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .inspections import asked, enter, invented, open_matter, party_of, workday
from .staffing import Team

_SEALING: dict[str, Any] = {
    "cause": "经营标签不符合规定的预包装食品",
    "measure_kinds": ["impound"],
    "coercive_power": "QZ-FOOD-1",
    "measure_reason": "货架上的预包装食品没有生产日期，有证据证明不符合食品安全标准，不扣押即可能继续销售。",
    "milder_means": "责令下架不能防止转移和继续销售。",
    "measure_objects": "某牌糕点 | 200克 | 袋 | 36 | 没有生产日期",
    "objects_place": "通川区某某路1号",
    "measure_plan": "两名执法人员当场清点、拍照，存入本机关仓库。",
    "site_place": "通川区某某路1号",
    "party_present": "present",
    "site_person": "某某（负责人）",
    "party_view": "没有异议，请求尽快处理。",
    "custody_place": "本机关涉案财物仓库",
    "custody_keeper": "本机关保管员",
    "site_findings": "执法人员出示证件，告知理由、依据和权利，当场清点糕点36袋，负责人在场核对无误。",
    "service_address": "通川区某某路1号",
    "service_recipient": "某某（负责人）",
    "publication_note": "不含国家秘密、商业秘密和个人信息。",
    "disposal": "release",
    "disposal_ground": "no_violation",
    "disposal_reason": "经核对进货票据和厂家证明，生产日期标在外箱，产品合格，不再需要扣押。",
    "disposal_basis": "行政强制法/28(1)",
    "disposal_objects": "某牌糕点 | 200克 | 袋 | 36 | 完好",
}
# Steps with the hours after the one before.
_TAKEN = (("approve_measure", 1), ("implement", 2), ("publish", 24))
_GIVEN_BACK = (*_TAKEN, ("dispose", 96), ("serve_papers", 24))


def live_coercions(teams: Mapping[str, Team], until: datetime) -> None:
    """Two impoundments by every organ of food, one of them over; by actions only."""
    for team in teams.values():
        if team.field == "food":
            _live(team, "午", until - timedelta(days=16), _TAKEN, until)
            _live(team, "未", until - timedelta(days=40), _GIVEN_BACK, until)


def _live(team: Team, sign: str, day: datetime, steps: tuple[tuple[str, int], ...], until: datetime) -> None:
    at = workday(day)
    name = invented(team, sign)
    facts = asked("measure-sealing", at, _SEALING)
    title = f"{name}{_SEALING['cause']}扣押案"
    case_id = open_matter(
        team, "measure-sealing", at=at, title=title, facts=facts, party=party_of(team, name, at)
    )
    for step, hours in steps:
        at = min(workday(at + timedelta(hours=hours)), until)
        enter(team, case_id, step, _SEALING, at)
