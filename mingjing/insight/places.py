"""Where a person lives: addresses behind their words (住址, 现住), and dwellings by their form; shown to the county.

The site of a violation and the seat of an organization stay: they are what the decision is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .masks import MASK

_WORDS = (
    "家庭住址|家庭地址|现住址|现住地|户籍(?:所在)?地(?:址)?|户籍地址|户口所在地|暂住地|居住地(?:址)?|经常居住地|通讯地址|联系地址|收件地址|"
    "身份证(?:件)?(?:住|地)址|住址|居所"
)
# Lines break in the middle of an address: what goes on behind is the rest of it where it has the sign of a place,
# and is no field of its own (电话：…).
_BROKEN = (
    r"(?:\r?\n(?=[^，,。;；:：\r\n\t()（）]{0,30}?(?:[省市区县旗镇乡村街路巷弄社栋幢室]|[0-9一二三四五六七八九十]\s?(?:号|楼|组|单元)))"
    r"[^，,。;；:：\r\n\t()（）]{1,40}(?![:：]))?"
)
_ADDRESS = re.compile(
    rf"(?:{_WORDS})[\s:：为是在于|｜]{{0,4}}(?P<named>[^，,。;；\r\n\t|｜()（）]{{2,60}}{_BROKEN})"
    rf"|(?:家住|现住|暂住|居住[于在]|户籍在)[\s:：]{{0,2}}(?P<lives>[^，,。;；\r\n\t()（）]{{2,60}}{_BROKEN})"
    rf"|(?<=[，,。;；\s])住(?=[^所宿院房户在建改进]{{2}}[^，,。;；]{{0,16}}?(?:省|市|区|县|镇|乡|街|路|村|号))(?P<short>[^，,。;；\r\n()（）]{{2,60}}{_BROKEN})"
)
_HAN = "\u4e00-\u9fff"
# A flat (3栋2单元501) or a farmstead (某村5组12号) is where somebody lives, whatever word stands before it.
_DWELLING = re.compile(
    rf"[{_HAN}0-9 \r\n]{{2,40}}?[0-9]+\s?(?:栋|幢|号楼|号)\s?[0-9一二三四五六七八九]+\s?单元(?:\s?[0-9\-]+\s?(?:楼|层|室|号|户)*)*"
    rf"|[{_HAN}]{{2,30}}(?:村|社区)[0-9一二三四五六七八九十]+\s?(?:组|社|队)\s?(?:附?\s?[0-9]+\s?号)"
)
# Where a person lives is shown down to the county.
_DISTRICT = re.compile(
    r"^(?:[^省市区县]{2,7}(?:省|自治区))?(?:[^市区县]{1,9}?(?:市|自治州|盟|地区))?(?:[^市区县旗]{1,7}(?:区|县|市|旗))?"
)
_MASKED_TO_THE_END = re.compile(r"^\s*[*＊×xX某…]{2,}\s*$")


def addresses_in(plain: str) -> Iterator[tuple[int, int, str]]:
    """Every address of a person: start, end, and what is shown instead. ``plain`` is in half width."""
    for match in _ADDRESS.finditer(plain):
        name = next(key for key in ("named", "lives", "short") if match[key])
        shown = mask_address(match[name])
        if _is_a_place(match[name]) and not _is_masked(match[name]):
            yield *match.span(name), shown
    for match in _DWELLING.finditer(plain):
        start = match.start() + _lead(match.group())
        yield start, match.end(), mask_address(plain[start : match.end()])


# 居住地的公安机关, 住址、电话号码等: words about addresses, not an address.
_ABOUT = re.compile(r"\s*(?:[的、或及和与等之未以在后前外内均应由向]|其他|县级|公安|接受|所属)")
_PLACE = re.compile(
    rf"[省市区县旗镇乡村街路巷弄组社栋幢号楼室苑园庄湾沟坝坪院]|小区|公寓|花园|大道|[0-9]|[{_HAN}]{{2,}}[*某]"
)


def _is_a_place(words: str) -> bool:
    """Whether the words behind 住址 name a place: with the sign of one, and beginning like one."""
    return len(words) >= 4 and bool(_PLACE.search(words)) and not _ABOUT.match(words)


def _lead(words: str) -> int:
    """How many characters of a run of words stand before the address in it: 在, 位于, 搬至."""
    verb = list(re.finditer("[在于至到往自从是为住址的]", words))
    return verb[-1].end() if verb else 0


def _is_masked(address: str) -> bool:
    """Whether nothing below the county is shown: 达州市通川区***, 杭州市某小区."""
    district = _DISTRICT.match(address)
    rest = address[district.end() :] if district else address
    return bool(_MASKED_TO_THE_END.match(rest) or re.fullmatch(rf"\s*(?:某+[{_HAN}]{{0,3}})+\s*", rest))


def mask_address(address: str) -> str:
    """An address of a person down to the county: 四川省达州市通川区***."""
    match = _DISTRICT.match(re.sub(r"\s", "", address))
    return f"{match.group() if match else ''}{MASK}"
