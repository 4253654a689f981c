"""The certificate on an officer's screen and the words read aloud, with and without a network, at phone size."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from mingjing.kernel.clocks import SHANGHAI
from mingjing.web.ui.svg.qr import qr

from .conftest import City
from .device import STORE, keep, unsent
from .test_field_app import LI, open_case, pack, phone

pytestmark = pytest.mark.browser
# The word for the visit of a penalty on the spot, as the phone keeps it.
KEPT_VISIT = f"""
async () => {{
  const rows = await {STORE}.all("kept");
  return rows.find((row) => row.name.startsWith("visit:penalty:")).value;
}}
"""
DRAWN = "document.querySelector('[data-card-code]').innerHTML"


@pytest.fixture
def li(browser: Browser, city: City) -> Iterator[Page]:
    yield from phone(browser, city, LI)


@pytest.fixture
def citizen(browser: Browser, city: City) -> Iterator[Page]:
    """Another phone, on which nobody is signed in."""
    context = browser.new_context(base_url=city.address, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def read(page: Page, place: str = "[data-card-code]") -> str:
    """What the code on the screen says, as another phone's camera reads it."""
    picture = Image.open(io.BytesIO(page.locator(place).screenshot()))
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)


def show(page: Page) -> str:
    expect(page.locator("[data-card-clock]")).to_contain_text("动态码")
    return read(page)


def test_a_citizen_scans_the_screen_and_confirms(li: Page, citizen: Page) -> None:
    li.goto("/field/certificate")
    address = show(li)
    assert re.search(r"/officers/\d+\?c=[\w-]{27}$", address)

    citizen.goto(address)
    expect(citizen.get_by_text("当面扫码有效")).to_be_visible()
    citizen.get_by_role("button", name="照片和人一致，是本人").click()
    expect(citizen.get_by_text("您已确认是本人")).to_be_visible()

    expect(li.locator("[data-scans]")).to_contain_text("当事人已扫码核验，确认是本人")


def test_the_code_is_made_without_a_network_and_the_showing_waits(li: Page, citizen: Page) -> None:
    pack(li)
    li.goto("/field/certificate")
    show(li)
    li.context.set_offline(True)
    li.reload()

    address = show(li)
    li.get_by_role("button", name="已向当事人出示").click()
    expect(li.get_by_text("已记下")).to_be_visible()

    citizen.goto(address)
    expect(citizen.get_by_text("当面扫码有效")).to_be_visible()
    li.context.set_offline(False)
    li.goto("/field/queue")
    li.get_by_role("button", name="立即上传").click()
    unsent(li, 0)


def test_the_code_changes_with_the_minute(li: Page) -> None:
    li.clock.install()
    li.goto("/field/certificate")
    first, drawn = show(li), li.evaluate(DRAWN)

    li.clock.run_for(61_000)

    # The key is reckoned beside the clock that was moved: the picture changes a moment later.
    li.wait_for_function(f"drawn => {DRAWN} !== drawn", arg=drawn)
    assert read(li) != first


def test_three_days_without_the_platform_the_screen_says_so(li: Page) -> None:
    pack(li)
    li.goto("/field/certificate")
    show(li)
    li.context.set_offline(True)
    li.clock.install(time=datetime.now(SHANGHAI) + timedelta(days=3))

    li.reload()

    expect(li.locator("[data-card-clock]")).to_contain_text("手机离开网络太久")
    assert "?c=" not in read(li)


def test_the_words_are_read_aloud_without_a_network_in_the_language_asked(li: Page, city: City) -> None:
    no = open_case(li, city, "达州市某某食品有限公司第三案")
    step = f"/field/cases/{no}/steps/site_inspection"
    li.goto(step)
    keep(li)
    li.context.set_offline(True)
    li.goto(step)

    li.get_by_role("button", name="宣读告知").click()
    expect(li.get_by_text("达州市市场监督管理局的执法人员")).to_be_visible()
    li.get_by_role("button", name="英语").click()
    expect(li.get_by_text("you may ask for recusal")).to_be_visible()
    li.get_by_role("button", name=re.compile("彝语")).click()
    expect(li.get_by_text("还没有经核定的彝语告知词")).to_be_visible()
    li.get_by_role("button", name="已由翻译人员口译").click()

    expect(li.locator("[name='fact.notice_language'][value='interpreter']")).to_be_checked()
    expect(li.locator("#fact-notice_interpreter")).to_be_visible()


def test_a_certificate_shown_in_the_matter_fills_in_its_form(li: Page, city: City) -> None:
    no = open_case(li, city, "达州市某某食品有限公司第四案")
    li.goto(f"/field/cases/{no}/steps/site_inspection")
    expect(li.locator("[name='fact.certificates_shown'][value='yes']")).not_to_be_checked()

    li.get_by_role("link", name="亮证：出示我的证件和二维码").click()
    expect(li.locator("[data-visit]")).to_contain_text(no)
    li.get_by_role("button", name="已向当事人出示").click()
    expect(li.get_by_text("已记下")).to_be_visible()
    li.goto(f"/field/cases/{no}/steps/site_inspection")

    expect(li.locator("[data-shown-today]")).to_contain_text("已出示证件")
    expect(li.locator("[name='fact.certificates_shown'][value='yes']")).to_be_checked()


def test_a_certificate_shown_before_a_penalty_is_told_there_and_forgotten_with_it(li: Page) -> None:
    li.goto("/field/penalty")
    expect(li.locator("[name='certificates_shown']")).not_to_be_checked()

    li.get_by_role("link", name="出示我的证件和二维码").click()
    expect(li.locator("[data-visit]")).to_contain_text("用于这一次当场处罚")
    li.get_by_role("button", name="已向当事人出示").click()
    expect(li.get_by_text("已记下")).to_be_visible()
    token = li.evaluate(KEPT_VISIT)
    li.goto("/field/penalty")

    expect(li.locator("[data-shown-today]")).to_contain_text("已出示证件")
    expect(li.locator("[name='certificates_shown']")).to_be_checked()
    assert re.fullmatch("[0-9a-f]{12}", token)


@pytest.mark.parametrize("length", [20, 40, 60, 84, 85, 106, 122, 150, 180, 212])
def test_the_phone_draws_codes_of_every_size_that_are_read_back(li: Page, length: int) -> None:
    text = ("https://example.test/officers/23170001?c=" + "Aciu8AEjRWeJq3G0OU0H-zNTBCU" * 8)[:length]
    li.goto("/field/certificate")
    li.evaluate(
        """async (text) => {
          const { svg } = await import("/static/field/qr.js");
          const place = Object.assign(document.createElement("div"), { id: "drawn", innerHTML: svg(text) });
          place.style.width = "360px";
          document.body.prepend(place);
        }""",
        text,
    )

    assert read(li, "#drawn") == text
    assert qr(text)  # the platform draws the same text
