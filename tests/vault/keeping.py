"""Kept files and the people who look after them, with sensible defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.models import Officer, Organ
from mingjing.record import actions as record
from mingjing.vault import actions, classes
from tests import makers

AT = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = AT + timedelta(days=400)  # the default term of twelve months is over
FILM = b"film of a visit where nothing was found"


@dataclass
class Store:
    """An organ with an archivist, a head, a handler and a colleague; another organ; the justice bureau above."""

    organ: Organ
    people: dict[str, Officer]

    def actor(self, who: str, at: datetime = LATER) -> Actor:
        return organs.actor_of_officer(self.people[who].pk, at.date())


def build() -> Store:
    city = makers.organ(name="达州市人民政府", kind="government")
    organ, other = makers.organ(parent=city), makers.organ(parent=city)
    bureau = makers.organ(parent=city, is_justice_bureau=True)
    people = {
        "archivist": makers.officer(("archivist",), organ=organ, name="癸某某"),
        "both": makers.officer(("archivist", "organ_head"), organ=organ, name="兼某某"),
        "head": makers.officer(("organ_head",), organ=organ, name="庚某某", is_principal=True),
        "handler": makers.officer(("handler",), organ=organ, name="甲某某"),
        "stranger": makers.officer(("archivist", "organ_head"), organ=other, name="外某某"),
        "supervisor": makers.officer(("supervisor",), organ=bureau, name="子某某"),
    }
    return Store(organ, people)


def kept(
    organ: Organ, content: bytes = FILM, *, subject: str = "capture:1", at: datetime = AT, **more: Any
) -> str:
    """The SHA-256 of a file that the organ keeps, by default for nothing but itself."""
    blob = record.keep_blob(content, "video/mp4", "录像.mp4")
    with transaction.atomic():
        actions.attach(
            {blob.sha256: "巡查录像.mp4"},
            subject=subject,
            organ_id=organ.pk,
            at=at,
            **{"retention": classes.NO_CASE, **more},
        )
    return blob.sha256


def proposed(store: Store, *sha256s: str, who: str = "archivist", at: datetime = LATER) -> Any:
    return actions.propose_deletion(
        sha256s=sha256s, reason="期满，没有其他用途。", actor=store.actor(who, at), at=at
    )


def day(moment: datetime) -> date:
    return moment.date()


@pytest.fixture
def store(db: None) -> Store:
    return build()
