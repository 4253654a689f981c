"""Named conditions of lawful action that look at people and papers, not at the order of steps.

A procedure file lists them under ``needs``. Each is a small function over a ``Situation`` and answers None
or the ``Refused`` that says why not; the same answer greys a button before the act and stops the act.
"""

from __future__ import annotations

from datetime import date

from mingjing.kernel.benchmarks import TIERS
from mingjing.kernel.clocks import parse_length, reckon
from mingjing.kernel.fines import yuan
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.queries import Power
from mingjing.organs.authority import Actor

from .situation import Situation, need

# Which law asks for two officers, by act; the penalty law where none is named.
_TWO_OFFICERS = {
    "coercion": "行政强制法/17(3); 行政强制法/18",
    "inspection": "行政处罚法/42; 国办发〔2024〕54号",
}


def law_of_two_officers(act: str) -> str:
    """The basis of the rule for an act."""
    return _TWO_OFFICERS.get(act, "行政处罚法/42")


def _certified(situation: Situation, wanted: int, basis: str) -> Refused | None:
    """At least so many of those acting have a certificate that carries the act and stands in the confirmed list."""
    if situation.strangers():
        return Refused(
            "officers-not-on-case",
            f"所选执法人员中有 {len(situation.strangers())} 人没有登记为本案办案人员。",
            basis=basis,
            remedy="请重新选择，或先在案件中增加办案人员。",
        )
    reasons = []
    fit = 0
    for actor in situation.acting():
        held = [one for one in actor.certificates if one.kind == "enforcement"]
        why = [
            one.why_not(situation.on, situation.field) or _unlisted(situation, actor, one.number)
            for one in held
        ]
        if None in why:
            fit += 1
        else:
            reasons.append(f"{actor.name}：{why[0] if why else '没有执法证件'}")
    if fit >= wanted:
        return None
    detail = "；".join(reasons) or "本案登记的办案人员不足"
    return Refused(
        "officers-not-certified",
        f"须由 {wanted} 名以上持有有效执法证件的人员办理，现只有 {fit} 名。{detail}。",
        basis=basis,
        remedy="请在案件中增加持证办案人员，或核对证件有效期与执法领域；不在人员清单中的，先修订清单报司法行政机关确认。",
    )


def _unlisted(situation: Situation, actor: Actor, number: str) -> str | None:
    """Why a valid certificate carries no act: the confirmed list of officers, where there is one, lacks it.

    达州三项制度方案 para. 2(1): only who is on the confirmed list acts.
    """
    listed = situation.confirmed("officers", actor.organ_id)
    if listed is None or number in listed.keys:
        return None
    return f"证件 {number} 不在自 {listed.since} 起公布的《{listed.title}》（第 {listed.number} 版）中"


@need
def two_certified_officers(situation: Situation) -> Refused | None:
    """At least two officers with certificates valid on the day. 行政处罚法 art. 42; 行政强制法 arts. 17, 18."""
    return _certified(situation, 2, law_of_two_officers(situation.act))


@need
def one_certified_officer(situation: Situation) -> Refused | None:
    """One certified officer where a statute lets one act alone (traffic, undisputed public security)."""
    return _certified(situation, 1, "行政处罚法/42")


@need
def two_officers_or_recorded_place(situation: Situation) -> Refused | None:
    """Two officers, or one police officer in a regulated handling place who records the whole of it.

    治安管理处罚法 art. 108(2), (3): the law that lets one act alone makes the recording a condition. That the
    recording is there is asked by the step's form.
    """
    facts = situation.facts
    if situation.field == "public_security" and facts.get("handling_place"):
        return _certified(situation, 1, "治安管理处罚法/108(2)")
    return two_certified_officers(situation)


@need
def jurisdiction(situation: Situation) -> Refused | None:
    """The place of the violation lies in the organ's region, or the case was assigned to it. 行政处罚法 arts. 22, 25."""
    organ = situation.organ_region
    covered = organ.removesuffix("00").removesuffix("00")
    if situation.case_region.startswith(covered):
        return None
    if situation.facts.get("designated_organ") == situation.organ_name:
        return None
    return Refused(
        "no-jurisdiction",
        f"违法行为发生地（区划 {situation.case_region}）不在本机关管辖区域（{organ}）内。",
        basis="行政处罚法/22",
        remedy="请移送有管辖权的机关；上级指定本机关管辖的，先办理“指定管辖”并写明本机关全称。",
    )


