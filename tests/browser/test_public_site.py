"""The public site in a real browser: accessible, light, of one piece, and whole without scripts.

Every kind of page is opened at desktop and phone size, in large print and in English; axe looks for violations of
WCAG 2.2 AA, every request is watched, every byte counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import City, run, surroundings

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
MOST_BYTES = 60 * 1024
DESKTOP, PHONE, NARROW = (1280, 900), (375, 800), (320, 640)
# Decisions of one organ: enough for two pages, one of them withdrawn. Told to the test in one line.
PUBLISH = """
import json
import django
django.setup()
from datetime import timedelta
from django.core.cache import cache
from mingjing.insight import search as insight
from mingjing.organs.models import Organ
from mingjing.publicity import search
from mingjing.publicity.models import Publication
from tests import makers
organ = Organ.objects.get(code="dz-scjg")
publisher = makers.officer(("publisher",), organ=organ)
rows = [
    makers.publication(
        of=makers.case(organ=organ, field="food", region="511702"),
        subject=f"达州市某某{number}号店名称特别长的食品药品日用百货综合经营连锁有限责任公司",
        decided_on=makers.AT.date() - timedelta(days=number),
        published_by=publisher,
        kinds="fine",
    )
    for number in range(34)
]
gone = makers.withdrawn(of=makers.case(organ=organ), published_by=publisher)
index = insight.default()
search.catch_up(index)
index.index(search.document(row) for row in [*rows, gone])
print(json.dumps({"slug": rows[0].slug, "number": rows[0].number, "code": rows[0].paper.verify_code, "gone": gone.slug}))
"""


@dataclass(frozen=True)
class Site:
    """The public site with something on it."""

    address: str
    slug: str
    number: str
    code: str
    gone: str

    @property
    def pages(self) -> list[str]:
        """One address for each kind of public page, full and empty, and the pages for errors."""
        return [
            "/",
            "/decisions",
            "/decisions?q=%E6%97%A0%E6%AD%A4",
            f"/decisions/{self.slug}",
            f"/decisions/{self.gone}",
            "/agencies",
            "/officers",
            "/officers/00000000",
            "/powers",
            "/powers/FOOD-01",
            "/licenses",
            "/licenses/XK-FOOD-01",
            "/procedures",
            "/procedures/penalty-summary",
            "/procedures/penalty-ordinary",
            "/laws",
            "/laws/行政处罚法",
            "/laws/行政处罚法/64",
            "/verify",
            f"/v/{self.code}",
            "/statistics",
            "/withheld",
            "/registers",
            "/reports",
            "/during",
            "/log",
            "/about",
            "/accessibility",
            "/api/docs",
            "/embed?organ=dz-scjg",
            "/embed/dz-scjg?rows=20",
            "/nowhere",
            "/decisions?since=x",
        ]

    @property
    def few(self) -> list[str]:
        """Pages that stand for the rest."""
        return ["/", "/decisions", f"/decisions/{self.slug}", "/verify", "/statistics", "/accessibility"]


@pytest.fixture(scope="session")
def site(city: City) -> Site:
    """The city with published decisions, put there beside the running server."""
    environment = {**surroundings(city.database.parent), "MINGJING_PUBLIC_URL": city.address}
    return Site(city.address, **run(environment, PUBLISH))


@pytest.fixture
def asked() -> list[str]:
    """Every address that the browser asked for."""
    return []


def _context(
    browser: Browser, site: Site, size: tuple[int, int], asked: list[str], **more: Any
) -> BrowserContext:
    width, height = size
    context = browser.new_context(
        base_url=site.address, viewport={"width": width, "height": height}, locale="zh-CN", **more
    )
    context.on("request", lambda request: asked.append(request.url))
    return context


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(browser: Browser, site: Site, asked: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of that size; at the end no request has gone elsewhere and no cookie was set."""
    context = _context(browser, site, request.param, asked)
    yield context.new_page()
    elsewhere = [url for url in asked if not url.startswith((site.address, "data:", "blob:"))]
    assert elsewhere == []
    assert context.cookies() == []
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with the places."""
    found = Axe().run(page, options=WCAG).response["violations"]
    return [
        f"{page.url} {one['id']}: {[node['target'] for node in one['nodes'][:3]]} {one['nodes'][0].get('failureSummary', '')[:200]}"
        for one in found
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_axe_finds_nothing_on_any_kind_of_page(page: Page, site: Site) -> None:
    found: list[str] = []
    for address in site.pages:
        page.goto(address)
        found += violations(page)
        assert overflow(page) <= 0, address

    assert found == []


def test_nor_in_large_print_nor_in_english(page: Page, site: Site) -> None:
    found: list[str] = []
    for address in [
        *(f"/large{path}" for path in site.few),
        "/en",
        "/en/decisions",
        "/en/verify",
        "/en/statistics",
        "/en/powers",
        "/en/procedures/penalty-summary",
        "/en/registers",
        "/en/reports",
        "/en/nowhere",
        "/large/en/decisions",
        "/large/nowhere",
    ]:
        page.goto(address)
        found += violations(page)
        assert overflow(page) <= 0, address

    assert found == []


def test_nothing_is_wider_than_a_screen_of_320_pixels(browser: Browser, site: Site, asked: list[str]) -> None:
    """WCAG 2.2 1.4.10; a flowchart may be wider, in a box of its own."""
    context = _context(browser, site, NARROW, asked)
    page = context.new_page()
    for address in [*site.pages, *(f"/large{path}" for path in site.few)]:
        page.goto(address)
        assert overflow(page) <= 0, address
    context.close()


def test_a_page_weighs_less_than_sixty_kilobytes(browser: Browser, site: Site, asked: list[str]) -> None:
    """On the first visit, with styles, scripts and pictures, as they come over the wire."""
    weights = {}
    for address in site.pages:
        context = _context(browser, site, DESKTOP, asked)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[float] = []
        session.on(
            "Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"])
        )
        page.goto(address, wait_until="load")
        expect(page.locator("body")).to_be_visible()
        weights[address] = sum(sizes)
        context.close()

    assert {address: size for address, size in weights.items() if size >= MOST_BYTES} == {}
    assert min(weights.values()) > 0


# --- the column that other sites frame ---


@pytest.fixture
def elsewhere(site: Site) -> Iterator[str]:
    """Another organ's website, which frames pages of ours: the column first, then what it may not."""
    framed = ["/embed/dz-scjg?rows=20", "/decisions", f"/decisions/{site.slug}", "/verify", "/", "/officers"]
    frames = "".join(
        f'<iframe name="f{n}" src="{site.address}{path}"></iframe>' for n, path in enumerate(framed)
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>某某局</title>{frames}".encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_another_site_may_frame_the_column_and_nothing_else(
    browser: Browser, site: Site, elsewhere: str, asked: list[str]
) -> None:
    context = browser.new_context(locale="zh-CN")
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(elsewhere, wait_until="load")

    column, *others = page.frames[1:]
    expect(column.get_by_role("listitem")).to_have_count(20)
    assert {frame.url for frame in others} == {"chrome-error://chromewebdata/"}
    assert [url for url in asked if not url.startswith((site.address, elsewhere))] == []
    assert context.cookies() == []
    context.close()


