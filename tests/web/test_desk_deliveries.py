"""每日对账 at the desk: the balance adds up, its numbers open their rows, and what was sent back is sent again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingjing.exchange import actions, queries
from mingjing.exchange.models import CreditRecord, Package, Sending
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions as publicity
from mingjing.publicity.models import Followed, Placement
from mingjing.publicity.placing_models import STATES
from mingjing.publicity.queries import Wanted
from tests import makers
from tests.exchange.test_double_reading import RECORD
from tests.office import Matter, Office, company, open_matter, signed_in, to_decision
from tests.office_fixtures import office
from tests.publicity.acts import approved

__all__ = ["office"]
pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 13)
SPAN = {"from": "2026-04-01", "to": "2026-06-30"}


@pytest.fixture(scope="module")
def matter(office: Office) -> Matter:
    made = to_decision(open_matter(office, party=company()), APRIL)
    made.do("publish")
    publicity.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)
    return made


def text(response: Any) -> str:
    content = response.getvalue() if response.streaming else response.content
    return str(content.decode("utf-8-sig"))


def lines(matter: Matter) -> dict[str, Any]:
    found = queries.balance(
        Wanted(organ=matter.office.organ.code),
        first=date(2026, 4, 1),
        last=date(2026, 6, 30),
        now=matter.at,
    )
    return {one.channel: one for one in found}


def test_every_placement_is_in_one_cell_and_the_parts_add_up(matter: Matter) -> None:
    found = lines(matter)

    assert {name: (one.owed, one.whole) for name, one in found.items()} == {
        "portal": (1, True), "province": (1, True), "credit": (1, True), "enterprise": (1, True),
    }  # fmt: skip
    assert found["portal"].parts["accepted"] == 1
    assert found["credit"].parts["unsent"] == 1


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("ground", ["investigation", "business_secret"])
def test_whatever_became_of_a_placement_it_is_in_exactly_one_cell(
    matter: Matter, state: str, ground: str
) -> None:
    """No decision is left out of the balance: delayed and withheld ones are parts of it (达州三项制度方案 art. 4(1))."""
    row = Placement.objects.get(case_id=matter.case_id, channel="credit")
    Placement.objects.filter(pk=row.pk).update(state=state, ground=ground if state == "withheld" else "")

    line = lines(matter)["credit"]

    assert (line.owed, line.whole) == (1, True)
    [cell] = [name for name, count in line.parts.items() if count]
    span = {"first": date(2026, 4, 1), "last": date(2026, 6, 30), "now": matter.at, "channel": "credit"}
    [told] = queries.tasks(Wanted(), cell=cell, **span)
    assert told.state_title == queries.CELLS[cell][0]
    assert all(not queries.tasks(Wanted(), cell=other, **span) for other in queries.CELLS if other != cell)
    assert (cell in ("delayed", "withheld")) == (state == "withheld") == bool(told.ground)


def test_a_delayed_decision_stands_in_the_balance_with_its_ground(office: Office) -> None:
    made = to_decision(open_matter(office, party=company()), APRIL)
    publicity.settle(case_id=made.case_id, actor=SYSTEM, at=made.at)
    approved(made, ground="investigation", reason="同案人在逃。")
    publisher = signed_in(office, "publisher")

    assert lines(made)["portal"].parts["delayed"] == 1
    assert "暂缓公示" in text(publisher.get("/desk/deliveries", SPAN))
    rows = text(publisher.get("/desk/deliveries/rows", {**SPAN, "cell": "delayed"}))
    assert "公开会妨碍正在进行的调查（暂缓公示）" in rows
    told = text(publisher.get("/desk/deliveries/rows.csv", {**SPAN, "cell": "delayed"}))
    assert "公开会妨碍正在进行的调查（暂缓公示）" in told


def test_a_case_that_no_rule_lets_in_is_told_beside_the_balance(matter: Matter) -> None:
    Followed.objects.create(name="cases", left={str(matter.case_id): "没有这个理由代码。"})

    page = text(signed_in(matter.office, "publisher").get("/desk/deliveries", SPAN))

    assert "另有 1 件案件的决定没有能够列入" in page


def test_the_page_counts_and_its_numbers_open_their_rows(matter: Matter) -> None:
    publisher = signed_in(matter.office, "publisher")

    page = text(publisher.get("/desk/deliveries", SPAN))
    rows = text(publisher.get("/desk/deliveries/rows", {**SPAN, "channel": "credit", "cell": "unsent"}))

    number = Placement.objects.filter(case_id=matter.case_id).first().number
    assert "信用中国网站" in page
    assert "cell=unsent" in page
    assert number in rows
    assert number not in text(publisher.get("/desk/deliveries/rows", {**SPAN, "cell": "refused"}))


def test_what_waits_after_its_day_is_late(matter: Matter) -> None:
    found = queries.balance(
        Wanted(), first=date(2026, 4, 1), last=date(2026, 6, 30), now=matter.at + timedelta(days=60)
    )

    assert {one.channel: one.late for one in found}["credit"] == 1
    assert {one.channel: one.late for one in found}["portal"] == 0


def test_an_upload_file_goes_out_and_its_answers_come_back_on_the_page(matter: Matter) -> None:
    publisher = signed_in(matter.office, "publisher")
    publisher.post("/desk/packages", {"channel": "credit"})
    made = Package.objects.get()
    address = f"/desk/packages/{made.number}"
    number = Placement.objects.get(case_id=matter.case_id, channel="credit").number
    assert publisher.get(f"{address}/file.zip").getvalue()[:2] == b"PK"
    waiting = publisher.get(address)
    assert waiting.status_code == 200
    assert f"<option>{number}</option>" in text(waiting)

    publisher.post(address, {"do": "refuse", "decision": number, "reason": "文号格式不符"})
    rows = text(publisher.get("/desk/deliveries/rows", {**SPAN, "cell": "refused"}))
    assert "文号格式不符" in rows
    assert "已更正，再报" in rows

    placement = Placement.objects.get(case_id=matter.case_id, channel="credit")
    publisher.post(f"/desk/deliveries/{placement.pk}/again", {"back": "//elsewhere.example/"})
    assert Sending.objects.exclude(state="done").count() == 1
    assert "已列入报送" in text(publisher.get("/desk/deliveries/rows", {**SPAN, "cell": "refused"}))
    assert "报送包" in text(publisher.get("/desk/packages"))


def test_downloads_hold_every_line(matter: Matter) -> None:
    head = signed_in(matter.office, "organ_head")

    balance = text(head.get("/desk/deliveries.csv", SPAN)).splitlines()
    rows = text(head.get("/desk/deliveries/rows.csv", SPAN)).splitlines()

    assert balance[0].startswith("日期,机关")
    assert (len(balance), len(rows)) == (5, 5)


@pytest.mark.parametrize(
    "wrong", [{"from": "x"}, {"from": "2026-04-02", "to": "2026-04-01"}, {"from": "1999-01-01"}]
)
def test_wrong_days_are_told(matter: Matter, wrong: dict[str, str]) -> None:
    response = signed_in(matter.office, "publisher").get("/desk/deliveries", wrong)

    assert response.status_code in (409, 422)
    assert "怎么办" in text(response)


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        ("handler", "/desk/deliveries", 403),
        ("organ_head", "/desk/deliveries", 200),
        ("organ_head", "/desk/packages", 403),
    ],
)
def test_each_person_sees_what_is_theirs(matter: Matter, who: str, address: str, status: int) -> None:
    assert signed_in(matter.office, who).get(address).status_code == status


def test_a_stranger_does_not_see_the_upload_files_of_an_organ(matter: Matter) -> None:
    publisher = matter.office.actor("publisher", matter.at)
    made = actions.make_package(
        channel="credit", organ=matter.office.organ.code, actor=publisher, at=matter.at
    )
    stranger = makers.officer(organ=makers.organ(), roles=("publisher",))
    browser = Client()
    browser.force_login(makers.account(stranger))

    assert browser.get(f"/desk/packages/{made.number}").status_code == 404
    assert made.number not in text(browser.get("/desk/packages"))


def test_the_balance_of_ten_thousand_placements_is_one_query(
    matter: Matter, django_assert_num_queries: Any
) -> None:
    template = Placement.objects.get(case_id=matter.case_id, channel="credit")
    papers = [makers.paper(template.case, step=template.paper.step) for _ in range(3)]
    rows = []
    for number in range(3):
        for channel in ("credit", "province", "enterprise"):
            copy = Placement.objects.get(pk=template.pk)
            copy.pk, copy.paper, copy.channel, copy.number = None, papers[number], channel, f"甲{number}"
            rows.append(copy)
    Placement.objects.bulk_create(rows)

    with django_assert_num_queries(1):
        found = lines(matter)
    with django_assert_num_queries(3):
        told = queries.tasks(
            Wanted(), first=date(2026, 4, 1), last=date(2026, 6, 30), now=matter.at, channel="credit"
        )
    assert found["credit"].owed == 4
    assert len(told) == 4


def bureau(matter: Matter) -> Client:
    """The justice bureau that supervises the organ."""
    justice = makers.organ(is_justice_bureau=True, parent=matter.office.organ.parent)
    browser = Client()
    browser.force_login(makers.account(makers.officer(organ=justice, roles=("supervisor",))))
    return browser


def test_a_bureau_sees_a_line_an_organ_and_opens_its_days(matter: Matter) -> None:
    supervisor, organ = bureau(matter), matter.office.organ

    every = text(supervisor.get("/desk/deliveries", SPAN))
    one = text(supervisor.get("/desk/deliveries", {**SPAN, "organ": organ.code}))

    assert f"organ={organ.code}" in every
    assert every.count("<tr data-row>") == 1
    assert one.count("<tr data-row>") == 4
    assert "全部机关" in one


def test_many_days_are_turned_page_by_page(matter: Matter) -> None:
    template = Placement.objects.get(case_id=matter.case_id, channel="credit")
    days = []
    for number in range(60):
        copy = Placement.objects.get(pk=template.pk)
        paper = makers.paper(template.case, step=template.paper.step)
        copy.pk, copy.paper, copy.due_at = None, paper, template.due_at - timedelta(days=number + 1)
        days.append(copy)
    Placement.objects.bulk_create(days)
    publisher = signed_in(matter.office, "publisher")
    asked = {"from": "2026-01-01", "to": "2026-06-30"}

    pages = [text(publisher.get("/desk/deliveries", {**asked, "page": str(at)})) for at in (1, 2, 99)]

    assert [one.count("<tr data-row>") for one in pages] == [50, 14, 14]
    assert "下一页" in pages[0]
    assert "回到第一页" in pages[1]


# --- lists from outside ---


def upload(*records: dict[str, Any]) -> SimpleUploadedFile:
    heads = list(RECORD)
    rows = [",".join(f'"{one.get(head) or ""}"' for head in heads) for one in records]
    return SimpleUploadedFile("名单.csv", "\n".join([",".join(heads), *rows]).encode())


def test_a_list_is_tried_then_taken_in_and_held_against_our_decisions(matter: Matter, tmp_path: Path) -> None:
    publisher = signed_in(matter.office, "publisher")
    ours = Placement.objects.get(case_id=matter.case_id, channel="credit")
    name = matter.office.organ.name
    records = (
        RECORD | {"行政处罚决定书文号": ours.number, "处罚机关": name},
        RECORD | {"行政处罚决定书文号": "达某罚〔2026〕999号", "处罚机关": name, "违法事实": None},
        RECORD | {"行政处罚决定书文号": "达某罚〔2026〕1000号", "处罚决定日期": "某日"},
    )

    tried = text(publisher.post("/desk/credit-records", {"file": upload(*records), "do": "try"}))
    assert "试导入" in tried
    assert CreditRecord.objects.count() == 0
    taken = text(publisher.post("/desk/credit-records", {"file": upload(*records), "do": "keep"}))

    assert "存疑 1 条，未导入 1 条" in taken
    assert "看不出是哪一天" in taken
    found = text(publisher.get("/desk/credit-records", {"match": "found"}))
    assert ours.number in found
    assert "999号" not in found
    record = CreditRecord.objects.get(number="达某罚〔2026〕999号")
    shown = text(publisher.get(f"/desk/credit-records/{record.pk}"))
    assert "没有违法事实" in shown


def test_what_was_told_and_is_missing_from_a_list_is_shown(matter: Matter) -> None:
    publisher = signed_in(matter.office, "publisher")
    actor = matter.office.actor("publisher", matter.at)
    actions.make_package(channel="credit", organ=matter.office.organ.code, actor=actor, at=matter.at)
    name = matter.office.organ.name
    days = [
        RECORD | {"行政处罚决定书文号": f"达某罚〔2026〕{n}号", "处罚机关": name, "处罚决定日期": day}
        for n, day in ((1, "2026/4/1"), (2, "2026/4/20"))
    ]
    publisher.post("/desk/credit-records", {"file": upload(*days), "do": "keep"})

    page = text(publisher.get("/desk/credit-records"))

    assert "外来名单里没有的决定" in page
    assert Placement.objects.get(case_id=matter.case_id, channel="credit").number in page


def test_numbers_of_peoples_papers_are_masked_on_the_page(matter: Matter) -> None:
    publisher = signed_in(matter.office, "publisher")
    rows = [f"{head},证件号码" if head == "备注" else head for head in RECORD]
    heads = [*rows, "证件类型", "证件号码"]
    values = [*(str(RECORD[head]) for head in RECORD), "身份证", "11010519491231002X"]
    values[list(RECORD).index("处罚机关")] = matter.office.organ.name
    file = SimpleUploadedFile("a.csv", "\n".join([",".join(heads), ",".join(values)]).encode())
    publisher.post("/desk/credit-records", {"file": file, "do": "keep"})

    shown = text(publisher.get(f"/desk/credit-records/{CreditRecord.objects.get().pk}"))

    assert "11010519491231002X" not in shown
    assert "1101" in shown
