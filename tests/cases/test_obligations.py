"""Rows of duties: their dates, who sees them, and how they move, end and fall away with the engine's."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Obligation
from mingjing.cases.queries import TodoFilters, todo
from mingjing.kernel import engine
from mingjing.record import queries as record
from tests.office import SHANGHAI, Matter, Office, open_matter, person, to_decision, to_notice

pytestmark = pytest.mark.django_db


def row(matter: Matter, step: str, state: str = "open") -> Obligation:
    return Obligation.objects.get(case_id=matter.case_id, step=step, kind="duty", state=state)


def due(matter: Matter, step: str) -> date | None:
    """The last day of a duty; its moment is the end of that day."""
    moment = row(matter, step).due_at
    if moment is None:
        return None
    local = moment.astimezone(SHANGHAI)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    return local.date()


def at(year: int, month: int, day: int) -> datetime:
    return datetime.combine(date(year, month, day), time(9), SHANGHAI)


@pytest.mark.parametrize(
    "filed, last",
    [
        pytest.param(at(2026, 3, 2), date(2026, 6, 1), id="行政处罚法 60: day 90 is Sunday 05-31"),
        pytest.param(at(2026, 4, 1), date(2026, 6, 30), id="行政处罚法 60: a Tuesday"),
        pytest.param(at(2026, 7, 3), date(2026, 10, 8), id="行政处罚法 60: day 90 is in the October holiday"),
    ],
)
def test_a_decision_is_due_ninety_days_after_filing(office: Office, filed: datetime, last: date) -> None:
    matter = open_matter(office, at=filed)
    matter.do("site_inspection")
    matter.do("file")

    assert due(matter, "decide") == last
    assert (row(matter, "decide").clock, row(matter, "decide").basis) == ("PEN-90", "行政处罚法/60")


@pytest.mark.parametrize(
    "opened, decided, last",
    [
        pytest.param(at(2026, 3, 2), date(2026, 3, 11), date(2026, 3, 20), id="PUB-7: plain working days"),
        pytest.param(
            at(2026, 4, 13), date(2026, 4, 28), date(2026, 5, 11), id="PUB-7: over May Day, 05-09 is worked"
        ),
        pytest.param(
            at(2026, 9, 7),
            date(2026, 9, 24),
            date(2026, 10, 12),
            id="PUB-7: 中秋 and October, 10-10 is worked",
        ),
    ],
)
def test_a_penalty_is_published_and_served_within_seven_working_days(
    office: Office, opened: datetime, decided: date, last: date
) -> None:
    """达州三项制度方案 para. 4(1); 行政处罚法 arts. 61, 85."""
    matter = to_decision(open_matter(office, at=opened), decided)

    assert due(matter, "publish") == due(matter, "serve_decision") == last
    assert row(matter, "publish").clock == "PUB-7"
    assert row(matter, "publish").role == "publisher"


def test_no_penalty_is_published_within_twenty_working_days(office: Office) -> None:
    """From Wednesday 2026-03-11 over 清明 (04-04 to 04-06)."""
    matter = to_decision(open_matter(office, proposal="no_penalty"))

    assert due(matter, "publish_no_penalty") == date(2026, 4, 9)


def test_registered_evidence_is_decided_upon_within_seven_working_days(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    matter.do(
        "preserve_evidence",
        preservation_reason="证据可能灭失。",
        preserved_items="酱卤肉制品 | 袋装 | 袋 | 3",
        preservation_place="本机关证物室",
        preservation_method="elsewhere",
        officers_present=list(matter.scene.officers),
    )

    assert due(matter, "preservation_decision") == date(2026, 3, 11)


def test_suspension_stops_the_term_and_resumption_moves_it(office: Office) -> None:
    """Day 90 is Sunday 05-31 and rolls over; ten days of suspension make it Wednesday 06-10."""
    matter = open_matter(office)
    matter.do("site_inspection")
    matter.do("file")
    assert due(matter, "decide") == date(2026, 6, 1)
    matter.do("suspend")
    assert row(matter, "decide").paused
    assert row(matter, "resume").due_at is None
    assert matter.case.due_at is None

    matter.move_to(matter.at.date() + timedelta(days=10)).do(
        "resume", matter_kind="resume", matter_reason="相关案件已经审结。"
    )

    assert not row(matter, "decide").paused
    assert due(matter, "decide") == date(2026, 6, 10)
    assert any("中止" in line for line in row(matter, "decide").explanation)


def test_every_explanation_tells_in_chinese_how_the_date_was_reckoned(office: Office) -> None:
    matter = to_decision(open_matter(office))
    dated = Obligation.objects.filter(case_id=matter.case_id, due_at__isnull=False)

    assert dated.count() >= 3
    for one in dated:
        assert len(one.explanation) >= 2
        assert all(any("\u4e00" <= sign <= "\u9fff" for sign in line) for line in one.explanation)


def test_a_date_beyond_the_loaded_holidays_is_marked_provisional(office: Office) -> None:
    matter = open_matter(office, at=at(2026, 11, 2))
    matter.do("site_inspection")
    matter.do("file")

    assert row(matter, "decide").provisional
    assert due(matter, "decide") is not None


def test_a_duty_done_late_is_remembered_as_late(office: Office) -> None:
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")
    matter.move_to(date(2026, 3, 23)).do("publish")

    assert row(matter, "publish", "discharged").late
    assert not row(matter, "serve_decision", "discharged").late


def test_what_is_closed_by_another_step_is_cancelled_not_discharged(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    matter.do("file")
    matter.do("transfer_out")

    assert matter.case.outcome == "transferred"
    assert row(matter, "decide", "cancelled").closed_at == matter.at
    assert matter.case.due_at is None


def test_a_duty_owed_anew_has_a_row_of_its_own(office: Office) -> None:
    """Sent back to investigation: the first notice's duty falls away, the second conclusion owes it afresh."""
    matter = open_matter(office)
    for step in ("site_inspection", "file", "interview", "conclude"):
        matter.do(step)
    first = row(matter, "advance_notice").pk
    matter.do("reopen_investigation", reopen_reason="补充货值证据。")
    matter.do("interview")
    matter.do("conclude")

    rows = Obligation.objects.filter(case_id=matter.case_id, step="advance_notice").order_by("id")
    assert [(one.pk == first, one.state) for one in rows] == [(True, "cancelled"), (False, "open")]


