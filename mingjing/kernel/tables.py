"""Reading the tables of a codex file: typed, complete, and telling everything wrong at once.

A ``Table`` hands out values by key. A wrong value is noted as a ``Problem`` (file and key, what, remedy) and
replaced by a harmless one, so that reading goes on; a key that nobody asked for is noted by ``finish`` with
the nearest key that exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from mingjing.kernel import clocks, conditions
from mingjing.kernel.conditions import Condition
from mingjing.kernel.refused import Refused

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a codex file: where it stands, what is wrong, and how to mend it (Chinese)."""

    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}：{self.message}。{self.remedy}。"


class Notes:
    """Collects problems while a file is read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, where: str, message: str, remedy: str) -> None:
        """Note one problem; the sentences come without their full stops."""
        self.problems.append(Problem(where, message.rstrip("。"), remedy.rstrip("。")))


@lru_cache(maxsize=1024)
def length(text: str) -> clocks.Length:
    """The length written in ``text``, remembered. Raises Refused ``bad-length``."""
    return clocks.parse_length(text)


def named_term(text: str) -> str | None:
    """The constant that a term is taken from (``@decision_days``), or None for a length written out."""
    return text[1:] if text.startswith("@") else None


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy naming the known word closest to ``word``, or listing a few of those known."""
    words = sorted(known)
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"是否应为 {close[0]}"
    if not words:
        return "此处没有可用的名称，请先定义"
    return "可用的有：" + "、".join(words[:12]) + ("等" if len(words) > 12 else "")


def is_identifier(word: str) -> bool:
    """Whether a word may name a step or a fact: lower-case Latin letters, digits, underscores."""
    return _IDENTIFIER.fullmatch(word) is not None


class Table:
    """One TOML table at a known place, whose values are asked for by key and kind."""

    def __init__(self, where: str, data: object, notes: Notes) -> None:
        self.where = where
        self.notes = notes
        self.asked: set[str] = set()
        self.data: Mapping[str, Any] = {}
        if isinstance(data, Mapping):
            self.data = data
        else:
            notes.add(where, f"应当是一张表，现在是 {data!r}", "请按格式写成 { 键 = 值 } 或 [表名]")

    def at(self, key: str) -> str:
        """The place of a key as messages name it."""
        return f"{self.where}.{key}" if not self.where.endswith(": ") else f"{self.where}{key}"

    def wrong(self, key: str, message: str, remedy: str) -> None:
        """Note a problem at ``key``."""
        self.notes.add(self.at(key), message, remedy)

    def has(self, key: str) -> bool:
        """Whether the file gives ``key``."""
        return key in self.data

    def finish(self) -> None:
        """Note every key that was never asked for."""
        for key in self.data:
            if key not in self.asked:
                self.wrong(key, f"不认识的键“{key}”", nearest(key, self.asked))

    def _get(self, key: str, kind: type | tuple[type, ...], what: str, example: str, required: bool) -> Any:
        self.asked.add(key)
        value = self.data.get(key)
        if value is None:
            if required:
                self.wrong(key, f"缺少“{key}”", f"请补上，如 {key} = {example}")
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.wrong(key, f"应当是{what}，现在是 {value!r}", f"如 {key} = {example}")
            return None
        return value

    def text(self, key: str, *, required: bool = False) -> str:
        """A text; empty where absent."""
        value = self._get(key, str, "加引号的文字", '"…"', required)
        if value is not None and required and not value.strip():
            self.wrong(key, "是空的", "请写出内容")
        return value or ""

    def optional_text(self, key: str) -> str | None:
        """A text, or None where absent."""
        return self.text(key) or None

    def one_of(self, key: str, allowed: tuple[str, ...], default: str, *, required: bool = False) -> str:
        """One of the allowed words."""
        value = self.text(key, required=required) or default
        if value not in allowed:
            self.wrong(key, f"不能是“{value}”", nearest(value, allowed))
            return default
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        value = self._get(key, bool, " true 或 false", "true", False)
        return default if value is None else bool(value)

    def number(self, key: str, default: int | None = None) -> int | None:
        """A whole number of at least one."""
        value = self._get(key, int, "整数", "1", False)
        if value is not None and value < 1:
            self.wrong(key, f"不能是 {value}", "请写 1 以上的整数")
            return default
        return default if value is None else int(value)

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A date."""
        value = self._get(key, date, "不加引号的日期", "2026-01-01", required)
        if isinstance(value, datetime):
            self.wrong(key, "只能是日期，不带时刻", f"如 {key} = 2026-01-01")
            return None
        return value if isinstance(value, date) else None

    def texts(self, key: str, *, required: bool = False, single: bool = False) -> tuple[str, ...]:
        """A list of different texts; with ``single``, one text may stand for a list of one."""
        if single and isinstance(self.data.get(key), str):
            return (self.text(key, required=required),)
        found: list[str] = []
        for position, item in enumerate(self.items(key, required=required)):
            if not isinstance(item, str):
                self.wrong(f"{key}[{position}]", f"应当是加引号的文字，现在是 {item!r}", '如 "file"')
            elif item in found:
                self.wrong(f"{key}[{position}]", f"“{item}”重复", "请删去重复的一项")
            else:
                found.append(item)
        return tuple(found)

    def items(self, key: str, *, required: bool = False) -> list[Any]:
        """A list of anything; empty where absent."""
        value = self._get(key, list, "列表", "[…]", required)
        if value == [] and required:
            self.wrong(key, "是空的", "请至少写一项")
        return value or []

    def table(self, key: str) -> Table | None:
        """A table inside this one, or None where absent."""
        self.asked.add(key)
        return Table(self.at(key), self.data[key], self.notes) if key in self.data else None

    def tables(self, key: str) -> list[Table]:
        """The tables of a list."""
        return [
            Table(self.at(f"{key}[{position}]"), item, self.notes)
            for position, item in enumerate(self.items(key))
        ]

    def named(self, key: str) -> list[tuple[str, Table]]:
        """The tables inside a table, with their names, in file order; names MUST be identifiers."""
        outer = self.table(key)
        if outer is None:
            return []
        for name in outer.data:
            if not is_identifier(name):
                outer.wrong(name, f"名称“{name}”不合规", "名称用小写英文字母、数字和下划线，以字母开头")
        return [(name, Table(outer.at(name), item, self.notes)) for name, item in outer.data.items()]

    def condition(self, key: str, *, required: bool = False) -> Condition | None:
        """A condition, or None where absent or wrong."""
        text = self._get(key, str, "加引号的条件", '"is_major"', required)
        if text is None:
            return None
        try:
            return conditions.parse(text)
        except Refused as refused:
            self.wrong(key, refused.reason, refused.remedy or "请改正条件")
            return None

    def term(self, key: str, *, required: bool = False) -> str | None:
        """A length such as ``15wd``, or ``@name`` for the constant of the field's profile that holds one.

        Checked and kept as text; None where absent or wrong. That the constant exists is checked later.
        """
        text = self._get(key, str, "加引号的期限", '"7wd"', required)
        if text is None:
            return None
        if (name := named_term(text)) is not None:
            if not is_identifier(name):
                self.wrong(key, f"“{text}”不是常量的名称", '如 "@decision_days"')
            return str(text)
        try:
            length(text)
        except Refused as refused:
            self.wrong(key, refused.reason, refused.remedy or '如 "7wd"、"90d"、"6m"')
            return None
        return str(text)
