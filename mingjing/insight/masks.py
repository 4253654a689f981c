"""Masks as people write them: 张某某, 张＊＊, 5130**********1234, 138xxxx0000, and what they leave known.

Files from elsewhere mask with dozens of signs. Here they are read into one form, so that two masks can be
compared with each other, and a mask with a full value: ``normal_form`` for a single field, ``masks_in`` for
running text, ``fits`` for the comparison. Names come out as 张某, all else with ``*`` for each hidden sign.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from .names import COMPOUND_SURNAMES, SURNAMES

STAR = "*"
MASK = 3 * STAR  # what stands for words that are masked here
# These hide something wherever they stand beside a surname or a figure ...
_SURE = "*＊∗⁎✱✲✳﹡※×✕✖✗✘╳⨉⨯●◉⬤■▇█▉▆▅▓▒░□▢◆◇▲△★☆◻◼⬛⬜☒�"
# ... and these have other uses, so that one alone says nothing: 3x4, 五〇, 第3#楼, 等……; points and dashes
# count only in threes.
_WEAK = "xX○〇◯⚪_…?#^~"
_DASHES = ".·•-—–"
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_BLANK = "[ \t\u00a0\u2002-\u200f\u2060\u3000\ufeff\u00ad]"

_S, _W, _D = (re.escape(one).replace("/", "\\/") for one in (_SURE, _WEAK, _DASHES))
_ANY = f"[{_S}{_W}]"
_HIDDEN = rf"(?:[{_S}]|[{_W}](?=[{_S}{_W}])|(?<=[{_S}{_W}])[{_W}]|[{_D}](?=[{_D}]{{2}})|(?<=[{_D}])[{_D}](?=[{_D}])|(?<=[{_D}]{{2}})[{_D}])"
_COMPOUND = "|".join(sorted(COMPOUND_SURNAMES))
_SURNAMES = "".join(sorted(SURNAMES))
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_NAME = re.compile(
    rf"(?P<surname>{_COMPOUND}|[{_SURNAMES}]){_BLANK}?"
    rf"(?P<hidden>某(?:{_BLANK}?某){{0,2}}|(?:{_HIDDEN}{_BLANK}?){{1,3}}(?!{_ANY})|(?P<single>[{_W}])(?![{_S}{_W}0-9A-Za-z]))"
    rf"(?P<tail>[{_STEMS}](?![{_STEMS}\u4e00-\u9fff])|[\u4e00-\u9fff](?=[，。、；,;）)\s]|$)|)"
)
# 某地, 某小区, 某有限公司, 某年: a place, a body or a day, not a person.
_NOT_A_PERSON = re.compile(
    r"(?:地|路|街|巷|小区|公司|店|村|镇|乡|市|区|县|省|社区|大?厦|广场|工地|楼|号|栋|幢|单元|校|大?学|[小中]学|医院|"
    r"厂|所|处|段|工程|项目|年|月|日|时|分|种|类|些|个|次|品牌|牌|产品|单位|企业|商|超市|餐|酒|饭|公园|桥|河|站|口|"
    r"银行|分行|支行|集团|中心|局|部门|科|平台|网|车|食品|药|款|项|条|人(?!称|说))"
)
# Surnames that are mostly other words: 于某处, 由某人, 时某车.
_FUNCTION = frozenset("于由时和向从管都但及常应相成对关经在方包安支干单全有强能平钱车项施")
# 6米×10米, 高10米*宽5米
_MEASURE = re.compile(r"\d\s?\|[×*✕x]|\|[×*✕x]\s?\d")
# What stands before a name: nothing, a mark, or the end of 当事人, 经营者, 驾驶员, 姓名.
_NAMED_BEFORE = re.compile(r"^$|[人者员名系主：:，,、。；;（(\s]$")
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?:\+?86{_BLANK}?)?(?=[0-9A-Za-z{_S}{_W}{_D} ]*[{_S}{_W}{_D}])"
    rf"(?:[0-9]|{_HIDDEN})(?:[ \-]?(?:[0-9]|{_HIDDEN}|[Xx](?![0-9A-Za-z{_S}{_W}])))+(?![0-9A-Za-z])"
)
_PLATE = re.compile(
    rf"(?P<head>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])[·•・ ]?"
    rf"(?P<rest>(?=[0-9A-Z]{{0,5}}{_ANY})[0-9A-Z{_S}{_W}]{{3,6}}[挂学警]?)"
)
_PLACE = re.compile(
    rf"(?P<head>[\u4e00-\u9fff]{{1,12}}(?:省|自治区|市|州|区|县|旗|镇|乡|街道|路|街|村))(?:{_HIDDEN}{{2,}}|某{{2,}})"
    rf"(?P<tail>(?:路|街|村|小区|号|镇|乡|组|社区|[\u4e00-\u9fff]{{0,3}}[0-9{_S}{_W}]{{1,4}}(?:号|栋|幢|室))?)"
)
_DATE = re.compile(rf"(?:19|20)[0-9{_S}{_W}]{{2}}[ \-]?[0-9{_S}{_W}]{{0,2}}[ \-]?[0-9{_S}{_W}]{{0,2}}")
_CUES = (
    ("citizen_id", re.compile(r"(?:身份证|身份号|公民身份|证件)[^，。；;\n]{0,10}$")),
    ("bank_account", re.compile(r"(?:卡号|账号|帐号|账户|帐户|银行卡)[^，。；;\n]{0,8}$")),
    ("phone", re.compile(r"(?:电话|手机|联系方式|号码为?)[^，。；;\n]{0,8}$")),
)


@dataclass(frozen=True)
class Mask:
    """A masked place in a text: its offsets, what it hides (``name``, ``citizen_id``, ``phone``,
    ``bank_account``, ``plate``, ``address``, ``number``), the words as written, and its normal form."""

    start: int
    end: int
    kind: str
    text: str
    normal: str

    @property
    def known(self) -> int:
        """How many signs are still readable."""
        return sum(char not in "*某" for char in self.normal)


def narrow(text: str) -> str:
    """The text in half width where one sign stays one sign, so that offsets survive; figures of every
    script become 0-9. Chinese punctuation stays as it is."""
    return text if text.isascii() else text.translate(_NARROW)


class _Narrow(dict[int, int]):
    """Reckons each sign once: a table of all of Unicode would be built for nothing."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        value = code
        if (
            "０" <= char <= "９"
            or "Ａ" <= char <= "Ｚ"
            or "ａ" <= char <= "ｚ"
            or char in "＋－＠＿．＃＊？～＾"
        ):
            value = code - 0xFEE0
        elif char.isdecimal() or unicodedata.category(char) == "No":
            digit = unicodedata.digit(char, None)
            value = ord(str(digit)) if digit is not None else code
        elif char in "‐‑‒−﹣":
            value = ord("-")
        elif char in "ⅩⅹХхΧχ":  # the Roman ten and the letters of other alphabets that look like X
            value = ord("X")
        self[code] = value
        return value


