"""Finding what identifies a natural person by its shape: numbers, plates, addresses, dates of birth.

Conservative: a doubtful number is taken for personal. Credit codes of organizations are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mingjing.kernel import codes

from .amounts import narrow

MASK = "***"
# What may stand inside a number without ending it: blanks, hyphens, invisible characters.
_GAP = "[ \\-\u00a0\u3000\u200b-\u200f\u2060\ufeff]?"
_LONG_NUMBER = re.compile(rf"(?<![\dA-Za-z])\d(?:{_GAP}\d){{13,18}}(?:{_GAP}[Xx])?(?![\dA-Za-z])")
_MOBILE = re.compile(rf"(?<![\d.])(?:\+?86{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)")
_LANDLINE = re.compile(r"(?<![\d\-])(?:\(0\d{2,3}\)|0\d{2,3}[\- ])\s?[2-9]\d{6,7}(?!\d)")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Za-z]\s?[·•・\-]?\s?"
    r"[A-HJ-NP-Za-z0-9](?:\s?[A-HJ-NP-Za-z0-9]){3,5}\s?[挂学警港澳使领]?(?![A-Za-z0-9])"
)
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_CHAT = re.compile(r"(?:微信号?|QQ号?)\s?[:：为是]?\s?(?P<value>[A-Za-z0-9_\-]{5,30})", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"(?:护照|通行证|居留证|驾驶证|军官证|社保卡|医保卡|证件)(?:号码?|编号)?\s?[:：为是]\s?(?P<value>[A-Za-z0-9][A-Za-z0-9\- ]{5,22})"
)
_ACCOUNT = re.compile(
    rf"(?:卡号|账号|帐号|账户|帐户|银行卡)(?:号码?)?\s?[:：为是]?\s?(?P<value>\d(?:{_GAP}\d){{7,24}})"
)
_ID_CUE = re.compile(r"(?:身份证|身份号|公民身份)[^\d]{0,12}$")
_BANK_CUE = re.compile(r"(?:卡|账号|帐号|账户|帐户)[^\d，。；]{0,6}$")
_DAY = r"(?:19|20)\d{2}\s?(?:年|[-./])\s?\d{1,2}\s?(?:月|[-./])\s?\d{1,2}\s?日?"
_BORN = re.compile(
    rf"(?:出生(?:日期|年月日?)?|生日|生于)\s?[:：为是于]?\s?(?P<after>{_DAY})|(?P<before>{_DAY})\s?(?:出生|生(?=[,，。;；、)]|$))"
)
_ADDRESS = re.compile(
    r"(?:家庭住址|现住址|户籍(?:所在)?地(?:址)?|户口所在地|暂住地|居住地(?:址)?|经常居住地|通讯地址|联系地址|身份证(?:件)?(?:住|地)址|住址)"
    r"\s?[:：为是在于]{0,2}\s?(?P<named>[^，,。;；\n()（）]{4,60})"
    r"|(?:家住|现住|暂住|居住[于在]|户籍在)\s?[:：]?\s?(?P<lives>[^，,。;；\n()（）]{4,60})"
    r"|(?<=[，,。;；\s])住(?=[^所宿院房户在建改进]{2}[^，,。;；\n]{0,12}?(?:省|市|区|县|镇|乡|街|路|村|号))(?P<short>[^，,。;；\n()（）]{4,60})"
)
# Where a person lives is shown down to the county.
_DISTRICT = re.compile(
    r"^(?:[^省市区县]{2,7}(?:省|自治区))?(?:[^市区县]{1,9}?(?:市|自治州|盟|地区))?(?:[^市区县旗]{1,7}(?:区|县|市|旗))?"
)


@dataclass(frozen=True)
class Found:
    """A span that identifies a person, what replaces it, and the reason in Chinese."""

    start: int
    end: int
    replacement: str
    reason: str


def identifiers_in(text: str) -> list[Found]:
    """Every span that identifies a person by its shape, in no particular order; spans may overlap."""
    plain = narrow(text)
    return [
        *_numbers(plain),
        *_whole(_MOBILE, plain, "电话号码"),
        *_whole(_LANDLINE, plain, "电话号码"),
        *_plates(plain),
        *_whole(_MAIL, plain, "电子邮箱"),
        *_named(_CHAT, plain, "网络账号"),
        *_documents(plain),
        *_named(_ACCOUNT, plain, "银行账号"),
        *_births(plain),
        *_addresses(plain),
    ]


def birth_dates_in(text: str) -> list[date]:
    """The days of birth that valid citizen numbers in the text tell."""
    found = []
    for match in _LONG_NUMBER.finditer(narrow(text)):
        code = codes.identify(_joined(match.group()))
        if code.kind == "citizen_id" and code.birth_on is not None:
            found.append(code.birth_on)
    return found


def mask_address(address: str) -> str:
    """An address of a person down to the county: 四川省达州市通川区***."""
    match = _DISTRICT.match(address)
    return f"{match.group() if match else ''}{MASK}"


def _numbers(plain: str) -> Iterator[Found]:
    for match in _LONG_NUMBER.finditer(plain):
        reason = _number_reason(plain, match)
        if reason:
            yield Found(match.start(), match.end(), MASK, reason)


def _number_reason(plain: str, match: re.Match[str]) -> str:
    """Whose number it is: a citizen's, a bank card's, or nobody's."""
    digits = _joined(match.group())
    before = plain[max(0, match.start() - 16) : match.start()]
    code = codes.identify(digits)
    if _ID_CUE.search(before) or code.also == "citizen_id":
        return "公民身份号码"
    if code.kind in ("credit_code", "registration_number") and code.valid:
        return ""
    # A birth date in the right place is enough: a mistyped number still leads to its owner.
    if code.kind == "citizen_id" and (code.valid or code.birth_on is not None):
        return "公民身份号码"
    if len(digits) >= 16 and (_BANK_CUE.search(before) or _luhn(digits)):
        return "银行账号"
    return ""


