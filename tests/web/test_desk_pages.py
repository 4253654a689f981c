"""The other pages of the desk: frame, search, law, discretion, terms, payments, record, organs."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingjing.cases.models import Payment
from mingjing.law import queries as law
from mingjing.law.actions import load_codex
from mingjing.record import actions as record
from mingjing.record.models import Pending
from tests import makers
from tests.makers import AT
from tests.web.desk_world import World


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[-800:]
    return response.content.decode()


# --- the frame ---


def test_who_is_not_signed_in_is_led_to_the_form_and_back(client: Client, db: None) -> None:
    response = client.get("/desk/cases?state=open")

    assert response.status_code == 302
    assert response["Location"] == "/sign-in?next=/desk/cases%3Fstate%3Dopen"


def test_an_account_without_a_person_gets_nowhere(client: Client, world: World) -> None:
    client.force_login(makers.account())

    assert "没有对应的执法人员" in text(client.get("/desk"), 403)


def test_a_first_password_must_be_changed_before_anything_else(world: World) -> None:
    account = world.officers["li"].account
    assert account is not None
    account.must_change_password = True
    account.save()

    response = world.client("li").get("/desk")

    assert response.status_code == 302
    assert response["Location"] == "/desk/account/password"


@pytest.mark.parametrize(
    "who, inside, outside",
    [
        ("li", ["登记新案", "我的待办"], ["缴款对账", "全过程记录", "机关与人员"]),
        ("duizhang", ["缴款对账"], ["登记新案", "法律法规"]),
        ("jiandu", ["登记新案", "全过程记录", "机关与人员"], ["缴款对账"]),
    ],
)
def test_the_menu_shows_only_doors_that_open(
    world: World, who: str, inside: list[str], outside: list[str]
) -> None:
    side = text(world.client(who).get("/desk")).split('<nav class="side"')[1].split("</nav>")[0]

    assert all(title in side for title in inside)
    assert not any(title in side for title in outside)


def test_every_door_of_the_menu_opens(world: World) -> None:
    for who in ("li", "juzhang", "duizhang", "dangan", "jiandu", "guanli"):
        client = world.client(who)
        start = client.get("/desk", follow=True)
        side = text(start).split('<nav class="side"')[1].split("</nav>")[0]
        for address in [part.split('"')[0] for part in side.split('href="')[1:]]:
            assert client.get(address, follow=True).status_code == 200, (who, address)


def test_the_keys_are_told(world: World) -> None:
    page = text(world.client("li").get("/desk/help"))

    assert "<kbd>?</kbd>" in page
    assert 'id="keys"' in page


# --- search ---


def test_search_groups_its_answers_and_respects_authority(world: World) -> None:
    load_codex(AT)
    case = world.open()
    record.seal(AT)

    mine = text(world.client("li").get("/desk/search", {"q": "食品有限公司"}))
    strangers = text(world.client("stranger").get("/desk/search", {"q": "食品有限公司"}))

    assert 'id="found-cases"' in mine
    assert 'id="found-parties"' in mine
    assert case.label in mine
    assert case.label not in strangers


def test_search_finds_papers_power_items_and_statutes(world: World) -> None:
    load_codex(AT)
    world.open()
    record.seal(AT)
    client = world.client("li")

    assert 'id="found-papers"' in text(client.get("/desk/search", {"q": "案件来源登记表"}))
    assert "FOOD-03" in text(client.get("/desk/search", {"q": "FOOD-03"}))
    assert 'id="found-law"' in text(client.get("/desk/search", {"q": "食品安全法"}))


def test_search_sees_a_case_as_soon_as_it_moved(world: World) -> None:
    case = world.open()
    record.seal(AT)
    client = world.client("li")
    assert "没有找到" in text(client.get("/desk/search", {"q": "涉嫌经营超过"}))
    world.file(case)
    record.seal(AT)

    assert case.no in text(client.get("/desk/search", {"q": "涉嫌经营超过"}))


@pytest.mark.parametrize("q", ["", "\x00", "「」", "x" * 500, "a AND (b", '"'])
def test_search_takes_anything(world: World, q: str) -> None:
    assert world.client("li").get("/desk/search", {"q": q}).status_code == 200


def test_a_manager_finds_law_but_no_cases(world: World) -> None:
    world.open()
    record.seal(AT)

    page = text(world.client("guanli").get("/desk/search", {"q": "食品有限公司"}))

    assert 'id="found-cases"' not in page
    assert 'id="found-parties"' not in page


# --- law ---


@pytest.fixture
def codex(world: World) -> None:
    load_codex(AT)


def test_statutes_are_listed_and_filtered(world: World, codex: None) -> None:
    client = world.client("li")

    assert "行政处罚法" in text(client.get("/desk/law", {"words": "行政处罚"}))
    assert "没有找到" in text(client.get("/desk/law", {"words": "查无此法"}))
    assert client.get("/desk/law", {"from": "50", "rank": "statute"}).status_code == 200


def test_a_statute_is_shown_as_of_a_day(world: World, codex: None) -> None:
    client = world.client("li")

    assert "历次文本" in text(client.get("/desk/law/行政处罚法"))
    assert "没有施行中的文本" in text(client.get("/desk/law/生态环境法典", {"on": "2026-01-01"}))
    assert "不是日期" in text(client.get("/desk/law/行政处罚法", {"on": "昨天"}))
    assert client.get("/desk/law/查无此法").status_code == 404


def test_powers_benchmarks_and_procedures_are_tables(world: World, codex: None) -> None:
    client = world.client("li")

    assert "FOOD-03" in text(client.get("/desk/powers", {"field": "food"}))
    assert "没有符合条件的事项" in text(client.get("/desk/powers", {"words": "查无"}))
    listed = text(client.get("/desk/benchmarks"))
    first = law.all_benchmarks()[0]
    assert f"?table={first.id}" in listed
    assert first.rows[0].title not in listed
    assert first.rows[0].title in text(client.get("/desk/benchmarks", {"table": first.id}))
    assert client.get("/desk/benchmarks", {"table": "rubbish"}).status_code == 404
    assert "行政处罚普通程序" in text(client.get("/desk/procedures"))
    assert "<svg" in text(client.get("/desk/procedures/penalty-ordinary", {"view": "flow"}))
    assert client.get("/desk/procedures/rubbish").status_code == 404


def test_the_discretion_helper_shows_range_tier_and_arithmetic(world: World, codex: None) -> None:
    client = world.client("li")
    answers = {
        "code": "FOOD-03",
        "answer": "1",
        "goods_value_fen": "90",
        "q.harm": "none",
        "q.first": "true",
        "q.corrected": "true",
        "q.aggravated": "false",
    }

    page = text(client.get("/desk/discretion", answers))

    assert "50,000元以上100,000元以下" in page
    assert 'id="result-title"' in page
    assert "符合第" in page


@pytest.mark.parametrize(
    "query, told",
    [
        ({"code": "FOOD-03"}, "缺少货值金额"),
        ({"code": "FOOD-03", "answer": "1", "goods_value_fen": "九十"}, "九十"),
        ({"code": "FOOD-03", "answer": "1", "goods_value_fen": "90"}, "未填写"),
        ({"code": "FOOD-03", "goods_value_fen": "90", "fine_variant": "rubbish"}, "没有名为"),
        ({}, "选定"),
    ],
)
def test_the_helper_says_what_it_lacks(world: World, codex: None, query: dict[str, str], told: str) -> None:
    assert told in text(world.client("li").get("/desk/discretion", query))


def test_an_unknown_item_is_not_found(world: World, codex: None) -> None:
    assert world.client("li").get("/desk/discretion", {"code": "NO-99"}).status_code == 404


@pytest.mark.parametrize(
    "query, status, told",
    [
        ({"count": "15", "unit": "wd", "start": "2026-09-24"}, 200, "2026年10月22日"),
        ({"count": "90", "unit": "d", "start": "2026-03-02"}, 200, "2026年5月31日"),
        ({"count": "24", "unit": "h", "start": "2026-03-02T09:30"}, 200, "2026-03-03 09:30"),
        ({"count": "7", "unit": "wd", "before": "1", "start": "2026-11-20"}, 200, "2026年11月"),
        ({"count": "7", "unit": "wd", "start": "昨天"}, 422, "不是日期"),
        ({"count": "x", "unit": "wd", "start": "2026-11-20"}, 422, "x"),
        ({}, 200, "推算"),
    ],
)
def test_terms_are_reckoned_by_hand(world: World, query: dict[str, str], status: int, told: str) -> None:
    assert told in text(world.client("li").get("/desk/reckon", query), status)


# --- payments ---


def bank_file(*rows: tuple[str, str, str, str]) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([("缴款码", "金额", "缴款日期", "流水号"), *rows]):
            sheet.write_row(number, 0, row)
    return SimpleUploadedFile("对账.xlsx", buffer.getvalue())


def test_the_banks_file_closes_a_slip_and_says_what_became_of_each_row(world: World) -> None:
    case = world.spot_decision()
    slip = Payment.objects.get(case=case)
    client = world.client("duizhang")
    assert slip.code in text(client.get("/desk/payments", {"state": "open"}))
    file = bank_file(
        (slip.code, "100.00", "2026-11-20", "X001"), ("NOSUCHCODE", "5.00", "2026-11-20", "X002")
    )

    page = text(client.post("/desk/payments", {"file": file}))

    slip.refresh_from_db()
    assert slip.state == "paid"
    assert "确认 1 笔，重复 0 笔，未确认 1 笔" in page
    assert "缴款码 NOSUCHCODE 不存在" in page
    assert case.steps.filter(step="payment_confirmed").exists()


def test_the_same_file_twice_books_nothing_twice(world: World) -> None:
    case = world.spot_decision()
    row = (Payment.objects.get(case=case).code, "100.00", "2026-11-20", "X001")
    client = world.client("duizhang")
    client.post("/desk/payments", {"file": bank_file(row)})

    page = text(client.post("/desk/payments", {"file": bank_file(row)}))

    assert "确认 0 笔，重复 1 笔，未确认 0 笔" in page


@pytest.mark.parametrize(
    "file, told",
    [
        (None, "没有选择银行对账文件"),
        (SimpleUploadedFile("空.xlsx", b""), "没有选择银行对账文件"),
        (SimpleUploadedFile("坏.xlsx", b"PK\x03\x04rubbish"), ""),
        (SimpleUploadedFile("图.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64), ""),
        (SimpleUploadedFile("错.csv", "姓名,年龄\n张某,3\n".encode()), ""),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(
    world: World, file: SimpleUploadedFile | None, told: str
) -> None:
    response = world.client("duizhang").post("/desk/payments", {"file": file} if file else {})

    assert response.status_code in (409, 422)
    assert "怎么办" in response.content.decode()
    assert told in response.content.decode()


# --- record ---


def test_the_record_page_seals_what_waits_and_verifies(world: World) -> None:
    world.open()
    client = world.client("jiandu")
    waiting = Pending.objects.count()
    assert f"{waiting} 条" in text(client.get("/desk/record"))

    assert client.post("/desk/record/seal").status_code == 302
    page = text(client.post("/desk/record/verify"))

    assert Pending.objects.count() == 0
    assert "全部相符" in page


def test_too_long_a_log_is_verified_on_the_server(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingjing.web.desk import record_pages

    world.open()
    record.seal(AT)
    monkeypatch.setattr(record_pages, "MOST_VERIFIED", 0)

    assert "请在服务器上运行" in text(world.client("jiandu").post("/desk/record/verify"), 409)


@pytest.mark.parametrize("who, status", [("jiandu", 302), ("guanli", 302), ("li", 403)])
def test_who_may_seal_by_hand(world: World, who: str, status: int) -> None:
    assert world.client(who).post("/desk/record/seal").status_code == status


# --- organs ---


def test_the_manager_sees_organs_people_and_certificates_that_end(world: World) -> None:
    ending = world.officers["li"].certificates.get()
    ending.valid_until = date(2026, 12, 31)
    ending.save()

    page = text(world.client("guanli").get("/desk/organs", {"organ": "shi-jianguan"}))

    assert "wang某" in page
    assert ending.number in page
    assert "即将到期" in page


@pytest.mark.parametrize("who, status", [("jiandu", 200), ("li", 403), ("juzhang", 403)])
def test_who_sees_the_organs(world: World, who: str, status: int) -> None:
    assert world.client(who).get("/desk/organs").status_code == status
