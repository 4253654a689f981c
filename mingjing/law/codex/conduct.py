"""事中公示的数据: ``codex/conduct/*.toml``, exceptions to showing certificates, notices to read out, inspection codes.

Source: 达州三项制度方案/3; 行政处罚法/44, 55; 行政强制法/18; 国办发〔2024〕54号.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

FOLDER = "conduct"
# The sections of a notice, in the order in which they are read.
SECTIONS = {"cause": "事由", "basis": "依据", "rights": "您的权利", "duties": "您的义务"}
SPOKEN = ("zh", "en", "ii", "bo")
# What a notice may name; all of it is known before the first word is said.
PLACES = frozenset({"organ", "officers", "matter", "party", "basis", "phone", "supervisor"})
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class IdentityException:
    """不亮证的情形: when an officer need not show his certificate, in which acts, on what ground.

    ``sure`` is False where the ground was not read in full and the place must confirm it.
    """

    code: str
    title: str
    help: str
    acts: tuple[str, ...]
    basis: str
    sure: bool


@dataclass(frozen=True)
class Words:
    """One notice in one language: the text of each section; empty where nobody has translated it yet."""

    title: str
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Whether there is something to read out."""
        return bool(self.sections)


@dataclass(frozen=True)
class Notice:
    """告知词: what is read out to the party in a kind of step, by language; ``{organ}`` and others are filled in."""

    id: str
    basis: str
    words: dict[str, Words]


@dataclass(frozen=True)
class InspectionCode:
    """检查码: which codes open an inspection here, of whom they are asked, and what such a code looks like.

    ``patterns`` are regular expressions by kind of code (enterprise, task, officer); a kind without one is taken
    as it is. ``party_kinds`` are the kinds of party whose inspection asks for a code.
    """

    required: bool
    party_kinds: tuple[str, ...]
    patterns: dict[str, str]
    basis: str
    sure: bool


@dataclass(frozen=True)
class CardCode:
    """动态证件码: how long the code on an officer's screen lasts and how far a clock may be wrong, in seconds."""

    step_seconds: int
    valid_seconds: int
    ahead_seconds: int


@dataclass(frozen=True)
class Conduct:
    """Everything in the folder."""

    exceptions: dict[str, IdentityException]
    notices: dict[str, Notice]
    inspection_code: InspectionCode
    card: CardCode


def conduct() -> Conduct:
    """The folder as it stands. Raises: Refused ``codex-wrong``, ``codex-unreadable``, ``codex-missing``."""
    return files.kept("conduct", [FOLDER], _read)


def _read() -> Conduct:
    folder = files.root() / FOLDER
    tables = {
        name: files.Keys(files.read(folder / f"{name}.toml"), f"codex/{FOLDER}/{name}.toml")
        for name in _FILES
    }
    found = Conduct(
        exceptions={one.code: one for one in map(_exception, tables["exceptions"].tables("exception"))},
        notices={one.id: one for one in map(_notice, tables["notices"].tables("notice"))},
        inspection_code=_inspection_code(tables["codes"].get("inspection", dict), tables["codes"].file),
        card=_card(files.Keys(tables["codes"].get("card", dict), tables["codes"].file, "card")),
    )
    for keys in tables.values():
        keys.done()
    return found


_FILES = ("exceptions", "notices", "codes")


def _exception(keys: files.Keys) -> IdentityException:
    read = IdentityException(
        code=keys.get("code", str),
        title=keys.get("title", str),
        help=keys.get("help", str),
        acts=keys.texts("acts"),
        basis=keys.get("basis", str),
        sure=keys.get("sure", bool),
    )
    keys.done()
    return read


def _notice(keys: files.Keys) -> Notice:
    words = {}
    for language in SPOKEN:
        said = keys.maybe(language, dict)
        words[language] = _words(files.Keys(said or {}, keys.file, keys.name(language)))
    read = Notice(id=keys.get("id", str), basis=keys.get("basis", str), words=words)
    keys.done()
    if not words["zh"].ready:
        raise files.wrong(keys.file, keys.name("zh"), "没有汉语的告知词")
    return read


def _words(keys: files.Keys) -> Words:
    sections = {name: keys.text(name).strip() for name in SECTIONS}
    read = Words(title=keys.text("title"), sections={name: text for name, text in sections.items() if text})
    keys.done()
    if read.ready and len(read.sections) < len(SECTIONS):
        raise files.wrong(keys.file, keys.where, f"应当写全 {'、'.join(SECTIONS)}")
    for name, text in read.sections.items():
        unknown = set(_PLACE.findall(text)) - PLACES
        if unknown:
            raise files.wrong(keys.file, keys.name(name), f"不认识 {{{sorted(unknown)[0]}}}")
    return read


def _inspection_code(data: object, file: str) -> InspectionCode:
    keys = files.Keys(data, file, "inspection")
    patterns = files.Keys(keys.maybe("patterns", dict) or {}, file, "inspection.patterns")
    read = InspectionCode(
        required=keys.get("required", bool),
        party_kinds=keys.texts("party_kinds"),
        patterns={kind: patterns.get(kind, str) for kind in patterns.keys},
        basis=keys.get("basis", str),
        sure=keys.get("sure", bool),
    )
    keys.done()
    for kind, pattern in read.patterns.items():
        try:
            re.compile(pattern)
        except re.error as error:
            raise files.wrong(file, patterns.name(kind), f"不是正则表达式：{error}") from error
    return read


def _card(keys: files.Keys) -> CardCode:
    read = CardCode(*(keys.get(name, int) for name in ("step_seconds", "valid_seconds", "ahead_seconds")))
    keys.done()
    if not 0 < read.step_seconds <= read.valid_seconds <= 3600:
        raise files.wrong(keys.file, keys.where, "应当 0 < step_seconds ≤ valid_seconds ≤ 3600")
    return read


def exceptions_of(act: str) -> tuple[IdentityException, ...]:
    """The exceptions that a kind of act knows, in file order."""
    return tuple(one for one in conduct().exceptions.values() if act in one.acts)


def exception(code: str) -> IdentityException:
    """The exception with this code. Raises: Refused ``no-such-exception``."""
    found = conduct().exceptions.get(code)
    if found is None:
        raise Refused("no-such-exception", f"没有“{code}”这一不亮证的情形。", remedy="请从列出的情形中选择。")
    return found


def notice(name: str) -> Notice:
    """The notice with this name. Raises: Refused ``no-such-notice``."""
    found = conduct().notices.get(name)
    if found is None:
        raise Refused(
            "no-such-notice", f"没有“{name}”这一告知词。", remedy="请在 codex/conduct/notices.toml 中补写。"
        )
    return found
