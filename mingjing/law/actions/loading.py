"""Puts the codex into the database: statutes with their dates, power items, procedure editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from mingjing.kernel.refused import Refused
from mingjing.law import basis as notation
from mingjing.law.codex.powers import Power, PowerList, power_lists, to_data
from mingjing.law.codex.statutes import Registered, Version, name_key, registry
from mingjing.law.models import PowerItem, ProcedureEdition, Statute, StatuteName, StatuteVersion
from mingjing.law.queries.editions import editions
from mingjing.law.queries.powers import CODEX


@dataclass(frozen=True)
class CodexLoaded:
    """How much the database holds of the codex after loading."""

    statutes: int
    versions: int
    powers: int
    withdrawn: int
    editions: int


@transaction.atomic
def load_codex(at: datetime) -> CodexLoaded:
    """Bring statutes, power items and procedure editions to the state of the codex; twice changes nothing.

    Power items that left the codex are marked withdrawn, never deleted: cases rest on them.
    Raises: Refused of the codex readers.
    """
    known = registry().all
    versions = sum(_load_statute(statute) for statute in known)
    loaded = sum(_load_powers(group) for group in power_lists())
    codes = [item.code for group in power_lists() for item in group.items]
    withdrawn = PowerItem.objects.filter(source=CODEX).exclude(code__in=codes).update(withdrawn=True)
    return CodexLoaded(len(known), versions, loaded, withdrawn, _keep_editions(at))


def _load_statute(statute: Registered) -> int:
    """Write one statute; the registry's dates win over whatever an import found."""
    row = Statute.objects.filter(slug=statute.id).first() or _imported_before(statute) or Statute()
    row.slug, row.title, row.short_title = statute.id, statute.title, statute.short_title
    row.rank, row.issuer, row.registered = statute.rank, statute.issuer, True
    row.save()
    _load_names(row, statute)
    for version in statute.versions:
        _load_version(row, version)
    return len(statute.versions)


def _imported_before(statute: Registered) -> Statute | None:
    """The row an import made before the statute was registered."""
    keys = [name_key(name) for name in (statute.title, *statute.short_titles)]
    name = StatuteName.objects.select_related("statute").filter(name__in=keys).first()
    return name.statute if name else None


def _load_names(row: Statute, statute: Registered) -> None:
    for name in {name_key(name) for name in (statute.title, *statute.short_titles)}:
        found, _ = StatuteName.objects.get_or_create(name=name, defaults={"statute": row})
        if found.statute_id != row.pk:
            raise Refused(
                "statute-name-taken",
                f"名称“{name}”已属于《{found.statute.title}》，不能再给《{statute.title}》。",
                remedy="核对 codex/statutes 中的简称。",
            )


def _load_version(row: Statute, version: Version) -> None:
    known: dict[str, Any] = {"statute": row, "promulgated_on": version.promulgated_on}
    if version.promulgated_on is None:
        known["label"] = version.label
    StatuteVersion.objects.update_or_create(
        **known,
        defaults={
            "label": version.label,
            "in_force_from": version.in_force_from,
            "in_force_until": version.in_force_until,
            "repealed_by": version.repealed_by,
            "provisional": version.sure == "R",
            "registered": True,
        },
    )


def _load_powers(group: PowerList) -> int:
    for item in group.items:
        PowerItem.objects.update_or_create(source=CODEX, code=item.code, defaults=_columns(item, group))
    return len(group.items)


def _columns(item: Power, group: PowerList) -> dict[str, object]:
    first = notation.parse(item.basis)[0]
    _, _, place = str(first).partition("/")
    return {
        "edition": group.edition,
        "field": item.field,
        "title": item.title,
        "statute": first.statute,
        "article": place,
        "organ_field": item.organ_fields[0] if item.organ_fields else "",
        "data": to_data(item),
        "withdrawn": False,
    }


def _keep_editions(at: datetime) -> int:
    """Keep the text of every procedure file, so that a running case outlives a change of its file."""
    for one in editions():
        ProcedureEdition.objects.get_or_create(
            sha256=one.sha256,
            defaults={
                "procedure": one.id,
                "in_force": one.procedure.in_force,
                "text": one.text,
                "loaded_at": at,
            },
        )
    return ProcedureEdition.objects.count()
