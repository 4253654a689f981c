"""Who may take which step: every role against every step of every procedure, and organs against cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mingjing.cases import actions as cases
from mingjing.cases.access import why_not_actor
from mingjing.kernel.procedure import Step as Rule
from mingjing.organs.authority import SYSTEM, Actor, party_actor
from mingjing.organs.models import Certificate, Officer
from mingjing.organs.roles import ROLES
from tests import makers
from tests.office import (
    MONDAY,
    ORDINARY,
    SUMMARY,
    Matter,
    Office,
    company,
    found_office,
    nothing_saved,
    open_matter,
    refused,
)

pytestmark = pytest.mark.django_db

PEOPLE = (*ROLES, "second", "colleague", "of another organ", "the party", "the platform")
# For each kind of step, by the roles that its file names: who may take it in a case of "handler" and "second".
# The platform acts when terms lapse; what a party says is entered by the handlers of the case.
MAY: dict[tuple[str, ...], set[str]] = {
    ("handler",): {"handler", "second"},
    ("party", "handler"): {"handler", "second", "the party"},
    ("unit_head",): {"unit_head"},
    ("unit_head", "organ_head"): {"unit_head", "organ_head"},
    ("organ_head",): {"organ_head"},
    ("reviewer",): {"reviewer"},
    ("hearing_host",): {"hearing_host"},
    ("publisher",): {"publisher"},
    ("cashier",): {"cashier"},
    ("archivist",): {"archivist"},
    ("system",): set(),
}


@pytest.fixture(scope="module")
def matters(office: Office) -> dict[str, Matter]:
    shop = company(kind="sole_proprietor", name="某某便利店")
    return {
        ORDINARY: open_matter(office),
        SUMMARY: open_matter(office, procedure=SUMMARY, power="FOOD-05", party=shop),
    }


@pytest.fixture(scope="module")
def elsewhere(office: Office) -> Office:
    """Another organ of the same region with people of every kind."""
    return found_office(name="达州市某某委员会")


@pytest.fixture(scope="module")
def actors(office: Office, elsewhere: Office) -> dict[str, Actor]:
    found = {who: office.actor(who) for who in (*ROLES, "second", "colleague")}
    return {
        **found,
        "of another organ": elsewhere.actor("handler"),
        "the party": party_actor("达州市某某食品有限公司"),
        "the platform": SYSTEM,
    }


def steps(matter: Matter) -> Iterator[Rule]:
    yield from matter.work.procedure.steps.values()


@pytest.mark.parametrize("procedure", [ORDINARY, SUMMARY])
@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_may_take_exactly_the_steps_of_his_role(
    matters: dict[str, Matter], actors: dict[str, Actor], procedure: str, who: str
) -> None:
    work = matters[procedure].work

    may = {rule.id for rule in steps(matters[procedure]) if why_not_actor(work, rule, actors[who]) is None}

    lawful = {rule.id for rule in steps(matters[procedure]) if who in MAY[rule.by] | {"the platform"}}
    assert may == lawful


@pytest.mark.parametrize("procedure", [ORDINARY, SUMMARY])
def test_every_step_refuses_a_colleague_a_stranger_and_a_wrong_role_by_name(
    matters: dict[str, Matter], actors: dict[str, Actor], procedure: str
) -> None:
    """Through the one door itself, for every step, before its form is looked at; and nothing is saved."""
    matter = matters[procedure]
    with nothing_saved(matter):
        for rule in steps(matter):
            door = rule.through or ("payment" if rule.confirms_payment else None)
            common: dict[str, Any] = {
                "case_id": matter.case_id,
                "step": rule.id,
                "facts": {},
                "at": MONDAY,
                "through": door,
            }
            with refused("other-organ", match="属于"):
                cases.take(actor=actors["of another organ"], **common)
            wrong = "supervisor" if "handler" in rule.by else "colleague"
            with refused("wrong-role", match=rule.title):
                cases.take(actor=actors[wrong], **common)
            if set(rule.by) == {"handler"}:
                for who in ("colleague", "unit_head"):
                    with refused("not-handler-of-case", match="承办人为甲某某、乙某某"):
                        cases.take(actor=actors[who], **common)


@pytest.mark.parametrize("procedure", [ORDINARY, SUMMARY])
def test_steps_of_other_rooms_cannot_be_taken_past_them(matters: dict[str, Matter], procedure: str) -> None:
    matter = matters[procedure]
    pairs = [
        (rule, door)
        for rule in steps(matter)
        for door in (None, "review", "publicity", "payment")
        if door != (rule.through or ("payment" if rule.confirms_payment else None))
    ]
    with nothing_saved(matter):
        for rule, door in pairs:
            with refused("wrong-door", match=rule.title):
                cases.take(
                    case_id=matter.case_id, step=rule.id, facts={}, actor=SYSTEM, at=MONDAY, through=door
                )


def test_a_step_that_no_procedure_knows_is_refused(
    matters: dict[str, Matter], actors: dict[str, Actor]
) -> None:
    matter = matters[ORDINARY]
    with nothing_saved(matter), refused("unknown-step", match="普通程序"):
        cases.take(case_id=matter.case_id, step="imprison", facts={}, actor=actors["handler"], at=MONDAY)


def test_roles_count_on_the_day_only(office: Office, matters: dict[str, Matter]) -> None:
    """An appointment that ended yesterday, or an officer who left, gives nothing."""
    work, rule = matters[ORDINARY].work, matters[ORDINARY].rule("conclude")
    handler = office.people["handler"]

    handler.appointments.update(until=MONDAY.date())
    assert why_not_actor(work, rule, office.actor("handler", MONDAY)) is None
    handler.appointments.update(until=MONDAY.date().replace(day=1))
    assert _code(work, rule, office.actor("handler", MONDAY)) == "wrong-role"

    handler.appointments.update(until=None)
    Officer.objects.filter(pk=handler.pk).update(active=False)
    assert _code(work, rule, office.actor("handler", MONDAY)) == "wrong-role"


def _code(work: Any, rule: Rule, actor: Actor) -> str | None:
    why = why_not_actor(work, rule, actor)
    return why.code if why else None


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in ("the party", "the platform")])
def test_only_the_head_approves_a_filing(office: Office, actors: dict[str, Actor], who: str) -> None:
    matter = open_matter(office)
    matter.do("site_inspection")
    proposal = matter.propose("file")

    if who == "organ_head":
        cases.approve(submission_id=proposal.submission_id, actor=actors[who], at=matter.at)
        assert matter.case.steps.filter(step="file").exists()
        return
    code = "other-organ" if who == "of another organ" else "wrong-role"
    with nothing_saved(matter), refused(code):
        cases.approve(submission_id=proposal.submission_id, actor=actors[who], at=matter.at)


def test_a_handler_who_is_also_head_approves_nothing_in_his_own_case(office: Office) -> None:
    office.hire("all-round", ("handler", "organ_head"))
    matter = open_matter(office, handlers=("handler", "all-round"))
    matter.do("site_inspection")
    proposal = matter.propose("file")

    with nothing_saved(matter), refused("same-person", match="承办人"):
        matter.approve(proposal, who="all-round")


def test_a_certificate_of_the_handler_is_asked_for_on_the_day_of_the_act(office: Office) -> None:
    matter = open_matter(office)
    Certificate.objects.filter(officer=office.people["second"]).update(valid_until="2026-03-02")
    matter.do("site_inspection")

    matter.at = matter.at.replace(day=3)
    with nothing_saved(matter), refused("officers-not-certified", basis="行政处罚法/42", match="2026-03-02"):
        matter.do("interview")


@pytest.mark.parametrize(
    "change, told",
    [
        ({"valid_until": "2026-03-01"}, "不在有效期内"),
        ({"valid_from": "2026-03-03"}, "不在有效期内"),
        ({"state": "suspended"}, "已暂停"),
        ({"state": "withdrawn"}, "已收回"),
        ({"state": "lost"}, "已挂失"),
        ({"fields": ["traffic"]}, "执法领域"),
        ({"kind": "supervision"}, "没有执法证件"),
    ],
)
def test_one_certified_officer_is_not_enough(office: Office, change: dict[str, Any], told: str) -> None:
    matter = open_matter(office)
    Certificate.objects.filter(officer=office.people["second"]).update(**change)

    with nothing_saved(matter), refused("officers-not-certified", basis="行政处罚法/42", match=told):
        matter.do("site_inspection")


def test_officers_who_are_not_on_the_case_cannot_be_named_as_present(office: Office) -> None:
    matter = open_matter(office)
    named = [office.people[who].pk for who in ("handler", "second", "colleague")]

    with nothing_saved(matter), refused("officers-not-on-case", basis="行政处罚法/42"):
        matter.do("site_inspection", officers_present=named)


def test_an_officer_added_to_the_case_may_act_in_it(office: Office) -> None:
    matter = open_matter(office)
    cases.assign(
        case_id=matter.case_id,
        officer_id=office.people["colleague"].pk,
        role="handler",
        actor=office.actor("unit_head"),
        at=MONDAY,
    )

    matter.do("site_inspection", who="colleague")

    assert matter.case.steps.get(step="site_inspection").by == office.people["colleague"]


@pytest.mark.parametrize(
    "who, officer, code",
    [
        ("colleague", "unit_head", "not-handler-of-case"),
        ("organ_head", "colleague", "not-handler-of-case"),
        ("supervisor", "colleague", "not-handler-of-case"),
        ("manager", "colleague", "no-permission"),
        ("handler", "second", "already-assigned"),
        ("handler", "cashier", "wrong-role"),
    ],
)
def test_who_may_not_add_whom_to_a_case(office: Office, who: str, officer: str, code: str) -> None:
    matter = open_matter(office)
    with nothing_saved(matter), refused(code):
        cases.assign(
            case_id=matter.case_id,
            officer_id=office.people[officer].pk,
            role="handler",
            actor=office.actor(who),
            at=MONDAY,
        )


def test_officers_of_another_organ_neither_add_nor_are_added(office: Office, elsewhere: Office) -> None:
    matter = open_matter(office)
    gone = makers.officer(("handler",), organ=office.organ, active=False)
    for actor, officer, code in (
        (elsewhere.actor("unit_head"), office.people["colleague"], "other-organ"),
        (office.actor("handler"), elsewhere.people["handler"], "other-organ"),
        (office.actor("handler"), gone, "wrong-role"),
    ):
        with nothing_saved(matter), refused(code):
            cases.assign(
                case_id=matter.case_id, officer_id=officer.pk, role="handler", actor=actor, at=MONDAY
            )
