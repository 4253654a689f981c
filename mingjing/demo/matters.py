"""The matters of the demo city, lived through day by day under a frozen clock, by calling actions only."""

from __future__ import annotations

import heapq
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from mingjing.cases import actions as cases
from mingjing.cases import queries as case_queries
from mingjing.cases.work import Work
from mingjing.kernel import engine
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.codes import credit_check, organization_check
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.workdays import Calendar
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import SYSTEM, Actor
from mingjing.parties.actions import take_in
from mingjing.publicity import actions as publicity
from mingjing.review import actions as review

from .answers import answer
from .films import LATE, film_of, make_up, take
from .meetings import show, varied
from .plans import PLANS, SPECIAL, SPOT, Plan
from .scenes import Scene
from .staffing import Team
from .stories import GIVEN, PLACES, SPOT_STORIES, STORIES, SURNAMES, Story

# Which possible step an orderly office takes first. What is not listed is taken by nobody in the demo.
_ORDER = (
    "transfer_out", "decline_filing", "site_inspection", "file", "service_address", "interview",
    "recusal_request", "handling_notice", "preserve_evidence", "evidence_extract", "testing_commission",
    "suspend", "correction_order", "correction_check", "conclude", "resubmit", "legal_review",
    "advance_notice", "serve_notice", "statement", "statement_recheck", "hearing_request", "accept_hearing", "hearing_notice",
    "hearing", "hearing_report", "discussion", "decide", "serve_decision", "publish", "publish_no_penalty",
    "payment_confirmed", "close", "archive_penalized", "archive_no_penalty", "archive_not_proven",
    "remedy_outcome", "withdraw_publication",
)  # fmt: skip
_SPOT_ORDER = (
    "hear_party",
    "spot_decision",
    "report_to_organ",
    "publish",
    "payment_confirmed",
    "close",
    "archive_spot",
)
_REPEATABLE = frozenset({"legal_review", "resubmit"})
_MAJOR_FEN, _HEARD_FEN = 5_000_000, 5_500_000  # reviewed from the first, heard from the second on


@dataclass
class Matter:
    """One matter under way: its plan, and the moments before which single steps are not taken."""

    number: int
    team: Team
    scene: Scene
    party_id: int
    plan: Plan
    opens_at: datetime
    held: dict[str, datetime]
    case_id: uuid.UUID | None = None
    done: set[str] = field(default_factory=set)
    pending: tuple[int, str] | None = None  # submission waiting, and its step


