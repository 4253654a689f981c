"""参加人: the roles in which people take part in a matter beside its first party, and what follows for service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from mingjing.kernel.procedure import Field, Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.parties.models import Party

from .models import Case, CaseOfficer, CaseParty, Paper, Service


@dataclass(frozen=True)
class Role:
    """A role of participants: its name, and whether it stands beside a party."""

    title: str
    beside: bool
    basis: str


ROLES = {
    "co_party": Role("共同当事人", False, "行政处罚法/44; 行政处罚法/61"),
    "interested": Role("利害关系人", False, "行政许可法/36"),
    "agent": Role("委托代理人", True, "行政处罚法/64(5)"),
    "guardian": Role("法定代理人", True, "行政处罚法/30"),
    "translator": Role("翻译人员", True, "行政处罚法/55(2)"),
}
MOST_AGENTS = 2  # 行政处罚法/64(5): one or two
METHODS = (
    ("direct", "直接送达"),
    ("by_leaving", "留置送达"),
    ("postal", "邮寄送达"),
    ("electronic", "电子送达"),
    ("entrusted", "委托、转交送达"),
    ("announcement", "公告送达"),
)


def moved(row: CaseParty, to: Case, since: datetime) -> CaseParty:
    """The same participant in another case, not saved yet."""
    return CaseParty(
        case=to,
        party=row.party,
        role=row.role,
        represents=row.represents,
        scope=row.scope,
        nationality=row.nationality,
        passport=row.passport,
        since=since,
    )


def participants_of(case: Case) -> list[CaseParty]:
    """Who takes part now beside the first party, in the order they joined. Cost: none, or 1 query, none either after
    ``with_people``."""
    if not case.more_parties:
        return []
    if _came_along(case, "parties"):
        return [one for one in case.parties.all() if one.until is None]
    rows = CaseParty.objects.filter(case=case, until__isnull=True)
    return list(rows.select_related("party", "represents").order_by("id"))


def officers_of(case: Case) -> list[CaseOfficer]:
    """Who handles, reviews or hears the matter, or once did. Cost: 1 query, none after ``with_people``."""
    rows = case.officers.all()
    return list(rows if _came_along(case, "officers") else rows.select_related("officer"))


def _came_along(case: Case, name: str) -> bool:
    """Whether ``with_people`` brought these rows with the case."""
    return name in getattr(case, "_prefetched_objects_cache", {})


def with_people(to_case: str) -> tuple[Prefetch[Any, Any, Any], ...]:
    """What to prefetch for rows that lead to cases by ``to_case``, so that who takes part and who handles is known."""
    parties = CaseParty.objects.select_related("party", "represents").order_by("id")
    officers = CaseOfficer.objects.select_related("officer")
    return (
        Prefetch(f"{to_case}__parties", queryset=parties),
        Prefetch(f"{to_case}__officers", queryset=officers),
    )


def co_parties(rows: Sequence[CaseParty]) -> list[Party]:
    """The further parties: each is served and heard for itself."""
    return [one.party for one in rows if one.role == "co_party"]


def with_services(rule: Rule, rows: Sequence[CaseParty]) -> Rule:
    """The step as it is with several parties: a serving step also asks how and when each other one was served."""
    if not rule.serves:
        return rule
    more = [each for party in co_parties(rows) for each in _service_fields(party)]
    return replace(rule, facts=(*rule.facts, *more)) if more else rule


def _service_fields(party: Party) -> tuple[Field, ...]:
    base: dict[str, Any] = {
        "required": True,
        "help": "",
        "max": None,
        "choices": (),
        "when": None,
        "personal": False,
        "default_fact": None,
    }
    name = party.name
    return (
        Field(
            **{
                **base,
                "name": f"co_method_{party.pk}",
                "label": f"{name}：送达方式",
                "kind": "choice",
                "choices": METHODS,
            }
        ),
        Field(
            **{
                **base,
                "name": f"co_served_{party.pk}_on",
                "label": f"{name}：送达日期",
                "kind": "date",
                "not_after": ("served_on", "today"),
                "help": "各当事人分别送达；权利期限从最后送达之日起算，上面的“送达日期”填最后一人的。",
            }
        ),
        Field(
            **{
                **base,
                "name": f"co_recipient_{party.pk}",
                "label": f"{name}：收件人",
                "kind": "text",
                "max": 60,
                "personal": True,
            }
        ),
    )


def services(facts: Mapping[str, Any], rows: Sequence[CaseParty]) -> list[tuple[Party, str, str, date]]:
    """Party, method, recipient and day of each further service that a serving step tells."""
    return [
        (
            party,
            str(facts[f"co_method_{party.pk}"]),
            str(facts[f"co_recipient_{party.pk}"]),
            date.fromisoformat(facts[f"co_served_{party.pk}_on"]),
        )
        for party in co_parties(rows)
        if facts.get(f"co_served_{party.pk}_on")
    ]


def why_unserved(case: Case, procedure: Procedure, rule: Rule, rows: Sequence[CaseParty]) -> Refused | None:
    """A step that waits for the rights of the party waits for those of each: all were served with the notice.

    One who joined after the notice is served anew first. Source: 行政处罚法/44, 45, 61. Cost: 2 queries where
    there are several parties and the step waits for rights, else none.
    """
    further = co_parties(rows)
    if not further or not rule.waits_for_windows:
        return None
    openers = {
        window.after
        for name in rule.waits_for_windows
        if (window := procedure.steps[name].window) is not None
    }
    forms = {form for opener in openers for form in procedure.steps[opener].serves}
    papers = Paper.objects.filter(case=case, form__in=forms, voided_at__isnull=True).order_by("id")
    latest = {paper.form: paper.pk for paper in papers}
    if not latest:
        return None
    served = set(Service.objects.filter(paper__in=latest.values()).values_list("party_id", flat=True))
    missing = [party.name for party in further if party.pk not in served]
    if not missing:
        return None
    return Refused(
        "party-not-served",
        f"本案有数名当事人，{'、'.join(missing)}还没有收到告知书，其陈述、申辩等权利没有保障，不能办理“{rule.title}”。",
        basis="行政处罚法/44; 行政处罚法/45; 行政处罚法/61",
        remedy="请先向每一名当事人送达告知书；告知之后加入的，退回补充调查，重新告知。",
    )


def printed(rows: Sequence[CaseParty]) -> list[dict[str, str]]:
    """The participants as papers print them."""
    return [
        {
            "role": ROLES[one.role].title,
            "name": one.party.name,
            "id_code": one.passport or one.party.code,
            "nationality": one.nationality,
            "address": one.party.address,
            "phone": one.party.phone,
            "legal_representative": one.party.legal_representative,
            "represents": one.represents.name if one.represents else "",
            "scope": one.scope,
        }
        for one in rows
    ]
