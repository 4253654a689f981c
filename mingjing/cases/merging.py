"""并案、分案: which cases may be joined in one, and which party may be taken out of one.

No term grows longer by either: the case that leads must owe everything that the merged case owes, and not later;
a case that is split off must be decided by the day on which its origin must. No right of a party is cut off:
once somebody was told of a penalty, he is answered in the case in which he was told.
"""

from __future__ import annotations

from dataclasses import replace

from mingjing.kernel.case_dates import local
from mingjing.kernel.marking import Duty, Stop
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor

from .handling import judged
from .models import Case, CaseParty, Service
from .needs import unmet
from .participants import MOST_AGENTS, ROLES, moved, participants_of
from .work import DECIDED_ON, Work

ACT = "penalty"
HEADS = ("unit_head", "organ_head")
# Stages in which a case is still investigated; afterwards its report and its review would tell of half the case.
INVESTIGATING = ("lead", "filing", "investigation")
TERM = "行政处罚法/60"
RIGHTS = "行政处罚法/44; 行政处罚法/45"
WHOLE = "行政处罚法/40; 行政处罚法/47"
APART = "行政处罚法/42; 行政处罚法/57(1)"


def may_merge(act: str, stage: str, actor: Actor, organ_code: str) -> bool:
    """Whether offering a merger to this person makes sense; ``check_merger`` judges."""
    return (
        act == ACT
        and stage in INVESTIGATING
        and actor.organ_code == organ_code
        and bool(actor.roles & set(HEADS))
    )


def check_merger(merged: Work, leading: Work, actor: Actor) -> None:
    """``merged`` may become part of ``leading``, by this person. Raises: Refused ``wrong-role``, ``wrong-act``,
    ``not-alike``, ``already-decided``, ``concluded``, ``waiting``, ``same-person``, ``no-first-party``,
    ``stricter-term``, ``own-duty``, ``rights-run``, ``children-open``, ``limitation-over``.
    """
    _require_head(merged, leading, actor)
    _require_alike(merged.case, leading.case)
    for work in (merged, leading):
        _require_investigating(work)
        _require_nothing_waiting(work)
    _require_apart(merged, leading)
    if merged.case.party is not None and leading.case.party is None:
        raise Refused(
            "no-first-party",
            f"主案（{leading.case.label}）还没有当事人，不能并入有当事人的案件。",
            basis=WHOLE,
            remedy="请先查明主案的当事人，或者以另一案为主案。",
        )
    _require_rights_untouched(merged)
    _require_no_longer_terms(merged, leading)
    open_children = merged.open_children()
    if open_children:
        raise Refused(
            "children-open",
            f"{merged.case.label}引起的“{open_children[0]}”还没有办结，不能并案。",
            basis=WHOLE,
            remedy="请先办结由它引起的事项，或者以它为主案。",
        )
    _require_within_limitation(merged, actor)


def _require_head(merged: Work, leading: Work, actor: Actor) -> None:
    if not actor.roles & set(HEADS):
        raise Refused(
            "wrong-role",
            f"并案由承办机构负责人或者机关负责人决定，{actor.name}都不是。",
            basis="行政处罚法/57(1)",
            remedy="请提请负责人办理。",
        )
    if actor.persons(HEADS) & (merged.handled | leading.handled):
        raise Refused(
            "same-person",
            f"{actor.signature(HEADS)}承办或者曾经承办其中的案件，不能决定并案。",
            basis=APART,
            remedy="请由没有承办这些案件的负责人办理。",
        )


def _require_alike(merged: Case, leading: Case) -> None:
    if merged.pk == leading.pk:
        raise Refused("bad-choice", "不能并入案件自身。", remedy="请选择另一案为主案。")
    if {merged.act, leading.act} != {ACT}:
        raise Refused("wrong-act", "并案只适用于行政处罚案件。", remedy="其他事项请分别办理。")
    same = (merged.organ_id, merged.procedure, merged.edition) == (
        leading.organ_id,
        leading.procedure,
        leading.edition,
    )
    if not same:
        raise Refused(
            "not-alike",
            "两案不是同一机关按照同一程序的同一版本办理的，不能并案。",
            basis=WHOLE,
            remedy="程序版本不同的，请先换用同一版本；管辖不同的，请先办理移送。",
        )


