"""The words of tus 1.0, read without a server. Source: tus.io/protocols/resumable-upload, version 1.0.0."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjing.web.uploads import protocol
from mingjing.web.uploads.protocol import Wrong

PIECE = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}


def status_of(call: Any, *arguments: Any) -> int:
    with pytest.raises(Wrong) as wrong:
        call(*arguments)
    return wrong.value.status


def test_the_example_of_the_specification_is_read() -> None:
    said = protocol.read_metadata("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential")

    assert said == {"filename": "world_domination_plan.pdf", "is_confidential": ""}


def test_metadata_come_back_as_they_were_written() -> None:
    said = {"filename": "现场, 第 1 段.mp4", "filetype": "video/mp4"}

    assert protocol.read_metadata(protocol.write_metadata(said)) == said


@pytest.mark.parametrize(
    "text", ["name ***", "名 YQ==", "a YQ==,a YQ==", "a /w==", "a " + "YQ==" * 2000, "a b c"]
)
def test_metadata_that_cannot_be_read_are_refused(text: str) -> None:
    assert status_of(protocol.read_metadata, text) == 400


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0", ""])
def test_another_version_is_answered_with_ours(version: str | None) -> None:
    headers = {} if version is None else {"Tus-Resumable": version}

    with pytest.raises(Wrong) as wrong:
        protocol.require_version(headers)

    assert wrong.value.status == 412
    assert wrong.value.headers == {"Tus-Version": "1.0.0"}


@pytest.mark.parametrize(
    "headers, status",
    [
        ({}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Length": "１"}, 400),
        ({"Upload-Length": "1e3"}, 400),
        ({"Upload-Length": "1001"}, 413),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Length": "5", "Content-Length": "5", "Content-Type": "text/plain"}, 415),
    ],
)
def test_an_upload_that_cannot_be_begun_is_refused(headers: dict[str, str], status: int) -> None:
    assert status_of(protocol.creation, headers, 1000) == status


def test_an_upload_is_begun_with_its_length_and_metadata() -> None:
    headers = {"Upload-Length": "1000", "Upload-Metadata": "filename YQ==", "Content-Length": ""}

    assert protocol.creation(headers, 1000) == protocol.Creation(1000, {"filename": "a"}, False)
    assert protocol.creation({**headers, **PIECE, "Content-Length": "7"}, 1000).carries_bytes


@pytest.mark.parametrize(
    "change, status",
    [
        ({"Content-Type": "application/octet-stream"}, 415),
        ({"Upload-Offset": ""}, 400),
        ({"Upload-Offset": "-5"}, 400),
        ({"Upload-Checksum": "md5 YQ=="}, 400),
        ({"Upload-Checksum": "sha1"}, 0),
        ({"Upload-Checksum": "sha1 ???"}, 400),
    ],
)
def test_a_piece_that_cannot_be_read_is_refused(change: dict[str, str], status: int) -> None:
    if status:
        assert status_of(protocol.piece, {**PIECE, **change}) == status
    else:  # an empty digest is well-formed and matches nothing
        assert protocol.piece({**PIECE, **change}).checksum == protocol.Checksum("sha1", b"")


def test_a_piece_tells_where_it_begins_and_what_it_digests_to() -> None:
    headers = {**PIECE, "Upload-Offset": "70", "Upload-Checksum": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}

    found = protocol.piece(headers)

    assert found.offset == 70
    assert found.checksum is not None
    assert found.checksum.digest.hex() == "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"


def test_the_method_may_come_in_a_header() -> None:
    assert protocol.method("GET", {"X-HTTP-Method-Override": "DELETE"}) == "GET"  # else without a token
    assert protocol.method("POST", {"X-HTTP-Method-Override": "PATCH"}) == "PATCH"
    assert protocol.method("head", {}) == "HEAD"


def test_what_the_server_can_do_is_told() -> None:
    assert protocol.abilities(5) == {
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,creation-with-upload,termination,checksum,expiration",
        "Tus-Max-Size": "5",
        "Tus-Checksum-Algorithm": "sha1,sha256",
    }


def test_the_end_is_told_as_http_tells_dates() -> None:
    assert protocol.expires(datetime(2026, 11, 27, 8, 5, 0, tzinfo=UTC)) == "Fri, 27 Nov 2026 08:05:00 GMT"


# What stands in headers: anything that HTTP lets through, and things close to what is right.
WORDS = st.one_of(
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60),
    st.from_regex(r"[0-9]{1,25}", fullmatch=True),
    st.from_regex(r"(sha1|sha256|md5) [A-Za-z0-9+/]{0,12}={0,2}", fullmatch=True),
    st.from_regex(r"([a-z]{1,4} [A-Za-z0-9+/]{0,8}={0,2},? ?){0,4}", fullmatch=True),
)
NAMES = st.sampled_from(
    [
        "Upload-Length",
        "Upload-Offset",
        "Upload-Metadata",
        "Upload-Checksum",
        "Upload-Defer-Length",
        "Content-Type",
        "Content-Length",
        "Tus-Resumable",
    ]
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, WORDS), st.booleans())
def test_whatever_a_client_sends_is_read_or_refused(headers: dict[str, str], typed: bool) -> None:
    if typed:
        headers |= {"Content-Type": protocol.PIECE_TYPE}
    for read in (protocol.piece, lambda one: protocol.creation(one, 1000), protocol.require_version):
        with suppress(Wrong):  # anything else would be a page about a bug
            read(headers)
