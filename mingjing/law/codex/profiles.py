"""Profiles: the numbers that differ between fields of enforcement, each with its article and its dates.

``codex/profiles/general.toml`` holds for everyone; a field's own file overrides it name by name, because the
special rule prevails over the general one (立法法 art. 103).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

GENERAL = "general"
# L text read, P excerpt read, R remembered, product: a choice of this product, not-found: no rule was found.
SURE = ("L", "P", "R", "product", "not-found")


@dataclass(frozen=True)
class Constant:
    """One number, text or yes/no of a profile, valid in [``valid_from``, ``valid_until``)."""

    name: str
    title: str
    value: int | str | bool
    basis: str
    sure: str
    valid_from: date
    valid_until: date | None
    note: str
    profile: str

    def valid(self, on: date) -> bool:
        """Whether the constant holds on that day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@dataclass(frozen=True)
class Profile:
    """One file. ``applies_to`` names the fields it serves."""

    id: str
    title: str
    applies_to: tuple[str, ...]
    constants: tuple[Constant, ...]
    file: str


def profiles() -> tuple[Profile, ...]:
    """Every profile of the codex.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    return files.kept("profiles", ["profiles"], lambda: tuple(map(_profile, files.files("profiles"))))


def constants(field: str, on: date) -> dict[str, Constant]:
    """The constants of a field on a day: the general ones, overridden by the field's own."""
    merged: dict[str, Constant] = {}
    ordered = sorted(profiles(), key=lambda profile: profile.id != GENERAL)
    for profile in ordered:
        if profile.id == GENERAL or field in profile.applies_to:
            merged.update({value.name: value for value in profile.constants if value.valid(on)})
    return merged


def titles() -> dict[str, str]:
    """What each constant is called, by name; the general file's wording where several have one.

    Raises: Refused ``codex-wrong``, ``codex-unreadable``.
    """
    ordered = sorted(profiles(), key=lambda profile: profile.id == GENERAL)
    told = {value.name: value.title for profile in ordered for value in profile.constants}
    # A value that differs for persons and bodies goes by one name in procedures.
    for name, title in list(told.items()):
        for whose in ("_person", "_org"):
            told.setdefault(name.replace(whose, ""), title.partition("（")[0])
    return told


def _profile(path: Path) -> Profile:
    keys = files.Keys(files.read(path), files.shown(path))
    profile = Profile(
        id=path.stem,
        title=keys.get("title", str),
        applies_to=keys.texts("applies_to"),
        constants=tuple(_constant(table, path.stem) for table in keys.tables("values")),
        file=keys.file,
    )
    keys.done()
    return profile


def _constant(keys: files.Keys, profile: str) -> Constant:
    value = keys.get("value", object)
    if not isinstance(value, int | str):
        raise Refused("codex-wrong", f"{keys.file}：{keys.name('value')} 应为整数、文字或是否。")
    constant = Constant(
        name=keys.get("name", str),
        title=keys.get("title", str),
        value=value,
        basis=keys.get("basis", str),
        sure=keys.get("sure", str),
        valid_from=keys.get("valid_from", date),
        valid_until=keys.maybe("valid_until", date),
        note=keys.text("note"),
        profile=profile,
    )
    keys.done()
    return constant
