"""The recorder in a real browser with a fake camera: cut off from the network, reloaded, and nothing is lost."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mingjing.demo.staffing import PASSWORD
from mingjing.kernel import canonical, capture
from mingjing.kernel.clocks import SHANGHAI
from tests.kernel.test_capture import START, VECTOR

from .conftest import DATABASE, EXPECTED_WITHIN, FOUND, ROOT, run, serving
from .device import STORE, keep, until

pytestmark = pytest.mark.browser

CAMERA = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
PHONE = {"width": 390, "height": 844}
HANDLER = "scjg-chengban1"
STATIC = ROOT / "mingjing" / "web" / "ui" / "static"
SHOTS = Path(os.environ["MINGJING_RECORDER_SHOTS"]) if "MINGJING_RECORDER_SHOTS" in os.environ else None
# A sealing case up to its approval; the recorded step is still to come.
PREPARE = f"""{FOUND}
from mingjing.cases.models import Case
from mingjing.demo import coercions
from mingjing.demo.inspections import asked, enter, open_matter, party_of
at = now - timedelta(hours=3)
facts = asked("measure-sealing", at, coercions._SEALING)
case_id = open_matter(team, "measure-sealing", at=at, title="某某食品扣押案", facts=facts, party=party_of(team, "达州市某某食品有限公司", at))
enter(team, case_id, "approve_measure", coercions._SEALING, at + timedelta(hours=1))
print(json.dumps({{"no": Case.objects.get(pk=case_id).no}}))
"""


@dataclass(frozen=True)
class Site:
    """A running platform with one sealing case."""

    address: str
    no: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, lay_tables: Callable[[Path], Path]) -> Iterator[Site]:
    var = lay_tables(tmp_path_factory.mktemp("var") / DATABASE).parent
    with serving(var, PREPARE) as (environment, told):
        yield Site(environment["MINGJING_PUBLIC_URL"], told["no"], environment)


@pytest.fixture(scope="module")
def camera(chromium: Callable[..., Browser]) -> Iterator[Browser]:
    """The system's Chromium with a camera that shows a moving picture and a microphone that beeps."""
    found = chromium(*CAMERA)
    yield found
    found.close()


