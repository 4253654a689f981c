"""泄露检查: what was masked in one place and stands in full in another, of the same document or beside it.

A document is given as passages: paragraphs, pages, headers, metadata, file names, attachments. What is certain
bars publication; the rest (``certain`` false) is for a person to judge. Nothing is changed here: ``redaction`` masks.
Source: domain matrix of publicity; 行政处罚法/50; 个人信息保护法/28.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import masks
from .identifiers import REASONS
from .initials import initials
from .masks import Mask, masks_in
from .names import mask_name
from .naming import candidates, is_full_name
from .redaction import NAME_KINDS, PUBLIC, Known, Profile, Redacted, Span, redact

TITLES = {
    "name": "姓名",
    "shop_name": "店铺字号中的姓名",
    "initials": "姓名的首字母",
    "joined": "几处遮盖合起来可以还原",
    "half_masked": "只遮盖了一部分",
    "tail": "号码的尾数",
    "words": "指明遮盖的字样",
} | REASONS
"""What leaks, in Chinese, by the kind of a leak."""
_BREAK = "\n\n"
_TAIL = re.compile(
    r"(?P<what>身份证|手机|电话|银行卡|卡号|账号|账户)[^，。；;\d]{0,6}(?:[后末][四4六6]位|尾号|尾数)[^\d，。]{0,4}(?P<digits>\d{3,6})(?!\d)"
)
_OF = {"身份证": "citizen_id", "手机": "phone", "电话": "phone"}
_STREET = re.compile(
    r"[\u4e00-\u9fff0-9]{1,20}(?:路|街|巷|弄|村|小区|花园|公寓|大道|新区|社区|镇)[\u4e00-\u9fff]{0,8}?\d+\s?(?:号|栋|幢|组|单元)"
    r"(?:[0-9\-一二三四五六七八九十]+(?:号|栋|幢|单元|楼|层|室))*"
)
_ABBREVIATED = re.compile(r"^\s?[（(“\"]?(?P<letters>[A-Z]{2,4})(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Passage:
    """A piece of a document: what people call the place, and its words. ``bare``: a field or file name, in which a
    name stands without any word beside it."""

    where: str
    text: str
    bare: bool = False


@dataclass(frozen=True)
class Place:
    """Where something stands: the passage, the paragraph in it from 1, offsets into the passage."""

    where: str
    paragraph: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.where}第 {self.paragraph} 段第 {self.start + 1} 字"


@dataclass(frozen=True)
class Leak:
    """泄露: one thing that still identifies somebody. ``words`` is what stands there, ``contradicts`` the masked
    place of the same thing, if there is one, and ``masked_as`` how it is masked there."""

    kind: str
    certain: bool
    place: Place
    words: str
    why: str
    contradicts: Place | None = None
    masked_as: str = ""

    @property
    def title(self) -> str:
        """The kind in Chinese."""
        return TITLES.get(self.kind, "姓名")

    def told(self) -> str:
        """The leak as one sentence that does not repeat what leaks."""
        against = f"；而{self.contradicts}已遮盖为“{self.masked_as}”" if self.contradicts else ""
        return f"{self.place}：{self.why}{against}"


@dataclass(frozen=True)
class Checked:
    """What the check found. ``doubts`` are the redactor's own questions to a person."""

    leaks: tuple[Leak, ...]
    doubts: tuple[str, ...]

    @property
    def certain(self) -> tuple[Leak, ...]:
        """What bars publication."""
        return tuple(one for one in self.leaks if one.certain)

    @property
    def uncertain(self) -> tuple[Leak, ...]:
        """What a person must judge."""
        return tuple(one for one in self.leaks if not one.certain)


def leaks_in(passages: Sequence[Passage], people: Sequence[Known] = (), profile: Profile = PUBLIC) -> Checked:
    """Everything in the passages, taken together, that identifies a natural person or contradicts a mask.

    Cost: linear in the text but for masked names, each of which is looked for once.
    """
    whole = _Whole(passages)
    found = redact(whole.text, people, profile)
    hidden = masks_in(whole.text)
    leaks = [
        *_remaining(whole, found, hidden),
        *_names(whole, hidden, _kept(people, profile)),
        *_numbers(whole, hidden),
        *_tails(whole, hidden),
        *_streets(whole, found, hidden),
        *_initials(whole, found, hidden, people),
    ]
    return Checked(tuple(_distinct(leaks)), found.needs_person)


