"""公示文本: what of a decision the public may read, as proposed to the person who publishes.

The proposal is made by rule and by masking; a human reads it, may shorten it, and answers for it. What a
human sends back is checked again: a known name, number or address that survived refuses publication.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mingjing.cases import queries as cases
from mingjing.cases.models import Case, Paper
from mingjing.cases.papers import forms
from mingjing.cases.papers.forms import Form
from mingjing.cases.participants import participants_of
from mingjing.insight.documents import read
from mingjing.insight.leaks import Passage, leaks_in
from mingjing.insight.redaction import Kind, Known, Span, redact
from mingjing.kernel.case_dates import day_or_moment
from mingjing.kernel.procedure import Field, MatterRule, Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.parties.queries import public_name

from .models import Publication

# Personal facts that are words about a person and not a name; numbers are found by their own patterns.
_NO_NAMES = ("_gender", "_capacity", "_post", "_refusal", "_phone", "_contact", "_id", "_postcode")

SUMMARY = {"_title": "案由", "_conclusion": "结论"}
"""Keys of ``originals``, ``headings`` and ``masks`` for what stands above the paragraphs."""

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Rendition:
    """A redacted decision: the subject's public name and code, the conclusion, paragraphs by fact key.

    ``originals`` says what the decision says in the same places, ``headings`` what each paragraph is called,
    ``masks`` where and why each paragraph was masked (offsets into the original);
    ``counted`` holds the day the law counts from (``filed_on``), its name and that of the title.
    """

    subject: str
    subject_code: str
    title: str
    conclusion: str
    paragraphs: dict[str, str]
    originals: dict[str, str]
    headings: dict[str, str]
    counted: dict[str, str]
    masks: dict[str, tuple[Span, ...]]

    @property
    def digest(self) -> str:
        """Whoever publishes hands it back, so that nothing is published unseen."""
        told = [self.subject, self.subject_code, self.title, self.conclusion, self.paragraphs]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @property
    def masked(self) -> int:
        """How many places were masked."""
        return sum(map(len, self.masks.values()))

    def as_json(self) -> dict[str, Any]:
        """The shape that ``Publication.rendition`` holds."""
        text = [[self.headings[key], text] for key, text in self.paragraphs.items() if text]
        return {"text": text, **self.counted}


def _in_words(case: Case, fields: Mapping[str, Field], key: str) -> str:
    """What the case says under this key, as people read it: amounts in yuan, labels of choices, provisions
    spelled out. A fact that no form of the procedure asks for is taken as it stands."""
    value = case.facts.get(key)
    if value in (None, "", []):
        return ""
    text = cases.in_words(fields[key], value, {}) if key in fields else str(value)
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
    for one in participants_of(case):
        other = one.party
        people.append(
            Known(other.name, "organization" if one.role == "co_party" and not other.is_person else "other")
        )
        people += [Known(name, "legal_representative") for name in (other.legal_representative,) if name]
        people += [Known(text, "address") for text in (other.address,) if text and other.is_person]
    shown = {one.name for one in people}
    facts = [field.name for _, field in _procedure(case).fields() if field.personal and field.kind == "text"]
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
    """The masked text of a decision, for the publisher to read. What is public is said by the paper's form."""
    form = forms.form(paper.form)
    asked = _asked(case)
    people = known_people(case)
    originals = {
        field.key: text
        for field in form.public_fields()
        if (text := _in_words(case, asked, field.key) or _in_words(case, asked, field.instead))
    }
    redacted = {key: redact(text, people=people) for key, text in originals.items()}
    summary = {
        "_title": str(case.facts.get("cause") or case.title),
        "_conclusion": _conclusion(case, form, asked),
    }
    told = {key: redact(text, people=people) for key, text in summary.items()}
    party = case.party
    return Rendition(
        subject=public_name(party) if party else "",
        subject_code=party.code if party and not party.is_person and party.code_valid else "",
        title=told["_title"].text,
        conclusion=told["_conclusion"].text,
        paragraphs={key: one.text for key, one in redacted.items()},
        originals={**originals, **summary},
        headings={**{field.key: field.public for field in form.public_fields()}, **SUMMARY},
        counted=counted_from(_procedure(case).matter, case.facts),
        masks={key: one.spans for key, one in {**redacted, **told}.items()},
    )


def _asked(case: Case) -> dict[str, Field]:
    """The fields of all forms of the case's procedure, by fact."""
    return {field.name: field for _, field in _procedure(case).fields()}


def _procedure(case: Case) -> Procedure:
    return law.procedure_edition(case.procedure, case.edition)


