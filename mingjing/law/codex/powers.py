"""Power items: ``codex/powers/*.toml``, each an act that may be penalized, its article and its fines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from mingjing.kernel.fines import Base, FineCheck, FineRule, Span, check_fine, legal_span, rule_for
from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

FIELDS = {
    "medicine": "医药卫生",
    "food": "食品安全",
    "environment": "生态环境",
    "work_safety": "安全生产",
    "public_security": "社会治安",
    "traffic": "道路交通安全",
}
SUBJECTS = {"any": "当事人", "person": "个人", "organization": "单位", "responsible": "责任人员"}


@dataclass(frozen=True)
class Earlier:
    """What was said of the same violation before a change of law, in force in [``in_force``, ``until``)."""

    basis: str
    in_force: date
    until: date
    fines: tuple[FineRule, ...]
    besides: str
    sure: str


@dataclass(frozen=True)
class Power:
    """权责事项 with everything the codex says about it.

    ``organ_fields`` tells which kinds of organ may act, ``organ_id`` whose own list it stands on (None: of the
    codex, or of an imported list that nobody tied to an organ). ``besides`` says in words what else the
    provision inflicts; ``earlier`` are the provisions that it took the place of, needed for acts committed
    before it (行政处罚法 art. 37).
    """

    code: str
    field: str
    title: str
    basis: str
    authority: str
    organ_fields: tuple[str, ...]
    order_first: str
    fines: tuple[FineRule, ...]
    measures: tuple[str, ...]
    notes: tuple[str, ...]
    in_force: date
    until: date | None
    sure: str
    source: str
    edition: date | None = None
    withdrawn: bool = False
    organ_id: int | None = None
    besides: str = ""
    earlier: tuple[Earlier, ...] = ()

    def version_on(self, on: date) -> Power | None:
        """The item with the provision and the fines that were in force that day; None if none is known."""
        if self.in_force_on(on):
            return self
        for one in self.earlier:
            if one.in_force <= on < one.until:
                return replace(
                    self, basis=one.basis, fines=one.fines, besides=one.besides, sure=one.sure, notes=(),
                    order_first="", measures=(), in_force=one.in_force, until=one.until,
                )  # fmt: skip
        return None

    def applied(self, facts: Mapping[str, object], on: date) -> Power:
        """The version that the case applies: as chosen (``law_applied``: then or now), else this item itself."""
        if facts.get("law_applied") != "then":
            return self.version_on(on) or self
        return self.version_on(act_day(facts, on)) or self

    def in_force_on(self, on: date) -> bool:
        """Whether the item is on its list that day."""
        return self.in_force <= on and (self.until is None or on < self.until)

    @property
    def field_title(self) -> str:
        """The field in words."""
        return FIELDS.get(self.field, self.field)

    @property
    def variants(self) -> dict[str, str]:
        """The ranges by id, as people choose among them: 货值金额1万元以上（单位）."""
        return {
            rule.id: rule.title
            if rule.subject == "any"
            else f"{rule.title}（{SUBJECTS.get(rule.subject, rule.subject)}）"
            for rule in self.fines
        }

    def legal_span(self, facts: Mapping[str, object]) -> Span:
        """The range of the statute in fen for this case, with the arithmetic.

        Facts: ``goods_value_fen``, ``illegal_gains_fen``, ``premium_fen`` as the provision needs them, and
        ``fine_variant`` (the id of one of ``fines``) where another range than the first applies.
        Raises: Refused as ``kernel.fines.rule_for`` and ``legal_span``.
        """
        return legal_span(self.fine_rule(facts), facts, basis=self.basis)

    def fine_rule(self, facts: Mapping[str, object]) -> FineRule:
        """The range that fits the facts. Raises: Refused as ``kernel.fines.rule_for``."""
        return rule_for(self.fines, facts, basis=self.basis)

    def check_fine(self, facts: Mapping[str, object], fine_fen: int) -> FineCheck:
        """Whether the fine is within, below or above the range; facts as for ``legal_span``."""
        return check_fine(self.fines, facts, fine_fen, basis=self.basis)


def act_day(facts: Mapping[str, object], on: date) -> date:
    """The day of the act, or ``on`` where the case does not say it."""
    return date.fromisoformat(str(facts.get("violation_on") or on.isoformat())[:10])


@dataclass(frozen=True)
class PowerList:
    """One file of power items."""

    source: str
    edition: date
    file: str
    items: tuple[Power, ...]


def power_lists() -> tuple[PowerList, ...]:
    """Every list of the codex.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept("powers", ["powers"], lambda: tuple(map(_list, files.files("powers"))))


def _list(path: Path) -> PowerList:
    keys = files.Keys(files.read(path), files.shown(path))
    source, edition, field = keys.get("source", str), keys.get("edition", date), keys.get("field", str)
    tables = [(table, _raw(table)) for table in keys.tables("items")]
    keys.done()
    items = tuple(from_data({**raw, "field": field}, source, edition, table.file) for table, raw in tables)
    return PowerList(source, edition, keys.file, items)


