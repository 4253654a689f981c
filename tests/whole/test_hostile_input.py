"""No input brings a page down: every address with every parameter it reads, filled with what nobody would send.

The parameters are read from the code of the doors, so that a new one is tried without anybody thinking of it. Each
request is undone. A fault shows as 500, or as an exception; what is refused, hidden or asked to sign in is fine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client

from mingjing.web.ui import limits
from tests.web.desk_world import World

from .test_field_urls_by_role import TABLE as FIELD
from .test_urls_by_role import PERSON, addresses
from .test_urls_by_role import TABLE as DESK
from .test_urls_by_role import prepared as prepared
from .test_urls_by_role import values as values
from .test_urls_by_role import world as world

DOORS = Path(__file__).parents[2] / "mingjing" / "web"
_ASKED = re.compile(r'(?:\bword|\bday|GET\.get)\((?:request, *)?"([a-z_]+)"')
_POSTED = re.compile(r'(?:POST|post|given)\.get(?:list)?\(\s*"([a-zA-Z_]+)"')
_DONE = re.compile(r'\bdo (?:==|in) \(?"([a-z-]+)"(?:, "([a-z-]+)")?|^ {4,8}"([a-z-]+)": \(', re.MULTILINE)
# Numbers that are none, too long, of another script; days that are none; texts that break queries, files and pages.
HOSTILE = (
    "²", "9" * 25, "9" * 5000, "nan", "0001-01-01", "9999-12-31", "<script>\"'>%s{0}{{7*7}}[(*\\",
    "../../etc/passwd\r\nX-A: b", "a" * 3000, "\U0001f600\ufffe", "1",
)  # fmt: skip
NUL = "a\x00b"
# Every test ends with its own database; what these do lies outside.
_OUTSIDE = frozenset({"record-seal", "record-verify", "sign-out", "end-session", "sign-in"})
_TAKES_NO_POST: set[str] = set()  # found out once, so as not to be asked for every value


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """The exceptions that rose while requests were answered."""
    found: list[str] = []

    def note(sender: object, request: Any = None, **_: Any) -> None:
        found.append(f"{request.method} {request.get_full_path()[:200]}: {sys.exc_info()[1]!r:.200}")

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def names(door: str, pattern: re.Pattern[str]) -> list[str]:
    """What the code of a door reads, by its source."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((DOORS / door).rglob("*.py"))]
    found = {name for text in texts for match in pattern.finditer(text) for name in match.groups() if name}
    return sorted(found)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written within is taken back; no block of its own, for the seal of the record suffers none."""
    place = transaction.savepoint()
    yield
    transaction.savepoint_rollback(place)
    transaction.set_rollback(False)


def tell(client: Client, method: str, path: str, data: dict[str, Any], faults: list[str]) -> int:
    """Send one request to its end, and undo it; an answer of 500 is a fault as well. The status."""
    with undone():
        response = getattr(client, method.lower())(path, data)
        if response.streaming:
            b"".join(response.streaming_content)
        if response.status_code >= 500:
            faults.append(f"{response.status_code} {method} {path}")
    return int(response.status_code)


def entering(world: World, expected: dict[str, int]) -> Client:
    """The browser of somebody whom the page lets in."""
    role = min(PERSON, key=lambda one: (expected[one] >= 400, expected[one]))
    return quiet(world.client(PERSON[role]))


def quiet(client: Client) -> Client:
    """A browser that is shown the page of a fault instead of the fault."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("value", [*HOSTILE, NUL], ids=range(len(HOSTILE) + 1))
def test_no_parameter_of_the_desk_or_the_field_brings_a_page_down(
    world: World, values: dict[str, Any], faults: list[str], value: str
) -> None:
    for door, table in (("desk", DESK), ("field", FIELD)):
        asked = dict.fromkeys([*names(door, _ASKED), "page", "after", "grant"], value)
        for name, (method, path, expected, _) in table.items():
            if method == "GET" and name not in _OUTSIDE:
                tell(entering(world, expected), "GET", path.format(**values), asked, faults)

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("value", [*HOSTILE, NUL], ids=range(len(HOSTILE) + 1))
def test_no_form_of_the_desk_brings_a_page_down(
    world: World, values: dict[str, Any], faults: list[str], value: str
) -> None:
    """Each page that takes a post, with what its module does, one thing after the other from value to value."""
    posted = dict.fromkeys(names("desk", _POSTED), value)
    done = names("desk", _DONE)
    turn = (*HOSTILE, NUL).index(value)
    for place, (name, (_, path, expected, _)) in enumerate(DESK.items()):
        if name not in _OUTSIDE and name not in _TAKES_NO_POST:
            do = done[(place + 2 * turn) % len(done)]
            told = tell(
                entering(world, expected), "POST", path.format(**values), {**posted, "do": do}, faults
            )
            if told == 405:
                _TAKES_NO_POST.add(name)

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("value", [*HOSTILE, NUL], ids=range(len(HOSTILE) + 1))
def test_no_parameter_of_the_public_door_brings_a_page_down(
    world: World, faults: list[str], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST", 10_000)
    asked = dict.fromkeys([*names("public", _ASKED), "after", "size"], value)
    part = re.sub(r"[/\x00\r\n?#%\\]", "", value)[:120] or "x"
    for one in addresses("public"):
        path = re.sub(r"<number:\w+>", "2026", str(one.pattern))
        path = re.sub(r"<slug:\w+>", "x", re.sub(r"<(?:words|path):\w+>", part, path))
        if "(?P" not in path:
            tell(quiet(Client()), "GET", f"/{path}", asked, faults)

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 40, "²"])
def test_no_number_in_an_address_is_too_long(
    world: World, values: dict[str, Any], faults: list[str], number: str
) -> None:
    for table in (DESK, FIELD):
        for method, path, expected, _ in table.values():
            hostile = re.sub(
                r"(?<=/)\d+(?=[/.]|$)|\{(?:submission|paper|evidence|officer|edition|register)\}",
                number,
                path,
            )
            if hostile != path:
                tell(entering(world, expected), method, hostile.format(**values), {}, faults)

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        "null",
        "[]",
        '"x"',
        '{"public_key": NaN}',
        '{"name": "\\u0000"}',
        '{"name": "\\ud800"}',
        "1" * 5000,
    ],
    ids=range(9),
)
def test_no_json_brings_the_field_down(
    world: World, values: dict[str, Any], faults: list[str], body: str
) -> None:
    client = quiet(world.client("li"))
    for method, path, _, _ in FIELD.values():
        if method != "GET":
            with undone():
                client.generic(method, path.format(**values), body, content_type="application/json")
                client.post(path.format(**values), {"act": body})
    client.post("/desk/captures/guess", body, content_type="application/json")

    assert not faults, "\n".join(faults)
