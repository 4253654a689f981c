"""One case from lead to archive in a real browser, each person in turn, then as the public sees it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from mingjing.demo.answers import answer
from mingjing.demo.scenes import Scene
from mingjing.demo.staffing import PASSWORD
from mingjing.demo.stories import STORIES

from .conftest import EXPECTED_WITHIN, ROOT, City
from .forms import add_film, fill_facts

pytestmark = pytest.mark.browser

SHANGHAI = ZoneInfo("Asia/Shanghai")
WIDE, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
SHOTS = ROOT / "docs" / "shots" if os.environ.get("MINGJING_SHOTS") == "1" else None
VERIFIER = ROOT / "mingjing" / "record" / "verifier" / "mingjing_verify.py"
# Outdated food: 50,000 yuan makes the case major (review, discussion), yet stays below the hearing threshold.
STORY = next(story for story in STORIES if story.power == "FOOD-03")
FINE_FEN = 5_000_000
PARTY = "达州市某某食品有限公司"
TITLE = f"{PARTY}{STORY.cause}案"
HANDLER, REVIEWER, HEAD = "scjg-chengban1", "scjg-fazhi", "scjg-juzhang"
OFFICE = "scjg-gongshi"  # publisher, cashier and archivist

INVESTIGATION = ("site_inspection", "file", "service_address", "interview", "evidence_extract", "conclude")
NOTICE = ("advance_notice", "serve_notice", "waive_statement")
WAIVER = {"waiver_kind": "statement", "waiver_text": "我放弃陈述、申辩。"}


@dataclass
class Journey:
    """The browser, the scene that is played and the case once it has a number."""

    page: Page
    city: City
    scene: Scene
    case_no: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def case_address(self) -> str:
        return f"/desk/cases/{self.case_no}"

    def sign_in(self, username: str) -> None:
        self.page.goto("/sign-in")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page).to_have_url(re.compile("/desk$"))

    def become(self, username: str) -> None:
        """Change the person by the demo's menu."""
        self.page.goto("/desk/switch")
        self.page.locator(f"button[name=username][value={username}]").click()
        expect(self.page).to_have_url(re.compile("/desk$"))

    def open_case(self) -> None:
        page = self.page
        page.goto("/desk/cases/new?procedure=penalty-ordinary")
        page.locator("#title").fill(TITLE)
        page.locator("#region").select_option("511700")
        page.locator("#power").fill(STORY.power)
        page.locator("input[name=party][value=new]").check()
        page.locator("[name='party.kind']").select_option(STORY.party_kind)
        page.locator("[name='party.name']").fill(PARTY)
        page.locator("[name='party.legal_representative']").fill(self.scene.representative)
        page.locator("[name='party.address']").fill("达州市通川区某某路1号")
        for officer in self.scene.officers:
            page.locator(f"input[name=handlers][value='{officer}']").check()
        fill_facts(page, answer("register", self.scene, _now(), {}))
        page.locator("button.button-main", has_text="登记").click()
        page.wait_for_url(re.compile(r"/desk/cases/\d+$"), wait_until="domcontentloaded")
        expect(page.locator("h1")).to_contain_text(TITLE)
        self.case_no = page.url.rsplit("/", 1)[1]

    def take(self, step: str) -> None:
        """Go to the step by its link on the case page, fill in its form and send it."""
        page = self.page
        page.goto(self.case_address)
        link = page.locator(f"a[href='{self.case_address}/steps/{step}']").last
        if not link.is_visible():
            page.locator("details", has=link).locator("summary").click()
        link.click()
        # A click does not wait for the page it leads to, and the form is read without waiting.
        page.wait_for_url(f"**/steps/{step}", wait_until="domcontentloaded")
        fill_facts(page, self.facts(step))
        add_film(page)
        for box in page.locator("input[name=reviewed]").all():
            box.check()
        if step == "conclude":
            self.shoot("step-form")
        page.locator("form[data-step] button.button-main").click()
        page.wait_for_url(f"**{self.case_address}", wait_until="domcontentloaded")
        expect(page.get_by_text(re.compile("”已办理|”已报批"))).to_be_visible()

    def facts(self, step: str) -> dict[str, object]:
        return WAIVER if step == "waive_statement" else answer(step, self.scene, _now(), {})

    def is_waiting(self) -> bool:
        """Whether the case waits for the head's approval."""
        return self.page.locator("#approval").count() > 0

    def approve(self) -> None:
        """The head approves what was submitted, on the case page; then the handler is back."""
        self.become(HEAD)
        self.page.goto(self.case_address)
        self.page.locator("#approval").get_by_role("button", name="批准").click()
        expect(self.page.locator("#approval")).to_have_count(0)

    def act(self, username: str, *steps: str) -> None:
        """Somebody takes steps; where one needs approval, the head approves before the next."""
        self.become(username)
        for step in steps:
            self.take(step)
            if self.is_waiting():
                self.approve()
                self.become(username)

    def shoot(self, name: str, size: dict[str, int] = WIDE) -> None:
        """A picture for the documentation, where it was asked for."""
        if SHOTS is None:
            return
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.set_viewport_size(size)
        self.page.evaluate("window.scrollTo(0, 0)")
        self.page.screenshot(path=SHOTS / f"{name}.png")
        self.page.set_viewport_size(WIDE)