def _raw(table: files.Keys) -> dict[str, Any]:
    return {key: table.maybe(key, object) for key in table.keys}


def to_data(power: Power) -> dict[str, Any]:
    """The item as JSON-ready data, read back by ``from_data``."""
    return {
        "code": power.code,
        "field": power.field,
        "title": power.title,
        "basis": power.basis,
        "authority": power.authority,
        "organ_fields": list(power.organ_fields),
        "order_first": power.order_first,
        "measures": list(power.measures),
        "notes": list(power.notes),
        "in_force": power.in_force.isoformat(),
        "until": power.until.isoformat() if power.until else None,
        "sure": power.sure,
        "fines": [_fine_data(rule) for rule in power.fines],
        **({"besides": power.besides} if power.besides else {}),
        **({"earlier": [_earlier_data(one) for one in power.earlier]} if power.earlier else {}),
    }


def _earlier_data(one: Earlier) -> dict[str, Any]:
    return {
        "basis": one.basis,
        "in_force": one.in_force.isoformat(),
        "until": one.until.isoformat(),
        "fines": [_fine_data(rule) for rule in one.fines],
        "besides": one.besides,
        "sure": one.sure,
    }


def _fine_data(rule: FineRule) -> dict[str, Any]:
    data: dict[str, Any] = {"id": rule.id, "title": rule.title, "base": rule.base, "subject": rule.subject}
    data.update(least=str(rule.least), most=str(rule.most), optional=rule.optional)
    if rule.after_order:
        data["after_order"] = True
    if rule.floor_fen:
        data["floor_fen"] = rule.floor_fen
    if rule.goods_from_fen is not None:
        data["goods_from_fen"] = rule.goods_from_fen
    if rule.goods_below_fen is not None:
        data["goods_below_fen"] = rule.goods_below_fen
    return data


def from_data(data: Mapping[str, Any], source: str, edition: date | None, file: str = "") -> Power:
    """An item from a codex table or from ``to_data``.

    Raises: Refused ``codex-wrong``.
    """
    # Imported items also keep the wording of their file.
    known = {key: value for key, value in data.items() if key != "original"}
    keys = files.Keys(known, file, f"items.{data.get('code', '?')}")
    power = Power(
        code=keys.get("code", str),
        field=keys.get("field", str),
        title=keys.get("title", str),
        basis=keys.get("basis", str),
        authority=keys.get("authority", str),
        organ_fields=keys.texts("organ_fields"),
        order_first=keys.text("order_first"),
        fines=tuple(_fine(table) for table in keys.tables("fines")),
        measures=keys.texts("measures"),
        notes=keys.texts("notes"),
        in_force=_day(keys, "in_force") or date.min,
        until=_day(keys, "until"),
        sure=keys.text("sure"),
        source=source,
        edition=edition,
        besides=keys.text("besides"),
        earlier=tuple(_earlier(table) for table in keys.tables("earlier")),
    )
    keys.done()
    if power.in_force == date.min:
        raise Refused("codex-wrong", f"{file}：{keys.where}.in_force 缺失。", remedy="写上事项的生效日期。")
    return power


def _earlier(keys: files.Keys) -> Earlier:
    one = Earlier(
        basis=keys.get("basis", str),
        in_force=_day(keys, "in_force") or date.min,
        until=_day(keys, "until") or date.max,
        fines=tuple(_fine(table) for table in keys.tables("fines")),
        besides=keys.text("besides"),
        sure=keys.text("sure"),
    )
    keys.done()
    return one


def _day(keys: files.Keys, key: str) -> date | None:
    value = keys.maybe(key, object)
    if isinstance(value, str):
        return date.fromisoformat(value)
    return keys.maybe(key, date)


def _fine(keys: files.Keys) -> FineRule:
    base = keys.get("base", str)
    if base not in get_args(Base):
        wanted = "、".join(get_args(Base))
        reason = f"{keys.file}：{keys.name('base')} 应为 {wanted} 之一，现为“{base}”。"
        raise Refused("codex-wrong", reason, remedy="改正 base。")
    rule = FineRule(
        id=keys.get("id", str),
        title=keys.get("title", str),
        base=base,  # type: ignore[arg-type]
        least=_number(keys, "least"),
        most=_number(keys, "most"),
        floor_fen=keys.maybe("floor_fen", int) or 0,
        goods_from_fen=keys.maybe("goods_from_fen", int),
        goods_below_fen=keys.maybe("goods_below_fen", int),
        subject=keys.text("subject") or "any",
        optional=bool(keys.maybe("optional", bool)),
        after_order=bool(keys.maybe("after_order", bool)),
    )
    keys.done()
    if rule.least > rule.most or rule.least < 0:
        raise Refused("codex-wrong", f"{keys.file}：{keys.where} 的 least 应不小于零且不大于 most。")
    return rule


def _number(keys: files.Keys, key: str) -> Decimal:
    value = keys.get(key, object)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Refused("codex-wrong", f"{keys.file}：{keys.name(key)} 应为整数（分）或写成文字的倍数。")
    return Decimal(value)
