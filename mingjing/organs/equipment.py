"""着装和标志台账: what officers were given, who wears none, who left without giving back. Values for reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from .models import Appointment, Equipment, Officer

PAGE = 50
MOST_OWED = 100
OUTDOORS = ("handler", "unit_head")


@dataclass(frozen=True)
class Unequipped:
    """Somebody to be seen to: an officer without a uniform, or one who left and still has ``items``."""

    officer_id: int
    name: str
    organ: str
    left: bool
    items: int = 0


def equipment(
    organ_id: int | None, *, out: bool = False, words: str = "", before: int = 0
) -> tuple[list[Equipment], int]:
    """The ledger, latest first, with each holder and organ, and the cursor of the next page. Cost: 1 query.

    ``out``: only what is still with its holder; ``words``: in name, item or number.
    """
    rows = _of(organ_id).select_related("officer__organ").order_by("-pk")
    rows = rows.filter(ended_on__isnull=True) if out else rows
    if words:
        rows = rows.filter(
            Q(officer__name__icontains=words) | Q(item__icontains=words) | Q(number__icontains=words)
        )
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0


def every_equipment(organ_id: int | None) -> QuerySet[Equipment]:
    """The whole ledger in the order of entry, for a file. Cost: 1 query."""
    return _of(organ_id).select_related("officer__organ").order_by("pk")


def unequipped(organ_id: int | None, on: date, *, most: int = MOST_OWED) -> tuple[list[Unequipped], int]:
    """Those who left with something, then officers who work outdoors in organs with a uniform and were given none:
    up to ``most``, and how many there are.

    Cost: 4 queries. Source: 达州三项制度方案/3(1).
    """
    out = Equipment.objects.filter(officer=OuterRef("pk"), ended_on__isnull=True)
    term = Appointment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), officer=OuterRef("pk"), role__in=OUTDOORS, since__lte=on
    )
    people = Officer.objects.filter(organ=organ_id) if organ_id else Officer.objects.all()
    people = people.select_related("organ").order_by("organ__code", "pk")
    bare = people.filter(~Exists(out.filter(kind="uniform")), Exists(term), active=True)
    bare = bare.exclude(organ__uniform="").filter(organ__closed_on__isnull=True)
    still = Sum("equipment__quantity", filter=Q(equipment__ended_on__isnull=True))
    left = people.filter(active=False).annotate(still=still).filter(still__gt=0)
    told = [Unequipped(one.pk, one.name, one.organ.short_name, True, one.still) for one in left[:most]]
    told += [Unequipped(one.pk, one.name, one.organ.short_name, False) for one in bare[: most - len(told)]]
    return told, left.count() + bare.count()


def _of(organ_id: int | None) -> QuerySet[Equipment]:
    return Equipment.objects.filter(officer__organ=organ_id) if organ_id else Equipment.objects.all()
