"""催办: recorded, shown where it is owed, not more than once a day, and nothing the law does by another form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.models import Move, Obligation
from mingjing.cases.queries import TodoFilters, todo
from tests.office import Matter, Office, nothing_saved, open_matter, refused, to_decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    """A case whose filing waits for the head."""
    found = open_matter(office)
    found.do("site_inspection")
    found.propose("file")
    return found


def row(matter: Matter, **which: str) -> Obligation:
    return matter.case.obligations.get(state="open", **which)


def urge(matter: Matter, owed: Obligation, who: str = "handler", words: str = "") -> None:
    cases.urge(
        case_id=matter.case_id,
        obligation_id=owed.pk,
        actor=matter.office.actor(who, matter.at),
        at=matter.at,
        words=words,
    )


def test_the_head_sees_that_his_approval_is_asked_for(matter: Matter, office: Office) -> None:
    urge(matter, row(matter, kind="approval"), words="当事人明日离境。")

    rows, _ = todo(office.actor("organ_head", matter.at), matter.at, TodoFilters(words=matter.case.no))
    assert [(one.title, one.urges, one.urged_at) for one in rows] == [("审批：立案", 1, matter.at)]
    move = Move.objects.get(case_id=matter.case_id)
    assert (move.title, move.text, move.by_name) == ("催办：立案", "当事人明日离境。", "甲某某")


def test_it_moves_no_date_and_no_step(matter: Matter) -> None:
    owed = row(matter, kind="approval")
    marking, due = matter.case.marking, owed.due_at

    urge(matter, owed)

    assert matter.case.marking == marking
    assert row(matter, kind="approval").due_at == due


def test_not_again_within_a_day(matter: Matter) -> None:
    urge(matter, row(matter, kind="approval"))
    matter.at += timedelta(hours=23, minutes=59)
    with nothing_saved(matter), refused("urged-lately"):
        urge(matter, row(matter, kind="approval"))

    matter.at += timedelta(minutes=1)
    urge(matter, row(matter, kind="approval"))

    assert row(matter, kind="approval").urges == 2


def test_who_may_urge_whom(matter: Matter) -> None:
    approval, duty = row(matter, kind="approval"), row(matter, step="file", kind="duty")
    with nothing_saved(matter):
        with refused("may-not-urge"):
            urge(matter, approval, who="colleague")
        with refused("own-duty"):
            urge(matter, approval, who="organ_head")
        with refused("own-duty"):
            urge(matter, duty, who="handler")
        with refused("not-found"):
            cases.urge(
                case_id=matter.case_id,
                obligation_id=0,
                actor=matter.office.actor("handler", matter.at),
                at=matter.at,
            )
    urge(matter, duty, who="organ_head")
    urge(matter, approval, who="unit_head")


def test_a_party_is_not_urged(office: Office) -> None:
    """行政强制法 art. 35: the party is reminded by a demand notice."""
    matter = to_decision(open_matter(office))
    matter.do("serve_decision")
    owed = row(matter, step="payment_confirmed")
    Obligation.objects.filter(pk=owed.pk).update(role="party")
    with nothing_saved(matter), refused("party-not-urged"):
        urge(matter, owed)


def test_what_cannot_be_done_yet_is_not_urged(office: Office) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    matter.do("file")
    with nothing_saved(matter), refused("not-at-hand"):
        urge(matter, row(matter, step="decide"))
