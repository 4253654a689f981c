"""What the replay office writes into the forms, step by step, out of what a summary says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mingjing.insight.penalties import Ordered
from mingjing.insight.summaries import Reading

from .replay_list import Listed

Facts = dict[str, Any]

# The order in which an orderly office goes; the engine says which of them are possible.
ORDINARY_STEPS = (
    "file",
    "evidence_extract",
    "conclude",
    "legal_review",
    "advance_notice",
    "serve_notice",
    "waive_statement",
    "waive_hearing",
    "discussion",
    "decide",
)
SUMMARY_STEPS = ("hear_party", "spot_decision")
KINDS = {
    "警告": "warning",
    "通报批评": "criticism",
    "罚款": "fine",
    "没收违法所得": "confiscation",
    "没收非法财物": "confiscation",
    "暂扣许可证件": "suspension",
    "降低资质等级": "downgrade",
    "限制开展生产经营活动": "restrict_business",
    "责令停产停业": "business_suspension",
    "责令关闭": "closure",
    "限制从业": "restrict_practice",
    "吊销许可证件": "revocation",
    "行政拘留": "detention",
}
_POINTS = (
    "subject", "officers", "procedure", "facts", "evidence", "law", "discretion", "authority", "papers", "crime",
)  # fmt: skip


@dataclass(frozen=True)
class Script:
    """One summary as the facts of a case. ``violation_on`` is the day of the act, or the day it is assumed."""

    reading: Reading
    listed: Listed
    violation_on: date
    officers: tuple[int, ...]
    head_name: str

    @property
    def ordered(self) -> Ordered:
        """What the summary's decision orders."""
        return self.reading.ordered

    @property
    def kinds(self) -> list[str]:
        """The kinds of penalty by their codex codes."""
        return list(dict.fromkeys(KINDS[kind] for kind in self.ordered.penalties))

    @property
    def mitigated(self) -> bool:
        """Whether the summary says that the penalty goes below the range. Source: 行政处罚法 art. 32."""
        texts = (self.reading.fact, self.reading.basis_text, self.reading.decision)
        return any("减轻处罚" in text or "减轻行政处罚" in text for text in texts)

    @property
    def cause(self) -> str:
        """The cause as a file writes it."""
        return f"涉嫌{self.reading.item or '违法行为'}"[:120]

    @property
    def violated(self) -> str:
        """The provisions said to be violated; those of the basis where the summary names no others."""
        return _provisions(self.reading, violated=True)

    @property
    def applied(self) -> str:
        """The provisions on which the penalty rests."""
        return _provisions(self.reading, violated=False)

    def facts(self, step: str, at: datetime) -> Facts:
        """The filled-in form of a step."""
        return _WRITERS[step](self, at)


def _provisions(reading: Reading, *, violated: bool) -> str:
    first, second = (reading.violated, reading.basis) if violated else (reading.basis, reading.violated)
    return "、".join(dict.fromkeys(citation.text for citation in first or second))[:300]


def _register(script: Script, at: datetime) -> Facts:
    return {
        "source_kind": "other",
        "found_on": script.violation_on,
        "lead_received_at": at,
        "lead_content": script.reading.fact[:3000],
        "violation_on": script.violation_on,
        "violation_place": "摘要未载明，按本机关辖区办理",
        "lead_proposal": "案例回放：建议立案。",
    }


def _file(script: Script, at: datetime) -> Facts:
    return {
        "cause": script.cause,
        "suspected_provision": script.violated,
        "initial_evidence": "处罚摘要载明的事实。",
        "filing_reason": script.reading.fact[:2000],
    }


def _evidence(script: Script, at: datetime) -> Facts:
    return {
        "evidence_kind": "document",
        "evidence_title": "处罚摘要",
        "evidence_source": "案例回放文件",
        "evidence_taken_at": at,
        "evidence_place": "本机关",
        "evidence_method": "照录摘要文字",
        "evidence_pages": "1",
        "evidence_proves": script.cause,
        "officers_present": list(script.officers),
        "certificates_shown": "yes",
    }


def _conclude(script: Script, at: datetime) -> Facts:
    facts: Facts = {
        "investigation_course": "案例回放：依据处罚摘要。",
        "violation_fact": script.reading.fact[:5000],
        "evidence_summary": "处罚摘要 | 书证 | 证明违法事实",
        "proposal": "no_penalty" if script.ordered.spared else "penalize",
        "violated_provision": script.violated,
    }
    facts |= _rests_on(script)
    if script.ordered.spared:
        reason = script.reading.decision[:2000]
        return facts | {"no_penalty_ground": "other", "no_penalty_reason": reason}
    facts |= {
        "penalty_provision": script.applied,
        "penalty_kinds": script.kinds,
        "penalty_content": script.reading.decision[:2000],
        "tier": "mitigated" if script.mitigated else "ordinary",
        "discretion_reason": "案例回放：照录原决定，裁量理由未载于摘要。",
        **({"mitigation_ground": ["by_law"]} if script.mitigated else {}),
        **_variant(script),
    }
    if "没收非法财物" in script.ordered.penalties:
        facts["confiscated_goods"] = script.reading.decision[:1000]
    return facts | _sums(script, "")


