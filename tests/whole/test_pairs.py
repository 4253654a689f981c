"""Tables that tell when something happened and by whom never tell only one of the two."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

MODELS = [
    model for app in apps.get_app_configs() if app.name.startswith("mingjing.") for model in app.get_models()
]


def pairs(model: type[models.Model]) -> list[str]:
    names = {field.name for field in model._meta.get_fields()}
    return sorted(
        name.removesuffix("_at") for name in names if name.endswith("_at") and f"{name[:-3]}_by" in names
    )


@pytest.mark.parametrize(
    "model", [model for model in MODELS if pairs(model)], ids=lambda model: model.__name__
)
def test_a_moment_and_its_person_are_both_there_or_both_missing(model: type[models.Model]) -> None:
    for pair in pairs(model):
        moment, person = (model._meta.get_field(f"{pair}_{end}") for end in ("at", "by"))
        if not moment.null and not person.null:
            continue
        assert moment.null == person.null, f"{model.__name__}.{pair}"
        bound = [
            one
            for one in model._meta.constraints
            if isinstance(one, models.CheckConstraint)
            and _names(one.condition) == {f"{pair}_at", f"{pair}_by"}
        ]
        assert bound, f"{model.__name__}.{pair} has no CheckConstraint"


def _names(condition: models.Q) -> set[str]:
    """The columns a condition speaks of."""
    found: set[str] = set()
    for child in condition.children:
        found |= _names(child) if isinstance(child, models.Q) else {str(child[0]).partition("__")[0]}
    return found


def test_there_are_such_tables() -> None:
    assert sum(bool(pairs(model)) for model in MODELS) >= 2


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_live_row_is_torn_from_the_record_by_a_cascade(model: type[models.Model]) -> None:
    """What a case consists of is protected; only its working lists go with it."""
    cascading = {
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    }

    assert not cascading or model.__name__ in {
        "CaseOfficer",
        "Obligation",
        "Submission",
        "AccountSession",
        "StatuteName",
        "StatuteVersion",
        "Article",
    }, cascading
