"""How the provisions that a paper rests on stand on a day: good, unknown to the store, or no basis at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from mingjing.kernel.refused import Refused
from mingjing.law import basis as notation
from mingjing.law.queries.citing import Resolution, citations_in, resolve
from mingjing.law.queries.statutes import Provision, provision

# ``unknown``: the store cannot say, because the instrument or its wording of that day was never loaded;
# ``missing``: the wording of that day has no such place.
State = Literal["good", "unknown", "not-in-force", "missing"]


@dataclass(frozen=True)
class Standing:
    """One cited provision on one day; ``why`` says in words whatever is not simply good."""

    text: str
    state: State
    why: str


def standings(text: str, on: date) -> tuple[Standing, ...]:
    """Every provision cited in ``text`` (食品安全法/124(1), or 《食品安全法》第一百二十四条) as it stood that day.

    Empty where nothing in the text can be read as a provision. Cost: at most five queries for each.
    """
    places = _in_notation(text)
    if places is not None:
        return tuple(_of_provision(provision(place, on)) for place in places)
    cited = [one for one in citations_in(text) if one.article is not None]
    return tuple(_of_citation(resolve(one, on)) for one in cited)


def _in_notation(text: str) -> tuple[notation.Basis, ...] | None:
    if "《" in text or "/" not in text:
        return None
    try:
        places = notation.parse(text)
    except Refused:
        return None
    return places if all(place.article is not None for place in places) else None


def _of_provision(found: Provision) -> Standing:
    state: State = "good"
    if not found.good:
        state = "unknown" if found.unknown else "missing" if found.in_force else "not-in-force"
    return Standing(f"《{found.statute}》{found.label}", state, found.why)


def _of_citation(found: Resolution) -> Standing:
    return Standing(found.citation.text, _STATES.get(found.status, "missing"), found.reason)


_STATES: dict[str, State] = {
    "found": "good",
    "text-missing": "good",
    "unknown-statute": "unknown",
    "wording-unknown": "unknown",
    "not-in-force": "not-in-force",
}
