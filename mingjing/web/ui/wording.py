"""How values read on a page: dates, money, terms, legal bases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from mingjing.cases.queries import COUNTED
from mingjing.kernel.fines import yuan
from mingjing.kernel.procedure import Procedure
from mingjing.kernel.refused import Refused
from mingjing.law.queries import parse as parse_basis

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"

ACTS: Mapping[str, str] = {
    "license": "行政许可",
    "penalty": "行政处罚",
    "coercion": "行政强制",
    "inspection": "行政检查",
    "levy": "行政征收",
    "expropriation": "房屋征收",
    "requisition": "行政征用",
    "benefit": "行政给付",
    "confirmation": "行政确认",
    "adjudication": "行政裁决",
    "reward": "行政奖励",
    "other": "其他事项",
}

FIELDS: Mapping[str, str] = {
    "general": "综合",
    "medicine": "医药卫生",
    "food": "食品安全",
    "environment": "生态环境保护",
    "work-safety": "安全生产",
    "work_safety": "安全生产",
    "public-security": "社会治安",
    "public_security": "社会治安",
    "traffic": "道路交通安全",
    "market": "市场监管",
}

# The fields that decisions are told apart by, as the codex spells them: no field stands here twice.
DECISION_FIELDS: Mapping[str, str] = {
    code: title for code, title in FIELDS.items() if code == code.replace("-", "_")
}

RECORDING: Mapping[str, str] = {
    "none": "—",
    "optional": "文字",
    "key": "音像",
    "full": "全程音像",
}


def by_act(procedures: Iterable[Procedure]) -> list[tuple[str, list[Procedure]]]:
    """Procedures by kind of act, in the order of ``ACTS``, each kind with its name."""
    of_act: dict[str, list[Procedure]] = {act: [] for act in ACTS}
    for one in procedures:
        of_act[one.act].append(one)
    return [(ACTS[act], group) for act, group in of_act.items() if group]


def counted(number: int) -> str:
    """A figure over a list that is counted only so far."""
    return f"{COUNTED - 1}+" if number >= COUNTED else str(number)


def on(value: date | datetime | None) -> str:
    """A day as tables show it, 2026-03-12; empty for None."""
    return "" if value is None else _local(value).strftime("%Y-%m-%d")


def at(value: datetime | None) -> str:
    """A moment in local time, 2026-03-12 09:30; empty for None."""
    return "" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def long_date(value: date | datetime | None) -> str:
    """A day as sentences write it, 2026年3月12日; empty for None."""
    if value is None:
        return ""
    day = _local(value)
    return f"{day.year}年{day.month}月{day.day}日"


def weekday(value: date | datetime) -> str:
    """星期一 to 星期日."""
    return f"星期{WEEKDAYS[_local(value).weekday()]}"


def money(fen: int | None) -> str:
    """An amount in fen as people read it, 5,000元; empty for None."""
    return "" if fen is None else yuan(fen)


def size(count: int) -> str:
    """A number of bytes in the unit that suits it."""
    for unit, width in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if count >= width:
            return f"{count / width:.1f} {unit}"
    return f"{count} 字节"


def span(text: str) -> str:
    """A span of a benchmark as law says it: 1 以上，不满 3 for ``>= 1, < 3``; other texts as they are.

    Source: 民法典/1259 (以上、以下 include the number, 不满、超过 do not).
    """
    told = (_SPANS[sign].format(number) for sign, number in _SPAN.findall(text))
    return "，".join(told) if _SPAN.search(text) else text


_SPAN = re.compile(r"(<=|>=|<|>)\s*([\d.]+)")
_SPANS = {"<": "不满 {}", "<=": "{} 以下", ">": "超过 {}", ">=": "{} 以上"}


def act_title(code: str) -> str:
    """行政处罚 for ``penalty``; an unknown code as it is."""
    return ACTS.get(code, code)


def field_title(code: str) -> str:
    """食品安全 for ``food``; an unknown code as it is."""
    return FIELDS.get(code, code)


def recording_title(code: str) -> str:
    """How a step must be recorded, in words."""
    return RECORDING.get(code, code)


@dataclass(frozen=True)
class LawRef:
    """A provision as a page shows it; ``href`` leads to its text."""

    text: str
    href: str


def law_refs(basis: str | None) -> list[LawRef]:
    """The provisions of a basis with their addresses; a basis that cannot be read is shown as it stands."""
    if not basis:
        return []
    try:
        parsed = parse_basis(basis)
    except Refused:
        return [LawRef(basis, "")]
    return [LawRef(one.text, _address(one.statute, one.article, one.sub)) for one in parsed]


def _address(statute: str, article: int | None, sub: int) -> str:
    if article is None:
        return f"/laws/{quote(statute)}"
    return f"/laws/{quote(statute)}/{article}" + (f"-{sub}" if sub else "")


def _local(value: date | datetime) -> date:
    return value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value
