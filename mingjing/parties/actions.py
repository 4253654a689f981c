"""Writing the room ``parties``: taking in, correcting, merging. Each act stands on the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor
from mingjing.record import actions as record

from . import queries
from .facts import CHANGEABLE, PartyFacts, read_facts
from .models import Party

# What a later meeting with a known party may fill in where it was blank.
_FILLED = CHANGEABLE[2:]


@dataclass(frozen=True)
class Batch:
    """What became of a batch of parties: how many were new, changed, and already the same."""

    created: int
    changed: int
    unchanged: int


@transaction.atomic
def take_in(*, facts: Mapping[str, str], actor: Actor, at: datetime, source: str = "") -> Party:
    """The party that these facts describe: found by its valid code, else entered anew.

    A party found keeps what it has and gains only what was blank; ``correct`` changes values.
    Shape: ``facts`` as in ``read_facts``. Raises: Refused as ``read_facts``.
    """
    given = read_facts(facts, source=source)
    found = queries.by_valid_code(given.code) if given.code_valid else None
    if found is None:
        found, created = _create(given)
        if created:
            _append(kind="party.taken_in", party=found, actor=actor, at=at, changes=_shown(given))
            return found
    gained = {
        name: getattr(given, name) for name in _FILLED if not getattr(found, name) and getattr(given, name)
    }
    if gained:
        _write(found, gained)
        _append(kind="party.completed", party=found, actor=actor, at=at, changes=gained)
    return found


@transaction.atomic
def correct(*, party: int, facts: Mapping[str, str], reason: str, actor: Actor, at: datetime) -> Party:
    """Change what is recorded of a party, with the reason on the record.

    Shape: ``facts`` as in ``read_facts``; keys left out stay as they are.
    Raises: Refused ``reason-missing``, ``nothing-changed``, ``code-taken``, and as ``read_facts``.
    """
    if not reason.strip():
        raise Refused("reason-missing", "更正当事人信息没有写明理由。", remedy="请写明更正的理由和依据材料。")
    found = _locked(party)
    known = {name: _as_raw(getattr(found, name)) for name in (*CHANGEABLE, "code")}
    given = read_facts(known | dict(facts), original={**found.original, **facts}, source=found.source)
    _require_code_free(found, given)
    columns = given.columns()
    changes = {name: value for name, value in columns.items() if _differs(getattr(found, name), value)}
    changes.pop("original", None)
    if not changes:
        raise Refused("nothing-changed", f"“{found.name}”的信息没有变化，无须更正。")
    _write(found, changes | {"original": columns["original"]})
    _append(kind="party.corrected", party=found, actor=actor, at=at, changes=changes | {"reason": reason})
    return found


@transaction.atomic
def merge(*, keep: int, drop: int, actor: Actor, at: datetime) -> Party:
    """Declare that two records are one party: ``drop`` points to ``keep`` and stays as it was.

    Raises: Refused ``same-party``, ``two-valid-codes``, ``already-merged``.
    """
    if keep == drop:
        raise Refused("same-party", "两条记录是同一条，无须合并。", remedy="请选择另一条记录。")
    # Locked in order of key, so that two people merging the same pair cannot block each other.
    rows = {key: _locked(key) for key in sorted((keep, drop))}
    kept, dropped = rows[keep], rows[drop]
    for row in (kept, dropped):
        if row.merged_into_id is not None:
            raise Refused("already-merged", f"“{row.name}”已经并入另一条记录。", remedy="请刷新后再合并。")
    if _are_two(kept, dropped):
        raise Refused(
            "two-valid-codes",
            f"“{kept.name}”（{_tail(kept)}）与“{dropped.name}”（{_tail(dropped)}）各有有效而不同的证件号码，"
            "是两个当事人。",
            remedy="号码录错的，请先更正号码，再合并。",
        )
    _write(dropped, {"merged_into_id": kept.pk})
    plain = {"party": dropped.pk, "into": kept.pk}
    for row in (kept, dropped):
        record.append(kind="party.merged", subject=_subject(row), at=at, actor=actor, plain=plain)
    return kept


@transaction.atomic
def take_in_many(
    *, batch: Sequence[PartyFacts], origin: Mapping[str, Any], actor: Actor, at: datetime
) -> Batch:
    """Enter a batch from a file: update by valid code, skip what is already there, create the rest.

    One entry of the record per batch; ``origin`` (file name, digest, rows) goes into it and MUST hold nothing
    personal. Cost: 5 queries, and one more for each 200 changed rows.
    """
    coded = {facts.code: facts for facts in batch if facts.code_valid}
    loose = {facts.identity: facts for facts in batch if not facts.code_valid}
    holders = Party.objects.filter(code_valid=True, code__in=list(coded))
    # A merged record may show the same code; the living one wins by coming last.
    known = {row.code: row for row in sorted(holders, key=lambda row: row.merged_into_id is None)}
    present = _identities({facts.name for facts in loose.values()})

    created = [facts for code, facts in coded.items() if code not in known]
    created += [facts for identity, facts in loose.items() if identity not in present]
    changed = [row for code, row in known.items() if row.merged_into_id is None and _apply(row, coded[code])]

    Party.objects.bulk_create(Party(**facts.columns()) for facts in created)
    Party.objects.bulk_update(changed, [*CHANGEABLE, "original", "source"], batch_size=200)
    result = Batch(len(created), len(changed), len(batch) - len(created) - len(changed))
    if created or changed:
        _append_batch(result, origin, actor, at)
    return result


def _append_batch(result: Batch, origin: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    plain = {**origin, "created": result.created, "changed": result.changed, "unchanged": result.unchanged}
    subject = f"import:{str(origin['sha256'])[:32]}"
    record.append(kind="party.imported", subject=subject, at=at, actor=actor, plain=plain)


def _identities(names: Iterable[str]) -> set[tuple[str, ...]]:
    """The identities of all parties without a valid code that bear one of these names."""
    columns = ("name", "address", "code", "legal_representative", "phone")
    rows = Party.objects.filter(code_valid=False, name__in=list(names))
    return set(rows.values_list(*columns))


def _apply(row: Party, facts: PartyFacts) -> bool:
    """Set the changed fields; a blank in the file erases nothing. Returns whether anything changed."""
    changed = False
    for name in CHANGEABLE:
        value = getattr(facts, name)
        if value and getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    if changed:
        row.original = dict(facts.original)
        row.source = facts.source
    return changed


def _create(facts: PartyFacts) -> tuple[Party, bool]:
    """Insert; where somebody else has just entered the same valid code, theirs is taken."""
    try:
        with transaction.atomic():
            return Party.objects.create(**facts.columns()), True
    except IntegrityError:
        return Party.objects.get(code=facts.code, code_valid=True, merged_into__isnull=True), False


def _locked(party_id: int) -> Party:
    try:
        return Party.objects.select_for_update().get(pk=party_id)
    except Party.DoesNotExist:
        raise Refused("no-such-party", f"没有编号为 {party_id} 的当事人。") from None


def _write(row: Party, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def _append(*, kind: str, party: Party, actor: Actor, at: datetime, changes: Mapping[str, Any]) -> None:
    plain = {"party": party.pk, "fields": sorted(changes)}
    values = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()
    }
    personal = {"changes": values}
    record.append(kind=kind, subject=_subject(party), at=at, actor=actor, plain=plain, personal=personal)


def _shown(facts: PartyFacts) -> dict[str, Any]:
    return {name: value for name, value in facts.columns().items() if value and name != "original"}


def _require_code_free(found: Party, given: PartyFacts) -> None:
    if not given.code_valid:
        return
    other = Party.objects.filter(code=given.code, code_valid=True, merged_into__isnull=True)
    holder = other.exclude(pk=found.pk).first()
    if holder is not None:
        raise Refused(
            "code-taken",
            f"证件号码（尾号 {given.code[-4:]}）已属于“{holder.name}”。",
            remedy="若是同一当事人，请改用合并；否则请核对号码。",
        )


def _are_two(kept: Party, dropped: Party) -> bool:
    both = kept.code_valid and dropped.code_valid
    return both and kept.code_kind == dropped.code_kind and kept.code != dropped.code


def _tail(row: Party) -> str:
    return f"证件尾号 {row.code[-4:]}"


def _as_raw(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _differs(old: object, new: object) -> bool:
    return (old or None) != (new or None)


def _subject(row: Party) -> str:
    return f"party:{row.pk}"
