"""Reading the summary of a decided penalty case: what was done, on what basis, what was ordered, against whom.

The reading is tolerant and tells what it could not find in ``notes``; it knows texts, not statutes. Summaries come
as records with the keys fact, basis, decision and the like, in English or Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .amounts import Day, dates_in
from .citations import Citation, find
from .names import SURNAMES
from .penalties import Ordered, ordered

KEYS = {
    "fact": (
        "fact",
        "facts",
        "违法事实",
        "主要违法事实",
        "违法事实概要",
        "事实",
        "案件事实",
        "违法事实和证据",
    ),
    "basis": ("basis", "处罚依据", "行政处罚依据", "依据", "法律依据", "行政处罚的履行依据"),
    "decision": ("decision", "result", "处罚决定", "处罚内容", "行政处罚内容", "决定", "处罚结果", "CF_NR"),
    "item": ("item", "cause", "案由", "事项", "违法行为类型", "违法行为", "案件名称", "情形", "CF_AY"),
    "statute": ("statute", "法条依据", "power_basis"),
    "range": ("range", "处罚幅度"),
    "domain": ("domain", "field", "领域", "行业"),
    "party": ("party", "当事人", "行政相对人名称", "当事人名称", "被处罚人", "CF_XDR_MC"),
    "decided_on": ("decided_on", "处罚决定日期", "决定日期", "date"),
}
# No summary is longer; what comes after is another text.
MOST_CHARS = 50_000
# What no database or paper takes: control characters and halves of characters.
_UNFIT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))
# A second case that was run into the text of the first.
_NEXT_CASE = re.compile(r"\n\s*\|?\s*(?=(?:违法事实|现已查明|经查明|现查明|\d{4}年)[^\n]{40,})")
# Where a column that is empty went: the text stands at the end of the column before it.
_BASIS_MARK = re.compile(r"\n\s*(?:处罚依据|处罚根据|触发条件)\s?[:：]?\s*")
_ORDER_WORDS = re.compile(r"罚款|没收|警告|吊销|暂扣|拘留|责令")

_ORGANIZATION = re.compile(
    r"(?:你|当事人)(?:单位|公司|厂|店|院|局|校)|当事人(?:系|是|为|成立)[^，。]{0,30}(?:公司|企业|厂|店|合作社|经营部)"
)
_NAMED_BODY = re.compile(
    r"(?:对|当事人|，|。|^)(?P<name>[甲乙丙丁戊己庚某][^，。；、（）\s的在于系为同和与]{0,24}?(?:公司|厂|店|院|所|中心|超市|酒店|宾馆|合作社|经营部|幼儿园|工作室))"
)
_PERSON = re.compile(
    rf"(?:当事人|行为人|经营者|驾驶人|驾驶员|对|给予|予以|当事人系|)(?P<name>[{''.join(sorted(SURNAMES))}]某{{1,2}})(?=[驾在于系因将未为的对（(，,。作饮处实违经、])"
)
# The body that is called the party in so many words, and people who are spoken of but are not it.
_PARTY_BODY = re.compile(
    r"当事人(?P<name>[甲乙丙丁戊己庚某][^，。；、（）\s的在于系为同和与]{0,24}?(?:公司|厂|店|院|所|中心|超市|酒店|宾馆|合作社|经营部))"
)
_NOT_PARTY = re.compile(
    r"(?:消费者|投诉人|举报人|患者|职工|员工|劳动者|乘客|受害人|被害人|法定代表人|负责人|股东|证人|顾客|家属)(?:的)?$"
)
# Days in a fact that are not the act's own, by what stands before or after them.
_BEFORE_OTHER_DAY = re.compile(r"(?:有效[^，。；]{0,12}|到期[^，。；]{0,4}|成立于?|注册于?|出生于?|登记于?)$")
_AFTER_OTHER_DAY = re.compile(r"^[^，。；]{0,6}(?:[，,][^，。；]{0,10})?(?:复查|立案|到期|届满|成立|出生)")
_FIRST_PERSON_WORDS = re.compile(r"驾驶|饮酒|行人|步行|骑|犬|个人")


@dataclass(frozen=True)
class Reading:
    """What a summary says. ``act_on`` is the day of the act, the last day the wording may mean.

    ``violated`` and ``basis`` are the citations of the two parts; ``ordered`` what was decided.
    ``notes`` tells in Chinese what was missing or had to be looked for elsewhere.
    """

    item: str
    domain: str
    fact: str
    basis_text: str
    decision: str
    range_text: str
    act_on: date | None
    act_precision: str
    violated: tuple[Citation, ...]
    basis: tuple[Citation, ...]
    ordered: Ordered
    party_name: str
    party_kind: str
    persons: tuple[str, ...]
    organizations: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, those of the fact first."""
        return (*self.violated, *self.basis)


