"""What the papers of filing, supervision, disclosure, complaints and archives print: invented matters."""

from __future__ import annotations

from typing import Any

_FILING: dict[str, Any] = {
    "filing_to": "达州市司法局、四川省某某厅",
    "filing_title": "达州市某某局2025年度行政执法统计年报",
    "filing_summary": "2025年度本机关办理行政许可120件、行政处罚86件、行政强制12件、行政检查430次。\n"
    "经复议、诉讼变更、撤销的2件，均已按期撤下公示。",
    "filing_attachments": "行政执法统计表1份\n被变更、撤销决定目录1份",
    "check_note": "与执法记录逐项核对一致，不含国家秘密、商业秘密和个人隐私。",
    "returned_on": "2026-01-07",
}
_SUBJECTS: dict[str, Any] = {
    "subjects_count": 3,
    "subjects_list": "达州市市场监督管理局 | 法定机关 | 食品安全法第六条\n"
    "达州市某某综合行政执法支队 | 受委托组织 | 委托书（2025）某号\n达州市某某中心 | 授权组织 | 某某条例第五条",
    "announcement_url": "https://example.invalid/notice",
}
_SUPERVISION: dict[str, Any] = {
    "supervised_organ": "某某区某某局",
    "supervised_case_no": "5117020012026000012",
    "supervision_facts": "2026年第一季度抽查处罚案卷30件，其中3件在作出决定后第12至15个工作日才公示。",
    "supervision_problems": "某某罚〔2026〕3号、5号、9号决定没有在七个工作日内公示。",
    "supervision_basis": "《达州市全面推行三项制度实施方案》二（一）4（1）",
    "supervision_demand": "三日内补充公示上述决定\n查明原因，落实公示岗位责任\n对第一季度全部决定逐件自查",
    "rectify_until": "2026-04-30",
    "inspected_on": "2026-03-05",
    "inspected_place": "某某区某某局会议室",
    "inspectors": "水某某（监督证某某1号）、云某某（监督证某某2号）",
    "inspected_person": "赵某某（法制股负责人）",
    "inspected_text": "调阅公示记录和处罚案卷30件；询问公示岗位人员，称因岗位调整没有及时公示。",
    "reviewed_file": "某某罚〔2026〕5号某某食品店经营超过保质期食品案",
    "reviewed_by": "水某某、云某某",
    "score_body": 20,
    "score_evidence": 21,
    "score_procedure": 15,
    "score_law": 18,
    "score_papers": 8,
    "fundamental_fault": "none",
    "review_grade": "qualified",
    "review_faults": "没有在七个工作日内公示 | 三项制度方案二（一）4（1） | 5\n"
    "现场笔录缺少当事人签名或者拒签说明 | 行政处罚法第五十五条 | 5",
    "talked_on": "2026-03-10",
    "talked_place": "达州市司法局",
    "talked_with": "钱某某（局长）",
    "talked_by": "苏某某、水某某",
    "talk_problems": "连续两个季度逾期公示处罚决定。",
    "talk_answer": "公示岗位人员调离后没有及时补充，已经指定专人。",
    "talk_demand": "三十日内完成整改，书面报告。",
    "urge_kind": "listed",
    "urge_reason": "期限届满没有报告整改情况，经催促仍未报告。",
    "urge_until": "2026-05-13",
    "supervision_from": "达州市司法局",
    "supervision_kind": "notice",
    "supervision_document": "达司监通〔2026〕3号",
    "rectify_cause": "公示岗位人员调整，没有做好交接。",
    "rectify_measures": "三件决定逾期公示 | 3月14日补充公示 | 已完成\n岗位无人负责 | 明确甲、乙岗 | 已完成",
    "rectify_responsible": "对岗位负责人批评教育。",
    "answer_attachments": "补充公示网页截图3张\n岗位职责分工表1份",
}
_SUPERVISION_LABELS = {
    "fundamental_fault": "没有",
    "review_grade": "合格",
    "urge_kind": "挂牌督办",
    "supervision_kind": "监督通知书",
}
_SUPERVISION_PAPERS = [
    {
        "form": "supervision-notice",
        "title": "行政执法监督通知书",
        "number": "达司监通〔2026〕3号",
        "date": "2026-03-13",
    }
]

