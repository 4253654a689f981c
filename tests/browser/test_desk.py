"""What scripts add to the desk: the way back to a list as it was left, and today's date at one press."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mingjing.demo.staffing import PASSWORD

from .conftest import City

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
