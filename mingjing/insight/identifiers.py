"""Finding what identifies a natural person by its shape: numbers, plates, accounts, dates of birth.

Conservative: a doubtful number is taken for personal. Credit codes of organizations, case numbers, payment codes,
amounts and dates are left alone. Figures may be of any script and width, and a number may be broken by blanks,
hyphens, invisible characters and one line break, as scanners leave them. Addresses: ``places``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mingjing.kernel import codes

from .masks import MASK, Mask, masks_in, narrow
from .places import addresses_in

REASONS = {
    "citizen_id": "公民身份号码",
    "phone": "电话号码",
    "bank_account": "银行账号",
    "plate": "车辆号牌",
    "mail": "电子邮箱",
    "chat": "网络账号",
    "document": "证件号码",
    "licence": "个人资格、驾驶等证照号码",
    "vehicle": "车辆识别代号、发动机号",
    "birth_date": "出生日期",
    "address": "个人住址",
}
"""Why a thing of each kind is masked, in Chinese."""

_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
# What may stand inside a number without ending it.
_GAP = rf"(?:[ \-\t\u00a0\u2002-\u200a\u3000{_INVISIBLE}]|\r?\n){{0,3}}"
_CHAIN = re.compile(rf"(?<![0-9A-Za-z])(?:\+{_GAP})?\d+(?:{_GAP}\d+)*(?:{_GAP}[Xx](?![0-9A-Za-z]))?")
_PIECE = re.compile(r"\d+(?:[Xx])?|[Xx]")
_DOTTED_MOBILE = re.compile(r"(?<![\d.])1[3-9]\d[.·•]\d{4}[.·•]\d{4}(?![\d.])")
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z\-])(?:[(（]0\d{2,3}[)）]|0\d{2,3}[\-— ]{1,2})\s?[2-9]\d{2,3}[\- ]?\d{4}(?![0-9A-Za-z])"
)
_JOINED = re.compile(
    r"(?:电话|座机|联系方式|传真)(?:号码?)?[\s:：为是]{0,3}(?P<value>0\d{2,3}[2-9]\d{6,7})(?!\d)"
)
_LOCAL = re.compile(
    r"(?:电话|座机|联系方式|传真)(?:号码?)?[\s:：为是]{0,3}(?P<value>[2-9]\d{2,3}[\- ]?\d{4})(?![\d\-])"
)
# Numbers in Chinese figures, and with the letters that a scanner reads for figures; at least eleven signs.
_FIGURES = "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖"
_WRITTEN = re.compile(
    rf"(?<![0-9A-Za-z{_FIGURES}])(?=(?:\S{{0,5}}?[0-9{_FIGURES}]){{5}})[0-9OolI|{_FIGURES}]{{11,19}}[Xx]?(?![0-9A-Za-z{_FIGURES}])"
)
_AS_FIGURES = str.maketrans(f"{_FIGURES}OolI|", "00012345678912345678900111")
_POINTED = re.compile(r"(?<=\d)[.·•](?=\d)")
_VEHICLE = re.compile(
    r"(?:车辆识别代[号码]|车架号码?|VIN码?|发动机号码?)[\s:：为是（(|｜]{0,4}(?P<value>[A-HJ-NPR-Za-z0-9][A-HJ-NPR-Za-z0-9\-]{5,19})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PLATE = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]{_GAP}[·•・]?[A-HJ-NP-Za-z]{_GAP}[·•・]?\s?"
    r"[A-HJ-NP-Za-z0-9](?:\s?[A-HJ-NP-Za-z0-9]){3,5}\s?[挂学警港澳使领]?(?![A-Za-z0-9])"
)
_MAIL = re.compile(rf"[A-Za-z0-9._%+\-]+[{_INVISIBLE} ]?@[{_INVISIBLE} ]?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_CHAT = re.compile(
    r"(?:微信(?:号码?|账号|ID)?|(?<![A-Za-z0-9+/])VX|WeChat|(?<![A-Za-z0-9+/])QQ(?:号码?)?|抖音号|快手号|支付宝(?:账号|账户)?|旺旺号?|网名)"
    r"(?:[\s:：为是（(]{0,3})(?P<value>[A-Za-z0-9_][A-Za-z0-9_\-]{4,29})(?![A-Za-z0-9@.])",
    re.IGNORECASE,
)
_LINK = r"(?:证书)?(?:号码?|编号|编码|证号)?[\s:：为是（(|｜]{0,4}"
_DOCUMENT = re.compile(
    rf"(?P<word>护照|通行证|台胞证|回乡证|居留证|居住证|军官证|士兵证|警官证|社保卡|社会保障卡|医保卡|残疾人?证|户口[簿本]|(?<!执法)证件){_LINK}"
    r"(?P<value>(?=[A-Za-z0-9\- ]{0,6}\d)[A-Za-z0-9][A-Za-z0-9\- ]{5,22})"
)
_LICENCE = re.compile(
    rf"(?:驾驶证|驾照|档案|从业资格证|资格证|执业证|健康证明?|操作证|上岗证|学生证|工作证|教师证|导游证|船员证){_LINK}"
    r"(?P<value>(?=[A-Za-z0-9\- ]{0,8}\d)[A-Za-z0-9][A-Za-z0-9\- ]{5,30})"
)
_ACCOUNT = re.compile(
    rf"(?:卡号|账号|帐号|账户|帐户|银行卡|存折)(?:号码?)?[\s:：为是（(|｜]{{0,4}}(?P<value>\d(?:{_GAP}\d){{7,24}})(?![0-9A-Za-z])"
)
_ID_CUE = re.compile(r"(?:身份证|身份号|公民身份)[^\d]{0,12}$")
_BANK_CUE = re.compile(r"(?:卡|账号|帐号|账户|帐户)[^\d，。；]{0,6}$")
_PHONE_CUE = re.compile(r"(?:电话|手机|联系方式|微信)[^\d，。；]{0,6}$")
# Numbers of things: they are no person's even where a check digit happens to fit.
_THING_CUE = re.compile(
    r"(?:缴款码|缴款书|缴费码|缴款识别码|通知书号?|流水号?|交易号?|订单号?|单号|文号|案号|编号|条码|条形码|批号|票据|发票|凭证|代码|执法证|序列号|"
    r"登记号|备案号?|许可证号?|注册号|型号|编码)[^\d，。；\n]{0,8}$"
)
_CERTIFICATE = re.compile(
    r"执法(?:证|证件|证号|资格证)(?:号码?|编号)?[\s:：为是（(]{0,3}[A-Za-z\u4e00-\u9fff]{0,3}$"
)
_DAY = r"(?:19|20)\d{2}\s?(?:年|[-./])\s?\d{1,2}\s?(?:月|[-./])?\s?(?:\d{1,2})?\s?日?"
_OLD_DAY = "[一二][九〇零○][〇零○一二三四五六七八九]{2}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?"
_BORN = re.compile(
    rf"(?:出生(?:日期|年月日?|时间)?|生日|生于)[\s:：为是于|｜]{{0,4}}(?P<after>{_DAY}|{_OLD_DAY})"
    rf"|(?P<before>{_DAY}|{_OLD_DAY})\s?(?:出生|生(?=[,，。;；、)）]|$))"
)


@dataclass(frozen=True)
class Found:
    """A span that identifies a person: what replaces it, the reason in Chinese, the kind as a code."""

    start: int
    end: int
    replacement: str
    reason: str
    kind: str


def found(kind: str, start: int, end: int, replacement: str = MASK) -> Found:
    """A span of the kind, with the reason that goes with it."""
    return Found(start, end, replacement, REASONS[kind], kind)


def identifiers_in(text: str) -> list[Found]:
    """Every span that identifies a person by its shape, in no particular order; spans may overlap."""
    plain = in_figures(narrow(text))
    return [
        *_numbers(_POINTED.sub("-", plain)),
        *_phones(plain),
        *_plates(plain),
        *(found("mail", *match.span()) for match in _MAIL.finditer(plain)),
        *(found("chat", *match.span("value")) for match in _CHAT.finditer(plain)),
        *_documents(plain, _DOCUMENT, "document"),
        *_documents(plain, _LICENCE, "licence"),
        *(found("vehicle", *match.span("value")) for match in _VEHICLE.finditer(plain)),
        *(found("bank_account", *match.span("value")) for match in _ACCOUNT.finditer(plain)),
        *_births(plain),
        *(found("address", start, end, shown) for start, end, shown in addresses_in(plain)),
        *_half_masked(masks_in(text)),
    ]


def in_figures(plain: str) -> str:
    """Long numbers in Chinese figures (一三八…, 壹叁捌…), and with letters misread for figures (l38OO…), as figures;
    offsets survive. Words and short numbers stay as they are."""
    return _WRITTEN.sub(lambda match: match.group().translate(_AS_FIGURES), plain)


def birth_dates_in(text: str) -> list[date]:
    """The days of birth that citizen numbers in the text tell."""
    plain = in_figures(narrow(text))
    born = []
    for _, _, digits in _windows(plain, (15, 18)):
        code = codes.identify(digits)
        if code.kind == "citizen_id" and code.birth_on is not None:
            born.append(code.birth_on)
    return born


def _windows(plain: str, lengths: tuple[int, ...]) -> Iterator[tuple[int, int, str]]:
    """Every run of whole pieces of a broken number that has one of the lengths, with at most one line break:
    ``start, end, digits``."""
    for chain in _CHAIN.finditer(plain):
        pieces = [
            (match.start(), match.end(), match.group()) for match in _PIECE.finditer(plain, *chain.span())
        ]
        for first, (start, _, _) in enumerate(pieces):
            digits = ""
            for _, end, piece in pieces[first:]:
                digits += piece
                if len(digits) > max(lengths):
                    break
                if len(digits) in lengths and plain.count("\n", start, end) <= 1:
                    yield start, end, digits.upper()


def _numbers(plain: str) -> Iterator[Found]:
    for start, end, digits in _windows(plain, (15, 16, 17, 18, 19)):
        kind = _owner(plain, start, digits)
        if kind:
            yield found(kind, start, end)


def _owner(plain: str, start: int, digits: str) -> str:
    """Whose number it is: a citizen's, a bank card's, or nobody's (empty)."""
    before = plain[max(0, start - 20) : start]
    code = codes.identify(digits)
    if _ID_CUE.search(before) and len(digits) in (15, 17, 18):
        return "citizen_id"
    thing = bool(_THING_CUE.search(before))
    if code.kind in ("credit_code", "registration_number") and code.valid:
        # The same fifteen digits may be an old citizen number; without a word for either, it is taken for one.
        return "citizen_id" if code.also == "citizen_id" and not thing else ""
    # A birth date in the right place is enough: a mistyped number still leads to its owner.
    if code.kind == "citizen_id" and code.birth_on is not None and len(digits) in (15, 18):
        return "citizen_id" if code.valid or not thing else ""
    if len(digits) >= 16 and digits.isdigit() and (_BANK_CUE.search(before) or (not thing and _luhn(digits))):
        return "bank_account"
    return ""


