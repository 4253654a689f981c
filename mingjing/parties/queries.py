"""Reading the room ``parties``."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from mingjing.insight.names import mask_name
from mingjing.kernel import codes

from .facts import KINDS
from .models import Party

_MOST_MERGES = 20


def party(party_id: int) -> Party:
    """The party with this key, or the one it was merged into; ``Party.DoesNotExist`` rises. Cost: 1 or 2."""
    return survivor(Party.objects.get(pk=party_id))


def survivor(found: Party) -> Party:
    """The record that stands for ``found`` after all mergers. Cost: one query per merger."""
    for _ in range(_MOST_MERGES):
        if found.merged_into_id is None:
            return found
        found = Party.objects.get(pk=found.merged_into_id)
    raise RuntimeError(f"party {found.pk} is merged in a circle")


def by_valid_code(code: str) -> Party | None:
    """The party that this valid code identifies; a code that fails its checksum identifies nobody."""
    read = codes.identify(code)
    if not read.valid:
        return None
    found = Party.objects.filter(code=read.value, code_valid=True).order_by("merged_into_id", "pk")
    alive = found.filter(merged_into__isnull=True).first() or found.first()
    return None if alive is None else survivor(alive)


def search(text: str, *, limit: int = 20) -> list[Party]:
    """Parties whose name holds the words or whose code begins with them, the exact first. Cost: 1 query."""
    words = text.strip()
    if not words:
        return []
    condition = Q(name__contains=words)
    value = codes.identify(words).value
    if len(value) >= 4 and value.isascii():
        condition |= Q(code__startswith=value)
    rows = Party.objects.filter(condition, merged_into__isnull=True)[: limit * 4]
    ranked = sorted(rows, key=lambda row: (row.name != words and row.code != value, len(row.name), row.pk))
    return ranked[:limit]


def many(party_ids: Iterable[int]) -> dict[int, Party]:
    """Parties by key, unmerged or not. Cost: 1 query."""
    return Party.objects.in_bulk(list(party_ids))


def count() -> int:
    """How many parties there are, merged ones left out."""
    return Party.objects.filter(merged_into__isnull=True).count()


def kind_title(found: Party) -> str:
    """自然人, 个体工商户, 企业 or 其他组织."""
    return KINDS.get(found.kind, found.kind)


def public_name(found: Party) -> str:
    """The name as the public may see it: persons as 张某, organizations in full.

    A sole proprietor without a trade name goes by the owner's own name and is masked like a person.
    Source: domain matrix of publicity.
    """
    unnamed = found.kind == "sole_proprietor" and found.name in ("", found.legal_representative)
    return mask_name(found.name) if found.is_person or unnamed else found.name


def same(party_ids: Iterable[int]) -> tuple[int, ...]:
    """The keys of all records that stand for these parties: their own and those merged into them, however often.

    Acts keep the record they were taken against, so whoever gathers acts asks for all of these.
    Cost: 1 query, and one more for each depth of mergers.
    """
    keys = list(party_ids)
    level = keys
    while level:
        level = list(Party.objects.filter(merged_into__in=level).values_list("pk", flat=True))
        keys = [*keys, *level]
    return tuple(keys)


def at_address_of(found: Party, *, limit: int = 20) -> list[Party]:
    """Other bodies registered at the very address of this one (同一场所), by name; never persons. Cost: at most 1 query.

    Who lives together is nobody's business; who trades at one address is what an inspector asks first.
    Source: 个人信息保护法/6 (as little as the purpose needs).
    """
    if found.is_person or not found.address:
        return []
    rows = Party.objects.filter(~Q(kind="person"), address=found.address, merged_into__isnull=True)
    return list(rows.exclude(pk=found.pk).order_by("name", "pk")[:limit])
