"""What the people of the demo city write into the forms, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mingjing.law import queries as law

from .answers_beside import BESIDE
from .scenes import SHOWN, TOLD, Answer, Facts, Scene, content, day, prior_order


def answer(step: str, scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    """The filled-in form of a step. ``known`` are the case's facts so far."""
    return ANSWERS[step](scene, at, known) if step in ANSWERS else {}


def _register(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "source_kind": "inspection",
        "found_on": day(at),
        "lead_received_at": at - timedelta(hours=1),
        "lead_content": scene.story.lead,
        "violation_on": day(at, -1),
        "violation_place": scene.place,
        "lead_proposal": "建议核查后立案。",
    }


def _file(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "cause": scene.story.cause,
        "suspected_provision": scene.story.violated,
        "initial_evidence": scene.story.finding,
        "filing_reason": "有初步证据证明存在违法行为，属于本机关管辖，未超过追责时效，建议立案。",
    }


def _decline(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "cause": scene.story.cause,
        "decline_ground": "no_violation",
        "initial_evidence": "核查时未发现线索反映的情形。",
        "filing_reason": "经核查，没有证据证明违法行为存在，建议不予立案。",
    }


def _site(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "site_began_at": at - timedelta(hours=1),
        "site_ended_at": at,
        "site_place": scene.place,
        "officers_present": list(scene.officers),
        **SHOWN,
        **TOLD,
        "site_person": scene.speaker,
        "site_findings": scene.story.finding,
        "site_photos": "照片编号 001 至 004",
        "site_videos": "执法记录仪视频编号 001，全程",
    }


def _interview(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "interviewee": scene.speaker,
        "interviewee_role": "party" if scene.story.party_kind == "person" else "legal_representative",
        "interview_count": "1",
        "interview_began_at": at - timedelta(hours=1),
        "interview_ended_at": at,
        "interview_place": "本机关询问室",
        "officers_present": list(scene.officers),
        **SHOWN,
        **TOLD,
        "interview_recorder": "",
        "interview_dialogue": (
            "问：我们是行政执法人员，已向你出示执法证件，你是否看清、是否申请回避？\n答：看清了，不申请回避。\n"
            f"问：请你说明“{scene.story.cause}”的情况。\n答：情况属实，是管理疏忽造成的，我愿意改正。\n"
            "问：以上笔录你是否看过，与你所说是否一致？\n答：看过，一致。"
        ),
    }


def _address(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "service_recipient": scene.speaker,
        "service_address": f"达州市{scene.place}1号",
        "service_phone": scene.phone,
    }


def _evidence(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        **SHOWN,
        "evidence_kind": "document",
        "evidence_title": "票据、台账复印件",
        "evidence_source": scene.party_name,
        "evidence_taken_at": at,
        "evidence_place": scene.place,
        "evidence_method": "复制，经提供人核对无误",
        "evidence_pages": "3",
        "evidence_proves": scene.story.cause,
        "officers_present": list(scene.officers),
    }


def _correction(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "violation_fact": scene.story.fact,
        "violated_provision": scene.story.violated,
        "correction_demand": scene.story.correction or "立即改正违法行为。",
        "corrected_at_once": False,
        "correction_due_on": day(at, 7),
    }


def _correction_check(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"correction_result": "corrected", "correction_result_text": "经复查，已按要求改正。"}


