"""What the case page shows, as values: nothing here can be saved."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from mingjing.kernel.clocks import Lamp
from mingjing.kernel.enabling import Window
from mingjing.kernel.refused import Refused
from mingjing.record.queries import Place

GIST = 60  # characters of a step's story on the time line


@dataclass(frozen=True)
class FactLine:
    """A fact for people: its label and its value in words; a provision keeps its notation."""

    key: str
    label: str
    value: str
    kind: str = "text"


@dataclass(frozen=True)
class ChangeLine:
    """A fact that reads differently than before, as pieces marked ``same``, ``gone`` or ``new``."""

    key: str
    label: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Since:
    """What happened since a step was last taken, at ``at``: the steps, the facts, the papers and files."""

    at: datetime
    steps: tuple[str, ...]
    changes: tuple[ChangeLine, ...]
    papers: tuple[PaperView, ...]
    evidence: tuple[EvidenceView, ...]


@dataclass(frozen=True)
class PaperView:
    """A paper in a list."""

    id: int
    form: str
    title: str
    number: str
    issued_at: datetime
    pages: int
    sha256: str
    outgoing: bool


@dataclass(frozen=True)
class EvidenceView:
    """A file in a list; one that was added later says when, by whom, why, and in which entry."""

    id: int
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    made_at: datetime | None = None
    added_at: datetime | None = None
    added_by: str = ""
    late_reason: str = ""
    entry_id: uuid.UUID | None = None
    lost_at: datetime | None = None
    lost_reason: str = ""
    step: str = ""  # the title of the step it came with: recorders name their files alike


@dataclass(frozen=True)
class ExcuseView:
    """A signed reason why a step has no recording; ``state`` is open, signed or refused."""

    id: int
    seq: int
    title: str
    kind: str
    text: str
    by: str
    at: datetime
    state: str
    until: datetime | None
    mine_to_confirm: bool


@dataclass(frozen=True)
class EventView:
    """One step on the time line. ``place`` is where it stands in the log and ``hash`` its leaf hash, once sealed."""

    seq: int
    step: str
    title: str
    at: datetime
    by: str
    proposed_by: str
    note: str
    entry_id: uuid.UUID
    place: Place | None
    hash: str
    recording: str
    facts: tuple[FactLine, ...]
    papers: tuple[PaperView, ...]
    evidence: tuple[EvidenceView, ...]
    may_film: bool = False  # whether this person may add a recording that was not there in time
    happened_on: date | None = None  # the legal date, where the form tells one; else that of ``at``
    entered_at: datetime | None = None  # when the platform took it in
    late_reason: str = ""  # why it was entered late
    excuse: str = ""  # why there is no recording, in a word
    set_aside_at: datetime | None = None  # when it was sent back to be done over
    may_go_back: bool = False  # whether it is a step of the office that still stands
    is_move: ClassVar[bool] = False

    @property
    def belated(self) -> bool:
        """补录: whether the step was entered late, with the reason that was given."""
        return bool(self.late_reason)

    @property
    def gist(self) -> str:
        """The first thing written in the form, in one line, so that the time line tells a story."""
        told = next((line.value for line in self.facts if line.kind == "long"), "")
        flat = " ".join(told.split())
        return flat if len(flat) <= GIST else f"{flat[: GIST - 1]}…"

    @property
    def filmed_late(self) -> bool:
        """Whether all there is came later."""
        found = [one for one in self.evidence if one.kind == "audiovisual" and one.lost_at is None]
        return bool(found) and all(one.added_at for one in found)

    @property
    def filmed(self) -> int:
        """How many pieces of picture or sound the step has."""
        return sum(1 for one in self.evidence if one.kind == "audiovisual" and one.lost_at is None)


@dataclass(frozen=True)
class ObligationView:
    """Something owed in the case, with how its date was reckoned, and why its term stands still where it does."""

    step: str
    kind: str
    title: str
    role: str
    due_at: datetime | None
    provisional: bool
    paused: bool
    lamp: Lamp | None
    clock: str
    basis: str
    explanation: tuple[str, ...]
    id: int = 0
    may_urge: bool = False
    urged_at: datetime | None = None
    urges: int = 0
    why_paused: str = ""


@dataclass(frozen=True)
class MoveView:
    """A move in the office on the time line: handed over, urged, returned. ``place``, ``hash`` as of an event."""

    seq: int
    kind: str
    title: str
    at: datetime
    by: str
    text: str
    entry_id: uuid.UUID
    place: Place | None
    hash: str
    is_move: ClassVar[bool] = True


@dataclass(frozen=True)
class ParticipantView:
    """Who takes part beside the first party; ``represents`` is whom an agent, guardian or translator stands beside."""

    id: int
    party_id: int
    kind: str  # keys of cases.participants.ROLES
    role: str
    name: str
    code: str
    represents: str
    scope: str
    nationality: str


@dataclass(frozen=True)
class HandoverView:
    """An offer of the case to a colleague; ``mine`` to take over, ``to_withdraw`` by this person."""

    id: int
    giver: str
    receiver: str
    reason: str
    duties: tuple[dict[str, str], ...]
    materials: tuple[str, ...]
    offered_at: datetime
    mine: bool
    to_withdraw: bool


@dataclass(frozen=True)
class ActionView:
    """A step as a button: possible, or grey with the reason and the article."""

    step: str
    title: str
    stage: str
    refused: Refused | None
    not_mine: Refused | None
    approve: str
    recording: str
    basis: str
    guide: str
    through: str
    owed: ObligationView | None
    submitted: int | None
    papers: tuple[str, ...]
    flow: str = "main"
    ends: bool = False
    by_party: bool = False
    happened: bool = False
    shows: bool = False

    @property
    def possible(self) -> bool:
        """Whether this person may take the step now."""
        return self.refused is None and self.not_mine is None and self.submitted is None


@dataclass(frozen=True)
class NextSteps:
    """What a person may do now, sorted as one thinks of it.

    ``main`` is the one thing to do: the most urgent duty, else the next step on the way; ``also`` are the
    other duties and steps ahead, ``rights`` what only the party may ask for, ``anytime`` what may be done
    whenever it is needed, ``branches`` the ways out for a case that is not an ordinary one.
    """

    main: ActionView | None
    also: tuple[ActionView, ...]
    rights: tuple[ActionView, ...]
    anytime: tuple[ActionView, ...]
    branches: tuple[ActionView, ...]

    @classmethod
    def of(cls, possible: Sequence[ActionView]) -> NextSteps:
        """Sort the possible actions, which come in the order of the procedure file, owed ones by date."""
        owed = [one for one in possible if one.owed]
        free = [one for one in possible if not one.owed]
        rights = [one for one in free if one.by_party]
        branches = [one for one in free if not one.by_party and (one.ends or one.flow == "branch")]
        ahead = [one for one in free if one.flow == "main" and not one.happened and not one.ends]
        ahead = [one for one in ahead if one not in rights]
        known = {one.step for one in (*rights, *branches, *ahead)}
        first = [*owed, *ahead]
        return cls(
            main=first[0] if first else None,
            also=tuple(first[1:]),
            rights=tuple(rights),
            anytime=tuple(one for one in free if one.step not in known),
            branches=tuple(branches),
        )

    @property
    def free(self) -> tuple[ActionView, ...]:
        """Everything that nobody has to do now."""
        return (*self.rights, *self.anytime, *self.branches)


@dataclass(frozen=True)
class CountersignView:
    """A colleague's word; ``mine`` to give, ``to_cancel`` by this person."""

    id: int
    officer: str
    question: str
    state: str
    opinion: str
    closed_at: datetime | None
    mine: bool
    to_cancel: bool