def _now() -> datetime:
    return datetime.now(SHANGHAI)


@pytest.fixture
def journey(browser: Browser, city: City) -> Iterator[Journey]:
    context = browser.new_context(
        base_url=city.address, viewport=WIDE, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(EXPECTED_WITHIN)
    page = context.new_page()
    scene = Scene(
        story=STORY,
        party_name=PARTY,
        representative="张某某",
        place="通川区某某路",
        officers=tuple(city.by_role["handler"][:2]),
        head_name=city.name_of("organ_head"),
        reviewer_name=city.name_of("reviewer"),
        phone="0818-0000000",
        fine_fen=FINE_FEN,
    )
    journey = Journey(page, city, scene)
    page.on("pageerror", lambda error: journey.faults.append(str(error)))
    yield journey
    context.close()


def test_a_case_goes_from_lead_to_archive_and_anybody_can_check_it(journey: Journey, tmp_path: Path) -> None:
    journey.sign_in(HANDLER)
    journey.open_case()
    journey.act(HANDLER, *INVESTIGATION)
    journey.shoot("case")
    journey.shoot("case-phone", PHONE)
    journey.act(REVIEWER, "legal_review")
    journey.become(HANDLER)
    _show_desk(journey)
    journey.act(HANDLER, *NOTICE)
    journey.act(HEAD, "discussion", "decide")
    journey.act(HANDLER, "serve_decision")
    paper, slip = _keep_decision(journey, tmp_path)
    journey.act(OFFICE, "publish")
    _reconcile(journey, slip)
    journey.act(HANDLER, "close")
    journey.act(OFFICE, "archive_penalized")
    expect(journey.page.locator(".case-heading")).to_contain_text("处罚决定履行完毕")

    bundle, checking = _see_as_public(journey, tmp_path)
    _verify_offline(bundle, paper, _published_policy(journey, tmp_path))
    _verify_bundle(journey, checking, bundle, paper)
    _verify_paper(journey, checking, paper)
    assert journey.faults == []


def _show_desk(journey: Journey) -> None:
    journey.page.goto("/desk")
    expect(journey.page.get_by_text(PARTY).first).to_be_visible()
    journey.shoot("todo")
    journey.shoot("todo-phone", PHONE)
    journey.page.goto("/desk/procedures/penalty-ordinary")
    journey.shoot("flowchart")


def _keep_decision(journey: Journey, folder: Path) -> tuple[Path, str]:
    """The decision as the party receives it, and the code of its payment slip."""
    page = journey.page
    page.goto(journey.case_address)
    link = page.locator("a[href^='/desk/papers/']", has_text="行政处罚决定书").first
    answered = page.request.get(link.get_attribute("href") or "")
    assert answered.ok
    kept = folder / "decision.pdf"
    kept.write_bytes(answered.body())
    return kept, page.locator("[aria-labelledby=payments-title] .code").inner_text()


def _reconcile(journey: Journey, code: str) -> None:
    """The bank's file closes the slip: the fine and the confiscated gains in one payment."""
    yuan = (FINE_FEN + (STORY.gains_fen or 0)) / 100
    rows = f"缴款码,金额（元）,缴款日期,流水号\n{code},{yuan:.2f},{_now():%Y-%m-%d},L0001\n"
    page = journey.page
    page.goto("/desk/payments")
    page.locator("#file").set_input_files(
        {"name": "bank.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-8-sig")}
    )
    page.get_by_role("button", name="导入并确认").click()
    expect(page.locator("#result-title")).to_contain_text("确认 1 笔")


