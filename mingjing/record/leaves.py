"""Where an entry stands: the log of its year, and its number in it. One log a year, so neither says it alone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import F, OuterRef, Subquery

from mingjing.record.models import Leaf

INDEX = F("number") - F("log__start")
_LABEL = re.compile(r"/([0-9]{4}(?:-[0-9]+)?)$")


class Place(NamedTuple):
    """The log by its label (``2026``; ``2026-2`` where it was begun anew) and the number in it, from 0.

    ``log`` is empty for a log from before there was one for each year.
    """

    log: str
    number: int

    def __str__(self) -> str:
        return f"〔{self.log}〕第 {self.number} 号" if self.log else f"第 {self.number} 号"


def place_at(origin: str | None, number: int | None) -> Place | None:
    """The place in the log of that name; None for what is in no log yet. Source: ``logs.origin_of``."""
    if origin is None or number is None:
        return None
    label = _LABEL.search(origin)
    return Place(label[1] if label else "", number)


def places(entry_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Place]:
    """The place of each entry that has one. Cost: 1 query."""
    rows = Leaf.objects.filter(entry_id__in=entry_ids).values_list("entry_id", "log__origin", INDEX)
    return {entry: place for entry, *told in rows if (place := place_at(*told))}


def place_of(entry: str) -> dict[str, Subquery]:
    """Annotations ``leaf``, ``leaf_log`` and ``leaf_hash`` for rows whose column ``entry`` names an entry.

    They are its number, the name of its log (both for :func:`place_at`) and its leaf hash; None until it is sealed.
    """
    found = Leaf.objects.filter(entry_id=OuterRef(entry)).annotate(within=INDEX)
    return {
        "leaf": Subquery(found.values("within")),
        "leaf_log": Subquery(found.values("log__origin")),
        "leaf_hash": Subquery(found.values("hash")),
    }
