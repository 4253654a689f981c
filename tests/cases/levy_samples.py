"""What the papers of levy, requisition, remedies and registers print: invented matters, one for each group."""

from __future__ import annotations

from typing import Any

_LEVY: dict[str, Any] = {
    "cause": "城市道路挖掘修复费",
    "levy_basis_provision": "《城市道路管理条例》第三十七条第一款",
    "levy_standard": "沥青混凝土路面每平方米800元（川某价费〔2020〕某号，列入四川省行政事业性收费目录清单）。",
    "levy_base": "挖掘沥青混凝土路面36平方米",
    "levy_rate": "每平方米800元",
    "levy_arithmetic": "36平方米×800元/平方米=28,800.00元。",
    "levy_fen": 2_880_000,
    "pay_by_on": "2026-03-06",
    "surcharge_rule": "yes",
    "surcharge_provision": "《某某费征收管理办法》第十条",
    "surcharge_permyriad": 5,
    "own_execution": "no",
    "decision_reason": "经现场核实，申报数量属实，不具有减免情形。",
    "relief_kind": "instalments",
    "relief_request_on": "2026-02-20",
    "relief_granted": "yes",
    "relief_basis": "《某某费征收管理办法》第八条",
    "relief_finding": "申请人提交的财务报表和银行流水证明，一次缴清将影响职工工资发放，符合分期缴纳的条件。",
    "deferred_until": "2026-06-30",
    "instalment_plan": "第一期2026年3月31日，14,400.00元\n第二期2026年6月30日，14,400.00元",
    "demanded_fen": 2_880_000,
    "demand_due_on": "2026-03-20",
    "surcharge_from_on": "2026-03-07",
    "surcharge_until_on": "2026-04-05",
    "surcharge_fen": 43_200,
    "total_due_fen": 2_923_200,
    "payment_code": "7KQ4M9X2VT6H3WRA",
    "payment_bank": "某某银行达州分行",
}
_LEVY_LABELS: dict[str, Any] = {
    "relief_kind": "分期缴纳",
    "relief_granted": "准予",
    "own_execution": "须申请人民法院强制执行",
}
_LEVY_PAPERS = [
    {
        "form": "levy-decision",
        "title": "征收决定书（缴费通知书）",
        "number": "达城管征〔2026〕7号",
        "date": "2026-02-05",
    }
]

