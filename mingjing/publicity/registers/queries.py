"""Reading registers: what the desk works on, what waits for confirmation, what the public sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from mingjing.kernel.refused import Refused
from mingjing.organs import queries as organs
from mingjing.organs.authority import Actor, persons
from mingjing.organs.models import Organ

from ..models import Register, RegisterEdition, RegisterRow, RevisionDuty
from .causes import Looked
from .comparing import RowChange, differences
from .file import columns_of, label_of, public_values
from .findings import Finding, findings
from .kinds import Kind, kind_of, kinds

PAGE = 50
MOST_DUTIES = 100
IN_WORK = ("draft", "submitted", "returned")
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Standing:
    """One register of an organ as the desk lists it; ``register`` is None where nothing was begun yet."""

    kind: Kind
    title: str
    register: Register | None
    current: RegisterEdition | None
    coming: RegisterEdition | None
    work: RegisterEdition | None
    duties: int
    due_on: date | None


# --- editions ---


def edition(edition_id: int) -> RegisterEdition:
    """One edition with its register and people. Raises: Refused ``not-found``. Cost: 1 query."""
    people = ("drafted_by", "submitted_by", "answered_by__organ")
    rows = RegisterEdition.objects.select_related("register__organ", *people)
    found = rows.filter(pk=edition_id).first()
    if found is None:
        raise Refused("not-found", "没有这个清单版本。", remedy="请从“登记与清单”进入。")
    return found


def register(register_id: int) -> Register:
    """One register with its organ. Raises: Refused ``not-found``. Cost: 1 query."""
    found = Register.objects.select_related("organ").filter(pk=register_id).first()
    if found is None:
        raise Refused("not-found", "没有这份清单。", remedy="请从“登记与清单”进入。")
    return found


def kind_of_register(row: Register) -> Kind:
    """The kind of a register as the codex has it now. Raises: Refused ``no-such-register``."""
    return kind_of(row.kind)


def rows_of(edition_id: int) -> Rows:
    """All rows of an edition by key, in order. Cost: 1 query."""
    rows = RegisterRow.objects.filter(edition_id=edition_id).order_by("position")
    return dict(rows.values_list("key", "values"))


def page_of(edition_id: int, *, words: str = "", after: int = 0, limit: int = PAGE) -> list[RegisterRow]:
    """Up to ``limit`` rows behind a position that hold the words. Cost: 1 query, whatever the length of the list."""
    rows = RegisterRow.objects.filter(edition_id=edition_id, position__gt=after)
    return list((rows.filter(text__contains=words) if words else rows).order_by("position")[:limit])


def size_of(edition_id: int, words: str = "") -> int:
    """How many rows an edition has that hold the words. Cost: 1 query."""
    rows = RegisterRow.objects.filter(edition_id=edition_id)
    return (rows.filter(text__contains=words) if words else rows).count()


def row_of(edition_id: int, key: str) -> RegisterRow | None:
    """One row by its key. Cost: 1 query."""
    return RegisterRow.objects.filter(edition_id=edition_id, key=key).first()


def changes(old: RegisterEdition | None, new: RegisterEdition) -> list[RowChange]:
    """What ``new`` says otherwise than ``old``; everything is added where there is no old one. Cost: 2 queries."""
    return differences(rows_of(old.pk) if old else {}, rows_of(new.pk))


def labels(editions: Iterable[RegisterEdition | None], keys: Iterable[str]) -> dict[str, str]:
    """What people call the rows of these keys, as the last edition that has them says. Cost: 1 query."""
    ids = [one.pk for one in editions if one is not None]
    rows = RegisterRow.objects.filter(edition_id__in=ids, key__in=list(keys)).order_by("edition__number")
    return {key: label_of(key, values) for key, values in rows.values_list("key", "values")}


def findings_in(row: RegisterEdition, on: date) -> list[Finding]:
    """What the machine finds in an edition. Cost: as ``findings``."""
    return findings(kind_of(row.register.kind), columns_of(row), row.register.organ, rows_of(row.pk), on)


def looked_at(row: RegisterEdition, seen_on: date) -> Looked:
    """An edition ready to be looked at for causes to revise it. Cost: 1 query."""
    kind = kind_of(row.register.kind)
    return Looked(kind, columns_of(row), row.register.organ, rows_of(row.pk), seen_on)


# --- which edition counts ---


def published(on: date) -> QuerySet[RegisterEdition]:
    """Editions that were confirmed and whose day has come, of all registers, latest first."""
    rows = RegisterEdition.objects.filter(state="confirmed", publish_on__lte=on)
    return rows.select_related("register__organ", "answered_by__organ").order_by("-publish_on", "-number")


def current_editions(on: date, registers: Iterable[int] | None = None) -> dict[int, RegisterEdition]:
    """The edition that counts on a day, by register. Cost: 1 query."""
    rows = published(on)
    if registers is not None:
        rows = rows.filter(register_id__in=list(registers))
    found: dict[int, RegisterEdition] = {}
    for one in rows:
        found.setdefault(one.register_id, one)
    return found


def current_edition(register_id: int, on: date) -> RegisterEdition | None:
    """The edition of a register that counts on a day. Cost: 1 query."""
    return published(on).filter(register_id=register_id).first()


def before(row: RegisterEdition) -> RegisterEdition | None:
    """The confirmed edition that this one follows. Cost: 1 query."""
    rows = RegisterEdition.objects.filter(
        register_id=row.register_id, state="confirmed", number__lt=row.number
    )
    return rows.order_by("-number").first()


def editions_of(register_id: int) -> list[RegisterEdition]:
    """Every edition that is not dropped, the newest first. Cost: 1 query."""
    rows = RegisterEdition.objects.filter(register_id=register_id).exclude(state="dropped")
    return list(rows.select_related("submitted_by", "answered_by__organ", "drafted_by").order_by("-number"))


# --- the desk ---


def standings_of(organ_id: int, on: date) -> list[Standing]:
    """Every kind of register with how the organ's stands, lists of its own at the end. Cost: 4 queries."""
    ours = list(Register.objects.filter(organ_id=organ_id).select_related("organ"))
    ids = [one.pk for one in ours]
    current = current_editions(on, ids)
    rest = RegisterEdition.objects.filter(register_id__in=ids).exclude(state="dropped")
    work = {one.register_id: one for one in rest.filter(state__in=IN_WORK)}
    coming = {one.register_id: one for one in rest.filter(state="confirmed", publish_on__gt=on)}
    owed = {one["register_id"]: one for one in _owed(RevisionDuty.objects.filter(register_id__in=ids))}

    def standing(kind: Kind, row: Register | None) -> Standing:
        pk = row.pk if row else 0
        due = owed.get(pk, {"number": 0, "due": None})
        title = row.title if row else kind.title
        return Standing(
            kind, title, row, current.get(pk), coming.get(pk), work.get(pk), due["number"], due["due"]
        )

    known = kinds()
    of_kind = {one.kind: one for one in ours if not known[one.kind].own_columns}
    usual = [standing(kind, of_kind.get(id)) for id, kind in known.items() if not kind.own_columns]
    own = [standing(known[one.kind], one) for one in ours if known[one.kind].own_columns]
    return [*usual, *own]


