"""An officer works without a network and loses nothing: the field app in a real browser at phone size."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from mingjing.demo.staffing import PASSWORD
from mingjing.kernel.clocks import SHANGHAI

from .conftest import City
from .device import STORE, keep, unsent
from .forms import fill_facts

pytestmark = pytest.mark.browser

PLACE = {"latitude": 31.2095, "longitude": 107.4678}
LI, WANG = "scjg-chengban1", "scjg-chengban2"
PACKED_MS = 240_000  # one page after the other
SENT_MS = 30_000  # a busy machine renders the paper of an act in a while
# A disk that is full as the browser tells it. The protocol's Storage.overrideQuotaForOrigin changes only what it
# reports itself: Chromium goes on taking what a page writes.
FULL = """(full) => {
  window.realPut ||= IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = full
    ? () => { throw new DOMException("no room", "QuotaExceededError"); }
    : window.realPut;
}"""


def phone(browser: Browser, city: City, user: str) -> Iterator[Page]:
    """A phone on which this person is signed in; everything it keeps is its own."""
    context = browser.new_context(
        base_url=city.address,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation=PLACE,
        permissions=["geolocation"],
    )
    page = context.new_page()
    sign_in(page, user)
    yield page
    context.close()


@pytest.fixture
def li(browser: Browser, city: City) -> Iterator[Page]:
    yield from phone(browser, city, LI)


@pytest.fixture
def wang(browser: Browser, city: City) -> Iterator[Page]:
    yield from phone(browser, city, WANG)


def ago(days: int) -> str:
    """The day so many days back, as a date input takes it."""
    return (datetime.now(SHANGHAI).date() - timedelta(days=days)).isoformat()


def sign_in(page: Page, user: str) -> None:
    page.goto("/sign-in?next=/field/")
    page.get_by_label("用户名").fill(user)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/field/")


def pack(page: Page) -> None:
    """The day's pages are on the device."""
    page.goto("/field/")
    expect(page.locator("[data-pack]")).to_contain_text("离线资料已备好", timeout=PACKED_MS)


def draw(page: Page, count: int = 3) -> None:
    page.goto("/field/numbers")
    expect(page.locator("[data-device]")).not_to_have_value("")
    page.get_by_label("领取几个号码").fill(str(count))
    page.get_by_role("button", name="领取").click()
    expect(page.get_by_text("号码已领取")).to_be_visible()


def sign(page: Page) -> None:
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(box["x"] + 30 + 30 * step, box["y"] + (80 if step % 2 else 30), steps=3)
    page.mouse.up()


def tap(page: Page, text: str) -> None:
    page.locator("label.choice", has_text=text).click()


def penalize(page: Page, party: str, colleague: str) -> int:
    """Fill in a penalty on the spot as an officer does and decide; returns the number of taps on the page."""
    page.goto("/field/penalty")
    expect(page.locator("[data-number]")).to_contain_text("文号")
    expect(page.locator("[data-decide]")).to_be_enabled()
    choices = ["标签瑕疵", "个体工商户", colleague, "已出示执法证件", "着制式服装", "口头确认", "没有异议"]
    for text in choices:
        tap(page, text)
    for name, text in (
        ("party.name", party),
        ("violation_place", "通川区某某路2号"),
        ("prior_order_no", "责改〔2026〕1号"),
        ("prior_checked_on", ago(1)),
        ("fine", "100"),
        ("film_pending", "DSJ-01"),
    ):
        page.locator(f"[name='{name}']").fill(text)
    sign(page)
    page.get_by_role("button", name="作出处罚决定").click()
    page.wait_for_url("**/field/slip*")
    return len(choices) + 1


def flush(page: Page) -> None:
    page.goto("/field/queue")
    page.get_by_role("button", name="立即上传").click()


