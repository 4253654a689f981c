"""What grows does not make a page dearer or heavier: as many queries and as many bytes at twice as many rows.

``bench.desk_lists`` asks the same pages at ten thousand rows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mingjing.cases.models import Evidence
from mingjing.organs.models import Officer
from mingjing.publicity.models import Delivery
from mingjing.vault.models import Capture, Device
from tests.web.desk_world import World

from .crowds import CHOOSING, CROWDS
from .test_urls_by_role import prepared as prepared
from .test_urls_by_role import values as values
from .test_urls_by_role import world as world

pytestmark = pytest.mark.django_db
FEW, MORE = 210, 210  # added first, and once more: the longest page shows 200 rows
DIGITS = 400  # bytes by which a page may differ for longer numbers


@pytest.mark.parametrize("name", CROWDS)
def test_no_page_grows_with_what_it_lists(world: World, values: dict[str, Any], name: str) -> None:
    crowd, known = CROWDS[name], deepcopy(values)
    crowd.fill(world, known, FEW)
    before = {page: weighed(world, known, *page) for page in crowd.pages}

    crowd.fill(world, known, MORE)

    after = {page: weighed(world, known, *page) for page in crowd.pages}
    assert {page: queries for page, (queries, _) in after.items()} == {
        page: queries for page, (queries, _) in before.items()
    }
    grown = {page[1]: (before[page][1], size) for page, (_, size) in after.items() if page not in CHOOSING}
    assert {path: sizes for path, sizes in grown.items() if sizes[1] > sizes[0] + DIGITS} == {}


def weighed(world: World, values: dict[str, Any], who: str, path: str) -> tuple[int, int]:
    """How many queries a page asks on its second visit, and how many bytes it has."""
    client, address = world.client(who) if who else Client(), path.format(**values)
    client.get(address)
    for one in caches.all(initialized_only=True):
        one.clear()
    with CaptureQueriesContext(connection) as made:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(made), len(answer.content)


def _pieces(values: dict[str, Any]) -> set[str]:
    return {str(one) for one in Evidence.objects.filter(case__no=values["no"]).values_list("pk", flat=True)}


def _recordings(values: dict[str, Any]) -> set[str]:
    loose = Capture.objects.filter(case_id=None, state="complete", officer__name="li某")
    return {str(one) for one in loose.values_list("pk", flat=True)}


def _devices(values: dict[str, Any]) -> set[str]:
    return set(Device.objects.values_list("number", flat=True))


def _staff(values: dict[str, Any]) -> set[str]:
    rows = Officer.objects.filter(organ__code=values["organ"], active=True)
    return {str(one) for one in rows.values_list("pk", flat=True)}


def _inside(values: dict[str, Any]) -> set[str]:
    return set(Delivery.objects.filter(batch="P20261120").values_list("placement__number", flat=True))


# The crowd, a page that shows a part of it at a time, what names a row there, and what all pages together must name.
TURNED: dict[str, tuple[str, str, str, Callable[[dict[str, Any]], set[str]]]] = {
    "evidence": ("li", "/desk/cases/{no}/evidence", r'href="/desk/evidence/(\d+)"', _pieces),
    "captures": ("li", "/desk/captures", r'action="/desk/captures/([0-9a-f-]+)/bind"', _recordings),
    "devices": ("guanli", "/desk/devices", r'class="code nowrap">([0-9a-f]+)', _devices),
    "officers": (
        "guanli",
        "/desk/organs?organ={organ}",
        r'data-label="姓名" class="nowrap"><a href="/desk/officers/(\d+)"',
        _staff,
    ),
    "deliveries": ("gongshi", "/desk/packages/P20261120", r"data-open[^>]*>([^<]+)</a>", _inside),
}


@pytest.mark.parametrize("name", TURNED)
def test_every_row_is_on_exactly_one_page(world: World, values: dict[str, Any], name: str) -> None:
    who, first, row, every = TURNED[name]
    known = deepcopy(values)
    CROWDS[name].fill(world, known, FEW)

    found: list[str] = []
    path = first.format(**known)
    while path:
        text = world.client(who).get(path).content.decode()
        found += re.findall(row, text)
        following = re.search(r'rel="next" href="([^"]*)"|href="([^"]*)" rel="next"', text)
        path = html.unescape(following[1] or following[2]) if following else ""

    assert len(found) == len(set(found)) >= FEW
    assert set(found) == every(known)


@pytest.mark.parametrize("after", ["x", "1", "1-", "-1", "１-１", f"1-{9**30}"])
def test_a_cursor_that_is_none_is_refused(world: World, values: dict[str, Any], after: str) -> None:
    answer = world.client("li").get(f"/desk/cases/{values['no']}/evidence", {"after": after})

    assert answer.status_code == 422