@need
def within_limitation(situation: Situation) -> Refused | None:
    """The violation was found within the limitation period. 行政处罚法 art. 36 and special statutes.

    The period runs from the end of the act; it is judged against the day the lead was registered.
    """
    ended = situation.facts.get("violation_on")
    if not ended:
        return None
    harmful = bool(situation.facts.get("harmful_to_life_or_property"))
    length = situation.facts.get("limitation_harm" if harmful else "limitation") or "2y"
    found = date.fromisoformat(situation.facts.get("found_on") or situation.on.isoformat())
    last = reckon(parse_length(str(length)), date.fromisoformat(ended), situation.calendar).due_on
    if found <= last:
        return None
    return Refused(
        "limitation-over",
        f"违法行为于 {ended} 终了，追究时限至 {last} 届满，{found} 发现时已超过，不再给予行政处罚。",
        basis=str(situation.facts.get("limitation_basis") or "行政处罚法/36"),
        remedy="请办理不予立案；如行为有连续或者继续状态，请更正行为终了之日。",
    )


_PENAL_AGE, _OF_AGE = 14, 18


@need
def minor_protected(situation: Situation) -> Refused | None:
    """Nobody under fourteen is punished; from fourteen to eighteen a guardian takes part. 行政处罚法 art. 30."""
    age = situation.youngest
    punishes = situation.facts.get("outcome", "penalize") == "penalize"
    if age is None or age >= _OF_AGE or not punishes:
        return None
    if age < _PENAL_AGE:
        return Refused(
            "under-age",
            f"违法行为发生时当事人 {age} 周岁，不满十四周岁，不予行政处罚，责令监护人加以管教。",
            basis="行政处罚法/30",
            remedy="请作出不予处罚的决定；共同当事人年龄不同的，分别立案。",
        )
    if situation.guarded:
        return None
    return Refused(
        "guardian-missing",
        f"违法行为发生时当事人 {age} 周岁，应当从轻或者减轻处罚，并由法定代理人参加；本案没有登记法定代理人。",
        basis="行政处罚法/30; 治安管理处罚法/99",
        remedy="请在案件的“当事人和参加人”中登记法定代理人，再作决定。",
    )


@need
def paper_served(situation: Situation) -> Refused | None:
    """The decision was served before anybody is pressed to perform it. 行政处罚法 arts. 61, 66."""
    if situation.served & {"penalty-decision", "spot-decision"}:
        return None
    return Refused(
        "not-served",
        "处罚决定书还没有送达，履行期限没有开始计算。",
        basis="行政处罚法/61",
        remedy="请先送达决定书。",
    )


@need
def children_ended(situation: Situation) -> Refused | None:
    """What grew out of the case has ended before the case does: by the article of the step that ends it."""
    if not situation.open_children:
        return None
    return Refused(
        "children-open",
        f"本案关联的事项尚未办结：{'、'.join(situation.open_children)}。",
        basis=situation.rule.basis or None,
        remedy="请先办结这些事项：查封、扣押的财物须作出没收、销毁、解除等处理，"
        "抽中的对象须检查完毕，或者取消并说明理由。",
    )


@need
def no_crime_transfer(situation: Situation) -> Refused | None:
    """No administrative penalty takes the place of a transfer: while one runs, the case stands still.

    行政处罚法 art. 27(1); 行政执法机关移送涉嫌犯罪案件的规定 art. 11(1); to another organ: 行政处罚法 arts. 22-25.
    """
    if "transfer-organ" in situation.running:
        return Refused(
            "transfer-running",
            "本案正在移送其他行政机关，管辖没有确定，不得告知、决定或者终结。",
            basis="行政处罚法/25(2)",
            remedy="请先办结关联的案件移送：协商或者指定由本机关管辖的，办结后本案继续。",
        )
    if "transfer-crime" not in situation.running:
        return None
    return Refused(
        "crime-transfer-running",
        "本案涉嫌犯罪，正在另案移送，办结以前不得以行政处罚代替移送。",
        basis="行政执法机关移送涉嫌犯罪案件的规定/11(1)",
        remedy="请先办结关联的涉嫌犯罪案件移送：不批准移送或者公安机关不予立案的，办结后本案继续。",
    )


# What a step says comes next: how the procedures that carry it on begin, what they are called, and the articles
# that do not let it drop.
_NEXT = {
    "penalty": ("penalty-", "行政处罚案件", "行政处罚法/54(2)"),
    "crime": ("transfer-crime", "涉嫌犯罪案件移送", "行政执法机关移送涉嫌犯罪案件的规定/10"),
    "transfer": ("transfer-organ", "案件移送", "行政处罚法/54(2)"),
    "inspection": ("inspection", "行政检查", "行政处罚法/54(2)"),
    "power": ("measure-power", "停止供电、停止供应民用爆炸物品", "安全生产法/70"),
    "ordinary": ("license-ordinary", "行政许可一般程序申请", "行政许可法/34(3)"),
    "revocation": ("license-withdrawal", "撤回、撤销行政许可事项", "行政许可法/69"),
    "cancellation": ("license-cancellation", "行政许可注销事项", "行政许可法/70"),
}


