"""The invented facts of a license from application to certificate, for the forms that print them."""

from __future__ import annotations

from typing import Any

from mingjing.cases.papers.forms import Form

FACTS: dict[str, Any] = {
    "cause": "食品经营许可",
    "license_item": "XK-FOOD-01",
    "license_title": "食品经营许可",
    "license_certificate": "食品经营许可证",
    "license_category": "普通",
    "license_basis": "《食品安全法》第三十五条、《食品安全法》第三十三条",
    "license_conditions": "有相适应的场所\n有相适应的设备设施\n有食品安全管理人员和规章制度",
    "license_promised": "12wd",
    "license_content": "餐饮服务经营：热食类食品制售、冷食类食品制售；经营面积120平方米。",
    "license_place": "达州市通川区某某路88号",
    "apply_channel": "counter",
    "handling_mode": "single",
    "materials_received_on": "2026-03-02",
    "materials": "食品经营许可申请书 | 原件 | 1 | 申请人\n营业执照 | 电子 | 1 | 共享获取\n"
    "设备设施布局和操作流程图 | 原件 | 1 | 申请人\n食品安全管理制度目录 | 原件 | 1 | 申请人",
    "apply_agent": "王某某",
    "apply_phone": "000-0000000",
    "accepted_on": "2026-03-04",
    "decide_due_on": "2026-04-01",
    "supplement_items": "操作流程图没有标明冷食制作专间的位置，请补画并加盖印章\n食品安全管理人员的任命文件缺少签署日期，请补签",
    "supplement_due_on": "2026-03-16",
    "decline_ground": "not_ours",
    "decline_reason": "申请事项由县级市场监督管理部门办理。",
    "competent_organ": "通川区市场监督管理局",
    "special_kind": "expert_review",
    "special_body": "某某技术评审中心",
    "special_began_on": "2026-03-10",
    "special_due_on": "2026-03-24",
    "special_basis": "某某许可管理办法的有关规定",
    "extension_reason": "现场核查发现操作流程与申请材料不一致，申请人正在调整，需要再次核查。",
    "interested_parties": "李某某 | 通川区某某路90号 | 相邻经营户\n某某小区业主委员会 | 某某路86号 | 相邻小区",
    "interest_reason": "拟设排油烟管道出口距相邻小区住宅窗口不足十米，直接影响居民生活。",
    "told_on": "2026-03-12",
    "statement_form": "oral",
    "statement_began_at": "2026-03-13T09:30",
    "statement_place": "本机关接待室",
    "statement_person": "李某某",
    "statement_person_capacity": "利害关系人",
    "statement_content": "管道出口正对我家窗户，请求改变位置或者不予许可。",
    "hearing_at": "2026-04-08T09:00",
    "hearing_place": "本机关第二会议室",
    "hearing_matter": "拟设排油烟管道出口位置是否符合条件、是否影响相邻居民。",
    "hearing_host": "郑某某",
    "hearing_members": "孙某某",
    "hearing_recorder": "吴某某",
    "hearing_invited": "达州市某某食品有限公司 | 申请人\n李某某 | 利害关系人",
    "public_hearing": False,
    "hearing_result": "held",
    "hearing_began_at": "2026-04-08T09:00",
    "hearing_ended_at": "2026-04-08T10:40",
    "hearing_attendants": "张某某 | 申请人的法定代表人 | 达州市某某食品有限公司\n李某某 | 利害关系人 |",
    "hearing_case_side": "经现场核查，管道出口与住宅窗口的距离为九点五米，申请人已提交改道方案。",
    "hearing_party_side": "申请人同意改道至屋顶排放。\n利害关系人对改道方案没有异议。",
    "hearing_examination": "双方对核查记录和改道方案的真实性没有异议。",
    "verified_at": "2026-03-09T09:30",
    "verification_ended_at": "2026-03-09T10:20",
    "verification_place": "达州市通川区某某路88号",
    "verification_person": "张某某",
    "verification_items": "经营场所 | 与污染源保持规定距离 | 周围二十五米内没有污染源 | 符合\n"
    "冷食专间 | 独立隔间、专用设备 | 已设独立隔间 | 符合\n消毒设施 | 与规模相适应 | 消毒柜两台 | 符合",
    "verification_result": "met",
    "examine_findings": "材料齐全，营业执照通过数据共享核验；需要到现场核实布局和设备设施。",
    "statement_recheck": "申请人已将排放口改至屋顶，利害关系人的意见予以采纳。",
    "conditions_met": "有相适应的场所 | 符合 | 现场核查记录\n有相适应的设备设施 | 符合 | 现场核查记录\n"
    "有管理人员和规章制度 | 符合 | 任命文件、制度目录",
    "proposal": "grant",
    "examination_reason": "申请符合食品安全法第三十三条第一款第一项至第四项的要求。",
    "opinions_heard": "本机关听取了利害关系人的意见并举行听证，申请人已按意见改变排放口位置，予以采纳。",
    "review_opinion": "agree",
    "outcome": "grant",
    "license_scope": "餐饮服务经营：热食类食品制售、冷食类食品制售",
    "license_from": "2026-04-15",
    "license_until": "2031-04-14",
    "certificate_needed": "yes",
    "refuse_ground": "conditions",
    "refuse_reason": "冷食制作没有独立专间，不符合食品安全法第三十三条第一款第四项的要求。",
    "decision_reason": "申请材料真实、齐全，经现场核查和听证，符合法定条件、标准。",
    "license_no": "JY00000000000001",
    "decided_on": "2026-04-15",
    "original_license_no": "JY00000000000000",
    "change_content": "经营场所 | 达州市通川区某某路86号 | 达州市通川区某某路88号\n经营项目 | 热食类食品制售 | 热食类食品制售、冷食类食品制售",
    "change_reason": "原场所租赁期满，迁至相邻场所并增加冷食专间。",
    "expires_on": "2026-04-14",
    "granted_on": "2021-04-15",
    "action_kind": "revoke_holder",
    "action_ground": "fraud",
    "action_basis": "行政许可法/69(2)",
    "action_reason": "经核实，申请时提交的健康证明系伪造，出证机构书面确认没有出具过该证明。",
    "alter_content": "经营项目变更为热食类食品制售。",
    "requester": "李某某",
    "loss_handling": "经协商，补偿设备搬迁损失12000元，于决定生效后三十日内支付。",
    "effective_on": "2026-04-20",
    "cancellation_ground": "expired",
    "ground_document": "许可证有效期届满记录",
    "ground_on": "2026-04-14",
    "cancellation_reason": "有效期于2026年4月14日届满，被许可人没有申请延续，已停止经营。",
    "holder_view_text": "被许可人表示已停止经营，没有异议。",
    "commitment_conditions": "有相适应的场所\n有相适应的设备设施\n有食品安全管理人员和规章制度",
    "commitment_verification": "准予许可以后二个月内，由两名以上工作人员到现场核查。",
    "commitment_consequences": "与承诺不符的，责令限期整改；虚假承诺或者逾期整改不到位的，依法撤销许可并记入信用记录。",
    "committed": "yes",
    "commitment_signed_on": "2026-03-02",
    "publication_note": "经审查不涉及国家秘密、商业秘密，联系电话等个人信息不公开。",
}