def _require_investigating(work: Work) -> None:
    case = work.case
    if case.ended_at is not None:
        raise Refused("ended", f"{case.label}已经办结，不能并案。", remedy="请核对案件。")
    require_undecided(case)
    if case.stage not in INVESTIGATING:
        raise Refused(
            "concluded",
            f"{case.label}已经终结调查（现为“{case.stage_title}”），不能并案：审核、告知没有包括另一案的事实。",
            basis="行政处罚法/44; 行政处罚法/57(1); 行政处罚法/58",
            remedy="尚未告知的，请先把“调查终结”退回重办；已经告知的，请分别作出决定。",
        )


def require_undecided(case: Case) -> None:
    """Raises: Refused ``already-decided``."""
    if case.decided_on is not None:
        raise Refused(
            "already-decided",
            f"{case.label}已经作出决定，不能再并案、分案。",
            basis="行政处罚法/44; 行政处罚法/59",
            remedy="请分别执行；决定有误的，依法变更或者撤销。",
        )


def _require_nothing_waiting(work: Work) -> None:
    """No colleague's answer is awaited and no term stands still. Cost: 2 queries."""
    case = work.case
    waiting = case.submissions.filter(state="open").values_list("title", flat=True).first()
    if waiting is None and case.handovers.filter(state="open").exists():
        waiting = "案件移交"
    if waiting is not None:
        raise Refused(
            "waiting",
            f"{case.label}的“{waiting}”正在等待答复，不能并案、分案。",
            remedy="请先审批、接收，或者撤回。",
        )
    standing = next((step for step, stops in work.marking.stops.items() if any(map(_runs, stops))), None)
    if standing is not None:
        raise Refused(
            "waiting",
            f"{case.label}的“{work.procedure.steps[standing].title}”期限现在停止计算（中止或者不计入期限），不能并案、分案。",
            basis=TERM,
            remedy="请在恢复计算以后再办理。",
        )


def _runs(stop: Stop) -> bool:
    return stop.until_on is None


def _require_apart(merged: Work, leading: Work) -> None:
    """Nobody who approved, reviewed or heard in one of them handles, or handled, the other. 3 queries for each."""
    for one, other in ((merged, leading), (leading, merged)):
        for officer in sorted(other.handled):
            what = judged(one, officer)
            if what is not None:
                raise Refused(
                    "same-person",
                    f"{other.case.label}的承办人在{one.case.label}中办理过“{what}”，并案以后审批与承办不分。",
                    basis=APART,
                    remedy="请分别办理，或者先移交案件。",
                )


def _require_rights_untouched(merged: Work) -> None:
    if merged.marking.rights:
        title = merged.procedure.steps[next(iter(merged.marking.rights))].title
        raise Refused(
            "rights-run",
            f"{merged.case.label}的当事人已经取得“{title}”的权利，须在该案中答复，不能并入他案。",
            basis=RIGHTS,
            remedy="请分别办理，或者以该案为主案。",
        )


def _require_no_longer_terms(merged: Work, leading: Work) -> None:
    """Every duty of the merged case is owed in the leading one too, not later; what is its own stays its own."""
    theirs = {row.step: row.due_at for row in leading.owed if row.kind == "duty"}
    for row in merged.owed:
        if row.kind != "duty":
            continue
        rule = merged.procedure.steps[row.step]
        done = leading.marking.has_happened(row.step) and rule.once
        if rule.flow == "main" and done:
            continue
        if rule.flow != "main" or row.step not in theirs:
            raise Refused(
                "own-duty",
                f"{merged.case.label}的“{row.title}”还没有办理，主案不承担这一职责，不因并案而免除。",
                basis=row.basis or WHOLE,
                remedy=f"请先办理“{row.title}”，或者以{merged.case.label}为主案。",
            )
        due = theirs[row.step]
        if row.due_at is not None and (due is None or row.due_at < due):
            later = f"{local(due):%Y-%m-%d}" if due else "没有期限"
            raise Refused(
                "stricter-term",
                f"{merged.case.label}的“{row.title}”期限（{local(row.due_at):%Y-%m-%d}）早于主案{leading.case.label}的（{later}），"
                "并案不得延长期限。",
                basis=row.basis or TERM,
                remedy=f"请以{merged.case.label}为主案，把{leading.case.label}并入。",
            )


