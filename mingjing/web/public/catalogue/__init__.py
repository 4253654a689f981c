"""Which lists the public site offers to machines: see ``web.public.lists`` for what follows from each."""

from __future__ import annotations

from ..lists import Listing
from .before import AGENCIES, LAWS, LICENSES, OFFICERS, POWERS, PROCEDURES, REGISTERS
from .decisions import DECISIONS
from .reports import REPORTS
from .statistics import STATISTICS, WITHHELD

LISTS: tuple[Listing, ...] = (
    DECISIONS,
    AGENCIES,
    OFFICERS,
    POWERS,
    LICENSES,
    PROCEDURES,
    REGISTERS,
    LAWS,
    STATISTICS,
    WITHHELD,
    REPORTS,
)

__all__ = ["DECISIONS", "LISTS"]
