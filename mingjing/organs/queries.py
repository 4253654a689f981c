"""Reading the room ``organs``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from mingjing.sql import Kept, Rows

from .authority import Actor, CertificateFacts, Lent, Person, Term, assemble
from .models import (
    Account,
    AccountSession,
    Appointment,
    Certificate,
    ConfirmedList,
    Mandate,
    Officer,
    Organ,
    Qualification,
)
from .roles import ROLES

__all__ = [
    "ConfirmedList",
    "Officer",
    "Organ",
    "account_by_username",
    "account_of_session",
    "acting_under",
    "actor_behind",
    "actor_of_account",
    "actor_of_officer",
    "actors",
    "actors_of",
    "actors_of_organ",
    "certificate",
    "certificates_ending",
    "certificates_of_organ",
    "confirmed_lists",
    "confirming_bureau",
    "demo_accounts",
    "examinations_of_organ",
    "former_officers",
    "holdings",
    "justice_bureaus",
    "mandates_of",
    "officer_by_certificate",
    "officer_file",
    "organ",
    "organ_by_id",
    "organs",
    "session_began",
    "sessions_of",
    "staff_page",
    "supervisor_of",
    "tree",
]


STAFF_PAGE = 100
# What makes an actor: the person with its organ, its terms in roles, its certificates.
_PERSON = (
    "pk",
    "name",
    "unit",
    "post",
    "is_principal",
    "legal_qualification",
    "active",
    "organ_id",
    "organ__code",
    "organ__name",
    "organ__short_name",
    "organ__path",
    "organ__region",
    "organ__is_justice_bureau",
    "organ__closed_on",
    "failed_on",
)
_TERM = ("appointments__role", "appointments__since", "appointments__until")
_CERTIFICATE = tuple(f"certificates__{field.name}" for field in fields(CertificateFacts))
_LENT = (
    "mandates__role",
    "mandates__since",
    "mandates__until",
    "mandates__ended_at",
    "mandates__principal_id",
    "mandates__principal__name",
    "mandates__principal__active",
)
_TERMS_AT, _CERTIFICATES_AT = len(_PERSON), len(_PERSON) + len(_TERM)
_LENT_AT = _CERTIFICATES_AT + len(_CERTIFICATE)


def holdings(officers: QuerySet[Officer]) -> QuerySet[Officer, tuple[Any, ...]]:
    """The officers with all they hold, as rows for ``actors``: one for each term, certificate and mandate.

    Officers come in the order of ``officers``, their certificates latest first.
    """
    order = (
        *(officers.query.order_by or ("pk",)),
        "-certificates__valid_until",
        "certificates__pk",
        "appointments__pk",
        "mandates__pk",
    )
    return officers.order_by(*order).values_list(*_PERSON, *_TERM, *_CERTIFICATE, *_LENT)


def actors(rows: Iterable[tuple[Any, ...]], on: date) -> dict[int, Actor]:
    """Rows of ``holdings`` as actors on that day, by officer id."""
    people: dict[int, tuple[Person, dict[Term, None], dict[str, CertificateFacts], dict[Lent, None]]] = {}
    for row in rows:
        _, terms, certificates, lent = people.setdefault(row[0], (Person(*row[:_TERMS_AT]), {}, {}, {}))
        term, certificate = row[_TERMS_AT:_CERTIFICATES_AT], row[_CERTIFICATES_AT:_LENT_AT]
        if row[_LENT_AT] is not None:
            lent[Lent(*row[_LENT_AT:])] = None
        if term[0] is not None:
            terms[tuple(term)] = None
        if certificate[0] is not None and certificate[0] not in certificates:
            number, kind, limited_to, *rest = certificate
            certificates[number] = CertificateFacts(number, kind, tuple(limited_to), *rest)
    return {
        pk: assemble(person, terms, held.values(), on, lent)
        for pk, (person, terms, held, lent) in people.items()
    }


_OF_ACCOUNT = Kept(lambda account: holdings(Officer.objects.filter(account=account)))
_ACCOUNT = Kept(
    lambda account: Account.objects.filter(pk=account).annotate(
        officer_rows=Rows(holdings(Officer.objects.filter(account=OuterRef("pk"))))
    )
)
_OF_OFFICER = Kept(lambda officer: holdings(Officer.objects.filter(pk=officer)))


def account_of_session(account_id: int) -> Account | None:
    """The account with all that ``actor_behind`` needs. Cost: 1 query."""
    return _ACCOUNT.first(account=account_id)


def actor_behind(account: Account, on: date) -> Actor | None:
    """The officer behind an account as an actor on that day. Cost: none if it came with its session, else 1 query."""
    rows = getattr(account, "officer_rows", None)
    found = actors(_OF_ACCOUNT(account=account.pk) if rows is None else rows, on)
    return next(iter(found.values()), None)


def actor_of_account(account_id: int, on: date) -> Actor | None:
    """The officer behind an account as an actor on that day. Cost: 1 query."""
    return next(iter(actors(_OF_ACCOUNT(account=account_id), on).values()), None)


def actor_of_officer(officer_id: int, on: date) -> Actor:
    """An officer as an actor on that day; KeyError for an unknown officer. Cost: 1 query."""
    return actors(_OF_OFFICER(officer=officer_id), on)[officer_id]


def actors_of(officer_ids: list[int], on: date) -> dict[int, Actor]:
    """Several officers as actors, by officer id. Cost: 1 query however many."""
    return actors(holdings(Officer.objects.filter(pk__in=officer_ids)), on)


def actors_of_organ(organ_id: int, on: date) -> list[Actor]:
    """Everybody who works for the organ, in order of entry. Cost: 1 query."""
    return list(actors(holdings(Officer.objects.filter(organ_id=organ_id, active=True)), on).values())


def staff_page(organ_id: int, on: date, *, after: int = 0, limit: int = STAFF_PAGE) -> list[Actor]:
    """Up to ``limit`` who work for the organ, in order of entry, behind the officer ``after``. Cost: 2 queries."""
    rows = Officer.objects.filter(organ_id=organ_id, active=True, pk__gt=after).order_by("pk")
    return list(actors_of(list(rows.values_list("pk", flat=True)[:limit]), on).values())


def certificate(number: str) -> Certificate | None:
    """A certificate with its holder. Cost: 1 query."""
    return Certificate.objects.select_related("officer").filter(number=number).first()


def former_officers(organ_id: int, *, limit: int = STAFF_PAGE) -> list[Officer]:
    """Up to ``limit`` who worked for the organ and left, those who came last first. Cost: 1 query."""
    return list(Officer.objects.filter(organ_id=organ_id, active=False).order_by("-pk")[:limit])


def officer_file(officer_id: int) -> Officer | None:
    """A person with organ, account, certificates, terms of office and examinations, latest first. Cost: 4 queries."""
    terms = Prefetch("appointments", Appointment.objects.order_by("-since", "role"))
    held = Prefetch("certificates", Certificate.objects.order_by("-valid_until", "pk"))
    rows = Officer.objects.select_related("organ", "account").prefetch_related(terms, held, "qualifications")
    return rows.filter(pk=officer_id).first()


def organ(code: str) -> Organ:
    """The organ with this code; ``Organ.DoesNotExist`` rises, also for a code that no database can hold."""
    if "\x00" in code:
        raise Organ.DoesNotExist
    return Organ.objects.get(code=code)


def organ_by_id(organ_id: int) -> Organ:
    """The organ with this key."""
    return Organ.objects.get(pk=organ_id)


def organs(*, region: str | None = None) -> list[Organ]:
    """Organs in force, city first, then by region and code."""
    rows = Organ.objects.filter(closed_on__isnull=True).select_related("parent")
    return list(rows.filter(region=region) if region else rows)


def acting_under(organ_id: int) -> list[Organ]:
    """The organ and the authorized and entrusted organizations directly below it, itself first. Cost: 1 query."""
    below = Q(parent_id=organ_id, kind__in=("authorized", "entrusted"))
    rows = Organ.objects.filter(Q(pk=organ_id) | below, closed_on__isnull=True)
    return sorted(rows, key=lambda one: (one.pk != organ_id, one.code))


def certificates_of_organ(organ_id: int, on: date) -> list[Certificate]:
    """Certificates that carry acts that day, of people in service, with their holders, by number. Cost: 1 query."""
    rows = Certificate.objects.filter(
        officer__organ_id=organ_id,
        officer__active=True,
        state="in_force",
        valid_from__lte=on,
        valid_until__gte=on,
    ).exclude(kind="enforcement", officer__failed_on__lte=on)
    return list(rows.select_related("officer").order_by("number"))


def examinations_of_organ(organ_id: int) -> dict[int, Qualification]:
    """The latest examination or exemption of each officer of an organ, by officer id. Cost: 1 query."""
    rows = Qualification.objects.filter(
        officer__organ_id=organ_id, kind__in=("exam", "exempt"), voided_at__isnull=True
    )
    return {one.officer_id: one for one in rows.order_by("held_on", "pk")}


def confirmed_lists(organ_ids: Iterable[int], on: date) -> dict[tuple[str, int], ConfirmedList]:
    """By kind and organ, the confirmed edition that says on a day who may act; nothing where none binds.

    Cost: 1 query. Source: 达州三项制度方案/2(1).
    """
    had = ConfirmedList.objects.filter(since__lte=on)
    later = Q(since__gt=OuterRef("since")) | Q(since=OuterRef("since"), number__gt=OuterRef("number"))
    newer = had.filter(later, organ=OuterRef("organ"), kind=OuterRef("kind"))
    rows = had.filter(~Exists(newer), organ_id__in=set(organ_ids))
    return {(one.kind, one.organ_id): one for one in rows if one.until is None or on <= one.until}


def justice_bureaus() -> list[Organ]:
    """The justice bureaus in force, each with its parent. Cost: 1 query."""
    return list(Organ.objects.filter(is_justice_bureau=True, closed_on__isnull=True).select_related("parent"))


def confirming_bureau(path: str, bureaus: Sequence[Organ] | None = None) -> Organ | None:
    """The justice bureau that confirms what the organ at this place in the tree publishes: of its own level,
    else of the nearest level above that has one. ``bureaus`` are ``justice_bureaus()`` where many are asked for.

    Cost: 1 query without them. Source: 达州三项制度方案/2(1).
    """
    bureaus = justice_bureaus() if bureaus is None else bureaus
    level = {one: one.parent.path if one.parent else one.path for one in bureaus}
    above = [one for one in level if path.startswith(level[one])]
    return max(above, key=lambda one: len(level[one]), default=None)


def supervisor_of(region: str) -> Organ | None:
    """The justice bureau that watches over enforcement in a region: its own, else the city's. Cost: 1 query."""
    rows = Organ.objects.filter(is_justice_bureau=True, closed_on__isnull=True)
    found = {row.region: row for row in rows.order_by("-region", "code")}
    return found.get(region) or found.get(f"{region[:4]}00") or next(iter(found.values()), None)


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
    """What the public may know of a certificate: name, organ, field, region, validity, photograph; nothing else.

    Source: 达州三项制度方案/2(1), 3(1). Cost: 1 query.
    """
    row = Certificate.objects.select_related("officer__organ").filter(number=number.strip()).first()
    if row is None:
        return None
    valid = row.state == "in_force" and row.valid_from <= on <= row.valid_until and row.officer.active
    if row.kind == "enforcement" and row.officer.failed_on is not None and row.officer.failed_on <= on:
        valid = False
    return {
        "number": row.number,
        "name": row.officer.name,
        "organ": row.officer.organ.name,
        "organ_id": row.officer.organ_id,
        "unit": row.officer.unit,
        "fields": list(row.fields),
        "kind": row.kind,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "state": row.state,
        "valid": valid,
        "active": row.officer.active,
        "region": row.region,
        # Who may no longer act is shown to nobody.
        "photo": row.officer.photo if valid else "",
    }


