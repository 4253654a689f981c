"""Redaction before publicity: names, numbers and addresses of natural persons, suggested for a person to confirm.

The rule of the product: surname and 某 for natural persons; no numbers, no home address, no birthday; witnesses,
informants, victims and minors without even the surname; organizations in full with their credit codes; officers
by name. Deterministic and conservative, and never the last word: ``needs_person`` lists what a human must judge.
Source: domain matrix of publicity; 行政处罚法 art. 48 and 50; 个人信息保护法 art. 28.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from .identifiers import Found, birth_dates_in, identifiers_in, mask_address
from .names import COMPOUND_SURNAMES, SURNAMES, mask_name

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
]
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
}
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_INSIDE = "[\\s\u200b-\u200f\u2060\ufeff·•・]*"

# Words before which the name of a natural person stands.
_CUES = (
    "当事人|行政相对人|被处罚人|违法行为人|行为人|嫌疑人|经营者|实际经营者|投资人|法定代表人|法人代表|负责人|"
    "主要负责人|直接责任人员?|主管人员|委托代理人|代理人|见证人|证人|举报人|投诉人|被询问人|被侵害人|被害人|受害人|"
    "监护人|驾驶人|驾驶员|司机|车主|店主|业主|房东|老板|老板娘|员工|职工|雇员|从业人员|工作人员|消费者|顾客|患者|"
    "学生|家长|家属|其妻|其夫|妻子|丈夫|父亲|母亲|儿子|女儿|股东|合伙人|会计|护士|医生|医师|姓名|户主|租户|承租人|"
    "个体工商户|村民|居民|公民|厨师|销售人员|采购人员|现场负责人|项目经理|安全员|同事|邻居|朋友"
)
_CUE = re.compile(rf"(?:{_CUES})(?:系|是|为|名叫|叫|即)?\s?[:：（(“\"]?\s?")
_OFFICER_CUE = re.compile(
    r"(?:执法人员|办案人员|承办人|民警|执法队员|检查人员|调查人员|审核人员|记录人|主持人)\s?[:：]?\s?"
)
_HAN = "\u4e00-\u9fff"
_NAME = re.compile(rf"[{_HAN}]{{1,8}}(?:[·•・][{_HAN}]{{1,8}})+|[{_HAN}]{{2,4}}")
# What follows a name: no more name. Without one of these the length of a name is a guess.
_AFTER = frozenset(
    '，,。；;：:、（）()“”"《 \t\n的在于系是为对将因未有与和及到称述供驾等承向从被已经说表签共主自非无不以后时所擅私违使并仍再又'
)
_NO_NAME = re.compile(
    r"^(?:应当|应该|不得|可以|依法|已经|没有|未按|收到|逾期|如果|对本|于本|经营|单位|处罚|和解|何时|时任|任何|全部|"
    r"安排|管部|管理|权益|权利|顾虑|陈述|利用|利害|尚未|涂改|商量|行为|方可|方式|成立|成为|常年|常住|强制|高度|安全|平时|相关|明知|明确|金额|万元|解释|计算|管理|连续|连同|温度|"
    r"毛重|游客|车辆|向本|向我|申请|关于|黄色|白色|马上|雷同|花费|牛肉|米面|鱼类|包装|路边|江边|田地|石材|水果|"
    r"于某|华人|古树|荣誉|曾经|从事|都有|都是|别人|时间|经查|经询|全体|卫生|储存|宣传|易燃|单独|项目|支付|宁可)"
)
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
    """A masked place: offsets into the original text, what stands there now, and why, in Chinese."""

    start: int
    end: int
    replacement: str
    reason: str


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

    Names found by cue words are masked wherever they stand, known ones above all; only the full name of a
    known organization and of a known officer stays, and the strings that the profile keeps.
    """
    shielded = _shielded(text, people, profile)
    known = {person.name: person.kind for person in people if _maskable(person, profile)}
    guessed = {name: "party" for name in _names_by_cue(text, people) if name not in known}
    names = {**guessed, **known}
    found = [
        *_outside(identifiers_in(text), shielded, text, profile),
        *_outside(_named(text, names), shielded, text, profile),
        *_addresses(text, people),
    ]
    spans = _merged(found, text)
    masked = _apply(text, spans)
    return Redacted(masked, spans, tuple(_doubts(text, masked, people, known, on)))


def _maskable(person: Known, profile: Profile) -> bool:
    """Whether the name goes: names masked already stay, and single characters would tear the text apart."""
    if person.kind in ("officer", "organization", "address") or len(person.name.strip()) < 2:
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


