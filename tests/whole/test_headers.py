"""What every answer says to browsers and caches: no script of strangers, no guessing, no keeping of what is not public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from mingjing.web.ui import limits
from tests.web.desk_world import World

from .test_field_urls_by_role import TABLE as FIELD
from .test_urls_by_role import PERSON, addresses
from .test_urls_by_role import TABLE as DESK
from .test_urls_by_role import prepared as prepared
from .test_urls_by_role import values as values
from .test_urls_by_role import world as world

# What the browser asks for before anybody signs in holds nothing personal and may be kept.
KEPT = frozenset({"manifest", "worker", "offline"})


def faults_of(response: HttpResponseBase) -> Iterator[str]:
    """What is missing in the headers of an answer, whichever door it comes from."""
    policy = response.get("Content-Security-Policy", "")
    if "default-src" not in policy or "base-uri 'none'" not in policy or "form-action" not in policy:
        yield "no policy"
    if "unsafe" in policy or re.search(r"(?:script|style|default)-src[^;]*(?:\*|https?:|data:)", policy):
        yield "a policy that lets strangers in"
    if response.get("X-Content-Type-Options") != "nosniff":
        yield "guessing of types"
    if response.get("Referrer-Policy") != "same-origin":
        yield "addresses told to others"
    framed = "frame-ancestors *" in policy
    if not framed and (response.get("X-Frame-Options") != "DENY" or "frame-ancestors 'none'" not in policy):
        yield "frames"
    if framed and ("script-src" in policy or "default-src 'none'" not in policy):
        yield "a frame that runs scripts"


def closed(response: HttpResponseBase) -> HttpResponseBase:
    """The answer, read to its end so that nothing stays open."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response


@pytest.mark.parametrize("role", ["handler", "supervisor", "stranger"])
def test_every_answer_of_the_desk_and_the_field_is_guarded(
    world: World, values: dict[str, Any], role: str
) -> None:
    client = world.client(PERSON.get(role, role))
    faults = []
    for table in (DESK, FIELD):
        for name, (method, path, _, _) in table.items():
            if name == "sign-out":
                continue
            answer = closed(getattr(client, method.lower())(path.format(**values)))
            faults += [f"{name}: {one}" for one in faults_of(answer)]
            if "no-store" not in answer.get("Cache-Control", "") and name not in KEPT:
                faults.append(f"{name}: kept by caches")

    assert faults == []


def test_every_answer_of_the_public_door_is_guarded_and_belongs_to_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of what does not exist; only the embedded column may stand in a frame."""
    monkeypatch.setattr(limits, "MOST", 10_000)
    organ = world.organ.code
    faults, framed = [], set()
    for one in addresses("public"):
        path = re.sub(r"<number:\w+>", "2026", str(one.pattern))
        path = re.sub(r"<(?:slug|words|path):\w+>", organ, path)
        if "(?P" in path:
            continue
        answer = closed(world.client("li").get(f"/{path}"))
        faults += [f"{one.name}: {fault}" for fault in faults_of(answer)]
        if answer.cookies or "Cookie" in answer.get("Vary", ""):
            faults.append(f"{one.name}: a cookie")
        if "frame-ancestors *" in answer["Content-Security-Policy"]:
            framed.add(one.name)

    assert faults == []
    assert framed == {"embed"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/nowhere", "/static/nowhere.js", "/desk/nowhere", "/field/nowhere", "/large/nowhere"]
)
def test_what_does_not_exist_is_guarded_and_tells_nothing(path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 404
    assert list(faults_of(answer)) == []
    assert "Traceback" not in answer.content.decode()


@pytest.mark.django_db
def test_another_name_of_the_host_is_not_answered(settings: Any) -> None:
    """Links in answers and messages are never made of what the visitor says the host is called."""
    settings.ALLOWED_HOSTS = ["mingjing.example"]

    answer = Client(raise_request_exception=False).get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
