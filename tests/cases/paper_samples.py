"""An invented case that fills every form: full data, and the least that the law allows."""

from __future__ import annotations

from typing import Any

from mingjing.cases.papers import forms
from mingjing.cases.papers.forms import Field, Form

from . import (
    duty_samples,
    inspection_samples,
    levy_samples,
    license_samples,
    paper_samples_coercion,
    register_samples,
)

REMEDY = [
    "如不服本决定，可以自收到本决定书之日起六十日内向达州市人民政府申请行政复议；",
    "也可以自收到本决定书之日起六个月内依法向有管辖权的人民法院提起行政诉讼。",
    "行政复议、行政诉讼期间，除法律另有规定外，本决定不停止执行。",
]

FACTS: dict[str, Any] = {
    **paper_samples_coercion.FACTS,
    "source_kind": "inspection",
    "lead_received_at": "2026-03-10T09:05",
    "source_organ": "达州市甲区某某局",
    "lead_provider": "匿名",
    "lead_provider_contact": "000-0000000",
    "power_item": "对经营超过保质期的食品的处罚",
    "violation_on": "2026-03-10",
    "violation_at": "2026-03-10T09:30",
    "violation_place": "达州市通川区某某路88号",
    "lead_content": "2026年3月10日，执法人员对某某食品超市日常监督检查时，发现货架上陈列的预包装食品超过保质期。\n"
    "当事人当场未能提供进货查验记录。",
    "lead_attachments": "现场照片6张\n现场检查音像记录1段",
    "lead_proposal": "涉嫌经营超过保质期的食品，建议核查后立案。",
    "disputing_organs": "达州市甲区某某局\n达州市乙县某某局",
    "designated_organ": "达州市甲区某某局",
    "designation_reason": "违法行为发生地在甲区，由违法行为发生地的行政机关管辖便于调查取证。",
    "transfer_to": "达州市甲区某某局",
    "assigned_organ": "达州市甲区某某局",
    "assignment_demand": "依法查明事实，及时作出处理。\n涉嫌犯罪的，依法移送司法机关。",
    "transfer_reason": "违法行为发生地在甲区。",
    "transfer_basis": "《中华人民共和国行政处罚法》第二十二条",
    "transfer_materials": "现场笔录1份\n询问笔录2份\n物品清单1份",
    "feedback_due_on": "2026-04-30",
    "cause": "涉嫌经营超过保质期的食品",
    "suspected_provision": "《中华人民共和国食品安全法》第三十四条第十项",
    "initial_evidence": "现场笔录1份、现场照片6张、音像记录1段。",
    "filing_reason": "有证据初步证明存在违反食品安全管理秩序的行为，依法应当给予行政处罚，"
    "属于本机关管辖，且未超过追责期限。",
    "matter_kind": "defer",
    "matter_reason": "当事人提出申请并提交证明，确有经济困难，一次缴清影响正常经营。",
    "matter_basis": "《中华人民共和国行政处罚法》第六十六条第二款",
    "deferred_until": "2026-08-31",
    "instalment_plan": "第一期 | 2,500.00 | 2026年6月30日\n第二期 | 2,500.00 | 2026年8月31日",
    "site_began_at": "2026-03-10T09:30+08:00",
    "site_ended_at": "2026-03-10T10:42+08:00",
    "site_place": "达州市通川区某某路88号某某食品超市",
    "site_weather": "晴",
    "certificates_shown": "yes",
    "site_person": "张某某",
    "site_attestant": "王某某",
    "site_findings": "该超市正在营业，货架第三层陈列待售的“某牌”酱卤肉制品3袋，"
    "标签标明生产日期2025年9月1日、保质期6个月。\n执法人员对上述食品逐袋清点、拍照，张某某全程在场。",
    "site_photos": "DZ20260310-001至006",
    "site_videos": "DSJ0001-20260310-093000，时长72分钟",
    "interviewee": "张某某",
    "interviewee_role": "legal_representative",
    "interviewee_id": "511702000000000000",
    "interviewee_phone": "000-0000000",
    "interviewee_address": "四川省达州市通川区某某街1号",
    "interview_at": "2026-03-16T09:00",
    "interview_materials": "营业执照复制件\n法定代表人身份证明\n进货票据和查验记录",
    "interview_count": "第一次",
    "interviewee_gender": "男",
    "interviewee_post": "达州市某某食品有限公司　法定代表人",
    "interview_recorder": "赵某某",
    "interview_began_at": "2026-03-16T09:05",
    "interview_ended_at": "2026-03-16T10:20",
    "interview_place": "达州市市场监督管理局询问室",
    "interview_dialogue": "问：涉案食品是什么时候、从哪里购进的？\n"
    "答：2026年2月1日从某某商贸行购进20袋，每袋12.50元。\n"
    "问：销售了多少？\n答：以每袋18元售出17袋，其中过了保质期以后售出2袋。",
    "service_address": "达州市通川区某某路88号",
    "service_phone": "000-0000000",
    "e_service_agreed": True,
    "service_postcode": "635000",
    "e_service_address": "zhangmoumou@example.com",
    "evidence_title": "进货票据",
    "evidence_taken_at": "2026-03-16T10:30",
    "evidence_place": "达州市市场监督管理局询问室",
    "evidence_pages": "1份2页",
    "evidence_kind": "document",
    "evidence_source": "当事人提供",
    "evidence_method": "复制",
    "evidence_proves": "涉案食品的进货时间、数量和单价。",
    "edata_title": "收银系统销售流水",
    "edata_began_at": "2026-03-10T10:45",
    "edata_ended_at": "2026-03-10T11:10",
    "edata_place": "达州市通川区某某路88号",
    "edata_source": "某某食品超市收银系统",
    "edata_method": "在当事人配合下登录收银系统，按日期导出销售流水，计算完整性校验值后封存。",
    "edata_device": "写保护读卡器",
    "edata_storage": "证据库",
    "edata_holder": "张某某",
    "edata_files": f"sales-202602.csv | 18234 | SHA-256 | {'9f2ce41a' * 8}",
    "sampled_at": "2026-03-10T10:10",
    "sampling_place": "某某食品超市货架",
    "sampling_basis": "《中华人民共和国行政处罚法》第五十六条",
    "sampling_method": "随机抽样",
    "samples": "某牌酱卤肉制品 | 200克/袋 | 20250901 | 20袋 | 2袋",
    "sampling_seal": "封条完好，当事人签名",
    "sampling_spare": "备样1袋由本机关保存",
    "sampling_fee": "36.00元",
    "testing_body": "某某检验检测有限公司",
    "testing_qualification": "CMA000000000000",
    "testing_objects": "某牌酱卤肉制品 | 200克/袋 | 20250901 | 2袋",
    "testing_items": "菌落总数\n大肠菌群",
    "testing_due_on": "2026-03-25",
    "testing_began_on": "2026-03-12",
    "exclusion_basis": "《市场监督管理行政处罚程序规定》的有关规定",
    "testing_report_no": "JC2026-0001",
    "testing_report_on": "2026-03-24",
    "testing_demand": "请妥善保管样品。",
    "testing_result": "所检项目符合食品安全国家标准的要求。",
    "retest_right": "对检验结论有异议的，可以自收到检验结论之日起七个工作日内提出复检申请。",
    "materials_wanted": "2026年1月至3月进货查验记录\n涉案食品供货者的许可证和产品合格证明文件",
    "materials_due_on": "2026-03-20",
    "assistance_organ": "某某市某某县市场监督管理局",
    "assistance_matter": "核实某某商贸行是否向当事人供货\n提供该商贸行的登记信息",
    "assistance_due_on": "2026-04-10",
    "preservation_reason": "涉案食品易变质、易转移。",
    "preserved_items": "某牌酱卤肉制品 | 200克/袋 | 袋 | 3 | 包装完好\n进货票据 | A4 | 份 | 1",
    "preservation_place": "达州市市场监督管理局证据保管室",
    "preservation_method": "elsewhere",
    "preservation_keeper": "赵某某",
    "preservation_decision_due_on": "2026-03-19",
    "preservation_outcome": "copy_return",
    "preservation_outcome_reason": "经审查，上述票据已经复制、核对，原件无继续保存的必要。",
    "recusal_applicant": "达州市某某食品有限公司",
    "recusal_officer": "李某某",
    "recusal_applied_on": "2026-03-17",
    "recusal_reason": "李某某与举报人相识，可能影响公正执法。",
    "recusal_granted": False,
    "recusal_finding": "经核实，李某某与举报人没有亲属、债权债务等关系，不存在可能影响公正执法的情形。",
    "correction_basis": "《中华人民共和国行政处罚法》第二十八条第一款",
    "correction_demand": "立即停止销售、下架全部超过保质期的食品，建立库存食品定期检查制度。",
    "correction_due_on": "2026-03-31",
    "investigation_course": "2026年3月10日，本局执法人员在日常监督检查中发现当事人涉嫌经营超过保质期的食品，"
    "于2026年3月12日经批准立案调查。",
    "violation_fact": "经查明，当事人于2026年2月1日购进“某牌”酱卤肉制品20袋，进货单价12.50元，销售单价18.00元；"
    "截至案发已售出17袋，其中超过保质期后售出2袋，违法所得36.00元，货值金额90.00元。\n"
    "当事人购进时查验了供货者的许可证和合格证明文件，但未按规定对库存食品定期检查。",
    "evidence_summary": "现场笔录1份、现场照片6张 | 现场笔录、物证 | 涉案食品陈列待售的事实\n"
    "询问笔录1份 | 当事人的陈述 | 进货、销售的时间、数量和价格\n"
    "进货票据、销售流水各1份 | 书证、电子数据 | 货值金额和违法所得",
    "goods_value_fen": 9000,
    "illegal_gains_fen": 3600,
    "proposal": "penalize",
    "violated_provision": "《中华人民共和国食品安全法》第三十四条第十项",
    "penalty_provision": "《中华人民共和国食品安全法》第一百二十四条第一款第五项",
    "penalty_kinds": ["warning", "confiscation", "fine"],
    "confiscation_fen": 3600,
    "fine_fen": 500000,
    "tier": "lighter",
    "discretion_reason": "当事人系初次违法，货值金额较小，主动召回已售食品并积极配合调查，"
    "对照裁量基准，属从轻情形。",
    "review_opinion": "agree",
    "review_passed": [
        "subject",
        "officers",
        "procedure",
        "facts",
        "evidence",
        "law",
        "discretion",
        "authority",
    ],
    "review_problem_kinds": ["papers"],
    "review_problems": "送达时注意留存音像记录。",
    "review_notes": "本案主体合法，事实清楚，证据充分，定性准确，适用法律正确，裁量适当，程序合法。",
    "reviewer_qualification": "国家统一法律职业资格",
    "review_response": "已按建议办理。",
    "discussion_began_at": "2026-04-10T14:30",
    "discussion_ended_at": "2026-04-10T15:20",
    "discussion_chair": "陈某某",
    "discussion_recorder": "吴某某",
    "discussion_observers": "周某某（法制审核人员）",
    "discussion_reason": "情节复杂",
    "discussion_place": "第一会议室",
    "discussion_attendants": "陈某某 | 局长\n刘某某 | 副局长\n黄某某 | 副局长",
    "discussion_report": "案件事实、证据、定性、裁量情况见调查终结报告；法制审核意见为同意。",
    "discussion_opinions": "陈某某：同意承办机构意见。\n刘某某：同意。\n黄某某：同意，建议加强后续指导。",
    "discussion_conclusion": "一致同意没收违法所得36.00元，罚款5,000.00元。",
    "outcome": "penalize",
    "statement_outcome": "当事人在规定期限内提出申辩，称其积极整改、家庭困难。经复核，其整改情况属实，予以采纳。",
    "decision_reason": "当事人违法事实清楚，证据确凿，应当依法给予行政处罚。",
    "payment_deadline_days": 15,
    "hearing_offered": True,
    "statement_days": 5,
    "contact_person": "李某某",
    "contact_phone": "000-0000000",
    "statement_form": "oral",
    "statement_began_at": "2026-04-02T09:00",
    "statement_ended_at": "2026-04-02T09:40",
    "statement_place": "达州市市场监督管理局接待室",
    "statement_person": "张某某",
    "statement_person_capacity": "法定代表人",
    "statement_recorder": "赵某某",
    "statement_content": "我公司已下架全部临期食品，建立了每日检查制度。\n请求从轻处罚。",
    "statement_evidence": "整改报告1份\n每日检查记录3页",
    "statement_recheck": "经复核，当事人整改情况属实，符合从轻情形，予以采纳。",
    "waiver_kind": "hearing",
    "waiver_text": "我公司对拟作出的处罚没有意见，明确放弃听证。",
    "hearing_at": "2026-04-20T09:00",
    "hearing_began_at": "2026-04-20T09:00",
    "hearing_ended_at": "2026-04-20T10:30",
    "hearing_recorder": "吴某某",
    "hearing_seats": 10,
    "hearing_place": "达州市市场监督管理局第二会议室",
    "hearing_host": "郑某某",
    "hearing_members": "孙某某、钱某某",
    "hearing_public": True,
    "hearing_result": "held",
    "hearing_attendants": "张某某 | 当事人的法定代表人 | 达州市某某食品有限公司",
    "hearing_case_side": "当事人经营超过保质期的食品，事实清楚，证据确凿，建议没收违法所得并处罚款。",
    "hearing_party_side": "对事实没有异议，请求考虑整改情况从轻处罚。",
    "hearing_last_words": "今后严格落实查验和定期检查制度。",
    "hearing_summary": "2026年4月20日公开举行听证，当事人的法定代表人到场。",
    "hearing_examination": "当事人对调查人员出示的证据的真实性、合法性、关联性均无异议。",
    "hearing_focus": "是否具有从轻情节",
    "hearing_opinion": "事实清楚，程序合法，当事人整改属实，建议从轻处罚。",
    "no_penalty_ground": "minor_corrected",
    "no_penalty_reason": "当事人的违法行为轻微并及时改正，没有造成危害后果。",
    "education": "应当遵守食品安全法律、法规，落实进货查验和库存检查制度。",
    "payment_code": "5117020000000000001",
    "payment_bank": "某某银行达州分行",
    "payment_account": "000000000000",
    "payment_due_fen": 503600,
    "payment_due_on": "2026-05-08",
    "oral_statement": "当事人表示无异议。",
    "decided_on": "2026-04-22",
    "publicity_until": "2029-04-22",
    "service_method": "direct",
    "served_on": "2026-04-23",
    "service_recipient": "张某某",
    "received_capacity": "法定代表人",
    "announcement_place": "本机关门户网站",
    "announcement_reason": "经直接送达、邮寄送达均未能送达，你（单位）下落不明。",
    "announcement_days": 30,
    "closing_kind": "fulfilled",
    "closing_result": "没收违法所得36.00元，罚款5,000.00元，当事人已全额缴纳。",
    "paid_fen": 503600,
    "paid_on": "2026-05-06",
    "receipt_no": "00000001",
    "suspected_crime": "生产、销售不符合安全标准的食品罪",
    "volume": "正卷",
    "result": "没收违法所得36.00元，罚款5,000.00元。",
    "archived_on": "2026-05-20",
    "archive_no": "2026-CF-0012",
    "retention": "30",
    "pages": 42,
    "copies": 16,
    "entries": "达市监罚〔2026〕12号|行政处罚决定书|2026年4月22日|1|\n|送达回证|2026年4月23日|3|",
    "media": ["现场检查音像记录|DSJ0001|2026-03-10 09:30至10:42|" + "9f2ce41a" * 8],
    "compiled_by": "吴某某",
    "checked_by": "郑某某",
}

