"""Conditions of administrative coercion: a statute that gives the power, who may use it, and when not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from mingjing.kernel.case_dates import local
from mingjing.kernel.numerals import plain_date
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law

from .situation import Situation, need

# What a person may be forced to do, and the power without which an organ asks the court (行政强制法/53).
_OWN_EXECUTION = {"money": "transfer", "demolition": "demolish", "removal": "remove"}


def _kinds(situation: Situation) -> tuple[str, ...]:
    """The measures or means of execution that the form names."""
    kinds = situation.facts.get("measure_kinds") or situation.facts.get("execution_kinds") or ()
    return (kinds,) if isinstance(kinds, str) else tuple(kinds)


@need
def statutory_power(situation: Situation) -> Refused | None:
    """A statute gives this organ this measure for this matter. 行政强制法 arts. 10, 13, 17, 22, 29."""
    return law.why_no_coercion(
        str(situation.facts.get("coercive_power") or ""),
        _kinds(situation),
        field=situation.field,
        organ_field=situation.organ_field,
        item=situation.power.code if situation.power else None,
        on=situation.on,
    )


@need
def not_delegated(situation: Situation) -> Refused | None:
    """Measures are never taken by an entrusted organization. 行政强制法 art. 17 (1)."""
    if situation.organ_kind != "entrusted":
        return None
    return Refused(
        "power-delegated",
        "行政强制措施权不得委托，受委托组织不能以自己的名义实施。",
        basis="行政强制法/17(1)",
        remedy="请由委托机关以自己的名义、由其执法人员实施。",
    )


@need
def approver_of_power(situation: Situation) -> Refused | None:
    """Where the statute asks for the principal head, nobody else approves. 危险化学品安全法 art. 8 (1) 5."""
    if situation.proposer is None or situation.actor.is_principal:
        return None
    power = law.coercive_power(str(situation.facts.get("coercive_power") or ""))
    if power.approver != "principal":
        return None
    return Refused(
        "not-principal",
        f"“{power.title}”应经本部门主要负责人批准；{situation.actor.name}不是主要负责人。",
        basis=power.basis,
        remedy="请报主要负责人批准。",
    )


@need
def term_as_the_power_says(situation: Situation) -> Refused | None:
    """A measure without a last day needs a statute that lets it last until something is mended.

    行政强制法 art. 25 (1): thirty days, 法律、行政法规另有规定的除外.
    """
    if not situation.facts.get("until_remedied"):
        return None
    power = law.coercive_power(str(situation.facts.get("coercive_power") or ""))
    if power.remedied:
        return None
    return Refused(
        "no-open-term",
        f"“{power.title}”没有规定持续到违法状态消除，查封、扣押不得超过三十日。",
        basis="行政强制法/25(1)",
        remedy="请改为有期限的查封、扣押。",
    )


@need
def not_at_night_or_holiday(situation: Situation) -> Refused | None:
    """No execution at night or on a statutory holiday, but in an emergency. 行政强制法 art. 43 (1); CMP-NIGHT.

    Judged is when it was done (or is planned), not when it is entered. The law does not say when night begins,
    nor whether a weekend is a 法定节假日: the profile does, on the side of those who live there.
    """
    if situation.facts.get("execution_urgent"):
        return None
    found = next((each for each in map(partial(_resting, situation), _done_at(situation)) if each), None)
    if found is None:
        return None
    began, ended = _night(situation.facts)
    return Refused(
        "night-or-holiday",
        f"不得在夜间或者法定节假日实施行政强制执行，{found}。",
        basis="行政强制法/43(1)",
        remedy=f"请在工作日 {ended:%H:%M} 至 {began:%H:%M} 之间实施；情况紧急的，写明紧急情况。",
    )


def _done_at(situation: Situation) -> Iterator[datetime]:
    """The first and the last moment of what the form tells, and the midnight between; now, where it asks none.

    The form's time is the one that happened, or else the one planned; what lasts until ten ends before ten.
    """
    asked = [each for each in situation.rule.facts if each.kind == "datetime"]
    began = next((each for each in asked if each.happened or each.name.endswith("_planned_at")), None)
    if began is None:
        yield situation.at
        return
    ended = next((each for each in asked if began.name in each.not_before), None)
    first = _moment(situation.facts, began.name)
    last = _moment(situation.facts, ended.name) if ended else None
    if first is not None:
        yield first
    if first is not None and last is not None and last > first:
        if last.date() > first.date():
            yield datetime.combine(first.date() + timedelta(days=1), time(), first.tzinfo)
        yield last - timedelta(seconds=1)


def _moment(facts: Mapping[str, Any], name: str) -> datetime | None:
    """A moment of the case by the clock of the place; None while the form is not filled in."""
    told = facts.get(name)
    if not told:
        return None
    moment = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    return local(moment)


def _resting(situation: Situation, moment: datetime) -> str | None:
    """Why nothing is executed at that moment, in words; None where it may be."""
    began, ended = _night(situation.facts)
    if moment.time() >= began or moment.time() < ended:
        return f"{plain_date(moment)}{moment:%H:%M}是夜间"
    rest = situation.calendar.rest_name(moment.date())
    if rest == "周末" and not situation.facts.get("weekends_are_holidays", True):
        return None
    return f"{plain_date(moment)}是{rest}" if rest else None


def _night(facts: Mapping[str, Any]) -> tuple[time, time]:
    """When the night begins and ends, by the profile."""
    told = facts.get("night_from") or "22:00", facts.get("night_until") or "06:00"
    return time.fromisoformat(str(told[0])), time.fromisoformat(str(told[1]))


@need
def no_own_execution(situation: Situation) -> Refused | None:
    """The court is asked only by an organ that may not execute by itself. 行政强制法 arts. 13 (2), 53."""
    means = _OWN_EXECUTION.get(str(situation.facts.get("obligation_kind") or ""))
    item = situation.power.code if situation.power else None
    own = [
        power
        for power in law.coercive_powers(
            field=situation.field, organ_field=situation.organ_field, on=situation.on
        )
        if means in power.kinds and power.covers(item)
    ]
    if not own:
        return None
    return Refused(
        "own-execution",
        f"法律已授权本机关强制执行（{own[0].title}），不申请人民法院强制执行。",
        basis="行政强制法/34; 行政强制法/53",
        remedy="请办理行政机关强制执行。",
    )
