"""Licenses, rewards and rulings of the demo city: what applicants asked for and how far each request has come."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases import queries as case_queries
from mingjing.kernel.procedure import Field
from mingjing.kernel.procedure import Step as Rule
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.parties.actions import take_in
from mingjing.publicity import actions as publicity
from mingjing.review import actions as review

from .films import LATE, film_of, take
from .staffing import Team

Facts = Mapping[str, Any]
Line = tuple[
    int, str, Facts
]  # days ago, step, form; a whole number in a date field is a date so far from then


@dataclass(frozen=True)
class Request:
    """One matter: before which organ, by which procedure, whose, and what was done; the first line opens it."""

    organ: str
    procedure: str
    title: str
    lines: tuple[Line, ...]


_FOOD = {"license_item": "XK-FOOD-01", "handling_mode": "single"}
_HELD = {"license_item": "XK-FOOD-01", "original_license_no": "JY00000000000000", "license_until": 600}
_GRANT = {"proposal": "grant", "outcome": "grant", "certificate_needed": "yes"}
_REFUSE = {"proposal": "refuse", "outcome": "refuse", "refuse_ground": "conditions"}
_VERIFIED: Facts = {"needs_verification": True}

REQUESTS = (
    Request(
        "dz-scjg", "license-ordinary", "某某甲餐饮有限公司申请食品经营许可",
        (
            (60, "apply", _FOOD), (59, "accept", {}), (56, "examine", _VERIFIED), (52, "site_verification", {}),
            (50, "conclude", _GRANT), (47, "decide", _GRANT), (46, "serve_decision", {}),
            (45, "issue_license", {}), (44, "publish", {}), (38, "archive_granted", {}),
        ),
    ),
    Request(
        "dz-scjg", "license-ordinary", "某某乙餐饮有限公司申请食品经营许可",
        ((25, "apply", _FOOD), (24, "accept", {}), (20, "examine", _VERIFIED), (14, "site_verification", {})),
    ),
    Request(
        "dz-scjg", "license-ordinary", "某某丙餐饮有限公司申请食品经营许可",
        (
            (8, "apply", _FOOD),
            (6, "supplement_notice", {"supplement_items": "食品安全管理制度目录缺少自查制度\n经营布局图没有标明冷食专间"}),
        ),
    ),
    Request("dz-scjg", "license-ordinary", "某某丁餐饮有限公司申请食品经营许可", ((2, "apply", _FOOD),)),
    Request(
        "dz-scjg", "license-ordinary", "某某戊餐饮有限公司申请食品经营许可",
        (
            (40, "apply", _FOOD), (39, "accept", {}), (36, "examine", _VERIFIED),
            (33, "site_verification", {"verification_result": "not_met"}), (31, "conclude", _REFUSE),
            (29, "decide", _REFUSE), (28, "serve_decision", {}), (26, "publish", {}),
        ),
    ),
    Request(
        "dz-scjg", "license-ordinary", "某某己餐饮有限公司申请食品经营许可",
        (
            (12, "apply", _FOOD), (11, "accept", {}), (6, "examine", {"affects_others": True}),
            (2, "tell_interested", {}),
        ),
    ),
    Request(
        "dz-scjg", "license-change", "某某庚餐饮有限公司申请变更食品经营许可",
        (
            (30, "apply", _HELD), (29, "accept", {}), (27, "examine", {}), (25, "conclude", _GRANT),
            (24, "decide", _GRANT), (23, "serve_decision", {}), (22, "issue_license", {}), (20, "publish", {}),
        ),
    ),
    Request(
        "dz-scjg", "license-renewal", "某某辛餐饮有限公司申请延续食品经营许可",
        (
            (22, "look_up", {**_HELD, "expires_on": 58}), (20, "apply", {}), (18, "accept", {}),
            (10, "examine", {}),
        ),
    ),
    Request(
        "dz-scjg", "license-withdrawal", "撤销某某壬餐饮有限公司食品经营许可",
        (
            (26, "register", {**_HELD, "granted_on": -400, "source_kind": "supervision"}),
            (22, "verify", {"verification_result": "not_met"}),
            (18, "conclude", {"proposal": "act", "action_kind": "revoke_holder", "action_ground": "fraud"}),
            (12, "legal_review", {"review_opinion": "agree"}),
            (2, "tell_interested", {}),
        ),
    ),
    Request(
        "dz-scjg", "license-cancellation", "注销某某癸餐饮有限公司食品经营许可",
        (
            (34, "register", {**_HELD, "cancellation_ground": "expired", "granted_on": -1860, "ground_on": -4}),
            (30, "ask_holder", {}), (27, "cancel", {}), (25, "recover_certificate", {}), (22, "publish", {}),
            (12, "archive_cancelled", {}),
        ),
    ),
    Request(
        "dz-sthj", "license-ordinary", "某某化工有限公司申请排污许可",
        (
            (30, "apply", {**_FOOD, "license_item": "XK-ENV-01"}), (29, "accept", {}), (24, "examine", _VERIFIED),
            (15, "site_verification", {}), (4, "conclude", _GRANT),
        ),
    ),
    Request(
        "dz-yjgl", "license-ordinary", "某某化工经营有限公司申请危险化学品经营许可",
        (
            (24, "apply", {**_FOOD, "license_item": "XK-SAFE-01"}), (23, "accept", {}),
            (20, "examine", _VERIFIED), (13, "site_verification", {}), (6, "conclude", _GRANT),
            (2, "legal_review", {"review_opinion": "agree"}),
        ),
    ),
    Request(
        "dz-scjg", "reward", "某某举报奖励",
        (
            (28, "register", {"item_title": "食品安全举报奖励", "item_basis": "食品安全法/115(1)"}),
            (27, "accept", {"decide_by_on": 30}), (20, "verify", _GRANT),
            (16, "decide", {**_GRANT, "award_fen": 200_000, "pay_by_on": 30}), (14, "serve_decision", {}),
            (10, "pay_award", {"award_paid_fen": 200_000}), (5, "archive_granted", {}),
        ),
    ),
    Request(
        "dz-scjg", "adjudication", "某某甲商贸有限公司请求处理企业名称争议",
        (
            (20, "register", {"item_title": "企业名称争议", "item_basis": "企业名称登记管理规定/21(2)"}),
            (18, "accept", {"decide_by_on": 90}), (16, "notify_respondent", {"answer_by_on": 10}),
        ),
    ),
)  # fmt: skip

_WRITTEN: Facts = {
    "license_content": "餐饮服务经营者：热食类食品制售、冷食类食品制售。",
    "license_place": "达州市通川区某某路1号",
    "materials": "申请书 | 原件 | 1 | 申请人\n主体资格证明 | 电子 | 1 | 共享获取\n布局和操作流程图 | 原件 | 1 | 申请人",
    "apply_phone": "0818-0000000",
    "service_recipient": "某某",
    "service_address": "达州市通川区某某路1号",
    "materials_check": "材料齐全，符合法定形式。",
    "examine_findings": "申请材料齐全，布局和操作流程图与申请内容一致。",
    "verification_place": "达州市通川区某某路1号",
    "verification_person": "某某（负责人）",
    "verification_items": "场所 | 与有毒有害场所保持规定距离 | 周围没有污染源 | 符合\n设备 | 有消毒、冷藏设备 | 已安装 | 符合",
    "conditions_met": "场所 | 符合 | 现场核查记录\n设备设施 | 符合 | 现场核查记录\n管理人员和制度 | 符合 | 制度目录",
    "examination_reason": "对照法定条件逐项审查，材料真实，现场核查属实。",
    "refuse_reason": "没有独立的冷食专间，不符合食品安全法第三十三条第一款第四项的条件。",
    "license_no": "JY00000000000000",
    "interested_parties": "某某小区业主委员会 | 通川区某某路3号 | 相邻住户",
    "interest_reason": "油烟排放口朝向相邻住宅。",
    "change_content": "经营项目 | 热食类食品制售 | 热食类食品制售、冷食类食品制售",
    "license_scope": "餐饮服务经营者：热食类食品制售、冷食类食品制售。",
    "lead_content": "监督检查中发现申请时提交的健康证明存疑。",
    "action_basis": "行政许可法/69(2)",
    "action_reason": "经向出证机构核实，申请时提交的健康证明系伪造。",
    "ground_document": "许可证有效期届满记录",
    "holder_view_text": "被许可人表示已经停止经营，没有异议。",
    "cancellation_reason": "有效期届满，被许可人没有申请延续，已经停止经营。",
    "review_passed": ["subject", "officers", "procedure", "facts", "evidence", "law", "authority", "papers"],
    "award_kind": "informant",
    "request_content": "某某事项的申请，详见所附材料。",
    "decide_term_basis": "企业名称登记管理规定第二十一条；服务指南公布的承诺期限",
    "not_elsewhere": "yes",
    "respondent": "达州市某某乙商贸有限公司",
    "respondent_address": "达州市达川区某某路2号",
    "verify_findings": "举报反映的问题已经查证属实，并已依法处罚。",
    "proposal_reason": "举报属实，符合举报奖励的条件。",
    "decision_content": "给予举报奖励",
    "award_voucher": "演示凭证第1号",
    "publication_note": "不含国家秘密、商业秘密，联系电话等个人信息不公开。",
    "archive_no": "XK-演示",
    "retention": "30",
}


def live_licenses(teams: Mapping[str, Team], until: datetime) -> None:
    """Every request up to where it stands today, by calling actions only."""
    for request in REQUESTS:
        _live(teams[request.organ], request, until)


def _live(team: Team, request: Request, until: datetime) -> None:
    (days, first, facts), *rest = request.lines
    at = _working(until, days)
    rule = law.procedure(request.procedure, at.date()).steps[first]
    hands = team.by_role["handler"][:2]
    case_id = cases.open_case(
        organ_id=team.organ_id,
        procedure=request.procedure,
        title=request.title,
        facts=_filled(rule, facts, {}, at, ()),
        actor=_actor(team, rule, at),
        at=at,
        party_id=_party(request, at),
        handlers=hands,
        region=team.region,
        files=film_of(rule, 1),
        late_reason=LATE,
    ).case_id
    for days, step, facts in rest:
        _take(team, case_id, step, facts, _working(until, days))


def _take(team: Team, case_id: uuid.UUID, step: str, facts: Facts, at: datetime) -> None:
    """Take the step through its door by the first who may, approved where it must be."""
    work = case_queries.work_of(case_id, at)
    rule = work.procedure.steps[step]
    given = _filled(rule, facts, work.facts(), at, work.handlers)
    actor = _actor(team, rule, at)
    if rule.through == "review":
        review.give_opinion(case_id=case_id, facts=given, actor=actor, at=at)
        return
    if rule.through == "publicity":
        seen = publicity.previewed(case_id, step).digest
        publicity.publish(case_id=case_id, step=step, seen=seen, facts=given, actor=actor, at=at)
        return
    taken = take(case_id, rule, given, actor, at)
    if taken.submission_id is not None:
        head = organs.actor_of_officer(team.by_role[rule.approve or "organ_head"][0], at.date())
        cases.approve(submission_id=taken.submission_id, actor=head, at=at, opinion="同意。")


def _filled(
    rule: Rule, told: Facts, known: Facts, at: datetime, handlers: tuple[Actor, ...]
) -> dict[str, Any]:
    """The form: what the story tells, what the field inherits, what such forms say, else the plain choice."""
    facts: dict[str, Any] = {}
    for field in rule.facts:
        if field.when is not None and not field.when.holds({**known, **facts}):
            continue
        value = _given(field, told, known, at, handlers)
        if value is not None:
            facts[field.name] = value
    return facts


def _given(field: Field, told: Facts, known: Facts, at: datetime, handlers: tuple[Actor, ...]) -> Any:
    value = told.get(field.name)
    if field.kind == "date" and isinstance(value, int):
        return (at + timedelta(days=value)).date().isoformat()
    if value is not None:
        return value
    inherited = known.get(field.default_fact or "")
    if inherited is not None:
        return inherited
    if field.name in _WRITTEN:
        return _WRITTEN[field.name]
    if not field.required:
        return None
    plain: dict[str, Any] = {
        "date": at.date().isoformat(),
        "datetime": at,
        "officers": [one.id for one in handlers],
        "choice": field.choices[0][0] if field.choices else None,
    }
    return plain.get(field.kind)


def _actor(team: Team, rule: Rule, at: datetime) -> Actor:
    role = next(role for role in rule.by if role in team.by_role)
    return organs.actor_of_officer(team.by_role[role][0], at.date())


def _party(request: Request, at: datetime) -> int:
    """The invented enterprise that the title names; an informant is a person."""
    if request.procedure == "reward":
        facts = {
            "kind": "person",
            "name": "某某",
            "address": "达州市通川区某某路1号",
            "phone": "0818-0000000",
        }
        return take_in(facts=facts, actor=SYSTEM, at=at, source="演示数据").pk
    name = request.title.removeprefix("撤销").removeprefix("注销").partition("公司")[0]
    facts = {
        "kind": "enterprise",
        "name": f"达州市{name}公司",
        "address": "达州市通川区某某路1号",
        "phone": "0818-0000000",
        "legal_representative": "某某",
    }
    return take_in(facts=facts, actor=SYSTEM, at=at, source="演示数据").pk


def _working(until: datetime, days: int) -> datetime:
    """A working morning so many days ago, or the last one before it; never two steps of a matter at once."""
    at = (until - timedelta(days=days)).replace(hour=9, minute=30, second=0, microsecond=0)
    calendar = law.calendar()
    while not calendar.is_workday(at.date()):
        at -= timedelta(days=1)
    return at