def _joined(number: str) -> str:
    return re.sub(r"[^0-9Xx]", "", number)


def _luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1, annex B)."""
    if not digits.isdigit() or digits[0] not in "3456":
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _plates(plain: str) -> Iterator[Found]:
    for match in _PLATE.finditer(plain):
        # 川S12345, not 川W with crosses (masked already) nor words such as 新Article.
        if re.search(r"\d", match.group()) and not re.search(r"[xX*]{3}", match.group()):
            yield Found(match.start(), match.end(), f"{match.group()[:2]}{MASK}", "车辆号牌")


def _documents(plain: str) -> Iterator[Found]:
    for match in _DOCUMENT.finditer(plain):
        code = codes.identify(match["value"])
        organization = code.valid and code.kind in ("credit_code", "organization_code", "registration_number")
        if not organization and re.search(r"\d{4}", match["value"]):
            yield Found(*match.span("value"), MASK, "证件号码")


def _births(plain: str) -> Iterator[Found]:
    for match in _BORN.finditer(plain):
        name = "after" if match["after"] else "before"
        yield Found(*match.span(name), "****年**月**日", "出生日期")


def _addresses(plain: str) -> Iterator[Found]:
    for match in _ADDRESS.finditer(plain):
        name = next(key for key in ("named", "lives", "short") if match[key])
        yield Found(*match.span(name), mask_address(match[name]), "个人住址")


def _whole(pattern: re.Pattern[str], plain: str, reason: str) -> Iterator[Found]:
    for match in pattern.finditer(plain):
        yield Found(match.start(), match.end(), MASK, reason)


def _named(pattern: re.Pattern[str], plain: str, reason: str) -> Iterator[Found]:
    for match in pattern.finditer(plain):
        yield Found(*match.span("value"), MASK, reason)
