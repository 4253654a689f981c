"""One row of a 双公示 list as a record: read, put in order, checked against itself.

Refused is only what cannot be kept or found again: no name, number, organ or day of the decision, a value that is
no day or no sum. Everything else that is odd is kept and doubted, because the lengths and mandatory marks of the
standard were not verified. Source: 发改办财金〔2018〕424号 (as far as public programs show it); 行政处罚法/9.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from mingjing.insight.masks import is_masked
from mingjing.insight.names import SURNAMES
from mingjing.insight.penalties import ordered
from mingjing.kernel.codes import identify
from mingjing.kernel.fines import yuan
from mingjing.law.codex.double_sets import Field, FieldSet

from ..errors_workbook import NO_XML
from ..tables import clean_text
from . import values
from .values import Doubt, Kept, Read, Sum, narrow

ORGANIZATION, PERSON, SOLE = "法人及非法人组织", "自然人", "个体工商户"
CITIZEN = "身份证"
_BODY = re.compile(
    r"(?:公司|厂|店|院|所|中心|超市|酒店|宾馆|合作社|经营部|学校|局|会|社|部|行|站|场|馆|企业|集团)$"
)
_HUMAN = re.compile(rf"[{''.join(sorted(SURNAMES))}][\u4e00-\u9fff*＊某×]{{1,3}}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
_WHOLE = re.compile(r"(?<=\d)\.0+$")
_BRACKETS = str.maketrans("[]【】()（）〈〉<>", "〔〕〔〕〔〕〔〕〔〕〔〕")
# A figure this big under 万元 would be a fine of a million: more likely it is yuan.
_LIKELY_YUAN = 100
# Reading tidies up, and what is tidied may be read once more; after so many rounds nothing moves.
_MOST_ROUNDS = 5


@dataclass(frozen=True)
class Codes:
    """Which code holds what in a kind of record."""

    name: str
    category: str
    credit_code: str
    representative: str
    id_kind: str
    id_number: str
    number: str
    decided_on: str
    organ: str
    organ_code: str
    source: str
    source_code: str


CODES = {
    "penalty": Codes(
        "CF_XDR_MC", "CF_XDR_LB", "CF_XDR_SHXYM", "CF_FRDB", "CF_XDR_ZJLX", "CF_XDR_ZJHM",
        "CF_WSH", "CF_JDRQ", "CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM",
    ),
    "permit": Codes(
        "XK_XDR_MC", "XK_XDR_LB", "XK_XDR_SHXYM", "XK_FRDB", "XK_XDR_ZJLX", "XK_XDR_ZJHM",
        "XK_WSH", "XK_JDRQ", "XK_XKJG", "XK_XKJGDM", "XK_LYDW", "XK_LYDWDM",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """A row before it is understood: texts by code, the words above each, what the file did to them.

    ``older`` says that the header is one of a former edition, whose states mean something else.
    """

    texts: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)
    damage: Mapping[str, str] = field(default_factory=dict)
    older: bool = False


@dataclass(frozen=True)
class CreditFacts:
    """A record as it is kept: values by code without the empty ones, and what is odd about it."""

    kind: str
    values: Mapping[str, Kept]
    doubts: tuple[Doubt, ...] = ()

    @property
    def codes(self) -> Codes:
        """Which code holds what."""
        return CODES[self.kind]

    def text(self, code: str) -> str:
        """A value as text, empty where there is none."""
        return str(self.values.get(code, ""))

    @property
    def number(self) -> str:
        """The number of the decision."""
        return self.text(self.codes.number)

    @property
    def name(self) -> str:
        """The name of the party."""
        return self.text(self.codes.name)

    @property
    def organ(self) -> str:
        """The name of the deciding organ."""
        return self.text(self.codes.organ)

    @property
    def decided_on(self) -> date:
        """The day of the decision."""
        return date.fromisoformat(self.text(self.codes.decided_on))

    @property
    def key(self) -> str:
        """What two records of one decision share: kind, number, organ and party."""
        parts = (self.kind, plain_number(self.number), narrow(self.organ), narrow(self.name))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def plain_number(number: str) -> str:
    """A decision number for comparing: brackets of any kind alike, no blanks, half-width."""
    return re.sub(r"\s+", "", narrow(number)).translate(_BRACKETS)


def read(edition: FieldSet, cells: Cells, today: date) -> CreditFacts:
    """The record in a row.

    Raises: Refused ``no-name``, ``no-number``, ``no-organ``, ``no-date``, ``bad-date``, ``bad-amount``,
    ``future-date``.
    """
    codes = CODES[edition.kind]
    texts, doubts = _swapped(edition, dict(cells.texts), codes)
    found: dict[str, Kept] = {}
    for one in edition.fields:
        value = _value(edition, one, texts.get(one.code, ""), cells)
        found[one.code] = value.kept
        doubts += value.doubts
        if cells.damage.get(one.code):
            doubts.append(Doubt("digits-lost", one.code, f"{one.title}：{cells.damage[one.code]}。"))
    doubts += _money(edition, texts, cells, found)
    doubts += _party(codes, found) + _spans(edition.kind, found) + _dropped(edition, cells)
    _require(edition, codes, found, today)
    doubts += _missing(edition, found)
    kept = {code: value for code, value in found.items() if value != ""}
    return CreditFacts(edition.kind, kept, tuple(dict.fromkeys(doubts)))


# --- one value after another ---


def _value(edition: FieldSet, one: Field, text: str, cells: Cells) -> Read:
    if one.kind == "credit_code":
        return values.read_credit_code(one, text)
    if one.kind == "id_number":
        return values.read_id_number(one, text)
    if one.kind == "date":
        return values.read_day(one, text)
    if one.kind == "money":
        return Read("")
    tidy = _WHOLE.sub("", text) if one.kind in ("choice", "choices", "status") else text
    if one.kind == "choice":
        return values.read_choice(one, edition.lists[one.values], tidy)
    if one.kind == "choices":
        return values.read_choices(one, edition.lists[one.values], tidy, _kinds(edition))
    if one.kind == "status":
        return _status(edition, one, narrow(tidy), cells.older)
    return values.read_text(one, text)


def _kinds(edition: FieldSet) -> dict[str, str]:
    """The kinds of the law of 2021 in words, with what they are called in the older list."""
    others = {one.partition("-")[2]: one for one in edition.older_kinds.values() if "-" in one}
    return {**others, "吊销许可证件、吊销执照": "暂扣或者吊销许可证"}


def _status(edition: FieldSet, one: Field, text: str, older: bool) -> Read:
    """1 valid, 2 invalid; in former editions 0 normal, 1 revoked, 2 disputed, 3 other."""
    former = edition.lists.get("older_status")
    if not (former and (older or text == "0")):
        return values.read_choice(one, edition.lists[one.values], text)
    was = former.also.get(text, text)
    if was in ("", "0"):
        return Read("1")
    if was == "1":
        return Read("2")
    reason = f"{one.title}“{text}”是旧版的值（2 异议，3 其他），读作有效，请核对。"
    return Read("1", (Doubt("older-status", one.code, reason),))


def _dropped(edition: FieldSet, cells: Cells) -> list[Doubt]:
    """A penalty that a former edition marks as revoked or disputed is no longer simply in force."""
    text = _WHOLE.sub("", narrow(cells.texts.get("CF_ZT", "")))
    former = edition.lists.get("older_status")
    was = former.also.get(text, text) if former else ""
    meant = {"1": "撤销", "2": "异议", "3": "其他"}.get(was)
    if edition.kind != "penalty" or meant is None:
        return []
    return [Doubt("older-status", "BZ", f"旧版当前状态为“{meant}”，请核对该处罚是否仍然有效。")]


# --- cells under the wrong header ---


def _swapped(edition: FieldSet, texts: dict[str, str], codes: Codes) -> tuple[dict[str, str], list[Doubt]]:
    """The texts with names and codes put back under their own header, and what was moved."""
    doubts: list[Doubt] = []
    for name, code in (
        (codes.name, codes.credit_code),
        (codes.organ, codes.organ_code),
        (codes.source, codes.source_code),
    ):
        left, right = texts.get(name, ""), texts.get(code, "")
        if _is_code(left) and _CHINESE.search(right) and not _is_code(right):
            texts[name], texts[code] = right, left
            titles = f"{edition.by_code[name].title}和{edition.by_code[code].title}"
            doubts.append(Doubt("swapped", name, f"{titles}填反了，已对调。"))
    moved = identify(texts.get(codes.credit_code, ""))
    if moved.kind == "citizen_id" and moved.valid and not texts.get(codes.id_number):
        texts[codes.id_number], texts[codes.credit_code] = moved.value, ""
        reason = "统一社会信用代码栏填的是身份证号，已移到自然人证件号码。"
        doubts.append(Doubt("id-in-code", codes.credit_code, reason))
    return texts, doubts


def _is_code(text: str) -> bool:
    code = identify(text)
    return code.valid and code.kind in ("credit_code", "organization_code")


# --- money ---


def _money(edition: FieldSet, texts: Mapping[str, str], cells: Cells, found: dict[str, Kept]) -> list[Doubt]:
    doubts: list[Doubt] = []
    told = ordered(str(found.get("CF_NR", "")))
    said = {"CF_NR_FK": told.fine_fen, "CF_NR_WFFF": told.confiscated_fen}
    for one in edition.fields:
        if one.kind != "money":
            continue
        amount = values.read_sum(one, texts.get(one.code, ""))
        found[one.code], doubt = _reconciled(one, amount, _unit(cells, one.code), said.get(one.code) or None)
        doubts += doubt
    return doubts


def _unit(cells: Cells, code: str) -> str:
    """The unit that the words above a column tell; empty where they tell none."""
    title = narrow(cells.titles.get(code, ""))
    return "万元" if "万元" in title else "元" if "元" in title else ""


def _reconciled(one: Field, amount: Sum | None, unit: str, said: int | None) -> tuple[Kept, list[Doubt]]:
    """The amount in fen, from the cell, its header and what the content of the decision says (``said``)."""
    if amount is None:
        if said is None:
            return "", []
        return said, [_amount_doubt(one, "amount-from-text", f"没有填写，按处罚内容读作{yuan(said)}")]
    if amount.fen is not None:
        return amount.fen, _contradiction(one, amount.fen, said)
    as_told = amount.as_fen(unit or "万元")
    other = amount.as_fen("元" if (unit or "万元") == "万元" else "万元")
    if said is not None and said not in (as_told, 0) and said == other and as_told:
        if not unit:
            return other, []
        reason = f"表头写“{unit}”，按处罚内容读作{yuan(other)}，不是{yuan(as_told)}"
        return other, [_amount_doubt(one, "unit-contradicts", reason)]
    doubts = _contradiction(one, as_told, said)
    if not unit and said is None and amount.figure is not None and amount.figure >= _LIKELY_YUAN:
        doubts.append(_amount_doubt(one, "unit-assumed", f"没有写明单位，按标准读作万元，即{yuan(as_told)}"))
    return as_told, doubts


def _contradiction(one: Field, fen: int, said: int | None) -> list[Doubt]:
    """A fine must be what the decision says; a confiscation may be more, as goods are valued on top."""
    if said is None or fen == said or (one.code == "CF_NR_WFFF" and fen > said):
        return []
    return [_amount_doubt(one, "amount-contradicts", f"为{yuan(fen)}，处罚内容写的是{yuan(said)}")]


def _amount_doubt(one: Field, code: str, reason: str) -> Doubt:
    return Doubt(code, one.code, f"{one.title.partition('（')[0]}{reason}。")


# --- the record against itself ---


def _party(codes: Codes, found: dict[str, Kept]) -> list[Doubt]:
    """The category of the party, and whether its codes fit it."""
    doubts: list[Doubt] = []
    name, given = str(found[codes.name]), str(found[codes.category])
    code, number = identify(str(found[codes.credit_code])), identify(str(found[codes.id_number]))
    by_code = (
        ""
        if code.kind != "credit_code" or not code.valid
        else SOLE
        if code.value[:2] == "92"
        else ORGANIZATION
    )
    if number.kind == "citizen_id" and number.valid and not found[codes.id_kind]:
        found[codes.id_kind] = CITIZEN
    if given != PERSON and _hidden(name):
        doubts.append(Doubt("masked", codes.name, "行政相对人名称已隐去部分字符，不作关联依据。"))
    if not given:
        guess = by_code or _guess(name, number.kind == "citizen_id" and number.valid)
        found[codes.category] = guess
        if guess:
            doubts.append(
                Doubt("category-inferred", codes.category, f"没有填写行政相对人类别，推定为“{guess}”。")
            )
    elif by_code and given in (ORGANIZATION, PERSON, SOLE) and given != by_code:
        reason = f"行政相对人类别写“{given}”，统一社会信用代码却是“{by_code}”的。"
        doubts.append(Doubt("category-contradicts", codes.category, reason))
    elif given == ORGANIZATION and number.kind == "citizen_id" and not found[codes.credit_code]:
        reason = f"行政相对人类别写“{given}”，却只有身份证号。"
        doubts.append(Doubt("category-contradicts", codes.category, reason))
    return doubts


def _hidden(name: str) -> bool:
    """Whether signs were put into the name of a body; 某某 in one may be part of how it is known."""
    return is_masked(name.replace("某", ""))


def _guess(name: str, has_citizen_number: bool) -> str:
    if has_citizen_number:
        return PERSON
    plain = narrow(name)
    if _BODY.search(plain):
        return ORGANIZATION
    return PERSON if _HUMAN.fullmatch(plain) else ""


def _spans(kind: str, found: Mapping[str, Kept]) -> list[Doubt]:
    """Ends that lie before their beginnings."""
    pairs = {
        "penalty": (("CF_JDRQ", "CF_GSJZQ", "公示截止期早于处罚决定日期。"),),
        "permit": (("XK_YXQZ", "XK_YXQZI", "有效期至早于有效期自。"),),
    }[kind]
    return [
        Doubt("span-reversed", last, reason)
        for first, last, reason in pairs
        if found.get(first) and found.get(last) and str(found[last]) < str(found[first])
    ]


def _require(edition: FieldSet, codes: Codes, found: Mapping[str, Kept], today: date) -> None:
    """Without these nobody could find the record again."""
    for code, refusal in (
        (codes.name, "no-name"),
        (codes.number, "no-number"),
        (codes.organ, "no-organ"),
        (codes.decided_on, "no-date"),
    ):
        if not found[code]:
            title = edition.by_code[code].title
            raise values.Unreadable(code, refusal, f"没有{title}。", remedy=f"请补填{title}后重新导入。")
    decided = date.fromisoformat(str(found[codes.decided_on]))
    if decided > today:
        title = edition.by_code[codes.decided_on].title
        reason = f"{title} {decided} 还没有到。"
        raise values.Unreadable(codes.decided_on, "future-date", reason, remedy="请核对年份。")


def _missing(edition: FieldSet, found: Mapping[str, Kept]) -> list[Doubt]:
    """Fields that the standard, as remembered, wants filled in for such a record."""
    return [
        Doubt("missing", one.code, f"没有{one.title}（标准列为必填，凭记忆）。")
        for one in edition.fields
        if found.get(one.code, "") == "" and _wanted(edition, one.mandatory, found)
    ]


def _wanted(edition: FieldSet, mandatory: str, found: Mapping[str, Kept]) -> bool:
    if mandatory in ("always", "no"):
        return mandatory == "always"
    category = str(found[CODES[edition.kind].category])
    if mandatory in ("organization", "person"):
        return category == PERSON if mandatory == "person" else category in (ORGANIZATION, SOLE)
    kinds = str(found.get("CF_CFLB", ""))
    words = {"fine": "罚款", "confiscation": "没收", "license": "暂扣或者吊销"}[mandatory]
    return words in kinds


def canonical(edition: FieldSet, given: Mapping[str, Kept], today: date) -> CreditFacts:
    """A record made inside, in the very form in which it would be read back from what goes outside.

    Raises: Refused as ``read``.
    """
    titles = {one.code: one.title for one in edition.fields}
    facts = CreditFacts(edition.kind, given)
    for _ in range(_MOST_ROUNDS):
        before = facts.values
        texts = {one.code: _settled(values.outside(one, before.get(one.code))) for one in edition.fields}
        facts = read(edition, Cells(texts, titles), today)
        if facts.values == before:
            break
    return replace(facts, doubts=tuple(one for one in facts.doubts if one.code != "amount-from-text"))


def _settled(text: str) -> str:
    """The text as it comes out of a workbook, however often it went through one."""
    while (tidy := clean_text(text.translate(NO_XML))) != text:
        text = tidy
    return text