LABELS: dict[str, Any] = {
    "license_item": "食品经营许可",
    "apply_channel": "窗口",
    "handling_mode": "本机关单独办理",
    "decline_ground": "不属于本机关职权范围（第三十二条第一款第二项）",
    "special_kind": "专家评审",
    "statement_form": "口头，制作笔录",
    "hearing_result": "如期举行完毕",
    "verification_result": "符合条件",
    "officers_present": ["李某某", "赵某某"],
    "proposal": "符合法定条件、标准，建议准予许可",
    "review_opinion": "同意",
    "outcome": "准予行政许可",
    "certificate_needed": "需要颁发",
    "action_kind": "撤销（以不正当手段取得）",
    "action_ground": "以欺骗、贿赂等不正当手段取得",
    "action_basis": "《中华人民共和国行政许可法》第六十九条第二款",
    "cancellation_ground": "有效期届满未延续（第一项）",
    "committed": "已阅知全部告知内容，自愿承诺符合条件、标准并承担违诺后果",
    "refuse_ground": "不符合法定条件、标准",
}


PAPERS = [
    {
        "form": "license-decision",
        "title": "准予行政许可决定书",
        "number": "达市监许准〔2026〕8号",
        "date": "2026-04-15",
    },
]


# What only a change, a renewal, a commitment and the withdrawal of a license have.
_CHANGE = {"change_content", "change_reason", "original_license_no"}
_RENEWAL = {"expires_on", "original_license_no"}
_HELD = {"granted_on", "original_license_no", "effective_on", "action_kind", "cancellation_ground"}
_COMMITTED = {"committed"}
_OF = {
    "license-change-decision": _CHANGE,
    "license-renewal-decision": _RENEWAL,
    "license-commitment-letter": _COMMITTED,
    "license-withdrawal-notice": _HELD,
    "license-withdrawal-decision": _HELD,
    "license-revocation-decision": _HELD,
    "license-retention-notice": _HELD,
    "license-cancellation-decision": _HELD,
}
_KINDS = {
    "license-withdrawal-decision": {
        "action_kind": "withdraw",
        "action_ground": "law_changed",
        "action_basis": "行政许可法/8(2)",
        "decision_reason": "所依据的规章已经修改，原许可范围中的项目不再允许经营。",
    },
}
_LABELS = {
    "license-withdrawal-decision": {
        "action_kind": "撤回",
        "action_ground": "所依据的法律、法规、规章修改或者废止",
        "action_basis": "《中华人民共和国行政许可法》第八条第二款",
    },
}


def matter_of(form: Form) -> dict[str, Any]:
    """The matter of a license for its own forms, with the facts of its kind of matter; nothing for the others."""
    if not form.code.startswith("D-J"):
        return {}
    foreign = (_CHANGE | _RENEWAL | _HELD | _COMMITTED) - _OF.get(form.id, set())
    facts = {key: value for key, value in FACTS.items() if key not in foreign} | _KINDS.get(form.id, {})
    labels = {key: value for key, value in LABELS.items() if key not in foreign} | _LABELS.get(form.id, {})
    return {"facts": facts, "labels": labels, "papers": PAPERS}
