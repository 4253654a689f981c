"""Signing in, the lock, sessions and passwords."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from mingjing.kernel.refused import Refused
from mingjing.organs import actions, queries
from mingjing.organs.models import Account, AccountSession, SignInAttempt
from mingjing.record.models import Entry
from tests import makers
from tests.makers import AT, PASSWORD

pytestmark = pytest.mark.django_db
HERE = "10.0.0.1"
WRONG = "wrong"


def try_in(username: str, password: str = WRONG, minutes: float = 0, address: str = HERE) -> str:
    """The code of the refusal, or "in"."""
    try:
        actions.sign_in(
            username=username, password=password, address=address, at=AT + timedelta(minutes=minutes)
        )
    except Refused as refused:
        return refused.code
    return "in"


def test_the_right_password_opens_whatever_the_case_of_the_user_name() -> None:
    made = makers.account(makers.officer(), username="lihandler")

    assert actions.sign_in(username=" LiHandler ", password=PASSWORD, address=HERE, at=AT) == made


@pytest.mark.parametrize("exists", [True, False], ids=["known", "unknown"])
def test_five_failures_lock_for_fifteen_minutes_known_or_not(exists: bool) -> None:
    if exists:
        makers.account(username="someone")

    codes = [try_in("someone", minutes=minute) for minute in range(5)]

    assert codes == ["wrong-password"] * 5
    assert try_in("someone", PASSWORD, minutes=5) == "locked"
    assert try_in("someone", PASSWORD, minutes=18.9) == "locked"
    assert try_in("someone", PASSWORD, minutes=19.1) == ("in" if exists else "wrong-password")


@pytest.mark.parametrize(
    "minutes, last",
    [
        ((0, 1, 2, 3), "in"),
        ((0, 1, 2, 3, 4), "locked"),
        ((0, 5, 10, 15, 20), "in"),
        ((0, 3, 6, 9, 12), "locked"),
    ],
    ids=["four are forgiven", "five lock", "five over a long time do not", "five within the window do"],
)
def test_only_failures_close_together_lock(minutes: tuple[int, ...], last: str) -> None:
    makers.account(username="someone")

    for minute in minutes:
        try_in("someone", minutes=minute)

    assert try_in("someone", PASSWORD, minutes=minutes[-1] + 1) == last


def test_a_locked_try_does_not_prolong_the_lock() -> None:
    makers.account(username="someone")
    for _ in range(5):
        try_in("someone")

    for minute in range(1, 15):
        try_in("someone", minutes=minute)

    assert try_in("someone", PASSWORD, minutes=15) == "in"


def test_a_success_wipes_the_failures() -> None:
    makers.account(username="someone")
    for _ in range(4):
        try_in("someone")
    try_in("someone", PASSWORD)

    assert [try_in("someone") for _ in range(4)] == ["wrong-password"] * 4


def test_many_names_from_one_address_lock_the_address() -> None:
    makers.account(username="someone")
    for number in range(30):
        try_in(f"guess{number}")

    assert try_in("someone", PASSWORD) == "locked"
    assert try_in("someone", PASSWORD, address="10.0.0.2") == "in"


def test_a_closed_account_answers_like_a_wrong_password() -> None:
    makers.account(username="someone", is_active=False)

    assert try_in("someone", PASSWORD) == "wrong-password"


def test_an_unknown_name_costs_the_work_of_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from mingjing.organs.actions import signing_in

    hashed: list[str] = []
    real = signing_in.make_password
    monkeypatch.setattr(signing_in, "make_password", lambda text: hashed.append(text) or real(text))

    try_in("nobody", "guess")

    assert hashed == ["guess"]


def test_signing_in_goes_on_the_record_and_failing_does_not() -> None:
    made = makers.account(makers.officer(), username="someone")
    try_in("someone")

    assert not Entry.objects.exists()

    try_in("someone", PASSWORD)

    assert [(entry.kind, entry.subject) for entry in Entry.objects.all()] == [
        ("organs.signed-in", f"account:{made.pk}")
    ]


def test_old_tries_are_swept_out() -> None:
    makers.account(username="someone")
    try_in("nobody")

    try_in("someone", PASSWORD, minutes=25 * 60)

    assert not SignInAttempt.objects.exists()


def change(account: Account, **given: str) -> str:
    values = {"old": PASSWORD, "new": "Bright-mirror-7", "again": "Bright-mirror-7"} | given
    try:
        actions.change_password(account_id=account.pk, address=HERE, session_key="here", at=AT, **values)
    except Refused as refused:
        return refused.code
    return "changed"


@pytest.mark.parametrize(
    "given, outcome",
    [
        ({}, "changed"),
        ({"old": "wrong"}, "wrong-password"),
        ({"again": "Bright-mirror-8"}, "password-mismatch"),
        ({"new": "short", "again": "short"}, "weak-password"),
        ({"new": PASSWORD, "again": PASSWORD}, "weak-password"),
    ],
    ids=["good", "wrong old one", "typed differently", "too weak", "the same again"],
)
def test_changing_a_password(given: dict[str, str], outcome: str) -> None:
    made = makers.account(username="someone", must_change_password=True)

    assert change(made, **given) == outcome

    made.refresh_from_db()
    changed = outcome == "changed"
    assert made.must_change_password is not changed
    assert made.check_password("Bright-mirror-7") is changed


def test_changing_the_password_forgets_all_sessions() -> None:
    made = makers.account(username="someone")
    for key in ("here", "there"):
        actions.open_session(account=made, session_key=key, address=HERE, agent="", at=AT)

    change(made)

    assert queries.sessions_of(made.pk, AT) == []


def test_a_session_whose_time_ran_out_is_told_no_more_and_forgotten_at_the_next_one() -> None:
    made = makers.account()
    actions.open_session(account=made, session_key="closed", address=HERE, agent="", at=AT)
    later = AT + timedelta(seconds=settings.SESSION_COOKIE_AGE)

    assert [row.session_key for row in queries.sessions_of(made.pk, later - timedelta(seconds=1))] == [
        "closed"
    ]
    assert queries.sessions_of(made.pk, later) == []

    actions.open_session(account=made, session_key="new", address=HERE, agent="", at=later)

    assert [row.session_key for row in AccountSession.objects.filter(account=made)] == ["new"]


def test_nobody_ends_the_session_of_another() -> None:
    mine, other = makers.account(), makers.account()
    actions.open_session(account=other, session_key="there", address=HERE, agent="", at=AT)
    [session] = queries.sessions_of(other.pk, AT)

    with pytest.raises(Refused) as raised:
        actions.end_session(account_id=mine.pk, session_id=session.pk, at=AT)

    assert raised.value.code == "no-such-session"
    assert queries.sessions_of(other.pk, AT)
