"""Separation of duties: who handled a case neither reviews, hears, publishes nor collects; who must act in person."""

from __future__ import annotations

from datetime import date

from mingjing.kernel.refused import Refused

from .situation import Situation, need

LICENSED_REVIEWERS_SINCE = date(2021, 7, 15)  # 行政处罚法 art. 58 in its 2021 wording


def not_handler(situation: Situation, what: str, basis: str) -> Refused | None:
    """Refuses whoever handles the case, or once did, ``what`` must be another's."""
    if not situation.persons() & situation.handlers_ever():
        return None
    return Refused(
        "same-person",
        f"{situation.actor.signature(situation.acting_as)}是本案承办人或者曾经承办本案，不得{what}。",
        basis=basis,
        remedy="请由未承办本案的人员办理。",
    )


@need
def reviewer_not_handler(situation: Situation) -> Refused | None:
    """Nobody reviews a case that he handled. 行政处罚法 art. 58; 达州三项制度方案 para. 12."""
    return not_handler(situation, "审核本案", "行政处罚法/58")


@need
def reviewer_qualified(situation: Situation) -> Refused | None:
    """Who first took up legal review after 2021-07-15 must hold the legal qualification. Art. 58(2)."""
    actor = situation.actor
    began = actor.reviewer_since
    if actor.legal_qualification or (began is not None and began < LICENSED_REVIEWERS_SINCE):
        return None
    return Refused(
        "reviewer-not-qualified",
        f"{actor.name}于 {began or '任职日不明'} 起从事法制审核，尚未登记法律职业资格证号。",
        basis="行政处罚法/58(2)",
        remedy="请由取得法律职业资格的审核人员审核，或由管理员补登资格证号。",
    )


@need
def host_not_investigator(situation: Situation) -> Refused | None:
    """The hearing is hosted by somebody who did not investigate. 行政处罚法 art. 64(4)."""
    return not_handler(situation, "主持本案听证", "行政处罚法/64(4)")


@need
def publisher_not_handler(situation: Situation) -> Refused | None:
    """Whoever publishes did not handle the case. 达州三项制度方案 para. 4."""
    return not_handler(situation, "公示本案", "达州三项制度方案/4(1)")


@need
def cashier_not_decider(situation: Situation) -> Refused | None:
    """Deciding and collecting are separate. 行政处罚法 art. 67."""
    actor = situation.actor
    if actor.kind == "system" or not situation.persons() & (situation.deciders | situation.handlers_ever()):
        return None
    return Refused(
        "same-person",
        f"{actor.name}承办或者决定了本案，不得确认本案缴款。",
        basis="行政处罚法/67(1)",
        remedy="请由罚没对账岗依据银行对账文件确认。",
    )


@need
def head_is_principal(situation: Situation) -> Refused | None:
    """Where the law asks for the principal head in person (transfer of suspected crime)."""
    if situation.actor.is_principal:
        return None
    return Refused(
        "not-principal",
        f"应由机关正职负责人或者主持工作的负责人决定；{situation.actor.name}不是主要负责人。",
        basis="行政执法机关移送涉嫌犯罪案件的规定/5",
        remedy="请报主要负责人决定。",
    )


@need
def in_person(situation: Situation) -> Refused | None:
    """What the law gives to the person who holds the office is not done by a deputy. 行政处罚法 art. 57(2)."""
    acting = situation.actor.acts_for(situation.acting_as)
    if acting is None:
        return None
    return Refused(
        "in-person",
        f"“{situation.rule.title}”应由负责人本人办理，{situation.actor.name}受{acting.principal}委托代理，不能代为办理。",
        basis=situation.rule.basis or "行政处罚法/57(2)",
        remedy=f"请由{acting.principal}或者其他负责人本人办理。",
    )