@pytest.fixture
def context(camera: Browser, site: Site) -> Iterator[BrowserContext]:
    made = camera.new_context(
        viewport=PHONE,
        has_touch=True,
        base_url=site.address,
        permissions=["camera", "microphone", "geolocation"],
        geolocation={"latitude": 31.209, "longitude": 107.468, "accuracy": 12},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    made.set_default_timeout(EXPECTED_WITHIN)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/sign-in?next=/field/")
    page.get_by_label("用户名").fill(HANDLER)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/field/$"))
    return page


def captures(page: Page) -> list[dict[str, Any]]:
    """What the device holds of its recordings, without their bytes."""
    return page.evaluate(
        """async () => {
          const store = await import('/static/field/store.js');
          const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');
          return (await store.all('captures')).sort((a, b) => a.n - b.n).map((one) => ({
            id: one.id, n: one.n, kind: one.kind, count: one.count, sent: one.sent, size: one.size, head: hex(one.head), done: one.done,
            ending: one.ending, marks: one.marks.map((mark) => mark.kind), receipt: one.receipt, held: one.held, refused: one.refused }));
        }"""
    )


def chunks(page: Page) -> int:
    return int(page.evaluate(f"async () => {STORE}.count('chunks')"))


def shot(page: Page, name: str) -> None:
    if SHOTS is not None:
        page.screenshot(path=SHOTS / f"{name}.png", full_page=False)


def written(page: Page, least: int) -> None:
    """Wait until so many chunks are on the device."""
    page.wait_for_function(
        "least => Number(document.querySelector('[data-fact=count]').textContent.split(' ')[0]) >= least",
        arg=least,
    )


def record(page: Page, least: int) -> None:
    """Open the camera and record until so many chunks are written."""
    main = page.locator("[data-main]")
    if main.text_content() in ("打开摄像头", "打开麦克风"):
        main.click()
    expect(main).to_have_text(re.compile("开始"))
    main.click()
    expect(main).to_have_text("停止")
    written(page, least)


def whole(page: Page) -> list[dict[str, Any]]:
    """Wait until the platform has everything."""
    until(page, f"(await {STORE}.all('captures')).every((one) => one.done && !one.bind)")
    return captures(page)


def test_a_recording_cut_off_from_the_network_and_reloaded_is_whole_on_the_server(
    page: Page, context: BrowserContext, site: Site
) -> None:
    page.goto(f"/field/recorder?case={site.no}&step=implement")
    keep(page)
    expect(page.locator(".duty")).to_contain_text("本环节须全程音像记录")
    shot(page, "1-before")
    record(page, 2)
    shot(page, "2-recording")

    context.set_offline(True)
    online = captures(page)[0]["count"]
    written(page, online + 2)
    page.reload()  # the tab dies while it records; the page comes from the device

    expect(page.locator("[data-here-list] li")).to_have_count(1)
    expect(page.locator("[data-here-list]")).to_contain_text("中断后恢复")
    (here,) = captures(page)
    assert here["ending"] == "recovered"
    assert here["count"] >= online + 2
    assert here["sent"] < here["count"]
    assert chunks(page) == here["count"]  # nothing leaves before the receipt
    shot(page, "3-offline-after-reload")

    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    (here,) = whole(page)

    told = page.request.get(f"/field/captures/{here['id']}", headers={"Accept": "application/json"}).json()
    assert told["receipt"]["head"] == here["head"]
    assert (told["receipt"]["chunks"], told["receipt"]["size_bytes"]) == (here["count"], here["size"])
    assert told["state"] == "bound"
    assert here["marks"][-1] == "interrupted"
    assert chunks(page) == 0
    checked = run(
        site.environment,
        f"""
import json, django
django.setup()
from mingjing.vault import queries
print(json.dumps(queries.check_chain({here["id"]!r}) is None))
""",
    )
    assert checked is True
    expect(page.locator("[data-here-list]")).to_contain_text("平台已收到")

    record(page, 1)
    page.get_by_role("button", name="暂停").click()
    expect(page.locator("[data-elapsed]")).to_contain_text("已暂停")
    page.get_by_role("button", name="继续").click()
    page.locator("[data-main]").click()
    expect(page.locator("[data-result]")).to_be_visible()
    shot(page, "4-after-stop")
    first, second = whole(page)
    assert (first["n"], second["n"]) == (1, 2)
    assert [one for one in second["marks"] if one in ("pause", "resume")] == ["pause", "resume"]
    gaps = run(
        site.environment,
        "import json, django\ndjango.setup()\nfrom mingjing.vault.models import CaptureGap\nprint(json.dumps(CaptureGap.objects.count()))",
    )
    assert gaps == 0


def test_a_photo_is_kept_raw_and_with_its_watermark_and_bound_afterwards(page: Page, site: Site) -> None:
    page.goto("/field/recorder")
    page.get_by_text("拍照", exact=True).first.click()
    main = page.locator("[data-main]")
    main.click()
    expect(main).to_have_text("拍照")
    page.wait_for_function("() => document.querySelector('[data-preview]').videoWidth > 0")
    main.click()
    expect(page.locator("[data-result]")).to_be_visible()
    page.locator("[data-bind-case]").select_option(site.no)
    page.locator("[data-bind-step]").select_option("implement")
    shot(page, "5-photo")
    page.get_by_role("button", name="归入所选案件").click()
    expect(page.locator("[data-result-said]")).to_contain_text("上传后生效")

    raw, copy = whole(page)

    assert (raw["kind"], copy["kind"]) == ("photo", "copy")
    assert raw["receipt"]["sha256"] != copy["receipt"]["sha256"]
    bound = run(
        site.environment,
        f"""
import json, django
django.setup()
from mingjing.vault.models import Capture
from mingjing.record.store import blob_path
one, other = Capture.objects.get(pk={raw["id"]!r}), Capture.objects.get(pk={copy["id"]!r})
print(json.dumps([one.step, other.original_id == one.pk, "31.209" in other.watermark, one.lat, blob_path(other.sha256).read_bytes()[:2].hex()]))
""",
    )
    assert bound == ["implement", True, True, "31.209000", "ffd8"]


def test_a_camera_that_is_refused_or_missing_is_said_in_words(camera: Browser, site: Site) -> None:
    """The fake dialog grants everything: what the browser would say is put in its place."""
    context = camera.new_context(viewport=PHONE, base_url=site.address)
    page = context.new_page()
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', window.failing || 'NotAllowedError'); }"
    )
    page.goto("/sign-in?next=/field/recorder")
    page.get_by_label("用户名").fill(HANDLER)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    main, said = page.locator("[data-main]"), page.locator("[data-said]")
    main.click()
    expect(said).to_contain_text("没有得到使用摄像头、麦克风的许可")
    shot(page, "6-denied")
    page.evaluate("window.failing = 'NotFoundError'")
    main.click()
    expect(said).to_contain_text("没有找到摄像头或者麦克风")
    page.locator("[data-native]").first.set_input_files(
        {"name": "相机录像.mp4", "mimeType": "video/mp4", "buffer": b"0123456789" * 1_000_000}
    )
    expect(page.locator("[data-result-title]")).to_have_text("录像已保存在本机")
    (native,) = whole(page)
    assert (native["count"], native["size"]) == (3, 10_000_000)
    context.close()