def _luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1, annex B)."""
    if digits[0] not in "3456":
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _phones(plain: str) -> Iterator[Found]:
    for start, end, digits in _windows(plain, (11, 13, 15)):
        number = digits.removeprefix("00").removeprefix("86")
        if len(number) == 11 and _is_mobile(plain, start, end, number):
            yield found("phone", start, end)
    for pattern in (_DOTTED_MOBILE, _LANDLINE):
        for match in pattern.finditer(plain):
            if not _THING_CUE.search(plain[max(0, match.start() - 12) : match.start()]):
                yield found("phone", *match.span())
    for pattern in (_LOCAL, _JOINED):
        for match in pattern.finditer(plain):
            yield found("phone", *match.span("value"))


def _is_mobile(plain: str, start: int, end: int, number: str) -> bool:
    """1[3-9] and nine figures, broken as people or scanners break them: not by chance out of a table."""
    before = plain[max(0, start - 16) : start]
    if not re.fullmatch(r"1[3-9]\d{9}", number) or before.endswith(".") or _CERTIFICATE.search(before):
        return False
    lengths = [len(piece) for piece in _PIECE.findall(plain[start:end])]
    if _THING_CUE.search(before) and not _PHONE_CUE.search(before):
        return False
    return (
        len(lengths) <= 2
        or set(lengths) == {1}
        or lengths[-3:] in ([3, 4, 4], [3, 3, 5], [4, 3, 4], [4, 4, 3])
    )


def _plates(plain: str) -> Iterator[Found]:
    for match in _PLATE.finditer(plain):
        # 川S12345, not 川W with crosses (masked already) nor words such as 新Article.
        if re.search(r"\d", match.group()) and not re.search(r"[xX*]{3}", match.group()):
            head = re.sub(r"\W", "", match.group())[:2]
            yield found("plate", *match.span(), f"{head}{MASK}")


def _documents(plain: str, pattern: re.Pattern[str], kind: str) -> Iterator[Found]:
    for match in pattern.finditer(plain):
        value = match["value"].rstrip(" -")
        code = codes.identify(value)
        # 证件 may be an organization's; a passport whose figures happen to fit a code is a passport.
        thing = match.groupdict().get("word", "证件").endswith("证件")
        organization = (
            thing and code.valid and code.kind in ("credit_code", "organization_code", "registration_number")
        )
        if not organization and re.search(r"\d{4}", value):
            yield found(kind, match.start("value"), match.start("value") + len(value))


def _births(plain: str) -> Iterator[Found]:
    for match in _BORN.finditer(plain):
        name = "after" if match["after"] else "before"
        yield found("birth_date", *match.span(name), "****年**月**日")


def _half_masked(masks: list[Mask]) -> Iterator[Found]:
    """Masks that still tell something of a number: the rest of it goes too."""
    for mask in masks:
        shown = mask.known - (2 if mask.kind == "plate" else 0)
        if mask.kind in ("citizen_id", "phone", "bank_account", "plate") and shown > 0:
            replacement = f"{mask.normal[:2]}{MASK}" if mask.kind == "plate" else MASK
            yield found(mask.kind, mask.start, mask.end, replacement)
