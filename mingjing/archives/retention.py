"""保管期限表: ``codex/retention/cases``, how long the file of a case is kept and when it is to be transferred.

The terms are those of 机关文件材料归档范围和文书档案保管期限规定: permanent, thirty years, ten years.
Source: domain.md 6.3; 档案法/14; 档案法实施条例/20.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.kernel.conditions import parse
from mingjing.kernel.counting import shift_months
from mingjing.kernel.refused import Refused
from mingjing.kernel.tables import Problem
from mingjing.law.codex import checks, files

FOLDER = "retention/cases"
PERMANENT = "permanent"
# What an archivist may choose, from the shortest: the key of the archiving step, its term, its words.
TERMS = {"10": "10y", "30": "30y", PERMANENT: PERMANENT}
WORDS = {"10": "十年", "30": "三十年", PERMANENT: "永久"}
_YEARS = {"10": 10, "30": 30}
_RANK = list(TERMS)
_KEYS = {keep: key for key, keep in TERMS.items()}
OTHER = "other"


@dataclass(frozen=True)
class FileClass:
    """保管类别: which files it holds, and how long; every word that is given must fit.

    ``since`` is the fact whose date the term runs from, if the case has it; ``sure`` whether the law names the term.
    """

    code: str
    title: str
    keep: str
    basis: str
    about: str
    sure: bool
    acts: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    when: str = ""
    since: str = ""

    @property
    def key(self) -> str:
        """``10``, ``30`` or ``permanent``."""
        return _KEYS[self.keep]

    def holds(self, asked: Asked) -> bool:
        """Whether the file belongs here."""
        return (
            (not self.acts or asked.act in self.acts)
            and (not self.procedures or asked.procedure in self.procedures)
            and (not self.outcomes or asked.outcome in self.outcomes)
            and (not self.done or bool(set(self.done) & set(asked.done)))
            and (not self.when or parse(self.when).holds(asked.facts))
        )


@dataclass(frozen=True)
class Asked:
    """What of a case its term depends on."""

    act: str
    procedure: str
    outcome: str
    done: Collection[str]
    facts: Mapping[str, Any]
    closed_on: date
    is_city: bool


@dataclass(frozen=True)
class TransferRule:
    """移交: after how many years, and files of which terms."""

    city_years: int
    county_years: int
    city_keeps: tuple[str, ...]
    county_keeps: tuple[str, ...]
    basis: str
    sure: bool


@dataclass(frozen=True)
class Term:
    """How long one file is kept: ``due_on`` None is for ever, ``transfer_on`` None is never offered."""

    key: str
    file_class: FileClass
    longer: bool
    due_on: date | None
    transfer_on: date | None

    @property
    def words(self) -> str:
        """永久, 三十年 or 十年."""
        return WORDS[self.key]


def classes() -> tuple[FileClass, ...]:
    """Every class in the order of the files. Raises: Refused ``codex-wrong``, ``codex-unreadable``."""
    return files.kept(FOLDER, [FOLDER], _read)[0]


def transfer_rule() -> TransferRule:
    """When files go to the state archives. Raises: as ``classes``."""
    return files.kept(FOLDER, [FOLDER], _read)[1]


def term_of(asked: Asked, chosen: str = "") -> Term:
    """The term of a file: the longest class that holds it, or what the archivist chose if that is longer.

    Nothing is ever kept shorter than the table says. Raises: Refused ``bad-retention``.
    """
    if chosen and chosen not in TERMS:
        known = "、".join(WORDS.values())
        raise Refused("bad-retention", f"没有“{chosen}”这样的保管期限。", remedy=f"可以是：{known}。")
    fitting = [one for one in classes() if one.code != OTHER and one.holds(asked)]
    fitting = fitting or [one for one in classes() if one.code == OTHER]
    found = max(fitting, key=lambda one: _RANK.index(one.key))
    key = max(found.key, chosen or found.key, key=_RANK.index)
    since = _since(found, asked)
    due_on = None if key == PERMANENT else shift_months(since, 12 * _YEARS[key])
    return Term(key, found, key != (chosen or key), due_on, _transfer_on(key, due_on, asked))


def _since(found: FileClass, asked: Asked) -> date:
    told = asked.facts.get(found.since) if found.since else None
    return max(asked.closed_on, date.fromisoformat(str(told)[:10])) if told else asked.closed_on


def _transfer_on(key: str, due_on: date | None, asked: Asked) -> date | None:
    rule = transfer_rule()
    keeps = rule.city_keeps if asked.is_city else rule.county_keeps
    if TERMS[key] not in keeps:
        return None
    on = shift_months(asked.closed_on, 12 * (rule.city_years if asked.is_city else rule.county_years))
    return on if due_on is None or on < due_on else None


def _read() -> tuple[tuple[FileClass, ...], TransferRule]:
    found: list[FileClass] = []
    rule: TransferRule | None = None
    for path in files.files(FOLDER):
        keys = files.Keys(files.read(path), files.shown(path))
        if "transfer" in keys.keys:
            rule = _rule(keys.get("transfer", dict), path)
        found += [_class(table) for table in keys.tables("dossier")]
        keys.done()
    if rule is None:
        raise files.wrong(f"codex/{FOLDER}", "transfer", "缺失")
    return tuple(found), rule


def _rule(data: Mapping[str, Any], path: Path) -> TransferRule:
    keys = files.Keys(data, files.shown(path), "transfer")
    rule = TransferRule(
        keys.get("city_years", int),
        keys.get("county_years", int),
        keys.texts("city_keeps"),
        keys.texts("county_keeps"),
        keys.get("basis", str),
        keys.get("sure", bool),
    )
    keys.done()
    return rule


def _class(keys: files.Keys) -> FileClass:
    found = FileClass(
        code=keys.get("code", str),
        title=keys.get("title", str),
        keep=keys.get("keep", str),
        basis=keys.get("basis", str),
        about=keys.get("about", str),
        sure=keys.get("sure", bool),
        acts=keys.texts("acts"),
        procedures=keys.texts("procedures"),
        outcomes=keys.texts("outcomes"),
        done=keys.texts("done"),
        when=keys.text("when"),
        since=keys.text("from"),
    )
    keys.done()
    if found.keep not in _KEYS:
        raise files.wrong(keys.file, keys.name("keep"), f"为“{found.keep}”，可用：{'、'.join(_KEYS)}")
    return found


def problems(acts: Collection[str], steps: Collection[str], procedures: Collection[str]) -> Iterator[Problem]:
    """Everything wrong with the table, in Chinese; the sets are those of the procedures."""
    try:
        found, rule = classes(), transfer_rule()
    except Refused as refused:
        yield Problem(f"codex/{FOLDER}", refused.reason, refused.remedy or "修改该文件")
        return
    yield from _bases(rule.basis, "transfer")
    seen: set[str] = set()
    for one in found:
        where = f"codex/{FOLDER} {one.code}"
        if one.code in seen:
            yield Problem(where, "同一代码出现了两次", "请改用另一个代码")
        seen.add(one.code)
        yield from _bases(one.basis, one.code)
        for key, given, known in (
            ("acts", one.acts, acts),
            ("done", one.done, steps),
            ("procedures", one.procedures, procedures),
        ):
            for name in given:
                if name not in known:
                    yield Problem(f"{where}.{key}", f"没有“{name}”", "核对 codex/procedures")
        if one.when:
            try:
                parse(one.when)
            except Refused as refused:
                yield Problem(f"{where}.when", refused.reason, refused.remedy or "改正条件")
    if OTHER not in seen:
        yield Problem(f"codex/{FOLDER}", f"没有兜底的类别 {OTHER}", "请恢复这一类别")


def _bases(text: str, key: str) -> Iterator[Problem]:
    for one in checks.basis_problems(text, date(2026, 8, 15), f"codex/{FOLDER}", key):
        yield Problem(f"{one.file} {one.key}", one.message, one.remedy)
