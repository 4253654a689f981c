"""退回重办: steps of the office are done over; nothing is deleted, no term begins anew, nothing mandatory is skipped."""

from __future__ import annotations

from datetime import date

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.going_back import replayed
from mingjing.cases.models import Paper, Step
from mingjing.cases.queries import case_page
from mingjing.kernel.marking import dump
from mingjing.record import queries as record
from tests.office import Matter, Office, nothing_saved, open_matter, refused, to_decision, to_notice

pytestmark = pytest.mark.django_db
MAJOR = {"power": "FOOD-03", "fine_fen": 6_000_000}


@pytest.fixture
def matter(office: Office) -> Matter:
    """A major case whose investigation is concluded."""
    found = open_matter(office, **MAJOR)
    for step in ("site_inspection", "file", "interview", "conclude"):
        found.do(step)
    return found


def seq_of(matter: Matter, step: str) -> int:
    return matter.case.steps.filter(step=step, set_aside_at__isnull=True).latest("seq").seq


def back(matter: Matter, step: str, who: str = "handler", reason: str = "补充证据。") -> tuple[str, ...]:
    return cases.step_back(
        case_id=matter.case_id,
        seq=seq_of(matter, step),
        reason=reason,
        actor=matter.office.actor(who, matter.at),
        at=matter.at,
    )


def standing(matter: Matter) -> list[str]:
    rows = matter.case.steps.filter(set_aside_at__isnull=True).order_by("seq")
    return list(rows.values_list("step", flat=True))


def test_a_step_of_the_office_is_done_over(matter: Matter, office: Office) -> None:
    papers = Paper.objects.filter(case_id=matter.case_id, step__step="conclude")
    numbers = list(papers.values_list("pk", flat=True))

    assert back(matter, "conclude") == ("调查终结",)

    assert standing(matter) == ["register", "site_inspection", "file", "interview"]
    assert Step.objects.get(case_id=matter.case_id, step="conclude").set_aside_by == office.people["handler"]
    assert all(one.voided_at == matter.at for one in Paper.objects.filter(pk__in=numbers))
    assert "legal_review" not in matter.owed()
    matter.do("interview")
    matter.do("conclude")
    assert "legal_review" in matter.owed()


def test_the_term_for_the_decision_runs_on_from_the_filing(matter: Matter) -> None:
    due = matter.case.obligations.get(step="decide", state="open").due_at
    matter.move_to(date(2026, 3, 10))

    back(matter, "conclude")

    assert matter.case.obligations.get(step="decide", state="open").due_at == due


def test_the_record_and_the_time_line_keep_what_was_set_aside(matter: Matter, office: Office) -> None:
    back(matter, "conclude", reason="证人姓名有误。")

    entry = record.history(f"case:{matter.case_id}")[-1]
    assert (entry.kind, entry.plain["step"]) == ("stepped-back", "conclude")
    shown = case_page(office.actor("handler", matter.at), matter.case.no, matter.at)
    assert shown.story[0].title == "退回重办：调查终结"
    assert "证人姓名有误。（须重新办理：调查终结）" in shown.story[0].text
    assert shown.story[1].title == "调查终结"
    assert shown.story[1].set_aside_at == matter.at


def test_a_review_must_be_given_anew(matter: Matter) -> None:
    matter.do("legal_review")

    assert back(matter, "conclude", who="organ_head") == ("调查终结", "法制审核")

    matter.do("conclude")
    assert "legal_review" in matter.owed()
    with nothing_saved(matter), refused("milestone", match="法制审核"):
        matter.propose("advance_notice")


def test_nobody_shops_for_a_better_opinion(matter: Matter) -> None:
    """行政处罚法 art. 58: the handler does not set the reviewer's opinion aside."""
    matter.do("legal_review")

    with nothing_saved(matter):
        with refused("not-yours", basis="行政处罚法/57"):
            back(matter, "conclude")
        with refused("not-yours"):
            back(matter, "legal_review", who="unit_head")
    back(matter, "legal_review", who="reviewer")


def test_nobody_undoes_the_approval_of_a_superior(office: Office) -> None:
    found = to_decision(open_matter(office))
    found.do("serve_decision")
    found.do("publish")
    found.move_to(date(2026, 3, 20)).do("payment_confirmed")
    found.do("close")

    with nothing_saved(found), refused("not-yours", match="批准"):
        back(found, "close")
    assert back(found, "close", who="organ_head") == ("结案",)
    found.do("close")


def test_what_has_reached_the_party_is_not_taken_back(office: Office) -> None:
    found = to_notice(open_matter(office))
    with nothing_saved(found):
        for step in ("register", "file", "service_address", "advance_notice", "serve_notice"):
            with refused("outside-effect"):
                back(found, step, who="organ_head")
        with refused("outside-effect", match="告知"):
            back(found, "conclude", who="organ_head")
    to_decision_from(found)
    with nothing_saved(found), refused("outside-effect"):
        back(found, "decide", who="organ_head")


def to_decision_from(found: Matter) -> None:
    found.move_to(date(2026, 3, 11))
    found.do("decide")
    found.do("serve_decision")


def test_what_was_found_meanwhile_stands(office: Office) -> None:
    found = open_matter(office)
    named = {"disputing_organs": "某某局\n邻近某某局", "designated_organ": "某某局"}
    found.do("designate_jurisdiction", designation_reason="先行发现。", **named)
    found.do("site_inspection")
    Paper.objects.filter(case_id=found.case_id, form="designated-jurisdiction").update(outgoing=False)

    assert back(found, "designate_jurisdiction", who="organ_head") == ("指定管辖",)

    assert standing(found) == ["register", "site_inspection"]
    steps = found.case.steps.filter(set_aside_at__isnull=True).order_by("seq")
    marking, facts = replayed(found.work, steps)
    assert dump(marking) == found.case.marking
    assert facts == found.case.facts


def test_what_waits_for_approval_comes_first(office: Office) -> None:
    found = open_matter(office)
    found.do("site_inspection")
    found.do("file")
    found.do("interview")
    found.do("conclude")
    taken = found.propose("suspend")
    with nothing_saved(found), refused("submission-open", match="中止"):
        back(found, "conclude")
    cases.withdraw_submission(
        submission_id=taken.submission_id or 0, actor=office.actor("handler", found.at), at=found.at
    )
    back(found, "conclude")


def test_the_history_replays_to_the_marking_for_a_whole_case(office: Office) -> None:
    found = to_decision(open_matter(office, **MAJOR), date(2026, 3, 16))
    found.do("serve_decision")
    found.do("publish")

    marking, facts = replayed(found.work, found.case.steps.order_by("seq"))

    assert dump(marking) == found.case.marking
    assert facts == found.case.facts