def _owed(rows: QuerySet[RevisionDuty]) -> Any:
    open_ones = rows.filter(state="open").order_by()
    return open_ones.values("register_id").annotate(number=Count("pk"), due=Min("due_on"))


def duties_of(organ_id: int) -> list[RevisionDuty]:
    """What an organ is to revise, up to ``MOST_DUTIES``, soonest first. Cost: 1 query."""
    rows = RevisionDuty.objects.filter(register__organ_id=organ_id, state="open")
    return list(rows.select_related("register", "edition").order_by("due_on", "pk")[:MOST_DUTIES])


def duties_of_register(register_id: int) -> list[RevisionDuty]:
    """What was and is to be revised in a register, up to ``MOST_DUTIES``, the open ones first. Cost: 1 query."""
    rows = RevisionDuty.objects.filter(register_id=register_id)
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "due_on", "pk")[:MOST_DUTIES])


def duty(duty_id: int) -> RevisionDuty:
    """One duty to revise. Raises: Refused ``not-found``. Cost: 1 query."""
    rows = RevisionDuty.objects.select_related("register__organ", "edition", "closed_by", "revised_in")
    found = rows.filter(pk=duty_id).first()
    if found is None:
        raise Refused("not-found", "没有这项修订职责。", remedy="请从“登记与清单”进入。")
    return found


def duty_count(organ_id: int) -> tuple[int, date | None]:
    """How much an organ is to revise, and by when the first. Cost: 1 query."""
    told = RevisionDuty.objects.filter(register__organ_id=organ_id, state="open").aggregate(
        number=Count("pk"), due=Min("due_on")
    )
    return told["number"], told["due"]


def overdue(on: date, below: str = "/") -> list[RevisionDuty]:
    """Those past their day of the organs under a place in the tree, longest overdue first: ``MOST_DUTIES``, and one
    more where there are more. Cost: 1 query."""
    rows = RevisionDuty.objects.filter(state="open", due_on__lt=on, register__organ__path__startswith=below)
    return list(rows.select_related("register__organ").order_by("due_on", "pk")[: MOST_DUTIES + 1])


def queue(actor: Actor) -> list[RegisterEdition]:
    """What waits for the actor's bureau to confirm, the oldest first. Cost: 2 queries."""
    rows = RegisterEdition.objects.filter(state="submitted").select_related("register__organ", "submitted_by")
    bureaus = organs.justice_bureaus()
    return [
        one for one in rows.order_by("submitted_at", "pk") if why_not_confirm(actor, one, bureaus) is None
    ]


