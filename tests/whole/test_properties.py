"""Properties of the whole: cases that wander at random stay consistent; rules never read the clock."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from pathlib import Path

import pytest

from mingjing.cases.models import Obligation, Paper, Step
from mingjing.demo.answers import ANSWERS
from mingjing.kernel import engine
from mingjing.kernel.refused import Refused
from mingjing.record.models import Entry
from tests.office import SUMMARY, Matter, Office, company, counts, open_matter, person

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "mingjing").rglob("*.py"))


# What a refused step may leave: it was submitted lawfully, and the head was refused after.
SUBMITTED = {"cases.Submission", "cases.Obligation", "record.Entry", "record.Pending", "record.Disclosure"}


def wander(matter: Matter, chance: random.Random, steps: int) -> int:
    """Try steps at random, by whoever may, until the case ends; how many were taken."""
    taken = 0
    while steps and matter.case.outcome == "":
        steps -= 1
        matter.at += timedelta(hours=chance.choice((0, 1, 30, 24 * 8)))
        before = counts()
        why = tried(matter, a_step(matter, chance))
        if why is None:
            taken += 1
        else:
            assert re.search("[\u4e00-\u9fff]", why.reason)
            assert {name for name, count in counts().items() if count != before[name]} <= SUBMITTED
        consistent(matter)
    return taken


def a_step(matter: Matter, chance: random.Random) -> str:
    """Mostly one that may be taken now, seldom one that ends the case, sometimes any."""
    work = matter.work
    possible = engine.possible(work.procedure, work.marking, work.facts(), matter.at)
    likely = [name for name, why in possible.items() if why is None and name in ANSWERS]
    onward = [name for name in likely if work.procedure.steps[name].ends is None]
    draw = chance.random()
    chosen = onward if draw < 0.75 else likely if draw < 0.8 else []
    return chance.choice(chosen or sorted(work.procedure.steps))


def tried(matter: Matter, step: str) -> Refused | None:
    """The refusal, or None if the step was taken."""
    try:
        matter.do(step)
    except Refused as why:
        return why
    return None


def consistent(matter: Matter) -> None:
    """Rows, marking, record and numbers agree."""
    case, marking = matter.case, matter.work.marking
    duties = Obligation.objects.filter(case=case, kind="duty", state="open")
    assert {row.key for row in duties} == {duty.key for duty in engine.duties(marking)}
    approvals = Obligation.objects.filter(case=case, kind="approval", state="open")
    assert {row.step for row in approvals} == set(
        case.submissions.filter(state="open").values_list("step", flat=True)
    )
    entries = Entry.objects.filter(subject=f"case:{case.pk}", kind="step").values_list("id", flat=True)
    assert set(Step.objects.filter(case=case).values_list("entry_id", flat=True)) == set(entries)
    assert (case.outcome or None) == marking.outcome
    assert (case.ended_at is None) == (marking.outcome is None)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_cases_that_wander_at_random_stay_consistent(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    party = person(name="孙某某") if seed % 3 == 0 else company()
    power = "MED-10" if seed % 3 == 0 else "FOOD-03"
    fine = 1_000_000 if seed % 3 == 0 else chance.choice((5_000_000, 10_000_000))
    if seed == 5:
        shop = company(kind="sole_proprietor", name="某某便利店")
        matter = open_matter(office, procedure=SUMMARY, power="FOOD-05", party=shop)
    else:
        matter = open_matter(office, power=power, party=party, fine_fen=fine)

    assert wander(matter, chance, 30) >= 3

    series = Paper.objects.filter(seq__isnull=False).order_by("id").values_list("wenzhong", "seq")
    for kind in {kind for kind, _ in series}:
        numbers = [number for of, number in series if of == kind]
        assert numbers == list(range(1, len(numbers) + 1)), kind


def test_rules_and_actions_are_told_the_time() -> None:
    """The clock is read at the doors only: by the web's middleware, the command line, and the witness's own door.

    Beside them by what is no rule: the doctor, and the lock of an object store, which goes by the store's clock.
    """
    clock = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|localtime\(\)|utcnow\(")
    readers = {
        str(path.relative_to(ROOT / "mingjing"))
        for path in SOURCES
        if clock.search(path.read_text(encoding="utf-8"))
    }

    assert readers <= {
        "cli.py",
        "cli_law.py",
        "web/ui/middleware.py",
        "witness/web.py",
        "witness/serving.py",
        "record/health.py",
        "record/s3.py",
    }


def test_no_page_counts_with_djangos_paginator() -> None:
    """Counting everything makes every page of a long list slow."""
    assert [path for path in SOURCES if "django.core.paginator" in path.read_text(encoding="utf-8")] == []


def test_nothing_happens_behind_the_back_of_an_action() -> None:
    """No signals: what follows from an act stands in the action."""
    signals = re.compile(r"django\.db\.models\.signals|django\.dispatch|@receiver")

    assert [path for path in SOURCES if signals.search(path.read_text(encoding="utf-8"))] == []
