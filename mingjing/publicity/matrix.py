"""公示矩阵的规则文件: ``codex/publicity`` read and checked.

``channels.toml`` lists the channels, ``rules.toml`` the rows of the matrix and the terms of withdrawal,
``reasons.toml`` the coded reasons for not showing. What they mean stands in ``kernel.publicity``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from mingjing.kernel.conditions import parse
from mingjing.kernel.publicity import CONTENTS, MASKINGS, VERDICTS, Channel, Layer, Rule, Withdrawing
from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

FOLDER = "publicity"
# What is said of a source: text read, excerpt read, remembered, a choice of this product, no rule was found.
SURE = {"L": "读过条文", "P": "读过摘录", "R": "凭记忆", "product": "产品默认", "not-found": "没有查到规定"}
RECEIVES = ("own", "file")
ENDS = ("itself", "asked")
KINDS = ("law", "decision", "delay")
_BANNED = "never"


@dataclass(frozen=True)
class Ground:
    """不公示的理由: a coded reason. ``approver`` is the role that must agree (empty: the law itself says so).

    ``review`` is after which time it is to be judged anew, ``kind`` ``law``, ``decision`` or ``delay``.
    Source: 达州三项制度方案/4(1); 政府信息公开条例/18.
    """

    id: str
    title: str
    kind: str
    approver: str
    review: str
    basis: str
    sure: str
    note: str = ""


@dataclass(frozen=True)
class Correcting:
    """更正的期限: by when a request to correct what is shown is to be answered."""

    title: str
    term: str
    basis: str
    sure: str
    note: str


@dataclass(frozen=True)
class PersonField:
    """自然人的字段: what some channels get of fields that tell of a natural person.

    ``tells`` is ``full``, a named exception from masking, ``masked`` as in the public text, or ``never``.
    """

    codes: tuple[str, ...]
    title: str
    channels: tuple[str, ...]
    tells: str
    basis: str
    sure: str
    note: str = ""


TELLS = {"full": "原样送出", "masked": "隐去名字", "never": "不送"}


@dataclass(frozen=True)
class Matrix:
    """Everything that ``codex/publicity`` says."""

    channels: tuple[Channel, ...]
    rules: tuple[Rule, ...]
    withdrawals: tuple[Withdrawing, ...]
    grounds: Mapping[str, Ground]
    correction: Correcting
    persons: tuple[PersonField, ...]

    def tells(self, channel: str, code: str) -> str:
        """What a channel gets of a field that tells of a person: ``full``, ``masked`` or ``never``, which stands for
        whatever no row allows."""
        rows = (one.tells for one in self.persons if code in one.codes and channel in one.channels)
        return next(rows, "never")

    def in_full(self, channel: str) -> frozenset[str]:
        """The fields that a channel gets in full although they tell of a person."""
        codes = {code for one in self.persons for code in one.codes}
        return frozenset(code for code in codes if self.tells(channel, code) == "full")

    def hides_party(self, form: str, on: date, channel: str = "portal") -> bool:
        """Whether a decision on this form, made that day, is shown without saying whom it is about."""
        return any(
            rule.masking == "all"
            and form in rule.forms
            and channel in rule.channels
            and rule.valid_from <= on
            and (rule.valid_until is None or on < rule.valid_until)
            for rule in self.rules
        )

    def channel(self, name: str) -> Channel:
        """The channel of this name. Raises: Refused ``no-such-channel``."""
        for one in self.channels:
            if one.id == name:
                return one
        known = "、".join(one.id for one in self.channels)
        raise Refused("no-such-channel", f"没有名为“{name}”的公示渠道。", remedy=f"可以是：{known}。")

    def rule(self, name: str) -> Rule | None:
        """The row of this name, where there still is one."""
        return next((one for one in self.rules if one.id == name), None)

    def ground(self, name: str) -> Ground:
        """The reason with this code. Raises: Refused ``no-such-ground``."""
        if name not in self.grounds:
            raise Refused(
                "no-such-ground", f"没有代码为“{name}”的不公示理由。", remedy="请从列出的理由中选择。"
            )
        return self.grounds[name]


def matrix() -> Matrix:
    """The matrix as the codex has it now. Raises: Refused ``codex-wrong``, ``codex-unreadable``, ``codex-missing``."""
    return files.kept(FOLDER, [FOLDER], _read)


def _read() -> Matrix:
    rules, reasons, persons = _file("rules.toml"), _file("reasons.toml"), _file("persons.toml")
    made = Matrix(
        channels=tuple(_channel(one) for one in _file("channels.toml").tables("channel")),
        rules=tuple(_rule(one, layer) for layer in get_args(Layer) for one in rules.tables(layer)),
        withdrawals=tuple(_withdrawing(one) for one in rules.tables("withdrawals")),
        grounds={one.id: one for one in map(_ground, reasons.tables("reason"))},
        correction=_correcting(files.Keys(reasons.get("correction", dict), reasons.file, "correction")),
        persons=tuple(_person(one) for one in persons.tables("field")),
    )
    for read in (rules, reasons, persons):
        read.done()
    return made


def _file(name: str) -> files.Keys:
    path = files.root() / FOLDER / name
    return files.Keys(files.read(path), files.shown(path))


def _channel(keys: files.Keys) -> Channel:
    told = {name: keys.get(name, str) for name in ("id", "title", "short", "run_by", "basis")}
    made = Channel(
        **told,
        receives=_one_of(keys, "receives", RECEIVES),
        ends=_one_of(keys, "ends", ENDS),
        sure=_one_of(keys, "sure", tuple(SURE)),
        about=keys.text("about"),
        note=keys.text("note"),
    )
    keys.done()
    return made


def _rule(keys: files.Keys, layer: Layer) -> Rule:
    verdict: Any = _BANNED if layer == "bans" else _one_of(keys, "answer", tuple(VERDICTS))
    when = keys.text("when")
    made = Rule(
        id=keys.get("id", str),
        title=keys.get("title", str),
        layer=layer,
        verdict=verdict,
        basis=keys.get("basis", str),
        sure=_one_of(keys, "sure", tuple(SURE)),
        valid_from=keys.get("valid_from", date),
        valid_until=keys.maybe("valid_until", date),
        minor=keys.maybe("minor", bool),
        when=parse(when) if when else None,
        masking=_maybe(keys, "masking", tuple(MASKINGS), "persons"),
        content=_maybe(keys, "content", tuple(CONTENTS), "full"),
        display_from=_maybe(keys, "display_from", ("decision", "showing"), "decision"),
        channels=keys.texts("channels"),
        acts=keys.texts("acts"),
        procedures=keys.texts("procedures"),
        forms=keys.texts("forms"),
        fields=keys.texts("fields"),
        organs=keys.texts("organs"),
        not_organs=keys.texts("not_organs"),
        parties=keys.texts("parties"),
        grounds=keys.texts("grounds"),
        term=keys.text("term"),
        clock=keys.text("clock"),
        display=keys.text("display"),
        longer=keys.text("longer"),
        forever=keys.text("forever"),
        ground=keys.text("ground"),
        note=keys.text("note"),
    )
    keys.done()
    return made


def _withdrawing(keys: files.Keys) -> Withdrawing:
    made = Withdrawing(
        clock=keys.get("clock", str),
        title=keys.get("title", str),
        term=keys.get("term", str),
        basis=keys.get("basis", str),
        results=keys.texts("results"),
        acts=keys.texts("acts"),
        channels=keys.texts("channels"),
        sure=_one_of(keys, "sure", tuple(SURE)),
        note=keys.text("note"),
    )
    keys.done()
    return made


def _ground(keys: files.Keys) -> Ground:
    made = Ground(
        **{name: keys.get(name, str) for name in ("id", "title", "approver", "review", "basis")},
        kind=_one_of(keys, "kind", KINDS),
        sure=_one_of(keys, "sure", tuple(SURE)),
        note=keys.text("note"),
    )
    keys.done()
    return made


def _correcting(keys: files.Keys) -> Correcting:
    made = Correcting(
        **{name: keys.get(name, str) for name in ("title", "term", "basis")},
        sure=_one_of(keys, "sure", tuple(SURE)),
        note=keys.text("note"),
    )
    keys.done()
    return made


def _person(keys: files.Keys) -> PersonField:
    made = PersonField(
        codes=keys.texts("codes"),
        title=keys.get("title", str),
        channels=keys.texts("channels"),
        tells=_one_of(keys, "tells", tuple(TELLS)),
        basis=keys.get("basis", str),
        sure=_one_of(keys, "sure", tuple(SURE)),
        note=keys.text("note"),
    )
    keys.done()
    return made


def _one_of(keys: files.Keys, name: str, known: tuple[str, ...]) -> str:
    value = keys.get(name, str)
    if value not in known:
        raise Refused(
            "codex-wrong",
            f"{keys.file}：{keys.name(name)} 写的是“{value}”。",
            remedy=f"应为 {'、'.join(known)} 之一。",
        )
    return value


def _maybe(keys: files.Keys, name: str, known: tuple[str, ...], otherwise: str) -> Any:
    return _one_of(keys, name, known) if keys.text(name) else otherwise