_NARROW = _Narrow()


def is_masked(value: str) -> bool:
    """Whether anything of the value is hidden."""
    return normal_form(value) != _tidy(value) or bool(re.search("某|[*]{2}", value))


def normal_form(value: str) -> str:
    """A field's value with its mask in the one form, other values only tidied of blanks.

    张某某, 张**, 张ＸＸ, 张□□ -> 张某; 某某, *** (nothing known) of a name -> ***; 5130********1234 keeps one
    ``*`` for each hidden sign. A stem that tells people apart stays: 张某甲.
    """
    tidy = _tidy(value)
    if not tidy:
        return ""
    plate = _PLATE.fullmatch(tidy)
    if plate:
        return plate["head"] + re.sub(_HIDDEN, STAR, plate["rest"])
    name = _NAME.fullmatch(tidy)
    if name:
        return f"{name['surname']}某{name['tail']}"
    if re.search("[\u4e00-\u9fff]", tidy.replace("某", "")):
        return re.sub(rf"{_HIDDEN}+|某+", "某", tidy)
    if re.fullmatch(rf"(?:{_ANY}|[{_D}]|某)+", tidy) and len(tidy) > 1:
        return STAR * (3 if "某" in tidy else len(tidy))
    return re.sub(_HIDDEN, STAR, tidy)


def _tidy(value: str) -> str:
    return re.sub(r"\s", "", _INVISIBLE.sub("", narrow(value)))


