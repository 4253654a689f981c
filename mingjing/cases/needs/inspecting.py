"""Conditions of inspections: who is drawn, how often an enterprise may be visited, what is not repeated."""

from __future__ import annotations

from datetime import date, timedelta

from mingjing.kernel.clocks import parse_length, reckon
from mingjing.kernel.refused import Refused

from .apart import not_handler
from .situation import Situation, need

_ENTERPRISES = "国办发〔2024〕54号"
_RANDOM = "国办发〔2024〕54号; 民营经济促进法/52"


@need
def drawer_not_handler(situation: Situation) -> Refused | None:
    """Who draws inspects nobody: objects and officers are not picked by those who go. 民营经济促进法 art. 52 (2)."""
    return not_handler(situation, "主持抽取", _RANDOM)


@need
def reviewer_not_collector(situation: Situation) -> Refused | None:
    """Who took in a record of monitoring equipment does not review it. 行政处罚法 art. 41 (2)."""
    return not_handler(situation, "审核本条监控记录", "行政处罚法/41(2)")


@need
def monitoring_record_entered(situation: Situation) -> Refused | None:
    """A record that was not reviewed, or failed, is no evidence of a penalty. 行政处罚法 art. 41 (2).

    Judged in the matter that grew out of the record; others have nothing to show.
    """
    if situation.record_entered is not False:
        return None
    return Refused(
        "record-not-reviewed",
        "本案由电子技术监控记录引起，该记录未经审核或者审核不合格，不得作为行政处罚的证据。",
        basis="行政处罚法/41(2)",
        remedy="请先由审核人员审核记录；审核不合格的，不予处罚或者另行取证。",
    )


@need
def drawn_at_random(situation: Situation) -> Refused | None:
    """A random inspection goes to a drawn object, by drawn officers. 国办发〔2024〕54号; 民营经济促进法 art. 52 (2)."""
    if situation.facts.get("inspection_kind") != "random":
        return None
    objects, officers = (situation.drawn.get(kind, frozenset()) for kind in ("objects", "officers"))
    if not objects:
        return Refused(
            "not-drawn",
            "双随机抽查的对象、人员须由平台抽取，本案不是从已经抽取的双随机抽查事项另立的。",
            basis=_RANDOM,
            remedy="请从已经抽取的“双随机抽查”事项页面另立检查；不是随机抽查的，请更正检查种类。",
        )
    party = str(situation.facts.get("party_name") or "")
    if party not in objects:
        return _not_among(f"{party}不在抽中的检查对象之列。", "请核对被检查人，不得自行指定检查对象。")
    strangers = [actor.name for actor in situation.acting() if actor.name not in officers]
    if strangers:
        return _not_among(
            f"{'、'.join(strangers)}不在抽中的检查人员之列。",
            "请由抽中的人员检查；抽中的人员应当回避或者不能参加的，办理补抽。",
        )
    return None


def _not_among(reason: str, remedy: str) -> Refused:
    return Refused("not-drawn", reason, basis=_RANDOM, remedy=remedy)


@need
def within_inspection_cap(situation: Situation) -> Refused | None:
    """No enterprise is visited more often in a year, or sooner again, than its profile lets; INS-FREQ.

    Leads, the enterprise's own request and inspections off site are free (``capped`` of the procedure). The
    numbers are a profile's: 国办发〔2024〕54号 asks every organ to set and publish its own.
    """
    facts = situation.facts
    if not facts.get("capped") or facts.get("party_is_person"):
        return None
    cap = int(facts["inspection_cap_high" if facts.get("risk_level") == "high" else "inspection_cap"])
    days = sorted(situation.inspected_on)
    this_year = [day for day in days if day.year == situation.on.year]
    if len(this_year) >= cap:
        told = "、".join(f"{day:%m月%d日}" for day in this_year)
        return Refused(
            "over-inspection-cap",
            f"本机关今年已对其现场检查 {len(this_year)} 次（{told}），年度上限 {cap} 次。",
            basis=_ENTERPRISES,
            remedy="请取消检查，或者改用非现场方式；有投诉举报、转办交办、监测线索的，按个案检查办理。",
        )
    free_on = _free_on(days, str(facts["inspection_gap"]), situation)
    if free_on is None or situation.on >= free_on:
        return None
    return Refused(
        "inspected-too-soon",
        f"上次现场检查是 {days[-1]}，间隔不足，{free_on} 起才可以再次检查。",
        basis=_ENTERPRISES,
        remedy=f"请在 {free_on} 以后检查，或者改用非现场方式。",
    )


def _free_on(days: list[date], gap: str, situation: Situation) -> date | None:
    """The first day after the gap since the last inspection."""
    if not days:
        return None
    return reckon(parse_length(gap), days[-1], situation.calendar).due_on + timedelta(days=1)


@need
def not_repeating_superior(situation: Situation) -> Refused | None:
    """What an organ above has checked is not checked again for three months, unless there is a suspicion.

    INS-3M; 食品生产经营监督检查管理办法 art. 42, for other fields 国办发〔2024〕54号.
    """
    facts = situation.facts
    if not facts.get("capped") or facts.get("repeat_ground"):
        return None
    seen = list(situation.superior_inspected)
    if facts.get("superior_checked_on"):
        seen.append((date.fromisoformat(facts["superior_checked_on"]), "上级机关"))
    term = parse_length(str(facts["superior_repeat_term"]))
    for day, organ in sorted(seen, reverse=True):
        until = reckon(term, day, situation.calendar).due_on
        if day <= situation.on <= until:
            return Refused(
                "superior-checked",
                f"{organ}已于 {day} 检查，{until} 以前不重复检查同一项目。",
                basis="食品生产经营监督检查管理办法/42" if situation.field == "food" else _ENTERPRISES,
                remedy="请取消检查或者改期；涉嫌违法、存在明显安全隐患的，写明理由后检查。",
            )
    return None
