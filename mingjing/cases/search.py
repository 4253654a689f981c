"""Finding cases and papers by words, as far as the person may read them.

The index is fed from the record: what entered the log behind the cursor tells which cases changed. Nothing is
ever skipped that way, because places in the log are given after the commit. Every hit is read again from the
database under the person's authority; the index only proposes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from mingjing.insight import search as insight
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import queries as record

from .models import Case, Paper
from .queries.finding import visible_cases
from .queries.lists import CaseRow, rows_of

SOURCE = "cases"


@dataclass(frozen=True)
class PaperFound:
    """A paper in the answers."""

    id: int
    title: str
    number: str
    case_no: str
    case_label: str
    issued_at: datetime


def find(actor: Actor, words: str, at: datetime, *, limit: int = 8) -> tuple[list[CaseRow], list[PaperFound]]:
    """The best cases and papers for the words. Cost: 3 queries, and those of ``catch_up``.

    Raises: Refused ``no-permission``.
    """
    allowed = visible_cases(actor)
    index = insight.default()
    with suppress(Refused):  # another process is writing: what it has committed so far is good enough
        catch_up(index)
    tokens = _tokens_for(actor)
    cases = [hit.key for hit in index.query(words, kinds=("case",), tokens=tokens, limit=limit).hits]
    papers = [int(hit.key) for hit in index.query(words, kinds=("paper",), tokens=tokens, limit=limit).hits]
    rows = Paper.objects.filter(pk__in=papers, case__in=allowed).values_list(
        "id", "title", "number", "case__no", "case__label", "issued_at"
    )
    return rows_of(actor, cases, at), [PaperFound(*row) for row in rows.order_by("-id")]


def catch_up(index: insight.Index | None = None) -> int:
    """Take what changed since the last time into the index; returns how many documents.

    Raises: Refused ``index-busy``. Cost: 1 query when nothing changed.
    """
    index = index or insight.default()
    changes = insight.following(index.cursor(SOURCE), record.tail, _documents, mark="case:")
    return index.catch_up(SOURCE, changes)


def _documents(subjects: set[str]) -> Iterator[insight.Document]:
    """The cases among the subjects, each with its papers. Cost: 2 queries."""
    keys = [uuid.UUID(one.removeprefix("case:")) for one in subjects if one.startswith("case:")]
    cases = (
        Case.objects.filter(pk__in=keys)
        .select_related("organ", "party", "power_item")
        .prefetch_related("papers", "parties__party")
    )
    for case in cases:
        tokens = _tokens_of(case)
        yield insight.Document(
            kind="case",
            key=case.no,
            title=f"{case.label} {case.title}",
            text=_text(case),
            at=case.moved_at,
            tokens=tokens,
        )
        for paper in case.papers.all():
            yield insight.Document(
                kind="paper",
                key=str(paper.pk),
                title=f"{paper.title} {paper.number}",
                text=f"{paper.verify_code} {case.label} {case.title}",
                at=paper.issued_at,
                tokens=tokens,
            )


def _text(case: Case) -> str:
    everybody = [*([case.party] if case.party else []), *(one.party for one in case.parties.all())]
    party = " ".join(f"{one.name} {one.code}" for one in everybody)
    power = f"{case.power_item.code} {case.power_item.title}" if case.power_item else ""
    told = [value for value in case.facts.values() if isinstance(value, str)]
    return "\n".join([case.no, party, power, *told])


def _tokens_of(case: Case) -> tuple[str, ...]:
    codes = case.organ.path.strip("/").split("/")
    return (
        f"organ:{case.organ_id}",
        *(f"under:{'/'.join(codes[:depth])}" for depth in range(1, len(codes) + 1)),
    )


def _tokens_for(actor: Actor) -> Sequence[str]:
    """The same rule as ``queries.finding.visible``, in the words of the index."""
    return (f"under:{actor.supervises.strip('/')}",) if actor.supervises else (f"organ:{actor.organ_id}",)
