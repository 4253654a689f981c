"""What is written into the forms beside the ordinary course: penalties on the spot, preservation, transfers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mingjing.law import queries as law

from .scenes import SHOWN, TOLD, Answer, Facts, Scene, content, day, prior_order


def _spot_check(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    story = scene.story
    return {
        "source_kind": "inspection",
        "cause": story.cause,
        "violation_at": at - timedelta(minutes=10),
        "violation_on": day(at),
        "violation_place": scene.place,
        "violation_fact": story.fact,
        "evidence_summary": "现场照片两张，证明违法事实\n当事人当场陈述",
        "violated_provision": story.violated,
        **SHOWN,
        "officers_present": list(scene.officers),
    }


def _hear_party(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "power_item": scene.story.power,
        "penalty_provision": scene.story.penalty,
        "penalty_kinds": ["fine"],
        "noticed_fine_fen": scene.fine_fen,
        **TOLD,
        "party_view": "none",
        **prior_order(law.power_item(scene.story.power), at),
    }


def _spot_decision(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"fine_fen": scene.fine_fen, "penalty_content": content(scene), "collection": "bank"}


def _report(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"report_note": "当场处罚决定书一份，现场照片两张，报所属机关备案。"}


def _preserve(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        **SHOWN,
        "preservation_reason": "证据可能灭失或者以后难以取得。",
        "preserved_items": "涉案物品 | 某牌 | 一批",
        "preservation_place": f"达州市{scene.place}1号",
        "preservation_method": "in_place",
        "preservation_keeper": scene.speaker,
        "officers_present": list(scene.officers),
    }


def _testing(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "testing_body": "达州市某某检验检测中心",
        "testing_qualification": "检验检测机构资质认定证书（演示）",
        "testing_objects": "涉案样品 | 某牌 | 批号某 | 一份",
        "testing_items": "按相应标准检验",
        "testing_due_on": day(at, 20),
    }


def _transfer_report(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "source_kind": "penalty",
        "cause": f"涉嫌{scene.story.cause}",
        "found_on": day(at),
        "violation_place": f"达州市{scene.place}",
        "violation_fact": scene.story.fact,
        "suspected_crime": "某某罪（演示）",
        "prosecution_standard": "达到立案追诉标准的情形（演示）。",
        "crime_evidence": scene.story.evidence,
        "task_group": list(scene.officers),
    }


def _recusal(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "recusal_applicant": scene.speaker,
        "recusal_officer": "承办人",
        "recusal_applied_on": day(at),
        "recusal_reason": "认为与案件有利害关系。",
    }


BESIDE: dict[str, Answer] = {
    "recusal_request": _recusal,
    "preserve_evidence": _preserve,
    "testing_commission": _testing,
    "transfer_report": _transfer_report,
    "spot_check": _spot_check,
    "hear_party": _hear_party,
    "spot_decision": _spot_decision,
    "report_to_organ": _report,
}
