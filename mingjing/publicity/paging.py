"""Lists: whose rows, and the page behind where the last one ended, ordered by a day or moment and then by key.

A page costs the same however far one has turned, and no row is shown twice or left out while others come and go.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from mingjing.kernel.refused import Refused


def within(rows: QuerySet[Any], organ: str, under: str) -> QuerySet[Any]:
    """Those of one organ, or of all below a place in the tree of organs."""
    if organ:
        rows = rows.filter(organ__code=organ)
    return rows.filter(organ__path__startswith=under) if under else rows


def cursor(at: date | datetime | None, key: int) -> str:
    """The place of a row; ``at`` None stands behind all others."""
    return f"{at.isoformat() if at else ''}|{key}"


def behind(
    rows: QuerySet[Any],
    after: str,
    by: str,
    read: Callable[[str], date | datetime] = datetime.fromisoformat,
) -> QuerySet[Any]:
    """The rows after the one that the cursor names, all of them for an empty cursor.

    ``by`` is the field they are ordered by, empty values last, then the primary key; ``read`` reads its values.
    Raises: Refused ``bad-cursor``.
    """
    if not after:
        return rows
    moment, _, key = after.rpartition("|")
    try:
        last, at = _key(key), read(moment) if moment else None
    except ValueError:
        raise _bad(after) from None
    if isinstance(at, datetime) and at.tzinfo is None:
        raise _bad(after)
    if at is None:
        return rows.filter(**{f"{by}__isnull": True, "pk__gt": last})
    later, same = Q(**{f"{by}__gt": at}), Q(**{by: at, "pk__gt": last})
    return rows.filter(later | same | Q(**{f"{by}__isnull": True}))


def _key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError(text)
    return int(text)


def _bad(after: str) -> Refused:
    return Refused("bad-cursor", f"翻页标记“{after}”无效。", remedy="请从第一页重新翻看。")
