"""Redaction before publicity: names, numbers and addresses of natural persons, suggested for a person to confirm.

The rule of the product: surname and 某 for natural persons; no numbers, no home address, no birthday; witnesses,
informants, victims and minors without even the surname; organizations in full with their credit codes; officers
by name. Deterministic and conservative, and never the last word: ``needs_person`` lists what a human must judge.
Source: domain matrix of publicity; 行政处罚法 art. 48 and 50; 个人信息保护法 art. 28.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, get_args

from .identifiers import Found, birth_dates_in, identifiers_in
from .masks import MASK, behind, masks_in
from .names import mask_name
from .naming import candidates, in_shop, names_by_words, officers_in
from .places import mask_address
from .wrapping import Unwrapped, unwrapped

Kind = Literal[
    "party",
    "legal_representative",
    "other",
    "witness",
    "informant",
    "victim",
    "minor",
    "officer",
    "organization",
    "address",
    "words",
]
KINDS: tuple[str, ...] = get_args(Kind)
"""``words`` are words that go wherever they stand: a known number, or what a person pointed out."""
NOBODY = "某某"
_NAMELESS = frozenset(("witness", "informant", "victim", "minor"))
_REASONS = {
    "party": "自然人姓名",
    "legal_representative": "法定代表人姓名",
    "other": "相关人员姓名",
    "witness": "证人姓名",
    "informant": "举报人、投诉人姓名",
    "victim": "被害人姓名",
    "minor": "未成年人姓名",
    "address": "个人住址",
    "words": "案件记载或者经人指明的个人信息",
}
_NO_NAMES = frozenset(("officer", "organization", "address", "words"))
NAME_KINDS = frozenset(("party", "legal_representative", "other", *_NAMELESS))
"""The kinds of a mask that hides a name; the other kinds are those of ``identifiers.REASONS``."""
# So many that no number is read on from one text into the next.
_BREAK = "\n\n\n\n"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_INSIDE = "[\\s\u00ad\u200b-\u200f\u2060\ufeff·•・]*"
_MINOR = re.compile(
    r"未成年|未满(?:十[四六八]|1[468])周?岁|幼儿园?|小学生|中学生|初中生|高中生|儿童|少年|婴儿|监护人"
)
_AGE = re.compile(r"(?<!\d)(?P<age>1[0-7]|[1-9])\s?(?:周岁|岁)")
_SENSITIVE = re.compile(
    r"艾滋|HIV|梅毒|性病|乙肝|精神(?:病|障碍|分裂)|吸毒|怀孕|流产|病历|残疾证|强奸|猥亵|性侵"
)


@dataclass(frozen=True)
class Known:
    """Somebody or something named in the case, so that no guess is needed."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Profile:
    """A channel's rule. ``keep`` are strings that stay, such as the organ's own telephone and address."""

    name: str
    keep_representative: bool = False
    keep: frozenset[str] = field(default_factory=frozenset)


PUBLIC = Profile("执法公示")
# 企业信用信息公示 shows who represents an enterprise.
CREDIT = Profile("信用公示", keep_representative=True)


@dataclass(frozen=True)
class Span:
    """A masked place: offsets into the original text, what stands there now, why in Chinese, and of what kind:
    one of ``NAME_KINDS`` or of ``identifiers.REASONS``."""

    start: int
    end: int
    replacement: str
    reason: str
    kind: str


@dataclass(frozen=True)
class Redacted:
    """The masked text, the places, and what a person must judge before it may be published."""

    text: str
    spans: tuple[Span, ...]
    needs_person: tuple[str, ...]


def redact(
    text: str, people: Sequence[Known] = (), profile: Profile = PUBLIC, *, on: date | None = None
) -> Redacted:
    """Mask what identifies natural persons. ``on`` is the day of the act, by which ages are reckoned.

    Names found by words beside them, or by a mask of the same name elsewhere, are masked wherever they stand,
    known ones above all; only the full name of a known organization, of a shop and of an officer stays, and the
    strings that the profile keeps.
    """
    shielded = _shielded(text, people, profile)
    known = {person.name: person.kind for person in people if _maskable(person, profile)}
    whole = unwrapped(text)
    names = {
        **(_guessed(whole.text, people, known) if whole else {}),
        **_guessed(text, people, known),
        **known,
    }
    named = [one for one in _named(text, names) if one.text in known or not in_shop(text, one.start, one.end)]
    found = [
        *_outside(identifiers_in(text), shielded, text, profile),
        *_outside(named, shielded, text, profile),
        *_half_masked(text),
        *_told(text, people),
        *(_outside(_torn(whole), shielded, text, profile) if whole else ()),
    ]
    spans = _merged(found, text)
    masked = _apply(text, spans)
    return Redacted(masked, spans, tuple(_doubts(text, masked, people, names, on)))