@dataclass(frozen=True)
class SubmissionView:
    """A step that waits for an approver, or came back."""

    id: int
    step: str
    title: str
    role: str
    proposed_by: str
    proposed_at: datetime
    state: str
    opinion: str
    facts: tuple[FactLine, ...]
    mine_to_approve: bool
    mine: bool
    changes: tuple[ChangeLine, ...] = ()
    countersigns: tuple[CountersignView, ...] = ()
    may_ask: bool = False  # whether the person may ask colleagues for their word
    acting_for: str = ""  # whom the person would deputize for in approving
    papers: tuple[str, ...] = ()  # the forms that approving issues


@dataclass(frozen=True)
class CheckLine:
    """One line of the check before submitting. ``ok`` is None where nothing can be said yet."""

    ok: bool | None
    title: str
    reason: str = ""
    basis: str = ""


@dataclass(frozen=True)
class StageView:
    """One mark on the steps bar: done, current, todo, or skipped in a case that has ended without it."""

    id: str
    title: str
    state: str


def _urgency(action: ActionView) -> tuple[bool, bool, float]:
    """Owed before free, dated before undated, soonest first; otherwise as the procedure file has them."""
    due_at = action.owed.due_at if action.owed else None
    return (action.owed is None, due_at is None, due_at.timestamp() if due_at else 0)