# For each form: the facts, labels and earlier papers of its own matter.
MATTERS: dict[str, dict[str, Any]] = {
    form: {"facts": _LEVY, "labels": _LEVY_LABELS, "papers": _LEVY_PAPERS}
    for form in ("levy-decision", "levy-relief-decision", "levy-demand", "levy-surcharge-decision")
}
_REQUISITION: dict[str, Any] = {
    "cause": "某某镇山洪抢险转运物资",
    "emergency_event": "某某镇“7·某”山洪灾害（市级防汛三级应急响应）",
    "requisition_basis": "《中华人民共和国突发事件应对法》第十二条、第七十六条",
    "requisition_purpose": "转运救灾帐篷、饮用水和受困群众",
    "requisition_items": "厢式货车 | 某牌6.8米 | 辆 | 2 | 川S某某某某1、川S某某某某2\n叉车 | 3吨 | 台 | 1 | 内燃",
    "requisition_until": "2026-07-20",
    "compensation_rule": "使用费按当地同类车辆日租金计算，燃油由征用机关承担；毁损的据实修复或者按评估价值补偿，返还后三十日内支付。",
    "decision_reason": "现有应急车辆全部投入使用，市场租赁不能在四小时内到位，确需征用。",
    "taken_at": "2026-07-12T15:30+08:00",
    "taken_place": "达州市某某物流园三号库",
    "taken_items": "厢式货车 | 某牌6.8米 | 辆 | 2 | 八成新，里程分别为83,210、91,005公里，车况良好\n"
    "叉车 | 3吨 | 台 | 1 | 九成新，运转正常",
    "taken_photos": "ZY20260712-001至018",
    "taken_value_fen": 42_000_000,
    "taken_by_party": "张某某",
    "taken_attestant": "王某某",
    "returned_on": "2026-07-19",
    "return_state": "damaged",
    "returned_items": "厢式货车 | 某牌6.8米 | 辆 | 2 | 一辆右前翼子板凹陷\n叉车 | 3吨 | 台 | 1 | 完好",
    "damage_text": "川S某某某某2号货车涉水时右前翼子板碰撞凹陷，前保险杠破裂。",
    "returned_to": "张某某",
    "compensation_items": ["use", "damage"],
    "compensation_arithmetic": "货车2辆×7日×600元/日=8,400.00元；\n叉车1台×7日×300元/日=2,100.00元；\n修复费3,500.00元。合计14,000.00元。",
    "compensation_fen": 1_400_000,
    "pay_compensation_by_on": "2026-08-18",
    "appraisal_no": "某评〔2026〕某号",
    "compensation_reason": "被征用人主张按日租金一千元计算，与同期市场价格不符，不予采纳；修复费用有维修单据佐证，予以采纳。",
}
_REQUISITION_PAPERS = [
    {
        "form": "requisition-decision",
        "title": "征用决定书",
        "number": "达应急征用〔2026〕3号",
        "date": "2026-07-12",
    },
    {
        "form": "requisition-list",
        "title": "征用财产交付清单",
        "number": "达应急征用清〔2026〕3号",
        "date": "2026-07-12",
    },
    {
        "form": "requisition-return",
        "title": "征用财产返还凭证",
        "number": "达应急征用返〔2026〕3号",
        "date": "2026-07-19",
    },
]
MATTERS |= {
    f"requisition-{form}": {
        "facts": _REQUISITION,
        "labels": {"return_state": "部分毁损", "compensation_items": ["使用费", "毁损修复"]},
        "papers": _REQUISITION_PAPERS,
    }
    for form in ("decision", "list", "return", "compensation-agreement", "compensation-decision")
}
_HOUSES: dict[str, Any] = {
    "cause": "某某片区旧城区改建项目",
    "public_interest": "renewal",
    "public_interest_text": "片区内危旧房集中、排水管网缺失、消防通道不足，经城乡规划确定为改建地段，并列入2026年国民经济和社会发展年度计划。",
    "scope": "东至某某路，南至某某街，西至某某河，北至某某巷，详见征收范围图。",
    "household_count": 312,
    "plan_text": "补偿方式由被征收人在货币补偿和产权调换中选择；房屋价值由选定的评估机构评估；搬迁费、临时安置费、停产停业损失按省、市规定计算；按期签约的给予奖励。",
    "plan_published_on": "2026-03-02",
    "opinion_until_on": "2026-04-02",
    "sign_until_on": "2026-09-30",
    "decision_reason": "征求意见期间收到意见46条，采纳19条，方案相应修改；听证会依法举行。",
    "announcement_place": "征收范围内公告栏、市人民政府门户网站",
    "freeze_to": "市自然资源和规划局、市住房和城乡建设局、市市场监督管理局",
    "freeze_from_on": "2026-02-10",
    "freeze_until_on": "2027-02-09",
    "house_address": "达州市通川区某某路12号2单元301室",
    "house_area": "86.50",
    "appraisal_no": "某评字〔2026〕某号",
    "value_fen": 69_200_000,
    "compensation_way": "money",
    "compensation_fen": 78_340_000,
    "compensation_arithmetic": "房屋价值692,000.00元；\n装饰装修38,400.00元；\n搬迁费3,000.00元；\n签约奖励和补助50,000.00元。合计783,400.00元。",
    "pay_by_on": "2026-11-15",
    "move_until_on": "2026-12-31",
    "transition": "被征收人自行过渡",
    "paid_compensation_on": "2026-11-12",
    "demand_due_on": "2027-01-20",
}
_HOUSES_PAPERS = [
    {
        "form": "expropriation-decision",
        "title": "房屋征收决定",
        "number": "达通府房征〔2026〕1号",
        "date": "2026-06-10",
    },
    {
        "form": "expropriation-compensation-decision",
        "title": "房屋征收补偿决定书",
        "number": "达通府房补〔2026〕7号",
        "date": "2026-10-20",
    },
]
MATTERS |= {
    f"expropriation-{form}": {
        "facts": _HOUSES,
        "labels": {"public_interest": "旧城区改建（第五项）", "compensation_way": "货币补偿"},
        "papers": _HOUSES_PAPERS,
    }
    for form in ("freeze-notice", "decision", "announcement", "agreement", "compensation-decision", "demand")
}
_REMEDY: dict[str, Any] = {
    "reconsideration_organ": "达州市人民政府",
    "challenged_act": "《行政处罚决定书》（达市监罚〔2026〕12号）",
    "answer_notice_no": "达府复答通〔2026〕31号",
    "copy_received_on": "2026-06-15",
    "term_objection": "no",
    "apply_until_on": "2026-06-22",
    "applied_on": "2026-06-05",
    "answer_facts": "2026年3月10日，本机关执法人员检查发现申请人经营超过保质期的食品，立案调查后依法告知，于4月22日作出处罚决定，4月23日送达。",
    "answer_evidence": "现场笔录、照片 | 现场笔录、物证 | 涉案食品陈列待售\n询问笔录 | 当事人的陈述 | 进货、销售的数量\n送达回证 | 书证 | 告知和送达",
    "answer_basis": "《中华人民共和国食品安全法》第三十四条第十项、第一百二十四条第一款第五项",
    "answer_reasons": "申请人称没有主观过错，但其未按规定定期检查库存食品，不能证明没有主观过错；本机关已对照裁量基准从轻处罚，裁量适当。",
    "answer_request": "uphold",
    "court_name": "达州市某某人民法院",
    "court_case_no": "（2026）川某某行初某号",
    "answer_agents": "周某某（本机关工作人员）、某某（四川某某律师事务所律师）",
    "infringing_act": "2026年4月10日扣押运输车辆，后被复议决定确认违法",
    "claim_text": "扣押期间车辆停运二十二日，请求赔偿停运损失和保管费用。",
    "claimed_fen": 3_960_000,
    "consult_text": "2026年7月6日当面听取意见，双方对停运天数没有争议，对每日损失未能协商一致。",
    "compensation_outcome": "award",
    "compensation_ways": ["money"],
    "awarded_fen": 2_640_000,
    "award_arithmetic": "必要的经常性费用开支每日1,200.00元×22日=26,400.00元。",
    "decision_reason": "扣押行为已被确认违法，造成停运损失属实；请求的预期利润不属于直接损失，不予支持。",
    "decision_basis": "《中华人民共和国国家赔偿法》第四条第二项、第三十六条第二项、第八项",
}
MATTERS |= {
    form: {
        "facts": _REMEDY,
        "labels": {
            "answer_request": "维持",
            "compensation_outcome": "给予赔偿",
            "compensation_ways": ["支付赔偿金"],
        },
    }
    for form in ("reconsideration-answer", "litigation-answer", "state-compensation-decision")
}
_PUBLICITY: dict[str, Any] = {
    "facts": {
        "publication_note": "不涉及国家秘密、商业秘密；已隐去法定代表人证件号码、联系电话。",
        "publication_until": "2029-04-22",
        "remedy_kind": "reconsideration",
        "remedy_result": "revoked",
        "remedy_document": "达府复决〔2026〕某号",
        "remedy_effective_on": "2026-07-01",
        "withdrawal_reason": "该决定已被行政复议决定撤销。",
    },
    "labels": {
        "remedy_kind": "行政复议",
        "remedy_result": "撤销",
    },
}
MATTERS |= {"publicity-review": _PUBLICITY, "publicity-withdrawal": _PUBLICITY}