def redact_together(
    texts: Sequence[str], people: Sequence[Known] = (), profile: Profile = PUBLIC, *, on: date | None = None
) -> tuple[tuple[Redacted, ...], tuple[str, ...]]:
    """Texts of one document, masked as one: a name that one of them gives away is masked in all, and two people of
    one surname stay apart throughout. Also what a person must judge in them."""
    whole = redact(_BREAK.join(texts), people, profile, on=on)
    made, start = [], 0
    for text in texts:
        # A span that runs on into the next text is masked in both: nothing found is ever left.
        spans = tuple(
            replace(one, start=max(one.start - start, 0), end=min(one.end - start, len(text)))
            for one in whole.spans
            if one.start < start + len(text) and start < one.end
        )
        made.append(Redacted(_apply(text, spans), spans, ()))
        start += len(text) + len(_BREAK)
    return tuple(made), whole.needs_person


def _guessed(text: str, people: Sequence[Known], known: Mapping[str, str]) -> dict[str, str]:
    """Names that nobody told but the text gives away."""
    officers = [person.name for person in people if person.kind == "officer"]
    organizations = [person.name for person in people if person.kind == "organization"]
    found = names_by_words(text, officers, organizations)
    spared = {*officers, *officers_in(text)}
    for mask in masks_in(text):
        if mask.kind == "name":
            for one in candidates(text, *behind(mask.normal)):
                if one.certain and not one.shop and one.name not in spared:
                    found.setdefault(one.name, "party")
    return {name: kind for name, kind in found.items() if name not in known}


def _torn(whole: Unwrapped) -> list[Found]:
    """What is only seen where torn lines are put together."""
    found = [*identifiers_in(whole.text), *_half_masked(whole.text)]
    return [
        replace(one, start=start, end=end) for one in found for start, end in [whole.span(one.start, one.end)]
    ]


def _half_masked(text: str) -> list[Found]:
    """张*明 still tells two thirds of a name."""
    return [
        Found(mask.start, mask.end, mask.normal[:-1], _REASONS["party"], "party")
        for mask in masks_in(text)
        if mask.kind == "name" and not mask.normal.endswith("某") and mask.normal[-1] not in _STEMS
    ]


def _maskable(person: Known, profile: Profile) -> bool:
    """Whether the name goes: names masked already stay, and single characters would tear the text apart."""
    if person.kind in _NO_NAMES or len(person.name.strip()) < 2:
        return False
    if "某" in person.name:
        return False
    return person.kind != "legal_representative" or not profile.keep_representative


def _pattern(name: str) -> re.Pattern[str]:
    """The name as it may be written: with blanks, dots or invisible characters inside, in any case."""
    parts = [re.escape(char) for char in name if not re.match(_INSIDE + "$", char) or char.isalnum()]
    return re.compile(_INSIDE.join(parts), re.IGNORECASE)


def _shielded(text: str, people: Sequence[Known], profile: Profile) -> list[tuple[int, int]]:
    personal = {person.name for person in people if _maskable(person, profile)}
    # An officer who bears the name of a party is masked like the party: better too much than too little.
    names = [
        one.name for one in people if one.kind in ("organization", "officer") and one.name not in personal
    ]
    return [
        match.span()
        for name in (*names, *profile.keep)
        if len(name.strip()) >= 2
        for match in re.finditer(re.escape(name.strip()), text)
    ]


@dataclass(frozen=True)
class _Named(Found):
    """A place where a name stands, with the name it is found by."""

    text: str