def _see_as_public(journey: Journey, folder: Path) -> tuple[Path, str]:
    """The decision on the public site, found from its first page: its bundle, and the paper's code."""
    page = journey.page
    page.context.clear_cookies()
    page.goto("/")
    expect(page.get_by_text(PARTY).first).to_be_visible()
    journey.shoot("public-home")
    page.goto("/decisions")
    page.get_by_role("row").filter(has_text=PARTY).get_by_role("link").first.click()
    expect(page.get_by_text("已存证")).to_be_visible()
    journey.shoot("decision")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载核验包").click()
    bundle = folder / "bundle.zip"
    download.value.save_as(bundle)
    address = page.get_by_role("link", name="核验 PDF 文件").get_attribute("href") or ""
    return bundle, address


def _published_policy(journey: Journey, folder: Path) -> Path:
    """The trust policy as the page of the log links it."""
    journey.page.goto("/log")
    link = journey.page.get_by_role("link", name="信任政策").get_attribute("href") or ""
    policy = folder / "policy.txt"
    policy.write_bytes(journey.page.request.get(link).body())
    return policy


def _verify_offline(bundle: Path, paper: Path, policy: Path) -> None:
    """The verifier needs nothing of the platform: alone in isolated mode it proves records, text and paper."""
    told = subprocess.run(
        [sys.executable, "-I", VERIFIER, bundle, "--document", paper, "--policy", policy],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "结论：证明成立。" in told.stdout
    assert told.stdout.count("完全一致") == 2


def _verify_bundle(journey: Journey, address: str, bundle: Path, paper: Path) -> None:
    """The browser proves the same bundle, step by step, with the paper that was chosen along."""
    page = journey.page
    page.goto(address)
    page.locator("#file").set_input_files([bundle, paper])
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator("#answer h2")).to_contain_text("真")
    expect(page.locator("#answer")).to_contain_text("完全一致（decision.pdf）")
    expect(page.locator(".ladder").first).to_be_attached()
    journey.shoot("verify-bundle")


def _verify_paper(journey: Journey, address: str, paper: Path) -> None:
    """The paper is told true; with one more byte it is told changed."""
    page, answer_box = journey.page, journey.page.locator("#answer h2")
    page.goto(address)
    page.locator("#file").set_input_files(paper)
    page.get_by_role("button", name="核验", exact=True).click()
    expect(answer_box.first).to_contain_text("真")
    expect(page.locator("#answer")).to_contain_text("记录在所签名的日志里")
    journey.shoot("verify")
    altered = paper.with_name("altered.pdf")
    altered.write_bytes(paper.read_bytes() + b"\n")
    page.goto(address)
    page.locator("#file").set_input_files(altered)
    page.get_by_role("button", name="核验", exact=True).click()
    expect(answer_box).to_contain_text("改动")
