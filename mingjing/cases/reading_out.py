"""告知词: what officers read out to the party in a step, put together from the case and the procedure.

The same words stand on the screen that is read from, on the paper that is signed and, for their kinds, on the public
page; they come from ``codex/conduct/notices.toml``. Source: 行政处罚法/44, 55; 行政强制法/18; 达州三项制度方案/3(2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mingjing.kernel import conduct
from mingjing.kernel.procedure import Step as Rule
from mingjing.law import queries as law
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor
from mingjing.organs.queries import Organ

from .models import Case

# Where the justice bureau has entered no telephone: the hotline of every city government.
HOTLINE = "12345"


@dataclass(frozen=True)
class Spoken:
    """A notice in one language, ready to be read: sections as (what it is, text); none where it is not translated."""

    language: str
    name: str
    title: str
    sections: tuple[tuple[str, str], ...]

    @property
    def ready(self) -> bool:
        """Whether there are words to read out."""
        return bool(self.sections)

    @property
    def text(self) -> str:
        """All sections in one, as the paper prints them."""
        return "".join(text for _, text in self.sections)


def notices(case: Case, rule: Rule, officers: Sequence[Actor]) -> list[Spoken]:
    """What the step has read out, in every language, Chinese first; nothing where it has no notice. Cost: 1 query."""
    matter = str(case.facts.get("cause") or case.title)
    return notices_of(rule, case.organ, officers, matter, case.party.name if case.party else "")


def notices_of(rule: Rule, organ: Organ, officers: Sequence[Actor], matter: str, party: str) -> list[Spoken]:
    """The same where no matter is registered yet, as before a penalty on the spot. Cost: 1 query."""
    if not rule.tells:
        return []
    notice = law.spoken_notice(rule.tells)
    values = _values(rule, organ, officers, matter, party)
    names = dict(conduct.LANGUAGES)
    return [_spoken(language, names[language], words, values) for language, words in notice.words.items()]


def printed(case: Case, rule: Rule, officers: Sequence[Actor]) -> dict[str, str]:
    """The words as the paper of the step prints them: in the language of the files, which is Chinese."""
    found = next(iter(notices(case, rule, officers)), None)
    return {"notice_text": found.text} if found else {}


def _spoken(language: str, name: str, words: law.Words, values: Mapping[str, str]) -> Spoken:
    sections = tuple(
        (law.SECTIONS[key], text.format_map(dict(values))) for key, text in words.sections.items()
    )
    return Spoken(language, name, words.title, sections)


def _values(rule: Rule, organ: Organ, officers: Sequence[Actor], matter: str, party: str) -> dict[str, str]:
    bureau = organs.supervisor_of(organ.region)
    return {
        "organ": organ.name,
        "officers": "、".join(map(_named, officers)),
        "matter": matter,
        "party": party,
        "basis": "、".join(place.text for place in law.parse(rule.basis)) if rule.basis else "",
        "phone": organ.phone,
        "supervisor": (bureau.phone if bureau else "") or HOTLINE,
    }


def _named(officer: Actor) -> str:
    number = next((one.number for one in officer.certificates if one.kind == "enforcement"), "")
    return f"{officer.name}（{number}）" if number else officer.name
