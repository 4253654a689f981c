"""细化文书格式: what a city or an organ adds to a form, one ``codex/papers/local/*.toml`` for each approval.

A refinement adds facts and wording and can do nothing else: whatever would change or take away a part of the
form is refused when the file is read. Source: 达州三项制度方案/6 (the province's formats are refined locally and
strictly applied).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mingjing.kernel.procedure import Field as Asked
from mingjing.kernel.procedure import Step as Rule
from mingjing.kernel.refused import Refused
from mingjing.law.codex import files

from .forms import FOLDER, Field, Form, catalogue

if TYPE_CHECKING:  # forms are set without Django as well: tests.paper_sheets
    from mingjing.organs.models import Organ

LOCAL = "papers/local"
BASIS = "达州三项制度方案/6"
KINDS = ("text", "long")
MOST_WORDS = 500
_MAX = {"text": 200, "long": 2000}
_KEY = re.compile(r"local_[a-z][a-z0-9_]{0,50}")
_APPROVED = {"approved_by": str, "approval": str, "approved_on": date, "in_force": date}
_KNOWN = {"form", "region", "organs", "until", "fields", "wording", *_APPROVED}
_FIELD = {"key", "label", "kind", "required", "help"}
# Where additions are printed: before the organ's name on what goes out, before the signatures on what stays.
_PLACE = {
    True: re.compile(r"(?<![-\w.])(?:signature|signed-receipt)\("),
    False: re.compile(r"(?<![-\w.])signing\("),
}


@dataclass(frozen=True)
class Addition:
    """One fact that is asked and printed besides those of the form."""

    key: str
    label: str
    kind: str
    required: bool
    help: str


@dataclass(frozen=True)
class Refinement:
    """What is added to one form for the organs of a region (``organs`` narrows it to some), and who approved it when."""

    id: str
    form: str
    region: str
    organs: tuple[str, ...]
    approved_by: str
    approval: str
    approved_on: date
    in_force: date
    until: date | None
    fields: tuple[Addition, ...]
    wording: tuple[str, ...]

    def holds_for(self, organ: Organ) -> bool:
        """Whether the organ's papers bear it."""
        return organ.region.startswith(self.region) and (not self.organs or organ.code in self.organs)

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.in_force <= day and (self.until is None or day <= self.until)


def of_form(form: str, organ: Organ, on: date) -> list[Refinement]:
    """The refinements of a form that the organ must apply on that day, in the order of their files."""
    return [one for one in refinements() if one.form == form and one.holds_on(on) and one.holds_for(organ)]


def refined(rule: Rule, organ: Organ, on: date) -> Rule:
    """The step as the organ takes it on that day: it also asks what refinements add to the papers it makes."""
    return _with(rule, [one for paper in rule.papers for one in of_form(paper.form, organ, on)])


def ever_refined(rule: Rule) -> Rule:
    """The step with all that was ever added to its papers: to tell what was filled in, whenever it was."""
    forms = {paper.form for paper in rule.papers}
    return _with(rule, [one for one in refinements() if one.form in forms])


def _with(rule: Rule, found: Sequence[Refinement]) -> Rule:
    more = {one.key: _asked(one) for each in found for one in each.fields}
    return replace(rule, facts=(*rule.facts, *more.values())) if more else rule


def printed(form: str, organ: Organ, on: date) -> dict[str, Any]:
    """What a paper of that day adds: ``fields`` and ``wording``, kept with its data so that it prints alike ever after."""
    found = of_form(form, organ, on)
    fields = [vars(one) for each in found for one in each.fields]
    return {"fields": fields, "wording": [line for each in found for line in each.wording]}


def as_fields(local: Mapping[str, Any]) -> tuple[Field, ...]:
    """The added facts of ``printed`` as fields of a form."""
    return tuple(
        Field(one["key"], one["label"], one["kind"], one["required"]) for one in local.get("fields", ())
    )


def refinements() -> tuple[Refinement, ...]:
    """Every refinement, read anew when a file changes.

    Raises: Refused ``bad-refinement`` with all that is wrong with the first bad file, ``codex-unreadable``.
    """
    return files.kept("refinements", [LOCAL], lambda: tuple(map(read, files.files(LOCAL))))


def read(path: Path) -> Refinement:
    """The refinement in one file. Raises: Refused ``bad-refinement``, ``codex-unreadable``."""
    raw = files.read(path)
    if found := list(problems(raw)):
        name = files.shown(path)
        raise Refused("bad-refinement", f"{name}：{'；'.join(found)}。", basis=BASIS, remedy=f"修改 {name}。")
    return made_of(raw, path.stem)


