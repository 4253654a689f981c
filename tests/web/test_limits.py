"""Looking up certificates and codes: as often as an honest reader needs, and no oftener from one address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from mingjing.web.ui.limits import MOST
from tests import makers
from tests.makers import AT

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/officers/23170000",
    "/v/ABCDEFGH2345",
    "/verify?code=ABCDEFGH2345",
    f"/verify/{'0' * 64}?code=ABCDEFGH2345",
    "/find?q=23170000",
]


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look-ups are counted by the ten minutes of the clock: at a fixed moment no test runs into the next ten."""
    monkeypatch.setattr(timezone, "now", lambda: AT)


def ask(address: str, **environ: Any) -> int:
    return Client().get(address, **environ).status_code


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_may_ask_so_often_and_is_then_told_to_wait(address: str) -> None:
    answers = [ask(address) for _ in range(MOST + 1)]

    assert 429 not in answers[:-1]
    assert answers[-1] == 429


def test_the_refusal_says_what_to_do() -> None:
    for _ in range(MOST):
        ask("/officers/1")

    page = Client().get("/officers/2").content.decode()

    assert "请过 10 分钟再查" in page


def test_other_addresses_and_other_questions_are_not_held_up() -> None:
    for _ in range(MOST + 1):
        ask("/officers/1")

    assert ask("/officers/1", REMOTE_ADDR="192.0.2.9") == 200
    assert ask("/v/ABCDEFGH2345") == 200
    assert ask("/find?q=食品") == 302
    assert ask("/decisions") == 200


def test_one_household_of_ipv6_counts_as_one() -> None:
    for number in range(MOST):
        ask("/officers/1", REMOTE_ADDR=f"2001:db8:1:2::{number:x}")

    assert ask("/officers/1", REMOTE_ADDR="2001:db8:1:2:ffff::1") == 429
    assert ask("/officers/1", REMOTE_ADDR="2001:db8:1:3::1") == 200


def test_asking_for_many_pages_makes_no_count_forgotten() -> None:
    """The memory for pages is small, and whoever asks for enough of them empties it."""
    for _ in range(MOST + 1):
        ask("/officers/1")
    for number in range(2 * caches["default"]._max_entries):
        caches["default"].set(f"page:{number}", "x")

    assert ask("/officers/1") == 429


def test_no_address_is_kept() -> None:
    ask("/officers/1", REMOTE_ADDR="192.0.2.77")

    kept = repr(vars(caches["limits"])["_cache"])
    assert "limit:certificate" in kept
    assert "192.0.2.77" not in kept


def test_a_certificate_is_found_by_the_search_box() -> None:
    number = makers.certificate().number

    assert Client().get(f"/find?q={number}")["Location"] == f"/officers?no={number}"
