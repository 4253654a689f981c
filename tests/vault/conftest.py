"""An office of two people of one organ, a stranger, a manager; the field device of the first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from tests import makers
from tests.makers import AT

from .field_device import FieldDevice


@dataclass
class People:
    """Who takes part, as actors."""

    maker: Actor
    colleague: Actor
    head: Actor
    stranger: Actor
    manager: Actor
    supervisor: Actor


@pytest.fixture
def people(db: None) -> People:
    government = makers.organ(kind="government")
    organ = makers.organ(parent=government)
    bureau = makers.organ(is_justice_bureau=True, parent=government)

    def one(role: str, **given: object) -> Actor:
        return organs.actor_of_officer(makers.officer((role,), **given).pk, AT.date())

    return People(
        maker=one("handler", organ=organ, name="甲某某"),
        colleague=one("handler", organ=organ, name="乙某某"),
        head=one("unit_head", organ=organ, name="丙某某"),
        stranger=one("handler", organ=makers.organ()),
        manager=one("manager", organ=bureau),
        supervisor=one("supervisor", organ=bureau),
    )


@pytest.fixture
def device(people: People) -> FieldDevice:
    return FieldDevice(people.maker).register()
