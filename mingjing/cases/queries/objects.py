"""执法对象: all acts about one party gathered across organs, each act's papers beside its recordings.

Source: 达州三项制度方案/8(2) (the written and audio-visual records of one object are kept together).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.parties import queries as parties
from mingjing.parties.models import Party

from ..models import Case, Evidence, Paper
from .finding import visible
from .lists import CaseFilters, CaseRow, case_list, concerning

PAGE = 20
_FILMED = "audiovisual"
_STEP = ("case__no", "step__seq", "step__title", "step__at", "step__set_aside_at")


@dataclass(frozen=True)
class PaperOfAct:
    """A paper that a step made."""

    id: int
    title: str
    number: str
    void: bool


@dataclass(frozen=True)
class PieceOfAct:
    """A recording or another file that a step took in."""

    id: int
    name: str
    lost: bool


@dataclass(frozen=True)
class ActOfObject:
    """One step of a matter that left something: what was written, what was filmed, what else was taken in."""

    seq: int
    title: str
    at: datetime
    set_aside: bool
    papers: Sequence[PaperOfAct]
    films: Sequence[PieceOfAct]
    files: Sequence[PieceOfAct]


@dataclass(frozen=True)
class MatterOfObject:
    """One matter about the object, with the steps that left papers or recordings."""

    row: CaseRow
    acts: Sequence[ActOfObject]

    @property
    def papers(self) -> int:
        """How many papers there are."""
        return sum(len(act.papers) for act in self.acts)

    @property
    def films(self) -> int:
        """How many recordings there are."""
        return sum(len(act.films) for act in self.acts)


@dataclass(frozen=True)
class ActCount:
    """How many matters of one kind of act the reader may see, and how many of them run."""

    act: str
    count: int
    running: int


@dataclass(frozen=True)
class ObjectPage:
    """The object, the bodies at the same address, and the matters about it that the reader may see.

    ``also`` is how often the party was entered besides and merged into this record. ``elsewhere`` counts the
    matters of organs that the reader may not look into; None where not even their number is told.
    """

    party: Party
    kind: str
    also: int
    neighbours: Sequence[Party]
    counts: Sequence[ActCount]
    elsewhere: int | None
    matters: Sequence[MatterOfObject]
    after: str


def object_page(
    actor: Actor,
    party_id: int,
    at: datetime,
    filters: CaseFilters | None = None,
    *,
    premises: bool = False,
) -> ObjectPage:
    """What all organs hold about a party, as far as the person may read it; latest moved first.

    ``premises`` gathers for all bodies at the same address. Other organs' matters are counted, not shown; about
    natural persons not even counted: whether somebody stands before another organ is itself personal.
    Raises: Refused ``not-found``. Cost: 8 queries, 6 about persons, 9 for premises, whatever the number of
    matters; one more for each depth of mergers. Source: 个人信息保护法/6.
    """
    party = _party(actor, party_id)
    neighbours = parties.at_address_of(party)
    keys = own = parties.same([party.pk])
    if premises:
        keys = parties.same([party.pk, *(one.pk for one in neighbours)])
    rows, after = case_list(actor, at, _about(filters or CaseFilters(), keys), limit=PAGE)
    acts = _acts([row.no for row in rows])
    return ObjectPage(
        party=party,
        kind=parties.kind_title(party),
        also=len(own) - 1,
        neighbours=neighbours,
        counts=_counts(actor, keys),
        elsewhere=None if party.is_person else _elsewhere(actor, keys),
        matters=tuple(MatterOfObject(row, acts.get(row.no, ())) for row in rows),
        after=after,
    )


def _party(actor: Actor, party_id: int) -> Party:
    require(actor, "party.read")
    try:
        return parties.party(party_id)
    except Party.DoesNotExist:
        raise Refused("not-found", "没有找到这个当事人。", remedy="请从搜索结果或者案件页面进入。") from None


def _about(filters: CaseFilters, keys: Sequence[int]) -> CaseFilters:
    return replace(filters, parties=tuple(keys))


def _counts(actor: Actor, keys: Sequence[int]) -> list[ActCount]:
    """The readable matters by kind of act, most first."""
    rows = (
        Case.objects.filter(visible(actor), concerning(keys))
        .order_by()
        .values("act")
        .annotate(count=Count("id"), running=Count("id", filter=Q(ended_at__isnull=True)))
    )
    return [ActCount(**row) for row in sorted(rows, key=lambda row: (-row["count"], row["act"]))]


def _elsewhere(actor: Actor, keys: Sequence[int]) -> int:
    return Case.objects.filter(concerning(keys)).exclude(visible(actor)).count()


def _acts(numbers: Sequence[str]) -> Mapping[str, Sequence[ActOfObject]]:
    """By number of the matter: its steps with papers or files, in order. Cost: 2 queries."""
    told: dict[tuple[Any, ...], _Left] = defaultdict(_Left)
    papers = Paper.objects.filter(case__no__in=numbers).order_by("id")
    for pk, title, number, voided_at, *step in papers.values_list(
        "pk", "title", "number", "voided_at", *_STEP
    ):
        told[tuple(step)].papers.append(PaperOfAct(pk, title, number, voided_at is not None))
    pieces = Evidence.objects.filter(case__no__in=numbers).order_by("id")
    for pk, name, kind, lost_at, *step in pieces.values_list("pk", "name", "kind", "lost_at", *_STEP):
        left = told[tuple(step)]
        (left.films if kind == _FILMED else left.files).append(PieceOfAct(pk, name, lost_at is not None))
    return _in_order(told)


@dataclass
class _Left:
    """What a step left, while it is gathered."""

    papers: list[PaperOfAct] = field(default_factory=list)
    films: list[PieceOfAct] = field(default_factory=list)
    files: list[PieceOfAct] = field(default_factory=list)


def _in_order(told: Mapping[tuple[Any, ...], _Left]) -> Mapping[str, Sequence[ActOfObject]]:
    found: dict[str, list[ActOfObject]] = defaultdict(list)
    for (no, seq, title, at, set_aside_at), left in sorted(told.items(), key=lambda one: one[0][:2]):
        found[no].append(
            ActOfObject(seq, title, at, set_aside_at is not None, left.papers, left.films, left.files)
        )
    return found
