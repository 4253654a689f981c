"""Big files in a real browser: sent ahead in pieces, going on after a reload, and carried by the form as keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from mingjing.web.ui.middleware import CONTENT_SECURITY_POLICY

from .conftest import ROOT

pytestmark = pytest.mark.browser
STATIC = ROOT / "mingjing" / "web" / "ui" / "static"
ADDRESS = "http://form.test/"
MB = 1 << 20
MORNING = datetime(2026, 11, 20, 8, tzinfo=UTC)
FORM = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/mj.css">
<form method="post" data-step enctype="multipart/form-data"><input type="hidden" name="csrfmiddlewaretoken" value="t0ken">
<div class="field"><label for="f">文件</label><input type="file" multiple required id="f" name="fact.files"></div>
<button>办理</button></form><script type="module" src="/start.js"></script>"""
START = """import { bindUpload } from "./upload.js";
bindUpload(document.querySelector("input[type=file]"));"""


class Server:
    """What the browser sees of a tus server: enough of it to lose the line and to be asked again.

    The real one is tested by tests/web/test_uploads.py and tests/clients.
    """

    def __init__(self) -> None:
        self.size, self.offset, self.begun = 0, 0, 0
        self.pieces: list[int] = []
        self.posted: list[str] = []
        self.fails = 0

    def upload(self, route: Route) -> None:
        request = route.request
        headers = {"Tus-Resumable": "1.0.0"}
        assert request.headers["tus-resumable"] == "1.0.0"
        assert request.headers["x-csrftoken"] == "t0ken"
        if request.method == "POST":
            self.begun += 1
            self.size, self.offset = int(request.headers["upload-length"]), 0
            route.fulfill(status=201, headers={**headers, "Location": "/uploads/k-1"})
        elif request.method == "DELETE":
            self.size = 0
            route.fulfill(status=204, headers=headers)
        elif not self.size:
            route.fulfill(status=404, headers=headers)
        elif request.method == "HEAD":
            told = {"Upload-Offset": str(self.offset), "Upload-Length": str(self.size)}
            route.fulfill(status=200, headers={**headers, **told})
        elif self.fails:
            self.fails -= 1
            route.abort("connectionreset")
        else:
            length = min(16 * MB, self.size - self.offset)
            assert int(request.headers["upload-offset"]) == self.offset
            self.pieces.append(length)
            self.offset += length
            route.fulfill(status=204, headers={**headers, "Upload-Offset": str(self.offset)})

    def page(self, route: Route) -> None:
        if route.request.method == "POST":
            self.posted.append(route.request.post_data_buffer.decode("utf-8", "replace"))
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        route.fulfill(body=FORM, content_type="text/html", headers=headers)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    found = browser.new_page()
    # Between two tries no time passes but what a test lets pass: a line that is mended is not seen to be broken.
    found.clock.install(time=MORNING)
    found.clock.pause_at(MORNING + timedelta(hours=1))
    found.route(ADDRESS, server.page)
    found.route("**/uploads/**", server.upload)
    scripts = {"start.js": START, "upload.js": (STATIC / "upload.js").read_text("utf-8")}
    for name, body in scripts.items():
        found.route(ADDRESS + name, _serving(body, "text/javascript"))
    found.route("**/*.css", _serving("", "text/css"))
    found.goto(ADDRESS)
    expect(found.locator(".help")).to_be_visible()
    yield found
    found.close()


def _serving(body: str, kind: str) -> Any:
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return lambda route: route.fulfill(body=body, content_type=kind, headers=headers)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "现场.mp4"
    path.write_bytes(b"f" * (20 * MB))
    return path


def choose(page: Page, *paths: Path) -> None:
    page.locator("#f").set_input_files(list(paths))


def test_a_big_file_goes_ahead_in_pieces_and_the_form_carries_its_key(
    page: Page, server: Server, film: Path, tmp_path: Path
) -> None:
    small = tmp_path / "票据.pdf"
    small.write_bytes(b"%PDF small")

    choose(page, film, small)
    expect(page.locator(".sending")).to_contain_text("已传完，共 20.0 MB")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url == ADDRESS):
        page.get_by_role("button", name="办理").click()

    assert server.pieces == [16 * MB, 4 * MB]
    [posted] = server.posted
    assert 'name="sent.fact.files"\r\n\r\nk-1\r\n' in posted
    assert 'filename="票据.pdf"' in posted  # the browser tells a test no more of a file
    assert "现场.mp4" not in posted


def test_a_line_that_breaks_is_tried_again(page: Page, server: Server, film: Path) -> None:
    server.fails = 1

    choose(page, film)
    expect(page.locator(".sending")).to_contain_text("正在重试")
    page.clock.run_for(4000)

    expect(page.locator(".sending")).to_contain_text("已传完")
    assert (server.begun, server.pieces) == (1, [16 * MB, 4 * MB])


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(
    page: Page, server: Server, film: Path
) -> None:
    server.fails = 100
    choose(page, film)
    expect(page.locator(".sending")).to_contain_text("正在重试")
    server.offset, server.fails = 16 * MB, 0

    page.reload()
    expect(page.locator(".sending")).to_contain_text("已传 80%，请重新选择同一个文件")
    choose(page, film)

    expect(page.locator(".sending")).to_contain_text("已传完")
    expect(page.locator(".sending")).to_have_count(1)
    assert (server.begun, server.pieces) == (1, [4 * MB])


def test_what_came_whole_is_offered_again_after_a_refused_form(
    page: Page, server: Server, film: Path
) -> None:
    choose(page, film)
    expect(page.locator(".sending")).to_contain_text("已传完")

    page.reload()

    expect(page.locator(".sending")).to_contain_text("已传完")
    expect(page.locator("input[name='sent.fact.files']")).to_have_value("k-1")
    expect(page.locator("#f")).not_to_have_attribute("required", "")


def test_a_file_that_was_taken_up_is_forgotten(page: Page, server: Server, film: Path) -> None:
    choose(page, film)
    expect(page.locator(".sending")).to_contain_text("已传完")
    server.size = 0  # it went into a case

    page.reload()
    expect(page.locator(".help")).to_be_visible()

    expect(page.locator(".sending")).to_have_count(0)
    page.wait_for_function("localStorage.getItem('uploads') === '{}'")


def test_removing_a_file_ends_its_upload_and_asks_for_one_again(
    page: Page, server: Server, film: Path
) -> None:
    choose(page, film)
    expect(page.locator(".sending")).to_contain_text("已传完")

    with page.expect_request(lambda request: request.method == "DELETE"):
        page.get_by_role("button", name="移除").click()

    expect(page.locator(".sending")).to_have_count(0)
    expect(page.locator("#f")).to_have_attribute("required", "")


def test_the_form_waits_for_a_file_that_is_still_going_out(page: Page, server: Server, film: Path) -> None:
    server.fails = 1
    choose(page, film)
    expect(page.locator(".sending")).to_contain_text("正在重试")

    page.get_by_role("button", name="办理").click()
    expect(page.locator(".sending")).to_contain_text("自动提交")
    assert not server.posted
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url == ADDRESS):
        page.clock.run_for(4000)

    assert 'name="sent.fact.files"' in server.posted[0]
