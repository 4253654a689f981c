"""Where a person lives: addresses behind their words (住址, 现住), and dwellings by their form; shown to the county.

The site of a violation and the seat of an organization stay: they are what the decision is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MASK = "***"
_WORDS = (
    "家庭住址|家庭地址|现住址|现住地|户籍(?:所在)?地(?:址)?|户籍地址|户口所在地|暂住地|居住地(?:址)?|经常居住地|通讯地址|联系地址|收件地址|"
    "身份证(?:件)?(?:住|地)址|住址|居所"
)
# Scanners break a line in the middle of an address.
_BROKEN = r"(?:\n(?=[0-9一二三四五六七八九十]{1,4}\s?(?:号|栋|幢|单元|楼|室|组|社|弄|巷))[^，,。;；\n\t()（）]{2,30})?"
_ADDRESS = re.compile(
    rf"(?:{_WORDS})[\s:：为是在于|｜]{{0,4}}(?P<named>[^，,。;；\n\t|｜()（）]{{4,60}}{_BROKEN})"
    rf"|(?:家住|现住|暂住|居住[于在]|户籍在)[\s:：]{{0,2}}(?P<lives>[^，,。;；\n\t()（）]{{4,60}}{_BROKEN})"
    r"|(?<=[，,。;；\s])住(?=[^所宿院房户在建改进]{2}[^，,。;；\n]{0,16}?(?:省|市|区|县|镇|乡|街|路|村|号))(?P<short>[^，,。;；\n()（）]{4,60})"
)
_HAN = "\u4e00-\u9fff"
# A flat (3栋2单元501) or a farmstead (某村5组12号) is where somebody lives, whatever word stands before it.
_DWELLING = re.compile(
    rf"[{_HAN}0-9]{{2,40}}?[0-9]+\s?(?:栋|幢|号楼|号)\s?[0-9一二三四五六七八九]+\s?单元(?:\s?[0-9\-]+\s?(?:楼|层|室|号|户)*)*"
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
        if not _is_masked(match[name]):
            yield *match.span(name), shown
    for match in _DWELLING.finditer(plain):
        start = match.start() + _lead(match.group())
        yield start, match.end(), mask_address(plain[start : match.end()])


def _lead(words: str) -> int:
    """How many characters of a run of words stand before the address in it: 在, 位于, 搬至."""
    verb = list(re.finditer("[在于至到往自从是为住址]", words))
    return verb[-1].end() if verb else 0


def _is_masked(address: str) -> bool:
    """Whether nothing below the county is shown: 达州市通川区***, 杭州市某小区."""
    rest = address[len(_DISTRICT.match(address).group()) :]  # type: ignore[union-attr]
    return bool(_MASKED_TO_THE_END.match(rest) or re.fullmatch(rf"\s*(?:某+[{_HAN}]{{0,3}})+\s*", rest))


def mask_address(address: str) -> str:
    """An address of a person down to the county: 四川省达州市通川区***."""
    match = _DISTRICT.match(address)
    return f"{match.group() if match else ''}{_MASK}"
