"""Entering organs, people, certificates, appointments and accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mingjing.kernel.refused import Refused
from mingjing.organs import actions, queries
from mingjing.organs.authority import SYSTEM
from mingjing.record import queries as record
from mingjing.record.models import Entry
from tests import makers
from tests.makers import AT

pytestmark = pytest.mark.django_db
BY = {"actor": SYSTEM, "at": AT}


def organ(**given: Any) -> Any:
    values = {
        "code": "market",
        "name": "达州市某某局",
        "short_name": "某某局",
        "region": "511700",
        "paper_prefix": "达某",
    }
    return actions.create_organ(**{**values, **BY, **given})


def test_a_person_is_entered_certified_appointed_and_signs_in() -> None:
    officer = actions.create_officer(organ=organ(), name="李某某", **BY)
    actions.create_certificate(
        officer=officer,
        number="23170001",
        region="511700",
        valid_from=date(2024, 1, 1),
        valid_until=date(2028, 1, 1),
        **BY,
    )
    actions.appoint(officer=officer, role="handler", since=date(2024, 1, 1), **BY)
    account = actions.create_account(officer=officer, username="lisi", password="Mirror-2026", **BY)

    actor = queries.actor_of_account(account.pk, AT.date())

    assert actor is not None
    assert actor.roles == {"handler"}
    assert actor.certificates[0].number == "23170001"
    assert account.must_change_password
    assert Entry.objects.count() == 5


def test_names_go_on_the_record_only_as_commitments() -> None:
    officer = actions.create_officer(organ=organ(), name="李某某", post="科长", **BY)

    [happening] = record.history(f"officer:{officer.pk}")

    assert "李某某" not in str(happening.plain)
    assert record.personal(happening.entry_id)["name"] == "李某某"


@pytest.mark.parametrize(
    "act, code",
    [
        (lambda officer: organ(), "organ-exists"),
        (
            lambda officer: actions.appoint(officer=officer, role="king", since=AT.date(), **BY),
            "no-such-role",
        ),
        (
            lambda officer: actions.appoint(
                officer=officer, role="handler", since=date(2026, 2, 1), until=date(2026, 1, 1), **BY
            ),
            "bad-term",
        ),
        (
            lambda officer: actions.create_certificate(
                officer=officer,
                number="1",
                region="511700",
                valid_from=date(2026, 1, 2),
                valid_until=date(2026, 1, 1),
                **BY,
            ),
            "bad-validity",
        ),
        (
            lambda officer: actions.create_account(officer=officer, username="x", password="weak", **BY),
            "weak-password",
        ),
    ],
    ids=["code taken", "unknown role", "term upside down", "validity upside down", "weak password"],
)
def test_wrong_entries_are_refused_and_leave_nothing(act: Any, code: str) -> None:
    officer = actions.create_officer(organ=organ(), name="李某某", **BY)
    before = Entry.objects.count()

    with pytest.raises(Refused) as raised:
        act(officer)

    assert raised.value.code == code
    assert Entry.objects.count() == before


def test_only_a_manager_or_the_platform_enters_people() -> None:
    handler = queries.actor_of_officer(makers.officer(("handler",)).pk, AT.date())
    manager = queries.actor_of_officer(makers.officer(("manager",)).pk, AT.date())

    with pytest.raises(Refused) as raised:
        organ(actor=handler)

    assert raised.value.code == "no-permission"
    assert organ(actor=manager).code == "market"


FIRST = {
    "code": "sfj",
    "name": "达州市某某司法局",
    "short_name": "某某司法局",
    "region": "511700",
    "paper_prefix": "达司",
    "username": "guanli-1",
}


def test_a_manager_gives_himself_no_role() -> None:
    """He enters people and sees no case; were he to appoint himself, he could see and decide them all."""
    manager = makers.officer(("manager",))
    actor = queries.actor_of_officer(manager.pk, AT.date())

    with pytest.raises(Refused) as refusal:
        actions.appoint(officer=manager, role="organ_head", since=AT.date(), actor=actor, at=AT)

    assert refusal.value.code == "not-yourself"
    assert {one.role for one in manager.appointments.all()} == {"manager"}


def test_the_first_manager_is_found_once() -> None:
    password = actions.found(**FIRST, at=AT)

    account = queries.account_by_username("guanli-1")
    assert account is not None
    actor = queries.actor_of_account(account.pk, AT.date())
    assert account.check_password(password)
    assert account.must_change_password
    assert actor is not None
    assert actor.roles == {"manager"}
    with pytest.raises(Refused) as refused:
        actions.found(**FIRST, at=AT)
    assert refused.value.code == "already-founded"


def test_a_manager_that_cannot_be_named_leaves_nothing_behind() -> None:
    with pytest.raises(Refused) as refused:
        actions.found(**{**FIRST, "username": "管理员"}, at=AT)

    assert refused.value.code == "bad-username"
    assert queries.organs() == []
