"""委托代理: lending a role for a time to a colleague who acts in both names, and ending it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from mingjing.kernel.refused import Refused
from mingjing.record import actions as record

from ..authority import Actor, require
from ..mandates import MOST_DAYS, why_not_lend
from ..models import Appointment, Mandate, Officer
from ..queries import actor_of_officer
from ..roles import role_title

MOST_REASON = 300


@transaction.atomic
def delegate(
    *,
    principal_id: int,
    deputy_id: int,
    role: str,
    since: date,
    until: date,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Mandate:
    """Let a colleague act in a role of the principal from ``since`` to ``until``, both days included.

    By the principal himself; by the principal head of the organ for one who cannot. The principal keeps the
    role. What hangs on the person is not lent, nor what was lent.

    Raises: Refused ``not-principal-of-role``, ``in-person``, ``role-not-held``, ``other-organ``, ``same-person``,
    ``already-holds``, ``bad-term``, ``bad-reason``, ``already-delegated``.
    """
    require(actor, "case.move")
    # Locked, so that two offers for one role cannot pass each other.
    people = {
        one.pk: one for one in Officer.objects.select_for_update().filter(pk__in=(principal_id, deputy_id))
    }
    principal, deputy = people.get(principal_id), people.get(deputy_id)
    if principal is None or deputy is None or principal.organ_id != actor.organ_id != deputy.organ_id:
        raise Refused("other-organ", "委托人和代理人须为本机关在职人员。", remedy="请从名单中重新选择。")
    _check_who(actor, principal, deputy)
    if refused := why_not_lend(role):
        raise refused
    reason = _reason(reason)
    _check_term(since, until, at.date())
    _check_roles(principal, deputy, role, since, until)
    mandate = Mandate.objects.create(
        principal=principal,
        deputy=deputy,
        role=role,
        since=since,
        until=until,
        reason=reason,
        made_by_id=actor.officer_id,
        made_at=at,
    )
    record.append(
        kind="organs.mandate-given",
        subject=f"officer:{principal.pk}",
        at=at,
        actor=actor,
        plain={
            "deputy": f"officer:{deputy.pk}",
            "role": role,
            "since": since.isoformat(),
            "until": until.isoformat(),
        },
        personal={"reason": reason},
    )
    return mandate


@transaction.atomic
def end_mandate(*, mandate_id: int, actor: Actor, at: datetime) -> None:
    """End a mandate at once: by the principal, the deputy, or the principal head of the organ.

    Raises: Refused ``not-found``, ``changed-meanwhile``, ``not-principal-of-role``.
    """
    found = (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("principal")
        .filter(pk=mandate_id)
        .first()
    )
    if found is None or found.principal.organ_id != actor.organ_id:
        raise Refused("not-found", "没有这一委托。", remedy="请刷新页面。")
    if found.ended_at is not None:
        raise Refused("changed-meanwhile", "这一委托已经终止。", remedy="请刷新页面。")
    if actor.id not in (found.principal_id, found.deputy_id) and not actor.is_principal:
        raise Refused(
            "not-principal-of-role",
            "只有委托人、代理人或者机关主要负责人可以终止委托。",
            remedy="请由上述人员办理。",
        )
    found.ended_at, found.ended_by_id = at, actor.officer_id
    found.save(update_fields=["ended_at", "ended_by"])
    record.append(
        kind="organs.mandate-ended",
        subject=f"officer:{found.principal_id}",
        at=at,
        actor=actor,
        plain={"deputy": f"officer:{found.deputy_id}", "role": found.role, "since": found.since.isoformat()},
    )


def _check_who(actor: Actor, principal: Officer, deputy: Officer) -> None:
    if actor.id != principal.pk and not actor.is_principal:
        raise Refused(
            "not-principal-of-role",
            "只能委托他人代理自己的岗位；本人不能办理的，由机关主要负责人指定。",
            remedy="请由本人或者机关主要负责人办理。",
        )
    if principal.pk == deputy.pk:
        raise Refused("same-person", "代理人不能是本人。", remedy="请选择其他同事。")
    if not deputy.active:
        raise Refused("other-organ", "委托人和代理人须为本机关在职人员。", remedy="请从名单中重新选择。")


def _check_term(since: date, until: date, today: date) -> None:
    if until < since or since < today:
        raise Refused(
            "bad-term",
            f"代理期间 {since} 至 {until} 不对：不得早于今天，止日不得早于起日。",
            remedy="请核对起止日期；已经办过的事不能补办委托。",
        )
    if (until - since).days >= MOST_DAYS:
        raise Refused("bad-term", f"代理期间最长 {MOST_DAYS} 日。", remedy="长期不能履职的，请另行任命。")


def _check_roles(principal: Officer, deputy: Officer, role: str, since: date, until: date) -> None:
    """The principal holds the role by appointment for the whole time; the deputy does not hold it already."""
    whole = Q(since__lte=since) & (Q(until__isnull=True) | Q(until__gte=until))
    if not Appointment.objects.filter(whole, officer=principal, role=role).exists():
        raise Refused(
            "role-not-held",
            f"{principal.name}在这一期间没有担任{role_title(role)}，不能委托；代理来的岗位不能再委托。",
            remedy="请核对岗位和任期。",
        )
    if role in actor_of_officer(deputy.pk, since).roles:
        raise Refused(
            "already-holds",
            f"{deputy.name}已经可以办理{role_title(role)}的事项，无须委托。",
            remedy="请由其直接办理。",
        )
    running = Mandate.objects.filter(
        principal=principal, role=role, ended_at__isnull=True, since__lte=until, until__gte=since
    )
    if running.exists():
        raise Refused(
            "already-delegated",
            f"{principal.name}的{role_title(role)}岗位在这一期间已经委托他人代理。",
            remedy="请先终止原来的委托。",
        )


def _reason(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text or len(text) > MOST_REASON:
        raise Refused(
            "bad-reason",
            "没有写明委托的理由。" if not text else f"理由最多 {MOST_REASON} 个字，现有 {len(text)} 个字。",
            remedy="请写明出差、学习、休假等不能履职的情况。",
        )
    return text
