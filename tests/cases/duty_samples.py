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

MATTERS: dict[str, dict[str, Any]] = {
    "filing-report": {"facts": _FILING},
    "inspection-subjects-notice": {"facts": _SUBJECTS},
}
