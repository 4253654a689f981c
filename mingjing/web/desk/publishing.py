"""Publishing and withdrawing from the desk: the masked text beside the original, editable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingjing.cases.actions import Taken
from mingjing.kernel.procedure import Step as Rule
from mingjing.publicity import actions as publicity
from mingjing.publicity import rendition

PREFIX = "text."


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: what the decision says and what the public would read."""

    name: str
    heading: str
    original: str
    public: str


def withdraws(rule: Rule) -> bool:
    """Whether the step takes a decision off the public site: then it asks for the reason."""
    return any(field.name == "withdrawal_reason" for field in rule.facts)


def act(rule: Rule, post: Any, common: Mapping[str, Any]) -> Taken:
    """Publish or withdraw, as the step says."""
    if withdraws(rule):
        return publicity.withdraw(step=rule.id, **common)
    return publicity.publish(step=rule.id, text=_typed(post), **common)


def proposal(case: Any, rule: Rule, post: Any) -> dict[str, Any]:
    """The rendition as proposed, with the publisher's own paragraphs where some were typed."""
    proposed = rendition.propose(case, publicity.decision_of(case, rule.id))
    typed = _typed(post)
    return {
        "subject_title": proposed.counted["subject_title"],
        "subject": proposed.subject,
        "code": proposed.subject_code,
        "title": proposed.title,
        "conclusion": proposed.conclusion,
        "masked": proposed.masked,
        "paragraphs": [
            Paragraph(PREFIX + key, proposed.headings[key], proposed.originals[key], typed.get(key, text))
            for key, text in proposed.paragraphs.items()
        ],
    }


def _typed(post: Any) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): post.get(name).replace("\x00", "")
        for name in post
        if name.startswith(PREFIX)
    }