class _Whole:
    """The passages as one text, and the way back."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = [one for one in passages if one.text.strip()]
        self.text = _BREAK.join(one.text for one in self.passages)
        self.starts: list[int] = []
        start = 0
        for one in self.passages:
            self.starts.append(start)
            start += len(one.text) + len(_BREAK)

    def place(self, start: int, end: int) -> Place:
        """Where a span of the whole stands."""
        index = bisect_right(self.starts, start) - 1
        passage, first = self.passages[index], self.starts[index]
        paragraph = passage.text.count("\n", 0, start - first) + 1
        return Place(passage.where, paragraph, start - first, end - first)

    def bare(self, start: int) -> bool:
        """Whether the place lies in a field or file name."""
        return self.passages[bisect_right(self.starts, start) - 1].bare


def _distinct(leaks: Sequence[Leak]) -> list[Leak]:
    """Each place once: what is certain, and what names a contradiction, stands for the rest."""
    best: dict[tuple[str, int], Leak] = {}
    for one in sorted(leaks, key=lambda leak: (leak.certain, leak.contradicts is not None)):
        best[one.place.where, one.place.start] = one
    return sorted(best.values(), key=lambda leak: (not leak.certain, leak.place.where, leak.place.start))


def _remaining(whole: _Whole, found: Redacted, hidden: Sequence[Mask]) -> Iterator[Leak]:
    """What the redactor itself would still mask."""
    for span in found.spans:
        words = whole.text[span.start : span.end]
        place = whole.place(span.start, span.end)
        if any(mask.start < span.end and span.start < mask.end and mask.kind != "name" for mask in hidden):
            yield Leak("half_masked", False, place, words, f"{span.reason}只遮盖了一部分，请人工判断")
        elif not _is_half_name(span, hidden):
            against = _fitting(span, words, hidden)
            yield Leak(
                span.kind,
                True,
                place,
                words,
                f"{span.reason}没有遮盖",
                whole.place(against.start, against.end) if against else None,
                against.text if against else "",
            )


def _is_half_name(span: Span, hidden: Sequence[Mask]) -> bool:
    return any(mask.kind == "name" and mask.start == span.start for mask in hidden)


def _fitting(span: Span, words: str, hidden: Sequence[Mask]) -> Mask | None:
    """A mask elsewhere that hides the same value."""
    kinds = {"name"} if span.kind in NAME_KINDS else {span.kind, "number"}
    near = [mask for mask in hidden if mask.kind in kinds and masks.fits(mask.normal, words)]
    return near[0] if near else None


def _kept(people: Sequence[Known], profile: Profile) -> set[str]:
    """Names that may stand: officers', and what a person judged to be no name."""
    return {one.name for one in people if one.kind == "officer"} | profile.keep


def _names(whole: _Whole, hidden: Sequence[Mask], kept: set[str]) -> Iterator[Leak]:
    """Full names that fit a masked one; names as fields and in file names."""
    for normal, mask in {mask.normal: mask for mask in reversed(hidden) if mask.kind == "name"}.items():
        for one in candidates(whole.text, *masks.behind(normal)):
            bare = whole.bare(one.start)
            if one.name in kept:
                continue
            kind = "shop_name" if one.shop and not bare else "name"
            why = (
                "店铺字号中有与遮盖相符的姓名，可能认出经营者，请人工判断"
                if kind == "shop_name"
                else "姓名没有遮盖"
            )
            certain = kind == "name" and (one.certain or bare)
            why += "" if certain or kind == "shop_name" else "（疑似，请人工判断）"
            yield Leak(
                kind,
                certain,
                whole.place(one.start, one.end),
                one.name,
                why,
                whole.place(mask.start, mask.end),
                mask.text,
            )
    yield from _bare_names(whole, kept)


def _bare_names(whole: _Whole, kept: set[str]) -> Iterator[Leak]:
    for passage, start in zip(whole.passages, whole.starts, strict=True):
        name = passage.text.strip()
        if passage.bare and name not in kept and is_full_name(name):
            yield Leak(
                "name",
                False,
                whole.place(start, start + len(passage.text)),
                name,
                "是一个人的姓名，请人工判断",
            )


def _numbers(whole: _Whole, hidden: Sequence[Mask]) -> Iterator[Leak]:
    """Full numbers that fit a mask, and masks that together tell what each hides."""
    numbers = [
        mask for mask in hidden if mask.kind in ("citizen_id", "phone", "bank_account", "number", "plate")
    ]
    values = list(dict.fromkeys(mask.normal for mask in numbers))
    for normal, mask in {mask.normal: mask for mask in reversed(numbers)}.items():
        yield from _full(whole, normal, mask)
        if _tells_birthday(normal) and mask.kind == "citizen_id":
            place = whole.place(mask.start, mask.end)
            yield Leak("birth_date", True, place, mask.text, "遮盖后的身份证号仍能看出出生日期")
        yield from _joined(whole, mask, values, numbers)


def _full(whole: _Whole, normal: str, mask: Mask) -> Iterator[Leak]:
    """The number in full, broken or not, though no finder knows it for one."""
    if mask.known < 4:
        return
    plain = masks.narrow(whole.text)
    signs = [r"[0-9A-Za-z]" if sign == masks.STAR else re.escape(sign) for sign in normal]
    pattern = re.compile(
        r"(?<![0-9A-Za-z])" + r"[\s\-\u200b-\u200f\u2060\ufeff]{0,2}".join(signs) + r"(?![0-9A-Za-z])"
    )
    for match in pattern.finditer(plain):
        kind = mask.kind if mask.kind in REASONS else "document"
        yield Leak(
            kind,
            True,
            whole.place(*match.span()),
            match.group(),
            f"{TITLES[kind]}没有遮盖",
            whole.place(mask.start, mask.end),
            mask.text,
        )


