"""Identity codes of China: what kind a string is, whether its check digits hold, and why not.

Covered: unified social credit code (GB 32100-2015), organization code (GB 11714-1997), citizen identity
number (GB 11643-1999, and its 15-digit predecessor, which is converted), registration number of the former
industry-and-commerce administrations (GS 15-2006, ISO 7064 MOD 11,10), administrative division (GB/T 2260).

:func:`identify` never refuses and never raises: importers keep what they were given, flag it, and go on.
A code that is not valid MUST NOT be used to link records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from mingjing.kernel.numerals import plain_date

PROVINCES = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
}
# Registration organs outside GB/T 2260: the national organs, and the Xinjiang corps.
REGISTRARS = PROVINCES | {"10": "国家", "66": "新疆生产建设兵团"}
# Residence permits of Taiwan compatriots carry 83.
ID_PROVINCES = PROVINCES | {"83": "台湾居民居住证"}

# GB 32100, table 2: registering department -> its name and its categories of bodies.
DEPARTMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "1": ("机构编制", {"1": "机关", "2": "事业单位", "3": "群众团体", "9": "其他"}),
    "2": ("外交", {"1": "外国常驻新闻机构", "9": "其他"}),
    "3": (
        "司法行政",
        {
            "1": "律师执业机构",
            "2": "公证处",
            "3": "基层法律服务所",
            "4": "司法鉴定机构",
            "5": "仲裁委员会",
            "9": "其他",
        },
    ),
    "4": ("文化", {"1": "外国在华文化中心", "9": "其他"}),
    "5": ("民政", {"1": "社会团体", "2": "民办非企业单位", "3": "基金会", "9": "其他"}),
    "6": (
        "旅游",
        {"1": "外国旅游部门常驻代表机构", "2": "港澳台地区旅游部门常驻内地（大陆）代表机构", "9": "其他"},
    ),
    "7": ("宗教", {"1": "宗教活动场所", "2": "宗教院校", "9": "其他"}),
    "8": ("工会", {"1": "基层工会", "9": "其他"}),
    "9": ("市场监管", {"1": "企业", "2": "个体工商户", "3": "农民专业合作社", "9": "其他"}),
    "A": ("中央军委改革和编制办公室", {"1": "军队事业单位", "9": "其他"}),
    "N": ("农业", {"1": "组级集体经济组织", "2": "村级集体经济组织", "3": "乡镇级集体经济组织", "9": "其他"}),
    "Y": ("其他", {"1": "其他"}),
}

TITLES = {
    "credit_code": "统一社会信用代码",
    "organization_code": "组织机构代码",
    "citizen_id": "公民身份号码",
    "registration_number": "工商注册号",
    "region": "行政区划代码",
    "unknown": "无法识别的代码",
}

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_CHECKS = "10X98765432"
# Letters that GB 32100 leaves out because they are misread, and what they are misread for.
_MISREAD = str.maketrans("IOSVZ", "105U2")

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−_·.\u200b-\u200f\u2060\ufeff]+")


@dataclass(frozen=True)
class _Finding:
    """What one reader makes of a normalised string."""

    kind: str
    value: str
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    birth_on: date | None = None
    also: str | None = None


@dataclass(frozen=True, kw_only=True)
class Code(_Finding):
    """证照代码: one code as read. ``value`` is normalised; ``original`` is what was given.

    ``why`` says, in Chinese, what is wrong (empty when valid); ``notes`` what was tidied up or is worth
    knowing; ``facts`` is label -> text and fit to show: a citizen's birthday is masked there. ``birth_on`` is
    for rules (行政处罚法 art. 30: under fourteen), never for display. ``also`` names a second kind that fits.
    """

    original: str

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.why

    @property
    def kind_title(self) -> str:
        """The kind in Chinese."""
        return TITLES[self.kind]

    @property
    def masked(self) -> str:
        """The value as it may be shown: the middle of what is or may be a citizen's number is starred."""
        if "citizen_id" not in (self.kind, self.also) or len(self.value) < 8:
            return self.value
        return f"{self.value[:4]}{'*' * (len(self.value) - 6)}{self.value[-2:]}"


def identify(code: str, *, on: date | None = None) -> Code:
    """Which kind of code this is, and whether it is valid; never raises.

    ``on`` is the day of asking; with it, a birth date in the future is found wrong.
    """
    value, notes = _normalise(code)
    found = _choose(value, on)
    return Code(**{**vars(found), "notes": notes + found.notes}, original=code)


