"""What an act rests on: a confirmed organ, an item of its list of powers, provisions in force on the day.

R-006 of the city's plan: no act starts unless it is bound to all three.
"""

from __future__ import annotations

from datetime import date

from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.codex.powers import Power, act_day
from mingjing.organs.queries import ConfirmedList

from .situation import Situation, need


@need
def confirmed_organ(situation: Situation) -> Refused | None:
    """Only an organ on the confirmed list of organs acts; where no list binds yet, one with a day of confirmation.

    An inspection asks the list of inspecting bodies as well, where there is one.
    行政处罚法 art. 17; 达州三项制度方案 para. 2(1); 国办发〔2024〕54号 (检查主体依法确认、公告).
    """
    listed = situation.confirmed("subjects", situation.organ_id)
    if listed is None:
        refused = _not_confirmed(situation)
    else:
        refused = _not_listed(situation, listed, "行政处罚法/17; 达州三项制度方案/2(1)")
    inspecting = (
        situation.confirmed("inspection-subjects", situation.organ_id) if _inspects(situation) else None
    )
    if refused is None and inspecting is not None:
        refused = _not_listed(situation, inspecting, "国办发〔2024〕54号; 达州三项制度方案/2(1)")
    return refused


def _inspects(situation: Situation) -> bool:
    return situation.act == "inspection"


def _not_confirmed(situation: Situation) -> Refused | None:
    confirmed_on = situation.organ_confirmed_on
    if confirmed_on is not None and confirmed_on <= situation.on:
        return None
    when = f"自 {confirmed_on} 起才经确认" if confirmed_on else "尚未经司法行政机关确认"
    return Refused(
        "organ-not-confirmed",
        f"{situation.organ_name}的执法主体资格{when}，{situation.on} 不能以其名义执法。",
        basis="行政处罚法/17; 达州三项制度方案/2(1)",
        remedy="请编制《执法主体清单》报同级司法行政机关确认；另有确认文件的，由管理员登记确认日期。",
    )


def _not_listed(situation: Situation, listed: ConfirmedList, basis: str) -> Refused | None:
    if situation.organ_code in listed.keys:
        return None
    return Refused(
        "organ-not-listed",
        f"{situation.organ_name}不在自 {listed.since} 起公布的《{listed.title}》（第 {listed.number} 版）中，"
        f"{situation.on} 不能以其名义执法。",
        basis=basis,
        remedy="请修订清单，报同级司法行政机关确认；已经公布的新版本，自公布之日起办理。",
    )


# The needs that look at the item of the list of powers a case rests on.
RESTING_ON_POWER = frozenset(
    {
        "power_item",
        "power_in_force",
        "ordered_first",
        "within_benchmark_or_reason",
        "statutory_power",
        "approver_of_power",
        "term_as_the_power_says",
    }
)


@need
def power_item(situation: Situation) -> Refused | None:
    """The case rests on an item of the list of powers that this organ may use.

    行政处罚法 arts. 4, 17: no penalty but by law and within the organ's powers; 达州三项制度方案 para. 2(2).
    """
    power = situation.power
    if power is None:
        return Refused(
            "no-power-item",
            "本案没有选定权责事项，不能确定由谁、依据哪一条、在什么幅度内处罚。",
            basis="行政处罚法/4; 达州三项制度方案/2(2)",
            remedy="请选定权责事项；清单中没有的，由本机关按程序列入清单并导入平台后再办理。",
        )
    if power.withdrawn:
        return Refused(
            "power-withdrawn",
            f"权责事项“{power.title}”（{power.code}）已从《{power.source}》中取消。",
            basis="行政处罚法/4; 达州三项制度方案/2(2)",
            remedy="请改选现行清单中的事项；确无事项的，不得给予处罚。",
        )
    kinds = set(situation.organ_fields or (situation.organ_field,))
    # An imported list that was tied to an organ is that organ's alone; one that was not says in words which body
    # acts. The codex says it in kinds that can be compared.
    if power.organ_id is not None:
        may = power.organ_id == situation.organ_id
    else:
        may = power.sure == "imported" or not power.organ_fields or bool(kinds & set(power.organ_fields))
    if may:
        return None
    return Refused(
        "power-of-another-organ",
        f"权责事项“{power.title}”由{power.authority or '另一机关'}办理，不在{situation.organ_name}的职权范围内。",
        basis="行政处罚法/17",
        remedy="请移送有权机关；经批准集中行使的，请管理员在机关登记中补登职权类别。",
    )


@need
def power_in_force(situation: Situation) -> Refused | None:
    """Item and provisions were in force on the day of the violation, or are now and are chosen as the milder.

    行政处罚法 art. 37 (从旧兼从轻), art. 38 (no penalty without a basis).
    """
    power, facts = situation.power, situation.facts
    if power is None:
        return None
    then = act_day(facts, situation.on)
    refused = _chosen(situation, power, then)
    if refused is not None:
        return refused
    texts = {"权责事项的依据": power.applied(facts, situation.on).basis}
    texts |= {
        label: str(facts[name])
        for name, label in (("violated_provision", "违反的条款"), ("penalty_provision", "处罚依据"))
        if facts.get(name)
    }
    for label, text in texts.items():
        refused = _provisions_stand(situation, label, text, then)
        if refused is not None:
            return refused
    return None


