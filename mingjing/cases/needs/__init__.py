"""Named conditions of lawful action, by subject; procedure files list them under ``needs``."""

from . import apart, coercion, inspecting, licensing, mandate, meeting, money, reports, supervision
from .general import law_of_two_officers
from .situation import NEEDS, Situation, unmet

__all__ = [
    "NEEDS",
    "Situation",
    "apart",
    "coercion",
    "inspecting",
    "law_of_two_officers",
    "licensing",
    "mandate",
    "meeting",
    "money",
    "reports",
    "supervision",
    "unmet",
]
