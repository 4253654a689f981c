"""The invented facts of inspections and transfers, for the forms that print them."""

from __future__ import annotations

from typing import Any

FACTS: dict[str, Any] = {
    "prosecution_standard": "关于办理危害食品安全刑事案件适用法律若干问题的解释第一条：足以造成严重食物中毒事故。",
    "crime_evidence": "检验报告载明致病菌超过限量；进销货台账证明已售出二百袋，另有询问笔录两份。",
    "task_group": [1, 2],
    "transfer_approved": "yes",
    "crime_course": "2026年3月10日监督抽检发现，3月24日收到检验报告，3月26日由两名执法人员组成专案组核实。",
    "has_goods": True,
    "crime_goods": "某牌酱卤肉制品 | 200克/袋 | 袋 | 120 | 本机关证据保管室 | 封存\n进货票据 | A4 | 份 | 2 | 随卷 |",
    "police_document_no": "达公（经）立告字〔2026〕某号",
    "handed_over_on": "2026-04-22",
    "handed_over_items": "某牌酱卤肉制品 | 200克/袋 | 袋 | 120 | 封存\n进货票据 | A4 | 份 | 2 | 原件",
}

LABELS: dict[str, Any] = {
    "task_group": ["李某某", "赵某某"],
    "transfer_approved": "批准移送",
}
