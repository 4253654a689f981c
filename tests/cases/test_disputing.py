"""易引发争议: from then on the key moments are recorded whole; less only by a head, with the reason."""

from __future__ import annotations

import pytest

from mingjing.cases import actions, disputes, queries
from mingjing.cases.models import Step
from mingjing.cases.recording_rules import procedure_of
from mingjing.law import queries as law
from tests.office import MONDAY, Matter, Office, open_matter, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(office: Office) -> Matter:
    return open_matter(office)


def mark(matter: Matter, disputed: bool = True, who: str = "handler", words: str = "当事人多次投诉") -> None:
    actions.set_disputed(
        case_id=matter.case_id, disputed=disputed, words=words, actor=matter.office.actor(who), at=matter.at
    )


def levels(matter: Matter) -> dict[str, str]:
    return {rule.id: rule.recording for rule in procedure_of(matter.case, matter.at).steps.values()}


def test_key_moments_are_recorded_whole_and_nothing_else_changes(matter: Matter) -> None:
    before = levels(matter)

    mark(matter)

    assert "key" in before.values()
    assert levels(matter) == {step: "full" if level == "key" else level for step, level in before.items()}


def test_what_was_taken_before_is_judged_as_it_was(matter: Matter) -> None:
    matter.do("site_inspection")
    matter.do("file")
    key = next(step for step, level in levels(matter).items() if level == "key" and step in _open(matter))
    matter.do(key)

    mark(matter)
    matter.do(key)

    taken = Step.objects.filter(case_id=matter.case_id, step=key).order_by("seq")
    assert [one.recording for one in taken] == ["key", "full"]
    shown = queries.case_page(matter.office.actor("handler"), matter.case.no, matter.at)
    told = {one.seq: one.recording for one in shown.events}
    assert [told[one.seq] for one in taken] == ["key", "full"]


def _open(matter: Matter) -> set[str]:
    shown = queries.case_page(matter.office.actor("handler"), matter.case.no, matter.at)
    return {one.step for one in shown.actions if one.possible and not one.approve}


@pytest.mark.parametrize(
    ("who", "takes_off"), [("handler", False), ("unit_head", True), ("organ_head", True)]
)
def test_who_may_do_what(matter: Matter, who: str, takes_off: bool) -> None:
    mark(matter, who=who)
    assert matter.case.disputed_at == matter.at

    if takes_off:
        mark(matter, False, who)
        assert matter.case.disputed_at is None
    else:
        with refused("heads-only", basis=disputes.BASIS):
            mark(matter, False, who)


def test_others_may_not(matter: Matter) -> None:
    with refused("not-handler"):
        mark(matter, who="archivist")


def test_it_needs_a_reason_and_stands_on_the_time_line(matter: Matter) -> None:
    with refused("bad-reason"):
        mark(matter, words="  ")
    mark(matter)
    with refused("as-it-is"):
        mark(matter)

    move = matter.case.moves.get(kind="disputed")
    assert (move.title, move.text) == ("列为易引发争议，此后全程音像记录", "当事人多次投诉")


def test_signs_are_told_and_decide_nothing(matter: Matter) -> None:
    case = matter.case
    assert disputes.signs({"site_refusal": "当事人离开现场"}) == ["当事人拒绝签名、拒收或者拒绝配合"]
    assert disputes.signs({"site_refusal": "", "fine_fen": 1}) == []

    assert (case.disputed_at, procedure_of(case, matter.at)) == (
        None,
        law.procedure_edition(case.procedure, case.edition),
    )


def test_the_signs_name_facts_that_procedures_ask_for() -> None:
    asked = {field.name for one in law.procedures_in_force(MONDAY.date()) for _, field in one.fields()}

    assert {fact for sign in disputes._signs() for fact in sign.facts} <= asked
