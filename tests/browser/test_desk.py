"""What scripts add to the desk: the way back to a list as it was left, and today's date at one press."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from mingjing.demo.answers import answer
from mingjing.demo.scenes import Scene
from mingjing.demo.staffing import PASSWORD
from mingjing.demo.stories import STORIES
from mingjing.kernel.clocks import SHANGHAI

from .conftest import City
from .forms import fill_facts

pytestmark = pytest.mark.browser
FILTERED = "/desk/cases?state=open&sort=due"


@pytest.fixture
def desk(browser: Browser, city: City) -> Iterator[Page]:
    context = browser.new_context(base_url=city.address, locale="zh-CN", timezone_id="America/New_York")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("用户名").fill("scjg-chengban1")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/desk$"))
    yield page
    context.close()


def test_a_page_leads_back_to_the_list_as_it_was_left(desk: Page) -> None:
    desk.goto(FILTERED)
    desk.locator("main").get_by_role("link", name="登记新案").click()

    crumb = desk.locator(".crumbs").get_by_role("link", name="案件")

    expect(crumb).to_have_attribute("href", FILTERED)


def test_who_comes_from_another_list_is_led_back_there_until_he_takes_the_menu(desk: Page) -> None:
    desk.goto("/desk?lamp=soon")
    desk.locator("main").get_by_role("link", name="登记新案").click()
    back = desk.locator(".crumbs").get_by_role("link", name="← 我的待办")
    expect(back).to_have_attribute("href", "/desk?lamp=soon")

    desk.locator(".side").get_by_role("link", name="登记新案").click()

    expect(desk.locator(".crumbs").get_by_role("link", name="案件")).to_be_visible()
    expect(back).to_have_count(0)


def test_today_is_local_time_wherever_the_computer_stands(desk: Page) -> None:
    # In New York it is still the day before.
    desk.clock.install(time="2026-11-20T17:30:00Z")
    desk.goto("/desk/cases/new")
    expect(desk.locator("button.now")).to_have_count(desk.locator("[data-now]").count())

    desk.get_by_role("button", name="今天").first.click()
    desk.get_by_role("button", name="现在").first.click()

    expect(desk.get_by_label("发现日期")).to_have_value("2026-11-21")
    expect(desk.get_by_label("收到时间")).to_have_value("2026-11-21T01:30")


@pytest.fixture
def opened(desk: Page, city: City) -> str:
    """The address of a case's inspection, which asks for much."""
    desk.goto("/desk/cases/new?procedure=penalty-ordinary")
    desk.locator("#title").fill("某某店经营超过保质期的食品案")
    desk.locator("input[name=party][value=new]").check()
    desk.locator("[name='party.name']").fill("达州市某某商店")
    for officer in city.by_role["handler"][:2]:
        desk.locator(f"input[name=handlers][value='{officer}']").check()
    now = datetime.now(SHANGHAI)
    scene = Scene(STORIES[0], "达州市某某商店", "张某某", "某某路", (), "", "", "0818-0000000", 0)
    fill_facts(desk, answer("register", scene, now, {}))
    desk.locator("button.button-main", has_text="登记").click()
    desk.wait_for_url(re.compile(r"/desk/cases/\d+$"))
    return f"{desk.url}/steps/site_inspection"


def test_what_was_typed_survives_a_reload_until_it_is_sent(desk: Page, opened: str) -> None:
    desk.on("dialog", lambda asked: asked.accept())
    desk.goto(opened)
    findings = desk.locator("[name='fact.site_findings']")
    findings.fill("货架第二层陈列三袋。")
    desk.locator("[name='fact.site_inquest'][value=true]").check()
    desk.reload()
    expect(findings).to_have_value("")

    desk.get_by_role("button", name="恢复").click()

    expect(findings).to_have_value("货架第二层陈列三袋。")
    expect(desk.locator("[name='fact.site_inquest'][value=true]")).to_be_checked()

    fill_facts(desk, {"site_findings": "货架第二层陈列四袋。"})
    desk.get_by_role("link", name="取消").click()
    desk.wait_for_url(re.compile(r"/desk/cases/\d+$"))
    desk.goto("/desk/cases/new?procedure=penalty-ordinary")
    # The lead was taken: what was typed for it is gone.
    expect(desk.locator("#title")).to_have_value("")
    expect(desk.get_by_role("button", name="恢复")).to_have_count(0)
    desk.goto(opened)
    expect(desk.get_by_role("button", name="恢复")).to_be_visible()


def test_a_form_that_nobody_wrote_in_offers_nothing(desk: Page, opened: str) -> None:
    desk.goto(opened)
    desk.locator("form[data-step]").evaluate("form => { form.noValidate = true }")
    desk.locator("form[data-step] button.button-main").click()

    expect(desk.locator(".error-summary")).to_be_visible()
    expect(desk.locator("button.now")).not_to_have_count(0)  # the scripts have run
    expect(desk.get_by_role("button", name="恢复")).to_have_count(0)


def test_who_signs_out_leaves_nothing_typed_behind(desk: Page, opened: str) -> None:
    desk.on("dialog", lambda asked: asked.accept())
    desk.goto(opened)
    desk.locator("[name='fact.site_findings']").fill("货架第二层陈列三袋。")
    desk.goto("/desk")
    assert _kept(desk) == 1

    desk.locator("summary", has_text="李某甲").click()
    desk.get_by_role("button", name="退出登录").click()
    desk.wait_for_url("**/sign-in*")

    assert _kept(desk) == 0


def _kept(page: Page) -> int:
    return int(page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('unsent:')).length"))
