"""提交前检查: what a case still lacks, said before a head or a court finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from mingjing.kernel.case_dates import local
from mingjing.kernel.enabling import Window
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .. import recordings
from ..needs import NEEDS, law_of_two_officers
from ..work import Work
from .reading import DoneRow, PaperRow, Read
from .views import CheckLine, ObligationView

_RECORDED = {"key": "音像", "full": "全程音像"}
_TWO_OFFICERS = "two_certified_officers"


def completeness(
    read: Read,
    facts: Mapping[str, Any],
    actor: Actor,
    obligations: Sequence[ObligationView],
    windows: Sequence[Window],
) -> tuple[CheckLine, ...]:
    """Every check of the case, unmet ones first."""
    work = read.work
    if work.case.ended_at is not None:
        return ()
    lines = [
        *_officers(work, facts, actor),
        *_listed(work),
        *_terms(obligations, work.at),
        *_recordings(work.procedure, read.done, work.at),
        *_carried_by_film(work),
        *_services(work.procedure, read.papers),
        *_windows(work, windows),
    ]
    order = {False: 0, None: 1, True: 2}
    return tuple(sorted(lines, key=lambda line: order[line.ok]))


def lasting(
    procedure: Procedure, done: Sequence[DoneRow], papers: Sequence[PaperRow], at: datetime
) -> Iterator[CheckLine]:
    """What still counts when the case has ended: recordings that were due, services that must be proved."""
    yield from _recordings(procedure, done, at)
    yield from _services(procedure, papers)


def _officers(work: Work, facts: Mapping[str, Any], actor: Actor) -> Iterator[CheckLine]:
    rule = next((step for step in work.procedure.steps.values() if _TWO_OFFICERS in step.needs), None)
    if rule is None:
        return
    refused: Refused | None = NEEDS[_TWO_OFFICERS](work.situation(rule, {}, actor, None))
    if refused is None:
        yield CheckLine(True, "两名以上持证人员办理", basis=law_of_two_officers(work.case.act))
    else:
        yield CheckLine(False, "办案人员不足两名或者证件无效", refused.reason, refused.basis or "")


_LISTS = "达州三项制度方案/2"
# The lists that must be confirmed, by the need that a procedure has for them.
_CONFIRMED = (
    ("confirmed_organ", "subjects", "执法主体清单"),
    (_TWO_OFFICERS, "officers", "执法人员清单"),
)


def _listed(work: Work) -> Iterator[CheckLine]:
    """Doubts about what is public before the act: lists that nobody confirmed yet, a power that the list lacks.

    The law itself says which powers an organ has; that its published list lacks one is for people to look at.
    """
    organ = work.case.organ_id
    needs = {need for step in work.procedure.steps.values() for need in step.needs}
    wanted = [(kind, title) for need, kind, title in _CONFIRMED if need in needs]
    if missing := [title for kind, title in wanted if work.confirmed(kind, organ) is None]:
        told = "机关和人员暂按登记的确认日期、证件核对。"
        yield CheckLine(None, f"{'、'.join(missing)}尚未经司法行政机关确认公布", told, _LISTS)
    power, listed = work.power, work.confirmed("powers", organ)
    if power is not None and listed is not None and power.code not in listed.keys:
        told = f"“{power.title}”（{power.code}）不在自 {listed.since} 起公布的《{listed.title}》（第 {listed.number} 版）中，请核对职权，修订清单。"
        yield CheckLine(None, "权责事项不在公布的权责清单中", told, _LISTS)
    yield from _inspected_item(work)


def _inspected_item(work: Work) -> Iterator[CheckLine]:
    """An inspection names an item of the published list word for word; what is not published is not inspected."""
    listed = work.confirmed("inspection-items", work.case.organ_id)
    cause = str(work.case.facts.get("cause") or "").strip()
    if work.case.act != "inspection" or listed is None or not cause or cause in listed.keys:
        return
    told = f"“{cause}”不在自 {listed.since} 起公布的《{listed.title}》（第 {listed.number} 版）中；没有公布的事项不得检查，名称不一致的请改正。"
    yield CheckLine(False, "检查事项不在公布的清单中", told, "川办发〔2025〕18号; 国办发〔2024〕54号")


def _terms(obligations: Sequence[ObligationView], at: datetime) -> Iterator[CheckLine]:
    for one in obligations:
        if one.due_at is not None and not one.paused and one.due_at < at:
            yield CheckLine(
                False, f"“{one.title}”已经超期", f"应于 {local(one.due_at):%Y-%m-%d} 前办理。", one.basis
            )


def _recordings(procedure: Procedure, done: Sequence[DoneRow], at: datetime) -> Iterator[CheckLine]:
    """Steps that had to be filmed and have no picture or sound, or only later. 行政处罚法 art. 47."""
    missing: list[str] = []
    kept, late, excused, basis = 0, [], [], ""
    for one in done:
        rule = procedure.steps.get(one.step)
        if rule is None or one.recording not in _RECORDED or one.set_aside_at is not None:
            continue
        on = local(one.at)
        if not one.filmed and (one.excused or (one.pending_until and one.pending_until >= at)):
            excused.append(f"{one.title}（{on:%m-%d}{'' if one.excused else '，待交存'}）")
            continue
        if not one.filmed:
            missing.append(f"{one.title}（{on:%m-%d}，{_RECORDED[one.recording]}）")
            basis = rule.recording_basis
            continue
        kept += 1
        if not one.filmed_in_time:
            late.append(f"{one.title}（{on:%m-%d}）")
    if missing:
        yield CheckLine(False, f"{len(missing)} 个环节没有音像记录", "、".join(missing), basis)
    if excused:
        yield CheckLine(None, f"{len(excused)} 个环节没有音像记录，已签署理由", "、".join(excused))
    if kept:
        yield CheckLine(
            True, f"{kept} 个环节的音像记录已存入", f"其中补传：{'、'.join(late)}。" if late else ""
        )


def _carried_by_film(work: Work) -> Iterator[CheckLine]:
    """Evidence that one officer took alone and whose recording is not there. 治安管理处罚法 art. 108(3)."""
    for one in work.recorded:
        rule = work.procedure.steps.get(one.step)
        if not one.filmed and recordings.carried_by_film(rule, one, work.case.field):
            refused = recordings.no_evidence(one)
            yield CheckLine(
                False, f"“{one.title}”的证据不能作为处罚的根据", refused.reason, refused.basis or ""
            )


def _services(procedure: Procedure, papers: Sequence[PaperRow]) -> Iterator[CheckLine]:
    """Papers that the party must receive and that nobody has served yet, by the law of the serving step."""
    serving = {form: step.basis for step in procedure.steps.values() for form in step.serves}
    for paper in papers:
        if paper.form not in serving or paper.voided_at is not None:
            continue
        name = f"《{paper.title}》{paper.number}"
        if paper.served:
            yield CheckLine(True, f"{name}已送达")
        else:
            remedy = "送达后期限才起算，请办理送达并登记回证。"
            yield CheckLine(False, f"{name}尚未送达", remedy, serving[paper.form])


def _windows(work: Work, windows: Sequence[Window]) -> Iterator[CheckLine]:
    """Rights that a step still to come must wait for; the others keep nobody waiting and are told elsewhere."""
    said = {"used": "已经行使", "waived": "已明确放弃", "lapsed": "期限已满"}
    for one in windows:
        waiting = [
            step.title
            for step in work.procedure.steps.values()
            if one.step in step.waits_for_windows and step.id not in work.marking.executed
        ]
        if waiting and one.state in said:
            yield CheckLine(True, f"{one.title}：{said[one.state]}", basis=one.basis)
        elif waiting and one.state == "open" and one.due_on is not None:
            told = f"至 {one.due_on} 届满，届满前不得办理{'、'.join(waiting)}。"
            yield CheckLine(None, f"{one.title}：期限未满", told, one.basis)
