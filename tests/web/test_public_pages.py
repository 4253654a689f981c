"""Every page of the public door: there, right, anonymous, and of flat cost."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from mingjing.cases.models import Case
from mingjing.cases.remedies import sentences
from mingjing.insight import search as insight
from mingjing.publicity import search
from mingjing.publicity.models import Publication
from tests import makers
from tests.makers import AT
from tests.office_fixtures import law_of_module

pytestmark = pytest.mark.django_db
codex = law_of_module(AT)
PAGES = [
    ("/", "查执法决定"),
    ("/en", "Find a decision"),
    ("/decisions", "执法决定"),
    ("/agencies", "执法主体"),
    ("/officers", "有权拒绝"),
    ("/powers", "FOOD-01"),
    ("/powers/FOOD-01", "货值金额10倍以上20倍以下"),
    ("/licenses", "食品经营许可"),
    ("/licenses/XK-FOOD-01", "20个工作日"),
    ("/licenses/XK-SAFE-01", "自收到证明材料之日起20个工作日"),
    ("/licenses/XK-ENV-01", "45日"),
    ("/procedures/license-ordinary", "行政许可一般程序"),
    ("/procedures", "行政处罚普通程序"),
    ("/procedures/penalty-ordinary", "立案起90日内"),
    ("/procedures/penalty-summary", "行政处罚简易程序"),
    ("/laws/行政处罚法", "历次版本"),
    ("/laws/行政处罚法/64", "第六十四条"),
    ("/verify", "查无"),
    ("/log", "离线核验程序"),
    ("/about", "无障碍"),
    ("/robots.txt", "Disallow: /desk"),
    ("/healthz", "ok"),
]


@pytest.mark.parametrize("address, said", PAGES, ids=[address for address, _ in PAGES])
def test_every_page_is_there_without_sign_in_or_cookie(client: Client, address: str, said: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "script-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address",
    [
        "/powers/NO-1",
        "/licenses/NO-1",
        "/procedures/nothing",
        "/laws/没有的法",
        "/laws/行政处罚法/abc",
        "/decisions/0123",
        "/nowhere",
    ],
)
def test_what_is_not_there_says_so(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/decisions?q=%00", "/find?q=%00x", "/powers?q=%00", "/verify?code=%00"])
def test_what_no_database_stores_breaks_nothing(client: Client, address: str) -> None:
    assert client.get(address).status_code in (200, 302)


@pytest.mark.parametrize("address", ["/officers/%00", "/v/%00", "/laws/%00", "/powers/%00"])
def test_nor_does_it_in_a_path(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/decisions?after=x", "/laws/行政处罚法/64?on=yesterday"])
def test_a_wrong_parameter_is_explained(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 422
    assert "no-store" in answer["Cache-Control"]


def test_no_page_carries_inline_script_or_style(client: Client) -> None:
    makers.publication()

    for address in ("/", "/decisions", "/verify", "/log"):
        page = client.get(address).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "onclick" not in page
        assert "<script>" not in page


def test_only_the_column_for_other_sites_may_be_framed(client: Client) -> None:
    organ = makers.organ(code="north")
    column, page = client.get(f"/embed/{organ.code}"), client.get("/decisions")
    assert client.get("/embed/nobody").status_code == 404

    assert "frame-ancestors *" in column["Content-Security-Policy"]
    assert "X-Frame-Options" not in column
    assert "<script" not in column.content.decode()
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


# --- decisions ---


def test_a_decision_shows_summary_text_days_and_code(client: Client) -> None:
    made = makers.publication(of=makers.case(facts={"filed_on": "2026-10-21"}))

    page = client.get(f"/decisions/{made.slug}").content.decode()

    assert made.number in page
    assert "经营超过保质期的食品三袋" in page
    assert "自立案起 30 日" in page  # 行政处罚法 art. 60 counts from filing, not from the lead
    assert made.paper is not None
    assert made.paper.verify_code in page
    assert "<svg" in page


def test_a_decision_says_how_the_party_may_object_until_it_is_taken_down(client: Client) -> None:
    """行政处罚法 art. 44 and 行政复议法 art. 20: whoever reads what was decided also reads where to object, and till when."""
    shown, gone = makers.publication(), makers.withdrawn()
    assert shown.paper is not None

    page, english, tombstone = (
        client.get(address).content.decode()
        for address in (f"/decisions/{shown.slug}", f"/en/decisions/{shown.slug}", f"/decisions/{gone.slug}")
    )

    ways = sentences(shown.paper.form, shown.organ)
    assert ways
    assert all(escape(one) in page and escape(one) in english for one in ways)
    assert "当事人不服怎么办" in page
    assert "How the party can object" in english
    assert "当事人不服怎么办" not in tombstone


@pytest.mark.parametrize(
    "given, said",
    [
        ({"facts": {"filed_on": "2026-11-20"}}, "立案当日作出"),
        ({"opened_at": AT}, "当场作出"),
        ({"opened_at": AT - timedelta(days=3)}, None),
    ],
    ids=["filed that day", "on the spot", "no filing known"],
)
def test_the_time_taken_is_told_in_plain_words(
    client: Client, given: dict[str, Any], said: str | None
) -> None:
    made = makers.publication(of=makers.case(**given))

    page = client.get(f"/decisions/{made.slug}").content.decode()

    assert (said or "") in page
    assert ("办理用时" in page) is (said is not None)


def test_a_tombstone_names_the_provision_of_its_own_procedure(client: Client) -> None:
    """行政处罚法 art. 48 (2) is about penalties; other acts are taken down by the municipal plan."""
    made = makers.withdrawn()
    Case.objects.update(procedure="measure-sealing")

    page = client.get(f"/decisions/{made.slug}").content.decode()

    assert "已被行政复议决定撤销" in page
    assert "第四十八条" not in page
    assert "三项制度" in page or "达州" in page


def test_a_withdrawn_decision_is_a_tombstone_with_its_reason(client: Client) -> None:
    made = makers.withdrawn()

    page = client.get(f"/decisions/{made.slug}").content.decode()

    assert "已被行政复议决定撤销" in page
    assert "第四十八条第二款" in page
    assert "达州市某某食品有限公司" not in page
    assert "超过保质期" not in page
    assert "已撤下" in client.get("/decisions").content.decode()


@pytest.mark.parametrize(
    "query, hits",
    [
        ("", 3),
        ("?q=甲", 1),
        ("?year=2025", 1),
        ("?act=license", 0),
        ("?organ=north", 1),
        ("?year=nonsense", 3),
    ],
)
def test_the_list_is_filtered(client: Client, own_record: Path, query: str, hits: int) -> None:
    north = makers.organ(code="north")
    makers.publication(of=makers.case(organ=north), subject="某某甲公司")
    makers.publication(decided_on=AT.date().replace(year=2025))
    makers.publication()
    cases = Publication.objects.values_list("case_id", flat=True)
    insight.default().index(search.documents({f"case:{one}" for one in cases}))

    rows = client.get(f"/decisions.json{query}").json()["items"]

    assert len(rows) == hits


def test_paging_goes_through_everything_once(client: Client) -> None:
    for day in range(65):
        makers.publication(decided_on=AT.date() - timedelta(days=day // 3))

    seen: list[str] = []
    address: str | None = "/decisions"
    while address:
        answer = client.get(address)
        seen += [row.slug for row in answer.context["rows"]] if answer.context else _slugs(answer)
        address = _next(answer)

    assert len(seen) == len(set(seen)) == 65


def _slugs(answer: Any) -> list[str]:
    page = answer.content.decode()
    return [part.partition('"')[0] for part in page.split('<a href="/decisions/')[1:]]


def _next(answer: Any) -> str | None:
    _, found, rest = answer.content.decode().partition('rel="next" href="')
    return rest.partition('"')[0].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("address, at_most", [("/", 3), ("/decisions", 5), ("/decisions.json", 2)])
def test_the_cost_of_a_list_does_not_grow_with_its_rows(
    client: Client, address: str, at_most: int, django_assert_max_num_queries: Any
) -> None:
    counts = []
    for rows in (3, 57):
        for _ in range(rows):
            makers.publication()
        with django_assert_max_num_queries(at_most) as made:
            client.get(f"{address}?n={rows}")
        counts.append(len(made.captured_queries))

    assert counts[0] == counts[1]


def test_a_decision_page_costs_two_queries(client: Client, django_assert_num_queries: Any) -> None:
    made = makers.publication()

    with django_assert_num_queries(2):
        client.get(f"/decisions/{made.slug}")


def test_a_second_visit_is_confirmed_without_a_query(client: Client, django_assert_num_queries: Any) -> None:
    first = client.get("/decisions")

    with django_assert_num_queries(0):
        again = client.get("/decisions", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert "public" in first["Cache-Control"]


def test_downloads_say_the_same_as_the_page(client: Client) -> None:
    made, gone = makers.publication(subject="=cmd()"), makers.withdrawn()

    text = b"".join(client.get("/decisions.csv").streaming_content).decode("utf-8-sig")
    rows = {row["文书号"]: row for row in csv.DictReader(io.StringIO(text))}
    feed = client.get("/decisions.rss").content.decode()

    assert rows[made.number]["执法对象"] == "'=cmd()"
    assert rows[gone.number]["状态"] == "已撤下"
    assert rows[gone.number]["执法对象"] == ""
    assert f"/decisions/{made.slug}" in feed
    assert "已撤下：该决定已被行政复议决定撤销" in feed


def test_downloads_are_streamed_in_flat_memory_and_complete(client: Client) -> None:
    for _ in range(5):
        makers.publication()

    answer = client.get("/decisions.csv")

    assert answer.streaming
    assert len(b"".join(answer.streaming_content).decode().splitlines()) == 6


def test_no_personal_data_of_the_case_reaches_the_public(client: Client) -> None:
    person = makers.party(
        kind="person", name="赵甲乙", code="511702199001010011", phone="13800000000", address="某某路88号"
    )
    of = makers.case(party=person, title="赵甲乙经营过期食品案", facts={"interviewee": "钱丙丁"})
    made = makers.publication(of=of, subject="赵某某", title="经营过期食品")

    pages = [
        client.get(address).content.decode()
        for address in ("/", "/decisions", f"/decisions/{made.slug}", "/decisions.json", "/decisions.rss")
    ]

    for secret in ("赵甲乙", "511702199001010011", "13800000000", "某某路88号", "钱丙丁", str(of.pk), of.no):
        assert not [page for page in pages if secret in page]


# --- the one search box ---


def test_the_search_box_leads_to_the_right_place(client: Client) -> None:
    made = makers.publication()
    certificate = makers.certificate(number="23170001")
    assert made.paper is not None
    code = made.paper.verify_code
    expected = {
        made.number: f"/decisions/{made.slug}",
        certificate.number: "/officers?no=23170001",
        code: f"/v/{code}",
        code.lower(): f"/v/{code}",
        made.number.replace("〔", "[").replace("〕", "]"): f"/decisions/{made.slug}",
        made.number.replace("〔", " （").replace("〕", "） "): f"/decisions/{made.slug}",
        f"{code[:4]} {code[4:8]} {code[8:]}": f"/v/{code}",
        "9151 1702 MA6X XXXX1X": "/decisions?q=91511702MA6XXXXX1X",
        "a" * 64: f"/verify/{'a' * 64}",
        "91511702MA6XXXXX1X": "/decisions?q=91511702MA6XXXXX1X",
        "某某公司": "/decisions?q=%E6%9F%90%E6%9F%90%E5%85%AC%E5%8F%B8",
        "  ": "/",
    }

    found = {words: client.get("/find", {"q": words})["Location"] for words in expected}

    assert found == expected


# --- before and during the act ---


@pytest.mark.parametrize(
    "given, said",
    [
        ({}, "证件有效"),
        ({"state": "suspended"}, "已失效"),
        ({"valid_until": AT.date().replace(year=2025)}, "已失效"),
    ],
    ids=["in force", "suspended", "expired"],
)
def test_a_certificate_is_judged_on_today(client: Client, given: dict[str, Any], said: str) -> None:
    made = makers.certificate(number="23170001", **given)

    page = client.get(f"/officers/{made.number}").content.decode()

    assert said in page
    assert made.officer.name in page


def test_an_unknown_certificate_is_said_to_be_unknown(client: Client) -> None:
    assert "查无此证" in client.get("/officers/00000000").content.decode()
    assert client.get("/officers?no=23170001")["Location"] == "/officers/23170001"


def test_organs_stand_under_their_parents(client: Client) -> None:
    city = makers.organ(name="达州市某某局", region="511700")
    makers.organ(name="通川区某某局", region="511702", parent=city)
    makers.organ(name="早已撤销的局", closed_on=AT.date().replace(year=2020))

    page = client.get("/agencies").content.decode()

    assert 'class="tree-0">达州市某某局' in page
    assert 'class="tree-1">通川区某某局' in page
    assert "早已撤销的局" not in page


def test_all_seventy_powers_are_listed_with_fines_in_words(client: Client) -> None:
    page = client.get("/powers").content.decode()

    assert page.count('href="/powers/') >= 70
    assert "5万元以上10万元以下" in page
    assert "FOOD-01" not in client.get("/powers?field=traffic").content.decode()


def test_every_power_has_a_page(client: Client) -> None:
    from mingjing.law import queries as law

    for item in law.power_items():
        assert item.title in client.get(f"/powers/{item.code}").content.decode()


def test_a_guide_names_who_when_papers_and_recording_of_each_step(client: Client) -> None:
    from mingjing.law import queries as law

    page = client.get("/procedures/penalty-ordinary").content.decode()

    for step in law.procedure("penalty-ordinary", AT.date()).steps.values():
        assert f'id="step-{step.id}"' in page
    assert "承办人，报机关负责人批准" in page
    assert "行政处罚决定书" in page
    assert "全程音像" in page


def test_the_guide_names_no_bare_fact_of_the_codex(client: Client) -> None:
    page = client.get("/procedures/penalty-ordinary").content.decode()

    assert "_fen" not in page
    assert "== " not in page


def test_the_flowchart_can_be_downloaded(client: Client) -> None:
    answer = client.get("/procedures/penalty-ordinary/flow.svg")

    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


def test_an_article_is_asked_by_date(client: Client) -> None:
    old = client.get("/laws/行政处罚法/64?on=2020-01-01").content.decode()
    new = client.get("/laws/行政处罚法/64?on=2026-01-01").content.decode()

    assert "2017年修正" in old
    assert "2021年修订" in new


def test_the_record_is_json_for_machines(client: Client) -> None:
    makers.publication()

    body = json.loads(client.get("/decisions.json").content)

    assert set(body["columns"]) == set(body["items"][0])
    assert body["next"] is None
