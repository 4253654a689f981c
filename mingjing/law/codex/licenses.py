"""License items: ``codex/licenses/*.toml``, each a license with all that its service guide must tell.

The fields are those of a power and responsibility list and of a service guide (行政许可法 art. 30; 国务院关于在线
政务服务的若干规定 art. 6). ``values`` override the constants of the field's profile, because a special law prevails
over art. 42 of the licensing law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mingjing.law import basis as notation
from mingjing.law.codex import files
from mingjing.law.codex.powers import FIELDS

# 许可类别: the value list of the credit publicity of licenses (双公示).
CATEGORIES = ("普通", "特许", "认可", "核准", "登记", "其他")


@dataclass(frozen=True)
class Material:
    """申请材料: what is handed in, where it comes from, and whether the organ fetches it itself."""

    name: str
    source: str
    form: str
    exempt: str


@dataclass(frozen=True)
class ItemValue:
    """特别规定: a value of the profile that a special law sets otherwise for this license."""

    name: str
    value: int | str | bool
    basis: str
    sure: str
    note: str


@dataclass(frozen=True)
class LicenseItem:
    """许可事项 with everything the codex says about it. ``organ_fields`` tells which organs may act."""

    code: str
    title: str
    certificate: str
    category: str
    field: str
    organ_fields: tuple[str, ...]
    authority: str
    unit: str
    level: str
    objects: str
    basis: str
    procedures: tuple[str, ...]
    conditions: tuple[str, ...]
    materials: tuple[Material, ...]
    channels: tuple[str, ...]
    quantity: str
    validity: str
    promised: str
    fee: str
    fee_basis: str
    faq: tuple[tuple[str, str], ...]
    values: tuple[ItemValue, ...]
    in_force: date
    until: date | None
    sure: str
    note: str
    file: str

    @property
    def field_title(self) -> str:
        """The field in words."""
        return FIELDS.get(self.field, self.field)

    @property
    def overrides(self) -> dict[str, int | str | bool]:
        """The values that prevail over those of the field's profile."""
        return {one.name: one.value for one in self.values}

    def in_force_on(self, on: date) -> bool:
        """Whether the item is on the list that day."""
        return self.in_force <= on and (self.until is None or on < self.until)

    def printed(self) -> dict[str, Any]:
        """What papers of such a matter may print about the license itself, as facts."""
        return {
            "license_title": self.title,
            "license_certificate": self.certificate,
            "license_category": self.category,
            "license_basis": "、".join(place.text for place in notation.parse(self.basis)),
            "license_conditions": "\n".join(self.conditions),
            "license_promised": self.promised,
        }


def licenses() -> tuple[LicenseItem, ...]:
    """Every license of the codex, in the order of the files.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept("licenses", ["licenses"], _all)


def _all() -> tuple[LicenseItem, ...]:
    return tuple(one for path in files.files("licenses") for one in _list(path))


def _list(path: Path) -> list[LicenseItem]:
    keys = files.Keys(files.read(path), files.shown(path))
    items = [_item(table) for table in keys.tables("items")]
    keys.done()
    return items


def _item(keys: files.Keys) -> LicenseItem:
    item = LicenseItem(
        code=keys.get("code", str),
        title=keys.get("title", str),
        certificate=keys.get("certificate", str),
        category=keys.get("category", str),
        field=keys.get("field", str),
        organ_fields=keys.texts("organ_fields"),
        authority=keys.get("authority", str),
        unit=keys.get("unit", str),
        level=keys.get("level", str),
        objects=keys.get("objects", str),
        basis=keys.get("basis", str),
        procedures=keys.texts("procedures"),
        conditions=keys.texts("conditions"),
        materials=tuple(_material(table) for table in keys.tables("materials")),
        channels=keys.texts("channels"),
        quantity=keys.text("quantity") or "无数量限制",
        validity=keys.get("validity", str),
        promised=keys.text("promised"),
        fee=keys.get("fee", str),
        fee_basis=keys.get("fee_basis", str),
        faq=tuple(_answer(table) for table in keys.tables("faq")),
        values=tuple(_value(table) for table in keys.tables("values")),
        in_force=keys.get("in_force", date),
        until=keys.maybe("until", date),
        sure=keys.get("sure", str),
        note=keys.text("note"),
        file=keys.file,
    )
    keys.done()
    return item


def _material(keys: files.Keys) -> Material:
    material = Material(
        keys.get("name", str), keys.get("source", str), keys.get("form", str), keys.text("exempt")
    )
    keys.done()
    return material


def _answer(keys: files.Keys) -> tuple[str, str]:
    answer = (keys.get("question", str), keys.get("answer", str))
    keys.done()
    return answer


def _value(keys: files.Keys) -> ItemValue:
    raw = keys.get("value", object)
    if not isinstance(raw, int | str):
        raise files.wrong(keys.file, keys.name("value"), "应为整数、文字或是否")
    value = ItemValue(
        keys.get("name", str), raw, keys.get("basis", str), keys.get("sure", str), keys.text("note")
    )
    keys.done()
    return value
