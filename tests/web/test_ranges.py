"""Parts of files: what RFC 9110 (sections 13, 14) says a range, a condition and HEAD are answered with."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import RequestFactory

from mingjing.web.ui import ranges
from mingjing.web.ui.ranges import Part, Unsatisfiable, part_of

FILE = bytes(range(100))
SHA = "ab" * 32


@pytest.mark.parametrize(
    "header, part",
    [
        ("bytes=0-9", Part(0, 9)),
        ("bytes=90-", Part(90, 99)),
        ("bytes=90-1000", Part(90, 99)),
        ("bytes=-10", Part(90, 99)),
        ("bytes=-1000", Part(0, 99)),
        ("bytes=99-99", Part(99, 99)),
        ("bytes=0-", Part(0, 99)),
        # Not understood, or allowed to be passed over: the whole file.
        ("", None),
        ("bytes=-", None),
        ("bytes=9-0", None),
        ("bytes=a-b", None),
        ("bytes=0-1,5-6", None),
        ("pages=0-1", None),
        ("bytes=0-" + "9" * 30, None),
    ],
)
def test_the_part_that_a_header_asks_for(header: str, part: Part | None) -> None:
    assert part_of(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_part_behind_the_end_cannot_be_had(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        part_of(header, 100)


def ask(method: str = "GET", **headers: str) -> Any:
    stream = io.BytesIO(FILE)
    request = RequestFactory().generic(method, "/", headers=headers)
    response = ranges.answer(request, stream, size=100, sha256=SHA, media_type="video/mp4")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    for closer in response._resource_closers:  # what the server does in the end, but for the database
        closer()
    assert stream.closed
    return response, body


def test_without_a_range_the_whole_file_comes() -> None:
    response, body = ask()

    assert (response.status_code, body) == (200, FILE)
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Length"] == "100"
    assert response["ETag"] == f'"{SHA}"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_range_is_answered_with_its_bytes() -> None:
    response, body = ask(Range="bytes=10-19")

    assert (response.status_code, body) == (206, FILE[10:20])
    assert response["Content-Range"] == "bytes 10-19/100"
    assert response["Content-Length"] == "10"


def test_a_range_behind_the_end_is_told_the_size() -> None:
    response, _ = ask(Range="bytes=100-")

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


@pytest.mark.parametrize(
    "condition, status", [(f'"{SHA}"', 206), ('"other"', 200), (f'W/"{SHA}"', 200), ("Fri, 27 Nov 2026", 200)]
)
def test_a_range_of_another_version_gets_the_whole_file(condition: str, status: int) -> None:
    response, _ = ask(Range="bytes=0-9", **{"If-Range": condition})

    assert response.status_code == status


def test_what_a_browser_has_already_is_not_sent_again() -> None:
    response, body = ask(**{"If-None-Match": f'"x", "{SHA}"'})

    assert (response.status_code, body) == (304, b"")


def test_head_tells_all_but_the_bytes() -> None:
    response, body = ask("HEAD", Range="bytes=0-9")

    assert (response.status_code, response["Content-Length"], body) == (206, "10", b"")


def test_a_proxy_sends_the_bytes_where_one_is_named(settings: Any) -> None:
    settings.MINGJING_ACCEL_PREFIX = "/_blobs/"

    response, body = ask(Range="bytes=0-9")

    assert response["X-Accel-Redirect"] == f"/_blobs/ab/ab/{SHA}"
    assert (response.status_code, body) == (200, b"")
