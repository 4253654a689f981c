"""What a reader of the public list looks for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True)
class Filters:
    """What a reader looks for; empty means everything.

    ``organ`` is a code, ``act`` and ``field`` as in the codex, ``region`` six digits; ``since`` and ``until``
    are days of decision, both included. ``party`` is sought in the subject and its credit code, ``number`` in
    the paper's number, ``words`` in these and in the title. ``today`` leaves out whose last day of display is
    over, whether the job that ends it has run or not.
    """

    organ: str = ""
    act: str = ""
    field: str = ""
    region: str = ""
    year: int | None = None
    since: date | None = None
    until: date | None = None
    party: str = ""
    number: str = ""
    words: str = ""
    today: date | None = None

    @property
    def equal(self) -> dict[str, str]:
        """The filters that a row meets or does not."""
        given = {name: getattr(self, name) for name in ("organ", "act", "field", "region")}
        return {name: value for name, value in given.items() if value}

    @property
    def first_day(self) -> date | None:
        """The earliest day of decision asked for, by year or by day."""
        days = [day for day in (self.since, self.year and date(self.year, 1, 1)) if day]
        return max(days) if days else None

    @property
    def last_day(self) -> date | None:
        """The latest day of decision asked for, by year or by day."""
        days = [day for day in (self.until, self.year and date(self.year, 12, 31)) if day]
        return min(days) if days else None

    @property
    def by_text(self) -> bool:
        """Whether the index of texts has to be asked."""
        return bool(self.words or self.party or self.number) or len(self.equal) > 1

    @property
    def chosen(self) -> bool:
        """Whether anything at all was asked for."""
        return any(getattr(self, one.name) for one in fields(self) if one.name != "today")
