"""A small world to measure in: one organ, its people, and as many filed cases as a benchmark needs.

The first case is opened, submitted and approved through the actions; the others are copies of its rows,
because what is measured is the step that follows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.core.management import call_command

from mingjing.kernel.clocks import SHANGHAI

START = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)
BATCH = 1000


@dataclass
class World:
    """What the benchmarks act on."""

    handler: Any
    head: Any
    scene: Any
    party_id: int
    case_id: uuid.UUID
    at: datetime

    def answer(self, step: str, at: datetime) -> dict[str, Any]:
        """A filled-in form for the step."""
        from mingjing.demo.answers import answer

        return answer(step, self.scene, at, {})

    def open(self) -> uuid.UUID:
        """One more case through the action."""
        return opened(self.handler, self.scene, self.party_id, self.at)

    def clones(self, count: int, *, after: int = 0, spread: bool = False) -> Iterator[uuid.UUID]:
        """Copies of the filed case with handlers and open obligations, newest last; yields their keys.

        ``after`` is how many copies were made before. With ``spread`` their due dates differ, as lists need it.
        """
        from mingjing.cases.models import Case, CaseOfficer, Obligation

        first = Case.objects.get(pk=self.case_id)
        officers = list(CaseOfficer.objects.filter(case=first).values("officer_id", "role", "since"))
        owed = list(Obligation.objects.filter(case=first, state="open").values())
        columns = {
            field.attname: getattr(first, field.attname)
            for field in Case._meta.concrete_fields
            if field.attname not in ("id", "no", "label", "moved_at", "due_at")
        }
        numbers = iter(range(after + 1, after + count + 1))
        while chunk := list(islice(numbers, BATCH)):
            cases = [
                Case(
                    **columns,
                    no=f"{first.no}-{number}",
                    label=f"达市监立〔2026〕{number + 1}号",
                    moved_at=self.at + timedelta(seconds=number),
                    due_at=self.at + timedelta(minutes=37 * number % 120_000) if spread else first.due_at,
                )
                for number in chunk
            ]
            Case.objects.bulk_create(cases)
            CaseOfficer.objects.bulk_create(
                CaseOfficer(case=case, **row) for case in cases for row in officers
            )
            Obligation.objects.bulk_create(
                Obligation(**{**row, "id": None, "case_id": case.pk, "due_at": case.due_at if spread else row["due_at"]})
                for case in cases
                for row in owed
            )  # fmt: skip
            yield from (case.pk for case in cases)

    def fill(self, events: int, files: int) -> None:
        """Give the first case a history of so many steps and so many files, copies of those it has."""
        from mingjing.cases.models import Case, Evidence, Step

        first = Step.objects.filter(case=self.case_id).earliest("seq")
        columns = {
            field.attname: getattr(first, field.attname)
            for field in Step._meta.concrete_fields
            if field.attname not in ("id", "seq", "entry_id")
        }
        last = Step.objects.filter(case=self.case_id).latest("seq").seq
        steps = Step.objects.bulk_create(
            Step(**columns, seq=seq, entry_id=uuid.uuid4()) for seq in range(last + 1, events + 1)
        )
        Evidence.objects.bulk_create(
            Evidence(
                case_id=self.case_id,
                step=steps[number % len(steps)],
                kind="audiovisual",
                name=f"现场照片{number}.jpg",
                media_type="image/jpeg",
                size_bytes=1_000_000 + number,
                sha256=f"{number:064x}",
            )
            for number in range(files)
        )
        Case.objects.filter(pk=self.case_id).update(version=events)


def found() -> World:
    """Prepare the database, found the organs, and file one case."""
    from mingjing.cases import actions as cases
    from mingjing.demo.answers import answer
    from mingjing.demo.scenes import Scene
    from mingjing.demo.staffing import found_city
    from mingjing.demo.stories import STORIES
    from mingjing.law.actions import load_codex
    from mingjing.organs import queries as organs
    from mingjing.organs.authority import SYSTEM
    from mingjing.parties.actions import take_in

    call_command("migrate", verbosity=0, interactive=False)
    load_codex(START)
    team = found_city(START - timedelta(days=30))["dz-scjg"]
    handler, second = (organs.actor_of_officer(one, START.date()) for one in team.by_role["handler"][:2])
    head = organs.actor_of_officer(team.by_role["organ_head"][0], START.date())
    party = take_in(facts={"kind": "enterprise", "name": "某某食品有限公司"}, actor=SYSTEM, at=START)
    scene = Scene(
        story=STORIES[0],
        party_name=party.name,
        representative="张某某",
        place="通川区某某路",
        officers=(handler.id, second.id),
        head_name=head.name,
        reviewer_name="某某",
        phone="0818-0000000",
        fine_fen=5_000_000,
    )
    case_id = opened(handler, scene, party.pk, START)
    at = START + timedelta(hours=1)
    filed = cases.take(
        case_id=case_id, step="file", facts=answer("file", scene, at, {}), actor=handler, at=at
    )
    at += timedelta(hours=1)
    cases.approve(submission_id=filed.submission_id or 0, actor=head, at=at)
    return World(handler, head, scene, party.pk, case_id, at)


def opened(handler: Any, scene: Any, party_id: int, at: datetime) -> uuid.UUID:
    """A case opened by its handler."""
    from mingjing.cases import actions as cases
    from mingjing.demo.answers import answer

    return cases.open_case(
        organ_id=handler.organ_id,
        procedure="penalty-ordinary",
        title="某某食品有限公司经营超过保质期的食品案",
        facts=answer("register", scene, at, {}),
        actor=handler,
        at=at,
        party_id=party_id,
        handlers=scene.officers,
    ).case_id