def mandates_of(officer_id: int, on: date) -> list[Mandate]:
    """What the officer lent to others and they to him, running or to come, and what ended of late. Cost: 1 query."""
    rows = Mandate.objects.filter(Q(principal=officer_id) | Q(deputy=officer_id))
    return list(rows.select_related("principal", "deputy").filter(until__gte=on - timedelta(days=90)))


def sessions_of(account_id: int, at: datetime) -> list[AccountSession]:
    """Up to fifty browsers in which the account is signed in, latest first; not those whose time has run out."""
    return list(AccountSession.objects.filter(account_id=account_id, seen_at__gt=session_began(at))[:50])


def session_began(at: datetime) -> datetime:
    """Since when a session must have been in use to be still open."""
    return at - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def demo_accounts() -> list[dict[str, str]]:
    """All accounts with person, organ and roles for the switch-user menu of demo mode. Cost: 2 queries."""
    rows = (
        Officer.objects.select_related("organ", "account")
        .prefetch_related("appointments")
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


def certificates_ending(until: date, *, limit: int = STAFF_PAGE) -> list[dict[str, Any]]:
    """Up to ``limit`` certificates in force of active officers that end by that day, soonest first. Cost: 1 query."""
    rows = Certificate.objects.filter(state="in_force", valid_until__lte=until, officer__active=True)
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "officer_id": row.officer_id,
            "name": row.officer.name,
            "organ": row.officer.organ.short_name,
            "valid_until": row.valid_until,
        }
        for row in rows.select_related("officer__organ").order_by("valid_until", "pk")[:limit]
    ]