def masks_in(text: str) -> list[Mask]:
    """Every masked place of a running text that still tells something, in order."""
    plain = narrow(text)
    found: list[Mask] = []
    for finder in (_numbers, _plates, _places, _names):
        found += [one for one in finder(plain) if not any(_overlap(one, other) for other in found)]
    written = (replace(one, text=text[one.start : one.end]) for one in found)
    return sorted(written, key=lambda one: (one.start, one.end))


def _overlap(one: Mask, other: Mask) -> bool:
    return one.start < other.end and other.start < one.end


def _names(plain: str) -> list[Mask]:
    found = []
    for match in _NAME.finditer(plain):
        after = plain[match.end() : match.end() + 4]
        if _NOT_A_PERSON.match(match["tail"] + after):
            continue
        if match["surname"] in _FUNCTION and _in_a_word(plain, match):
            continue
        if _MEASURE.search(plain[: match.start()][-2:] + "|" + match["hidden"].strip() + after):
            continue
        if match["single"] and not _NAMED_BEFORE.search(plain[: match.start()][-1:]):
            continue
        found.append(Mask(*match.span(), "name", match.group(), f"{match['surname']}某{match['tail']}"))
    return found


def _in_a_word(plain: str, match: re.Match[str]) -> bool:
    """Whether a surname that is mostly another word stands between Chinese characters as that word."""
    before, after = plain[: match.start()][-1:], plain[match.end() : match.end() + 1]
    return bool(re.match("[\u4e00-\u9fff]", after)) and not _NAMED_BEFORE.search(before)


def _numbers(plain: str) -> list[Mask]:
    found = []
    for match in _NUMBER.finditer(plain):
        normal = re.sub(_HIDDEN, STAR, re.sub(rf"[ \-]|{_BLANK}", "", match.group().removeprefix("+")))
        hidden = normal.count(STAR)
        if len(normal) < 7 or hidden < 2 or hidden == len(normal) or _DATE.fullmatch(match.group()):
            continue
        kind = _kind(plain[max(0, match.start() - 18) : match.start()], normal)
        found.append(Mask(*match.span(), kind, match.group(), normal.upper()))
    return found


def _kind(before: str, normal: str) -> str:
    """What a masked number is by the word before it, else by its length."""
    for kind, cue in _CUES:
        if cue.search(before):
            return kind
    if len(normal) in (15, 18):
        return "citizen_id"
    if len(normal) == 11 and normal[0] in "1*":
        return "phone"
    return "bank_account" if 16 <= len(normal) <= 19 else "number"


def _plates(plain: str) -> list[Mask]:
    return [
        Mask(*match.span(), "plate", match.group(), match["head"] + re.sub(_HIDDEN, STAR, match["rest"]))
        for match in _PLATE.finditer(plain)
        if re.search(rf"[{_S}]|[{_W}]{{2}}", match["rest"])
    ]


def _places(plain: str) -> list[Mask]:
    return [
        Mask(*match.span(), "address", match.group(), f"{match['head']}某{match['tail']}")
        for match in _PLACE.finditer(plain)
    ]


def fits(normal: str, full: str) -> bool:
    """Whether the full value may be what the mask hides. ``normal`` is a normal form, ``full`` any value.

    Masks of the full length are compared sign by sign; others (a fixed ``***``) by what stands at both ends.
    """
    value = _tidy(full).upper()
    if "某" in normal:
        head, _, tail = normal.partition("某")
        known_tail = "" if tail in _STEMS else tail
        return len(value) > len(head + known_tail) and value.startswith(head) and value.endswith(known_tail)
    if len(normal) == len(value):
        return all(sign in (STAR, other) for sign, other in zip(normal, value, strict=True))
    head, tail = normal.split(STAR, 1)[0], normal.rsplit(STAR, 1)[-1]
    shown = len(head) + len(tail)
    return 4 <= shown < len(value) and value.startswith(head) and value.endswith(tail)


def behind(normal: str) -> tuple[str, str]:
    """The surname and, if told, the last character of the name behind a masked one: 王某明 -> 王, 明."""
    surname, _, tail = normal.partition("某")
    return surname, "" if tail in _STEMS else tail


def joined(first: str, second: str) -> str | None:
    """What two masks of one value tell together, or None where they contradict each other or differ in length."""
    if len(first) != len(second):
        return None
    pairs = list(zip(first, second, strict=True))
    if any(STAR not in pair and pair[0] != pair[1] for pair in pairs):
        return None
    return "".join(one if one != STAR else other for one, other in pairs)
