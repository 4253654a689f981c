"""公示文本: what of a decision the public may read, as proposed to the person who publishes.

The proposal is made by rule and by masking; a human reads it, may shorten it, and answers for it. What a
human sends back is checked again: a known name, number or address that survived refuses publication.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mingjing.cases.models import Case, Paper
from mingjing.insight.redaction import Kind, Known, redact
from mingjing.kernel.fines import yuan
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.parties.queries import public_name

# The paragraphs of a decision that go before the public, by fact, with their headings.
_PARAGRAPHS = (
    ("violation_fact", "违法事实"),
    ("violated_provision", "违反的规定"),
    ("penalty_provision", "处罚依据"),
    ("discretion_reason", "裁量理由"),
    ("no_penalty_reason", "不予处罚的理由"),
    ("penalty_content", "处罚内容"),
)

# Personal facts that are words about a person and not a name; numbers are found by their own patterns.
_NO_NAMES = ("_gender", "_capacity", "_post", "_refusal", "_phone", "_contact", "_id", "_postcode")


@dataclass(frozen=True)
class Rendition:
    """A redacted decision: the subject's public name and code, the conclusion, paragraphs by fact key."""

    subject: str
    subject_code: str
    title: str
    conclusion: str
    paragraphs: dict[str, str]
    masked: int

    def as_json(self) -> dict[str, Any]:
        """The shape that ``Publication.rendition`` holds."""
        headings = dict(_PARAGRAPHS)
        return {"text": [[headings[key], text] for key, text in self.paragraphs.items() if text]}


def as_headings() -> tuple[tuple[str, str], ...]:
    """The fact keys of the public paragraphs with their headings, in order."""
    return _PARAGRAPHS


def original(case: Case, key: str) -> str:
    """What the decision says under this key; provisions are spelled out as the public reads them."""
    text = str(case.facts.get(key) or "")
    if not key.endswith("_provision"):
        return text
    try:
        return "、".join(one.text for one in law.parse(text))
    except Refused:  # written in the officer's own words
        return text


def known_people(case: Case) -> list[Known]:
    """Everybody and every place that the case's personal facts name, and the organization that may stay."""
    party = case.party
    people: list[Known] = []
    if party is not None:
        people.append(Known(party.name, "party" if party.is_person else "organization"))
        if party.legal_representative:
            people.append(Known(party.legal_representative, "legal_representative"))
        if party.is_person and party.address:
            people.append(Known(party.address, "address"))
    shown = {one.name for one in people}
    procedure = law.procedure_edition(case.procedure, case.edition)
    facts = [field.name for _, field in procedure.fields() if field.personal and field.kind == "text"]
    for fact in dict.fromkeys(facts):
        people += [one for one in _named_in(fact, case) if one.name not in shown]
    return people


def _named_in(fact: str, case: Case) -> list[Known]:
    """Whom or where a personal fact names; several names stand in one field joined by 、."""
    value = case.facts.get(fact)
    if not isinstance(value, str) or fact.endswith(_NO_NAMES):
        return []
    if fact.endswith("_address"):
        private = fact != "service_address" or (case.party is not None and case.party.is_person)
        return [Known(value, "address")] if private else []
    kind: Kind = (
        "informant" if fact == "lead_provider" else "witness" if fact.endswith("_attestant") else "other"
    )
    names = (part.strip() for part in re.split(r"[、，,；;/\s]+", value))
    return [Known(name, kind) for name in names if 2 <= len(name) <= 20]


def propose(case: Case, paper: Paper) -> Rendition:
    """The masked text of a decision, for the publisher to read."""
    facts = case.facts
    people = known_people(case)
    masked = 0
    paragraphs: dict[str, str] = {}
    for key, _ in _PARAGRAPHS:
        if facts.get(key):
            redacted = redact(original(case, key), people=people)
            paragraphs[key] = redacted.text
            masked += len(redacted.spans)
    party = case.party
    return Rendition(
        subject=public_name(party) if party else "",
        subject_code=party.code if party and not party.is_person and party.code_valid else "",
        title=redact(str(facts.get("cause") or case.title), people=people).text,
        conclusion=redact(_conclusion(case, paper), people=people).text,
        paragraphs=paragraphs,
        masked=masked,
    )


def _conclusion(case: Case, paper: Paper) -> str:
    if paper.form == "no-penalty-decision":
        return "不予行政处罚"
    facts = case.facts
    parts = []
    if facts.get("fine_fen"):
        parts.append(f"罚款 {yuan(facts['fine_fen'])}")
    if facts.get("confiscation_fen"):
        parts.append(f"没收违法所得 {yuan(facts['confiscation_fen'])}")
    return "，".join(parts) or str(facts.get("penalty_content") or "行政处罚")[:100]


def edited(proposed: Rendition, given: Mapping[str, str], case: Case) -> Rendition:
    """The publisher's text, checked: raises ``Refused("not-redacted")`` where personal data is left in."""
    paragraphs = {key: given.get(key, text).strip() for key, text in proposed.paragraphs.items()}
    headings = dict(_PARAGRAPHS)
    for key, text in paragraphs.items():
        require_redacted(headings[key], text, case)
    return Rendition(
        proposed.subject,
        proposed.subject_code,
        proposed.title,
        proposed.conclusion,
        paragraphs,
        proposed.masked,
    )


def require_redacted(heading: str, text: str, case: Case) -> None:
    """Raise ``Refused("not-redacted")`` if the text still identifies a natural person."""
    left = redact(text, people=known_people(case))
    if left.text != text:
        raise Refused(
            "not-redacted",
            f"“{heading}”中仍有 {len(left.spans)} 处个人信息未作处理。",
            basis="达州三项制度方案/1(2); 行政处罚法/50",
            remedy="请采用系统给出的脱敏文本，或删去相应内容后再公示。",
        )
