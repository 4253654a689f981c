"""What the program writes to its log of requests: the page, never what stood in the address."""

from __future__ import annotations

import io
import logging

import pytest
from django.test import Client

from mingjing.web.ui.logs import PagesWithoutValues

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the handler of the settings writes."""
    handlers = [
        one
        for one in logging.getLogger().handlers
        if isinstance(one, logging.StreamHandler)
        and any(isinstance(kept, PagesWithoutValues) for kept in one.filters)
    ]
    assert len(handlers) == 1
    told = io.StringIO()
    monkeypatch.setattr(handlers[0], "stream", told)
    return told


@pytest.mark.parametrize(
    "path, page",
    [
        ("/decisions/abcdef123456", "404 GET decisions/<slug:slug>"),
        ("/share/secret-key-of-a-link", "（没有这个地址）"),
        ("/decisions?after=511702199001011234", "422 GET decisions"),
        ("/nowhere/13900000000", "404 GET （没有这个地址）"),
    ],
)
def test_the_log_names_the_page_and_not_what_was_asked_for(
    client: Client, written: io.StringIO, path: str, page: str
) -> None:
    client.get(path)

    line = written.getvalue()
    assert page in line
    assert not any(part in line for part in ("abcdef123456", "secret-key", "5117021990", "13900000000"))
