"""What is known of a party, cleaned: names, codes and the rest, each beside what was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from mingjing.kernel import codes
from mingjing.kernel.refused import Refused

KINDS = {
    "person": "自然人",
    "sole_proprietor": "个体工商户",
    "enterprise": "企业",
    "organization": "其他组织",
}
# The columns that an import may change; ``original`` and ``source`` follow them.
CHANGEABLE = (
    "kind",
    "name",
    "legal_representative",
    "sex",
    "born_on",
    "address",
    "phone",
    "region",
    "industry",
)
_LIMITS = {"name": 200, "legal_representative": 60, "address": 300, "phone": 40, "industry": 80, "code": 60}
TITLES = {
    "name": "名称",
    "legal_representative": "法定代表人",
    "address": "地址",
    "phone": "电话",
    "industry": "行业",
    "code": "证件号码",
}
# Kinds of code that name a party; an area code in the column of codes is a slip.
_IDENTIFYING = frozenset(("credit_code", "organization_code", "citizen_id", "registration_number"))

_KIND_WORDS = (
    ("sole_proprietor", ("个体",)),
    ("person", ("自然人", "个人", "公民", "居民")),
    ("enterprise", ("企业", "公司", "合伙", "独资", "合作社")),
    ("organization", ("组织", "机关", "事业", "社团", "社会团体", "民办", "法人", "单位")),
)
_ENTERPRISE_NAME = re.compile(r"(公司|集团|合作社|合伙企业|厂|分公司|有限合伙|农场|律师事务所|会计师事务所)")
_BODY_NAME = re.compile(r"(局|院|校|会|中心|站|所|幼儿园|办公室|政府|银行|社区|村)")
_SHOP_NAME = re.compile(
    r"(店|馆|铺|摊|坊|行|部|超市|商行|门市|食堂|餐厅|酒楼|火锅|工作室|门诊|诊所|药房|网吧|宾馆)"
)
_LABEL = re.compile(r"^(填表人|制表人|审核人|备注|说明|注|合计|总计|小计|共计|统计时间|制表日期|单位负责人)")
_FULL_WIDTH_BRACKETS = str.maketrans({"(": "（", ")": "）"})
_PHONE_NOISE = re.compile(r"[^\d+\-、,;/ ]")


@dataclass(frozen=True)
class PartyFacts:
    """当事人资料: cleaned values, with ``original`` as they came and ``code_doubts`` in Chinese."""

    name: str
    kind: str
    code_kind: str = ""
    code: str = ""
    code_valid: bool = False
    code_doubts: tuple[str, ...] = ()
    legal_representative: str = ""
    sex: str = ""
    born_on: date | None = None
    address: str = ""
    phone: str = ""
    region: str = ""
    industry: str = ""
    original: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two records without a valid code the same: everything that could tell them apart."""
        given = self.code or self.original.get("code", "").strip()
        return (self.name, self.address, given, self.legal_representative, self.phone)

    def columns(self) -> dict[str, object]:
        """The values by column of ``Party``."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return values | {"code_doubts": list(self.code_doubts), "original": dict(self.original)}


def read_facts(
    raw: Mapping[str, str], *, original: Mapping[str, str] | None = None, source: str = "", doubt: str = ""
) -> PartyFacts:
    """Clean what was written of a party.

    Shape: ``raw`` may hold name, kind, code, legal_representative, sex, born_on (ISO), address, phone,
    region, industry. ``doubt`` says what the file did to the code; a code in doubt never links.
    Raises: Refused ``no-name``, ``not-a-party``, ``too-long``.
    """
    name = clean_name(raw.get("name", ""))
    _require_name(name, raw)
    code = codes.identify(raw.get("code", ""))
    doubts = _doubts(code, doubt, name)
    valid = code.valid and code.kind in _IDENTIFYING and not doubts
    facts = PartyFacts(
        name=name,
        kind=kind_of(raw.get("kind", ""), code if valid else None, name),
        code_kind=code.kind if code.kind in _IDENTIFYING else "",
        code=code.value[:60] if raw.get("code", "").strip() else "",
        code_valid=valid,
        code_doubts=doubts,
        legal_representative=clean_name(raw.get("legal_representative", "")),
        sex=_sex(raw.get("sex", ""), code if valid else None),
        born_on=_born(raw.get("born_on", ""), code if valid else None),
        address=_narrow_digits(raw.get("address", "")),
        phone=clean_phone(raw.get("phone", "")),
        region=_region(raw.get("region", ""), code if valid else None),
        industry=raw.get("industry", "").strip(),
        original=dict(original if original is not None else raw),
        source=source,
    )
    _require_lengths(facts)
    return facts


def clean_name(text: str) -> str:
    """A name with one kind of brackets and no blanks between Chinese characters."""
    tidy = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH_BRACKETS).strip()
    tidy = re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", tidy)
    return re.sub(r"\s+", " ", tidy)


def clean_phone(text: str) -> str:
    """A telephone number in half-width digits; several stay, separated by 、."""
    narrow = unicodedata.normalize("NFKC", text)
    parts = [part.strip(" -") for part in re.split(r"[、,;/]", _PHONE_NOISE.sub(" ", narrow))]
    return "、".join(re.sub(r"\s+", "", part) for part in parts if part)[:40]


def kind_of(given: str, code: codes.Code | None, name: str) -> str:
    """The kind of party: by its valid code, else by what was written, else by the look of its name."""
    if code is not None and code.kind == "citizen_id":
        return "person"
    if code is not None and code.kind == "credit_code" and code.value[0] == "9":
        return "sole_proprietor" if code.value[1] == "2" else "enterprise"
    if code is not None and code.kind == "credit_code":
        return "organization"
    if given in KINDS:
        return given
    for kind, words in _KIND_WORDS:
        if any(word in given for word in words):
            return kind
    return _kind_of_name(name)


def _names_a_body(name: str) -> bool:
    words = _ENTERPRISE_NAME.search(name) or _SHOP_NAME.search(name) or _BODY_NAME.search(name)
    return bool(words) and _kind_of_name(name) != "person"


def _kind_of_name(name: str) -> str:
    if _ENTERPRISE_NAME.search(name):
        return "enterprise"
    if len(name) <= 4 or re.fullmatch(r"[\w某]+[·•・][\w某·•・]+", name):
        return "person"
    if _SHOP_NAME.search(name):
        return "sole_proprietor"
    return "organization" if _BODY_NAME.search(name) or len(name) > 6 else "person"


def _doubts(code: codes.Code, doubt: str, name: str) -> tuple[str, ...]:
    if not code.original.strip():
        return ()
    doubts = list(code.why)
    if code.kind == "citizen_id" and _names_a_body(name):
        # 民法典 art. 54, 57: a shop and a body have names and codes of their own, not those of a person.
        doubts.append(f"“{name}”不是自然人，所填却是公民身份号码，可能是法定代表人或者经营者的号码。")
    if code.kind == "region":
        doubts.append(f"“{code.value}”是行政区划代码，不是当事人的证件号码。")
    if code.kind == "citizen_id" and code.valid and len(re.sub(r"\D", "", code.original)) == 15:
        doubts.append("旧15位身份证号没有校验码，不能据以认定为同一人。")
    return (*doubts, f"{doubt}。") if doubt else tuple(doubts)


def _sex(given: str, code: codes.Code | None) -> str:
    if code is not None and code.kind == "citizen_id":
        return code.facts.get("性别", "")
    return given.strip()[:1] if given.strip()[:1] in ("男", "女") else ""


def _born(given: str, code: codes.Code | None) -> date | None:
    if code is not None and code.kind == "citizen_id":
        return code.birth_on
    try:
        return date.fromisoformat(given.strip()[:10])
    except ValueError:
        return None


def _region(given: str, code: codes.Code | None) -> str:
    """Six digits of GB/T 2260: as written, else where a body is registered; a person may live anywhere."""
    found = codes.identify(given) if given.strip() else None
    if found is not None and found.kind == "region" and found.valid:
        return found.value
    if code is not None and code.kind in ("credit_code", "registration_number") and code.region:
        return code.region
    return ""


def _narrow_digits(text: str) -> str:
    wide = {ord(full): chr(ord(full) - 0xFEE0) for full in "０１２３４５６７８９－＃"}
    return re.sub(r"[^\S\n]+", " ", text.translate(wide)).strip()


def _require_name(name: str, raw: Mapping[str, str]) -> None:
    if not name:
        raise Refused("no-name", "没有填写当事人名称或姓名。", remedy="请补填后重新导入这一行。")
    nothing_else = not any(raw.get(key, "").strip() for key in ("code", "address", "phone"))
    if nothing_else and (_LABEL.match(name) or "：" in name or ":" in name):
        raise Refused(
            "not-a-party", f"“{name[:30]}”像是表尾说明或合计，不是当事人。", remedy="请删除这一行。"
        )
    if not re.search(r"\w", name) or name.isdigit():
        raise Refused(
            "not-a-party",
            f"名称“{name[:30]}”没有文字，不是当事人名称。",
            remedy="请核对是否错列，改正后重新导入。",
        )


def _require_lengths(facts: PartyFacts) -> None:
    for column, limit in _LIMITS.items():
        value = getattr(facts, column)
        if len(value) > limit:
            raise Refused(
                "too-long",
                f"{TITLES[column]}有 {len(value)} 字，超过 {limit} 字：“{value[:30]}…”。",
                remedy="请核对是否把几列内容并在了一起，改正后重新导入。",
            )