def made_of(raw: Mapping[str, Any], name: str) -> Refinement:
    """The refinement of this name, of a file in which nothing is wrong (``problems``)."""
    return Refinement(
        id=name,
        form=raw["form"],
        region=raw["region"],
        organs=tuple(raw.get("organs", ())),
        **{key: raw[key] for key in _APPROVED},
        until=raw.get("until"),
        fields=tuple(_addition(one) for one in raw.get("fields", ())),
        wording=tuple(raw.get("wording", ())),
    )


def problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a refinement: anything but adding, no approval, a form that has no place for it."""
    form = catalogue().get(str(raw.get("form")))
    if form is None:
        yield f"没有名为“{raw.get('form')}”的文书格式"
        return
    for key in raw:
        if key not in _KNOWN:
            yield f"不能写“{key}”：细化只能增加要素（fields）和文字（wording），《{form.title}》原有的要素、文字、签章不能修改、删除"
    yield from _unapproved(raw)
    yield from _unscoped(raw)
    if not raw.get("fields") and not raw.get("wording"):
        yield "没有增加任何要素或者文字"
    for key in ("fields", "wording"):
        if not isinstance(raw.get(key, []), list):
            yield f"{key} 须是列表"
    for one in _listed(raw, "fields"):
        yield from _wrong_field(one, form)
    for line in _listed(raw, "wording"):
        if not isinstance(line, str) or not 0 < len(line.strip()) <= MOST_WORDS:
            yield f"wording 的每一条须是不超过 {MOST_WORDS} 字的文字"
    source = (FOLDER / f"{form.id}.typ").read_text("utf-8")
    if len(_PLACE[form.outgoing].findall(source)) != 1:
        yield f"《{form.title}》是表格，没有可以增加内容的落款位置"


def _listed(raw: Mapping[str, Any], key: str) -> list[Any]:
    """The items of a list, none where it is no list."""
    told = raw.get(key, [])
    return told if isinstance(told, list) else []


def _unapproved(raw: Mapping[str, Any]) -> Iterator[str]:
    for key, kind in _APPROVED.items():
        if type(raw.get(key)) is not kind or not raw[key]:
            yield f"缺少 {key}：细化须经批准，写明批准机关、文号、批准日期和施行日期"
    if "until" in raw and type(raw["until"]) is not date:
        yield "until（停止）写日期"
    given = [raw.get("approved_on"), raw.get("in_force"), raw.get("until")]
    days = [one for one in given if type(one) is date]
    if days != sorted(days):
        yield "日期应当依次为批准（approved_on）、施行（in_force）、停止（until）"


def _unscoped(raw: Mapping[str, Any]) -> Iterator[str]:
    region, organs = raw.get("region"), raw.get("organs", [])
    if not isinstance(region, str) or not re.fullmatch(r"[0-9]{4}([0-9]{2})?", region):
        yield "region 写区划代码的前四位（市）或者六位（县）：省定格式只能由市、县细化"
    if not isinstance(organs, list) or not all(isinstance(one, str) for one in organs):
        yield "organs 是机关编号的列表；不写的，适用于该区划的全部机关"


def _wrong_field(raw: object, form: Form) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield "fields 的每一项须是一个表（[[fields]]），写 key、label"
        return
    key = str(raw.get("key", ""))
    if key in {one.key for one in form.fields}:
        yield f"“{key}”是《{form.title}》原有的要素，不能改写；增加的要素另起名称"
    elif not _KEY.fullmatch(key):
        yield f"增加的要素“{key}”须以 local_ 开头，由小写字母、数字和下划线组成"
    label, told = raw.get("label"), raw.get("help", "")
    if not isinstance(label, str) or not label.strip():
        yield f"要素“{key}”没有写 label（名称）"
    if not isinstance(told, str):
        yield f"要素“{key}”的 help 须是文字"
    if not isinstance(raw.get("required", False), bool):
        yield f"要素“{key}”的 required 写 true 或者 false"
    if raw.get("kind", "text") not in KINDS:
        yield f"要素“{key}”的 kind 只能是 {'、'.join(KINDS)}"
    for name in raw.keys() - _FIELD:
        yield f"要素“{key}”不认识 {name}，可用的键：{'、'.join(sorted(_FIELD))}"


def _addition(raw: Mapping[str, Any]) -> Addition:
    return Addition(
        raw["key"], raw["label"], raw.get("kind", "text"), bool(raw.get("required")), raw.get("help", "")
    )


def _asked(one: Addition) -> Asked:
    """The fact as the step's form asks for it. It may hold anything, so it is kept as personal."""
    return Asked(
        name=one.key,
        label=one.label,
        kind=one.kind,
        required=one.required,
        help=one.help,
        max=_MAX[one.kind],
        choices=(),
        when=None,
        personal=True,
        default_fact=None,
    )