class City:
    """Runs all matters in order of time, so that numbers and dates run together."""

    def __init__(self, teams: dict[str, Team], *, until: datetime, seed: int = 20261123) -> None:
        self.teams = teams
        self.until = until
        self.random = random.Random(seed)  # noqa: S311 - a reproducible city, not a secret
        self.calendar: Calendar = law.calendar()
        self.actors: dict[tuple[int, date], Actor] = {}

    def run(self, count: int, tick: Callable[[], None]) -> int:
        """Live through ``count`` matters until ``self.until``; ``tick`` is called after every action."""
        queue: list[tuple[datetime, int, Matter]] = []
        for matter in self._matters(count):
            heapq.heappush(queue, (matter.opens_at, matter.number, matter))
        while queue:
            at, _, matter = heapq.heappop(queue)
            if at > self.until:
                continue
            again = self._act(matter, at)
            tick()
            if again is not None:
                heapq.heappush(queue, (again, matter.number, matter))
        return count

    # --- casting ---

    def _matters(self, count: int) -> Iterator[Matter]:
        """The matters, each team going through the plans in an order of its own."""
        decks = {code: self._deck(team) for code, team in self.teams.items()}
        teams = list(self.teams.values())
        for number in range(count):
            team = teams[number % len(teams)]
            deck = decks[team.organ_code]
            plan = deck[number // len(teams) % len(deck)]
            yield self._matter(number, team, plan)

    def _deck(self, team: Team) -> list[Plan]:
        """The plans for a team, shuffled; only some fields know violations that are punished on the spot."""
        spots = any(story.field == team.field for story in SPOT_STORIES)
        fitting = [
            plan for plan in PLANS if (spots or plan.procedure != SPOT) and plan.field in ("", team.field)
        ]
        return self.random.sample(fitting, len(fitting))

    def _matter(self, number: int, team: Team, plan: Plan) -> Matter:
        story = self._story(team, plan)
        opens_at = max(self._ago(plan.opened), self._moment(_day_of(story.since) + timedelta(days=1)))
        party_id, name, representative = self._party(number, story, opens_at)
        scene = Scene(
            story=story,
            party_name=name,
            representative=representative,
            place=self.random.choice(PLACES),
            officers=self._pair(team, number, plan),
            head_name=team.names[team.by_role["organ_head"][0]],
            reviewer_name=team.names[team.by_role["reviewer"][0]],
            phone=f"0818-0000{number % 1000:03d}",
            fine_fen=self._fine(story, plan),
            proposal=plan.proposal,
            review_problems=plan.problems,
            complex_case=plan.size == "major",
        )
        held = {step: self._ago(days) for step, days in plan.held.items()}
        return Matter(number, team, scene, party_id, plan, opens_at, held)

    def _story(self, team: Team, plan: Plan) -> Story:
        """A story of the team's field that was against the law already, for the size of fine that is asked."""
        told = SPOT_STORIES if plan.procedure == SPOT else STORIES
        known = [story for story in told if story.field == team.field]
        oldest = self.until.date() - timedelta(days=plan.opened[0])
        fitting = [story for story in known if story.since <= oldest] or known
        sized = [story for story in fitting if _suits(story, plan)]
        return self.random.choice(sized or fitting)

    def _fine(self, story: Story, plan: Plan) -> int:
        low, high = story.fines
        if plan.size == "minor":
            high = max(low, min(high, _MAJOR_FEN - 1))
        step = 10_000 if high > 100_000 else 5_000
        return self.random.randrange(low, high + 1, step)

    def _pair(self, team: Team, number: int, plan: Plan) -> tuple[int, ...]:
        """Two officers, each in turn the first; the unit head only where nothing is approved by the unit head."""
        hands = team.by_role["handler"] if plan.procedure != SPOT else team.by_role["handler"][:2]
        first = number // len(self.teams) % len(hands)
        return hands[first], hands[(first + 1) % len(hands)]

    def _party(self, number: int, story: Story, at: datetime) -> tuple[int, str, str]:
        surname = SURNAMES[number % len(SURNAMES)]
        person = f"{surname}某{GIVEN[number % len(GIVEN)]}"
        facts = {"address": f"达州市{self.random.choice(PLACES)}{number % 97 + 1}号", "phone": "0818-0000000"}
        if story.party_kind == "person":
            facts |= {"kind": "person", "name": person, "sex": "男" if number % 2 else "女"}
            name, representative = person, ""
        else:
            county = ("通川区", "达川区", "宣汉县", "大竹县", "渠县")[number % 5]
            name = f"{county}{surname}{story.party}"
            kind = "92" if story.party_kind == "sole_proprietor" else "91"
            facts |= {
                "kind": story.party_kind,
                "name": name,
                "code": invented_code(kind, "511702", number),
                "legal_representative": person,
            }
            representative = person
        party = take_in(facts=facts, actor=SYSTEM, at=at, source="演示数据")
        return party.pk, name, representative

    # --- acting ---

    def _act(self, matter: Matter, at: datetime) -> datetime | None:
        """Do the next thing in the matter; returns when to look again, None when nothing more will happen."""
        spot = matter.plan.procedure == SPOT
        if matter.case_id is None:
            start = self._open(matter, at)
            return None if matter.plan.stop == start else self._later(at, *((0, 0) if spot else (0, 3)))
        if matter.pending is not None:
            return self._approve(matter, at)
        work = case_queries.work_of(matter.case_id, at)
        chosen = self._next(matter, work)
        if chosen is None:
            return self._wait(matter, work, at)
        if at < matter.held.get(chosen, at):
            return matter.held[chosen]
        taken = self._take(matter, work, chosen, at)
        if taken is not None and taken.submission_id is not None:
            if matter.plan.pending and matter.plan.stop == chosen:
                return None
            matter.pending = (taken.submission_id, chosen)
            return self._later(at, 0, 1)
        return self._after(matter, chosen, at)

    def _approve(self, matter: Matter, at: datetime) -> datetime | None:
        assert matter.pending is not None
        submission, step = matter.pending
        rule = law.procedure(matter.plan.procedure, at.date()).steps[step]
        approver = self._actor(matter.team.by_role[rule.approve or "organ_head"][0], at)
        cases.approve(submission_id=submission, actor=approver, at=at, opinion="同意。")
        matter.pending = None
        return self._after(matter, step, at)

    def _open(self, matter: Matter, at: datetime) -> str:
        actor = self._actor(matter.scene.officers[0], at)
        procedure = law.procedure(matter.plan.procedure, at.date())
        start = next(iter(procedure.start_steps))
        power = law.power_rows(source=law.CODEX).filter(code=matter.scene.story.power).first()
        taken = cases.open_case(
            organ_id=matter.team.organ_id,
            procedure=matter.plan.procedure,
            title=f"{matter.scene.party_name}{matter.scene.story.cause}案",
            facts=answer(start, matter.scene, at, {}),
            actor=actor,
            at=at,
            party_id=matter.party_id,
            power_item_id=power.pk if power else None,
            handlers=matter.scene.officers,
            field=matter.scene.story.field,
            files=film_of(procedure.steps[start], matter.number),
            late_reason=LATE,
        )
        make_up(procedure.steps[start], taken, matter.number, actor, self._head(matter, at), at)
        matter.case_id = taken.case_id
        matter.done.add(start)
        return start

    def _grow(self, matter: Matter, at: datetime) -> None:
        """Open the matter that the plan says grows out of this one."""
        if not matter.plan.grows:
            return
        procedure = law.procedure(matter.plan.grows, at.date())
        start = next(iter(procedure.start_steps))
        cases.open_case(
            organ_id=matter.team.organ_id,
            procedure=procedure.id,
            title=f"{matter.scene.party_name}{matter.scene.story.cause}案（{procedure.title}）",
            facts=answer(start, matter.scene, at, {}),
            actor=self._actor(matter.scene.officers[0], at),
            at=at,
            party_id=matter.party_id,
            handlers=matter.scene.officers,
            field=matter.scene.story.field,
            files=film_of(procedure.steps[start], 1),
            late_reason=LATE,
            parent_id=matter.case_id,
        )

    def _next(self, matter: Matter, work: Work) -> str | None:
        possible = engine.possible(work.procedure, work.marking, work.facts(), work.at)
        order = _SPOT_ORDER if matter.plan.procedure == SPOT else _ORDER
        skips = SPECIAL - set(matter.plan.special)
        for step in order:
            if step in skips or (step in matter.done and step not in _REPEATABLE):
                continue
            rule = work.procedure.steps.get(step)
            if rule is None or step not in possible:
                continue
            refused = possible[step]
            if refused is None:
                return step
            if refused.code in ("window-running", "too-soon", "milestone") and step in ("decide", "hearing"):
                return None
        return None

    def _take(self, matter: Matter, work: Work, step: str, at: datetime) -> cases.Taken | None:
        rule = work.procedure.steps[step]
        actor = self._actor(self._who(matter, rule), at)
        facts = varied(rule, answer(step, matter.scene, at, work.case.facts), matter.number)
        case_id = work.case.pk
        if rule.confirms_payment:
            return self._pay(case_id, actor, at, matter.number)
        if rule.through == "review":
            return review.give_opinion(case_id=case_id, facts=facts, actor=actor, at=at)
        if rule.withdraws:
            return publicity.withdraw(case_id=case_id, step=step, facts=facts, actor=actor, at=at)
        if rule.shows:
            if matter.number % 7 == 0 and any(field.name == "publication_until" for field in rule.facts):
                facts = {**facts, "publication_until": (at + timedelta(days=10)).date().isoformat()}
            seen = publicity.previewed(case_id, step).digest
            return publicity.publish(case_id=case_id, step=step, seen=seen, facts=facts, actor=actor, at=at)
        taken = take(case_id, rule, facts, actor, at, matter.number)
        if step == "site_inspection" and facts["certificates_shown"] == "yes":
            show(case_id, [self._actor(one, at) for one in matter.scene.officers], matter.number, at)
        make_up(rule, taken, matter.number, actor, self._head(matter, at), at)
        return taken

    def _head(self, matter: Matter, at: datetime) -> Actor:
        return self._actor(matter.team.by_role["organ_head"][0], at)

    def _pay(self, case_id: uuid.UUID, actor: Actor, at: datetime, number: int) -> cases.Taken | None:
        slip = case_queries.open_slip(case_id)
        if slip is None:
            return None
        code, due = slip
        return cases.confirm_payment(
            code=code,
            amount_fen=due,
            paid_on=at.date(),
            bank_reference=f"DEMO{at:%Y%m%d}{number:05d}",
            actor=actor,
            at=at,
        )

    def _who(self, matter: Matter, rule: Rule) -> int:
        """The first handler of the matter for what handlers do, else the first who holds a role for it."""
        if "handler" in rule.by:
            return matter.scene.officers[0]
        held = matter.team.by_role
        return next(held[role][0] for role in rule.by if role in held)

    def _actor(self, officer_id: int, at: datetime) -> Actor:
        key = (officer_id, at.date())
        if key not in self.actors:
            self.actors[key] = organs.actor_of_officer(officer_id, at.date())
        return self.actors[key]

    # --- time ---

    def _after(self, matter: Matter, step: str, at: datetime) -> datetime | None:
        matter.done.add(step)
        if matter.plan.stop == step:
            self._grow(matter, at)
            return None
        return self._later(at, *_PACE.get(step, (1, 4)))

    def _wait(self, matter: Matter, work: Work, at: datetime) -> datetime | None:
        """Nothing can be done today; come back tomorrow unless the matter has ended or lies too long."""
        if work.case.ended_at is not None or at - work.case.moved_at > timedelta(days=60):
            return None
        return self._later(at, 1, 2)

    def _later(self, at: datetime, least: int, most: int) -> datetime:
        days = self.random.randint(least, most)
        on = self.calendar.add(at.date(), days) if days else at.date()
        if days == 0 and at.hour < 16:
            return at + timedelta(minutes=self.random.randint(20, 90))
        return self._moment(datetime.combine(on if days else self.calendar.add(on, 1), time(9), SHANGHAI))

    def _ago(self, days: tuple[int, int]) -> datetime:
        """A moment of a working day between so many days ago, never later than now."""
        on = (self.until - timedelta(days=self.random.randint(*days))).date()
        while not self.calendar.is_workday(on):
            on -= timedelta(days=1)
        return min(self._moment(_day_of(on)), self.until - timedelta(minutes=self.random.randint(1, 30)))

    def _moment(self, at: datetime) -> datetime:
        on = at.astimezone(SHANGHAI).date()
        if not self.calendar.is_workday(on):
            on = self.calendar.add(on, 1)
        minutes = self.random.randint(0, 400)
        return datetime.combine(on, time(9), SHANGHAI) + timedelta(minutes=minutes)


def _day_of(on: date) -> datetime:
    return datetime.combine(on, time(9), SHANGHAI)


def _suits(story: Story, plan: Plan) -> bool:
    """Whether the story can be fined in the size that the plan asks for."""
    if "hearing_request" in plan.special:
        return story.fines[1] >= _HEARD_FEN or story.party_kind == "person"
    if plan.size == "major":
        return True
    return plan.size != "minor" or story.fines[0] < _MAJOR_FEN


_PACE = {
    "hear_party": (0, 0),
    "site_inspection": (1, 3),
    "file": (1, 4),
    "interview": (1, 5),
    "conclude": (1, 4),
    "serve_notice": (1, 3),
    "hearing_notice": (11, 14),
    "decide": (0, 2),
    "serve_decision": (0, 2),
    "payment_confirmed": (3, 10),
    "close": (3, 10),
}


def invented_code(kind: str, region: str, number: int) -> str:
    """A unified social credit code that passes its checks and belongs to nobody: its body is all zeros and a count."""
    body = f"MA0{number:05d}"
    first = f"{kind}{region}{body}{organization_check(body)}"
    return first + credit_check(first)
