"""Every address of the field app × every role is decided, as for the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from mingjing.organs.roles import ROLES
from tests.web.desk_world import World

from .test_urls_by_role import OFFICE, OPEN, OPENERS, PERSON, READERS, _gets, addresses, status_of
from .test_urls_by_role import prepared as prepared
from .test_urls_by_role import values as values
from .test_urls_by_role import world as world

# Only who works for an organ penalizes; the bureau's supervisor opens matters of his own, not these.
MOVERS = READERS
CAPTURE = "00000000-0000-4000-8000-000000000000"  # of nobody
TABLE: dict[str, tuple[str, str, dict[str, int], int | None]] = {
    "today": ("GET", "/field/", _gets(MOVERS), 200),
    "tasks": ("GET", "/field/tasks", _gets(MOVERS), 200),
    "queue": ("GET", "/field/queue", _gets(MOVERS), 200),
    "record": ("GET", "/field/record", _gets(MOVERS), 200),
    # Who holds no enforcement certificate has none to show.
    "certificate": ("GET", "/field/certificate", _gets(MOVERS, 409, handler=200, unit_head=200), 200),
    "scans": ("GET", "/field/scans", _gets(MOVERS), 200),
    "look-up": ("GET", "/field/look-up", _gets(MOVERS), 200),
    "case": ("GET", "/field/cases/{no}", _gets(MOVERS), 404),
    "step": ("GET", "/field/cases/{no}/steps/site_inspection", _gets(("handler",)), 404),
    # A case without a list of things has no labels.
    "labels": ("GET", "/field/cases/{no}/labels", _gets(MOVERS, 404), 404),
    "penalty": ("GET", "/field/penalty", _gets(OPENERS), 200),
    "slip": ("GET", "/field/slip", _gets(OPENERS), 200),
    "numbers": ("GET", "/field/numbers", _gets(OPENERS), 200),
    "numbers-pack": ("GET", "/field/numbers.json", _gets(OPENERS), 200),
    "draw-numbers": ("POST", "/field/numbers/draw", _gets(OPENERS, 422), 422),
    "return-numbers": ("POST", "/field/numbers/424242/return", _gets(OPENERS, 422), 422),
    "sync": ("POST", "/field/sync", _gets(MOVERS, 422), 422),
    "discard": ("POST", "/field/discard", _gets(MOVERS, 422), 422),
    "recorder": ("GET", "/field/recorder", _gets(MOVERS), 200),
    "devices": ("POST", "/field/devices", _gets(MOVERS, 422), 422),
    "captures": ("POST", "/field/captures", _gets(MOVERS, 422), 422),
    "capture": ("GET", f"/field/captures/{CAPTURE}", _gets(MOVERS, 404), 404),
    "chunk": ("PUT", f"/field/captures/{CAPTURE}/0", _gets(MOVERS, 422), 422),
    "end-capture": ("POST", f"/field/captures/{CAPTURE}/end", _gets(MOVERS, 422), 422),
    "bind-capture": ("POST", f"/field/captures/{CAPTURE}/bind", _gets(MOVERS, 422), 422),
    "give-up-capture": ("POST", f"/field/captures/{CAPTURE}/give-up", _gets(MOVERS, 422), 422),
    "status": ("GET", "/field/status", _gets(MOVERS), 200),
    # Nothing personal in these three: the browser asks for them before anybody signs in.
    "manifest": ("GET", "/field/manifest.json", _gets(OPEN), 200),
    "worker": ("GET", "/field/sw.js", _gets(OPEN), 200),
    "offline": ("GET", "/field/offline", _gets(OPEN), 200),
}
ANONYMOUS = {"manifest": 200, "worker": 200, "offline": 200}
POSTS = sorted(name for name, row in TABLE.items() if row[0] == "POST")


def test_every_address_of_the_field_app_is_in_the_table_and_no_other() -> None:
    assert {one.name for one in addresses("field")} == set(TABLE)
    assert all(set(statuses) == set(ROLES) for _, _, statuses, _ in TABLE.values())
    assert set(OFFICE) < set(MOVERS)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_what_each_role_gets(world: World, values: dict[str, Any], name: str) -> None:
    method, path, expected, strangers = TABLE[name]

    found = {role: status_of(world.client(PERSON[role]), method, path, values) for role in PERSON}

    assert found == expected
    if strangers is not None:
        assert status_of(world.client("stranger"), method, path, values) == strangers


@pytest.mark.parametrize("name", sorted(TABLE))
def test_what_somebody_gets_who_is_not_signed_in(values: dict[str, Any], name: str) -> None:
    method, path, _, _ = TABLE[name]

    response = Client().generic(method, path.format(**values))

    assert response.status_code == ANONYMOUS.get(name, 302)


@pytest.mark.parametrize("name", sorted(set(TABLE) - set(ANONYMOUS)))
def test_a_script_is_told_that_nobody_is_signed_in(values: dict[str, Any], name: str) -> None:
    method, path, _, _ = TABLE[name]

    response = Client().generic(method, path.format(**values), headers={"Accept": "application/json"})

    assert response.status_code == 401
    assert response.json()["code"] == "signed-out"


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_things_takes_no_get(world: World, values: dict[str, Any], name: str) -> None:
    assert status_of(world.client("li"), "GET", TABLE[name][1], values) == 405


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_things_asks_for_the_forms_token(
    world: World, values: dict[str, Any], name: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    account = world.officers["li"].account
    assert account is not None
    client.force_login(account)

    assert client.post(TABLE[name][1].format(**values)).status_code == 409
