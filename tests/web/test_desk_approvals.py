"""Approving several at once: each read, ticked, approved or refused by itself."""

from __future__ import annotations

from typing import Any

import pytest

from mingjing.cases import actions
from mingjing.cases.models import Case, Submission
from tests.makers import AT
from tests.web.desk_world import FILE, World

ADDRESS = "/desk/approvals"


@pytest.fixture
def waiting(world: World) -> list[Submission]:
    """Three filings that wait for the head."""
    return [submitted(world, world.open(title=f"第{number}件案")) for number in range(3)]


def submitted(world: World, case: Case, **facts: Any) -> Submission:
    taken = world.take(case, "file", {**FILE, **facts})
    return Submission.objects.get(pk=taken.submission_id)


def form(picked: list[Submission], shown: list[Submission], **more: Any) -> dict[str, Any]:
    versions = {f"version-{one.pk}": Case.objects.get(pk=one.case_id).version for one in shown}
    return {"pick": [one.pk for one in picked], **versions, **more}


def states(rows: list[Submission]) -> list[str]:
    return [Submission.objects.get(pk=one.pk).state for one in rows]


def test_each_is_shown_with_what_was_submitted_and_nothing_is_ticked(
    world: World, waiting: list[Submission]
) -> None:
    page = world.client("juzhang").get(ADDRESS).content.decode()

    for number, one in enumerate(waiting):
        assert f"第{number}件案" in page
        assert f'name="pick" value="{one.pk}">' in page
    assert page.count(FILE["filing_reason"]) == 3
    assert " checked" not in page


def test_only_what_was_ticked_is_approved(world: World, waiting: list[Submission]) -> None:
    response = world.client("juzhang").post(ADDRESS, form(waiting[:2], waiting, opinion="同意立案。"))

    assert "批准 2 件" in response.content.decode()
    assert states(waiting) == ["approved", "approved", "open"]
    assert Submission.objects.get(pk=waiting[0].pk).opinion == "同意立案。"


def test_one_that_changed_meanwhile_is_refused_with_its_reason_and_holds_up_no_other(
    world: World, waiting: list[Submission]
) -> None:
    posted = form(waiting, waiting)
    case = Case.objects.get(pk=waiting[1].case_id)
    actions.assign(
        case_id=case.pk, officer_id=world.officers["zhao"].pk, role="handler", actor=world.actor("li"), at=AT
    )
    actions.send_back(submission_id=waiting[2].pk, actor=world.actor("juzhang"), at=AT, reason="请补充证据。")

    page = world.client("juzhang").post(ADDRESS, posted).content.decode()

    assert states(waiting)[0] == "approved"
    assert states(waiting)[2] == "returned"
    assert "批准 1 件，未批准 2 件" in page
    assert page.count("您的") >= 1


def test_nothing_ticked_and_too_long_an_opinion_are_told(world: World, waiting: list[Submission]) -> None:
    client = world.client("juzhang")

    nothing = client.post(ADDRESS, form([], waiting))
    long = client.post(ADDRESS, form(waiting, waiting, opinion="多" * 501))

    assert nothing.status_code == long.status_code == 422
    assert "没有勾选" in nothing.content.decode()
    assert "意见最多 500 个字" in long.content.decode()
    assert f'value="{waiting[0].pk}" checked' in long.content.decode()
    assert states(waiting) == ["open"] * 3


def test_a_colleague_without_the_office_and_a_stranger_can_approve_nothing(
    world: World, waiting: list[Submission]
) -> None:
    for who in ("zhao", "stranger"):
        client = world.client(who)
        assert "没有等您审批的事项" in client.get(ADDRESS).content.decode()
        client.post(ADDRESS, form(waiting, waiting))

    assert states(waiting) == ["open"] * 3


def test_a_submission_that_came_back_shows_what_was_changed(world: World) -> None:
    case = world.open()
    first = submitted(world, case, filing_reason="有初步证据。")
    actions.send_back(submission_id=first.pk, actor=world.actor("juzhang"), at=AT, reason="请写明管辖。")
    case.refresh_from_db()
    submitted(world, case, filing_reason="有初步证据，属本机关管辖。")
    client = world.client("juzhang")

    for page in (client.get(ADDRESS).content.decode(), client.get(f"/desk/cases/{case.no}").content.decode()):
        assert "与退回的上一次报批相比" in page
        assert '<ins><span class="visually-hidden">增加：</span>，属本机关管辖</ins>' in page