def _require_within_limitation(merged: Work, actor: Actor) -> None:
    """What can no longer be punished does not become punishable in another case. 行政处罚法 art. 36."""
    rule = next((one for one in merged.procedure.steps.values() if "within_limitation" in one.needs), None)
    if rule is None:
        return
    refused = unmet(("within_limitation",), merged.situation(rule, merged.facts(), actor, None))
    if refused is not None:
        raise refused


def joining(merged: Work, leading: Work) -> list[CaseParty]:
    """The rows by which everybody of the merged case takes part in the leading one; nobody twice.

    Raises: Refused ``taking-part-twice``, ``too-many-agents``.
    """
    there = participants_of(leading.case)
    known = {(one.party_id, one.role): one for one in there}
    parties = {leading.case.party_id, *(one.party_id for one in there if one.role == "co_party")}
    rows: list[CaseParty] = []

    def add(row: CaseParty) -> None:
        same = known.get((row.party_id, row.role))
        if same is None:
            known[row.party_id, row.role] = row
            rows.append(row)
        elif same.represents_id != row.represents_id:
            raise Refused(
                "taking-part-twice",
                f"{row.party.name}在两案中是不同当事人的{ROLES[row.role].title}，不能并案。",
                basis=ROLES[row.role].basis,
                remedy="请先在其中一案登记退出，另行委托。",
            )

    first = merged.case.party
    others = participants_of(merged.case)
    if first is not None and first.pk not in parties:
        add(CaseParty(case=leading.case, party=first, role="co_party", since=merged.at))
    for one in others:
        if one.role in ("co_party", "interested") and one.party_id in parties:
            continue
        add(moved(one, leading.case, merged.at))
    _require_few_agents([*there, *rows])
    return rows


def _require_few_agents(rows: list[CaseParty]) -> None:
    of = [one.represents for one in rows if one.role == "agent"]
    crowded = next((one for one in of if one is not None and of.count(one) > MOST_AGENTS), None)
    if crowded is not None:
        raise Refused(
            "too-many-agents",
            f"并案以后{crowded.name}的委托代理人超过 {MOST_AGENTS} 人。",
            basis="行政处罚法/64(5)",
            remedy="请先登记多出的代理人退出。",
        )


def check_splitting(work: Work, row: CaseParty) -> None:
    """This co-party may be taken out of the case. Cost: 3 queries. Raises: Refused ``wrong-act``, ``last-party``,
    ``changed-meanwhile``, ``already-decided``, ``waiting``, ``rights-run``."""
    if work.case.act != ACT:
        raise Refused("wrong-act", "分案只适用于行政处罚案件。", remedy="其他事项请分别登记。")
    if row.until is not None:
        raise Refused("changed-meanwhile", "该当事人已经退出本案。", remedy="请刷新页面。")
    if row.role != "co_party" or row.party_id == work.case.party_id:
        raise Refused(
            "last-party",
            "只有共同当事人可以分案另办；本案首位当事人留在本案。",
            basis=WHOLE,
            remedy="请选择一名共同当事人；需要把首位当事人另办的，请把其他当事人分出。",
        )
    require_undecided(work.case)
    _require_nothing_waiting(work)
    told = Service.objects.filter(
        step__case=work.case, step__step__in=set(work.procedure.windows_after), party=row.party_id
    )
    if told.exists():
        raise Refused(
            "rights-run",
            f"已经向{row.party.name}送达告知书，其陈述、申辩、听证等权利在本案中行使，不能再分案。",
            basis=RIGHTS,
            remedy="请在本案中对各当事人分别作出决定。",
        )


def carried_term(procedure: Procedure, work: Work, start: str) -> Duty | None:
    """The duty to decide as the case that is split off owes it: by the day on which its origin must decide.

    A filing of its own begins its own term later, which never takes the place of this one. 行政处罚法 art. 60.
    """
    deciding = {step.id for step in procedure.steps.values() if step.stamps == DECIDED_ON}
    owed = [
        duty
        for step in deciding
        for duty in work.marking.pending.get(step, ())
        if work.marking.owes(step) and duty.due_at is not None
    ]
    if not owed:
        return None
    first = min(owed, key=lambda duty: duty.due_at or work.at)
    return replace(first, by=start)
