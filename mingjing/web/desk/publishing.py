"""Publishing and withdrawing from the desk: the original with every mask explained, beside the text that goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingjing.cases.actions import Taken
from mingjing.insight.leaks import TITLES as KIND_TITLES
from mingjing.kernel.procedure import Step as Rule
from mingjing.publicity import actions as publicity
from mingjing.publicity import rendition

PREFIX = "text."


@dataclass(frozen=True)
class Piece:
    """Words of the original; a masked one has its number in the table, what is shown instead, and why."""

    words: str
    number: int = 0
    shown: str = ""
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: what the decision says and what the public would read."""

    name: str
    heading: str
    pieces: tuple[Piece, ...]
    public: str


def withdraws(rule: Rule) -> bool:
    """Whether the step takes a decision off the public site: then it asks for the reason."""
    return any(field.name == "withdrawal_reason" for field in rule.facts)


def act(rule: Rule, post: Any, common: Mapping[str, Any]) -> Taken:
    """Publish or withdraw, as the step says. What was not confirmed as looked through counts as unseen."""
    if withdraws(rule):
        return publicity.withdraw(step=rule.id, **common)
    seen = str(post.get("seen", "")) if post.get("reviewed") else ""
    return publicity.publish(step=rule.id, text=_typed(post), seen=seen, **common)


def proposal(case: Any, rule: Rule, post: Any) -> dict[str, Any]:
    """The rendition as proposed, with the publisher's own paragraphs where some were typed."""
    proposed = rendition.propose(case, publicity.decision_of(case, rule.id))
    typed = _typed(post)
    explained = _explained(proposed)
    return {
        "subject_title": proposed.counted["subject_title"],
        "subject": proposed.subject,
        "code": proposed.subject_code,
        "title": proposed.title,
        "conclusion": proposed.conclusion,
        "masked": proposed.masked,
        "seen": proposed.digest,
        "explained": [
            (proposed.headings[key], one) for key, row in explained.items() for one in row if one.number
        ],
        "doubts": rendition.doubts(proposed, case),
        "paragraphs": [
            Paragraph(PREFIX + key, proposed.headings[key], explained[key], typed.get(key, text))
            for key, text in proposed.paragraphs.items()
        ],
    }


def _explained(proposed: rendition.Rendition) -> dict[str, tuple[Piece, ...]]:
    """The originals cut at their masks, which are numbered through the whole decision."""
    number, rows = 0, {}
    for key in (*proposed.paragraphs, *rendition.SUMMARY):
        text, place, pieces = proposed.originals[key], 0, []
        for span in proposed.masks[key]:
            number += 1
            pieces.append(Piece(text[place : span.start]))
            kind = KIND_TITLES.get(span.kind, "姓名")
            pieces.append(Piece(text[span.start : span.end], number, span.replacement, kind, span.reason))
            place = span.end
        rows[key] = (*pieces, Piece(text[place:]))
    return rows


def _typed(post: Any) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): post.get(name).replace("\x00", "")
        for name in post
        if name.startswith(PREFIX)
    }