LABELS: dict[str, Any] = {
    "certificates_shown": "已出示执法证件",
    **paper_samples_coercion.LABELS,
    "source_kind": "监督检查",
    "matter_kind": "分期缴纳罚款",
    "interviewee_role": "法定代表人、负责人",
    "evidence_kind": "书证",
    "preservation_method": "异地保存",
    "preservation_outcome": "复制后返还原件",
    "proposal": "给予行政处罚",
    "outcome": "给予行政处罚",
    "penalty_kinds": ["警告", "没收违法所得、没收非法财物", "罚款"],
    "tier": "从轻",
    "review_opinion": "同意",
    "review_problem_kinds": ["文书问题"],
    "statement_form": "口头",
    "waiver_kind": "听证",
    "hearing_result": "已经举行",
    "no_penalty_ground": "违法行为轻微并及时改正，没有造成危害后果",
    "service_method": "直接送达",
    "closing_kind": "处罚决定履行完毕",
    "retention": "三十年",
}

PAPERS = [
    *paper_samples_coercion.PAPERS,
    {
        "form": "preservation-notice",
        "title": "先行登记保存证据通知书",
        "number": "达市监登保〔2026〕3号",
        "date": "2026-03-10",
    },
    {
        "form": "advance-notice",
        "title": "行政处罚告知书",
        "number": "达市监罚告〔2026〕15号",
        "date": "2026-04-01",
    },
    {
        "form": "penalty-decision",
        "title": "行政处罚决定书",
        "number": "达市监罚〔2026〕12号",
        "date": "2026-04-22",
    },
]

