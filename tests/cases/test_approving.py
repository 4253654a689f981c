"""报批: submitted, approved, sent back, withdrawn, and what happens when the case has moved meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Obligation, Submission
from mingjing.cases.queries import TodoFilters, returned_facts, todo
from mingjing.record import queries as record
from tests.office import Matter, Office, nothing_saved, open_matter, refused, to_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    found = open_matter(office)
    found.do("site_inspection")
    return found


def submission(matter: Matter) -> Submission:
    return Submission.objects.filter(case_id=matter.case_id).latest("id")


def kinds(matter: Matter) -> list[str]:
    return [one.kind for one in record.history(f"case:{matter.case_id}")]


def head(matter: Matter) -> Any:
    return matter.office.actor("organ_head", matter.at)


def waiting(matter: Matter) -> list[str]:
    """What the head finds to approve."""
    rows, _ = todo(head(matter), matter.at, TodoFilters(kind="approval", words=matter.case.no))
    return [row.title for row in rows]


def test_a_submission_moves_nothing_but_the_heads_to_do_list(matter: Matter) -> None:
    before = matter.case.marking

    taken = matter.propose("file")

    assert taken.submitted
    assert taken.seq is None
    assert matter.case.marking == before
    assert not matter.case.steps.filter(step="file").exists()
    assert waiting(matter) == ["审批：立案"]
    assert kinds(matter)[-1] == "submission"


def test_approval_takes_the_step_in_both_names_with_the_opinion(matter: Matter, office: Office) -> None:
    taken = matter.approve(matter.propose("file"), opinion="同意立案，抓紧调查。")

    step = matter.case.steps.get(pk=taken.step_id)
    assert (step.by, step.proposed_by) == (office.people["organ_head"], office.people["handler"])
    assert step.note == "同意立案，抓紧调查。"
    assert submission(matter).state == "approved"
    assert waiting(matter) == []
    entry = record.history(f"case:{matter.case_id}")[-1]
    assert (entry.actor, entry.plain["proposed_by"]) == (
        f"officer:{office.people['organ_head'].pk}",
        f"officer:{office.people['handler'].pk}",
    )


def test_a_submission_sent_back_comes_back_with_its_reason_and_its_facts(matter: Matter) -> None:
    proposal = matter.propose("file")

    cases.send_back(
        submission_id=proposal.submission_id, actor=head(matter), at=matter.at, reason=" 请补充现场照片。 "
    )

    assert (submission(matter).state, submission(matter).opinion) == ("returned", "请补充现场照片。")
    assert waiting(matter) == []
    assert not matter.case.steps.filter(step="file").exists()
    assert returned_facts(matter.case_id, "file")["cause"] == matter.scene.story.cause
    assert kinds(matter)[-1] == "submission-returned"
    # The reason may name people: it stands on the record as a commitment.
    assert "现场照片" not in str(record.history(f"case:{matter.case_id}")[-1].plain)
    matter.do("file")
    assert matter.case.steps.filter(step="file").count() == 1


def test_sending_back_needs_a_reason(matter: Matter) -> None:
    proposal = matter.propose("file")
    with nothing_saved(matter), refused("missing", match="理由"):
        cases.send_back(submission_id=proposal.submission_id, actor=head(matter), at=matter.at, reason="  ")


def test_the_proposer_takes_his_submission_back(matter: Matter, office: Office) -> None:
    proposal = matter.propose("file")
    for who in ("second", "organ_head"):
        with nothing_saved(matter), refused("not-proposer"):
            cases.withdraw_submission(
                submission_id=proposal.submission_id, actor=office.actor(who, matter.at), at=matter.at
            )

    cases.withdraw_submission(
        submission_id=proposal.submission_id, actor=office.actor("handler", matter.at), at=matter.at
    )

    assert submission(matter).state == "withdrawn"
    assert waiting(matter) == []
    assert kinds(matter)[-1] == "submission-withdrawn"


def test_one_submission_of_a_step_waits_at_a_time(matter: Matter) -> None:
    matter.propose("file")
    with nothing_saved(matter), refused("already-submitted", match="立案"):
        matter.propose("file")


def test_nobody_approves_his_own_submission(office: Office) -> None:
    office.hire("both", ("handler", "organ_head"))
    matter = open_matter(office, handlers=("handler", "second", "both"))
    matter.do("site_inspection")
    proposal = matter.propose("file", who="both")

    for act in (cases.approve, cases.send_back):
        more = {"reason": "补充。"} if act is cases.send_back else {}
        with nothing_saved(matter), refused("same-person"):
            act(
                submission_id=proposal.submission_id,
                actor=office.actor("both", matter.at),
                at=matter.at,
                **more,
            )


def test_the_second_of_two_heads_is_told(matter: Matter, office: Office) -> None:
    office.hire("deputy", ("organ_head",))
    proposal = matter.propose("file")
    matter.approve(proposal)

    for act in ("approve", "send_back", "withdraw_submission"):
        more = {"reason": "补充。"} if act == "send_back" else {}
        with nothing_saved(matter), refused("changed-meanwhile", match="已审批"):
            getattr(cases, act)(
                submission_id=proposal.submission_id,
                actor=office.actor("deputy", matter.at),
                at=matter.at,
                **more,
            )


def test_a_step_that_became_impossible_is_refused_and_the_submission_stays(matter: Matter) -> None:
    filing, declining = matter.propose("file"), matter.propose("decline_filing")
    matter.approve(declining)

    with nothing_saved(matter), refused("ended", match="不予立案"):
        matter.approve(filing)

    assert Submission.objects.get(pk=filing.submission_id).state == "open"
    cases.send_back(
        submission_id=filing.submission_id, actor=head(matter), at=matter.at, reason="本案已不予立案。"
    )
    assert not Obligation.objects.filter(case_id=matter.case_id, state="open").exists()


def test_needs_are_judged_again_on_the_day_of_approval(matter: Matter, office: Office) -> None:
    proposal = matter.propose("file")
    office.people["second"].certificates.update(state="suspended")

    with nothing_saved(matter), refused("officers-not-certified", match="已暂停"):
        matter.approve(proposal)


def test_an_approver_who_has_not_seen_the_latest_is_told_what_happened(matter: Matter) -> None:
    proposal = matter.propose("file")
    seen = matter.case.version
    matter.do("interview")

    with nothing_saved(matter), refused("changed-meanwhile", match="甲某某已办理“询问”"):
        matter.approve(proposal, version=seen)
    matter.approve(proposal, version=matter.case.version)


def test_a_handler_who_has_not_seen_the_latest_is_told_what_happened(matter: Matter, office: Office) -> None:
    seen = matter.case.version
    matter.do("interview", who="second")

    with nothing_saved(matter), refused("changed-meanwhile", match="乙某某已办理“询问”"):
        cases.take(
            case_id=matter.case_id,
            step="evidence_extract",
            facts=matter.form("evidence_extract"),
            actor=office.actor("handler", matter.at),
            at=matter.at,
            version=seen,
        )


@pytest.mark.parametrize("act", ["approve", "send_back", "withdraw_submission"])
def test_a_submission_that_does_not_exist_is_refused(matter: Matter, act: str) -> None:
    more = {"reason": "补充。"} if act == "send_back" else {}
    with nothing_saved(matter), refused("not-found"):
        getattr(cases, act)(submission_id=0, actor=head(matter), at=matter.at, **more)


@pytest.mark.parametrize("words", ["opinion", "reason"])
def test_opinions_longer_than_the_table_are_refused(matter: Matter, words: str) -> None:
    proposal = matter.propose("file")
    act = cases.approve if words == "opinion" else cases.send_back
    with nothing_saved(matter), refused("too-long", match="500"):
        act(
            submission_id=proposal.submission_id,
            actor=head(matter),
            at=matter.at,
            **{words: "一" * 501},
        )


def test_every_step_that_needs_approval_can_be_submitted_and_approved_once(office: Office) -> None:
    """The notice goes through the head as well; the paper is issued in the head's name."""
    matter = to_notice(open_matter(office))
    approved = matter.case.submissions.filter(state="approved").values_list("step", flat=True)

    assert set(approved) == {"file", "advance_notice"}
    assert matter.case.papers.get(form="advance-notice").step.by == office.people["organ_head"]