def test_a_penalty_without_a_network_survives_a_closed_page_and_is_taken_once(li: Page, city: City) -> None:
    draw(li)
    pack(li)
    li.context.set_offline(True)

    taps = penalize(li, "达州市通川区某某便利店", city.names[str(city.by_role["handler"][1])])

    expect(li.locator("[data-slip-state]")).to_contain_text("已存在手机里")
    expect(li.locator("[data-s='number']")).to_contain_text("当罚〔")
    expect(li.locator("[data-s='qr'] svg")).to_be_visible()
    assert taps + 4 <= 12  # 处罚, the form, 打印, the signature
    unsent(li, 1)
    other = li.context.new_page()
    li.close()
    other.goto("/field/queue")
    unsent(other, 1)
    other.context.set_offline(False)
    flush(other)
    expect(other.locator("[data-queue]")).to_contain_text("平台已收到", timeout=SENT_MS)
    unsent(other, 0)
    flush(other)
    other.get_by_role("link", name="打开案件").first.click()
    expect(other.locator("h1")).to_contain_text("当罚〔")
    assert penalties(city, "达州市通川区某某便利店") == 1


def penalties(city: City, party: str) -> int:
    """How many decisions against the party the platform has. Asked of the database: the lists are paged."""
    with sqlite3.connect(f"file:{city.database}?mode=ro", uri=True) as rows:
        found = rows.execute(
            "select count(*) from cases_paper p join cases_case c on c.id = p.case_id join parties_party q"
            " on q.id = c.party_id where p.form = 'spot-decision' and q.name = ?",
            [party],
        )
        return int(found.fetchone()[0])


def open_case(page: Page, city: City, title: str) -> str:
    """An ordinary case of both handlers, registered at the desk; its number."""
    page.goto("/desk/cases/new?procedure=penalty-ordinary")
    page.locator("#title").fill(title)
    page.locator("input[name=party][value=new]").check()
    page.locator("[name='party.kind']").select_option("enterprise")
    page.locator("[name='party.name']").fill("达州市某某食品有限公司")
    for officer in city.by_role["handler"][:2]:
        page.locator(f"input[name=handlers][value='{officer}']").check()
    fill_facts(
        page,
        {
            "source_kind": "inspection",
            "found_on": ago(0),
            "lead_received_at": f"{ago(0)}T00:00",
            "lead_content": "检查发现货架陈列的食品超过保质期。",
            "violation_on": ago(1),
            "violation_place": "通川区某某路1号",
            "lead_proposal": "建议立案。",
        },
    )
    page.locator("button.button-main", has_text="登记").click()
    page.wait_for_url(re.compile(r"/desk/cases/\d+$"))
    return page.url.rsplit("/", 1)[-1]


def record_site(page: Page, no: str, findings: str) -> None:
    page.goto(f"/field/cases/{no}/steps/site_inspection")
    for name in ("site_began_at", "site_ended_at"):
        field = page.locator(".field", has=page.locator(f"[name='fact.{name}']"))
        field.get_by_role("button", name="现在").click()
        expect(page.locator(f"[name='fact.{name}']")).not_to_have_value("")
    page.locator("[name='fact.site_place']").fill("通川区某某路1号")
    page.locator("[name='fact.site_findings']").fill(findings)
    page.locator("[name='film_pending']").fill("DSJ-01")
    read_out(page)
    for name, code in (("certificates_shown", "yes"), ("uniform_worn", "yes"), ("notice_reply", "recorded")):
        page.locator(f"[name='fact.{name}'][value='{code}']").check()
    page.locator("[data-step-save]").click()
    # The step is on the device, and sent where there was a network, before its page is left.
    page.wait_for_url(f"**/field/cases/{no}")


def read_out(page: Page, language: str = "汉语") -> None:
    """Read the notice out to its end, from the screen."""
    page.get_by_role("button", name="宣读告知").click()
    page.get_by_role("button", name=re.compile(f"^{language}")).click()
    expect(page.locator("[data-spoken]:visible")).to_have_count(1)
    page.locator("[data-read-out-done]").click()
    expect(page.locator("[name='fact.rights_told'][value='yes']")).to_be_checked()


def test_a_second_paper_of_the_same_offline_day_starts_with_what_the_first_told(li: Page, city: City) -> None:
    no = open_case(li, city, "达州市某某食品有限公司离线接续办理案")
    pack(li)
    li.context.set_offline(True)
    li.goto(f"/field/cases/{no}/steps/service_address")
    li.locator("[name='fact.service_recipient']").fill("赵某某")
    li.locator("[name='fact.service_address']").fill("通川区某某路1号")
    li.locator("[data-step-save]").click()
    li.wait_for_url(f"**/field/cases/{no}")

    li.goto(f"/field/cases/{no}/steps/serve_notice")

    expect(li.locator("[data-carried]")).to_have_text("有 2 项按本案今天在手机上的办理填好，请核对。")
    expect(li.locator("[name='fact.service_address']")).to_have_value("通川区某某路1号")
    expect(li.locator("[name='fact.service_recipient']")).to_have_value("赵某某")
    assert not li.locator("[name='fact.service_method']:checked").count()


