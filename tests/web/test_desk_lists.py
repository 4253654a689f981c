"""To-do and case lists: what stands in them for whom, filters, pages, exports, and their cost."""

from __future__ import annotations

import html
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from mingjing.cases import actions
from mingjing.cases.models import Case, Obligation
from tests import makers
from tests.makers import AT
from tests.web.desk_world import FILE, World


def text(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def duty(world: World, case: Case, **given: Any) -> Obligation:
    values: dict[str, Any] = {
        "case": case,
        "organ": case.organ,
        "step": "file",
        "key": f"file/register/{given.get('title', '')}{given.get('due_at', '')}",
        "title": "核查并决定是否立案",
        "role": "handler",
        "assignee": world.officers["li"],
        "opened_at": AT,
        "ready_at": AT,
    }
    return Obligation.objects.create(**{**values, **given})


def next_of(page: str) -> str:
    """Where 下一页 leads."""
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def sheet(response: Any) -> list[tuple[Any, ...]]:
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    return list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))


# --- to-do ---


def test_a_duty_waits_for_its_handler_and_for_nobody_else(world: World) -> None:
    case = world.open()

    mine = text(world.client("li").get("/desk"))

    assert "核查并决定是否立案" in mine
    assert f"/desk/cases/{case.no}/steps/file" in mine
    for other in ("zhao", "juzhang", "stranger"):
        assert case.no not in text(world.client(other).get("/desk"))


def test_a_submission_waits_for_the_head_under_approvals(world: World) -> None:
    case = world.open()
    world.take(case, "file", FILE)

    page = text(world.client("juzhang").get("/desk", {"tab": "approval"}))

    assert "审批：立案" in page
    assert f"/desk/cases/{case.no}#approval" in page


def test_a_duty_that_must_wait_says_for_what(world: World) -> None:
    case = world.open()
    Obligation.objects.all().delete()
    duty(world, case, step="conclude", title="提出终结报告", ready_at=None)

    page = text(world.client("li").get("/desk", {"tab": "waiting"}))

    assert "尚不能办：" in page
    assert f"/desk/cases/{case.no}/steps/conclude" not in page


def test_what_must_wait_is_no_work_of_today_unless_it_presses(world: World) -> None:
    case = world.open()
    Obligation.objects.all().delete()
    duty(world, case, title="等着的", ready_at=None, due_at=AT + timedelta(days=60))
    duty(world, case, title="等着而超期的", ready_at=None, due_at=AT - timedelta(days=1))
    duty(world, case, title="明日可办的", ready_at=AT + timedelta(days=1))
    client = world.client("li")

    now = text(client.get("/desk"))
    waiting = text(client.get("/desk", {"tab": "waiting"}))

    assert "等着而超期的" in now
    assert "<b>等着的</b>" not in now
    assert "<b>等着的</b>" in waiting
    assert "明日可办的" in waiting
    assert "等着而超期的" not in waiting
    assert "等前面的环节 2" in now
    assert "待我处理<b>1</b>" in now


def test_a_supervisor_starts_with_how_the_organs_stand(world: World) -> None:
    late, _ = world.file(world.open()), world.open()
    Case.objects.filter(pk=late.pk).update(due_at=AT - timedelta(days=3))

    page = text(world.client("jiandu").get("/desk"))

    assert "市某某局" in page
    assert "在办案件<b>2</b>" in page
    assert "已超期<b>1</b>" in page
    assert "超期 3 日" in page
    assert late.no in page


def test_cases_come_most_urgent_first_where_that_is_asked(world: World) -> None:
    for place in range(33):
        case = world.open(title=f"第{place:02d}件案")
        Case.objects.filter(pk=case.pk).update(due_at=AT + timedelta(days=40 - place))
    Case.objects.filter(title="第00件案").update(due_at=None)
    client = world.client("li")

    first = text(client.get("/desk/cases", {"sort": "due"}))
    second = text(client.get(next_of(first)))

    assert first.index("第32件案") < first.index("第31件案")
    assert "第00件案" not in first
    assert second.index("第01件案") < second.index("第00件案")  # what has no date comes last


