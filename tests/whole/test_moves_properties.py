"""No sequence of everyday moves and steps reaches a decision that skipped what the law asks for.

Sequences are made by hypothesis and played against the real database. After every move: the case stands where the
engine puts it after the steps that stand, so that every guarantee proved of the procedure (``explore``) holds of
it; whoever approved is neither proposer nor handler, nor stands in for one; what a decision needs has happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mingjing.cases import actions as cases
from mingjing.cases.going_back import replayed
from mingjing.cases.models import CaseOfficer, Countersign, Handover, Obligation, Step, Submission
from mingjing.demo.answers import ANSWERS
from mingjing.kernel import engine
from mingjing.kernel.marking import dump
from mingjing.kernel.refused import Refused
from mingjing.organs import actions as organs
from tests.office import Matter, Office, open_matter, to_notice, with_scene

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PEOPLE = ("handler", "second", "colleague", "unit_head", "double", "organ_head", "reviewer", "archivist")
LENT = (
    ("double", "organ_head"),
    ("organ_head", "organ_head"),
    ("unit_head", "unit_head"),
    ("double", "publisher"),
)
# What a decision of the wandering case asks for before it, whatever was moved how often.
BEFORE_DECISION = ("file", "conclude", "legal_review", "advance_notice", "serve_notice", "discussion")


class Abandoned(Exception):
    """Ends an example, so that the database forgets it."""


def onward(matter: Matter, number: int) -> str:
    """A step that may be taken now and does not end the case, mostly; sometimes any."""
    work = matter.work
    possible = engine.possible(work.procedure, work.marking, work.facts(), matter.at)
    found = [name for name, why in possible.items() if why is None and name in ANSWERS]
    found = [name for name in found if work.procedure.steps[name].ends is None]
    return sorted(work.procedure.steps)[number] if number == 39 or not found else found[number % len(found)]


def handlers(matter: Matter) -> list[str]:
    """Who handles the case now."""
    ids = {one.id for one in matter.work.handlers}
    return [who for who, row in matter.office.people.items() if row.pk in ids]


def taken(matter: Matter, who: str, other: str, number: int) -> None:
    rule = matter.rule(onward(matter, number))
    now = handlers(matter)
    matter.propose(rule.id, who=now[number % len(now)] if "handler" in rule.by and number % 4 else None)


def done(matter: Matter, who: str, other: str, number: int) -> None:
    matter.do(onward(matter, number))


def heads(matter: Matter) -> list[str]:
    """Whoever may approve as the head of the organ that day, deputies included."""
    return [one for one in PEOPLE if "organ_head" in matter.office.actor(one, matter.at).roles]


def approved(matter: Matter, who: str, other: str, number: int) -> None:
    able = heads(matter)
    cases.approve(
        submission_id=submission(matter).pk,
        actor=matter.office.actor(who if number == 39 else able[number % len(able)], matter.at),
        at=matter.at,
        opinion="同意。",
    )


def returned(matter: Matter, who: str, other: str, number: int) -> None:
    actor = matter.office.actor(who, matter.at)
    common = {"submission_id": submission(matter).pk, "actor": actor, "at": matter.at}
    if number % 2:
        cases.send_back(reason="请补正。", **common)
    else:
        cases.withdraw_submission(**common)


def handed_over(matter: Matter, who: str, other: str, number: int) -> None:
    people = matter.office.people
    now = handlers(matter)
    giver, receiver = now[number % len(now)], other
    if number % 4:  # mostly to somebody who may
        receiver = next(one for one in ("colleague", "unit_head", "second", "double") if one not in now)
    offer = cases.hand_over(
        case_id=matter.case_id,
        giver_id=people[giver].pk,
        receiver_id=people[receiver].pk,
        reason="调离。",
        actor=matter.office.actor(giver if number % 3 else "unit_head", matter.at),
        at=matter.at,
    )
    if number % 5:
        actor = matter.office.actor(receiver, matter.at)
        cases.accept_handover(handover_id=offer, actor=actor, at=matter.at)


def accepted(matter: Matter, who: str, other: str, number: int) -> None:
    offer = Handover.objects.filter(case_id=matter.case_id, state="open").first()
    if offer is not None:
        actor = matter.office.actor(who, matter.at)
        cases.accept_handover(handover_id=offer.pk, actor=actor, at=matter.at)


def lent(matter: Matter, who: str, other: str, number: int) -> None:
    people = matter.office.people
    principal, role = LENT[number % len(LENT)]
    organs.delegate(
        principal_id=people[principal].pk,
        deputy_id=people[other].pk,
        role=role,
        since=matter.at.date(),
        until=matter.at.date() + timedelta(days=number),
        reason="外出。",
        actor=matter.office.actor(principal, matter.at),
        at=matter.at,
    )


def sent_back(matter: Matter, who: str, other: str, number: int) -> None:
    steps = list(matter.case.steps.order_by("-seq"))
    cases.step_back(
        case_id=matter.case_id,
        seq=steps[number % min(len(steps), 4)].seq,
        reason="补充。",
        actor=matter.office.actor(who if number % 2 else "organ_head", matter.at),
        at=matter.at,
    )


def urged(matter: Matter, who: str, other: str, number: int) -> None:
    owed = matter.case.obligations.filter(state="open").first()
    cases.urge(
        case_id=matter.case_id,
        obligation_id=owed.pk if owed else 0,
        actor=matter.office.actor(who, matter.at),
        at=matter.at,
    )


def countersigned(matter: Matter, who: str, other: str, number: int) -> None:
    actor = matter.office.actor(who, matter.at)
    row = Countersign.objects.filter(submission__case=matter.case_id, state="open").first()
    if row is not None and number % 2:
        mine = matter.office.actor(next(k for k, v in matter.office.people.items() if v.pk == row.officer_id))
        cases.countersign(countersign_id=row.pk, agrees=True, actor=mine, at=matter.at)
    else:
        cases.ask_countersign(
            submission_id=submission(matter).pk,
            officer_ids=[matter.office.people[other].pk],
            actor=actor,
            at=matter.at,
        )


def added(matter: Matter, who: str, other: str, number: int) -> None:
    cases.assign(
        case_id=matter.case_id,
        officer_id=matter.office.people[other].pk,
        role="handler",
        actor=matter.office.actor(who, matter.at),
        at=matter.at,
    )


def waited(matter: Matter, who: str, other: str, number: int) -> None:
    matter.at += timedelta(days=number % 9)


def submission(matter: Matter) -> Submission:
    found = Submission.objects.filter(case_id=matter.case_id, state="open").first()
    if found is None:
        raise Refused("none-open", "没有报批。")
    return found


Play = Callable[[Matter, str, str, int], None]
PLAYS: tuple[Play, ...] = (
    taken,
    taken,
    done,
    done,
    done,
    approved,
    approved,
    returned,
    handed_over,
    accepted,
    lent,
    sent_back,
    sent_back,
    urged,
    countersigned,
    added,
    waited,
)
MOVES = st.tuples(
    st.sampled_from(PLAYS), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.integers(0, 39)
)


def lawful(matter: Matter) -> None:
    """What must hold of the case whatever was moved."""
    case = matter.case
    standing = list(Step.objects.filter(case=case, set_aside_at__isnull=True).order_by("seq"))
    marking, facts = replayed(matter.work, standing)
    assert dump(marking) == case.marking
    assert facts == case.facts
    duties = Obligation.objects.filter(case=case, kind="duty", state="open")
    assert {row.key for row in duties} == {duty.key for duty in engine.duties(marking)}
    handled = set(CaseOfficer.objects.filter(case=case, role="handler").values_list("officer_id", flat=True))
    for step in Step.objects.filter(case=case, proposed_by__isnull=False):
        approvers = {step.by_id, step.on_behalf_of_id} - {None}
        assert step.proposed_by_id not in approvers, step.title
        assert not approvers & handled, step.title
    for step in Step.objects.filter(case=case, step="legal_review"):
        assert step.by_id not in handled
    names = [step.step for step in standing]
    if "decide" in names:
        before = names[: names.index("decide")]
        assert [one for one in BEFORE_DECISION if one not in before] == []


@pytest.mark.parametrize("start", ["opened", "submitted", "concluded", "noticed"])
@settings(
    max_examples=16,
    derandomize=True,  # the same sequences on every machine
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking would play cases for minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=st.lists(MOVES, min_size=10, max_size=30))
def test_no_sequence_of_moves_escapes_the_law(
    office: Office, start: str, moves: list[tuple[Play, str, str, int]]
) -> None:
    before = dict(office.people)
    try:
        with transaction.atomic():
            play(office, start, moves)
            raise Abandoned
    except Abandoned:
        office.people = before


def play(office: Office, start: str, moves: list[tuple[Play, str, str, int]]) -> None:
    """One example: the case brought to its start, then moved."""
    office.hire("double", ("handler", "organ_head", "publisher"))
    matter = open_matter(office, power="FOOD-03", fine_fen=6_000_000, handlers=("handler", "double"))
    if start == "concluded":
        for step in ("site_inspection", "file", "interview", "conclude"):
            matter.do(step)
    if start == "submitted":  # by one who may approve, whose deputy may not
        matter.do("site_inspection")
        matter.propose("file", who="double")
        lent(matter, "double", "archivist", 0)
    if start == "noticed":
        to_notice(matter)
        matter.at += timedelta(days=10)
    for act, who, other, number in moves:
        matter.at += timedelta(minutes=7)
        if matter.case.ended_at is not None:
            return
        with_scene(matter, officers=tuple(one.officer_id for one in matter.work.handlers))
        try:
            with transaction.atomic():
                act(matter, who, other, number)
        except Refused:
            pass
        lawful(matter)