def why_not_confirm(
    actor: Actor, row: RegisterEdition, bureaus: Sequence[Organ] | None = None
) -> Refused | None:
    """Why the actor may not answer this edition: only the bureau of the organ's level, and another person.

    Cost: 1 query, none with the ``bureaus`` given. Source: 达州三项制度方案/2(1) (同级司法行政机关).
    """
    if not actor.is_justice_bureau or "register.confirm" not in actor.permissions:
        return Refused(
            "not-the-bureau",
            "清单由同级司法行政机关确认。",
            basis="达州三项制度方案/2(1)",
            remedy="请由司法行政机关的执法监督员办理。",
        )
    bureau = organs.confirming_bureau(row.register.organ.path, bureaus)
    if bureau is None or bureau.pk != actor.organ_id:
        name = bureau.name if bureau else "同级司法行政机关"
        return Refused(
            "not-the-bureau",
            f"{row.register.organ.name}的清单由{name}确认。",
            basis="达州三项制度方案/2(1)",
            remedy=f"请由{name}办理。",
        )
    if persons(actor, "register.confirm") & {row.drafted_by_id, row.submitted_by_id}:
        return Refused("own-proposal", "编制、报送的人不能自己确认。", remedy="请由另一名执法监督员确认。")
    return None


def may_see(actor: Actor, organ: Organ) -> bool:
    """Whether drafts of an organ are for the actor's eyes: his own organ's, or of those he supervises."""
    if actor.organ_id == organ.pk:
        return True
    return bool(actor.supervises) and organ.path.startswith(actor.supervises)


# --- the public ---


def public_registers(on: date, *, organ_code: str = "", kind: str = "") -> list[RegisterEdition]:
    """The edition that counts of every register, by kind and organ; retired registers as well. Cost: 1 query."""
    found = list(current_editions(on).values())
    order = {id: place for place, id in enumerate(kinds())}
    chosen = [
        one
        for one in found
        if (not organ_code or one.register.organ.code == organ_code)
        and (not kind or one.register.kind == kind)
    ]
    return sorted(
        chosen, key=lambda one: (order.get(one.register.kind, 99), one.register.organ.path, one.register.code)
    )


def public_register(organ_code: str, code: str) -> Register:
    """A register by its public address. Raises: Refused ``not-found``. Cost: 1 query."""
    rows = Register.objects.select_related("organ").filter(organ__code=organ_code, code=code)
    found = rows.first()
    if found is None:
        raise Refused(
            "not-found", "没有这份清单，或者尚未经司法行政机关确认公布。", remedy="请从“清单”目录查找。"
        )
    return found


def public_editions(register_id: int, on: date) -> list[RegisterEdition]:
    """Every edition that was ever public, the newest first. Cost: 1 query."""
    return list(published(on).filter(register_id=register_id))


def organs_confirmed(kind: str, on: date) -> Mapping[str, RegisterEdition]:
    """The current editions of one kind by the code of their organ. Cost: 1 query."""
    rows = published(on).filter(register__kind=kind, register__retired_at__isnull=True)
    found: dict[str, RegisterEdition] = {}
    for one in rows:
        found.setdefault(one.register.organ.code, one)
    return found


def confirmed_row(kind: str, organ_id: int, key: str, on: date) -> tuple[RegisterEdition, RegisterRow] | None:
    """The row of that key in the organ's current edition of a kind, with the edition. Cost: 2 queries."""
    rows = published(on).filter(register__kind=kind, register__organ_id=organ_id)
    current = rows.filter(Q(register__retired_at__isnull=True)).first()
    row = row_of(current.pk, key) if current else None
    return (current, row) if current and row else None


@dataclass(frozen=True)
class ConfirmedOfficer:
    """An officer as the published register of his organ names him; days are written 2026-03-12."""

    number: str
    name: str
    organ: str
    organ_code: str
    unit: str
    field: str
    valid_from: str
    valid_until: str
    publish_on: date | None


def confirmed_officers(on: date, *, organ_code: str = "") -> list[ConfirmedOfficer]:
    """Every officer of the published registers that count, with what is public of him. Cost: 2 queries."""
    editions = {
        one.pk: one for code, one in organs_confirmed("officers", on).items() if organ_code in ("", code)
    }
    rows = RegisterRow.objects.filter(edition_id__in=editions).order_by("edition_id", "position")
    return [
        _confirmed_officer(editions[of], values) for of, values in rows.values_list("edition_id", "values")
    ]


def _confirmed_officer(edition: RegisterEdition, values: Mapping[str, Any]) -> ConfirmedOfficer:
    told = public_values(columns_of(edition), values)
    names = ("number", "name", "unit", "field", "valid_from", "valid_until")
    return ConfirmedOfficer(
        organ=edition.register.organ.name,
        organ_code=edition.register.organ.code,
        publish_on=edition.publish_on,
        **{name: told.get(name, "") for name in names},
    )


def confirmed_subjects(on: date) -> dict[str, RegisterEdition]:
    """By the code of each organ that stands in a published register of organs, that edition. Cost: 2 queries."""
    editions = {one.pk: one for one in organs_confirmed("subjects", on).values()}
    rows = RegisterRow.objects.filter(edition_id__in=editions).values_list("key", "edition_id")
    return {key: editions[edition_id] for key, edition_id in rows}


def statements_of(register_id: int) -> list[RevisionDuty]:
    """What the organ signed as leaving the register unchanged, latest first. Cost: 1 query."""
    rows = RevisionDuty.objects.filter(register_id=register_id, state="unchanged").select_related("edition")
    return list(rows.order_by("-closed_at"))