def test_one_case_with_a_lost_edition_does_not_take_the_list_down(world: World) -> None:
    lost, sound = world.open(), world.open()
    Case.objects.filter(pk=lost.pk).update(edition="0" * 64)

    page = text(world.client("li").get("/desk"))

    assert "找不到程序" in page
    assert f"/desk/cases/{sound.no}/steps/file" in page


def test_figures_count_overdue_and_soon(world: World) -> None:
    case = world.open()
    duty(world, case, title="甲", due_at=AT - timedelta(days=2))
    duty(world, case, title="乙", due_at=AT + timedelta(days=1))
    duty(world, case, title="丙", due_at=AT + timedelta(days=60))
    client = world.client("li")

    page = text(client.get("/desk"))
    overdue = text(client.get("/desk", {"lamp": "overdue"}))

    assert "待我处理<b>4</b>" in page
    assert "已超期<b>1</b>" in page
    assert "3 个工作日内到期<b>1</b>" in page
    assert "超期 2 日" in overdue
    assert "<b>乙</b>" not in overdue


def test_filters_narrow_by_step_words_and_party(world: World) -> None:
    case = world.open()
    other = world.open(
        title="达州市另外某某商行案", party={"kind": "enterprise", "name": "达州市另外某某商行", "code": ""}
    )
    client = world.client("li")

    assert other.no not in text(client.get("/desk", {"words": "食品有限公司"}))
    assert case.no not in text(client.get("/desk", {"words": "另外某某商行"}))
    assert case.no in text(client.get("/desk", {"step": "file"}))
    assert "没有符合条件的待办" in text(client.get("/desk", {"words": "查无此案\x00"}))


def test_the_list_is_paged_by_key_and_keeps_its_filters(world: World) -> None:
    case = world.open()
    Obligation.objects.all().delete()
    for place in range(35):
        duty(world, case, title=f"事项{place:02d}号", due_at=AT + timedelta(days=place))
    client = world.client("li")

    first = text(client.get("/desk", {"words": "食品"}))
    address = next_of(first)
    second = text(client.get(address))

    assert "words=" in address
    assert "事项29号" in first
    assert "事项30号" not in first
    assert "事项30号" in second
    assert "事项29号" not in second
    assert "已到末页" in second


@pytest.mark.parametrize(
    "cursor", ["x", "~", "-~x", "2026-01-01~5", "rubbish~5", "-~²", "2026-01-01T00:00:00+08:00~9" + "9" * 30]
)
def test_a_cursor_of_strangers_starts_over(world: World, cursor: str) -> None:
    world.open()

    assert world.client("li").get("/desk", {"after": cursor}).status_code == 200


def test_the_export_holds_what_the_list_holds_and_no_formula(world: World) -> None:
    case = world.open(title="=HYPERLINK(1)案")

    rows = sheet(world.client("li").get("/desk/todo.xlsx"))

    assert rows[0][:4] == ("时限", "到期日", "事项", "案号")
    assert rows[1][3:5] == (case.label, "=HYPERLINK(1)案")


def test_done_lists_what_i_did(world: World) -> None:
    case = world.open()

    assert case.no in text(world.client("li").get("/desk", {"tab": "done"}))
    assert case.no not in text(world.client("wang").get("/desk", {"tab": "done"}))


def test_somebody_without_cases_is_led_to_the_organs(world: World) -> None:
    response = world.client("guanli").get("/desk")

    assert response.status_code == 302
    assert response["Location"] == "/desk/organs"


# --- cases ---


def test_everybody_of_the_organ_lists_its_cases_and_the_neighbour_none(world: World) -> None:
    case = world.open()

    assert case.no in text(world.client("li").get("/desk/cases"))
    assert case.no in text(world.client("zhao").get("/desk/cases"))
    assert case.no not in text(world.client("stranger").get("/desk/cases"))


