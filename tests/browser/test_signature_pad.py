"""Signing on the pad in a real browser: by mouse, by a photo, and what clearing does."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mingjing.cases.facts import SIGNATURE_LIMITS
from mingjing.kernel import png
from mingjing.web.ui.forms import DRAWN
from mingjing.web.ui.middleware import CONTENT_SECURITY_POLICY
from tests.pictures import picture

from .conftest import ROOT

pytestmark = pytest.mark.browser

STATIC = ROOT / "mingjing" / "web" / "ui" / "static"
ADDRESS = "http://pad.test/"
PAD = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/mj.css">
<form><div class="signature" data-signature>
<span class="help" data-signature-file-help>请选择签名的图片</span>
<input type="file" accept="image/png" name="fact.s">
<input type="hidden" name="fact.s" value="" data-signature-drawn></div></form>
<script type="module" src="/start.js"></script>"""
START = """import { bindSignature } from "./signature.js";
bindSignature(document.querySelector("[data-signature]"));"""


@pytest.fixture
def pad(browser: Browser) -> Iterator[Page]:
    """The pad on a page of its own, under the platform's content security policy."""
    page = browser.new_page()
    bodies = {
        "": (PAD, "text/html"),
        "start.js": (START, "text/javascript"),
        "signature.js": ((STATIC / "signature.js").read_text("utf-8"), "text/javascript"),
        "mj.css": ((STATIC / "mj.css").read_text("utf-8"), "text/css"),
    }
    for name, (body, kind) in bodies.items():
        serve(page, ADDRESS + name, body, kind)
    serve(page, "**/tokens.css", "", "text/css")
    page.goto(ADDRESS)
    expect(page.locator("canvas")).to_be_visible()
    yield page
    page.close()


def serve(page: Page, address: str, body: str, kind: str) -> None:
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    page.route(address, lambda route: route.fulfill(body=body, content_type=kind, headers=headers))


def drawn(page: Page) -> str:
    return page.locator("[data-signature-drawn]").input_value()


def is_signature(url: str) -> bool:
    png.check(base64.b64decode(url.removeprefix(DRAWN), validate=True), SIGNATURE_LIMITS)
    return url.startswith(DRAWN)


def sign(page: Page) -> None:
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 60 + 40 * step, box["y"] + (140 if step % 2 else 60), steps=4)
    page.mouse.up()


def test_what_is_drawn_is_a_signature_the_platform_takes_and_clearing_takes_it_away(pad: Page) -> None:
    sign(pad)

    expect(pad.get_by_role("status")).to_have_text("已签名。")
    assert is_signature(drawn(pad))
    pad.get_by_role("button", name="清除").click()
    expect(pad.get_by_role("status")).to_have_text("")
    assert drawn(pad) == ""


def test_a_photo_becomes_a_signature_small_enough_to_be_sent(pad: Page) -> None:
    photo = {"name": "签名.png", "mimeType": "image/png", "buffer": picture(3000, 2000, thick=60)}

    pad.locator("input[type=file]").set_input_files(photo)

    expect(pad.get_by_role("status")).to_have_text("已签名。")
    assert is_signature(drawn(pad))
    assert pad.locator("input[type=file]").evaluate("input => input.files.length") == 0


def test_a_photo_without_ink_is_told_at_once(pad: Page) -> None:
    sign(pad)
    photo = {"name": "白纸.png", "mimeType": "image/png", "buffer": picture(300, 200, ink=False)}

    pad.locator("input[type=file]").set_input_files(photo)

    expect(pad.get_by_role("status")).to_contain_text("照片上看不清签名")
    assert drawn(pad) == ""


def test_a_file_that_is_no_picture_is_told_at_once(pad: Page) -> None:
    text = {"name": "签名.txt", "mimeType": "text/plain", "buffer": b"nothing"}

    pad.locator("input[type=file]").set_input_files(text)

    expect(pad.get_by_role("status")).to_have_text("这个文件不是图片，请重新选择。")
    assert drawn(pad) == ""