@dataclass(frozen=True)
class RelatedCase:
    """A matter that this one grew out of, or that grew out of it."""

    no: str
    label: str
    title: str
    stage: str
    ended: bool


@dataclass(frozen=True)
class LinkView:
    """A case joined with this one by 并案 or 分案; ``title`` is that case's, ``how`` says in which way."""

    how: str
    no: str
    label: str
    title: str


@dataclass(frozen=True)
class CasePage:
    """Everything the case page shows."""

    id: uuid.UUID
    no: str
    label: str
    title: str
    version: int
    organ: str
    organ_code: str
    procedure_id: str
    procedure_title: str
    edition: str
    act: str
    field: str
    region: str
    outcome: str
    opened_at: datetime
    ended_at: datetime | None
    lamp: Lamp | None
    nearest: ObligationView | None
    stages: tuple[StageView, ...]
    party: dict[str, str]
    party_title: str
    shown: tuple[str, ...]
    parent: RelatedCase | None
    children: tuple[RelatedCase, ...]
    power: dict[str, str]
    handlers: tuple[tuple[str, str], ...]
    handler_ids: frozenset[int]  # two colleagues may bear one name
    is_handler: bool
    facts: tuple[FactLine, ...]
    events: tuple[EventView, ...]
    events_before: int
    obligations: tuple[ObligationView, ...]
    windows: tuple[Window, ...]
    actions: tuple[ActionView, ...]
    submissions: tuple[SubmissionView, ...]
    payments: tuple[dict[str, Any], ...]
    done_steps: tuple[str, ...]
    checks: tuple[CheckLine, ...] = ()
    moves: tuple[MoveView, ...] = ()
    handover: HandoverView | None = None
    participants: tuple[ParticipantView, ...] = ()
    links: tuple[LinkView, ...] = ()
    excuses: tuple[ExcuseView, ...] = ()
    # Since when the case is recorded whole because it may be disputed; what suggests that it may be.
    disputed_at: datetime | None = None
    dispute_signs: tuple[str, ...] = ()
    represented: tuple[tuple[int, str], ...] = ()  # the parties one may stand beside, the first one first

    @property
    def story(self) -> tuple[EventView | MoveView, ...]:
        """Steps and moves in one line, newest first; moves older than the last step shown wait for its page."""
        first = self.events[-1].seq if self.events and self.events_before > 0 else 0
        moves = [one for one in self.moves if one.seq > first]
        return tuple(sorted((*self.events, *moves), key=lambda one: one.seq, reverse=True))

    @property
    def sealed(self) -> int:
        """How many lines of the story have their place in the log."""
        return sum(one.place is not None for one in self.story)

    @property
    def mine_now(self) -> tuple[ActionView, ...]:
        """What this person may do now, owed things first."""
        possible = [action for action in self.actions if action.possible]
        return tuple(sorted(possible, key=_urgency))

    @property
    def next_steps(self) -> NextSteps:
        """What this person may do now, sorted as one thinks of it."""
        return NextSteps.of(self.mine_now)

    @property
    def held_up(self) -> tuple[ActionView, ...]:
        """Owed steps of this person that the rules do not let him take yet, each with the reason; urgent ones first."""
        owed = [one for one in self.actions if one.owed and one.submitted is None]
        return tuple(sorted((one for one in owed if one.refused and not one.not_mine), key=_urgency))

    @property
    def awaited(self) -> tuple[ActionView, ...]:
        """Owed steps that could be taken now, but by somebody else."""
        return tuple(
            one
            for one in self.actions
            if one.owed and one.refused is None and one.not_mine and one.submitted is None
        )

    @property
    def missing(self) -> int:
        """How many lines of the check are not met."""
        return sum(1 for line in self.checks if line.ok is False)

    @property
    def papers(self) -> tuple[PaperView, ...]:
        """Every paper of the shown events, newest first."""
        return tuple(paper for event in self.events for paper in event.papers)

    @property
    def evidence(self) -> tuple[EvidenceView, ...]:
        """Every file of the shown events, newest first."""
        return tuple(file for event in self.events for file in event.evidence)
