"""Named conditions of lawful action, by subject; procedure files list them under ``needs``."""

from . import coercion, inspecting, licensing, mandate, meeting, money, reports, supervision
from .general import NEEDS, Situation, law_of_two_officers, unmet

__all__ = [
    "NEEDS",
    "Situation",
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
