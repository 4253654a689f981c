"""What an exemption does to the case's own duty to publish, and who owes the review: in the to-do, the case, the command.

政府信息公开条例 arts. 14-18 and 达州三项制度方案 art. 4(1): not shown by approval only, judged anew by its day; what may be
shown by then is to be shown within the term.
"""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mingjing import cli
from mingjing.cases import actions as cases
from mingjing.cases import queries as case_queries
from mingjing.cases.going_back import replayed
from mingjing.cases.models import Case, Move, Obligation
from mingjing.cases.queries import TodoFilters
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.marking import dump
from mingjing.organs.authority import SYSTEM
from mingjing.publicity import actions
from mingjing.publicity.models import Exemption, Placement, Publication
from tests.office import Matter, Office, refused
from tests.publicity.acts import approved, decided, proposed, reviewed

pytestmark = pytest.mark.django_db
DELAY = {"ground": "investigation", "reason": "同案人在逃。"}


@pytest.fixture
def matter(office: Office) -> Matter:
    return decided(office)


def owed(matter: Matter, kind: str = "duty") -> list[tuple[str, str, bool]]:
    """Open duties to publish, or of exemptions: title, last day, whether the term stands still."""
    rows = Obligation.objects.filter(case_id=matter.case_id, kind=kind, state="open").order_by("pk")
    wanted = [row for row in rows if kind != "duty" or row.step.startswith("publish")]
    return [(row.title, day(row.due_at), row.paused) for row in wanted]


def day(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat() if moment else ""


def on_list(matter: Matter, who: str, **filters: Any) -> list[case_queries.TodoRow]:
    """The to-do of somebody of the office."""
    rows, _ = case_queries.todo(matter.office.actor(who, matter.at), matter.at, TodoFilters(**filters))
    return rows


def test_a_delay_lets_the_term_stand_still_with_its_ground_and_day(matter: Matter) -> None:
    assert owed(matter) == [("公示处罚决定", "2026-03-20", False)]

    approved(matter, **DELAY)

    assert owed(matter) == [("公示处罚决定", "2026-03-20", True)]
    matter.move_to(date(2026, 4, 20))
    assert not on_list(matter, "publisher", lamp="overdue")
    assert not [one for one in on_list(matter, "publisher") if one.step == "publish"]
    [row] = [one for one in on_list(matter, "publisher", kind="waiting") if one.step == "publish"]
    assert row.lamp is None
    assert row.waiting == "公开会妨碍正在进行的调查（暂缓公示），机关负责人批准，2026年6月11日复核"
    page = case_queries.case_page(matter.office.actor("handler", matter.at), matter.case.no, matter.at)
    [told] = [one for one in page.obligations if one.step == "publish"]
    assert told.why_paused == row.waiting
    assert "“公示处罚决定”已经超期" not in str(page.checks)


def test_a_non_publication_ends_the_duty_and_the_case_can_be_closed(matter: Matter) -> None:
    approved(matter)

    assert owed(matter) == []
    last = Obligation.objects.get(case_id=matter.case_id, step="publish")
    assert (last.state, last.late) == ("cancelled", False)
    assert "publish" not in matter.owed()
    matter.do("serve_decision")
    matter.move_to(date(2026, 3, 20)).do("payment_confirmed")
    matter.do("close")
    assert "publish" not in matter.owed()


@pytest.mark.parametrize("ground", ["investigation", "business_secret"])
def test_what_is_lifted_is_owed_anew_for_the_whole_term(matter: Matter, ground: str) -> None:
    row = approved(matter, ground=ground)
    matter.move_to(date(2026, 5, 11))

    reviewed(matter, row)

    assert owed(matter) == [("公示处罚决定", "2026-05-20", False)]
    told = Obligation.objects.get(case_id=matter.case_id, step="publish", state="open")
    assert told.basis.endswith("; 政府信息公开条例/18")
    assert told.explanation[0].startswith("不公示、暂缓公示自2026年5月11日")
    portal = Placement.objects.get(case_id=matter.case_id, channel="portal")
    assert portal.due_at == told.due_at
    matter.do("publish")
    assert owed(matter) == []


def test_what_the_case_itself_withheld_is_owed_anew_too(matter: Matter) -> None:
    matter.do("withhold_publication", withholding_ground="privacy", withholding_reason="涉及当事人的病情。")
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)
    assert owed(matter, "exemption") == [("复核：不公示", "2027-03-11", False)]
    matter.move_to(date(2026, 5, 11))

    reviewed(matter, Exemption.objects.get(case_id=matter.case_id))

    assert owed(matter) == [("公示处罚决定", "2026-05-20", False)]
    assert owed(matter, "exemption") == []


