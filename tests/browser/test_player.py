"""A recording beside its marks in a real browser: moments move it, M notes what is heard at this moment."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from mingjing.web.ui.middleware import CONTENT_SECURITY_POLICY
from mingjing.web.ui.ranges import Unsatisfiable, part_of

from .conftest import ROOT

pytestmark = pytest.mark.browser
STATIC = ROOT / "mingjing" / "web" / "ui" / "static"
ADDRESS = "http://piece.test/"
PAGE = """<!doctype html><meta charset="utf-8"><body>
<div data-player><audio controls preload="auto" src="/film"></audio></div>
<a href="?t=65" class="moment" data-seek="65000">01:05</a>
<ol class="transcript"><li data-from="0">开始</li><li data-from="60000">请出示执照。</li></ol>
<form data-mark><input name="moment"><input name="text"></form>
<input id="start" data-now>
<script type="module" src="/player.js"></script>"""


def silence(seconds: int) -> bytes:
    """A WAV file of that length."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return file.getvalue()


FILM = silence(120)


def film(route: Route) -> None:
    """The recording by ranges, as the platform answers them."""
    try:
        part = part_of(route.request.headers.get("range", ""), len(FILM))
    except Unsatisfiable:
        route.fulfill(status=416)
        return
    if part is None:
        route.fulfill(body=FILM, content_type="audio/wav", headers={"Accept-Ranges": "bytes"})
        return
    headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {part.first}-{part.last}/{len(FILM)}"}
    body = FILM[part.first : part.last + 1]
    route.fulfill(status=206, body=body, content_type="audio/wav", headers=headers)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page()
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    found.route(ADDRESS, lambda route: route.fulfill(body=PAGE, content_type="text/html", headers=headers))
    script = (STATIC / "player.js").read_text("utf-8")
    found.route(
        ADDRESS + "player.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )
    found.route(ADDRESS + "film", film)
    found.goto(ADDRESS)
    found.wait_for_function("document.querySelector('audio').readyState >= 1")
    yield found
    found.close()


def now(page: Page) -> float:
    return float(page.evaluate("document.querySelector('audio').currentTime"))


def test_a_moment_moves_the_player_without_leaving_the_page(page: Page) -> None:
    page.get_by_role("link", name="01:05").click()

    page.wait_for_function("document.querySelector('audio').currentTime >= 65")
    assert page.url == ADDRESS
    expect(page.locator("[data-spoken]")).to_have_text("请出示执照。")


def test_m_notes_this_moment(page: Page) -> None:
    page.evaluate("document.querySelector('audio').currentTime = 72.4")

    page.keyboard.press("m")

    expect(page.locator("[name=moment]")).to_have_value("01:12")
    expect(page.locator("[name=text]")).to_be_focused()
    page.keyboard.type("m 字母照常输入")
    expect(page.locator("[name=text]")).to_have_value("m 字母照常输入")


def test_arrows_move_five_seconds_and_stop_at_the_beginning(page: Page) -> None:
    page.keyboard.press("ArrowRight")
    assert now(page) == pytest.approx(5, abs=0.5)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")

    assert now(page) == 0


def test_a_clip_begins_where_the_player_stands(page: Page) -> None:
    page.evaluate("document.querySelector('audio').currentTime = 30")

    page.locator("#start").focus()

    expect(page.locator("#start")).to_have_value("00:30")