_COMPENSATION: dict[str, Any] = {
    "infringing_act": "2026年3月违法扣押货运车辆33日（达交运扣〔2026〕18号，已被行政复议决定撤销）",
    "known_on": "2026-04-10",
    "claimed_on": "2026-06-30",
    "received_on": "2026-06-30",
    "claimed_fen": 3_960_000,
    "claim_text": "车辆被扣押期间停运，按每日1,200.00元计算停运损失39,600.00元。",
    "consulted_on": "2026-07-06",
    "consult_text": "赔偿请求人提交运输合同和结算单；双方对停运天数没有争议，对每日金额没有协商一致。",
    "compensation_outcome": "award",
    "compensation_ways": ["money"],
    "awarded_fen": 2_640_000,
    "award_arithmetic": "停运33日×每日800.00元=26,400.00元。",
    "decision_reason": "扣押决定已被撤销，扣押期间车辆停运，造成经常性费用和直接损失；按近三个月结算单，每日净收入为800.00元。",
    "decision_basis": "《中华人民共和国国家赔偿法》第四条第二项、第三十六条第八项",
}
MATTERS["state-compensation-decision"] = {
    "facts": _COMPENSATION,
    "labels": {"compensation_outcome": "给予赔偿", "compensation_ways": "支付赔偿金"},
    "papers": [],
}
