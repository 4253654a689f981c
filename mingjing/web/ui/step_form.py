"""What a step's form shows: its fields, what they start with, what there is to choose, when each is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from mingjing.cases import queries as cases
from mingjing.cases.work import Work
from mingjing.kernel.procedure import Field, Procedure
from mingjing.kernel.procedure import Step as Rule
from mingjing.law import queries as law
from mingjing.organs.authority import Actor
from mingjing.web.ui import forms
from mingjing.web.ui.conditions import Vocabulary, in_words


def form_context(
    fields: Sequence[Field],
    *,
    procedure: Procedure,
    constants: Mapping[str, Any],
    facts: Mapping[str, Any],
    handlers: Sequence[Actor],
    power: law.Power | None,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    on: date,
    organ_id: int | None,
) -> dict[str, Any]:
    """The arguments of the macros in ``macros/form.html``; ``on`` is the day whose law there is to choose from."""
    vocabulary = Vocabulary(procedure, constants)
    return {
        "fields": fields,
        "labels": {field.name: field.label for field in fields},
        "values": values,
        "errors": errors,
        "options": {
            **_options(fields, handlers, power, procedure, organ_id),
            **_coercive_powers(fields, facts, power, on),
        },
        "words": {field.name: in_words(field.when, vocabulary) for field in fields if field.when},
        "known": forms.facts_for_conditions(fields, facts),
        "has_files": any(field.kind == "files" for field in fields),
    }


def first_values(work: Work, rule: Rule) -> dict[str, Any]:
    """What a fresh form of a step starts with: what the case has recorded, and never a constant of the law.

    A returned submission comes back as it was. A step taken again starts only with what its fields
    inherit, so that yesterday's findings are not mistaken for today's. Cost: 1 query.
    """
    fields, facts = rule.facts, work.case.facts
    if returned := cases.returned_facts(work.case.pk, rule.id):
        return returned
    if work.marking.has_happened(rule.id):
        values = {
            field.name: facts[field.default_fact]
            for field in fields
            if field.default_fact and facts.get(field.default_fact) is not None
        }
    else:
        values = forms.starting_values(fields, facts)
    for field in fields:
        if field.kind == "power" and work.power is not None:
            values.setdefault(field.name, work.power.code)
        if field.kind == "officers":
            values.setdefault(field.name, [one.id for one in work.handlers])
    return values


def _options(
    fields: Sequence[Field],
    handlers: Sequence[Actor],
    power: law.Power | None,
    procedure: Procedure,
    organ_id: int | None,
) -> dict[str, Sequence[tuple[Any, str]]]:
    options: dict[str, Sequence[tuple[Any, str]]] = {}
    for field in fields:
        if field.kind == "officers":
            options[field.name] = [(one.id, _named(one)) for one in handlers]
        elif field.kind == "power":
            options[field.name] = [
                (one.code, f"{one.code} {one.title}") for one in law.powers_of_organ(organ_id)
            ]
        elif field.kind == "license":
            items = law.license_items(procedure=procedure.id)
            options[field.name] = [(one.code, f"{one.code} {one.title}") for one in items]
        elif field.kind == "exception":
            options[field.name] = [(one.code, one.title) for one in law.exceptions_of(procedure.act)]
        elif field.kind == "variant" and power is not None:
            options[field.name] = list(power.variants.items())
        elif field.kind == "provision" and power is not None:
            options[field.name] = [(power.basis, power.title)]
    return options


def _coercive_powers(
    fields: Sequence[Field], facts: Mapping[str, Any], power: law.Power | None, on: date
) -> dict[str, Sequence[tuple[Any, str]]]:
    """The coercive powers that the law gives the organ, by fields that ask for one. 行政强制法 arts. 10, 17."""
    asked = [field.name for field in fields if field.kind == "coercion"]
    if not asked:
        return {}
    found = law.coercive_powers(
        field=str(facts.get("field") or ""),
        organ_field=str(facts.get("organ_field") or ""),
        on=on,
        item=power.code if power else None,
    )
    lines = [
        (one.code, f"{one.title}（{'、'.join(place.text for place in law.parse(one.basis))}）")
        for one in found
    ]
    return dict.fromkeys(asked, lines)


def _named(officer: Actor) -> str:
    number = next((one.number for one in officer.certificates), "")
    return f"{officer.name}（{number}）" if number else f"{officer.name}（没有证件）"