def read_summary(record: Mapping[str, Any]) -> Reading:
    """Read one summary. Values that are no text count as empty; nothing here raises for bad content."""
    notes: list[str] = []
    fact, basis, decision = _parts(record, notes)
    act = _act_day(fact)
    if act is None:
        notes.append("没有写明违法行为的日期")
    persons, organizations = _people(fact, decision)
    name, kind = _party(_field(record, "party"), fact, decision, persons, organizations)
    done = ordered(decision)
    if done.fine_fen is None:
        notes.append("决定写有罚款而没有数额")
    if any(fine.about for fine in done.fines):
        notes.append("罚款数额缺少单位“元”，按元读取")
    return Reading(
        item=_field(record, "item"),
        domain=_field(record, "domain"),
        fact=fact,
        basis_text=basis,
        decision=decision,
        range_text=_field(record, "range"),
        act_on=act.on if act else None,
        act_precision=act.precision if act else "",
        violated=_placed(fact),
        basis=_placed(basis) or _placed(_field(record, "statute")),
        ordered=done,
        party_name=name,
        party_kind=kind,
        persons=persons,
        organizations=organizations,
        notes=tuple(notes),
    )


def _field(record: Mapping[str, Any], name: str) -> str:
    for key in KEYS[name]:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            return value[:MOST_CHARS].translate(_UNFIT).strip().strip("|").strip()
    return ""


def _parts(record: Mapping[str, Any], notes: list[str]) -> tuple[str, str, str]:
    """Fact, basis and decision, taken from a neighbouring column where their own is empty."""
    fact, basis, decision = (_field(record, name) for name in ("fact", "basis", "decision"))
    decision, extra = _cut(decision)
    if extra:
        notes.append("决定栏内并入了另一案的内容，只读第一案")
    if not basis and (match := _BASIS_MARK.search(fact)):
        fact, basis = fact[: match.start()].strip(), fact[match.end() :].strip()
        notes.append("处罚依据写在事实栏内")
    if not decision and (match := _BASIS_MARK.search(basis)) and _ORDER_WORDS.search(basis[match.end() :]):
        basis, decision = basis[: match.start()].strip(), basis[match.end() :].strip()
        notes.append("处罚决定写在依据栏内")
    for name, text in (("违法事实", fact), ("处罚依据", basis), ("处罚决定", decision)):
        if not text:
            notes.append(f"没有{name}")
    return fact, basis, decision


def _cut(decision: str) -> tuple[str, str]:
    match = _NEXT_CASE.search(decision)
    return (decision[: match.start()].strip(" |\n"), decision[match.end() :]) if match else (decision, "")


def _placed(text: str) -> tuple[Citation, ...]:
    """The citations that name an article, each place once."""
    found = {citation.basis: citation for citation in find(text) if citation.article is not None}
    return tuple(found.values())


def _act_day(fact: str) -> Day | None:
    """The day of the act: the first full date that is not of something else, else the finest and latest there is."""
    days = dates_in(fact)
    exact = [day for day in days if day.precision == "day"]
    own = [day for day in exact if not _of_something_else(fact, day)]
    if own:
        return own[0]
    months = [day for day in days if day.precision == "month"]
    return max(months or exact or days, key=lambda day: day.on, default=None)


def _of_something_else(fact: str, day: Day) -> bool:
    """Whether the day is that of a permit's end, a founding, a later inspection."""
    before, after = fact[max(0, day.start - 16) : day.start], fact[day.end : day.end + 24]
    return bool(_BEFORE_OTHER_DAY.search(before) or _AFTER_OTHER_DAY.search(after))


def _people(fact: str, decision: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    text = f"{decision}\n{fact}"
    persons = dict.fromkeys(match["name"] for match in _PERSON.finditer(text))
    bodies = dict.fromkeys(match["name"] for match in _NAMED_BODY.finditer(text))
    return tuple(persons), tuple(bodies)


def _party(
    given: str, fact: str, decision: str, persons: tuple[str, ...], organizations: tuple[str, ...]
) -> tuple[str, str]:
    """Whom the decision is against: as given, as the decision names it, else as the fact speaks of it."""
    if given:
        return given, "person" if len(given) <= 4 and not re.search(
            r"[店厂司院所部]$", given
        ) else "enterprise"
    decided = next((name for name in persons if name in decision), "")
    if decided:
        return decided, "person"
    body = next((name for name in organizations if name in decision), "")
    if body:
        return body, "enterprise"
    called = _PARTY_BODY.search(fact)
    if called:
        return called["name"], "enterprise"
    if _ORGANIZATION.search(decision) or _ORGANIZATION.search(fact):
        # A body named further on may be anybody: the buyer, the owner of the site.
        first = next((name for name in organizations if _opens(fact, name)), "")
        return first or "某某单位", "enterprise"
    acting = [name for name in persons if not _only_spoken_of(fact, name)]
    if acting:
        return acting[0], "person"
    return ("某某", "person") if _FIRST_PERSON_WORDS.search(fact) else ("某某单位", "enterprise")


def _only_spoken_of(fact: str, name: str) -> bool:
    """Whether every mention of a person is as somebody else: the consumer, the patient, the witness."""
    places = [match.start() for match in re.finditer(re.escape(name), fact)]
    return bool(places) and bool(_NOT_PARTY.search(fact[max(0, places[0] - 8) : places[0]]))


def _opens(fact: str, name: str) -> bool:
    """Whether a fact begins with this body, before it says 你单位."""
    place = fact.find(name)
    return 0 <= place < 12 and "你" not in fact[:place]