def test_the_justice_bureau_lists_the_region_and_filters_by_organ(world: World) -> None:
    case = world.open()
    client = world.client("jiandu")

    assert case.no in text(client.get("/desk/cases"))
    assert case.no in text(client.get("/desk/cases", {"organ": "shi-jianguan"}))
    assert case.no not in text(client.get("/desk/cases", {"organ": "linjie"}))


@pytest.mark.parametrize(
    "query, found",
    [
        ({"state": "open"}, True),
        ({"state": "ended"}, False),
        ({"stage": "lead"}, True),
        ({"stage": "decision"}, False),
        ({"procedure": "penalty-ordinary"}, True),
        ({"procedure": "penalty-summary"}, False),
        ({"mine": "1"}, True),
        ({"words": "食品有限公司"}, True),
        ({"words": "查无"}, False),
        ({"lamp": "overdue"}, False),
    ],
)
def test_case_filters(world: World, query: dict[str, str], found: bool) -> None:
    case = world.open()

    assert (case.no in text(world.client("li").get("/desk/cases", query))) is found


def test_only_my_cases(world: World) -> None:
    case = world.open()

    assert case.no not in text(world.client("zhao").get("/desk/cases", {"mine": "1"}))


def test_case_pages_follow_the_key(world: World) -> None:
    party = makers.party()
    for place in range(33):
        makers.case(
            organ=world.organ, party=party, title=f"第{place:02d}案", moved_at=AT - timedelta(minutes=place)
        )
    client = world.client("li")

    first = text(client.get("/desk/cases"))
    address = next_of(first)
    second = text(client.get(address))

    assert "第29案" in first
    assert "第30案" not in first
    assert "第32案" in second


@pytest.mark.parametrize("cursor", ["x", "2026-01-01T00:00:00+08:00~x", "2026-01-01~" + "0" * 32, "~"])
def test_a_strange_case_cursor_starts_over(world: World, cursor: str) -> None:
    assert world.client("li").get("/desk/cases", {"after": cursor}).status_code == 200


def test_the_case_export_holds_the_cases(world: World) -> None:
    case = world.open()

    rows = sheet(world.client("li").get("/desk/cases.xlsx", {"state": "open"}))

    assert [row[0] for row in rows] == ["案号", case.label]


# --- cost ---


# session, account with its officer, the rows; to-do: its figures, what was done; list: the figure in the menu
@pytest.mark.parametrize("address, most", [("/desk", 5), ("/desk?tab=done", 5), ("/desk/cases", 4)])
def test_queries_do_not_grow_with_the_rows(world: World, address: str, most: int) -> None:
    client = world.client("li")
    _fill(world, 3)
    few = _queries(client, address)
    _fill(world, 57)
    many = _queries(client, address)

    assert many == few == most


def _fill(world: World, count: int) -> None:
    base = world.open()
    for place in range(count):
        case = makers.case(
            organ=world.organ,
            party=makers.party(),
            edition=base.edition,
            marking=base.marking,
            at=AT + timedelta(seconds=place),
        )
        duty(world, case, due_at=datetime(2026, 12, 1, tzinfo=AT.tzinfo) + timedelta(days=place))


def _queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_reminders_are_listed_and_marked_as_read(world: World) -> None:
    case = world.open()
    Obligation.objects.filter(case=case, step="file").update(due_at=AT + timedelta(hours=1))
    actions.warn(at=AT)
    client = world.client("li")

    page = client.get("/desk/notices")
    assert case.label in page.content.decode()
    assert "今日到期" in page.content.decode()
    assert "期限提醒没有看" in client.get("/desk").content.decode()
    assert client.post("/desk/notices").status_code == 302

    assert "没有看" not in client.get("/desk").content.decode()