def test_two_phones_on_one_case_show_both_sides_and_merge_nothing(li: Page, wang: Page, city: City) -> None:
    no = open_case(li, city, "达州市某某食品有限公司经营超过保质期的食品案")
    li.goto(f"/field/cases/{no}/steps/site_inspection")
    keep(li)
    li.context.set_offline(True)
    record_site(li, no, "李在现场看到三件。")
    unsent(li, 1)
    record_site(wang, no, "王在现场看到五件。")
    unsent(wang, 0)

    li.context.set_offline(False)
    flush(li)

    row = li.locator("[data-queue] > li").first
    expect(row).to_contain_text("与他人的办理冲突", timeout=SENT_MS)
    expect(row.locator("[data-f='mine']")).to_contain_text("李在现场看到三件。")
    expect(row.locator("[data-f='theirs']")).to_contain_text("王在现场看到五件。")
    unsent(li, 1)
    row.get_by_role("button", name="按最新情况重新提交我的填写").click()
    expect(row).to_contain_text("平台已收到", timeout=SENT_MS)
    unsent(li, 0)


def test_a_conflict_may_be_given_up_with_a_reason_and_only_so(li: Page, wang: Page, city: City) -> None:
    no = open_case(li, city, "达州市某某食品有限公司第二案")
    li.goto(f"/field/cases/{no}/steps/site_inspection")
    keep(li)
    li.context.set_offline(True)
    record_site(li, no, "同一次检查。")
    unsent(li, 1)
    record_site(wang, no, "同一次检查，由王记录。")
    unsent(wang, 0)
    li.context.set_offline(False)
    flush(li)
    give_up = li.get_by_role("button", name="不再上传")
    expect(give_up).to_be_visible(timeout=SENT_MS)

    li.once("dialog", lambda dialog: dialog.accept(""))
    give_up.click()
    unsent(li, 1)
    li.once("dialog", lambda dialog: dialog.accept("王已经记录同一次检查。"))
    give_up.click()

    unsent(li, 0)


def test_a_full_disk_is_told_and_what_was_filled_in_stays_on_the_page(li: Page, city: City) -> None:
    draw(li)
    pack(li)
    li.context.set_offline(True)
    li.goto("/field/penalty")
    expect(li.locator("[data-number]")).to_contain_text("文号")
    photo = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + bytes(3_000_000)}
    for text in ("标签瑕疵", "个体工商户", city.names[str(city.by_role["handler"][1])]):
        tap(li, text)
    for text in ("已出示执法证件", "着制式服装", "口头确认", "没有异议"):
        tap(li, text)
    for name, text in (
        ("party.name", "达州市通川区某某面馆"),
        ("violation_place", "通川区某某路3号"),
        ("prior_order_no", "责改〔2026〕2号"),
        ("prior_checked_on", ago(1)),
        ("fine", "100"),
        ("film_pending", "DSJ-01"),
    ):
        li.locator(f"[name='{name}']").fill(text)
    sign(li)
    li.locator("#p-files").set_input_files(photo)
    li.evaluate(FULL, True)

    li.get_by_role("button", name="作出处罚决定").click()

    expect(li.locator("[data-said]")).to_contain_text("手机存储空间已满")
    # The draft may have said it first: the decision has failed when it can be taken again.
    expect(li.locator("[data-decide]")).to_be_enabled()
    expect(li.locator("[name='party.name']")).to_have_value("达州市通川区某某面馆")
    unsent(li, 0)
    li.evaluate(FULL, False)
    li.get_by_role("button", name="作出处罚决定").click()
    li.wait_for_url("**/field/slip*")
    unsent(li, 1)


