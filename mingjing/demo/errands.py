"""What the offices of the demo city have in hand besides acts: supervision and the answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Line = tuple[
    int, str, str, Mapping[str, Any]
]  # days ago, step, role, form; a whole number is a date from then on


@dataclass(frozen=True)
class Errand:
    """One matter: whose, of which kind, and what was done so far; the first line opens it."""

    organ: str
    procedure: str
    title: str
    steps: tuple[Line, ...]
    party: Mapping[str, str] | None = None


def _found(days: int, finding: str) -> Line:
    return (
        days,
        "conclude",
        "supervisor",
        {
            "supervision_finding": finding,
            "supervision_facts": "调阅公示记录，该机关上季度有三件处罚决定在作出后第十二至十五个工作日才公示。",
        },
    )


def _issued(days: int, until: int) -> Line:
    return (
        days,
        "issue",
        "supervisor",
        {
            "supervision_problems": "三件处罚决定没有在七个工作日内公示。",
            "supervision_basis": "达州三项制度方案/4(1)",
            "supervision_demand": "补充公示上述决定\n查明原因，落实公示岗位责任\n对上季度全部决定逐件自查",
            "rectify_until": until,
        },
    )


def _opened(days: int, organ: str, source: str, content: str) -> Line:
    facts = {"supervised_organ": organ, "supervision_source": source, "supervision_content": content}
    return (days, "open", "supervisor", facts)


def _person(name: str) -> dict[str, str]:
    return {"kind": "person", "name": name, "address": "达州市通川区某某路1号", "phone": "0818-0000000"}


_LATE = "平台预警：上季度有三件处罚决定逾期公示。"

ERRANDS: tuple[Errand, ...] = (
    Errand(
        "dz-sfj",
        "supervision",
        "达州市应急管理局逾期公示处罚决定监督案",
        (_opened(40, "达州市应急管理局", "alarm", _LATE), _found(33, "notice"), _issued(32, 35)),
    ),
    Errand(
        "dz-sfj",
        "supervision",
        "达州市生态环境局处罚案卷评查",
        (
            _opened(12, "达州市生态环境局", "file_review", "本年度案卷评查，抽取处罚案卷一件。"),
            (
                9,
                "file_review",
                "supervisor",
                {
                    "reviewed_file": "抽取的处罚案卷（演示）",
                    "reviewed_by": "水某甲、云某丙",
                    "score_body": 20,
                    "score_evidence": 21,
                    "score_procedure": 19,
                    "score_law": 18,
                    "score_papers": 8,
                    "fundamental_fault": "none",
                    "review_grade": "qualified",
                    "review_faults": "现场笔录没有记明当事人拒签的理由 | 行政处罚法/55 | 6",
                },
            ),
        ),
    ),
    Errand(
        "dz-sfj",
        "supervision",
        "通川区市场监督管理局逾期整改监督案",
        (
            _opened(75, "通川区市场监督管理局", "complaint", "12345 热线反映：决定书迟迟没有送达。"),
            _found(66, "opinion"),
            _issued(65, 30),
            (
                30,
                "urge",
                "supervisor",
                {"urge_kind": "listed", "urge_reason": "期限届满没有报告整改情况。", "urge_until": 40},
            ),
        ),
    ),
    Errand(
        "dz-yjgl",
        "supervision-answer",
        "达州市应急管理局落实监督通知书整改",
        (
            (
                31,
                "register",
                "handler",
                {
                    "supervision_kind": "notice",
                    "supervision_document": "达司监通（演示）第 1 号",
                    "supervision_from": "达州市司法局",
                    "answer_until": 34,
                    "supervision_problems": "三件处罚决定没有在七个工作日内公示。",
                },
            ),
            (
                20,
                "rectify",
                "handler",
                {
                    "rectify_cause": "公示岗位人员调整，没有做好交接。",
                    "rectify_measures": "三件决定逾期公示 | 已补充公示 | 完成\n岗位无人负责 | 明确甲、乙岗 | 完成",
                },
            ),
        ),
    ),
    Errand(
        "dz-scjg",
        "disclosure",
        "申某某申请公开食品抽检处置信息",
        (
            (
                16,
                "receive",
                "handler",
                {
                    "info_requested": "本市上年度食品监督抽检不合格食品的处置情况。",
                    "info_form": "electronic",
                    "received_way": "confirmed",
                    "service_address": "达州市通川区某某路18号",
                },
            ),
            (
                9,
                "secrecy_review",
                "reviewer",
                {"secrecy_result": "open", "secrecy_note": "不涉及国家秘密、商业秘密和个人隐私，可以公开。"},
            ),
        ),
        party=_person("申某某"),
    ),
    Errand(
        "dz-sthj",
        "disclosure",
        "柏某某申请公开排污许可信息",
        (
            (
                22,
                "receive",
                "handler",
                {
                    "info_requested": "某某工业园各企业的排污许可信息。",
                    "info_form": "paper",
                    "received_way": "registered",
                    "service_address": "达州市达川区某某路6号",
                },
            ),
            (
                18,
                "ask_supplement",
                "handler",
                {"supplement_points": "写明企业名称\n写明所需信息的时间范围", "supplement_until": 30},
            ),
        ),
        party=_person("柏某某"),
    ),
    Errand(
        "tc-scjg",
        "complaint",
        "郎某某投诉某某电器行消费争议",
        (
            (
                15,
                "receive",
                "handler",
                {
                    "complaint_way": "platform",
                    "respondent_name": "通川区某某电器行",
                    "respondent_address": "通川区某某街3号",
                    "complaint_facts": "购买的电饭煲使用三日后不能加热，经营者不予退换。",
                    "complaint_claim": "退还货款399元",
                },
            ),
            (12, "accept", "handler", {"mediators": "姜某甲、戚某乙"}),
            (
                6,
                "mediate",
                "handler",
                {"mediation_way": "site", "mediation_record": "双方同意先行检测，下次再议。"},
            ),
        ),
        party=_person("郎某某"),
    ),
    Errand(
        "tc-scjg",
        "report",
        "举报某某超市涉嫌销售过期食品",
        (
            (
                9,
                "receive",
                "handler",
                {
                    "report_way": "hotline",
                    "named_reporter": "yes",
                    "reported_name": "通川区某某超市",
                    "report_content": "货架上的牛奶超过保质期三日。",
                    "protection_asked": "no",
                },
            ),
        ),
        party=_person("鲁某某"),
    ),
    Errand(
        "dz-gajj",
        "filing-bank",
        "达州市公安局交通警察支队代收罚款协议备案",
        (
            (
                5,
                "open",
                "handler",
                {"agreement_bank": "某某银行达州分行", "agreement_no": "代收（演示）第 2 号"},
            ),
        ),
    ),
    Errand(
        "dz-yjgl",
        "disclosure-proactive",
        "达州市应急管理局安全生产处罚裁量基准公开",
        (
            (
                8,
                "register",
                "handler",
                {"info_title": "安全生产行政处罚裁量基准（修订）", "info_kind": "normative"},
            ),
            (
                4,
                "review",
                "reviewer",
                {"secrecy_result": "open", "secrecy_note": "不涉及不予公开的内容，可以公开。"},
            ),
        ),
    ),
    Errand(
        "dz-wsjk",
        "archive-transfer",
        "2007年度卫生行政处罚永久保管案卷移交",
        (
            (
                15,
                "register",
                "archivist",
                {
                    "archive_range": "2007年度行政处罚案卷（演示）",
                    "archive_count": 42,
                    "formed_on": -19 * 365,
                    "archive_level": "city",
                },
            ),
        ),
    ),
)