MATTERS: dict[str, dict[str, Any]] = {
    "filing-report": {"facts": _FILING},
    "inspection-subjects-notice": {"facts": _SUBJECTS},
}
MATTERS |= {
    form: {"facts": _SUPERVISION, "labels": _SUPERVISION_LABELS, "papers": _SUPERVISION_PAPERS}
    for form in (
        "supervision-notice",
        "supervision-opinion",
        "supervision-decision",
        "supervision-record",
        "file-review-sheet",
        "supervision-talk",
        "supervision-urge",
        "rectification-report",
    )
}
_DISCLOSURE: dict[str, Any] = {
    "info_requested": "达州市某某区2025年食品安全监督抽检不合格食品的处置情况。",
    "received_on": "2026-03-02",
    "supplement_points": "写明所需信息的时间范围\n写明要求提供的形式",
    "supplement_until": "2026-03-31",
    "third_party": "达州市某某食品有限公司",
    "consult_content": "抽检不合格批次的产品名称、生产日期、处置结果。",
    "extension_reason": "涉及的档案较多，需要逐件检索、区分处理。",
    "answer_due_on": "2026-04-28",
    "answer_kind": "refused",
    "answer_content": "所申请的信息中，涉及产品配方的部分不予公开，其余内容见所附目录。",
    "answer_reason": "产品配方属于商业秘密，权利人书面不同意公开且理由成立，依据《中华人民共和国政府信息公开条例》第十五条、第三十二条。",
}
_COMPLAINT: dict[str, Any] = {
    "received_on": "2026-03-02",
    "respondent_name": "达州市某某电器有限公司",
    "complaint_claim": "退还货款2,000元",
    "mediators": "李某某、赵某某",
    "decline_ground": "not_consumer",
    "decline_reason": "投诉人陈述所购商品用于转售，不是为生活消费需要。",
    "mediation_result": "no_agreement",
    "mediation_terms": "被投诉人退还货款2,000元，投诉人退回商品\n三日内履行完毕",
    "report_result": "not_filed",
    "report_reason": "现场检查没有发现举报反映的过期食品，进货查验记录完整，没有证据证明违法行为存在。",
}
_COMPLAINT_LABELS = {
    "decline_ground": "不是为生活消费需要，或者不能证明存在消费争议",
    "mediation_result": "四十五个工作日内没有达成协议",
    "report_result": "不予立案",
}
MATTERS |= {
    form: {
        "facts": _DISCLOSURE,
        "labels": {"answer_kind": "部分公开，其余不予公开" if form == "disclosure-refusal" else "予以公开"},
    }
    for form in (
        "disclosure-supplement",
        "disclosure-consultation",
        "disclosure-extension",
        "disclosure-answer",
        "disclosure-refusal",
    )
}
MATTERS |= {
    form: {"facts": _COMPLAINT, "labels": _COMPLAINT_LABELS}
    for form in (
        "complaint-acceptance",
        "complaint-nonacceptance",
        "complaint-mediation",
        "complaint-end-notice",
        "report-notice",
    )
}
_ARCHIVE: dict[str, Any] = {
    "archive_range": "2006年度行政处罚案卷，永久保管，档号2006-CF-0001至0003",
    "archive_count": 3,
    "archive_hall": "达州市档案馆",
    "transferred_on": "2026-12-21",
    "transfer_list": "2006-CF-0001 | 某某公司无证生产案 | 86 | 永久\n2006-CF-0002 | 某某厂超标排污案 | 120 | 永久\n"
    "2006-CF-0003 | 某某矿安全生产违法案 | 204 | 永久",
    "transfer_note": "已完成开放审核，0003号卷涉及个人隐私，延期开放。",
}
_INCIDENT: dict[str, Any] = {
    "notice_to": "达州市互联网信息办公室",
    "found_at": "2026-03-02T13:30+08:00",
    "incident_kind": "leak",
    "incident_data": "姓名、联系电话",
    "affected_count": 36,
    "incident_cause": "一名工作人员误将名单附在对外公告中，约四十分钟后发现。",
    "incident_harm": "可能收到骚扰电话、诈骗信息。",
    "remedy_measures": "13时40分撤下公告，删除缓存；14时20分核对访问日志，期间访问12次。",
    "self_protection": "对自称本机关工作人员的来电，请先拨打本机关公布的电话核实。",
}
MATTERS |= {
    "archive-transfer-list": {"facts": _ARCHIVE},
    "incident-notice": {"facts": _INCIDENT, "labels": {"incident_kind": "泄露"}},
}