def _rests_on(script: Script) -> Facts:
    return {"power_item": script.listed.code, "basis_note": "案例回放：照录摘要所引条款，未另行核对。"}


def _variant(script: Script) -> Facts:
    return {"fine_variant": script.listed.variant} if script.listed.variant and "fine" in script.kinds else {}


def _sums(script: Script, prefix: str) -> Facts:
    facts: Facts = {}
    if "fine" in script.kinds:
        facts[f"{prefix}fine_fen"] = script.ordered.fine_fen
    if "confiscation" in script.kinds:
        # Nothing but goods: the sum is none, and stands so in the notice.
        facts[f"{prefix}confiscation_fen"] = script.ordered.confiscated_fen
    return facts


def _review(script: Script, at: datetime) -> Facts:
    return {"review_opinion": "agree", "review_passed": list(_POINTS), "review_notes": "案例回放。"}


def _notice(script: Script, at: datetime) -> Facts:
    return {"contact_person": "演练一科", "contact_phone": "0818-0000000", **_sums(script, "noticed_")}


def _serve(script: Script, at: datetime) -> Facts:
    return {
        "service_method": "direct",
        "certificates_shown": "yes",
        "served_on": at.date(),
        "service_address": "达州市某某路1号",
        "service_recipient": script.reading.party_name[:60],
    }


def _waive_statement(script: Script, at: datetime) -> Facts:
    return {"waiver_kind": "statement", "waiver_text": "案例回放：设定为明确放弃陈述、申辩。"}


def _waive_hearing(script: Script, at: datetime) -> Facts:
    return {"waiver_kind": "hearing", "waiver_text": "案例回放：设定为明确放弃听证。"}


def _discussion(script: Script, at: datetime) -> Facts:
    return {
        "discussion_began_at": at - timedelta(hours=1),
        "discussion_chair": script.head_name,
        "discussion_attendants": f"{script.head_name} | 主要负责人",
        "discussion_report": "案例回放：依据处罚摘要。",
        "discussion_opinions": f"{script.head_name} | 同意",
        "discussion_conclusion": "同意按摘要所载内容作出决定。",
    }


def _decide(script: Script, at: datetime) -> Facts:
    reason = "案例回放：照录处罚摘要。"
    if script.ordered.spared:
        return {
            "outcome": "no_penalty",
            "no_penalty_ground": "other",
            "education": "案例回放。",
            "decision_reason": reason,
        }
    content = script.reading.decision[:2000]
    return {
        "outcome": "penalize",
        "penalty_content": content,
        "decision_reason": reason,
        **_sums(script, ""),
    }


def _spot_check(script: Script, at: datetime) -> Facts:
    return {
        "source_kind": "other",
        "cause": script.cause,
        "violation_at": at,
        "violation_on": script.violation_on,
        "violation_place": "摘要未载明，按本机关辖区办理",
        "violation_fact": script.reading.fact[:2000],
        "evidence_summary": "处罚摘要 | 书证 | 证明违法事实",
        "violated_provision": script.violated,
        "certificates_shown": "yes",
        "officers_present": list(script.officers),
    }


def _hear_party(script: Script, at: datetime) -> Facts:
    return {
        "penalty_provision": script.applied,
        "penalty_kinds": script.kinds,
        "rights_told": "yes",
        "notice_reply": "paper",
        "party_view": "none",
        **_rests_on(script),
        **_variant(script),
        **({"noticed_fine_fen": script.ordered.fine_fen} if "fine" in script.kinds else {}),
    }


def _spot_decision(script: Script, at: datetime) -> Facts:
    facts: Facts = {"penalty_content": script.reading.decision[:1000]}
    if script.mitigated:
        facts["mitigation_ground"] = ["by_law"]
    if "fine" in script.kinds:
        facts |= {"fine_fen": script.ordered.fine_fen, "collection": "bank"}
    return facts


_WRITERS = {
    "register": _register,
    "file": _file,
    "evidence_extract": _evidence,
    "conclude": _conclude,
    "legal_review": _review,
    "advance_notice": _notice,
    "serve_notice": _serve,
    "waive_statement": _waive_statement,
    "waive_hearing": _waive_hearing,
    "discussion": _discussion,
    "decide": _decide,
    "spot_check": _spot_check,
    "hear_party": _hear_party,
    "spot_decision": _spot_decision,
}