@need
def next_matter_opened(situation: Situation) -> Refused | None:
    """What is said to follow has been opened as a matter of its own, so that nothing is let drop.

    行政执法机关移送涉嫌犯罪案件的规定 art. 10; 行政处罚法 art. 54(2): what calls for a penalty is filed in time;
    行政许可法 arts. 69 and 70: a license that has lost its ground is revoked and struck off.
    """
    wanted = _NEXT.get(str(situation.facts.get("next_matter")))
    if wanted is None or any(one.startswith(wanted[0]) for one in situation.grown):
        return None
    _, title, basis = wanted
    return Refused(
        "next-matter-missing",
        f"选择的后续处理是“{title}”，本案还没有登记由它引起的{title}。",
        basis=basis,
        remedy=f"请先从本案页面登记关联的{title}，再办理本环节。",
    )


@need
def execution_matter_opened(situation: Situation) -> Refused | None:
    """The execution is a matter of its own, opened from the case. 行政强制法 arts. 34, 53."""
    if any(one.startswith("execution-") for one in situation.grown):
        return None
    return Refused(
        "execution-matter-missing",
        "本案还没有另立强制执行事项。",
        basis="行政强制法/34; 行政强制法/53",
        remedy="请先从案件页面“另立关联事项”登记强制执行，再办理本环节。",
    )


@need
def within_spot_cap(situation: Situation) -> Refused | None:
    """A penalty on the spot stays under the cap of its profile. 行政处罚法 art. 51."""
    facts = situation.facts
    person = bool(facts.get("party_is_person"))
    cap = facts.get("spot_cap_person_fen" if person else "spot_cap_org_fen")
    fine = facts.get("fine_fen") or 0
    if cap is None or fine <= cap:
        return None
    return Refused(
        "over-spot-cap",
        f"当场处罚的罚款以 {yuan(cap)} 为限（{'公民' if person else '法人或者其他组织'}），拟处 {yuan(fine)}。",
        basis="行政处罚法/51",
        remedy="请改用普通程序办理。",
    )


@need
def within_benchmark_or_reason(situation: Situation) -> Refused | None:
    """The fine lies in the statute's range and in its tier of the benchmark, or it is said why not.

    Below the statute only on a coded ground; off the benchmark only with a reason, which the head of the organ
    agrees to when deciding. 行政处罚法 arts. 32-34. A consecutive daily fine is judged by ``daily_fine_as_reckoned``.
    """
    if situation.facts.get("daily_penalty"):
        return None
    fine = situation.facts.get("fine_fen")
    power = situation.power
    if not fine or power is None or not power.fines:
        return None
    power = power.applied(situation.facts, situation.on)
    check = power.check_fine(situation.facts, fine)
    if check.verdict == "within":
        return _off_benchmark(situation, power, fine)
    if check.verdict == "below" and situation.facts.get("mitigation_ground"):
        return None
    return Refused(
        f"fine-{check.verdict}",
        check.reason,
        basis=check.basis,
        remedy="请更正金额、货值或者情节；减轻处罚的，请填写法定减轻事由。"
        if check.verdict == "below"
        else "请更正金额、货值或者情节。",
    )


def _off_benchmark(situation: Situation, power: Power, fine: int) -> Refused | None:
    """The fine lies in no range of the tier that the case names, and nobody has said why. 行政处罚法 art. 34."""
    facts = situation.facts
    tier = facts.get("tier")
    if not tier or facts.get("deviation_reason"):
        return None
    spans = law.spans_of_tier(power, str(tier), facts, situation.on)
    if spans is None or any(span.min_fen <= fine <= span.max_fen for span in spans):
        return None
    ranges = "、".join(str(span) for span in dict.fromkeys(spans)) or "没有罚款幅度"
    return Refused(
        "off-benchmark",
        f"拟罚 {yuan(fine)}，裁量基准中“{dict(TIERS).get(tier, tier)}”为 {ranges}。",
        basis="行政处罚法/34",
        remedy="请更正罚款或者档次；确需偏离基准的，填写“偏离裁量基准的理由”，由机关负责人在决定时批准。",
    )
