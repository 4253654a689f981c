"""A term to publish that ran out stays late, whatever becomes of the duty: in the report, in the placements, in lists.

达州三项制度方案 art. 4(1); 政府信息公开条例 art. 18.
"""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

import pytest

from mingjing import cli
from mingjing.cases.models import Obligation
from mingjing.law import queries as law
from mingjing.organs.authority import SYSTEM
from mingjing.oversight.counting import Asked, behind, live
from mingjing.publicity import actions
from mingjing.publicity.matrix import matrix
from mingjing.publicity.models import Exemption, Placement
from mingjing.publicity.statistics import _punctuality
from tests.office import Matter, Office
from tests.publicity.acts import approved, decided, proposed, reviewed

pytestmark = pytest.mark.django_db
DELAY = {"ground": "investigation", "reason": "同案人在逃。"}
LATE, LATER, LATEST = date(2026, 3, 27), date(2026, 5, 11), date(2026, 6, 1)


@pytest.fixture
def matter(office: Office) -> Matter:
    """A decision of 11 March, to be public by the 20th."""
    return decided(office)


def counted(matter: Matter, table: str = "publicity") -> dict[str, int]:
    """What the report of the year says of the decision now, without noughts."""
    of = Asked(law.report_scheme("extended"), 2026, organ=matter.office.organ)
    cells = live(of, matter.at).table(table).total.cells
    return {name: one.count for name, one in cells.items() if one.count and name not in ("total", "rate")}


def portal(matter: Matter) -> Placement:
    return Placement.objects.get(case_id=matter.case_id, channel="portal")


def punctual(matter: Matter) -> tuple[int, int]:
    """Decisions due by now, and those shown in time."""
    [line] = _punctuality(2026, matter.at)
    return line.due, line.in_time


@pytest.mark.parametrize("ground", ["investigation", "business_secret"])
def test_what_ran_out_before_it_was_held_back_is_late_for_good(matter: Matter, ground: str) -> None:
    row = approved(matter.move_to(LATE), ground=ground)
    assert counted(matter) == {"overdue": 1}
    assert portal(matter).late
    assert punctual(matter) == (1, 0)

    reviewed(matter.move_to(LATER), row)
    assert counted(matter) == {"overdue": 1}  # owed anew, and not due again before the 20th

    matter.do("publish")
    assert counted(matter) == {"late": 1}
    assert portal(matter).late
    assert punctual(matter) == (1, 0)


@pytest.mark.parametrize("ground", ["investigation", "business_secret"])
def test_what_was_held_back_in_time_and_shown_in_time_is_in_time(matter: Matter, ground: str) -> None:
    row = approved(matter, ground=ground)
    assert counted(matter.move_to(LATE)) == {}
    assert _punctuality(2026, matter.at) == ()

    reviewed(matter.move_to(LATER), row)
    matter.do("publish")

    assert counted(matter) == {"on_time": 1}
    assert not portal(matter).late
    assert punctual(matter) == (1, 1)


def test_what_is_late_twice_is_one_late_decision(matter: Matter) -> None:
    row = approved(matter.move_to(LATE), **DELAY)
    reviewed(matter.move_to(LATER), row)

    assert counted(matter.move_to(LATEST)) == {"overdue": 1}
    of = Asked(law.report_scheme("extended"), 2026, organ=matter.office.organ)
    [told] = behind(of, matter.at, table="publicity", column="overdue")
    assert told.on == date(2026, 5, 20)


def test_a_late_decision_that_is_never_shown_stays_late(matter: Matter) -> None:
    approved(matter.move_to(LATE))

    assert counted(matter.move_to(LATEST)) == {"overdue": 1}
    assert counted(matter, "withheld") == {"business_secret": 1}


def test_a_late_decision_that_falls_was_late_all_the_same(matter: Matter) -> None:
    matter.do("serve_decision")
    matter.move_to(LATE)
    matter.do("remedy_outcome", remedy_result="revoked", remedy_effective_on=LATE.isoformat())
    actions.settle(case_id=matter.case_id, actor=SYSTEM, at=matter.at)

    assert counted(matter) == {"overdue": 1}
    assert (portal(matter).state, portal(matter).late) == ("withdrawn", True)


def test_decisions_withheld_on_the_desk_and_in_the_case_are_both_counted(matter: Matter) -> None:
    """政府信息公开条例 arts. 14-16: each by its ground, once, and no delay among them."""
    other = decided(matter.office)
    other.do("withhold_publication", withholding_ground="privacy", withholding_reason="涉及当事人的病情。")
    actions.settle(case_id=other.case_id, actor=SYSTEM, at=other.at)
    approved(matter, ground="public_safety")
    approved(decided(matter.office), **DELAY)
    proposed(matter.office, decided(matter.office))

    assert counted(matter.move_to(LATEST), "withheld") == {"privacy": 1, "public_safety": 1}


def test_every_ground_that_a_head_may_approve_can_be_counted() -> None:
    grounds = {one.id for one in matrix().grounds.values() if one.kind == "decision"}

    columns = law.report_scheme("extended").table("withheld").parts
    assert {kind for one in columns for kind in one.kinds} == grounds


def test_the_command_says_what_was_late_before(
    matter: Matter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = approved(matter.move_to(LATE), **DELAY)
    reviewed(matter.move_to(LATER), row)
    monkeypatch.setattr(cli, "_now", lambda: matter.at)

    cli.main(["publications", "due", "--json", "--channel", "portal"])
    [told] = json.loads(capsys.readouterr().out)["items"]
    assert (told["due_on"], told["late_before"]) == ("2026-05-20", True)
    cli.main(["publications", "due", "--channel", "portal"])
    assert "，曾逾期" in capsys.readouterr().out


# --- whatever happens, in whatever order ---


def happens(matter: Matter, dice: random.Random) -> None:
    """One thing that somebody may do now, or that time does."""
    row = Exemption.objects.filter(case_id=matter.case_id, state="approved").first()
    if dice.random() < 0.4:
        matter.at += timedelta(days=dice.choice([1, 10, 95]))
        actions.lapse_delays(at=matter.at)
    elif row is None:
        approved(matter, **dice.choice([DELAY, {}]))
    else:
        reviewed(matter, row)


@pytest.mark.parametrize("seed", range(6))
def test_one_decision_counts_once_and_never_leaves_what_is_late(matter: Matter, seed: int) -> None:
    dice, was_late = random.Random(seed), False
    for _ in range(10):
        happens(matter, dice)
        running: Any = Obligation.objects.filter(
            case_id=matter.case_id, step="publish", state="open", paused=False, due_at__lt=matter.at
        )
        was_late = was_late or running.exists()

        assert counted(matter) == ({"overdue": 1} if was_late else {})
        assert portal(matter).late or not was_late or portal(matter).state == "owed"
    row = Exemption.objects.filter(case_id=matter.case_id, state="approved").first()
    if row is not None:
        reviewed(matter, row)
    matter.do("publish")

    assert counted(matter) == ({"late": 1} if was_late else {"on_time": 1})
    assert portal(matter).late is was_late