def _tells_birthday(normal: str) -> bool:
    return len(normal) == 18 and masks.STAR not in normal[6:14]


def _joined(whole: _Whole, mask: Mask, values: Sequence[str], numbers: Sequence[Mask]) -> Iterator[Leak]:
    """Other masks that, laid over this one, leave (nearly) nothing hidden: 5130**********1234 and 513022199001******."""
    for other in numbers:
        if other.normal == mask.normal or other.start < mask.start:
            continue
        both = masks.joined(mask.normal, other.normal)
        if both is None or not _shares(mask.normal, other.normal) or not _reveals(both, mask, other):
            continue
        yield Leak(
            "joined",
            True,
            whole.place(other.start, other.end),
            other.text,
            "同一号码两处遮盖的位置不同，合起来可以还原",
            whole.place(mask.start, mask.end),
            mask.text,
        )


def _shares(first: str, second: str) -> bool:
    """Whether enough is known in both to take them for one number: the first three signs."""
    return (masks.STAR not in first[:3] and first[:3] == second[:3]) or (
        first[-4:] == second[-4:] and masks.STAR not in first[-4:]
    )


def _reveals(both: str, mask: Mask, other: Mask) -> bool:
    hidden = both.count(masks.STAR)
    if hidden >= min(mask.normal.count(masks.STAR), other.normal.count(masks.STAR)):
        return False
    # A check digit and a hundred guesses: two signs hidden are none.
    return hidden <= 2 or _tells_birthday(both)


def _tails(whole: _Whole, hidden: Sequence[Mask]) -> Iterator[Leak]:
    """尾号 1234 of a number whose rest stands elsewhere."""
    for match in _TAIL.finditer(masks.narrow(whole.text)):
        kind = _OF.get(match["what"], "bank_account")
        same = [
            one
            for one in hidden
            if one.kind == kind and one.normal[-len(match["digits"]) :].count(masks.STAR)
        ]
        against = same[0] if same else None
        yield Leak(
            "tail",
            against is not None,
            whole.place(*match.span("digits")),
            match["digits"],
            "号码的尾数在此写明" + ("，与别处的遮盖合起来可以还原" if against else "，请人工判断"),
            whole.place(against.start, against.end) if against else None,
            against.text if against else "",
        )


def _streets(whole: _Whole, found: Redacted, hidden: Sequence[Mask]) -> Iterator[Leak]:
    """A street and number in the county in which an address is masked: it may be the same address."""
    for mask in (one for one in hidden if one.kind == "address"):
        county = re.split("某", mask.normal)[0].lstrip("住在于址：:")[-3:]
        if len(county) < 2:
            continue
        for match in re.finditer(re.escape(county) + _STREET.pattern, whole.text):
            if not any(span.start < match.end() and match.start() < span.end for span in found.spans):
                yield Leak(
                    "address",
                    False,
                    whole.place(*match.span()),
                    match.group(),
                    "与已遮盖的地址同在一处，可能就是该地址，请人工判断",
                    whole.place(mask.start, mask.end),
                    mask.text,
                )


def _initials(
    whole: _Whole, found: Redacted, hidden: Sequence[Mask], people: Sequence[Known]
) -> Iterator[Leak]:
    """ZJS for 张建设: the letters of a known name, or letters in brackets behind a masked one."""
    named = {one.name for one in people if one.kind not in ("officer", "organization", "address", "words")}
    named |= {whole.text[one.start : one.end] for one in found.spans if one.kind in NAME_KINDS}
    for name in sorted(named):
        letters = initials(name)
        if len(letters) >= 2:
            for match in re.finditer(rf"(?<![A-Za-z0-9]){letters}(?![A-Za-z0-9])", whole.text, re.IGNORECASE):
                yield _letters(whole, *match.span(), mask_name(name), None)
    for mask in (one for one in hidden if one.kind == "name"):
        after = _ABBREVIATED.match(whole.text[mask.end : mask.end + 8])
        if after and initials(mask.normal[:1]) == after["letters"][0]:
            start = mask.end + after.start("letters")
            yield _letters(whole, start, start + len(after["letters"]), mask.text, mask)


def _letters(whole: _Whole, start: int, end: int, name: str, mask: Mask | None) -> Leak:
    why = f"字母像是“{name}”姓名的拼音首字母，请人工判断"
    against = whole.place(mask.start, mask.end) if mask else None
    return Leak(
        "initials",
        False,
        whole.place(start, end),
        whole.text[start:end],
        why,
        against,
        mask.text if mask else "",
    )