def _outside(
    found: Iterable[Found], shielded: list[tuple[int, int]], text: str, profile: Profile
) -> list[Found]:
    """The spans that do not lie wholly inside a shielded one; personal numbers pierce every shield but keep."""
    kept = [span for span in shielded if text[slice(*span)] in profile.keep]

    def stays(one: Found) -> bool:
        shields = shielded if one.reason in _REASONS.values() else kept
        return any(start <= one.start and one.end <= end for start, end in shields)

    return [one for one in found if not stays(one)]


def _named(text: str, names: dict[str, str]) -> list[Found]:
    masks = _masks(names)
    return [
        Found(match.start(), match.end(), masks[name], _REASONS[kind])
        for name, kind in names.items()
        for match in _pattern(name).finditer(text)
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


def _names_by_cue(text: str, people: Sequence[Known]) -> list[str]:
    """Names that stand behind a cue word, longest reading that ends where a name can end."""
    officers = {person.name for person in people if person.kind == "officer"}
    organizations = [person.name for person in people if person.kind == "organization"]
    officers.update(name for match in _OFFICER_CUE.finditer(text) for name in _names_at(text, match.end()))
    found: dict[str, None] = {}
    for match in _CUE.finditer(text):
        for name in _names_at(text, match.end()):
            inside = any(text.startswith(one, match.end()) for one in organizations)
            if name not in officers and not inside:
                found.setdefault(name)
    return list(found)


def _names_at(text: str, start: int) -> list[str]:
    """The name that begins here, and those joined to it by 、和及与."""
    names = []
    while name := _name_at(text, start):
        names.append(name)
        start += len(name)
        if start >= len(text) or text[start] not in "、和及与":
            break
        start += 1
    return names


def _name_at(text: str, start: int) -> str:
    match = _NAME.match(text, start)
    if match is None or _NO_NAME.match(match.group()) or "某" in match.group()[:3]:
        return ""
    run = match.group()
    if any(dot in run for dot in "·•・"):
        last = re.split("[·•・]", run)[-1]
        cut = next((place for place, char in enumerate(last) if place and char in _AFTER), len(last))
        return run[: len(run) - len(last) + cut]
    surname = 2 if run[:2] in COMPOUND_SURNAMES else 1 if run[0] in SURNAMES else 0
    for length in (surname + 2, surname + 1) if surname else ():
        end = start + length
        if len(run) >= length and (end >= len(text) or text[end] in _AFTER):
            return run[:length]
    return ""


def _addresses(text: str, people: Sequence[Known]) -> list[Found]:
    return [
        Found(match.start(), match.end(), mask_address(person.name), _REASONS["address"])
        for person in people
        if person.kind == "address" and len(person.name.strip()) >= 4
        for match in _pattern(person.name).finditer(text)
    ]


def _merged(found: list[Found], text: str) -> tuple[Span, ...]:
    """Spans in order without overlaps: what overlaps becomes one, masked as its longest part is."""
    spans: list[Span] = []
    for one in sorted(found, key=lambda item: (item.start, -item.end)):
        if spans and one.start < spans[-1].end:
            last = spans[-1]
            longer = one if one.end - one.start > last.end - last.start else last
            spans[-1] = Span(last.start, max(last.end, one.end), longer.replacement, last.reason)
        else:
            spans.append(Span(one.start, one.end, one.replacement, one.reason))
    return tuple(span for span in spans if text[span.start : span.end] != span.replacement)


def _apply(text: str, spans: Sequence[Span]) -> str:
    parts, place = [], 0
    for span in spans:
        parts += [text[place : span.start], span.replacement]
        place = span.end
    return "".join([*parts, text[place:]])


def _doubts(
    text: str, masked: str, people: Sequence[Known], known: Mapping[str, str], on: date | None
) -> Iterable[str]:
    """What a person must judge, in Chinese."""
    if _is_about_minors(text, on) or any(person.kind == "minor" for person in people):
        yield "可能涉及未成年人：涉及未成年人的案件不予公开，请人工判断。"
    if match := _SENSITIVE.search(text):
        yield f"含有敏感个人信息（“{match.group()}”），请人工判断是否公开。"
    for person in people:
        if person.kind not in ("officer", "organization", "address") and len(person.name.strip()) == 1:
            yield f"姓名“{person.name}”只有一个字，无法自动遮盖，请人工核对。"
    for name in known:
        if _pattern(name).search(masked):
            holders = [one.name for one in people if one.kind == "organization" and name in one.name]
            where = f"在单位名称“{holders[0]}”中" if holders else "在文中"
            yield f"“{mask_name(name)}”的姓名仍出现{where}，请人工判断。"


def _is_about_minors(text: str, on: date | None) -> bool:
    if _MINOR.search(text) or _AGE.search(text):
        return True
    return on is not None and any(_years(born, on) < 18 for born in birth_dates_in(text))


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
