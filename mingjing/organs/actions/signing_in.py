"""Signing in and out, passwords, and the browsers in which an account is open.

Guessing is limited twice: five wrong passwords for one user name, or thirty from one address, lock for a
quarter of an hour. Unknown user names are locked and cost the same time as known ones, so that neither the
answer nor the clock tells which accounts exist.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.organs.models import Account, AccountSession, SignInAttempt
from mingjing.organs.queries import actor_of_account, session_began
from mingjing.record import actions as record

ACCOUNT_TRIES = 5
ADDRESS_TRIES = 30
WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
KEPT = timedelta(days=1)


def sign_in(*, username: str, password: str, address: str, at: datetime) -> Account:
    """The account that this user name and password open.

    Raises: Refused ``wrong-password`` (also for unknown and closed accounts), ``locked``.
    """
    account = _prove(username, password, address, at)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        SignInAttempt.objects.filter(username=_folded(username)).delete()
        SignInAttempt.objects.filter(at__lt=at - KEPT).delete()
        _note("organs.signed-in", account, at, {"address": address})
    return account


def open_session(*, account: Account, session_key: str, address: str, agent: str, at: datetime) -> None:
    """Note the browser in which the account is now open, so that its owner can see and end it.

    What is over by its own time is forgotten: nobody signs out of a browser that was closed.
    """
    _end(AccountSession.objects.filter(account=account, seen_at__lte=session_began(at)))
    AccountSession.objects.create(
        account=account,
        session_key=session_key,
        signed_in_at=at,
        seen_at=at,
        address=address[:45],
        agent=agent[:200],
    )


def touch_session(*, session_key: str, at: datetime) -> None:
    """Note that the browser was used at ``at``."""
    AccountSession.objects.filter(session_key=session_key).update(seen_at=at)


@transaction.atomic
def sign_out(*, account_id: int, session_key: str, at: datetime) -> None:
    """Forget the browser that its user has just signed out of."""
    account = Account.objects.select_for_update().get(pk=account_id)
    AccountSession.objects.filter(account=account, session_key=session_key).delete()
    _note("organs.signed-out", account, at, {})


@transaction.atomic
def end_session(*, account_id: int, session_id: int, at: datetime) -> None:
    """End one of the account's own sessions at once, wherever it is.

    Raises: Refused ``no-such-session`` for a session that is over or belongs to somebody else.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    session = AccountSession.objects.filter(account=account, pk=session_id).first()
    if session is None:
        raise Refused(
            "no-such-session", "这条登录记录已经不在了，可能已经退出。", remedy="请刷新登录记录后再看。"
        )
    _end(AccountSession.objects.filter(pk=session.pk))
    _note("organs.session-ended", account, at, {"address": session.address})


def change_password(
    *, account_id: int, old: str, new: str, again: str, address: str, session_key: str, at: datetime
) -> Account:
    """Set a new password and end every session but the one at ``session_key``, whose row is left to renew.

    Raises: Refused ``wrong-password``, ``locked``, ``password-mismatch``, ``weak-password``.
    """
    username = Account.objects.values_list("username", flat=True).get(pk=account_id)
    account = _prove(username, old, address, at)
    _require_good(new, again, old, account)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        account.set_password(new)
        account.password_changed_at = at
        account.must_change_password = False
        account.save(update_fields=["password", "password_changed_at", "must_change_password"])
        SignInAttempt.objects.filter(username=_folded(username)).delete()
        _end(AccountSession.objects.filter(account=account).exclude(session_key=session_key))
        AccountSession.objects.filter(account=account).delete()
        _note("organs.password-changed", account, at, {"address": address})
    return account


def end_all_sessions(account_id: int) -> None:
    """Sign the account out everywhere, at once."""
    _end(AccountSession.objects.filter(account=account_id))


def _prove(username: str, password: str, address: str, at: datetime) -> Account:
    """The account whose password this is. The try is noted before it is judged.

    Many guesses at the same moment therefore cannot slip past the limit together. Not atomic: a refused
    try must stay.
    """
    attempt = SignInAttempt.objects.create(username=_folded(username), address=address[:45], at=at)
    try:
        left = _tries_left(attempt)
    except Refused:
        attempt.delete()
        raise
    account = Account.objects.filter(username__iexact=username.strip()).first()
    if account is None:
        # As much work as verifying: an unknown name must not answer sooner.
        make_password(password)
    elif account.check_password(password) and account.is_active:
        return account
    remedy = f"请核对后重试，还可以再试 {left} 次；忘记密码请联系系统管理员。"
    if not left:
        remedy = "已连续多次不正确，请 15 分钟后再试；忘记密码请联系系统管理员。"
    raise Refused("wrong-password", "用户名或密码不正确。", remedy=remedy)


def _tries_left(attempt: SignInAttempt) -> int:
    """How many more tries the user name has after this one. Raises: Refused ``locked``."""
    earlier = SignInAttempt.objects.filter(pk__lt=attempt.pk)
    by_name = list(earlier.filter(username=attempt.username).values_list("at", flat=True)[:ACCOUNT_TRIES])
    by_address = list(earlier.filter(address=attempt.address).values_list("at", flat=True)[:ADDRESS_TRIES])
    _require_unlocked("这个用户名", by_name, ACCOUNT_TRIES, attempt.at)
    _require_unlocked("您所在的网络地址", by_address, ADDRESS_TRIES, attempt.at)
    recent = sum(attempt.at - moment <= WINDOW for moment in by_name)
    return max(0, ACCOUNT_TRIES - recent - 1)


def _require_unlocked(whose: str, tries: list[datetime], limit: int, at: datetime) -> None:
    """``tries`` are the latest, newest first; ``limit`` of them within the window lock."""
    if len(tries) < limit or tries[0] - tries[-1] > WINDOW or at >= tries[0] + LOCK:
        return
    minutes = -(-(tries[0] + LOCK - at) // timedelta(minutes=1))
    raise Refused(
        "locked",
        f"{whose}连续 {limit} 次登录失败，已暂时锁定，还有 {minutes} 分钟解锁。",
        remedy="请稍后再试；忘记密码请联系系统管理员重置。",
    )


def _require_good(new: str, again: str, old: str, account: Account) -> None:
    if new != again:
        raise Refused("password-mismatch", "两次输入的新密码不一致。", remedy="请重新输入两遍新密码。")
    if new == old:
        raise Refused("weak-password", "新密码与原密码相同。", remedy="请换一个不同的密码。")
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise Refused("weak-password", " ".join(error.messages), remedy="请换一个符合要求的密码。") from error


def _end(rows: QuerySet[AccountSession]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in rows.values_list("session_key", flat=True):
        store(key).delete()
    rows.delete()


def _note(kind: str, account: Account, at: datetime, personal: dict[str, str]) -> None:
    doer: Actor = actor_of_account(account.pk, at.date()) or SYSTEM
    record.append(kind=kind, subject=f"account:{account.pk}", at=at, actor=doer, plain={}, personal=personal)


def _folded(username: str) -> str:
    return username.strip().casefold()[:60]
