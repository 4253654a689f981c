"""Rows of registers drawn from what the platform works with: organs, officers, powers, procedure files, benchmarks.

Nobody types what is drawn here, so a published list says what the system does. Values are text; empty ones are
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mingjing.cases import remedies
from mingjing.cases.papers import forms
from mingjing.kernel.benchmarks import TIERS, Row
from mingjing.kernel.fines import yuan
from mingjing.kernel.procedure import Procedure, Step
from mingjing.law import queries as law
from mingjing.law.fines_in_words import fine_words
from mingjing.law.queries import LicenseItem, Power
from mingjing.law.terms_in_words import term, terms_of
from mingjing.organs import queries as organs
from mingjing.organs.models import Organ
from mingjing.organs.roles import role_title
from mingjing.vault import classes

from .checklist import checklist
from .kinds import Kind, key_of

Values = dict[str, Any]
_NATURE = {
    "organ": "行政机关",
    "authorized": "法律、法规授权的组织",
    "entrusted": "受委托组织",
    "government": "人民政府",
}
_REMEDIES = {"penalty": "penalty-decision", "license": "license-refusal", "coercion": "measure-decision"}


@dataclass(frozen=True)
class Whose:
    """For whom and for which day rows are drawn."""

    organ: Organ
    on: date

    @property
    def kinds(self) -> set[str]:
        """What kinds of organ it is for the lists of powers."""
        return set(self.organ.organ_fields or (self.organ.field,))


def drawn_rows(kind: Kind, organ: Organ, on: date) -> dict[str, Values]:
    """The rows of a drawn register as the live data gives them on a day, by key; none for a typed one.

    Cost: at most 3 queries, and one for each procedure it covers.
    """
    if not kind.drawn:
        return {}
    drawn = {one.id for one in kind.columns if one.drawn}
    rows: dict[str, Values] = {}
    for values in _SOURCES[kind.drawn](kind, Whose(organ, on)):
        told = {name: value for name, value in values.items() if name in drawn and value not in ("", None)}
        rows.setdefault(key_of(kind.key, told), told)
    return rows


def merged(kind: Kind, drawn: Mapping[str, Values], old: Mapping[str, Values]) -> dict[str, Values]:
    """Drawn rows with what was typed into the rows of the same key before."""
    typed = {one.id for one in kind.typed}
    return {
        key: {**values, **{name: value for name, value in old.get(key, {}).items() if name in typed}}
        for key, values in drawn.items()
    }


def _field_title(code: str) -> str:
    return law.FIELDS.get(code, "综合" if code == "general" else code)


# --- organs and officers ---


def _subjects(kind: Kind, whose: Whose) -> Iterator[Values]:
    for organ in organs.acting_under(whose.organ.pk):
        yield {
            "code": organ.code,
            "name": organ.name,
            "credit_code": organ.credit_code,
            "nature": _NATURE.get(organ.kind, organ.kind),
            "legal_basis": organ.basis,
            "region": _region(organ.region),
            "field": _field_title(organ.field),
            "phone": organ.phone,
            "address": organ.address,
        }


def _region(code: str) -> str:
    return next((one.name for one in law.regions() if one.code == code), code)


def _officers(kind: Kind, whose: Whose) -> Iterator[Values]:
    for held in organs.certificates_of_organ(whose.organ.pk, whose.on):
        officer = held.officer
        yield {
            "name": officer.name,
            "unit": f"{whose.organ.name}{officer.unit}",
            "post": officer.post,
            "number": held.number,
            "kind": "行政执法监督证" if held.kind == "supervision" else "行政执法证",
            "field": "、".join(map(_field_title, held.fields)) or "本单位全部领域",
            "region": _region(held.region),
            "valid_from": held.valid_from.isoformat(),
            "valid_until": held.valid_until.isoformat(),
            "qualification": officer.legal_qualification,
        }


# --- powers ---


def _powers(kind: Kind, whose: Whose) -> Iterator[Values]:
    yield from (_penalty(item, whose) for item in _penalties(whose))
    yield from (_license(item, whose) for item in _licenses(whose))
    yield from _coercions(whose)


def _penalties(whose: Whose) -> list[Power]:
    """The items that the organ may use, in the version of the day: those of its own list, or of its kind."""
    listed = law.powers_of_organ(whose.organ.pk)
    ours = [one for one in listed if one.organ_id or whose.kinds & set(one.organ_fields)]
    on_day = ((one, one.version_on(whose.on)) for one in ours)
    return [version or one for one, version in on_day if version is not None or one.sure == "imported"]


def _penalty(item: Power, whose: Whose) -> Values:
    said = [f"{rule.title}：{fine_words(rule)}" for rule in item.fines]
    first = [f"先行{item.order_first}"] if item.order_first else []
    return {
        "code": item.code,
        "title": item.title,
        "type": "行政处罚",
        "organ": whose.organ.name,
        "legal_basis": item.basis,
        "measures": "\n".join([*first, *said, *item.measures, item.besides]).strip(),
        "benchmark": "有" if law.benchmark(item.code, whose.on) else "无",
    }


def _licenses(whose: Whose) -> list[LicenseItem]:
    return [one for one in law.license_items(on=whose.on) if whose.kinds & set(one.organ_fields)]


def _license(item: LicenseItem, whose: Whose) -> Values:
    return {
        "code": item.code,
        "title": item.title,
        "type": "行政许可",
        "organ": whose.organ.name,
        "legal_basis": item.basis,
        "measures": f"颁发{item.certificate}",
    }


def _coercions(whose: Whose) -> Iterator[Values]:
    found = {
        one.code: one
        for kind in sorted(whose.kinds)
        for field in {whose.organ.field, *law.FIELDS}
        for one in law.coercive_powers(field=field, organ_field=kind, on=whose.on)
        if kind in one.organ_fields
    }
    for code, one in sorted(found.items()):
        yield {
            "code": code,
            "title": one.title,
            "type": "行政强制",
            "organ": whose.organ.name,
            "legal_basis": one.basis,
            "measures": f"{one.kinds_in_words}：{one.objects}" if one.objects else one.kinds_in_words,
        }


# --- procedure files ---


def _procedures(kind: Kind, whose: Whose) -> list[tuple[Procedure, str, str]]:
    """The procedures that the register covers, in the order of the acts: each with the name of its kind of act and
    the digest of the edition in force. Cost: 1 query for each.
    """
    items = {name for item in _licenses(whose) for name in item.procedures}
    found = [
        (one, kind.acts[one.act], law.edition_in_force(one.id, whose.on).sha256)
        for one in law.procedures_in_force(whose.on)
        if one.act in kind.acts and (one.act != "license" or one.id in items)
    ]
    order = list(kind.acts)
    return sorted(found, key=lambda pair: (order.index(pair[0].act), pair[0].id))


def _recording(kind: Kind, whose: Whose) -> Iterator[Values]:
    """Steps that the procedures want recorded, and those that an organ may want recorded besides."""
    words, kept = checklist(), retention()
    for procedure, act, sha256 in _procedures(kind, whose):
        for step in procedure.steps.values():
            if step.recording == "none" and step.id not in words.links:
                continue
            said = words.of(step.id, step.recording)
            yield {
                "act": act,
                "item": procedure.title,
                "procedure": procedure.id,
                "step": step.id,
                "link": step.public_name or step.title,
                "way": said.way,
                "level": step.recording,
                "start": said.start,
                "content": step.guide or f"{step.title}的全部过程",
                "place": said.place,
                "stop": said.stop,
                "retention": kept,
                "legal_basis": step.recording_basis or words.basis,
                "edition": sha256,
            }


def retention() -> str:
    """How long recordings are kept, in words."""
    used, unused = classes.class_of(classes.CASE_FILE), classes.class_of(classes.NO_CASE)
    return f"用于案件的：{used.term}；{unused.title}的：{unused.term}"


def _guides(kind: Kind, whose: Whose) -> Iterator[Values]:
    contact = "，".join(part for part in (whose.organ.address, whose.organ.phone) if part)
    for procedure, act, sha256 in _procedures(kind, whose):
        yield {**_guide(procedure), "act": act, "contact": contact, "edition": sha256}
    for item in _licenses(whose):
        yield {**_license_guide(item, whose.on), "act": kind.acts.get("license", ""), "contact": contact}


def _guide(procedure: Procedure) -> Values:
    titles = forms.titles()
    papers = [titles.get(rule.form, rule.form) for step in procedure.steps.values() for rule in step.papers]
    drawn = [step for step in procedure.steps.values() if step.flow != "aside"]
    remedy = _REMEDIES.get(procedure.act, "")
    return {
        "code": procedure.id,
        "procedure": procedure.id,
        "title": procedure.title,
        "legal_basis": procedure.basis,
        "conditions": procedure.summary,
        "steps": "\n".join(_step_line(number, procedure, step) for number, step in enumerate(drawn, 1)),
        "papers": "、".join(dict.fromkeys(papers)),
        "results": "、".join(procedure.outcomes.values()),
        "remedy": remedies.in_general(remedy) if remedy else "",
    }


def _step_line(number: int, procedure: Procedure, step: Step) -> str:
    who = "、".join(dict.fromkeys(role_title(role) for role in step.by))
    approved = f"，报{role_title(step.approve)}批准" if step.approve else ""
    terms = "；".join(terms_of(procedure, step))
    return f"{number}. {step.public_name or step.title}（{who}{approved}）" + (f"：{terms}" if terms else "")


def _license_guide(item: LicenseItem, on: date) -> Values:
    editions = [law.edition_in_force(name, on) for name in item.procedures]
    materials = [
        f"{one.name}（{'，'.join(part for part in (one.source, one.form) if part)}）"
        for one in item.materials
    ]
    promised = f"承诺{term(item.promised)}内办结" if item.promised else ""
    return {
        "code": item.code,
        "title": item.title,
        "legal_basis": item.basis,
        "conditions": "\n".join(item.conditions),
        "materials": "\n".join(materials),
        "steps": "\n".join([*(f"按“{one.procedure.title}”办理" for one in editions), promised]).strip(),
        "fee": item.fee,
        "results": f"{item.certificate}；{item.validity}" if item.validity else item.certificate,
        "remedy": remedies.in_general("license-refusal"),
        "procedure": editions[0].id if editions else "",
        "edition": editions[0].sha256 if editions else "",
    }


def _flowcharts(kind: Kind, whose: Whose) -> Iterator[Values]:
    for procedure, act, sha256 in _procedures(kind, whose):
        yield {
            "procedure": procedure.id,
            "title": procedure.title,
            "act": act,
            "legal_basis": procedure.basis,
            "in_force": procedure.in_force.isoformat(),
            "steps": str(sum(step.flow != "aside" for step in procedure.steps.values())),
            "edition": sha256,
        }


# --- benchmarks ---


def _benchmarks(kind: Kind, whose: Whose) -> Iterator[Values]:
    for item in _penalties(whose):
        table = law.benchmark(item.code, whose.on)
        for row in table.rows if table else ():
            labels = {one.name: one.label for one in table.inputs} if table else {}
            yield {
                "item": item.code,
                "title": item.title,
                "row": f"{row.number}",
                "tier": TIERS[row.tier],
                "when": _circumstances(row, labels),
                "span": _span(row),
                "legal_basis": row.basis or (table.basis if table else ""),
                "note": table.note if table else "",
            }


def _circumstances(row: Row, labels: Mapping[str, str]) -> str:
    cells = [f"{labels[name]}：{cell.text}" for name, cell in row.cells.items() if name in labels]
    return "\n".join([row.title, *cells]).strip()


def _span(row: Row) -> str:
    if row.fen:
        return f"{yuan(row.fen[0])}至{yuan(row.fen[1])}"
    if row.times:
        return f"{row.times[0]}至{row.times[1]}倍"
    return f"法定幅度的{row.share[0]}%至{row.share[1]}%" if row.share else ""


_SOURCES: Mapping[str, Callable[[Kind, Whose], Iterator[Values]]] = {
    "subjects": _subjects,
    "officers": _officers,
    "powers": _powers,
    "recording": _recording,
    "guides": _guides,
    "flowcharts": _flowcharts,
    "benchmarks": _benchmarks,
}