def test_a_phone_without_room_begins_no_recording_and_says_why(
    page: Page,
) -> None:
    page.goto("/field/recorder")
    page.evaluate("() => { navigator.storage.estimate = async () => ({ quota: 30 * 2 ** 20, usage: 0 }); }")
    main = page.locator("[data-main]")
    main.click()
    expect(main).to_have_text("开始录像")
    main.click()

    expect(page.locator("[data-said]")).to_contain_text("不够录制")
    assert captures(page) == []


VECTORS = """async ([start, chunks]) => {
  const chain = await import('/static/field/capture-chain.js');
  const bytes = new TextEncoder();
  const spelled = chain.canonical(start);
  const digests = [];
  for (const one of chunks) digests.push(await chain.sha256(bytes.encode(one)));
  return [new TextDecoder().decode(spelled), chain.hex(await chain.startHead(spelled)), chain.hex(await chain.chain(spelled, digests))];
}"""


def test_device_and_platform_reckon_the_same_chain(page: Page) -> None:
    text, first, last = page.evaluate(VECTORS, [START, ["one", "two"]])
    assert (first, last) == VECTOR
    assert text.encode() == canonical.dump(START)
    odd = {**START, "name": 'é\u2028\t"\\某某😀', "purpose": "\u0001", "offset_ms": 2**53 - 1}
    text, _, last = page.evaluate(VECTORS, [odd, ["某", "", "x" * 1000]])
    written_down = canonical.dump(canonical.normalized(odd))
    digests = [hashlib.sha256(one.encode()).digest() for one in ("某", "", "x" * 1000)]
    assert text.encode() == written_down
    assert last == capture.chain(written_down, digests).hex()


def test_the_import_station_digests_guesses_and_takes_in(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 1366, "height": 900})
    page.goto("/desk/captures/import")
    began = (datetime.now(SHANGHAI) - timedelta(days=5)).replace(hour=9, minute=30)
    content = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"film" * 500_000
    page.locator("#files").set_input_files(
        [
            {
                "name": f"DSJ00123_23170012_{began:%Y%m%d%H%M}00_0001.MP4",
                "mimeType": "video/mp4",
                "buffer": content,
            },
            {"name": "再来一份.mp4", "mimeType": "video/mp4", "buffer": content},
            {"name": "说明.txt", "mimeType": "text/plain", "buffer": b"no film"},
        ]
    )
    rows = page.locator("[data-rows] > li")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("内容相同")
    first = rows.nth(0)
    expect(first.locator("[data-f=started_at]")).to_have_value(re.compile(f"^{began:%Y-%m-%dT%H:%M}"))
    first.locator("[data-f=device]").fill("")
    first.locator("[data-f=officer]").select_option(index=1)
    first.locator("[data-f=target]").select_option(f"{site.no}/implement")
    first.locator("[data-f=checked]").check()
    shot(page, "7-station")
    page.get_by_role("button", name="存入全部已核对的").click()
    expect(first).to_contain_text("已存入")
    expect(first).to_contain_text("办理该环节时勾选")
