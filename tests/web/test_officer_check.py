"""核验执法人员: what a citizen learns from the code on an officer's screen, and what stays unknown."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from mingjing.cases.models import CardScan
from mingjing.kernel import card_code
from mingjing.law.actions import load_codex
from mingjing.organs import actions
from mingjing.organs.authority import SYSTEM
from mingjing.web.ui import card_codes
from tests import makers
from tests.web.desk_world import AT

pytestmark = pytest.mark.django_db
TOKEN = "0123456789ab"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def card() -> Any:
    return makers.certificate(number="23170001")


def code(minutes_ago: int = 0, number: str = "23170001", token: str = TOKEN) -> str:
    at = AT - timedelta(minutes=minutes_ago)
    day = (at.astimezone(timezone.get_fixed_timezone(480))).date()
    seed = card_code.seed(card_codes._secret(), number, day)
    return card_code.code(seed, number, token, at, 60)


def photographed(card: Any) -> None:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "grey").save(out, "JPEG")
    actions.set_photo(officer_id=card.officer_id, content=out.getvalue(), actor=SYSTEM, at=AT)


def test_a_fresh_code_is_a_scan_and_may_be_confirmed(client: Client, card: Any) -> None:
    page = client.get("/officers/23170001", {"c": code()})

    assert "当面扫码有效" in page.content.decode()
    assert "照片和人一致，是本人" in page.content.decode()
    row = CardScan.objects.get()
    assert (row.certificate, row.token, row.confirmed_at) == ("23170001", TOKEN, None)

    answer = client.post("/officers/23170001/confirm", {"c": code()}, follow=True)
    assert "您已确认是本人" in answer.content.decode()
    row.refresh_from_db()
    assert row.confirmed_at == AT


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (lambda: code(minutes_ago=38), "已经过去 38 分钟"),
        (lambda: code(minutes_ago=-10), "码的时间不对"),
        (lambda: code(number="23170002"), "码是假的"),
        (lambda: "x" * 27, "码是假的"),
    ],
    ids=["a screenshot", "a clock far ahead", "another's code", "invented"],
)
def test_any_other_code_is_told_and_counts_as_no_scan(
    client: Client, card: Any, sent: Any, said: str
) -> None:
    page = client.get("/officers/23170001", {"c": sent()}).content.decode()

    assert said in page
    assert "当面扫码有效" not in page
    assert not CardScan.objects.exists()


def test_the_same_code_opened_again_is_one_scan(client: Client, card: Any) -> None:
    for _ in range(3):
        client.get("/officers/23170001", {"c": code()})

    assert CardScan.objects.count() == 1


def test_a_preview_robot_that_asks_for_the_head_scans_nothing(client: Client, card: Any) -> None:
    client.head("/officers/23170001", {"c": code()})

    assert not CardScan.objects.exists()


def test_a_code_outside_a_visit_and_a_typed_number_scan_nothing(client: Client, card: Any) -> None:
    assert "当面扫码有效" in client.get("/officers/23170001", {"c": code(token="")}).content.decode()
    client.get("/officers/23170001")

    assert not CardScan.objects.exists()


def test_a_suspended_officer_with_a_fresh_code_is_told_in_red(client: Client) -> None:
    makers.certificate(number="23170001", state="suspended")

    page = client.get("/officers/23170001", {"c": code()}).content.decode()

    assert "已失效" in page
    assert "已暂停" in page
    assert "监督电话" in page
    assert not CardScan.objects.exists()


def test_who_left_is_told_so(client: Client, card: Any) -> None:
    type(card.officer).objects.filter(pk=card.officer_id).update(active=False)

    page = client.get("/officers/23170001").content.decode()

    assert "已失效" in page
    assert "已不在岗" in page


@pytest.mark.parametrize(("numbers", "told"), [(["23170009"], True), (["23170001"], False)])
def test_whom_the_confirmed_list_leaves_out_may_be_refused(
    client: Client, card: Any, numbers: list[str], told: bool
) -> None:
    """达州三项制度方案 2(1): the same list that keeps the officer from acting tells the citizen so."""
    actions.bind_list(
        organ_id=card.officer.organ_id,
        kind="officers",
        title="执法人员清单",
        number=1,
        since=AT.date(),
        keys=numbers,
        actor=SYSTEM,
        at=AT,
    )

    page = client.get("/officers/23170001").content.decode()

    assert ("目前不得执法，您可以拒绝" in page) == told
    assert ("证件有效</" in page) != told
    assert "not on the list of officers" in client.get("/en/officers/23170001").content.decode() or not told


def test_the_photograph_is_shown_while_the_certificate_holds(client: Client, card: Any) -> None:
    assert "还没有登记这名人员的照片" in client.get("/officers/23170001").content.decode()
    photographed(card)

    page = client.get("/officers/23170001").content.decode()
    answer = client.get("/officers/23170001/photo")

    assert 'src="/officers/23170001/photo"' in page
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"
    type(card).objects.filter(pk=card.pk).update(state="withdrawn")
    assert client.get("/officers/23170001/photo").status_code == 404
    assert client.get("/officers/00000000/photo").status_code == 404


def test_the_answer_about_a_person_is_kept_by_nobody(client: Client, card: Any) -> None:
    answer = client.get("/officers/23170001")

    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


def test_the_register_cannot_be_walked(client: Client, card: Any) -> None:
    photographed(card)
    answers = [client.get(f"/officers/2317{number:04}").status_code for number in range(31)]
    photos = [client.get("/officers/23170001/photo").status_code for _ in range(31)]

    assert answers[-1] == photos[-1] == 429
    assert client.post("/officers/23170001/confirm", {"c": code()}).status_code == 429


def test_nothing_but_what_is_public_stands_on_the_page(client: Client, card: Any) -> None:
    type(card.officer).objects.filter(pk=card.officer_id).update(
        post="副科级干部", legal_qualification="A20205100000009"
    )

    page = client.get("/officers/23170001", {"c": code()}).content.decode()

    for private in ("副科级干部", "A20205100000009"):
        assert private not in page


def test_confirming_with_an_invented_code_changes_nothing(client: Client, card: Any) -> None:
    client.get("/officers/23170001", {"c": code()})

    client.post("/officers/23170001/confirm", {"c": "x" * 27})

    assert CardScan.objects.get().confirmed_at is None


def test_what_must_be_shown_at_the_door_comes_from_the_procedures(client: Client) -> None:
    load_codex(AT)

    page = client.get("/during").content.decode()

    for word in (
        "行政处罚普通程序",
        "现场检查（勘验）",
        "必须，没有例外",
        "实施行政强制措施告知",
        "现场笔录",
    ):
        assert word in page
    assert 'href="/procedures/penalty-ordinary#step-site_inspection"' in page
