"""Inspections of the demo city: a drawing at random, and visits that have come to different stages."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mingjing.cases import actions as cases
from mingjing.cases import queries as case_queries
from mingjing.kernel.drawing import name_of
from mingjing.kernel.procedure import Field
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.workdays import Calendar
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.parties.actions import take_in
from mingjing.publicity import actions as publicity

from .films import LATE, film_of, take
from .staffing import Team

Facts = Mapping[str, Any]
# What is inspected, by field: matter, provision, items, what was found, and the trade of those inspected.
_SUBJECTS: dict[str, tuple[str, str, str, str, str]] = {
    "food": ("食品生产经营监督检查", "食品安全法/110", "进货查验", "两批原料没有索取合格证明文件", "食品"),
    "environment": (
        "排污单位环境监督检查",
        "生态环境法典/53",
        "污染防治设施运行",
        "危险废物贮存标识缺失",
        "化工",
    ),
    "work_safety": ("安全生产监督检查", "安全生产法/65(1)", "现场安全管理", "配电箱没有上锁", "机械"),
    "medicine": (
        "医疗机构监督检查",
        "基本医疗卫生与健康促进法/94",
        "诊疗活动和记录",
        "两份病历没有及时完成",
        "医疗",
    ),
}
# How each visit goes: kind, result, days ago it was opened, the last step taken.
_VISITS: tuple[tuple[str, str, int, str], ...] = (
    ("special", "none", 60, "archive_clean"),
    ("planned", "correct", 24, "correction_order"),
    ("lead", "correct", 55, "archive_corrected"),
    ("lead", "none", 3, "arrive"),
    ("special", "none", 2, "approve_plan"),
)
_PATH = (
    "approve_plan", "notify", "arrive", "check_site", "result", "correction_order", "recheck", "publish",
    "archive_clean", "archive_corrected",
)  # fmt: skip
_DRAWN = 2


def live_inspections(teams: Mapping[str, Team], until: datetime) -> None:
    """Some visits by every organ that inspects enterprises, and one drawing at random; by actions only."""
    for team in teams.values():
        if team.field in _SUBJECTS:
            for number, visit in enumerate(_VISITS):
                _Visit(team, number, until, visit).live()
    drawing = next((team for team in teams.values() if team.field == "food" and _drawer(team, until)), None)
    if drawing is not None:
        _draw(drawing, until)
    safety = next((team for team in teams.values() if team.field == "work_safety"), None)
    if safety is not None:
        _stop_works(safety, until)
    police = next((team for team in teams.values() if team.field == "traffic"), None)
    if police is not None:
        for number in range(len(_RECORDS)):
            _record(police, number, until)


class _Visit:
    """One inspection under way."""

    def __init__(self, team: Team, number: int, until: datetime, visit: tuple[str, str, int, str]) -> None:
        self.team = team
        self.kind, self.result, days, self.stop = visit
        self.at = workday(until - timedelta(days=days))
        self.until = until
        self.name = invented(team, "甲乙丙丁戊"[number])
        self.case_id = uuid.UUID(int=0)

    def live(self) -> None:
        self.case_id = self.open_matter()
        for step in _PATH:
            if step in case_queries.work_of(self.case_id, self.at).marking.included:
                self.enter(step)
            if step == self.stop:
                return

    def open_matter(self) -> uuid.UUID:
        return open_matter(
            self.team,
            "inspection",
            at=self.at,
            title=f"对{self.name}的{_SUBJECTS[self.team.field][0]}",
            facts=_task(self.team, self.kind),
            party=party_of(self.team, self.name, self.at),
        )

    def enter(self, step: str) -> None:
        own = {"inspection_result": self.result, "recheck_result": "corrected"}
        days = {"recheck": 12, "publish": 5, "archive_clean": 2, "archive_corrected": 2}.get(step, 0)
        self.at = min(workday(self.at + timedelta(days=days, hours=1)), self.until)
        enter(self.team, self.case_id, step, own, self.at)


def _draw(team: Team, until: datetime) -> None:
    """A drawing of companies and officers, with the first visit to what was drawn."""
    at = workday(until - timedelta(days=12))
    subject, basis, *_ = _SUBJECTS[team.field]
    facts = {
        "cause": subject,
        "draw_basis": basis,
        "draw_items": "资质和许可\n进货查验\n标签和说明书",
        "draw_scope": "本行政区域内风险等级为一般的企业。",
        "draw_share": "不低于百分之五，每年一次",
    }
    case_id = open_matter(
        team, "inspection-draw", at=at, title=f"{at.year}年{subject}双随机抽查", facts=facts
    )
    pool = "\n".join(f"{invented(team, sign)} | |" for sign in "己庚辛壬癸子")
    officers = "\n".join(f"{team.names[one]} |" for one in team.by_role["handler"])
    drawn = {
        "object_pool": pool,
        "object_pool_source": "本机关监管对象名录",
        "officer_pool": officers,
        "object_count": _DRAWN,
        "officer_count": 2,
        "draw_witness": "本机关法制机构人员",
    }
    for hours, step in enumerate(("approve_draw", "register_pools", "draw"), 1):
        enter(team, case_id, step, drawn, at + timedelta(hours=hours))
    found = case_queries.work_of(case_id, at).case.facts
    name = name_of(found["drawn_objects"].split("\n")[0])
    names = {name_of(line) for line in found["drawn_officers"].split("\n")}
    pair = [one for one in team.by_role["handler"] if team.names[one] in names]
    later = workday(at + timedelta(days=1))
    open_matter(
        team,
        "inspection",
        at=later,
        title=f"对{name}的{subject}",
        facts=_task(team, "random"),
        party=party_of(team, name, later),
        handlers=pair,
        parent=case_id,
    )


_HAZARD = {
    "cause": "冲压车间重大事故隐患现场处理",
    "duty_basis": "安全生产法第六十五条",
    "spot_basis": "安全生产法/65(1)",
    "hazard": "冲压车间三台冲床的安全联锁被短接，作业人员手部可以进入模具区。",
    "hazard_level": "major",
    "unsafe_while_mending": True,
    "spot_kinds": ["stop_use"],
    "spot_scope": "冲压车间一、二、三号冲床；其余设备不受影响。",
    "urgent_spot": False,
    "spot_plan": "断电挂牌，班组长值守，不影响其余车间。",
    "mend_demand": "恢复三台冲床的安全联锁，经检测合格后申请复查。",
}


def _stop_works(team: Team, until: datetime) -> None:
    """An order to stop using machines, under way: decided, the firm has asked to be looked at again."""
    at = workday(until - timedelta(days=9))
    name = invented(team, "寅")
    case_id = open_matter(
        team,
        "spot-measure",
        at=at,
        title=f"{name}责令停止使用冲床",
        facts=asked("spot-measure", at, _HAZARD),
        party=party_of(team, name, at),
    )
    for hours, step in enumerate(("approve", "decide"), 1):
        due = (at + timedelta(days=14)).date().isoformat()
        enter(team, case_id, step, {**_HAZARD, "mend_due_on": due}, at + timedelta(hours=hours))
    later = workday(at + timedelta(days=5))
    report = {"resume_report": "三台冲床的安全联锁已经恢复并检测合格。"}
    enter(team, case_id, "apply_resume", report, later)


# How far each record of monitoring equipment has come, its device fit or not, and how long ago it was taken in.
_RECORDS: tuple[tuple[tuple[str, ...], bool, int], ...] = (
    ((), True, 2),
    (("review",), True, 5),
    (("review", "notify"), True, 20),
    (("review", "notify", "object"), True, 12),
    (("review", "discard"), False, 15),
)


def _record(team: Team, number: int, until: datetime) -> None:
    """A record of a crossing camera; the fourth owner objects, the fifth camera was never reviewed."""
    steps, fit, days = _RECORDS[number]
    at = workday(until - timedelta(days=days))
    owner = f"某某{'甲乙丙丁戊'[number]}"
    facts = {
        "cause": "涉嫌不按交通信号灯通行",
        "suspected_provision": "道路交通安全法/38",
        "captured_at": at - timedelta(hours=1),
        "captured_place": "通川区某某路与某某街交叉口",
        "captured_fact": "小型客车在红灯亮时越过停止线通过路口，号牌清晰可辨。",
        "object_mark": f"川S某某{number}号",
        "device_no": "DZ-JK-0007",
        "device_kind": "fixed",
        "device_by_law": True,
        "device_basis": "道路交通安全法/114",
        "legal_reviewed": fit,
        "technically_reviewed": True,
        "device_review_no": "（演示）第 7 号" if fit else None,
        "device_standard": True,
        "place_published": True,
        "sign_visible": True,
    }
    case_id = open_matter(
        team,
        "monitoring-record",
        at=at,
        title="小型客车不按交通信号灯通行电子监控记录",
        facts=asked(
            "monitoring-record", at, {name: value for name, value in facts.items() if value is not None}
        ),
        party=take_in(
            facts={"kind": "person", "name": owner, "phone": "0818-0000000"},
            actor=SYSTEM,
            at=at,
            source="演示数据",
        ).pk,
    )
    written = {
        **dict.fromkeys(("record_true", "record_clear", "record_complete", "record_accurate"), True),
        "review_note": "与机动车登记信息比对一致。" if fit else "设备没有经过法制审核。",
        "notice_way": ["sms"],
        "notice_text": "时间、地点、事实如记录；请在三十日内接受处理，可以查询、陈述、申辩。",
        "objection": "当时为避让救护车越线，有行车记录视频。",
        "discard_ground": "device",
        "discard_note": "同一设备的其他记录一并清理。",
    }
    for hours, step in enumerate(steps, 1):
        enter(team, case_id, step, written, at + timedelta(hours=hours))


def asked(procedure: str, at: datetime, facts: Facts) -> dict[str, Any]:
    """Of these facts, those that the opening form asks, with the day of opening for its dates."""
    start = next(step for step in law.procedure(procedure, at.date()).steps.values() if step.start)
    dates = {field.name: at.date().isoformat() for field in start.facts if field.kind == "date"}
    return {**dates, **{field.name: facts[field.name] for field in start.facts if field.name in facts}}


def _task(team: Team, kind: str) -> dict[str, Any]:
    subject, basis, items, *_ = _SUBJECTS[team.field]
    facts: dict[str, Any] = {
        "inspection_kind": kind,
        "cause": subject,
        "item_published": "yes",
        "inspection_basis": basis,
        "inspection_items": f"资质和许可\n{items}\n人员管理",
        "inspection_mode": "onsite",
        "risk_level": "ordinary",
    }
    more: dict[str, dict[str, Any]] = {
        "special": {"campaign_document": "《关于开展专项检查的通知》（演示）"},
        "planned": {"key_industry_basis": "列入直接涉及公共安全和人民群众生命健康的重点监管领域（演示）"},
        "lead": {
            "lead_source": "complaint",
            "lead_content": f"反映该单位{items}存在问题。",
            "urgent_inspection": False,
        },
    }
    return facts | more.get(kind, {})


def _written(team: Team, at: datetime, found: bool) -> dict[str, Any]:
    """What officers write in the forms of a visit."""
    _, _, items, fault, _ = _SUBJECTS[team.field]
    told = f"{items}中{fault}，其余逐项检查符合要求。" if found else "按检查内容逐项检查，未发现问题。"
    fault_line = f"{items} | 不符合 | {fault}" if found else f"{items} | 符合 |"
    return {
        "planned_method": "查看现场和台账，询问有关人员。",
        "planned_place": "达州市通川区某某路",
        "assisting_count": 0,
        "merge_note": "近期没有其他机关的检查计划可以合并。",
        "supervision_phone": "0818-0000000",
        "arrived_place": "达州市通川区某某路",
        "recheck_place": "达州市通川区某某路",
        "site_place": "达州市通川区某某路",
        "scan_kind": "enterprise",
        "scan_code": f"DZ{at:%Y%m%d}",
        "entry": "admitted",
        "site_person": "某某（负责人）",
        "check_results": f"资质和许可 | 符合 |\n{fault_line}\n人员管理 | 符合 |",
        "site_findings": f"现场正在经营。{told}检查没有影响正常经营。",
        "party_view": "没有",
        "result_detail": told,
        "result_handling": "责令限期改正，期满复查。" if found else "没有后续处理。",
        "violation_fact": told,
        "violated_provision": _SUBJECTS[team.field][1],
        "correction_demand": f"就“{fault}”进行整改，书面报告改正情况。",
        "correction_due_on": (at + timedelta(days=12)).date().isoformat(),
        "recheck_found": f"“{fault}”的问题已经整改到位。",
        "service_recipient": "某某",
        "publication_note": "不含国家秘密、商业秘密和个人信息。",
        "archive_no": f"JC-{at:%Y}-演示",
        "retention": "10",
    }


def enter(team: Team, case_id: uuid.UUID, step: str, own: Facts, at: datetime) -> None:
    """Take the step by the first who may, approved where it must be."""
    work = case_queries.work_of(case_id, at)
    rule = work.procedure.steps[step]
    result = own.get("inspection_result") or work.case.facts.get("inspection_result")
    visit = _written(team, at, result == "correct") if team.field in _SUBJECTS else {}
    written = {**visit, **own}
    facts = {field.name: _given(field, written, at, work.handlers) for field in rule.facts}
    facts = {name: value for name, value in facts.items() if value is not None}
    if "handler" in rule.by:
        actor = next(one for one in work.handlers if "handler" in one.roles)
    else:
        actor = _holder(team, rule.by[0], at)
    if rule.through == "publicity":
        seen = publicity.previewed(case_id, step).digest
        publicity.publish(case_id=case_id, step=step, seen=seen, facts=facts, actor=actor, at=at)
        return
    taken = take(case_id, rule, facts, actor, at)
    if taken.submission_id is not None:
        head = _holder(team, rule.approve or "organ_head", at)
        cases.approve(submission_id=taken.submission_id, actor=head, at=at, opinion="同意。")


def _given(field: Field, written: Facts, at: datetime, handlers: tuple[Actor, ...]) -> Any:
    """What stands in the field: what is written, else the day, the officers, the only or first choice."""
    if field.name in written:
        return written[field.name]
    if not field.required:
        return None
    if field.kind == "date":
        return at.date().isoformat()
    if field.kind == "datetime":
        return at
    if field.kind == "officers":
        return [one.id for one in handlers]
    return field.choices[0][0] if field.kind == "choice" else None


def _start(procedure: str, at: datetime) -> Rule:
    edition = law.procedure(procedure, at.date())
    return edition.steps[next(iter(edition.start_steps))]


def open_matter(
    team: Team,
    procedure: str,
    *,
    at: datetime,
    title: str,
    facts: Facts,
    party: int | None = None,
    handlers: list[int] | None = None,
    parent: uuid.UUID | None = None,
) -> uuid.UUID:
    hands = handlers or team.by_role["handler"][:2]
    return cases.open_case(
        organ_id=team.organ_id,
        procedure=procedure,
        title=title,
        facts=facts,
        actor=organs.actor_of_officer(hands[0], at.date()),
        at=at,
        party_id=party,
        handlers=hands,
        region=team.region,
        parent_id=parent,
        files=film_of(_start(procedure, at), 1),
        late_reason=LATE,
    ).case_id


def invented(team: Team, sign: str) -> str:
    """An invented enterprise of the trade that the organ inspects."""
    place = "达州市" if team.organ_code.startswith("dz-") else "通川区"
    return f"{place}某某{sign}{_SUBJECTS[team.field][4]}有限公司"


def party_of(team: Team, name: str, at: datetime) -> int:
    facts = {"kind": "enterprise", "name": name, "address": "达州市通川区某某路1号", "phone": "0818-0000000"}
    facts["legal_representative"] = "某某"
    return take_in(facts=facts, actor=SYSTEM, at=at, source="演示数据").pk


def _drawer(team: Team, at: datetime) -> bool:
    return any("drawer" in one.roles for one in organs.actors_of_organ(team.organ_id, at.date()))


def _holder(team: Team, role: str, at: datetime) -> Actor:
    return next(one for one in organs.actors_of_organ(team.organ_id, at.date()) if role in one.roles)


def workday(at: datetime) -> datetime:
    """The same hour on that day or the next working day after it."""
    calendar: Calendar = law.calendar()
    at = at.replace(minute=30, second=0, microsecond=0)
    at = at if 8 <= at.hour < 18 else at.replace(hour=9)
    while not calendar.is_workday(at.date()):
        at += timedelta(days=1)
    return at
