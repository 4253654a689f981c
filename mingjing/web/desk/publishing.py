"""Publishing and withdrawing from the desk: the original with every mask explained, beside the text that goes out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mingjing.cases.actions import Taken
from mingjing.insight.leaks import TITLES as KIND_TITLES
from mingjing.insight.sentences import long_sentences
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.publicity import actions as publicity
from mingjing.publicity import rendition

PREFIX, WAS, KEEP, MORE = "text.", "was.", "keep.", "more"
"""Names of the form: a paragraph, the digest of the paragraph as proposed, why words stay, and words to mask as well."""
MOST_WORDS, MOST_SIGNS = 50, 100


@dataclass(frozen=True)
class Piece:
    """Words of the original; a masked one has its number in the table, what is shown instead, and why."""

    words: str
    number: int = 0
    shown: str = ""
    kind: str = ""
    reason: str = ""
    may_stay: bool = False


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: what the decision says and what the public would read."""

    name: str
    heading: str
    pieces: tuple[Piece, ...]
    public: str
    was_name: str
    was: str


def act(rule: Rule, post: Any, common: Mapping[str, Any]) -> Taken:
    """Publish or withdraw, as the step says. What was not confirmed as looked through counts as unseen."""
    if rule.withdraws:
        return publicity.withdraw(step=rule.id, **common)
    seen = str(post.get("seen", "")) if post.get("reviewed") else ""
    return publicity.publish(step=rule.id, text=_typed(post), seen=seen, judged=judged_in(post), **common)


def proposal(
    case: Any, paper: Any, post: Any, *, before: rendition.Judged = rendition.NOTHING, shown: Any = None
) -> dict[str, Any]:
    """The rendition as proposed, with the masks that the publisher undid or added, and with the publisher's own
    paragraphs where some were typed.

    To correct a publication, ``shown`` are its paragraphs by heading and ``before`` what was judged of its masks.
    """
    judged, refused = judged_in(post) if post else before, None
    try:
        proposed = rendition.propose(case, paper, judged)
    except Refused as barred:
        refused, judged = barred, replace(judged, kept={})
        proposed = rendition.propose(case, paper, judged)
    explained = _explained(proposed)
    offered = _offered(proposed, shown, rendition.propose(case, paper, before)) if shown is not None else None
    return {
        "subject_title": proposed.counted["subject_title"],
        "subject": proposed.subject,
        "code": proposed.subject_code,
        "title": proposed.title,
        "conclusion": proposed.conclusion,
        "masked": proposed.masked,
        "seen": proposed.digest,
        "refused": refused,
        "judged": judged,
        "keep": KEEP,
        "correcting": shown is not None,
        "summary": [
            (proposed.counted["subject_title"] if key == "_title" else proposed.headings[key], explained[key])
            for key in rendition.SUMMARY
            if any(piece.number for piece in explained[key])
        ],
        "explained": [
            (proposed.headings[key], one) for key, row in explained.items() for one in row if one.number
        ],
        "doubts": rendition.doubts(proposed),
        "hard": _hard(proposed),
        "paragraphs": [
            Paragraph(
                PREFIX + key,
                proposed.headings.get(key, key),
                explained.get(key, ()),
                _public(post, key, text, judged),
                WAS + key,
                _digest(text),
            )
            for key, text in (offered or proposed.paragraphs).items()
        ],
    }


def _hard(proposed: rendition.Rendition) -> list[tuple[str, str]]:
    """Long sentences by heading, which the public may find hard to read: a hint, never a refusal."""
    longest = law.plain().longest
    return [
        (proposed.headings[key], one)
        for key, text in proposed.paragraphs.items()
        for one in long_sentences(text, longest)
    ]


def _offered(
    proposed: rendition.Rendition, shown: Mapping[str, str], before: rendition.Rendition
) -> dict[str, str]:
    """What the paragraphs of a publication are to start from: as they are shown, masked anew where they stand as
    they were proposed; by fact key, and by heading where the case has no such fact any more."""
    offered = {}
    for key, text in proposed.paragraphs.items():
        now = shown.get(proposed.headings[key])
        untouched = now == before.paragraphs.get(key)
        offered[key] = text if untouched else proposed.judged.without_more(now or "")
    headings = set(proposed.headings.values())
    return offered | {heading: words for heading, words in shown.items() if heading not in headings}


def corrected(proposed: rendition.Rendition | None, post: Any) -> dict[str, str]:
    """The typed paragraphs by heading, as ``publicity.correct`` takes them."""
    headings = proposed.headings if proposed else {}
    return {headings.get(key, key): text for key, text in _typed(post).items()}


def _public(post: Any, key: str, proposed: str, judged: rendition.Judged) -> str:
    """The publisher's paragraph where one was typed: with the words masked that were added since."""
    typed = _typed(post).get(key)
    if typed is None or _digest(typed) == post.get(WAS + key):
        return proposed
    return judged.without_more(typed)


def _digest(text: str) -> str:
    """Tells whether a paragraph is still as it was proposed; browsers send other line breaks."""
    return hashlib.sha256(text.replace("\r\n", "\n").strip().encode()).hexdigest()


def judged_in(post: Any) -> rendition.Judged:
    """What the publisher decided: a reason for each mask that goes, a line for each one that comes."""
    kept = {
        name.removeprefix(KEEP): post.get(name).strip()[:200]
        for name in post
        if name.startswith(KEEP) and post.get(name).strip()
    }
    lines = str(post.get(MORE, "")).replace("\x00", "").splitlines()
    more = dict.fromkeys(line.strip()[:MOST_SIGNS] for line in lines if len(line.strip()) >= 2)
    return rendition.Judged(dict(list(kept.items())[:MOST_WORDS]), tuple(more)[:MOST_WORDS])


def _explained(proposed: rendition.Rendition) -> dict[str, tuple[Piece, ...]]:
    """The originals cut at their masks, which are numbered through the whole decision."""
    number, rows = 0, {}
    for key in (*rendition.SUMMARY, *proposed.paragraphs):
        text, place, pieces = proposed.originals[key], 0, []
        for span in proposed.masks[key]:
            number += 1
            pieces.append(Piece(text[place : span.start]))
            kind = KIND_TITLES.get(span.kind, "姓名")
            words = text[span.start : span.end]
            pieces.append(
                Piece(words, number, span.replacement, kind, span.reason, proposed.may_stay(words, span))
            )
            place = span.end
        rows[key] = (*pieces, Piece(text[place:]))
    return rows


def _typed(post: Any) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): post.get(name).replace("\x00", "").replace("\r\n", "\n")
        for name in post
        if name.startswith(PREFIX)
    }
