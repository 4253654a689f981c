"""How a raw fact is written on paper: dates, money, yes and no, lists, tables, the items of a penalty.

Everything here returns text, lists of text or rows of text; nothing is ever markup. An empty fact is ``""``
or an empty list, never "none".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mingjing.cases.papers.forms import Field
from mingjing.kernel.numerals import capital_money, money, plain_date
from mingjing.kernel.refused import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
Row = dict[str, str]
Written = str | list[str] | list[Row]

_BAR = re.compile(r"\s*[|｜]\s*")


def clean(value: object) -> str:
    """Text as it may stand on paper: control characters dropped, line ends unified, outer blanks cut."""
    if value is None:
        return ""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "　")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def one_line(value: object) -> str:
    """The text without line breaks."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(filter(None, map(one_line, value)))
    return re.sub(r"\s*\n\s*", " ", clean(value))


def lines(value: object) -> list[str]:
    """The non-empty lines of a text or the non-empty members of a list."""
    parts = value if isinstance(value, Sequence) and not isinstance(value, str) else clean(value).split("\n")
    return [text for part in parts if (text := one_line(part))]


def day(value: object) -> str:
    """``2026-03-12`` (or a date, or the date of a time) as 2026年3月12日."""
    if value in (None, ""):
        return ""
    if isinstance(value, str) and len(value) > 10:
        value = _moment(value)
    if isinstance(value, datetime):
        return plain_date(_local(value).date())
    return plain_date(value if isinstance(value, date) else date.fromisoformat(clean(value)))


def moment(value: object) -> str:
    """``2026-03-12T09:05`` as 2026年3月12日9时05分, in Shanghai time; a bare date stays a date."""
    if value in (None, ""):
        return ""
    if isinstance(value, str) and len(clean(value)) <= 10:
        return day(value)
    at = _local(value if isinstance(value, datetime) else _moment(clean(value)))
    return f"{plain_date(at.date())}{at.hour}时{at.minute:02d}分"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI) if at.tzinfo else at


def amount(fen: int) -> str:
    """Money in capitals and figures: 500000 fen is 人民币伍仟元整（¥5,000.00）."""
    return f"人民币{capital_money(fen)}（¥{money(fen)}）"


def rows(value: object, columns: Sequence[str]) -> list[Row]:
    """A table's rows: mappings as given; a line of text is split at ``|``, a line of two parts also at ``：``."""
    given = value if isinstance(value, Sequence) and not isinstance(value, str) else clean(value).split("\n")
    written = [dict.fromkeys(columns, "") | _row(each, columns) for each in given]
    return [row for row in written if any(row.values())]


def _row(value: object, columns: Sequence[str]) -> Row:
    if isinstance(value, Mapping):
        return {str(key): one_line(cell) for key, cell in value.items()}
    text = one_line(value)
    cells = _BAR.split(text)
    if len(cells) == 1 and len(columns) == 2:
        cells = text.split("：", 1)
    if len(cells) > len(columns):
        return {columns[0]: text}
    return dict(zip(columns, cells, strict=False))


def dialogue(value: object) -> list[Row]:
    """Questions and answers: mappings as given, or lines that begin with 问： and 答： (others continue)."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return rows(value, ("question", "answer"))
    turns: list[Row] = []
    side = "question"
    for line in lines(value):
        if line[:2] in ("问：", "问:"):
            turns.append({"question": line[2:], "answer": ""})
            side = "question"
        elif line[:2] in ("答：", "答:") and turns:
            turns[-1]["answer"] = line[2:]
            side = "answer"
        elif turns:
            turns[-1][side] += line
        else:
            turns.append({"question": line, "answer": ""})
    return turns


def penalties(facts: Mapping[str, Any], labels: Mapping[str, Any]) -> list[str]:
    """The items of a penalty, punctuated as a list: 警告；没收违法所得…；罚款….

    ``penalty_content`` is taken as it stands. Without it the items are made from the labels of
    ``penalty_kinds`` and from the amounts, so that kinds and amounts read the same on every paper.
    """
    items = lines(facts.get("penalty_content")) or _composed(facts, labels)
    bare = [item.rstrip("；;。. ") for item in items]
    return [f"{item}；" for item in bare[:-1]] + [f"{item}。" for item in bare[-1:]]


def unstated_amounts(facts: Mapping[str, Any], labels: Mapping[str, Any]) -> list[str]:
    """The sums owed that the items of the penalty do not already give in capitals and figures."""
    stated = "".join(penalties(facts, labels))
    return [text for text in _amounts(facts) if text not in stated] if stated else []


def _composed(facts: Mapping[str, Any], labels: Mapping[str, Any]) -> list[str]:
    kinds = lines(labels.get("penalty_kinds") or facts.get("penalty_kinds"))
    goods = (
        [f"没收非法财物：{one_line(facts['confiscated_goods'])}"] if facts.get("confiscated_goods") else []
    )
    plain = [kind for kind in kinds if not kind.startswith(("罚款", "没收"))]
    return [*plain, *goods, *_amounts(facts)]


def _amounts(facts: Mapping[str, Any]) -> list[str]:
    owed = {"没收违法所得": facts.get("confiscation_fen"), "罚款": facts.get("fine_fen")}
    return [f"{kind}{amount(fen)}" for kind, fen in owed.items() if fen]


def write(field: Field, facts: Mapping[str, Any], labels: Mapping[str, Any]) -> Written:
    """One field of a form as it is printed; refuses ``paper-not-rendered`` for a value of the wrong kind."""
    key = field.instead if field.instead and facts.get(field.key) in (None, "", []) else field.key
    value = facts.get(key)
    if field.kind == "penalty":
        return penalties(facts, labels)
    if field.kind in ("text", "long", "items") and labels.get(key):
        value = labels[key]
    if field.kind == "items":
        return lines(value)
    if field.kind == "dialogue":
        return dialogue(value)
    if field.kind == "rows":
        return rows(value, field.columns)
    if field.kind == "long":
        return "\n".join(lines(value))
    if field.kind in ("text", "signature"):
        return one_line(value)
    return _measure(field, value)


def _measure(field: Field, value: Any) -> str:
    if value in (None, ""):
        return ""
    try:
        return _MEASURES[field.kind](value)
    except (TypeError, ValueError) as wrong:
        raise Refused(
            "paper-not-rendered",
            f"“{field.label}”（{field.key}）的值“{value}”不是{_MEASURE_NAMES[field.kind]}",
            remedy="回到该步骤更正这一项后重新制作文书",
        ) from wrong


_MEASURES: dict[str, Callable[[Any], str]] = {
    "date": day,
    "datetime": moment,
    "money": amount,
    "number": lambda value: str(int(value)),
    "bool": lambda value: "是" if value else "否",
}
_MEASURE_NAMES = {
    "date": "日期",
    "datetime": "时间",
    "money": "以分为单位的金额",
    "number": "整数",
    "bool": "是或否",
}
