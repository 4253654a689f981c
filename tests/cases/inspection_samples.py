"""The invented facts of inspections and transfers, for the forms that print them."""

from __future__ import annotations

from typing import Any

from mingjing.cases.papers.forms import Form

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

_CHECKS = {
    "cause": "食品生产监督检查",
    "inspection_kind": "random",
    "inspection_basis": "《中华人民共和国食品安全法》第一百一十条、《食品生产经营监督检查管理办法》第二十五条",
    "inspection_items": "生产者资质\n进货查验和生产过程控制\n食品贮存、标签和说明书",
    "inspection_mode": "onsite",
    "risk_level": "ordinary",
    "planned_on": "2026-03-10",
    "planned_place": "达州市通川区某某路88号",
    "planned_method": "查看生产现场和台账，询问从业人员，必要时抽样检验。",
    "assisting_count": 1,
    "merge_note": "与计量检查合并，一次完成。",
    "inspected_this_year": "0次",
    "inspection_cap_text": "年度上限1次",
    "superior_checked_on": "2025-11-18",
    "repeat_ground": "danger",
    "urgent_inspection": False,
    "inspected_from_on": "2026-03-10",
    "inspected_until_on": "2026-03-11",
    "notice_materials": "食品生产许可证\n最近三个月的进货查验记录",
    "supervision_phone": "000-0000000",
    "arrived_at": "2026-03-10T09:20+08:00",
    "site_began_at": "2026-03-10T09:30+08:00",
    "site_ended_at": "2026-03-10T11:05+08:00",
    "site_place": "达州市通川区某某路88号某某食品有限公司生产车间",
    "site_person": "张某某（质量负责人）",
    "certificates_shown": "yes",
    "scan_kind": "enterprise",
    "scan_code": "DZ-QY-2026-000123",
    "check_results": "生产者资质 | 符合 | 许可证在有效期内\n进货查验 | 不符合 | 两批原料没有索取合格证明\n标签和说明书 | 符合 |",
    "site_findings": "车间正在生产，原料库存放面粉四十袋，其中两批没有合格证明文件。\n检查时间一小时三十五分钟，没有影响生产。",
    "samples_taken": "没有抽样",
    "party_view": "承认两批原料没有索证，愿意改正。",
    "site_videos": "DSJ0001-20260310-092000，时长105分钟",
    "inspection_result": "correct",
    "result_detail": "两批面粉没有索取合格证明文件，不符合食品安全法第五十条的规定。",
    "result_handling": "责令限期改正，期满复查。",
    "publish_due_on": "2026-04-08",
    "recheck_at": "2026-03-25T10:00+08:00",
    "recheck_place": "达州市通川区某某路88号",
    "correction_demand": "补齐两批面粉的合格证明文件，停止使用没有证明文件的原料。",
    "recheck_found": "两批面粉已退回供货商，进货查验台账补登完整。",
    "recheck_result": "extended",
    "recheck_reason": "供货商所在地道路中断，证明文件尚在途中。",
    "recheck_due_on": "2026-04-03",
}
_CHECK_LABELS = {
    "inspection_kind": "双随机抽查",
    "inspection_mode": "现场检查",
    "risk_level": "一般",
    "repeat_ground": "存在明显安全隐患",
    "certificates_shown": "已出示",
    "scan_kind": "扫企业码",
    "inspection_result": "发现问题，责令限期改正",
    "recheck_result": "没有全部改正，有正当理由，延长期限",
}
_CHECK_PAPERS = [
    {
        "form": "inspection-notice",
        "title": "行政检查通知书",
        "number": "达市监检通〔2026〕12号",
        "date": "2026-03-09",
    },
    {
        "form": "correction-order",
        "title": "责令限期改正通知书",
        "number": "达市监责改〔2026〕7号",
        "date": "2026-03-10",
    },
]
_SPOT = {
    "cause": "采石作业现场处理",
    "spot_basis": "《中华人民共和国安全生产法》第六十五条第一款第三项",
    "spot_kinds": ["evacuate", "suspend"],
    "hazard": "采石作业面上方有松动岩体，边坡角度超过设计要求，随时可能坍塌。",
    "hazard_level": "major",
    "stops": True,
    "spot_scope": "三号采石作业面及其下方运输道路；其余作业面不受影响。",
    "measured_at": "2026-03-10T15:10+08:00",
    "mend_demand": "清除松动岩体，按设计修整边坡，经有资质的机构监测稳定。",
    "mend_due_on": "2026-03-31",
    "party_view": "同意撤人停产，请求保留排水作业。执法人员采纳，排水作业不在停止范围。",
}
_SPOT_LABELS = {
    "spot_kinds": ["责令从危险区域撤出作业人员", "责令暂时停产停业"],
    "hazard_level": "重大事故隐患",
}
_CHECK_FORMS = frozenset({"D-B1", "D-B2", "D-B3", "D-B4", "D-B6"})


def matter_of(form: Form) -> dict[str, Any]:
    """The matter of an inspection for its own forms; nothing for the others."""
    own = {"facts": _CHECKS, "labels": _CHECK_LABELS, "papers": _CHECK_PAPERS}
    if form.code == "D-B7":
        return {"facts": _SPOT, "labels": _SPOT_LABELS, "papers": _CHECK_PAPERS}
    return own if form.code in _CHECK_FORMS else {}
