"""Who may accept, examine, decide and issue a license, for whom, and in whose turn.

That acceptance, examination, decision and issue lie in different hands is the city's own rule of posts; the
licensing law itself keeps only the host of a hearing apart (art. 48(1)(3)).
"""

from __future__ import annotations

from mingjing.kernel.refused import Refused

from .situation import Situation, need


@need
def listed_license(situation: Situation) -> Refused | None:
    """The matter rests on a listed license that this organ grants by this procedure.

    行政许可法 arts. 5(2), 22: nothing unpublished is a basis; 优化营商环境条例 art. 40(1): nothing off the list.
    """
    item = situation.license
    if item is None:
        return Refused(
            "no-license-item",
            "本事项没有选定许可事项，不能确定由谁、依据哪一条、按什么条件办理。",
            basis="行政许可法/5(2); 优化营商环境条例/40(1)",
            remedy="请从许可事项清单中选定；清单之外不得实施行政许可。",
        )
    if not item.in_force_on(situation.on):
        return Refused(
            "license-not-in-force",
            f"许可事项“{item.title}”（{item.code}）自 {item.in_force} 起列入清单，{situation.on} 不在有效期内。",
            basis="行政许可法/5(2)",
            remedy="请改选现行清单中的事项；已经取消的许可不得继续实施。",
        )
    if situation.procedure not in item.procedures:
        return Refused(
            "license-other-procedure",
            f"许可事项“{item.title}”不适用本程序。",
            basis=item.basis,
            remedy="请按该事项服务指南列明的程序登记。",
        )
    kinds = set(situation.organ_fields or (situation.organ_field,))
    if item.organ_fields and not kinds & set(item.organ_fields):
        return Refused(
            "license-of-another-organ",
            f"许可事项“{item.title}”由{item.authority}办理，不在{situation.organ_name}的职权范围内。",
            basis="行政许可法/22",
            remedy="请告知申请人向有权机关申请；经批准相对集中许可权的，请管理员在机关登记中补登职权类别。",
        )
    return None


@need
def not_barred(situation: Situation) -> Refused | None:
    """No term runs in which the party may not apply for this license again. 行政许可法 arts. 78, 79."""
    if not situation.bars:
        return None
    title, until_on, basis = situation.bars[0]
    return Refused(
        "application-barred",
        f"{title}，至 {until_on} 届满；申请人在此之前不得再次申请该行政许可。",
        basis=basis,
        remedy="请向申请人说明理由和期限，不予受理；期满以后可以重新申请。",
    )


@need
def not_barred_again(situation: Situation) -> Refused | None:
    """No such term runs from an earlier request of this same kind: to renew, to change.

    What art. 78 bars is to apply again for what was applied for; a license that is lawfully held stays open
    to renewal and change although another application of its holder was refused for false material.
    """
    return not_barred(situation)


def _same(situation: Situation, others: frozenset[int], did: str, may_not: str) -> Refused | None:
    """Refuse whoever acts or proposed, if he, or whom he deputizes for, is one of those others."""
    same = situation.actor if situation.persons() & others else situation.proposer
    if same is None or (same is situation.proposer and same.id not in others):
        return None
    return Refused(
        "same-person",
        f"{same.name}{did}，不得{may_not}同一申请。",
        basis=situation.rule.basis or None,
        remedy="请由其他人员办理：受理、审查、决定、发证分别由不同的人负责。",
    )


@need
def examiner_not_acceptor(situation: Situation) -> Refused | None:
    """Who accepted an application does not examine it. Rule of posts; instant matters are excepted."""
    return _same(situation, situation.acceptors, "受理了本申请", "审查")


@need
def decider_not_examiner(situation: Situation) -> Refused | None:
    """Who examined an application does not decide it. Rule of posts."""
    if not situation.persons() & situation.examiners:
        return None
    return _same(situation, situation.examiners, "审查了本申请", "决定")


@need
def issuer_not_decider(situation: Situation) -> Refused | None:
    """Who decided does not make out the license. Rule of posts."""
    return _same(situation, situation.deciders, "作出了许可决定", "制发证件于")


@need
def host_not_examiner(situation: Situation) -> Refused | None:
    """The hearing is hosted by somebody who does not examine the application. 行政许可法 art. 48(1)(3)."""
    examining = situation.examiners | situation.handlers_ever()
    if not situation.persons() & examining:
        return None
    return Refused(
        "same-person",
        f"{situation.actor.name}是审查本申请的工作人员，不得主持听证。",
        basis="行政许可法/48(1)",
        remedy="请由审查人员以外的人员主持。",
    )


@need
def two_inspectors(situation: Situation) -> Refused | None:
    """At least two of those who examine go and see, or test. 行政许可法 arts. 34(3), 55(2)."""
    basis = "行政许可法/34(3); 行政许可法/55(2)"
    if situation.strangers():
        return Refused(
            "officers-not-on-case",
            f"所选人员中有 {len(situation.strangers())} 人没有登记为本事项的审查人员。",
            basis=basis,
            remedy="请重新选择，或先由承办机构负责人增加审查人员。",
        )
    if len(situation.acting()) >= 2:
        return None
    return Refused(
        "one-inspector",
        f"核查、检验应当由两名以上工作人员进行，现只有 {len(situation.acting())} 名。",
        basis=basis,
        remedy="请由承办机构负责人增加审查人员后再办理。",
    )


@need
def first_in_line(situation: Situation) -> Refused | None:
    """Where their number is limited, licenses go in the order of acceptance. 行政许可法 art. 57."""
    limited = situation.facts.get("quantity_limited") and situation.facts.get("outcome") == "grant"
    if not limited or not situation.ahead:
        return None
    return Refused(
        "not-first-in-line",
        f"本许可有数量限制，受理在先的{len(situation.ahead)}件申请尚未决定：{'、'.join(situation.ahead[:5])}。",
        basis="行政许可法/57",
        remedy="请先对受理在先的申请作出决定；法律、行政法规另有规定的除外。",
    )