def test_duties_of_handlers_wait_for_the_first_of_them_and_others_for_the_role(office: Office) -> None:
    matter = to_decision(open_matter(office, handlers=("second", "handler")))

    assert row(matter, "serve_decision").assignee == office.people["second"]
    assert row(matter, "publish").assignee is None
    for who, sees in (("second", True), ("handler", False), ("colleague", False)):
        rows, _ = todo(office.actor(who), matter.at, TodoFilters(words=matter.case.no))
        assert bool(rows) == sees
    rows, _ = todo(office.actor("publisher"), matter.at, TodoFilters(words=matter.case.no))
    assert [one.step for one in rows] == ["publish"]


def test_the_duty_of_the_party_is_nobodys_to_do_but_the_cashiers(office: Office) -> None:
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")

    assert row(matter, "payment_confirmed").role == "cashier"


def test_a_case_of_a_minor_owes_no_publication(office: Office) -> None:
    """达州三项制度方案 para. 4(1): decisions on minors are not published."""
    minor = person(name="孙某某", born_on=date(2009, 6, 1))
    matter = open_matter(office, power="MED-10", party=minor, fine_fen=1_000_000)
    cases.join(
        case_id=matter.case_id,
        role="guardian",
        party_id=person(name="孙某甲").pk,
        reason="监护人。",
        actor=office.actor("handler"),
        at=matter.at,
    )
    to_decision(matter)

    assert not {"publish", "publish_no_penalty"} & matter.owed()


@pytest.mark.parametrize(
    "born, is_minor", [(date(2008, 3, 1), False), (date(2008, 3, 2), True), (None, False)]
)
def test_a_party_is_minor_until_the_eighteenth_birthday(
    office: Office, born: date | None, is_minor: bool
) -> None:
    """未成年人保护法 art. 2. The violation was found on 2026-03-02 and ended the day before."""
    matter = open_matter(office, party=person(born_on=born))

    assert matter.work.facts()["minor_party"] is is_minor


def test_the_rows_are_a_copy_and_the_marking_is_the_truth(office: Office) -> None:
    """A row that somebody deleted by hand comes back with the next step; one that is too many goes."""
    matter = to_notice(open_matter(office))
    Obligation.objects.filter(case_id=matter.case_id, step="decide").delete()
    Obligation.objects.create(
        case_id=matter.case_id,
        organ=office.organ,
        step="dance",
        key="dance/nobody/",
        title="跳舞",
        role="handler",
        opened_at=matter.at,
    )

    matter.do("statement")

    owed = {duty.key for duty in engine.duties(matter.work.marking)}
    rows = Obligation.objects.filter(case_id=matter.case_id, state="open")
    assert {one.key for one in rows} == owed


def test_an_assignment_is_on_the_record(office: Office) -> None:
    matter = open_matter(office)
    cases.assign(
        case_id=matter.case_id,
        officer_id=office.people["colleague"].pk,
        role="handler",
        actor=office.actor("handler"),
        at=matter.at,
    )

    entry = record.history(f"case:{matter.case_id}")[-1]
    assert (entry.kind, entry.plain) == (
        "assignment",
        {
            "case": matter.case.no,
            "officer": f"officer:{office.people['colleague'].pk}",
            "role": "handler",
        },
    )