def test_a_session_that_ended_keeps_the_queue_until_the_officer_is_back(li: Page, city: City) -> None:
    draw(li)
    pack(li)
    li.context.set_offline(True)
    penalize(li, "达州市通川区某某茶楼", city.names[str(city.by_role["handler"][1])])
    li.context.clear_cookies(name="sessionid")
    li.context.set_offline(False)

    li.evaluate("() => dispatchEvent(new Event('online'))")

    expect(li.locator("[data-signed-out]")).to_be_visible()
    unsent(li, 1)
    sign_in(li, LI)
    li.goto("/field/queue")
    expect(li.locator("[data-queue]")).to_contain_text("平台已收到", timeout=SENT_MS)
    unsent(li, 0)
    assert penalties(city, "达州市通川区某某茶楼") == 1


def test_nobody_signs_out_over_what_is_not_sent(li: Page, city: City) -> None:
    draw(li)
    pack(li)
    li.context.set_offline(True)
    penalize(li, "达州市通川区某某书店", city.names[str(city.by_role["handler"][1])])
    li.goto("/field/")

    li.get_by_role("button", name="退出登录").click()

    expect(li.locator("[data-sign-out-no]")).to_contain_text("现在不能退出登录")
    li.context.set_offline(False)
    flush(li)
    unsent(li, 0)
    li.goto("/field/")
    li.get_by_role("button", name="退出登录").click()
    li.wait_for_url("**/sign-in*")
    sign_in(li, LI)
    assert kept(li) == 0


def kept(page: Page) -> int:
    """How many acts the device holds, sent or not."""
    return int(page.evaluate(f"async () => (await {STORE}.all('acts')).length"))


def test_a_wrong_clock_is_told_and_put_right(browser: Browser, city: City) -> None:
    for page in phone(browser, city, LI):
        page.add_init_script("const real = Date.now; Date.now = () => real() - 3 * 3600 * 1000;")
        page.goto("/field/")
        expect(page.locator("[data-clock]")).to_contain_text("慢 180 分钟")


def test_a_form_works_while_the_network_is_there_and_says_nothing(li: Page, city: City) -> None:
    """Behind a warehouse the phone has a signal and no answer: nothing that is filled in may wait for one."""
    no = open_case(li, city, "达州市某某食品有限公司信号不好案")
    for address in ("**/field/status", "**/field/numbers.json"):
        li.context.route(address, lambda route: None)
    li.goto("/field/penalty")
    expect(li.locator("[data-items] label").first).to_be_visible()
    expect(li.locator("[data-decide]")).to_be_enabled()
    li.goto(f"/field/cases/{no}/steps/site_inspection")
    field = li.locator(".field", has=li.locator("[name='fact.site_began_at']"))

    field.get_by_role("button", name="现在").click()

    expect(li.locator("[name='fact.site_began_at']")).not_to_have_value("")
    expect(li.locator("[data-step-save]")).to_be_enabled()
    li.goto("/field/recorder")
    expect(li.locator("[data-main]")).to_be_enabled()


def test_every_page_fits_a_phone_and_every_target_a_glove(li: Page, city: City) -> None:
    no = open_case(li, city, "达州市某某食品有限公司窄屏幕案")
    li.set_viewport_size({"width": 375, "height": 700})
    pages = ("", "tasks", "queue", "record", "recorder", "certificate", "penalty", "numbers", "look-up")
    for path in (*pages, f"cases/{no}", f"cases/{no}/steps/site_inspection"):
        li.goto(f"/field/{path}")
        li.wait_for_load_state("networkidle")
        assert li.evaluate("() => document.documentElement.scrollWidth") <= 375, path
        assert small(li) == [], path


def small(page: Page) -> list[Any]:
    """What is to be tapped and is lower than 56 px; links within a sentence may be lower, with room around them."""
    script = """() => [...document.querySelectorAll(
        "main button, main select, main textarea, main input:not([type=radio]):not([type=checkbox]), label.choice, "
        + "summary, .wide-row, .tasks a, .three a, .thumb-bar button, .top .up")]
      .filter((one) => one.offsetParent && !one.classList.contains("visually-hidden") && one.type !== "hidden")
      .map((one) => [one.tagName, one.textContent.trim().slice(0, 12), one.getBoundingClientRect().height])
      .filter(([, , height]) => height < 55.5)"""
    return list(page.evaluate(script))
