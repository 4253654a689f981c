"""What a phone in the field keeps and hands in, for tests of the actions and of the addresses."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases.actions import SpotStage, Told

DEVICE = uuid.UUID("7f3c1f5e-2b6a-4d53-9a77-0c1c5d6a9e11")
PASSER_BY = {"kind": "sole_proprietor", "name": "达州市通川区某某便利店", "code": "", "address": "某某路2号"}
CAUSE = "销售标签有瑕疵的食品，拒不改正"


def told(at: datetime, **given: Any) -> Told:
    """An act of that moment."""
    values: dict[str, Any] = {"key": uuid.uuid4(), "kind": "step", "device": DEVICE, "digest": "0" * 64}
    return Told(**{**values, "acted_at": at, **given})


def spot_facts(at: datetime, officers: list[int], fine: str = "100") -> dict[str, dict[str, Any]]:
    """The three forms of a penalty on the spot, as the page of the field app fills them in."""
    return {
        "spot_check": {
            "source_kind": "inspection",
            "cause": CAUSE,
            "violation_at": (at - timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M"),
            "violation_on": at.date().isoformat(),
            "violation_place": "通川区某某路2号",
            "violation_fact": "当事人在通川区某某路2号销售的预包装食品标签存在瑕疵，经责令改正后拒不改正。",
            "evidence_summary": "现场照片 | 书证 | 标签瑕疵",
            "violated_provision": "食品安全法/67(1)",
            "certificates_shown": "yes",
            "officers_present": [str(one) for one in officers],
        },
        "hear_party": {
            "power_item": "FOOD-05",
            "penalty_provision": "食品安全法/125(2)",
            "penalty_kinds": ["fine"],
            "fine_variant": "base",
            "noticed_fine_fen": fine,
            "prior_order_no": "责改〔2026〕1号",
            "prior_checked_on": (at.date() - timedelta(days=1)).isoformat(),
            "rights_told": "yes",
            "notice_reply": "paper",
            "party_view": "none",
        },
        "spot_decision": {
            "fine_fen": fine,
            "penalty_content": f"1. 罚款{fine}元",
            "collection": "bank",
            "service_recipient": PASSER_BY["name"],
        },
    }


def penalize(actor: Any, officers: list[int], at: datetime, **given: Any) -> cases.Taken:
    """A penalty on the spot by the action, all three steps at one moment."""
    facts = spot_facts(at, officers)
    values: dict[str, Any] = {
        "title": f"{PASSER_BY['name']}{CAUSE}案",
        "power": "FOOD-05",
        "party": PASSER_BY,
        "party_id": None,
        "handlers": officers,
        "region": "511700",
        "check": SpotStage(facts["spot_check"], at, film_pending="DSJ-01"),
        "hearing": SpotStage(facts["hear_party"], at, film_pending="DSJ-01"),
        "decision": SpotStage(facts["spot_decision"], at, film_pending="DSJ-01"),
    }
    return cases.penalize_on_the_spot(actor=actor, at=at, **{**values, **given})
