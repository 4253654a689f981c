"""Entering organs, officers, certificates, appointments and accounts.

Source: 达州三项制度方案/2(1): the lists of organs and officers are confirmed before anybody acts.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.organs.models import Account, Appointment, Certificate, Mandate, Officer, Organ, path_below
from mingjing.organs.roles import ROLES
from mingjing.record import actions as record


@transaction.atomic
def create_organ(
    *,
    code: str,
    name: str,
    short_name: str,
    region: str,
    paper_prefix: str,
    actor: Actor,
    at: datetime,
    parent: Organ | None = None,
    **details: Any,
) -> Organ:
    """Enter an organ; ``details`` are further columns of ``Organ`` (kind, field, address, court …).

    Raises: Refused ``no-permission``, ``organ-exists``.
    """
    require_manager(actor)
    if Organ.objects.filter(code=code).exists():
        raise Refused(
            "organ-exists", f"已有代码为“{code}”的机关。", remedy="请换一个代码，或修改已有的机关。"
        )
    organ = Organ.objects.create(
        code=code,
        name=name,
        short_name=short_name,
        region=region,
        paper_prefix=paper_prefix,
        parent=parent,
        path=path_below(parent, code),
        **details,
    )
    plain = {"code": code, "name": name, "region": region, "paper_prefix": paper_prefix}
    note("organs.organ-created", f"organ:{organ.pk}", actor, at, plain)
    return organ


@transaction.atomic
def create_officer(
    *,
    organ: Organ,
    name: str,
    actor: Actor,
    at: datetime,
    unit: str = "",
    post: str = "",
    is_principal: bool = False,
    legal_qualification: str = "",
) -> Officer:
    """Enter a person who works for the organ. Raises: Refused ``no-permission``."""
    require_manager(actor)
    officer = Officer.objects.create(
        organ=organ,
        name=name,
        unit=unit,
        post=post,
        is_principal=is_principal,
        legal_qualification=legal_qualification,
    )
    plain = {"organ": organ.code, "is_principal": is_principal}
    personal = {"name": name, "unit": unit, "post": post}
    note("organs.officer-created", f"officer:{officer.pk}", actor, at, plain, personal)
    return officer


@transaction.atomic
def create_certificate(
    *,
    officer: Officer,
    number: str,
    region: str,
    valid_from: date,
    valid_until: date,
    actor: Actor,
    at: datetime,
    fields: Sequence[str] = (),
    kind: str = "enforcement",
) -> Certificate:
    """Enter the certificate of an officer; empty ``fields`` mean every field of the organ.

    Raises: Refused ``no-permission``, ``certificate-exists``, ``bad-validity``, ``not-qualified`` for an enforcement
    certificate of somebody who failed the latest examination.
    """
    require_manager(actor)
    if kind == "enforcement" and officer.failed_on is not None and officer.failed_on <= valid_until:
        raise Refused(
            "not-qualified",
            f"{officer.name} {officer.failed_on} 的执法资格考试不合格，不能登记执法证件。",
            basis="行政处罚法/42(1)",
            remedy="请在重新考试合格并登记之后再登记证件。",
        )
    if valid_until < valid_from:
        raise Refused(
            "bad-validity",
            f"证件 {number} 的有效期止于 {valid_until}，早于起始日 {valid_from}。",
            remedy="请核对证件上的有效期。",
        )
    if Certificate.objects.filter(number=number).exists():
        raise Refused("certificate-exists", f"证件号 {number} 已经登记。", remedy="请核对证件号。")
    certificate = Certificate.objects.create(
        officer=officer,
        number=number,
        kind=kind,
        fields=list(fields),
        region=region,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    plain = {
        "number": number,
        "kind": kind,
        "fields": list(fields),
        "valid_from": valid_from.isoformat(),
        "valid_until": valid_until.isoformat(),
    }
    note("organs.certificate-created", f"officer:{officer.pk}", actor, at, plain)
    return certificate


@transaction.atomic
def appoint(
    *, officer: Officer, role: str, since: date, actor: Actor, at: datetime, until: date | None = None
) -> Appointment:
    """Give an officer a role for a time; nobody gives himself one, for a manager neither sees nor handles cases.

    Raises: Refused ``no-permission``, ``not-yourself``, ``no-such-role``, ``bad-term``.
    """
    require_manager(actor)
    if actor.kind == "officer" and actor.id == officer.pk:
        raise Refused("not-yourself", "不能给自己任命岗位。", remedy="请由另一名系统管理员办理。")
    if role not in ROLES:
        raise Refused("no-such-role", f"没有“{role}”这个岗位。", remedy=f"可选：{'、'.join(ROLES)}。")
    if until is not None and until < since:
        raise Refused("bad-term", f"任期止于 {until}，早于起始日 {since}。", remedy="请核对任期。")
    appointment, _ = Appointment.objects.update_or_create(
        officer=officer, role=role, since=since, defaults={"until": until}
    )
    if until is not None:  # who no longer holds a role lends it to nobody
        lent = Mandate.objects.filter(principal=officer, role=role, until__gt=until)
        lent.filter(since__lte=until).update(until=until)
        lent.filter(since__gt=until, ended_at__isnull=True).update(ended_at=at, ended_by=officer)
    plain = {"role": role, "since": since.isoformat(), "until": until.isoformat() if until else None}
    note("organs.appointed", f"officer:{officer.pk}", actor, at, plain)
    return appointment


@transaction.atomic
def create_account(
    *,
    officer: Officer,
    username: str,
    password: str,
    actor: Actor,
    at: datetime,
    must_change_password: bool = True,
    encoded: str = "",
) -> Account:
    """Give an officer the means to sign in; by default the first password must be changed at once.

    ``encoded`` is the already hashed form of ``password`` where many accounts start with the same one.

    Raises: Refused ``no-permission``, ``account-exists``, ``weak-password``.
    """
    require_manager(actor)
    username = username.strip()
    if Account.objects.filter(username__iexact=username).exists():
        raise Refused("account-exists", f"用户名“{username}”已被使用。", remedy="请换一个用户名。")
    account = Account(username=username, must_change_password=must_change_password, password_changed_at=at)
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused("weak-password", " ".join(error.messages), remedy="请换一个符合要求的密码。") from error
    if encoded:
        account.password = encoded
    else:
        account.set_password(password)
    account.save()
    officer.account = account
    officer.save(update_fields=["account"])
    personal = {"username": username, "officer": officer.pk}
    note("organs.account-created", f"account:{account.pk}", actor, at, {}, personal)
    return account


def require_manager(actor: Actor) -> None:
    """The platform itself enters the first people; after that it takes a manager."""
    if actor.kind != "system":
        require(actor, "organ.manage")


def note(
    kind: str,
    subject: str,
    actor: Actor,
    at: datetime,
    plain: dict[str, Any],
    personal: dict[str, Any] | None = None,
) -> uuid.UUID:
    """One entry of the record about an organ, a person or an account; returns its key."""
    entry = record.append(
        kind=kind, subject=subject, at=at, actor=actor, plain=plain, personal=personal or {}
    )
    return entry.pk