def counted_from(matter: MatterRule, facts: Mapping[str, Any]) -> dict[str, str]:
    """From which day the time of a decision counts, what that day is called, and what its title is called."""
    fact, word = matter.since
    since = day_or_moment(facts.get(fact))  # an inspection counts from a moment: the day of it is told
    return {
        "filed_on": f"{since:%Y-%m-%d}" if since else "",
        "filing": word,
        "subject_title": matter.subject_title,
    }


def _conclusion(case: Case, form: Form, asked: Mapping[str, Field]) -> str:
    """The parts of the form's conclusion whose facts the case has; see ``Form.conclusion``."""
    said = [_said(part, case, asked) for part in form.conclusion]
    told = "，".join(part for part in said if part)
    return told or _said(form.conclusion_otherwise, case, asked)[:100] or form.title.removesuffix("书")


def _said(part: str, case: Case, asked: Mapping[str, Field]) -> str:
    """One part with its facts filled in; empty where one of them is missing or nought."""
    slots = _SLOT.findall(part)
    values = {key: _in_words(case, asked, key) if case.facts.get(key) else "" for key in slots}
    return part.format(**values) if all(values.values()) else ""


def doubts(proposed: Rendition, case: Case) -> list[str]:
    """What a person must judge before publishing, in Chinese."""
    people = known_people(case)
    passages = [Passage(proposed.headings[key], text) for key, text in proposed.paragraphs.items()]
    passages += [Passage("案由", proposed.title), Passage("结论", proposed.conclusion)]
    found = leaks_in(passages, people)
    asked = [
        doubt for key in proposed.paragraphs for doubt in redact(proposed.originals[key], people).needs_person
    ]
    return list(dict.fromkeys([*asked, *(one.told() + "。" for one in found.leaks)]))


def edited(proposed: Rendition, given: Mapping[str, str], case: Case) -> Rendition:
    """The publisher's text, checked: raises ``Refused("not-redacted")`` where personal data is left in."""
    paragraphs = {key: given.get(key, text).strip() for key, text in proposed.paragraphs.items()}
    for key, text in paragraphs.items():
        require_redacted(proposed.headings[key], text, case)
    return replace(proposed, paragraphs=paragraphs)


def require_redacted(heading: str, text: str, case: Case) -> None:
    """Raise ``Refused("not-redacted")`` if the text still identifies a natural person, ``leak`` if it contradicts
    a mask of its own."""
    people = known_people(case)
    left = redact(text, people=people)
    if left.text != text:
        raise Refused(
            "not-redacted",
            f"“{heading}”中仍有 {len(left.spans)} 处个人信息未作处理。",
            basis="达州三项制度方案/1(2); 行政处罚法/50",
            remedy="请采用系统给出的脱敏文本，或删去相应内容后再公示。",
        )
    require_no_leak([Passage(heading, text)], people)


def require_safe(row: Publication, files: Mapping[str, bytes]) -> None:
    """Raise ``Refused("leak")`` where what goes out, taken together, identifies a natural person: object, title,
    conclusion, every paragraph, and each file by its text, its metadata and its name.

    Every way to the public MUST come through here or, for single texts, through ``require_redacted``.
    """
    passages = [
        Passage("公示的对象", row.subject),
        Passage(row.rendition.get("subject_title") or "案由", row.title),
        Passage("结论", row.conclusion),
        *(Passage(heading, text) for heading, text in row.rendition.get("text", [])),
    ]
    for name, data in files.items():
        # The address of the page is random and tells nothing; its figures may look like a number.
        passages += [
            replace(one, where=f"{name}·{one.where}", text=one.text.replace(row.slug, ""))
            for one in read(data, name).passages
        ]
    require_no_leak(passages, known_people(row.case))


def require_no_leak(passages: Sequence[Passage], people: Sequence[Known]) -> None:
    """Raise ``Refused("leak")`` while a certain leak stands; it tells the places and never the words."""
    found = leaks_in(passages, people).certain
    if found:
        told = "；".join(one.told() for one in found[:5])
        more = f"；另有 {len(found) - 5} 处" if len(found) > 5 else ""
        raise Refused(
            "leak",
            f"公示内容中有 {len(found)} 处会泄露个人信息：{told}{more}。",
            basis="达州三项制度方案/1(2); 行政处罚法/50",
            remedy="请在公示内容中遮盖或者删去所列各处后再公示；同一信息在各处应当一并遮盖。",
        )


def require_seen(proposed: Rendition, digest: str) -> None:
    """Raise ``Refused("not-reviewed")`` unless the publisher confirmed this very proposal."""
    if digest != proposed.digest:
        raise Refused(
            "not-reviewed",
            "公示内容还没有经人逐处核对，或者核对之后案件又有变化。"
            if digest
            else "公示内容还没有经人逐处核对。",
            basis="达州三项制度方案/1(2)",
            remedy="请逐处核对遮盖的内容，勾选“我已逐处核对”后再办理。",
        )