def _conclude(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    story = scene.story
    facts: Facts = {
        "investigation_course": f"{story.lead}经批准立案后，承办人进行了现场检查、询问并收集书证。",
        "violation_fact": story.fact,
        "evidence_summary": story.evidence,
        "proposal": scene.proposal,
        "power_item": story.power,
        "complex_case": scene.complex_case,
    }
    if scene.proposal == "penalize":
        facts |= _proposed_penalty(scene, at)
    else:
        facts |= {
            "violated_provision": story.violated,
            "no_penalty_reason": "初次违法，危害后果轻微并已及时改正。"
            if scene.proposal == "no_penalty"
            else "现有证据不足以证明违法事实，经补充调查仍不能查清。",
        }
        if scene.proposal == "no_penalty":
            facts["no_penalty_ground"] = "first_offence"
        else:
            facts.pop("violated_provision")
    return facts


def _proposed_penalty(scene: Scene, at: datetime) -> Facts:
    story = scene.story
    facts: Facts = {
        "violated_provision": story.violated,
        "penalty_provision": story.penalty,
        "penalty_kinds": list(story.kinds),
        "fine_fen": scene.fine_fen,
        "penalty_content": content(scene),
    }
    if story.goods_fen:
        facts["goods_value_fen"] = story.goods_fen
    if story.gains_fen:
        facts["illegal_gains_fen"] = story.gains_fen
        facts["confiscation_fen"] = story.gains_fen
    return facts | _discretion(scene, facts, at)


def _discretion(scene: Scene, known: Mapping[str, Any], at: datetime) -> Facts:
    """The tier of the benchmark in which the fine lies; a reason where it lies in none."""
    item = law.codex_power(scene.story.power)
    facts: Facts = prior_order(item, at)
    told = {**known, "party_is_person": scene.story.party_kind == "person"}
    tier = law.fitting_tier(item, told, scene.fine_fen, at.date())
    facts |= {
        "tier": tier or "ordinary",
        "discretion_reason": "当事人配合调查，对照裁量基准的因素确定档次和数额。",
    }
    if tier is None and law.benchmark(item.code, at.date()) is not None:
        facts["deviation_reason"] = "涉案数量、后果和改正情况综合考虑，需要偏离该档幅度（演示）。"
    return facts


_POINTS = (
    "subject",
    "officers",
    "procedure",
    "facts",
    "evidence",
    "law",
    "discretion",
    "authority",
    "papers",
    "crime",
)


def _review(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    if scene.review_problems and not known.get("review_response"):
        return {
            "review_opinion": "problems",
            "review_passed": [point for point in _POINTS if point != "evidence"],
            "review_problem_kinds": ["evidence"],
            "review_problems": "进货票据的提取过程没有说明，请补充提取时间、地点和提供人。",
        }
    return {"review_opinion": "agree", "review_passed": list(_POINTS), "review_notes": "同意处理意见。"}


def _resubmit(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"review_response": "已补充进货票据的提取时间、地点和提供人签名，见证据提取单。"}


def _notice(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    facts: Facts = {
        "contact_person": "执法一科",
        "contact_phone": scene.phone,
        "noticed_fine_fen": scene.fine_fen,
    }
    if scene.story.gains_fen:
        facts["noticed_confiscation_fen"] = scene.story.gains_fen
    return facts


def _service(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "service_method": "direct",
        **SHOWN,
        "served_on": day(at),
        "service_address": f"达州市{scene.place}1号",
        "service_recipient": scene.speaker,
        "received_capacity": "本人" if scene.story.party_kind == "person" else "法定代表人",
    }


def _statement(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "statement_form": "written",
        "statement_began_at": at,
        "statement_person": scene.speaker,
        "statement_content": "我方系初次违法，已全部改正，请求从轻处理。",
    }


def _recheck(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "recheck_result": "partly",
        "statement_recheck": "经复核，已改正属实，拟处罚已考虑该情节；其余理由没有新的证据，不予采纳。",
    }


def _hearing_request(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"hearing_requested_on": day(at), "hearing_request_text": "对违法所得的认定有异议，要求听证。"}


def _accept_hearing(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"hearing_accepted_on": day(at)}


def _handling_notice(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"handling_place_told": "达州市某某路1号车驾管综合服务站（演示）"}


def _hearing_notice(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "hearing_at": at + timedelta(days=21),
        "hearing_place": "本机关三楼听证室",
        "hearing_host": scene.reviewer_name,
        "hearing_recorder": "记录员",
        "hearing_public": True,
        "hearing_seats": 10,
    }


def _hearing(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "hearing_result": "held",
        "hearing_began_at": at - timedelta(hours=2),
        "hearing_ended_at": at,
        "hearing_attendants": f"案件调查人员、当事人代表{scene.speaker}",
        "hearing_case_side": f"调查人员陈述：{scene.story.fact}",
        "hearing_party_side": "当事人陈述：对事实没有异议，请求考虑经营困难。",
        "hearing_examination": "双方对票据、笔录逐项质证，真实性无异议。",
        "hearing_last_words": "请求从轻处罚。",
    }


def _hearing_report(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "hearing_summary": "听证依法公开举行，双方到场，程序合法。",
        "hearing_focus": "违法所得的认定",
        "hearing_opinion": "事实清楚、证据充分，建议维持拟处罚意见。",
    }


def _discussion(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "discussion_began_at": at - timedelta(hours=1),
        "discussion_ended_at": at,
        "discussion_place": "本机关会议室",
        "discussion_chair": f"{scene.head_name}（主要负责人）",
        "discussion_attendants": f"{scene.head_name}（主要负责人）、副职负责人两名",
        "discussion_reason": "拟作出较重的行政处罚",
        "discussion_report": f"承办人汇报：{scene.story.fact}",
        "discussion_opinions": f"{scene.head_name}：同意承办意见。\n副职负责人：同意，程序合法、裁量适当。",
        "discussion_conclusion": "一致同意按承办机构意见作出处罚。",
    }


def _decide(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    facts: Facts = {"outcome": scene.proposal, "decision_reason": "事实清楚，证据确凿，程序合法，裁量适当。"}
    if scene.proposal == "penalize":
        facts |= {
            "fine_fen": scene.fine_fen,
            "penalty_content": content(scene),
            "statement_outcome": "当事人在法定期限内的陈述、申辩意见已复核。",
            "payment_deadline_days": 15,
        }
        if scene.story.gains_fen:
            facts["confiscation_fen"] = scene.story.gains_fen
        if known.get("deviation_reason"):
            facts["deviation_reason"] = known["deviation_reason"]
            facts["deviation_approval"] = "同意，理由成立（演示）。"
    elif scene.proposal == "no_penalty":
        facts |= {
            "no_penalty_ground": "first_offence",
            "education": "已当面释法说理，当事人表示今后守法经营。",
        }
    return facts


def _publish(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"publication_note": "已审查，不涉及国家秘密、商业秘密；个人信息已隐去。"}


def _close(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    kinds = {"penalize": "fulfilled", "no_penalty": "no_penalty", "not_proven": "not_proven"}
    return {
        "closing_kind": kinds[scene.proposal],
        "closing_result": "决定已送达，义务已履行或者无须履行，拟结案。",
    }


def _archive(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"archive_no": f"{at.year}-CF-{at:%m%d%H}", "retention": "30"}


def _remedy(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "remedy_kind": "reconsideration",
        "remedy_result": "revoked",
        "remedy_document": f"达府复决〔{at.year}〕某号",
        "remedy_effective_on": day(at),
    }


def _withdraw(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {"withdrawal_reason": "该处罚决定已被行政复议决定撤销，依法撤下公示。"}


def _suspend(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "matter_kind": "suspend",
        "suspension_ground": "awaiting_case",
        "matter_reason": "须以另案的处理结果为依据，另案尚未审结。",
        "matter_basis": "行政处罚法/60",
    }


def _transfer(scene: Scene, at: datetime, known: Mapping[str, Any]) -> Facts:
    return {
        "transfer_kind": "transfer",
        "transfer_to": "达州市某某局",
        "transfer_reason": "违法行为属于该机关职责范围。",
        "transfer_basis": "行政处罚法/22",
        "transfer_materials": "线索登记表一份、现场照片四张",
    }


ANSWERS: dict[str, Answer] = {
    **BESIDE,
    "archive_spot": _archive,
    "register": _register,
    "file": _file,
    "decline_filing": _decline,
    "transfer_out": _transfer,
    "site_inspection": _site,
    "interview": _interview,
    "service_address": _address,
    "evidence_extract": _evidence,
    "correction_order": _correction,
    "correction_check": _correction_check,
    "suspend": _suspend,
    "conclude": _conclude,
    "legal_review": _review,
    "resubmit": _resubmit,
    "advance_notice": _notice,
    "serve_notice": _service,
    "statement": _statement,
    "statement_recheck": _recheck,
    "hearing_request": _hearing_request,
    "accept_hearing": _accept_hearing,
    "handling_notice": _handling_notice,
    "hearing_notice": _hearing_notice,
    "hearing": _hearing,
    "hearing_report": _hearing_report,
    "discussion": _discussion,
    "decide": _decide,
    "serve_decision": _service,
    "publish": _publish,
    "publish_no_penalty": _publish,
    "close": _close,
    "archive_penalized": _archive,
    "archive_no_penalty": _archive,
    "archive_not_proven": _archive,
    "remedy_outcome": _remedy,
    "withdraw_publication": _withdraw,
}
