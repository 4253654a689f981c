"""What the papers of the registered acts print: benefit, confirmation, adjudication, reward; all invented."""

from __future__ import annotations

from typing import Any

_ASKED: dict[str, Any] = {
    "requested_on": "2026-09-01",
    "accepted_on": "2026-09-02",
    "outcome": "grant",
    "decided_on": "2026-09-14",
}
_BENEFIT: dict[str, Any] = {
    **_ASKED,
    "item_title": "临时救助",
    "item_basis": "社会救助法/44(1)",
    "decision_reason": "经入户调查和邻里访问，申请人因突发疾病，家庭收入扣除刚性支出后低于当地标准，符合临时救助条件。",
    "decision_content": "一次性给予临时救助金",
    "benefit_fen": 80_000,
    "pay_by_on": "2026-09-30",
    "urgent_aid_fen": 50_000,
}
_CONFIRMATION: dict[str, Any] = {
    **_ASKED,
    "item_title": "某某事项确认",
    "item_basis": "行政复议法/11",
    "decision_reason": "申请材料真实、齐全，经核实符合事项依据规定的条件。",
    "decision_content": "确认申请人自2026年9月14日起具有某某资格。",
    "interested_heard": "已征求相邻单位某某公司意见，没有异议",
}
_ADJUDICATION: dict[str, Any] = {
    **_ASKED,
    "item_title": "企业名称争议",
    "item_basis": "企业名称登记管理规定/21(2)",
    "respondent": "达州市某某乙商贸有限公司",
    "respondent_address": "达州市达川区某某路2号",
    "request_content": "请求责令被申请人停止使用与申请人字号相同的企业名称。",
    "heard_on": "2026-09-21",
    "applicant_side": "申请人自2015年起使用该字号，在本市具有一定影响，提交营业执照、广告合同等证据。",
    "respondent_side": "被申请人辩称字号系其经营者姓名，提交身份证明。",
    "decision_reason": "双方经营范围相同，住所在同一区县，被申请人名称足以使公众误认。",
    "decision_content": "被申请人应当自收到本裁决书之日起三十日内办理企业名称变更登记。",
}
_REWARD: dict[str, Any] = {
    **_ASKED,
    "item_title": "安全生产突出贡献表彰",
    "item_basis": "安全生产法/76",
    "award_kind": "honor",
    "decision_reason": "及时报告重大事故隐患，避免了人员伤亡，经核实属实。",
    "decision_content": "及时报告重大事故隐患",
    "award_fen": 500_000,
    "pay_by_on": "2026-10-10",
}
_DECLINED: dict[str, Any] = {
    "item_title": "临时救助",
    "requested_on": "2026-09-01",
    "decline_reason": "急难发生地不在本辖区，依照《中华人民共和国社会救助法》第三十七条第二款的规定，应当向急难发生地提出。",
    "competent_organ": "某某街道办事处",
}


def _matter(facts: dict[str, Any], outcome: str = "", basis: str = "") -> dict[str, Any]:
    labels = {"outcome": outcome, "item_basis": basis} if outcome else {}
    return {"facts": facts, "labels": labels, "papers": []}


MATTERS: dict[str, dict[str, Any]] = {
    "benefit-decision": _matter(_BENEFIT, "给予", "《中华人民共和国社会救助法》第四十四条第一款"),
    "confirmation-decision": _matter(_CONFIRMATION, "予以确认", "《中华人民共和国行政复议法》第十一条"),
    "adjudication-decision": _matter(
        _ADJUDICATION, "支持申请（含部分支持）", "《企业名称登记管理规定》第二十一条第二款"
    ),
    "reward-decision": _matter(_REWARD, "给予奖励", "《中华人民共和国安全生产法》第七十六条"),
    "register-nonacceptance": _matter(_DECLINED),
}