APPROVALS = [
    {"role": "handler", "opinion": "建议立案调查。", "name": "李某某、赵某某", "date": "2026-03-11"},
    {"role": "unit_head", "opinion": "同意，报请审批。", "name": "何某某", "date": "2026-03-11"},
    {"role": "reviewer", "opinion": "同意。", "name": "周某某", "date": "2026-04-03"},
    {"role": "organ_head", "opinion": "同意。", "name": "陈某某", "date": "2026-03-12"},
]


def full(form: Form, **changes: Any) -> dict[str, Any]:
    """Data with every field filled; a form of another kind of matter prints that matter's own facts."""
    own = (
        levy_samples.MATTERS.get(form.id)
        or duty_samples.MATTERS.get(form.id)
        or register_samples.MATTERS.get(form.id)
        or license_samples.matter_of(form)
        or inspection_samples.matter_of(form)
    )
    cause = own.get("facts", {}).get("cause")
    return {
        "organ": {
            "name": "达州市市场监督管理局",
            "prefix": "达市监",
            "address": "达州市某某区某某大道1号",
            "phone": "000-0000000",
        },
        "number": f"达市监{form.wenzhong}〔2026〕12号" if form.numbered else "",
        "case": {
            "no": "5117020012026000012",
            "title": "达州市某某食品有限公司经营超过保质期的食品案",
            "cause": cause or "经营超过保质期的食品",
            "source": "监督检查",
            "filed_on": "2026-03-12",
            "closed_on": "2026-05-15",
        },
        "party": {
            "kind": "organization",
            "name": "达州市某某食品有限公司",
            "id_label": "统一社会信用代码",
            "id_code": "91511702MA000000XX",
            "legal_representative": "张某某",
            "address": "四川省达州市通川区某某路88号",
            "phone": "000-0000000",
        },
        "officers": [
            {"name": "李某某", "certificate": "23170001"},
            {"name": "赵某某", "certificate": "23170002"},
        ],
        "date": "2026-04-22",
        "facts": FACTS | inspection_samples.FACTS | own.get("facts", {}),
        "labels": LABELS | inspection_samples.LABELS | own.get("labels", {}),
        "remedy": REMEDY,
        "papers": own.get("papers", PAPERS),
        "served": PAPERS[-1:],
        "signer": "周某某",
        "approvals": APPROVALS,
        "verify": {"code": "7F3K-9Q2M-XV41", "url": "https://example.gov.cn/v/7F3K9Q2MXV41"},
        "demo_seal": True,
        "demo": True,
        **changes,
    }


def minimal(form: Form) -> dict[str, Any]:
    """Only what the form asks for."""
    data: dict[str, Any] = {"organ": {"name": "某某局"}, "date": "2026-04-22"}
    if form.numbered:
        data["number"] = "某监〔2026〕1号"
    if form.remedy:
        data["remedy"] = REMEDY[:1]
    if {"party", "address"} & set(form.needs):
        data["party"] = {"name": "张某某", "kind": "person", "address": "某某路1号"}
    if "officers" in form.needs:
        data["officers"] = [{"name": "李某某", "certificate": "1"}, {"name": "赵某某", "certificate": "2"}]
    data["facts"] = {field.key: _least(field) for field in form.required()}
    return data


def _least(field: Field) -> Any:
    by_kind = {"date": "2026-04-01", "datetime": "2026-04-01T09:00", "money": 1, "number": 1, "bool": True}
    return by_kind.get(field.kind, "某项内容")


def every_form() -> list[Form]:
    """The whole catalogue."""
    return list(forms.catalogue().values())
