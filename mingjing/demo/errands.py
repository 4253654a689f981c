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
)
