"""Which provision said what on which day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from mingjing.kernel import numerals
from mingjing.kernel.refused import Refused
from mingjing.law import basis as notation
from mingjing.law.codex.statutes import name_key
from mingjing.law.models import Article, Statute, StatuteName, StatuteVersion
from mingjing.law.provisions import Paragraphs

_CITED = re.compile(r"([^;；/]+)/\d")


@dataclass(frozen=True)
class Provision:
    """One provision on one day.

    ``text`` is None where no text is loaded (or the loaded one is damaged there); ``in_force`` tells whether
    the statute applied that day; ``exists`` is None while the text is not at hand to say so; ``unknown`` is
    True where the store cannot tell whether it applied; ``why`` explains in words whatever is not simply in
    force and found.
    """

    basis: str
    statute: str
    title: str
    version: str
    label: str
    text: str | None
    in_force: bool
    exists: bool | None
    why: str
    in_force_from: date | None = None
    in_force_until: date | None = None
    unknown: bool = False

    @property
    def good(self) -> bool:
        """Whether an act may rest on it: in force that day, and not known to be missing."""
        return self.in_force and self.exists is not False


def statute(name: str) -> Statute | None:
    """The instrument of that title, short title or slug. Cost: one or two queries."""
    found = StatuteName.objects.select_related("statute").filter(name=name_key(name)).first()
    return found.statute if found else Statute.objects.filter(slug=name).first()


def full_titles(texts: Iterable[str]) -> dict[str, str]:
    """By short title, the full titles of the statutes that texts cite in the notation. Cost: one query, none without."""
    short = {name.strip() for text in texts for name in _CITED.findall(text)}
    if not short:
        return {}
    rows = StatuteName.objects.filter(name__in={name_key(one) for one in short})
    full = dict(rows.values_list("name", "statute__title"))
    return {one: full[name_key(one)] for one in short if name_key(one) in full}


def statutes(*, words: str = "", rank: str = "") -> QuerySet[Statute]:
    """Instruments whose title contains ``words``, in order of their short titles."""
    chosen = Statute.objects.all()
    if words:
        chosen = chosen.filter(title__contains=words)
    return chosen.filter(rank=rank) if rank else chosen


def texts_loaded() -> int:
    """How many instruments have at least one wording with its articles loaded. Cost: one query."""
    return StatuteVersion.objects.exclude(sha256="").values("statute").distinct().count()


def versions(instrument: Statute) -> list[StatuteVersion]:
    """All wordings, oldest first."""
    return list(instrument.versions.order_by("in_force_from", "promulgated_on"))


def version_on(instrument: Statute, on: date) -> StatuteVersion | None:
    """The wording in force on that day, None if there was none.

    A wording that its source calls repealed without a date is never given out as in force.
    """
    return (
        instrument.versions.filter(in_force_from__lte=on)
        .filter(Q(in_force_until__isnull=True, repealed_by="") | Q(in_force_until__gt=on))
        .order_by("-in_force_from")
        .first()
    )


def articles(version: StatuteVersion) -> QuerySet[Article]:
    """The articles of a wording in order."""
    return version.articles.order_by("number", "sub")


def article(basis_text: str, on: date) -> Provision:
    """The one provision that a basis names, on a day.

    Raises: Refused ``bad-basis``, also when it names more than one.
    """
    found = notation.parse(basis_text)
    if len(found) != 1:
        raise Refused("bad-basis", f"“{basis_text}”含有多个依据，此处只能写一个。", remedy="分开填写。")
    return provision(found[0], on)


def resolve_basis(basis_text: str, on: date) -> tuple[Provision, ...]:
    """Every provision that a basis names, on a day; ranges give their first article.

    Raises: Refused ``bad-basis``.
    """
    return tuple(provision(found, on) for found in notation.parse(basis_text))


def provision(place: notation.Basis, on: date) -> Provision:
    """Look one place up. Cost: at most four queries."""
    instrument = statute(place.statute)
    if instrument is None:
        why = f"依据库中没有《{place.statute}》。"
        return _found(place, place.statute, None, None, in_force=False, exists=None, why=why, unknown=True)
    version = version_on(instrument, on)
    if version is None:
        unknown = before_known_wordings(instrument, on)
        why = why_not_in_force(instrument, on)
        return _found(
            place, instrument.title, None, None, in_force=False, exists=None, why=why, unknown=unknown
        )
    if place.article is None:
        return _found(place, instrument.title, version, None, in_force=True, exists=True, why="")
    return _in_version(place, instrument, version)


def _in_version(place: notation.Basis, instrument: Statute, version: StatuteVersion) -> Provision:
    assert place.article is not None
    title = instrument.title
    row = version.articles.filter(number=place.article, sub=place.sub).first()
    if row is not None:
        paragraphs = Paragraphs(row.text)
        part = paragraphs.find(place.paragraph, place.item)
        why = "" if part is not None else f"《{title}》{row.label}只有{paragraphs.size}，没有所引的款、项。"
        return _found(place, title, version, part, in_force=True, exists=part is not None, why=why)
    if not version.sha256:
        why = f"尚未导入《{title}》（{version.label}）的条文，未能核对原文。"
        return _found(place, title, version, None, in_force=True, exists=None, why=why)
    if place.article in version.withheld:
        why = f"导入的《{title}》（{version.label}）在{place.place}处残缺，未能核对原文。"
        return _found(place, title, version, None, in_force=True, exists=None, why=why)
    why = f"《{title}》（{version.label}）没有{numerals.article(place.article, place.sub)}。"
    return _found(place, title, version, None, in_force=True, exists=False, why=why)


def _found(
    place: notation.Basis,
    title: str,
    version: StatuteVersion | None,
    text: str | None,
    *,
    in_force: bool,
    exists: bool | None,
    why: str,
    unknown: bool = False,
) -> Provision:
    return Provision(
        basis=str(place),
        statute=place.statute,
        title=title,
        version=version.label if version else "",
        label=place.place,
        text=text,
        in_force=in_force,
        exists=exists,
        why=why,
        in_force_from=version.in_force_from if version else None,
        in_force_until=version.in_force_until if version else None,
        unknown=unknown,
    )


# How the registry labels a first wording; every other label (修订, 修正, 文本) has something before it.
_ENACTED = ("通过", "公布", "发布", "印发")


def before_known_wordings(instrument: Statute, on: date) -> bool:
    """Whether the day lies before the earliest wording that is known, and that wording is an amended one.

    Then the instrument existed, and nothing is known of what it said. A wording that the registry names as
    the enactment itself (2026年通过) has nothing before it.
    """
    earliest = instrument.versions.filter(in_force_from__isnull=False).order_by("in_force_from").first()
    if earliest is None or earliest.in_force_from is None or earliest.in_force_from <= on:
        return False
    return not (earliest.registered and earliest.label.endswith(_ENACTED))


def why_not_in_force(instrument: Statute, on: date) -> str:
    """In words, why no wording of the instrument is known to have applied that day."""
    known = [version for version in versions(instrument) if version.in_force_from is not None]
    earlier = [v for v in known if v.in_force_from is not None and v.in_force_from <= on]
    if not known:
        return f"不知道《{instrument.title}》何时施行。"
    if not earlier:
        first = known[0]
        if before_known_wordings(instrument, on):
            return f"依据库中《{instrument.title}》最早的文本自{first.in_force_from:%Y-%m-%d}施行，没有{on:%Y-%m-%d}的文本。"
        return f"《{instrument.title}》{first.in_force_from:%Y-%m-%d}才施行，{on:%Y-%m-%d}尚未生效。"
    last = earlier[-1]
    if last.in_force_until is None:
        return f"《{instrument.title}》已被来源标为废止，废止日期待核，不能作为依据。"
    by = f"，由《{last.repealed_by}》废止" if last.repealed_by else ""
    until = f"{last.in_force_until:%Y-%m-%d}"
    return f"《{instrument.title}》自{until}起不再施行{by}，{on:%Y-%m-%d}不能作为依据。"
