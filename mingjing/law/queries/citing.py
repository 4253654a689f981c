"""Do the citations of a text hold: does the cited place exist, in the wording in force on that day?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from mingjing.insight.citations import Citation, find
from mingjing.kernel import numerals
from mingjing.law.models import Statute, StatuteName, StatuteVersion
from mingjing.law.provisions import Paragraphs
from mingjing.law.queries.statutes import before_known_wordings, statute, version_on, why_not_in_force

Status = Literal[
    "found",
    "article-missing",
    "paragraph-missing",
    "item-missing",
    "unknown-statute",
    "not-in-force",
    "wording-unknown",
    "text-missing",
]


@dataclass(frozen=True)
class Resolution:
    """What became of one citation on one day.

    ``text-missing`` means that the wording in force is known but its words are not loaded, and
    ``wording-unknown`` that only later wordings are known: neither confirmed nor refuted. ``reason`` is empty for ``found``.
    """

    status: Status
    citation: Citation
    title: str
    version: str
    label: str
    text: str | None
    reason: str
    on: date

    @property
    def found(self) -> bool:
        """Whether the place exists and was in force."""
        return self.status == "found"


def citations_in(text: str) -> list[Citation]:
    """Every citation in a text; registered statutes also count without 《》. Cost: one query."""
    names = StatuteName.objects.filter(statute__registered=True).values_list("name", flat=True)
    return find(text, known=names)


def resolve(citation: Citation, on: date) -> Resolution:
    """Verify a citation as finely as it names its place, in the wording in force on a day.

    Cost: at most four queries.
    """
    instrument = statute(citation.statute)
    if instrument is None:
        return _answer("unknown-statute", citation, on, reason=f"依据库中没有《{citation.statute}》。")
    version = version_on(instrument, on)
    if version is None:
        status: Status = "wording-unknown" if before_known_wordings(instrument, on) else "not-in-force"
        return _answer(status, citation, on, instrument, reason=why_not_in_force(instrument, on))
    if citation.article is None:
        return _answer("found", citation, on, instrument, version)
    return _in_version(citation, citation.article, on, instrument, version)


def _in_version(
    citation: Citation, article: int, on: date, instrument: Statute, version: StatuteVersion
) -> Resolution:
    row = version.articles.filter(number=article, sub=citation.sub).first()
    named = f"《{instrument.title}》（{version.label}）"
    if row is None:
        label = numerals.article(article, citation.sub)
        if not version.sha256 or article in version.withheld:
            reason = f"尚未导入{named}{label}的原文，未能核对。"
            return _answer("text-missing", citation, on, instrument, version, reason=reason)
        reason = f"{named}没有{label}。"
        return _answer("article-missing", citation, on, instrument, version, reason=reason)
    inside = Paragraphs(row.text)
    text = inside.find(citation.paragraph, citation.item, citation.subitem)
    if text is not None:
        return _answer("found", citation, on, instrument, version, text=text)
    missing_paragraph = inside.find(citation.paragraph, None) is None
    status: Status = "paragraph-missing" if missing_paragraph else "item-missing"
    reason = f"{named}{row.label}只有{inside.size}，没有{place_label(citation)}。"
    return _answer(status, citation, on, instrument, version, reason=reason)


def place_label(citation: Citation) -> str:
    """第一百二十四条第一款第（五）项, in the form documents use."""
    if citation.article is None:
        return ""
    text = numerals.article(citation.article, citation.sub)
    if citation.paragraph:
        text += f"第{numerals.chinese_number(citation.paragraph)}款"
    if citation.item:
        text += f"第（{numerals.chinese_number(citation.item)}）项"
    return text + (f"第{citation.subitem}目" if citation.subitem else "")


def _answer(
    status: Status,
    citation: Citation,
    on: date,
    instrument: Statute | None = None,
    version: StatuteVersion | None = None,
    *,
    text: str | None = None,
    reason: str = "",
) -> Resolution:
    return Resolution(
        status=status,
        citation=citation,
        title=instrument.title if instrument else citation.statute,
        version=version.label if version else "",
        label=place_label(citation),
        text=text,
        reason=reason,
        on=on,
    )