@need
def ordered_first(situation: Situation) -> Refused | None:
    """A fine for those who did not heed an order to correct needs that order and the check that found it unheeded.

    食品安全法 art. 126(1) and the like: 责令改正，拒不改正的，处…罚款; 行政处罚法 art. 28(1).
    """
    power, facts = situation.power, situation.facts
    if power is None or not facts.get("fine_fen"):
        return None
    applied = power.applied(facts, situation.on)
    if not applied.fines or not applied.fine_rule(facts).after_order:
        return None
    if facts.get("correction_result") == "refused" or facts.get("prior_order_no"):
        return None
    return Refused(
        "not-ordered-first",
        f"“{power.title}”这一档罚款以责令改正后拒不改正、逾期不改正为前提，"
        "本案没有责令改正后复查为拒不改正的记录，也没有填写此前的责令改正文书。",
        basis=applied.basis,
        remedy="请先责令改正并复查；此前已经责令改正的，填写该文书的文号和复查日期；已经改正的，不得罚款。",
    )


def _chosen(situation: Situation, power: Power, then: date) -> Refused | None:
    """Where the law has changed since the act, one of the two is chosen, and it is not the heavier."""
    change = law.law_change(power, situation.facts, situation.on)
    if change is None:
        return None if power.version_on(then) else _not_then(_listed_since(power), then)
    choice = situation.facts.get("law_applied")
    if change.then is None or change.now is None:
        standing = "now" if change.now else "then"
        return None if choice == standing or standing == "then" else _not_then(_listed_since(power), then)
    if not choice:
        return Refused(
            "law-not-chosen",
            f"违法行为发生在 {then}，当时适用{_cited(change.then)}，以后改为{_cited(change.now)}；"
            "适用哪一个须经比较，本案还没有选定。",
            basis="行政处罚法/37",
            remedy="请对照“新旧规定比较”，选定“适用的规定”并写明理由。",
        )
    return None if choice == change.milder else _not_the_heavier(situation, change)


def _not_the_heavier(situation: Situation, change: law.LawChange) -> Refused | None:
    if situation.facts.get("lighter_overall"):
        return None
    wanted, power = (
        ("现行规定", change.now) if change.milder == "now" else ("违法行为发生时的规定", change.then)
    )
    reason = change.weighing.reason if change.weighing else ""
    return Refused(
        "not-the-lighter-law",
        f"{reason}应当适用{wanted}{f'（{_cited(power)}）' if power else ''}。",
        basis="行政处罚法/37",
        remedy="请改选；连同罚款以外的处罚一并比较，所选的规定确实较轻的，请勾选说明并写明理由。",
    )


def _cited(power: Power) -> str:
    return "、".join(place.text for place in law.parse(power.basis))


def _listed_since(power: Power) -> str:
    return f"权责事项“{power.title}”（{power.code}）自 {power.in_force} 起列入清单"


def _provisions_stand(situation: Situation, label: str, text: str, then: date) -> Refused | None:
    found = situation.standings(text, then)
    if not found:
        return Refused(
            "no-provision",
            f"“{label}”中读不出法律名称和条文：{text[:60]}。",
            basis="行政处罚法/38(1)",
            remedy="请写成 食品安全法/124(1)，或者《食品安全法》第一百二十四条第一款。",
        )
    wrong = next((one for one in found if one.state in ("missing", "not-in-force")), None)
    if wrong is not None:
        now_good = all(one.state == "good" for one in situation.standings(text, situation.on))
        if _by_newer_law(situation, now_good):
            return None
        what = f"“{label}”引用的{wrong.text}：{wrong.why}"
        return _not_then(what, then) if wrong.state == "not-in-force" else _no_such_place(what)
    unknown = next((one for one in found if one.state == "unknown"), None)
    if unknown is None or situation.facts.get("basis_note"):
        return None
    return Refused(
        "basis-unknown",
        f"“{label}”引用的{unknown.text}，平台没有收录 {then} 施行的文本，不能核对：{unknown.why}",
        basis="行政处罚法/38(1)",
        remedy="请先导入该文件；来不及导入的，在“依据核对说明”中写明核对的出处和结果。",
    )


def _by_newer_law(situation: Situation, in_force_now: bool) -> bool:
    return in_force_now and situation.facts.get("law_applied") == "now"


def _not_then(what: str, then: date) -> Refused:
    return Refused(
        "power-not-in-force",
        f"{what.rstrip('。')}；违法行为发生在 {then}，应当适用当时的规定。",
        basis="行政处罚法/37",
        remedy="请改用行为发生时施行的事项和条款；现行规定处罚较轻或者不认为违法的，在“适用的规定”中选现行规定并写明比较。",
    )


def _no_such_place(what: str) -> Refused:
    return Refused(
        "provision-missing",
        what,
        basis="行政处罚法/38(1)",
        remedy="请核对条、款、项的号码；没有依据的处罚无效。",
    )
