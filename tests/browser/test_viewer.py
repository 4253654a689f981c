"""The viewer of an exported case file in a real browser, opened from the disk: no server, no network."""

from __future__ import annotations

import hashlib
import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from mingjing.archives import bag
from mingjing.archives.viewer import viewer
from mingjing.cases.papers.render import render
from tests.archives.files import photo
from tests.cases.paper_samples import full
from tests.cases.test_papers_forms import form_named
from tests.office import MONDAY

pytestmark = pytest.mark.browser
EVIL = '</script><img src=x onerror="document.title=1">'


def sound(seconds: int = 8) -> bytes:
    """Silence that a browser can play."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000 * seconds))
    return out.getvalue()


def told(path: str, title: str, media_type: str, content: bytes, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "number": "",
        "date": "2026-03-02",
        "note": "",
        "path": f"data/{path}",
        "media_type": media_type,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small file as the export lays it out."""
    paper = render("dossier-cover", full(form_named("dossier-cover"))).pdf
    kept = {
        "案卷.pdf": paper,
        "正卷/001 决定书 100#.pdf": paper,
        "正卷/002 照片.jpg": photo(),
        "音像和电子资料/001 询问录音.wav": sound(),
        "证明/0001 step.json": b"{}",
    }
    lines = [
        told("正卷/001 决定书 100#.pdf", EVIL, "application/pdf", paper, place=1, first=1, last=2),
        told(
            "正卷/002 照片.jpg", "现场照片", "image/jpeg", kept["正卷/002 照片.jpg"], place=2, first=3, last=3
        ),
    ]
    catalogue = {
        "case": "5117000020220260001",
        "title": "某某食品有限公司经营超过保质期食品案",
        "organ": "达州市某某局",
        "archive_no": "2026-001",
        "ended": "",
        "volumes": [{"title": "正卷", "pages": 3, "lines": lines}],
        "media": [told("音像和电子资料/001 询问录音.wav", "询问录音", "audio/wav", sound())],
    }
    payload = [bag.text_file(path, path, content) for path, content in kept.items()]
    stream = bag.bag(payload, lambda done: {"index.html": viewer(catalogue, done, MONDAY)}, {}, MONDAY)
    bag.write_folder(stream, tmp_path / "案卷")
    return tmp_path / "案卷"


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """The viewer opened from the disk; anything asked of a network is a failure."""
    opened = browser.new_page()
    asked: list[str] = []
    opened.on("request", lambda one: asked.append(one.url))
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.goto((folder / "index.html").as_uri())
    yield opened
    assert not [url for url in asked if url.startswith(("http", "ws"))]
    assert wrong == []
    opened.close()


def test_the_catalogue_and_the_papers_open(page: Page) -> None:
    expect(page.get_by_role("heading", name="某某食品有限公司经营超过保质期食品案")).to_be_visible()
    page.get_by_role("button", name=EVIL).click()
    frame = page.locator("#stage iframe")
    expect(frame).to_have_attribute(
        "src", "data/%E6%AD%A3%E5%8D%B7/001%20%E5%86%B3%E5%AE%9A%E4%B9%A6%20100%23.pdf"
    )
    assert page.title().startswith("案卷 ")

    page.get_by_role("button", name="现场照片").click()
    assert page.locator("#stage img").evaluate("one => one.decode().then(() => one.naturalWidth)") == 640


def test_a_recording_can_be_played_from_the_middle(page: Page) -> None:
    page.get_by_role("button", name="询问录音").click()
    sound_of = page.locator("#stage audio")

    at = sound_of.evaluate(
        """one => new Promise((done) => {
          const go = () => { one.onseeked = () => done([one.duration, one.currentTime]); one.currentTime = 5; };
          one.readyState ? go() : one.onloadedmetadata = go; })"""
    )

    assert at == [8, 5]


def test_the_browser_checks_every_hash_by_itself(page: Page, folder: Path) -> None:
    page.locator("#folder").set_input_files(folder)

    expect(page.locator("#verdict")).to_have_text("5 个文件全部与封存时一致。")


def test_a_changed_a_lost_and_a_strange_file_are_named(page: Page, folder: Path) -> None:
    (folder / "data/案卷.pdf").write_bytes((folder / "data/案卷.pdf").read_bytes()[:-1] + b"x")
    (folder / "data/正卷/002 照片.jpg").unlink()
    (folder / "data/多余.txt").write_text("strange")

    page.locator("#folder").set_input_files(folder)

    expect(page.locator("#verdict")).to_have_text("有 3 处不符。")
    said = page.locator("#wrong").inner_text()
    assert "data/案卷.pdf：内容已经变动" in said
    assert "data/正卷/002 照片.jpg：缺失" in said
    assert "data/多余.txt：不在目录中" in said


def test_the_page_holds_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])
def test_the_pages_own_sha256_is_right(page: Page, size: int) -> None:
    """FIPS 180-4 against hashlib at every edge of the padding, in pieces of odd lengths."""
    content = bytes(number * 7 % 256 for number in range(size))

    found = page.evaluate(
        """(bytes) => { const sha = new Sha256();
          for (let at = 0; at < bytes.length; at += 37) sha.update(new Uint8Array(bytes.slice(at, at + 37)));
          return sha.hex(); }""",
        list(content),
    )

    assert found == hashlib.sha256(content).hexdigest()
