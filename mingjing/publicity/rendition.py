"""公示文本: what of a decision the public may read, as proposed to the person who publishes.

The proposal is made by rule and by masking; a human reads it, may shorten it, and answers for it. What a
human sends back is checked again: a known name, number or address that survived refuses publication.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mingjing.cases import queries as cases
from mingjing.cases.models import Case, Paper
from mingjing.cases.papers import forms
from mingjing.cases.papers.forms import Form
from mingjing.cases.participants import officers_of, participants_of, with_people
from mingjing.insight.documents import read
from mingjing.insight.leaks import Passage, leaks_in
from mingjing.insight.masks import MASK
from mingjing.insight.redaction import PUBLIC, Kind, Known, Profile, Span, redact, redact_together
from mingjing.kernel.case_dates import day_or_moment
from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.procedure import Field, MatterRule, Procedure
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.parties.models import Party
from mingjing.parties.queries import public_name
from mingjing.record import queries as record

from .matrix import matrix
from .models import Publication

# Personal facts that are words about a person and not a name; numbers are found by their own patterns.
_NO_NAMES = ("_gender", "_capacity", "_post", "_refusal", "_phone", "_contact", "_id", "_postcode")

SUMMARY = {"_title": "案由", "_conclusion": "结论"}
"""Keys of ``originals``, ``headings`` and ``masks`` for what stands above the paragraphs."""

PEOPLE_OF_CASE = with_people("case")
"""To prefetch for rows of publications or placements: ``known_people`` of their cases then asks nothing."""

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Judged:
    """What the publisher decided about masks: words that are nobody's, with the reason, and words to mask as well."""

    kept: Mapping[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()

    @property
    def profile(self) -> Profile:
        """The rule of the public site with what stays."""
        return replace(PUBLIC, keep=frozenset(self.kept))

    def people(self, known: Sequence[Known]) -> list[Known]:
        """Whom the case names, and the words that were pointed out."""
        return [*known, *(Known(words, "words") for words in self.more)]

    def without_more(self, text: str) -> str:
        """A person's own text with the words that were pointed out masked."""
        for words in self.more:
            text = text.replace(words, MASK)
        return text

    def for_record(self) -> dict[str, Any] | None:
        """What the record keeps of it, closed to the public; None where nothing was judged."""
        if not (self.kept or self.more):
            return None
        return {"kept": [list(one) for one in self.kept.items()], "more": list(self.more)}

    def as_json(self) -> dict[str, Any]:
        """What ``Publication.rendition`` keeps of it: the words, never the reasons."""
        return {"kept": list(self.kept)} if self.kept else {}


NOTHING = Judged()


@dataclass(frozen=True)
class Rendition:
    """A redacted decision: the subject's public name and code, the conclusion, paragraphs by fact key.

    ``originals`` says what the decision says in the same places, ``headings`` what each paragraph is called,
    ``masks`` where and why each paragraph was masked (offsets into the original);
    ``questions`` is what a person must judge, ``judged`` what the publisher decided, ``people`` whom the case knows,
    ``named`` what it says of persons;
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
    questions: tuple[str, ...] = ()
    judged: Judged = NOTHING
    named: frozenset[str] = frozenset()
    people: tuple[Known, ...] = ()

    def may_stay(self, words: str, span: Span) -> bool:
        """Whether a person may undo this mask: it was guessed, and is of no kind that is certain."""
        return span.kind not in _NEVER_KEPT and words not in self.named

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
        return {"text": text, **self.counted, **self.judged.as_json()}


def _in_words(case: Case, fields: Mapping[str, Field], key: str) -> str:
    """What the case says under this key, as people read it: amounts in yuan, labels of choices, provisions
    spelled out. A fact that no form of the procedure asks for is taken as it stands."""
    value = case.facts.get(key)
    if value in (None, "", []):
        return ""
    text = cases.in_words(fields[key], value, {}) if key in fields else str(value)
    cites = fields[key].kind == "provision" if key in fields else key.endswith("_provision")
    return law.spelled_out(text) if cites else text


HIDDEN = "（隐去身份）"
"""What stands for the party of a decision that is shown without saying whom it is about."""


def hides_party(paper: Paper | None) -> bool:
    """Whether a rule shows the decision on this paper without saying whom it is about (不予处罚)."""
    if paper is None:
        return False
    return matrix().hides_party(paper.form, paper.issued_at.astimezone(SHANGHAI).date())


def known_people(case: Case, paper: Paper | None = None) -> list[Known]:
    """Everybody and every place that the case names, and the organizations and officers whose names may stay.

    Of a decision that ``hides_party``, organizations that are parties may not stay either.
    """
    hidden = hides_party(paper)
    people = [*_of_party(case.party, "party", hidden)] if case.party is not None else []
    for one in participants_of(case):
        people += _of_party(one.party, "other", hidden and one.role == "co_party")
        if (
            one.role == "guardian" and one.represents is not None
        ):  # whoever has a guardian is no adult, or may not act
            people.append(Known(one.represents.name, "minor"))
    shown = {one.name for one in people}
    facts = [field.name for _, field in _procedure(case).fields() if field.personal and field.kind == "text"]
    further = [name for name in case.facts if name.startswith("co_recipient_")]
    for fact in dict.fromkeys([*facts, *further]):
        people += [one for one in _named_in(fact, case) if one.name not in shown]
    return [*people, *(Known(name, "officer") for name in _officers(case))]


def _of_party(party: Party, kind: Kind, hidden: bool = False) -> Iterator[Known]:
    """A party or participant with what is recorded of them; organizations and their seats stay unless ``hidden``."""
    organization: Kind = "words" if hidden else "organization"
    yield Known(party.name, kind if party.is_person else organization)
    if party.legal_representative:
        yield Known(party.legal_representative, "legal_representative")
    if (party.is_person or hidden) and party.address:
        yield Known(party.address, "address")
    numbers = (party.code, party.phone) if party.is_person or hidden else ()
    yield from (Known(number, "words") for number in numbers if len(number) >= 6)


def _officers(case: Case) -> list[str]:
    """Who handles the case for the organ: named in its decisions. Cost: 1 query, none after ``with_people``."""
    return sorted({one.officer.name for one in officers_of(case)})


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


def propose(case: Case, paper: Paper, judged: Judged = NOTHING) -> Rendition:
    """The masked text of a decision, for the publisher to read. What is public is said by the paper's form.

    Raises: Refused ``no-reason``, ``known-person`` where words may not be kept.
    """
    form = forms.form(paper.form)
    asked = _asked(case)
    people, hidden = known_people(case, paper), hides_party(paper)
    summary = {
        "_title": str(case.facts.get("cause") or case.title),
        "_conclusion": _conclusion(case, form, asked),
    }
    originals = {
        **summary,
        **{
            field.key: text
            for field in form.public_fields()
            if (text := _in_words(case, asked, field.key) or _in_words(case, asked, field.instead))
        },
    }
    _require_keepable(judged, originals, people)
    made, questions = redact_together(list(originals.values()), judged.people(people), judged.profile)
    redacted = dict(zip(originals, made, strict=True))
    party = case.party
    return Rendition(
        subject=HIDDEN if hidden else public_name(party) if party else "",
        subject_code=party.code if party and not (hidden or party.is_person) and party.code_valid else "",
        title=redacted["_title"].text,
        conclusion=redacted["_conclusion"].text,
        paragraphs={key: one.text for key, one in redacted.items() if key not in SUMMARY},
        originals=originals,
        headings={**{field.key: field.public for field in form.public_fields()}, **SUMMARY},
        counted=counted_from(_procedure(case).matter, case.facts),
        masks={key: one.spans for key, one in redacted.items()},
        questions=questions,
        judged=judged,
        named=_named(people),
        people=tuple(people),
    )


def _named(people: Sequence[Known]) -> frozenset[str]:
    """What the case itself says of persons."""
    return frozenset(one.name for one in people if one.kind not in ("officer", "organization"))


# Whose names, and which numbers, no reason brings back.
_NEVER_KEPT = frozenset(("citizen_id", "witness", "informant", "victim", "minor", "words"))


def _require_keepable(judged: Judged, originals: Mapping[str, str], people: Sequence[Known]) -> None:
    """Raise Refused ``no-reason`` or ``known-person``: a mask that was guessed may be undone, with a reason; what
    the case itself names, and what is certain, may not."""
    if not judged.kept:
        return
    if any(len(reason.strip()) < 2 for reason in judged.kept.values()):
        raise Refused("no-reason", "没有写明为什么不必遮盖。", remedy="请在“不必遮盖”处写明理由。")
    known = _named(people)
    text = "\n\n".join(originals.values())
    certain = {text[one.start : one.end] for one in redact(text, people).spans if one.kind in _NEVER_KEPT}
    if any(words in known or words in certain for words in judged.kept):
        raise Refused(
            "known-person",
            "案件中记载的当事人和其他人、身份证号、证人和未成年人等的信息，不能取消遮盖。",
            basis="行政处罚法/50; 个人信息保护法/28",
            remedy="只有系统猜测有误的遮盖可以取消；登记的当事人信息有误的，请先更正登记。",
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


def doubts(proposed: Rendition) -> list[str]:
    """What a person must judge before publishing, in Chinese."""
    passages = [Passage(proposed.headings[key], text) for key, text in proposed.paragraphs.items()]
    passages += [Passage("案由", proposed.title), Passage("结论", proposed.conclusion)]
    judged = proposed.judged
    found = leaks_in(passages, judged.people(proposed.people), judged.profile)
    return list(dict.fromkeys([*proposed.questions, *(one.told() + "。" for one in found.leaks)]))


def edited(proposed: Rendition, given: Mapping[str, str]) -> Rendition:
    """The publisher's text, checked: raises ``Refused("not-redacted")`` where personal data is left in."""
    paragraphs = {key: given.get(key, text).strip() for key, text in proposed.paragraphs.items()}
    for key, text in paragraphs.items():
        require_redacted(proposed.headings[key], text, proposed.people, proposed.judged)
    return replace(proposed, paragraphs=paragraphs)


def require_redacted(heading: str, text: str, known: Sequence[Known], judged: Judged = NOTHING) -> None:
    """Raise ``Refused("not-redacted")`` if the text still identifies a natural person, ``leak`` if it contradicts
    a mask of its own; ``known`` are those of ``known_people``."""
    people = judged.people(known)
    left = redact(text, people, judged.profile)
    if left.text != text:
        raise Refused(
            "not-redacted",
            f"“{heading}”中仍有 {len(left.spans)} 处个人信息未作处理。",
            basis="达州三项制度方案/1(2); 行政处罚法/50",
            remedy="请采用系统给出的脱敏文本，或删去相应内容后再公示；系统遮错的，在遮盖一览中写明理由取消。",
        )
    require_no_leak([Passage(heading, text)], people, judged.profile)


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
    require_no_leak(passages, known_people(row.case, row.paper), judged_of(row).profile)


def judged_of(row: Publication) -> Judged:
    """The words that the publisher of this row judged to be nobody's; the reasons stand on the record."""
    return Judged(kept=dict.fromkeys(row.rendition.get("kept", []), ""))


UNKNOWN_REASON = "公示时已写明理由"


def last_judged(row: Publication) -> Judged:
    """What was judged about the masks of a publication when it was last published or corrected, with the reasons.

    Cost: 2 queries for each time it was published or corrected.
    """
    for one in reversed(record.history(row.subject_of_record)):
        told = record.personal(one.entry_id)
        if told.keys() & {"kept", "more"}:
            return Judged(dict(told.get("kept", [])), tuple(told.get("more", [])))
    return Judged(dict.fromkeys(row.rendition.get("kept", []), UNKNOWN_REASON))


def again(row: Publication, judged: Judged) -> Rendition | None:
    """What would be proposed for a publication today, to correct it by; None where its paper is not here.

    Raises: as ``propose``.
    """
    if row.paper is None:
        return None
    case = Case.objects.select_related("party", "organ").get(pk=row.case_id)
    return propose(case, row.paper, judged)


def require_no_leak(passages: Sequence[Passage], people: Sequence[Known], profile: Profile = PUBLIC) -> None:
    """Raise ``Refused("leak")`` while a certain leak stands; it tells the places and never the words."""
    found = leaks_in(passages, people, profile).certain
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