def test_a_head_who_answers_in_the_case_answers_the_proposal_of_the_desk(matter: Matter) -> None:
    row = proposed(matter.office, matter)
    matter.do("withhold_publication", withholding_ground="privacy", withholding_reason="涉及当事人的病情。")
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    row.refresh_from_db()
    assert row.state == "returned"
    assert owed(matter, "exemption") == [("复核：不公示", "2027-03-11", False)]


def test_a_delay_that_lapses_is_owed_anew_and_nobody_has_judged(matter: Matter) -> None:
    approved(matter, **DELAY)
    actions.lapse_delays(at=matter.move_to(date(2026, 6, 12)).at)

    assert owed(matter) == [("公示处罚决定", "2026-06-23", False)]
    review = Obligation.objects.get(case_id=matter.case_id, title="复核：暂缓公示")
    assert review.state == "cancelled"


def test_the_head_owes_the_answer_and_the_review(matter: Matter) -> None:
    row = proposed(matter.office, matter)
    [asked] = [one for one in on_list(matter, "organ_head") if one.kind == "exemption"]
    assert (asked.title, asked.place, asked.basis) == (
        "批准：不公示",
        str(row.pk),
        "政府信息公开条例/15; 行政处罚法/50",
    )

    head = matter.office.actor("organ_head", matter.at)
    actions.answer_exemption(exemption_id=row.pk, answer="approve", actor=head, at=matter.at)
    assert owed(matter, "exemption") == [("复核：不公示", "2027-03-11", False)]
    assert not [one for one in on_list(matter, "organ_head") if one.kind == "exemption"]
    assert [one for one in on_list(matter, "organ_head", kind="waiting") if one.kind == "exemption"]

    matter.move_to(date(2027, 3, 11))
    [due] = [one for one in on_list(matter, "organ_head") if one.kind == "exemption"]
    assert due.lamp is not None
    assert due.lamp.state == "today"
    matter.move_to(date(2027, 3, 15))
    assert [one.title for one in on_list(matter, "organ_head", lamp="overdue") if one.kind == "exemption"]

    reviewed(matter, row, date(2027, 9, 1))
    assert owed(matter, "exemption") == [("复核：不公示", "2027-09-01", False)]
    done = Obligation.objects.get(
        case_id=matter.case_id, kind="exemption", state="discharged", due_at__isnull=False
    )
    assert done.late
    assert not [one for one in on_list(matter, "publisher") if one.kind == "exemption"]


def test_a_kept_delay_tells_its_new_day(matter: Matter) -> None:
    row = approved(matter, **DELAY)
    matter.move_to(date(2026, 6, 11))

    reviewed(matter, row, date(2026, 8, 31))

    [told] = [one for one in on_list(matter, "publisher", kind="waiting") if one.step == "publish"]
    assert "2026年8月31日复核" in told.why_paused
    assert owed(matter, "exemption") == [("复核：暂缓公示", "2026-08-31", False)]


def test_settling_again_changes_nothing(matter: Matter, django_assert_max_num_queries: Any) -> None:
    approved(matter, **DELAY)
    before = Case.objects.values_list("version", "marking", "due_at").get(pk=matter.case_id)

    with django_assert_max_num_queries(13):
        actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    assert Case.objects.values_list("version", "marking", "due_at").get(pk=matter.case_id) == before


def test_the_time_line_tells_what_became_of_the_term(matter: Matter) -> None:
    row = approved(matter, **DELAY)
    reviewed(matter, row)

    assert list(
        Move.objects.filter(case_id=matter.case_id).order_by("seq").values_list("kind", flat=True)
    ) == [
        "publication-paused",
        "publication-renewed",
    ]


