"""Reading the room ``organs``."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from .authority import Actor, CertificateFacts, Term, actor_for, assemble
from .models import Account, AccountSession, Appointment, Certificate, Officer, Organ
from .roles import ROLES

__all__ = [
    "Officer",
    "Organ",
    "account_by_username",
    "actor_of_account",
    "actor_of_officer",
    "actors_of",
    "actors_of_organ",
    "certificates_ending",
    "demo_accounts",
    "officer_by_certificate",
    "organ",
    "organ_by_id",
    "organs",
    "sessions_of",
    "tree",
]


def _with_everything() -> QuerySet[Officer]:
    return Officer.objects.select_related("organ", "account").prefetch_related("appointments", "certificates")


def actor_of_account(account_id: int, on: date) -> Actor | None:
    """The officer behind an account as an actor on that day. Cost: 3 queries."""
    return next(iter(_actors(Officer.objects.filter(account_id=account_id), on).values()), None)


def actor_of_officer(officer_id: int, on: date) -> Actor:
    """An officer as an actor on that day; KeyError for an unknown officer. Cost: 3 queries."""
    return _actors(Officer.objects.filter(pk=officer_id), on)[officer_id]


def actors_of(officer_ids: list[int], on: date) -> dict[int, Actor]:
    """Several officers as actors, by officer id. Cost: 3 queries however many."""
    return _actors(Officer.objects.filter(pk__in=officer_ids), on)


def _actors(officers: QuerySet[Officer], on: date) -> dict[int, Actor]:
    """Officers with what they hold, read as values: every step of every case asks this."""
    found = {officer.pk: officer for officer in officers.select_related("organ")}
    terms: dict[int, list[Term]] = {pk: [] for pk in found}
    held: dict[int, list[CertificateFacts]] = {pk: [] for pk in found}
    rows = Appointment.objects.filter(officer_id__in=found).order_by("pk")
    for pk, role, since, until in rows.values_list("officer_id", "role", "since", "until"):
        terms[pk].append((role, since, until))
    columns = ("officer_id", "number", "kind", "fields", "region", "valid_from", "valid_until", "state")
    for pk, number, kind, fields, *rest in Certificate.objects.filter(officer_id__in=found).values_list(
        *columns
    ):
        held[pk].append(CertificateFacts(number, kind, tuple(fields), *rest))
    return {pk: assemble(officer, terms[pk], held[pk], on) for pk, officer in found.items()}


def actors_of_organ(organ_id: int, on: date) -> list[Actor]:
    """Everybody who works for the organ, in order of entry. Cost: 3 queries."""
    officers = _with_everything().filter(organ_id=organ_id, active=True).order_by("pk")
    return [actor_for(officer, on) for officer in officers]


def organ(code: str) -> Organ:
    """The organ with this code; ``Organ.DoesNotExist`` rises."""
    return Organ.objects.get(code=code)


def organ_by_id(organ_id: int) -> Organ:
    """The organ with this key."""
    return Organ.objects.get(pk=organ_id)


def organs(*, region: str | None = None) -> list[Organ]:
    """Organs in force, city first, then by region and code."""
    rows = Organ.objects.filter(closed_on__isnull=True).select_related("parent")
    return list(rows.filter(region=region) if region else rows)


def tree() -> list[tuple[int, Organ]]:
    """All organs in force with their depth, parents before children."""
    rows = organs()
    children: dict[int | None, list[Organ]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[tuple[int, Organ]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in children.get(parent, []):
            ordered.append((depth, row))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return ordered


def officer_by_certificate(number: str, on: date) -> dict[str, Any] | None:
    """What the public may know of a certificate: name, organ, field, validity; nothing else.

    Source: 达州三项制度方案/2(1), 3(1). Cost: 1 query.
    """
    row = Certificate.objects.select_related("officer__organ").filter(number=number.strip()).first()
    if row is None:
        return None
    valid = row.state == "in_force" and row.valid_from <= on <= row.valid_until and row.officer.active
    return {
        "number": row.number,
        "name": row.officer.name,
        "organ": row.officer.organ.name,
        "unit": row.officer.unit,
        "fields": list(row.fields),
        "kind": row.kind,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "state": row.state,
        "valid": valid,
    }


def sessions_of(account_id: int) -> list[AccountSession]:
    """The browsers in which the account is signed in, latest first."""
    return list(AccountSession.objects.filter(account_id=account_id))


def demo_accounts() -> list[dict[str, str]]:
    """All accounts with person, organ and roles for the switch-user menu of demo mode. Cost: 3 queries."""
    rows = (
        _with_everything()
        .filter(account__isnull=False, active=True)
        .order_by("organ__region", "organ__code", "pk")
    )
    return [
        {
            "username": officer.account.username if officer.account else "",
            "name": officer.name,
            "organ": officer.organ.short_name,
            "roles": "、".join(
                ROLES[appointment.role].title
                for appointment in officer.appointments.all()
                if appointment.role in ROLES
            ),
        }
        for officer in rows
    ]


def account_by_username(username: str) -> Account | None:
    """The account of this user name, whatever the case of its letters."""
    return Account.objects.filter(username__iexact=username.strip()).first()


def certificates_ending(until: date) -> list[dict[str, Any]]:
    """Certificates of active officers in state in force whose validity ends by that day, soonest first. 1 query."""
    rows = Certificate.objects.filter(state="in_force", valid_until__lte=until, officer__active=True)
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "name": row.officer.name,
            "organ": row.officer.organ.short_name,
            "valid_until": row.valid_until,
        }
        for row in rows.select_related("officer__organ").order_by("valid_until", "pk")
    ]
