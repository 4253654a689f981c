"""What leaves for other channels: looked at once more as a whole, whatever the publisher saw of it.

A row holds more than the text that a person confirmed (the representative, the license, a remark), so every field is
checked together with all others; only fields that ``codex/publicity/persons.toml`` names as exceptions are not. The
names of files and packages are made of channel, organ and time and hold nothing of the case.
"""

from __future__ import annotations

from collections.abc import Mapping

from mingjing.insight.leaks import Passage
from mingjing.insight.names import mask_name

from .matrix import matrix
from .models import Placement
from .rendition import NOTHING, judged_of, known_people, require_no_leak


def person_told(placement: Placement, code: str, words: str) -> str:
    """The words of a field that tells of a person, as this channel gets them: in full, masked or not at all."""
    tells = matrix().tells(placement.channel, code)
    return {"full": words, "masked": mask_name(words) if words else ""}.get(tells, "")


def exceptions(placement: Placement) -> frozenset[str]:
    """The fields that this channel gets in full by a rule with its source, so that they are no leak."""
    return matrix().in_full(placement.channel)


def require_safe(placement: Placement, told: Mapping[str, str]) -> None:
    """Raise ``Refused("leak")`` where what leaves, by heading, identifies a natural person or contradicts a mask.

    ``placement`` comes with its case, party and publication. Every way to a channel MUST come through here, without
    the fields of ``exceptions``. Cost: 2 queries, none where the case brought its people along.
    Source: 达州三项制度方案/1(2); 行政处罚法/50.
    """
    passages = [Passage(heading, text) for heading, text in told.items() if text]
    judged = judged_of(placement.publication) if placement.publication else NOTHING
    require_no_leak(passages, known_people(placement.case, placement.paper), judged.profile)
