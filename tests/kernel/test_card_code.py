"""动态证件码: fresh for minutes, old as a screenshot, forged where anybody else made it."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel import card_code

SECRET = b"secret of the platform"
NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)  # noon in Shanghai
RULES = {"step_seconds": 60, "valid_seconds": 300, "ahead_seconds": 120}
TOKEN = "0123456789ab"


def made(at: datetime, certificate: str = "23170001", token: str = TOKEN) -> str:
    day = (at + timedelta(hours=8)).date()
    return card_code.code(card_code.seed(SECRET, certificate, day), certificate, token, at, 60)


def judged(code: str, at: datetime, certificate: str = "23170001") -> card_code.Judged:
    return card_code.judge(code, secret=SECRET, certificate=certificate, at=at, **RULES)


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(-3, "early"), (-2, "fresh"), (0, "fresh"), (4, "fresh"), (5, "old"), (60 * 24 * 9, "old")],
    ids=["far ahead", "a little ahead", "at once", "four minutes", "five minutes", "nine days"],
)
def test_a_code_is_fresh_for_five_minutes(minutes: int, state: str) -> None:
    found = judged(made(NOON), NOON + timedelta(minutes=minutes))

    assert found == card_code.Judged(state, NOON, TOKEN)


def test_the_code_changes_each_minute_and_not_within_it() -> None:
    assert made(NOON) == made(NOON + timedelta(seconds=59))
    assert made(NOON) != made(NOON + timedelta(seconds=60))


def test_the_code_of_one_card_is_no_code_of_another() -> None:
    assert judged(made(NOON), NOON, "23170002").state == "forged"


def test_yesterdays_seed_makes_no_code_of_today() -> None:
    yesterday = card_code.seed(SECRET, "23170001", date(2026, 11, 26))

    assert judged(card_code.code(yesterday, "23170001", TOKEN, NOON, 60), NOON).state == "forged"


def test_another_platform_makes_no_code_of_ours() -> None:
    other = card_code.seed(b"another secret", "23170001", date(2026, 11, 27))

    assert judged(card_code.code(other, "23170001", TOKEN, NOON, 60), NOON).state == "forged"


def test_a_code_outside_a_visit_has_no_token() -> None:
    assert judged(made(NOON, token=""), NOON) == card_code.Judged("fresh", NOON, "")


def test_midnight_belongs_to_the_day_that_begins() -> None:
    midnight = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)

    for at in (midnight - timedelta(minutes=1), midnight):
        assert judged(made(at), at + timedelta(minutes=2)).state == "fresh"


@pytest.mark.parametrize("place", range(20))
def test_every_byte_is_under_the_seal(place: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(made(NOON) + "="))
    raw[place] ^= 1
    changed = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")

    assert judged(changed, NOON).state == "forged"


@given(st.text(max_size=40))
def test_whatever_stands_in_an_address_is_judged(text: str) -> None:
    assert judged(text, NOON).state == "forged"


def test_the_code_as_other_programs_must_make_it() -> None:
    """A fixed vector: the device makes the same with JavaScript."""
    assert card_code.seed(SECRET, "23170001", date(2026, 11, 27)).hex() == (
        "b2c56c05cd1270051ab18db017c64be9c05a4c4b646ba1715a6c51417f400619"
    )
    assert made(NOON) == "Aciu8AEjRWeJq3G0OU0H-zNTBCU"