def credit_check(first_17: str) -> str:
    """The check character of a unified social credit code; the 17 characters MUST be of its alphabet."""
    total = sum(
        _CREDIT_ALPHABET.index(char) * weight for char, weight in zip(first_17, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[-total % 31]


def organization_check(first_8: str) -> str:
    """The check character of an organization code; the 8 characters MUST be 0-9 or A-Z."""
    total = sum(int(char, 36) * weight for char, weight in zip(first_8, _ORGANIZATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def citizen_check(first_17: str) -> str:
    """The check character of a citizen identity number; the 17 characters MUST be digits."""
    total = sum(int(char) * weight for char, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def registration_check(first_14: str) -> str:
    """The check digit of a 15-digit registration number (ISO 7064 MOD 11,10); 14 digits."""
    product = 10
    for char in first_14:
        product = ((product + int(char)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def _normalise(code: str) -> tuple[str, tuple[str, ...]]:
    notes = []
    narrow = code.translate(_FULL_WIDTH)
    if narrow != code:
        notes.append("全角字符已改为半角。")
    joined = _SEPARATORS.sub("", narrow)
    if joined != narrow:
        notes.append("已去掉空格和连接符。")
    value = joined.upper()
    if value != joined:
        notes.append("小写字母已改为大写。")
    return value, tuple(notes)


def _choose(value: str, on: date | None) -> _Finding:
    readers: dict[int, Callable[[str, date | None], _Finding]] = {
        2: _region,
        4: _region,
        6: _region,
        9: _organization,
        15: _fifteen,
        18: _eighteen,
    }
    if not re.fullmatch(r"[0-9A-Z]+", value):
        return _unreadable(value)
    reader = readers.get(len(value))
    return reader(value, on) if reader else _wrong_length(value)


def _eighteen(value: str, on: date | None) -> _Finding:
    credit = _credit(value)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        return credit
    citizen = _citizen(value, on)
    if not credit.why or not citizen.why:
        return citizen if not citizen.why else credit
    # Neither holds, so judge by shape: only a citizen's number has a date in the middle.
    looks_like_person = citizen.birth_on is not None or (value[:2] in ID_PROVINCES and value[0] != "9")
    looks_like_body = citizen.birth_on is None and value[0] in "159" and value[2:4] in REGISTRARS
    return citizen if looks_like_person and not looks_like_body else credit


def _credit(value: str) -> _Finding:
    region = value[2:8]
    why = [*_credit_alphabet_faults(value)]
    department, categories = DEPARTMENTS.get(value[0], ("", {}))
    if not department:
        why.append(f"第 1 位登记管理部门代码“{value[0]}”不存在。")
    elif value[1] not in categories:
        why.append(f"第 2 位机构类别代码“{value[1]}”在“{department}”部门中不存在。")
    if not re.fullmatch(r"[0-9]{6}", region) or region[:2] not in REGISTRARS:
        why.append(f"第 3 至 8 位“{region}”不是行政区划代码。")
    if not any(char in "IOSVZ" for char in value):
        why.extend(_credit_check_faults(value))
    facts = {
        "登记管理部门": department,
        "机构类别": categories.get(value[1], ""),
        "登记地": REGISTRARS.get(region[:2], ""),
        "登记地区划": region,
        "组织机构代码": f"{value[8:16]}-{value[16]}",
    }
    return _Finding(
        "credit_code", value, tuple(why), facts={k: v for k, v in facts.items() if v}, region=region
    )


def _credit_alphabet_faults(value: str) -> list[str]:
    wrong = [(place, char) for place, char in enumerate(value, 1) if char in "IOSVZ"]
    if not wrong:
        return []
    where = "、".join(f"第 {place} 位“{char}”" for place, char in wrong)
    corrected = value.translate(_MISREAD)
    hint = (
        f"；若为误认，改作 {corrected} 后校验相符，请核对原件" if not _credit_check_faults(corrected) else ""
    )
    return [f"{where}：统一社会信用代码不使用 I、O、S、V、Z{hint}。"]


def _credit_check_faults(value: str) -> list[str]:
    why = []
    if (right := organization_check(value[8:16])) != value[16]:
        why.append(f"第 17 位（组织机构代码校验码）应为“{right}”，现为“{value[16]}”。")
    if (right := credit_check(value[:17])) != value[17]:
        why.append(f"第 18 位校验码应为“{right}”，现为“{value[17]}”。")
    return why


def _organization(value: str, _on: date | None) -> _Finding:
    right = organization_check(value[:8])
    why = () if right == value[8] else (f"第 9 位校验码应为“{right}”，现为“{value[8]}”。",)
    return _Finding("organization_code", value, why, facts={"规范写法": f"{value[:8]}-{value[8]}"})


def _citizen(value: str, on: date | None) -> _Finding:
    why = []
    region = value[:6]
    if region[:2] not in ID_PROVINCES:
        why.append(f"前两位“{region[:2]}”不是省级区划代码。")
    born = _date_of(value[6:14])
    if born is None or not 1850 <= born.year < 2100:
        why.append(f"第 7 至 14 位“{value[6:14]}”不是出生日期。")
        born = None
    elif on is not None and born > on:
        why.append(f"出生日期{plain_date(born)}晚于{plain_date(on)}。")
    if (right := citizen_check(value[:17])) != value[17]:
        why.append(f"第 18 位校验码应为“{right}”，现为“{value[17]}”。")
    facts = {"户籍地或发证地": ID_PROVINCES.get(region[:2], ""), "性别": "男" if int(value[16]) % 2 else "女"}
    if born is not None:
        facts["出生日期"] = f"{born.year}年**月**日"
    shown = {label: text for label, text in facts.items() if text}
    return _Finding("citizen_id", value, tuple(why), facts=shown, region=region, birth_on=born)


def _fifteen(value: str, on: date | None) -> _Finding:
    """Old citizen numbers and old registration numbers are both fifteen digits long."""
    if not value.isdigit():
        return _Finding("unknown", value, ("15 位代码应全为数字（旧身份证号或工商注册号）。",))
    registration = _registration(value)
    citizen = _old_citizen(value, on)
    if registration.why and citizen.birth_on is not None:
        return citizen
    if not registration.why and not citizen.why:
        note = "这串数字也可读作旧 15 位身份证号，请按来源核对。"
        return replace(registration, notes=(note,), also="citizen_id")
    return registration


def _old_citizen(value: str, on: date | None) -> _Finding:
    """A 15-digit number as its 18-digit successor: the century is 19 (GB 11643-1999)."""
    first_17 = f"{value[:6]}19{value[6:]}"
    found = _citizen(first_17 + citizen_check(first_17), on)
    return replace(found, notes=("旧 15 位身份证号，已换算为 18 位。旧号没有校验码，请核对原件。",))


def _registration(value: str) -> _Finding:
    region = value[:6]
    why = []
    if region[:2] not in REGISTRARS:
        why.append(f"前两位“{region[:2]}”不是省级区划代码。")
    if (right := registration_check(value[:14])) != value[14]:
        why.append(f"第 15 位校验码应为“{right}”，现为“{value[14]}”。")
    form = "内资企业" if value[6] in "0123" else "外资企业" if value[6] in "45" else "个体工商户"
    facts = {"登记地": REGISTRARS.get(region[:2], ""), "登记地区划": region, "市场主体类型": form}
    shown = {label: text for label, text in facts.items() if text}
    return _Finding("registration_number", value, tuple(why), facts=shown, region=region)


def _region(value: str, _on: date | None) -> _Finding:
    padded = value.ljust(6, "0")
    notes = (f"按 GB/T 2260 补足为 {padded}。",) if padded != value else ()
    why: tuple[str, ...] = ()
    if not padded.isdigit():
        why = (f"“{padded}”含字母：不是 GB/T 2260 代码，可能是本地为功能区自编的代码。",)
    elif padded[:2] not in PROVINCES:
        why = (f"前两位“{padded[:2]}”不是省级区划代码。",)
    elif padded[2:4] == "00" and padded[4:] != "00":
        why = (f"“{padded}”有县级而无市级，不符合 GB/T 2260 的结构。",)
    level = "省级" if padded[2:] == "0000" else "市级" if padded[4:] == "00" else "县级"
    facts = {"省级区划": PROVINCES.get(padded[:2], ""), "层级": level} if not why else {}
    return _Finding("region", padded, why, notes, facts, padded)


def _unreadable(value: str) -> _Finding:
    if not value:
        return _Finding("unknown", value, ("没有填写代码。",))
    strange = list(dict.fromkeys(re.sub("[0-9A-Z]", "", value)))
    shown = "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in strange[:10])
    shown += "…" if len(strange) > 10 else ""
    return _Finding("unknown", value, (f"含有代码中不会出现的字符“{shown}”，代码只用数字和字母。",))


def _wrong_length(value: str) -> _Finding:
    length = f"现为 {len(value)} 位"
    if 16 <= len(value) <= 20:
        person = value[:2] in ID_PROVINCES and _date_of(value[6:14]) is not None
        kind = "citizen_id" if person else "credit_code"
        return _Finding(kind, value, (f"{TITLES[kind]}应为 18 位，{length}。",))
    known = (
        "统一社会信用代码和身份证号 18 位、旧注册号和旧身份证号 15 位、组织机构代码 9 位、行政区划代码 6 位"
    )
    return _Finding("unknown", value, (f"{length}，与任何一种代码都不符（{known}）。",))


def _date_of(digits: str) -> date | None:
    """The date that ``yyyymmdd`` names, or None."""
    if not re.fullmatch(r"[0-9]{8}", digits):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
