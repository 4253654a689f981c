"""The case page: what it tells, to whom, and what approving from it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingjing.cases.models import Case, Submission
from mingjing.law.actions import load_codex
from mingjing.law.models import PowerItem
from tests.makers import AT
from tests.web.desk_world import FILE, World


@pytest.fixture
def case(world: World) -> Case:
    return world.open()


def page_of(world: World, who: str, case: Case, **query: str) -> Any:
    return world.client(who).get(f"/desk/cases/{case.no}", query)


def text(response: Any) -> str:
    return response.content.decode()


# --- three people ---


@pytest.mark.parametrize(
    "who, status",
    [
        ("li", 200),
        ("zhao", 200),
        ("shenhe", 200),
        ("juzhang", 200),
        ("jiandu", 200),
        ("stranger", 404),
        ("guanli", 403),
    ],
)
def test_who_may_read_a_case(world: World, case: Case, who: str, status: int) -> None:
    assert page_of(world, who, case).status_code == status


def test_a_case_of_others_and_no_case_at_all_look_alike(world: World, case: Case) -> None:
    strangers = page_of(world, "stranger", case)
    nobodys = world.client("stranger").get("/desk/cases/000000")

    assert strangers.status_code == nobodys.status_code == 404
    assert text(strangers).replace(case.no, "") == text(nobodys).replace("000000", "")


def test_the_handler_sees_what_may_be_done_and_why_the_rest_may_not(world: World, case: Case) -> None:
    page = text(page_of(world, "li", case))

    assert f'href="/desk/cases/{case.no}/steps/file"' in page
    assert "为什么不能办" in page
    assert "两名以上持证人员办理" in page


def test_a_colleague_sees_no_button_and_reads_who_handles_it(world: World, case: Case) -> None:
    page = text(page_of(world, "zhao", case))

    assert "button button-main no-print" not in page
    assert "本案承办人为li某、wang某，zhao某不是本案承办人" in page


def test_the_term_is_told_with_its_arithmetic(world: World, case: Case) -> None:
    world.file(case)

    page = text(page_of(world, "li", case))

    assert "作出处罚决定" in page
    assert "怎样算出来的" in page
    assert "应于 <b>2027年2月18日</b> 前办理（星期四，暂计" in page
    assert "《行政处罚法》第六十条" in page


def test_the_timeline_carries_place_and_hash_of_every_sealed_step(world: World, case: Case) -> None:
    from mingjing.record.actions import seal

    unsealed = text(page_of(world, "li", case))
    seal(AT)
    sealed = text(page_of(world, "li", case))

    assert "尚未编入日志" in unsealed
    assert "尚未编入日志" not in sealed
    assert f"/desk/entries/{case.steps.get().entry_id}/proof.json" in sealed


def test_a_missing_recording_is_named_before_anybody_submits(world: World, case: Case) -> None:
    world.take(case, "interview", _interview(world), films=False)

    page = text(page_of(world, "li", case))

    assert "1 个环节没有音像记录" in page
    assert "询问（11-20，音像）" in page


def test_a_party_with_a_doubtful_code_is_marked(world: World) -> None:
    case = world.open(party={"name": "达州市某某商行", "kind": "enterprise", "code": "91511702MA00000000"})

    assert "号码存疑" in text(page_of(world, "li", case))


def test_the_flowchart_shows_where_the_case_stands(world: World, case: Case) -> None:
    response = world.client("li").get(f"/desk/cases/{case.no}/flow")

    assert response.status_code == 200
    assert "<svg" in text(response)
    assert world.client("stranger").get(f"/desk/cases/{case.no}/flow").status_code == 404


# --- approving ---


@pytest.fixture
def submission(world: World, case: Case) -> Submission:
    return Submission.objects.get(pk=world.take(case, "file", FILE).submission_id)


def act(world: World, who: str, submission: Submission, verb: str, **form: Any) -> Any:
    return world.client(who).post(f"/desk/submissions/{submission.pk}/{verb}", form)


def test_the_head_approves_from_the_case_page(world: World, case: Case, submission: Submission) -> None:
    case.refresh_from_db()
    assert "批准" in text(page_of(world, "juzhang", case))

    response = act(world, "juzhang", submission, "approve", opinion="同意立案。", version=case.version)

    submission.refresh_from_db()
    assert response.status_code == 302
    assert submission.state == "approved"
    assert case.steps.filter(step="file", note="同意立案。").exists()


def test_the_head_reads_the_paper_before_approving_it(
    world: World, case: Case, submission: Submission
) -> None:
    paper = f"/desk/submissions/{submission.pk}/filing-approval.pdf"

    assert paper in text(page_of(world, "juzhang", case))
    response = world.client("juzhang").get(paper)

    assert response.headers["Content-Type"] == "application/pdf"
    assert b"".join(response).startswith(b"%PDF")
    assert not case.papers.filter(form="filing-approval").exists()
    assert world.client("stranger").get(paper).status_code == 404
    assert world.client("juzhang").get(paper.replace("filing-approval", "case-source")).status_code == 404


@pytest.mark.parametrize(
    "who, status", [("li", 403), ("zhao", 403), ("shenhe", 403), ("stranger", 404), ("jiandu", 403)]
)
@pytest.mark.parametrize("verb", ["approve", "return"])
def test_nobody_else_approves_or_returns(
    world: World, case: Case, submission: Submission, who: str, status: int, verb: str
) -> None:
    case.refresh_from_db()

    response = act(world, who, submission, verb, opinion="同意", version=case.version)

    submission.refresh_from_db()
    assert response.status_code == status
    assert submission.state == "open"


def test_approving_what_has_changed_meanwhile_is_refused_and_the_opinion_stays(
    world: World, case: Case, submission: Submission
) -> None:
    case.refresh_from_db()
    seen = case.version
    world.take(case, "service_address", {"service_address": "达州市某某路1号"}, by="wang")

    response = act(world, "juzhang", submission, "approve", opinion="同意，注意时限。", version=seen)

    submission.refresh_from_db()
    assert response.status_code == 409
    assert "同意，注意时限。</textarea>" in text(response)
    assert submission.state == "open"


def test_returning_needs_a_reason(world: World, submission: Submission) -> None:
    response = act(world, "juzhang", submission, "return", opinion="  ")

    submission.refresh_from_db()
    assert response.status_code == 409
    assert "退回须写明理由" in text(response)
    assert submission.state == "open"


def test_a_returned_submission_tells_its_proposer_why(
    world: World, case: Case, submission: Submission
) -> None:
    assert act(world, "juzhang", submission, "return", opinion="补充照片。").status_code == 302

    page = text(page_of(world, "li", case))

    assert "“立案”被退回：</b>补充照片。" in page
    assert "修改后重新报批" in page


def test_an_opinion_that_does_not_fit_is_refused(world: World, case: Case, submission: Submission) -> None:
    case.refresh_from_db()

    response = act(world, "juzhang", submission, "approve", opinion="好" * 501, version=case.version)

    assert response.status_code == 422
    assert "最多 500 个字，现有 501 个字" in text(response)


def test_only_the_proposer_withdraws(world: World, submission: Submission) -> None:
    assert act(world, "wang", submission, "withdraw").status_code == 403
    assert act(world, "li", submission, "withdraw").status_code == 302

    submission.refresh_from_db()
    assert submission.state == "withdrawn"


def test_approving_twice_tells_the_second_that_it_is_done(
    world: World, case: Case, submission: Submission
) -> None:
    case.refresh_from_db()
    assert act(world, "juzhang", submission, "approve", version=case.version).status_code == 302
    case.refresh_from_db()

    response = act(world, "juzhang", submission, "approve", version=case.version)

    assert response.status_code == 409
    assert "已审批，您的操作未生效" in text(response)


def test_a_submission_that_does_not_exist_is_not_found(world: World) -> None:
    assert world.client("juzhang").post("/desk/submissions/424242/approve", {}).status_code == 404


# --- handlers ---


def test_the_head_of_the_unit_adds_a_colleague(world: World, case: Case) -> None:
    client = world.client("kezhang")
    zhao = world.officers["zhao"]
    url = f"/desk/cases/{case.no}/handlers"
    assert "zhao某" in text(client.get(url))

    response = client.post(url, {"officer": zhao.pk, "version": case.version})

    assert response.status_code == 302
    assert case.officers.filter(officer=zhao, role="handler").exists()


@pytest.mark.parametrize(
    "form, status, told",
    [
        ({"officer": ""}, 422, "没有选择人员"),
        ({"officer": "x"}, 422, "没有选择人员"),
        ({"officer": "424242"}, 403, "承办人须为本机关在职人员"),
    ],
)
def test_a_wrong_choice_of_colleague_is_told(
    world: World, case: Case, form: dict[str, str], status: int, told: str
) -> None:
    response = world.client("li").post(f"/desk/cases/{case.no}/handlers", {**form, "version": case.version})

    assert response.status_code == status
    assert told in text(response)


def test_adding_a_handler_to_a_case_that_moved_is_refused(world: World, case: Case) -> None:
    form = {"officer": world.officers["zhao"].pk, "version": case.version + 5}

    assert world.client("li").post(f"/desk/cases/{case.no}/handlers", form).status_code == 409


@pytest.mark.parametrize("who, status", [("zhao", 403), ("stranger", 404), ("jiandu", 403)])
def test_who_may_not_add_handlers(world: World, case: Case, who: str, status: int) -> None:
    form = {"officer": world.officers["zhao"].pk, "version": case.version}

    assert world.client(who).post(f"/desk/cases/{case.no}/handlers", form).status_code == status


# --- cost ---


def test_queries_do_not_grow_with_the_history(world: World, case: Case) -> None:
    client = world.client("li")
    world.take(case, "interview", _interview(world))
    world.take(case, "interview", _interview(world))
    few = _queries(client, f"/desk/cases/{case.no}")
    for place in range(37):
        world.take(case, "interview", _interview(world), at=AT + timedelta(minutes=place))
    many = _queries(client, f"/desk/cases/{case.no}")

    assert case.steps.count() == 40
    # session, account with its officer, the case with everything in it, the registers that bind its organ, its reviews,
    # the figure in the menu
    assert many == few == 7


def test_similar_cases_are_one_more_query(world: World, case: Case) -> None:
    load_codex(AT)
    case.power_item = PowerItem.objects.get(source="codex", code="FOOD-04")
    case.save()

    assert _queries(world.client("li"), f"/desk/cases/{case.no}") == 8


def test_a_long_history_is_paged(world: World, case: Case) -> None:
    for place in range(51):
        facts = {"service_address": f"达州市某某路{place}号"}
        world.take(case, "service_address", facts, at=AT + timedelta(minutes=place))

    page = text(page_of(world, "li", case))
    older = text(page_of(world, "li", case, before="3"))

    assert "更早的记录" in page
    assert "线索登记</b>" not in page
    assert "线索登记</b>" in older
    assert page_of(world, "li", case, before="rubbish").status_code == 200


def _queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def _interview(world: World) -> dict[str, Any]:
    return {
        "interviewee": "张某某",
        "interviewee_role": "legal_representative",
        "interview_began_at": "2026-11-20T09:00",
        "interview_ended_at": "2026-11-20T09:30",
        "interview_place": "询问室",
        "officers_present": [world.officers["li"].pk, world.officers["wang"].pk],
        "certificates_shown": "yes",
        "rights_told": "yes",
        "notice_reply": "paper",
        "interview_dialogue": "问：情况？\n答：属实。",
    }
