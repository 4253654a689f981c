"""Changing what was entered about organs and people: names, certificates, terms of office, accounts.

Nothing is deleted: an organ closes, a person leaves, a certificate is suspended or withdrawn, a term ends. What
was done before stays done by whom it was done.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.organs.models import Account, Certificate, Officer, Organ
from mingjing.organs.passwords import generated

from .signing_in import end_all_sessions
from .staffing import appoint, create_account, create_officer, create_organ, note, require_manager

ORGAN_DETAILS = frozenset(
    {
        "name",
        "short_name",
        "kind",
        "credit_code",
        "field",
        "organ_fields",
        "paper_prefix",
        "address",
        "phone",
        "uniform",
        "reconsideration_organ",
        "court",
        "bank",
        "basis",
        "confirmed_on",
        "closed_on",
    }
)
OFFICER_DETAILS = frozenset({"name", "unit", "post", "is_principal", "legal_qualification", "active"})
CERTIFICATE_STATES = {"in_force": "有效", "suspended": "已暂停", "withdrawn": "已收回", "lost": "已挂失"}


@transaction.atomic
def change_organ(*, organ_id: int, actor: Actor, at: datetime, **details: Any) -> Organ:
    """Set columns of an organ (``ORGAN_DETAILS``); its code and its place in the tree stay.

    Raises: Refused ``no-permission``. Source: 达州三项制度方案/2(1), 3(1) (changes are published in time).
    """
    require_manager(actor)
    assert set(details) <= ORGAN_DETAILS
    organ = Organ.objects.select_for_update().get(pk=organ_id)
    changed = _set(organ, details)
    if changed:
        plain = {name: _plain(getattr(organ, name)) for name in changed}
        note("organs.organ-changed", f"organ:{organ.pk}", actor, at, plain)
    return organ


@transaction.atomic
def change_officer(*, officer_id: int, actor: Actor, at: datetime, **details: Any) -> Officer:
    """Set columns of a person (``OFFICER_DETAILS``); one who leaves can sign in no more from this moment.

    Raises: Refused ``no-permission``, ``not-yourself`` for a manager who would lock out himself.
    """
    require_manager(actor)
    assert set(details) <= OFFICER_DETAILS
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    if details.get("active") is False:
        _not_yourself(actor, officer)
    changed = _set(officer, details)
    if not officer.active and officer.account_id:
        Account.objects.filter(pk=officer.account_id).update(is_active=False)
        end_all_sessions(officer.account_id)
    if changed:
        plain = {"columns": sorted(changed), "active": officer.active}
        personal = {name: _plain(getattr(officer, name)) for name in changed}
        note("organs.officer-changed", f"officer:{officer.pk}", actor, at, plain, personal)
    return officer


@transaction.atomic
def change_certificate(
    *, number: str, actor: Actor, at: datetime, state: str = "", valid_until: date | None = None, reason: str
) -> Certificate:
    """Suspend, withdraw or restore a certificate, note it lost, or prolong it. The reason goes on the record.

    Raises: Refused ``no-permission``, ``no-such-certificate``, ``no-reason``, ``bad-state``, ``bad-validity``.
    Source: 行政处罚法/42(1), 55(1).
    """
    require_manager(actor)
    certificate = Certificate.objects.select_for_update().filter(number=number).first()
    if certificate is None:
        raise Refused("no-such-certificate", f"没有证件号 {number[:40]}。", remedy="请核对证件号。")
    if not reason.strip():
        raise Refused(
            "no-reason", "没有写明变更证件的原因。", remedy="请写明原因，如调离、考核不合格、到期换证。"
        )
    if state and state not in CERTIFICATE_STATES:
        states = "、".join(CERTIFICATE_STATES)
        raise Refused("bad-state", f"没有“{state[:20]}”这种证件状态。", remedy=f"可选：{states}。")
    if valid_until is not None and valid_until < certificate.valid_from:
        since = certificate.valid_from
        raise Refused(
            "bad-validity", f"有效期止于 {valid_until}，早于起始日 {since}。", remedy="请核对证件上的有效期。"
        )
    certificate.state = state or certificate.state
    certificate.valid_until = valid_until or certificate.valid_until
    certificate.save(update_fields=["state", "valid_until"])
    plain = {
        "number": number,
        "state": certificate.state,
        "valid_until": certificate.valid_until.isoformat(),
        "reason": reason.strip()[:300],
    }
    note("organs.certificate-changed", f"officer:{certificate.officer_id}", actor, at, plain)
    return certificate


@transaction.atomic
def reset_password(*, officer_id: int, actor: Actor, at: datetime) -> str:
    """A new first password for a person who has lost it; every session of the account ends.

    Returns the password, shown once and kept nowhere. Raises: Refused ``no-permission``, ``no-account``.
    """
    require_manager(actor)
    account = _account(officer_id)
    password = generated(account.username)
    account.set_password(password)
    account.must_change_password, account.password_changed_at = True, at
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])
    end_all_sessions(account.pk)
    note("organs.password-reset", f"account:{account.pk}", actor, at, {})
    return password


@transaction.atomic
def open_account(*, officer_id: int, username: str, actor: Actor, at: datetime) -> str:
    """An account with a generated first password, which is returned, shown once and kept nowhere.

    Raises: Refused ``no-permission``, ``account-exists``, ``has-account``, ``bad-username``.
    """
    require_manager(actor)
    officer = Officer.objects.select_for_update().get(pk=officer_id)
    username = username.strip()
    if officer.account_id is not None:
        raise Refused("has-account", f"{officer.name}已有账号。", remedy="忘记密码的，请重置密码。")
    if not (3 <= len(username) <= 60 and username.isascii() and username.replace("-", "a").isalnum()):
        raise Refused(
            "bad-username",
            f"用户名“{username[:60]}”不合要求。",
            remedy="请用 3 至 60 个小写字母、数字、连字符，例如 scjg-zhang1。",
        )
    password = generated(username)
    create_account(officer=officer, username=username, password=password, actor=actor, at=at)
    return password


@transaction.atomic
def set_account_active(*, officer_id: int, active: bool, actor: Actor, at: datetime) -> None:
    """Stop an account, which ends its sessions, or let it in again.

    Raises: Refused ``no-permission``, ``no-account``, ``not-yourself``.
    """
    require_manager(actor)
    account = _account(officer_id)
    if not active:
        _not_yourself(actor, account.officer)
        end_all_sessions(account.pk)
    account.is_active = active
    account.save(update_fields=["is_active"])
    note("organs.account-set", f"account:{account.pk}", actor, at, {"active": active})


@transaction.atomic
def found(
    *, code: str, name: str, short_name: str, region: str, paper_prefix: str, username: str, at: datetime
) -> str:
    """The first organ (the justice bureau) and its first manager, on a platform where there is nobody yet.

    Returns the manager's first password. Raises: Refused ``already-founded`` and those of ``open_account``.
    """
    if Organ.objects.exists():
        raise Refused(
            "already-founded",
            "平台上已有机关。",
            remedy="请由系统管理员在“机关与人员”中登记；密码遗失的，由另一管理员重置。",
        )
    organ = create_organ(
        code=code,
        name=name,
        short_name=short_name,
        region=region,
        paper_prefix=paper_prefix,
        is_justice_bureau=True,
        confirmed_on=at.date(),
        actor=SYSTEM,
        at=at,
    )
    manager = create_officer(organ=organ, name="系统管理员", actor=SYSTEM, at=at)
    appoint(officer=manager, role="manager", since=at.date(), actor=SYSTEM, at=at)
    return open_account(officer_id=manager.pk, username=username, actor=SYSTEM, at=at)


def _set(row: Any, details: dict[str, Any]) -> list[str]:
    """Set what differs; the names of what did."""
    changed = [name for name, value in details.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, details[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _account(officer_id: int) -> Account:
    account = Account.objects.select_for_update().filter(officer=officer_id).first()
    if account is None:
        raise Refused("no-account", "这名人员还没有账号。", remedy="请先设立账号。")
    return account


def _not_yourself(actor: Actor, officer: Officer) -> None:
    if actor.id == officer.pk:
        raise Refused("not-yourself", "不能停用自己的账号。", remedy="请由另一名系统管理员办理。")
