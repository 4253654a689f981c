"""进一步的记录要求: what an organ's confirmed checklist adds binds from its day on, and can only add."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingjing.cases import actions, queries
from mingjing.cases.models import Step
from mingjing.cases.recording_rules import BASIS, further_of, key_of, opening_step, procedure_of
from mingjing.law import queries as law
from mingjing.organs import actions as organs
from mingjing.organs.models import Organ
from tests import makers
from tests.office import MONDAY, Matter, Office, open_matter

pytestmark = pytest.mark.django_db
ORDINARY = "penalty-ordinary"
SITE = "site_inspection"


@pytest.fixture
def matter(office: Office) -> Matter:
    return open_matter(office)


def ask(office: Office, *keys: str, since: Any = None, number: int = 1) -> None:
    organs.bind_list(
        organ_id=office.organ.pk,
        kind="recording",
        title="音像记录事项清单",
        number=number,
        since=since or MONDAY.date(),
        keys=keys,
        actor=office.actor("organ_head"),
        at=MONDAY,
    )


def level(matter: Matter, step: str, at: Any = None) -> str:
    return procedure_of(matter.case, at or matter.at).steps[step].recording


def unrecorded(matter: Matter) -> str:
    """A step that the procedure does not want filmed."""
    rules = law.procedure_edition(matter.case.procedure, matter.case.edition).steps.values()
    return next(one.id for one in rules if one.recording == "none" and one.by and not one.approve)


def test_a_row_binds_by_its_step_level_and_places() -> None:
    row = {"procedure": ORDINARY, "step": SITE, "further": "full", "further_places": "学校，幼儿园 医院"}

    assert key_of(row) == f"{ORDINARY}/{SITE}/full/学校、幼儿园、医院"
    assert key_of({**row, "further": ""}) == ""


def test_what_is_asked_for_counts_from_its_day_on(matter: Matter) -> None:
    step = unrecorded(matter)
    ask(matter.office, f"{ORDINARY}/{step}/full/", since=MONDAY.date() + timedelta(days=1))

    assert level(matter, step, MONDAY) == "none"
    assert level(matter, step, MONDAY + timedelta(days=1)) == "full"
    rule = procedure_of(matter.case, MONDAY + timedelta(days=1)).steps[step]
    assert BASIS in rule.recording_basis
    assert any(field.kind == "files" for field in rule.facts)


def test_an_organ_never_asks_for_less(matter: Matter) -> None:
    rules = law.procedure_edition(matter.case.procedure, matter.case.edition).steps
    before = {one.id: one.recording for one in rules.values()}
    full = [one.id for one in rules.values() if one.recording == "full"]
    ask(matter.office, *(f"{ORDINARY}/{step}/key/" for step in before))

    after = {one: level(matter, one) for one in before}

    assert set(after.values()) <= {"key", "full"}
    assert [one for one in after if after[one] == "full"] == full


def test_a_later_edition_takes_the_place_of_the_one_before(matter: Matter) -> None:
    step = unrecorded(matter)
    ask(matter.office, f"{ORDINARY}/{step}/full/")
    ask(matter.office, number=2)

    assert level(matter, step) == "none"


def test_a_disputed_case_is_recorded_whole_also_where_the_organ_asks_for_key_moments(matter: Matter) -> None:
    step = unrecorded(matter)
    ask(matter.office, f"{ORDINARY}/{step}/key/")
    actions.set_disputed(
        case_id=matter.case_id,
        disputed=True,
        words="当事人多次投诉",
        actor=matter.office.actor("handler"),
        at=matter.at,
    )

    assert level(matter, step) == "full"


def test_places_are_known_from_title_party_and_facts(matter: Matter) -> None:
    step = unrecorded(matter)
    name = matter.case.party.name[:4]
    ask(matter.office, f"{ORDINARY}/{step}/full/不存在的学校")
    assert level(matter, step) == "none"

    ask(matter.office, f"{ORDINARY}/{step}/full/不存在的学校、{name}", number=2)
    assert level(matter, step) == "full"


def test_the_gate_binds(matter: Matter) -> None:
    """The step is taken without a recording: the next paper waits for it, as for one that the procedure wants."""
    step = unrecorded(matter)
    ask(matter.office, *(f"{ORDINARY}/{one}/key/" for one in procedure_of(matter.case, matter.at).steps))

    matter.do(SITE)

    taken = Step.objects.get(case_id=matter.case_id, step=SITE)
    assert taken.recording in ("key", "full")
    mine = queries.my_filmed_cases(matter.office.actor("handler"), matter.at)
    assert step in {one.step for one in mine[0].steps}


def test_an_organization_under_another_follows_that_ones_list(office: Office) -> None:
    child = makers.organ(name="某某执法大队", kind="entrusted", parent=office.organ)
    ask(office, f"{ORDINARY}/{SITE}/full/")

    [asked] = further_of(Organ.objects.get(pk=child.pk), MONDAY.date())

    assert (asked.step, asked.level, asked.places) == (SITE, "full", ())


def test_who_asks_for_nothing_costs_nothing(matter: Matter) -> None:
    case = matter.case
    assert case.organ.records_more is False

    with CaptureQueriesContext(connection) as asked:
        procedure_of(case, matter.at)

    assert len(asked) == 0


def test_the_form_that_opens_a_case_takes_the_recording_in(office: Office) -> None:
    procedure = law.procedure_in_force(ORDINARY, MONDAY.date())
    [start] = procedure.start_steps
    ask(office, f"{ORDINARY}/{start}/full/")

    rule = opening_step(procedure, office.organ.pk, MONDAY.date())

    assert (rule.id, rule.recording) == (start, "full")
    assert any(field.kind == "files" for field in rule.facts)
    ask(office, f"{ORDINARY}/{start}/full/学校", number=2)
    assert opening_step(procedure, office.organ.pk, MONDAY.date()) == procedure.steps[start]