def test_a_case_that_was_exempted_can_still_be_taken_back(matter: Matter) -> None:
    """A case told again from its steps stands where the approval put it."""
    approved(matter, **DELAY)
    matter.do("serve_decision")
    head = matter.office.actor("organ_head", matter.at)
    seq = matter.case.steps.latest("seq").seq
    # What reached the party stands; the refusal is that of the rule, not of a case that cannot be told again.
    with refused("outside-effect"):
        cases.step_back(case_id=matter.case_id, seq=seq, reason="重办。", actor=head, at=matter.at)
    work = matter.work
    steps = list(matter.case.steps.filter(set_aside_at__isnull=True).order_by("seq"))
    assert dump(replayed(work, steps)[0]) == dump(work.marking)


def test_the_command_lists_reviews_in_words_and_json(
    matter: Matter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A day of review that has come and gone is late for the command too."""
    row = approved(matter, **DELAY)

    def told(what: str, at: datetime) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(cli, "_now", lambda: at)
        code = cli.main(["publications", what, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, due = told("due", matter.move_to(date(2026, 4, 20)).at)
    assert code == 0
    assert (due["items"], len(due["reviews"])) == ([], 1)
    assert due["reviews"][0] == {
        "number": row.paper.number,
        "case": matter.case.no,
        "organ": matter.case.organ.code,
        "kind": "delay",
        "ground": "investigation",
        "ground_title": "公开会妨碍正在进行的调查（暂缓公示）",
        "review_on": "2026-06-11",
        "days_left": 52,
        "basis": "政府信息公开条例/16(2); 政府信息公开条例/18",
    }
    assert told("overdue", matter.move_to(date(2026, 6, 11)).at)[1]["reviews"] == []
    code, late = told("overdue", matter.move_to(date(2026, 6, 12)).at)
    assert (code, late["reviews"][0]["days_left"]) == (1, -1)
    cli.main(["publications", "overdue"])
    assert "超期 1 日" in capsys.readouterr().out


# --- whatever happens, in whatever order ---


def _events(matter: Matter, dice: random.Random) -> None:
    """One thing that somebody may do now, or that time does."""
    row = Exemption.objects.filter(case_id=matter.case_id, state__in=("open", "approved")).first()
    head = matter.office.actor("organ_head", matter.at)
    if dice.random() < 0.3:
        matter.at += timedelta(days=dice.choice([1, 10, 95]))
        actions.lapse_delays(at=matter.at)
    elif row is None:
        proposed(matter.office, matter, **dice.choice([DELAY, {}]))
    elif row.state == "open":
        answer = dice.choice(["approve", "approve", "return"])
        actions.answer_exemption(
            exemption_id=row.pk, answer=answer, opinion="已核对。", actor=head, at=matter.at
        )
    elif dice.random() < 0.5:
        reviewed(matter, row)
    else:
        reviewed(matter, row, matter.at.date() + timedelta(days=dice.randint(1, 80)))


@pytest.mark.parametrize("seed", range(6))
def test_the_duty_of_the_case_always_says_what_the_placements_say(matter: Matter, seed: int) -> None:
    """Owed and running while the site waits for it, standing still under a delay, gone under a non-publication."""
    dice = random.Random(seed)
    for _ in range(12):
        _events(matter, dice)

        portal = Placement.objects.get(case_id=matter.case_id, channel="portal")
        standing = Exemption.objects.filter(case_id=matter.case_id, state="approved").first()
        duties = owed(matter)
        if standing is None:
            assert portal.state == "owed"
            assert [(due, paused) for _, due, paused in duties] == [(day(portal.due_at), False)]
        else:
            assert portal.state == "withheld"
            assert [paused for *_, paused in duties] == ([True] if standing.kind == "delay" else [])
        waiting = Exemption.objects.filter(case_id=matter.case_id, state__in=("open", "approved"))
        assert len(owed(matter, "exemption")) == waiting.count()
        assert not Publication.objects.filter(case_id=matter.case_id).exists()