# --- without scripts ---


@pytest.fixture
def plain(browser: Browser, site: Site, asked: list[str]) -> Iterator[Page]:
    """A phone's tab with scripts switched off."""
    context = _context(browser, site, PHONE, asked, java_script_enabled=False)
    yield context.new_page()
    assert not [url for url in asked if url.endswith(".js")]
    context.close()


def test_search_filter_page_and_open_without_scripts(plain: Page, site: Site) -> None:
    plain.goto("/")
    plain.get_by_label("查询内容").fill("达州市某某 号店")
    plain.get_by_role("button", name="查询").click()
    expect(plain.get_by_role("status")).to_contain_text("共 34 条")

    plain.get_by_label("领域").select_option("food")
    plain.get_by_role("button", name="查询").click()
    expect(plain).to_have_url(re.compile("field=food"))
    plain.get_by_role("link", name="下一页").click()
    expect(plain.get_by_text("已到末页")).to_be_visible()

    plain.get_by_role("link", name="回到第一页").click()
    plain.get_by_role("link", name=site.number).click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text(site.number)


def test_verify_by_code_without_scripts(plain: Page, site: Site) -> None:
    plain.goto("/verify")
    # The driver switches scripts off without telling the page: what stands for that case is there, not drawn.
    assert "选择的文件会发送到本网站" in plain.content()

    plain.get_by_label("验证码").fill("ABCD2345EFGH")
    plain.get_by_role("button", name="核验", exact=True).click()

    expect(plain.get_by_role("heading", name="没有这个验证码")).to_be_visible()


def test_statistics_and_large_print_without_scripts(plain: Page, site: Site) -> None:
    plain.goto("/statistics")
    expect(plain.locator("svg.chart").first).to_be_visible()
    plain.locator("summary", has_text="按机关的数字").click()
    expect(plain.get_by_role("rowheader", name="达州市市场监督管理局").first).to_be_visible()

    plain.get_by_role("link", name="长者版").click()
    expect(plain).to_have_url(f"{site.address}/large/statistics")
    plain.locator("footer").get_by_role("link", name="执法决定", exact=True).click()
    expect(plain).to_have_url(f"{site.address}/large/decisions")
    plain.get_by_role("link", name="标准版").click()
    expect(plain).to_have_url(f"{site.address}/decisions")
