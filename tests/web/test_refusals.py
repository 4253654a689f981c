"""A lawful no as page, fragment and problem+json; lamps and wording."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.law.terms_in_words import term
from mingjing.web.ui import wording
from mingjing.web.ui.lamp import lamp
from mingjing.web.ui.refusals import render_refused, status_of
from tests.makers import AT, SHANGHAI

NO = Refused("condition", "不能作出决定：尚未告知。", basis="行政处罚法/44", remedy="请先办理“事先告知”。")


def answered(refused: Refused = NO, **headers: str) -> Any:
    request = RequestFactory().get("/desk/cases/1", headers=headers)
    request.htmx = "HX-Request" in headers
    return render_refused(request, refused)


@pytest.mark.parametrize(
    "code, status",
    [
        ("no-permission", 403),
        ("wrong-role", 403),
        ("no-such-case", 404),
        ("not-found", 404),
        ("bad-facts", 422),
        ("bad-date", 422),
        ("locked", 429),
        ("condition", 409),
        ("overtaken", 409),
    ],
)
def test_each_kind_of_no_has_its_status(code: str, status: int) -> None:
    assert status_of(Refused(code, "不行")) == status


def test_a_page_tells_reason_article_and_remedy() -> None:
    answer = answered()

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "不能作出决定：尚未告知。" in page
    assert "《行政处罚法》第四十四条" in page
    assert "请先办理“事先告知”。" in page
    assert answer["Cache-Control"] == "no-store"


def test_what_was_typed_before_the_refusal_can_be_copied_from_its_page() -> None:
    typed = {
        "reason": "渠道说文号重复。",
        "password": "geheim-1234",
        "back": "/desk/deliveries/rows?x=1",
        "n": "1",
    }
    pages = []
    for origin in ("http://testserver", "http://elsewhere.example"):
        request = RequestFactory().post("/desk/deliveries/1/answer", typed, headers={"origin": origin})
        pages.append(render_refused(request, NO).content.decode())

    ours, strange = pages
    assert '<p class="original prewrap">渠道说文号重复。</p>' in ours
    assert "geheim-1234" not in ours
    assert "/desk/deliveries/rows?x=1" not in ours
    assert "渠道说文号重复" not in strange


def test_a_fragment_is_only_the_notice() -> None:
    page = answered(**{"HX-Request": "true"}).content.decode()

    assert "尚未告知" in page
    assert "<html" not in page


def test_a_machine_gets_problem_json() -> None:
    answer = answered(Accept="application/json")

    body = __import__("json").loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert (body["status"], body["code"], body["basis"]) == (409, "condition", "行政处罚法/44")


def test_a_reason_cannot_become_markup() -> None:
    assert "<img" not in answered(Refused("x", "<img src=x>")).content.decode()


@pytest.mark.parametrize(
    "referer, shown",
    [("http://testserver/desk/cases", True), ("https://evil.example/", False), ("", False)],
)
def test_the_way_back_is_only_to_pages_of_ours(referer: str, shown: bool) -> None:
    page = answered(**({"Referer": referer} if referer else {})).content.decode()

    assert ("返回上一页" in page) is shown


def due(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=23, minute=59, second=59, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "due_at, kind, text",
    [
        (None, "none", "无期限"),
        (due("2026-11-18"), "overdue", "超期 2 日"),
        (AT - timedelta(hours=1), "overdue", "今日超期"),
        (due("2026-11-20"), "soon", "今日到期"),
        (due("2026-11-22"), "soon", "剩 2 日"),
        (due("2026-11-23"), "soon", "剩 1 工作日"),
        (due("2026-11-25"), "soon", "剩 3 工作日"),
        (due("2026-11-26"), "fine", "剩 6 日"),
    ],
    ids=["none", "late", "late today", "today", "over the weekend", "monday", "wednesday", "thursday"],
)
def test_a_lamp_says_in_words_what_it_shows(due_at: datetime | None, kind: str, text: str) -> None:
    shown = lamp(due_at, AT, law.calendar())  # AT is a Friday

    assert (shown.kind, shown.text) == (kind, text)


def test_a_provisional_date_is_marked() -> None:
    assert lamp(due("2026-12-30"), AT, law.calendar(), provisional=True).text == "剩 40 日（暂计）"


@pytest.mark.parametrize(
    "basis, texts, first",
    [
        (
            "行政处罚法/64(1)",
            ["《行政处罚法》第六十四条第一款"],
            "/laws/%E8%A1%8C%E6%94%BF%E5%A4%84%E7%BD%9A%E6%B3%95/64",
        ),
        ("甲法/1; 乙法/2", ["《甲法》第一条", "《乙法》第二条"], "/laws/%E7%94%B2%E6%B3%95/1"),
        ("刑法/120之1", ["《刑法》第一百二十条之一"], "/laws/%E5%88%91%E6%B3%95/120-1"),
        ("某某!!/x", ["某某!!/x"], ""),
    ],
)
def test_a_basis_becomes_links(basis: str, texts: list[str], first: str) -> None:
    refs = wording.law_refs(basis)

    assert [ref.text for ref in refs] == texts
    assert refs[0].href == first


@pytest.mark.parametrize(
    "text, said",
    [
        ("15wd", "15个工作日"),
        ("90d", "90日"),
        ("6m", "6个月"),
        ("2y", "2年"),
        ("24h", "24小时"),
        ("7wd before", "7个工作日前"),
        ("by 01-10", "1月10日前"),
    ],
)
def test_terms_are_said_in_words(text: str, said: str) -> None:
    assert term(text) == said