def _outside(
    found: Iterable[Found], shielded: list[tuple[int, int]], text: str, profile: Profile
) -> list[Found]:
    """The spans that do not lie wholly inside a shielded one; personal numbers pierce every shield but keep."""
    kept = [span for span in shielded if text[slice(*span)] in profile.keep]

    def stays(one: Found) -> bool:
        shields = shielded if one.kind in NAME_KINDS else kept
        return any(start <= one.start and one.end <= end for start, end in shields)

    return [one for one in found if not stays(one)]


def _named(text: str, names: dict[str, str]) -> list[_Named]:
    places = {name: [match.span() for match in _pattern(name).finditer(text)] for name in names}
    masks = _masks({name: kind for name, kind in names.items() if places[name]})
    return [
        _Named(start, end, masks[name], _REASONS[kind], kind, name)
        for name, kind in names.items()
        for start, end in places[name]
    ]


def _masks(names: dict[str, str]) -> dict[str, str]:
    """The mask of each name; two people of one surname are told apart: 张某, 张某乙."""
    used: dict[str, int] = {}
    masks = {}
    for name, kind in names.items():
        mask = NOBODY if kind in _NAMELESS else mask_name(name)
        place = used.get(mask, 0)
        used[mask] = place + 1
        apart = place and kind not in _NAMELESS
        masks[name] = f"{mask}{_STEMS[place % len(_STEMS)]}" if apart else mask
    return masks


def _told(text: str, people: Sequence[Known]) -> list[Found]:
    """Known addresses and words, wherever they stand."""
    return [
        Found(
            match.start(),
            match.end(),
            mask_address(one.name) if one.kind == "address" else MASK,
            _REASONS[one.kind],
            one.kind,
        )
        for one in people
        if len(one.name.strip()) >= {"address": 4, "words": 2}.get(one.kind, len(one.name) + 1)
        for match in _pattern(one.name.strip()).finditer(text)
    ]


def _merged(found: list[Found], text: str) -> tuple[Span, ...]:
    """Spans in order without overlaps: what overlaps becomes one, masked as its longest part is."""
    spans: list[Span] = []
    for one in sorted(found, key=lambda item: (item.start, -item.end)):
        if spans and one.start < spans[-1].end:
            last = spans[-1]
            longer = one if one.end - one.start > last.end - last.start else last
            spans[-1] = Span(last.start, max(last.end, one.end), longer.replacement, last.reason, last.kind)
        else:
            spans.append(Span(one.start, one.end, one.replacement, one.reason, one.kind))
    return tuple(span for span in spans if text[span.start : span.end] != span.replacement)


def _apply(text: str, spans: Sequence[Span]) -> str:
    parts, place = [], 0
    for span in spans:
        parts += [text[place : span.start], span.replacement]
        place = span.end
    return "".join([*parts, text[place:]])


def _doubts(
    text: str, masked: str, people: Sequence[Known], names: Mapping[str, str], on: date | None
) -> Iterable[str]:
    """What a person must judge, in Chinese."""
    if _is_about_minors(text, on) or any(person.kind == "minor" for person in people):
        yield "可能涉及未成年人：涉及未成年人的案件不予公开，请人工判断。"
    if match := _SENSITIVE.search(text):
        yield f"含有敏感个人信息（“{match.group()}”），请人工判断是否公开。"
    for person in people:
        if person.kind not in _NO_NAMES and len(person.name.strip()) == 1:
            yield f"姓名“{person.name}”只有一个字，无法自动遮盖，请人工核对。"
    for name in names:
        if _pattern(name).search(masked):
            yield f"“{mask_name(name)}”的姓名仍出现{_holder(name, masked, people)}，请人工判断。"


def _holder(name: str, masked: str, people: Sequence[Known]) -> str:
    """In which words a name survived, as people say it."""
    holders = [one.name for one in people if one.kind == "organization" and name in one.name]
    if holders:
        return f"在单位名称“{holders[0]}”中"
    match = _pattern(name).search(masked)
    return "在店铺字号中" if match and in_shop(masked, *match.span()) else "在文中"


def _is_about_minors(text: str, on: date | None) -> bool:
    if _MINOR.search(text) or _AGE.search(text):
        return True
    return on is not None and any(_years(born, on) < 18 for born in birth_dates_in(text))


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
