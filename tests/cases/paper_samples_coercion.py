"""What the papers of administrative coercion print: an invented sealing, freezing, execution."""

from __future__ import annotations

from typing import Any

_GOODS = "某牌酱卤肉制品 | 200克/袋 | 袋 | 37 | 超过保质期\n冷藏展示柜 | 1.8米 | 台 | 1 | 陈列涉案食品"

FACTS: dict[str, Any] = {
    "measure_kinds": ["seal_goods", "impound"],
    "coercive_power": "QZ-FOOD-1",
    "coercive_basis": "《食品安全法》第一百一十条第（四）项",
    "measure_reason": "现场发现某牌酱卤肉制品37袋超过保质期，当事人正在重新粘贴生产日期标签，不及时控制将继续流入市场。",
    "milder_means": "责令停止经营后当事人仍在改贴标签，非强制手段不能防止证据损毁和危险扩大。",
    "measure_objects": _GOODS,
    "objects_place": "达州市通川区某某路88号某某食品超市库房",
    "measure_plan": "两名执法人员实施，当场清点、拍照、全程录像，物品运至本机关保管室冷藏保存。",
    "urgent_measure": True,
    "urgent_reason": "当事人正在改贴标签并准备运走食品。",
    "urgent_opinion": "情况属实，同意补办批准手续。",
    "measured_at": "2026-03-10T10:20+08:00",
    "dispose_due_on": "2026-04-09",
    "custody_kind": "organ",
    "custody_place": "达州市市场监督管理局涉案物品保管室",
    "custody_keeper": "赵某某",
    "party_view": "当事人称标签系供货商寄来，尚未使用。执法人员已记录在案。",
    "seal_count": 2,
    "extension_reason": "涉案食品销往多个区县，流向尚需逐一核实，情况复杂。",
    "disposal": "release",
    "disposal_ground": "decided",
    "disposal_reason": "本机关已经作出行政处罚决定，冷藏展示柜不再需要查封。",
    "disposal_basis": "《中华人民共和国行政强制法》第二十八条第一款第三项",
    "disposal_objects": "冷藏展示柜 | 1.8米 | 台 | 1 | 完好",
    "penalty_document": "达市监罚〔2026〕12号",
    "custody_from_on": "2026-03-10",
    "custody_demand": "在零下18摄氏度冷藏保存，不得使用、损毁，不得擅自转移、处置。",
    "custody_objects": _GOODS,
    "early_reason": "涉案生鲜肉品在库冷藏条件有限，三日内将变质。",
    "early_public": True,
    "goods_items": "冷鲜猪肉 | 一级 | 千克 | 120 | 检疫合格",
    "goods_method": "sale",
    "goods_handled_on": "2026-03-12",
    "goods_place": "达州市某某农产品市场",
    "goods_proceeds_fen": 240000,
    "market_price_fen": 252000,
    "party_confirmed": True,
    "goods_receiver": "张某某",
    "goods_attestant": "王某某",
    "goods_state": "外观完好，称重无误。",
    "goods_voucher": "BM20260312001",
    "announced_on": "2026-04-20",
    "claim_contact": "李某某，000-0000000，达州市某某区某某大道1号",
}

LABELS: dict[str, Any] = {
    "measure_kinds": ["查封设施、财物", "扣押财物"],
    "coercive_power": "查封、扣押不符合食品安全标准、存在安全隐患以及用于违法生产经营的食品、食品添加剂、食品相关产品",
    "custody_kind": "本机关保管",
    "disposal": "解除查封、扣押，退还财物",
    "disposal_ground": "已经作出处理决定，不再需要",
    "goods_method": "变卖",
}

PAPERS = [
    {
        "form": "measure-decision",
        "title": "查封（扣押）决定书",
        "number": "达市监强〔2026〕7号",
        "date": "2026-03-10",
    },
]
