"""编制清单: an organ begins a new edition of a register, fills it row by row or from a file, or drops it.

Source: 达州三项制度方案/2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from mingjing.kernel.clocks import SHANGHAI
from mingjing.kernel.refused import Refused
from mingjing.law import basis as notation
from mingjing.organs.authority import Actor, require

from ..models import Register, RegisterEdition, RegisterRow
from ..registers import queries
from ..registers.batch import CHUNK, Batch, searched
from ..registers.drawing import drawn_rows, merged
from ..registers.kinds import MOST_KEY, Column, Kind, from_data, kind_of
from .noting import note

MOST_COLUMNS = 20
MOST_WORDS = 500
FURTHER = "further"  # the kind whose columns are the organ's own


@transaction.atomic
def open_draft(*, kind: str, actor: Actor, at: datetime) -> RegisterEdition:
    """Begin the next edition of a register of the actor's organ, with what the current one and live data say.

    Raises: Refused ``no-permission``, ``no-such-register``, ``draft-open``, ``register-retired``, ``name-missing``.
    """
    require(actor, "register.edit")
    found = kind_of(kind)
    if found.own_columns:
        raise Refused("name-missing", "其他清单要先定名称和栏目。", remedy="请在“增加其他清单”中办理。")
    row, _ = Register.objects.get_or_create(
        organ_id=_organ_of(actor),
        code=found.id,
        defaults={
            "kind": found.id,
            "title": found.title,
            "basis": found.basis,
            "opened_at": at,
            "opened_by_id": actor.officer_id,
        },
    )
    return _begin(row, found, found.columns, actor, at)


@transaction.atomic
def open_own_draft(*, register_id: int, actor: Actor, at: datetime) -> RegisterEdition:
    """Begin the next edition of a list that the organ named itself. Raises: as ``open_draft``, ``not-your-organ``."""
    row = _own(register_id, actor)
    kind = kind_of(row.kind)
    return _begin(row, kind, own_columns(row, kind), actor, at)


@transaction.atomic
def add_list(
    *, title: str, basis: str, columns: Sequence[str], actor: Actor, at: datetime
) -> RegisterEdition:
    """Add a list of the organ's own with its columns, and begin its first edition.

    The first column tells the rows apart. Raises: Refused ``no-permission``, ``bad-title``, ``bad-columns``,
    ``bad-basis``. Source: 达州三项制度方案/2(2) (等清单、文本).
    """
    require(actor, "register.edit")
    title, labels = title.strip(), [one.strip() for one in columns if one.strip()]
    if not 2 <= len(title) <= 60:
        raise Refused("bad-title", "清单名称应为 2 至 60 个字。", remedy="请改写名称。")
    if not labels or len(labels) > MOST_COLUMNS or len(set(labels)) < len(labels):
        raise Refused(
            "bad-columns",
            f"栏目应为 1 至 {MOST_COLUMNS} 个，名称不能重复。",
            remedy="请每行写一个栏目的名称。",
        )
    if any(len(one) > 40 for one in labels):
        raise Refused("bad-columns", "栏目名称不能超过 40 个字。", remedy="请写短一些。")
    notation.parse(basis)
    kind = kind_of(FURTHER)
    number = Register.objects.filter(organ_id=_organ_of(actor), kind=kind.id).count() + 1
    row = Register.objects.create(
        organ_id=_organ_of(actor),
        kind=kind.id,
        code=f"{kind.id}-{number}",
        title=title,
        basis=basis[:300],
        columns=[_own_column(place, label).as_data() for place, label in enumerate(labels)],
        opened_at=at,
        opened_by_id=actor.officer_id,
    )
    return _begin(row, kind, own_columns(row, kind), actor, at)


def _organ_of(actor: Actor) -> int:
    """The organ of an officer. Raises ValueError for the platform: asking it is a bug."""
    if actor.organ_id is None:
        raise ValueError(f"{actor.kind} has no organ")
    return actor.organ_id


def _own_column(place: int, label: str) -> Column:
    kind = "basis" if label.endswith("依据") else "long"
    return Column(id=f"c{place + 1}", label=label, kind=kind, required=place == 0, max=1000)


def own_columns(row: Register, kind: Kind) -> Sequence[Column]:
    """The fields of a register: those of its kind, or the ones that its organ chose."""
    return [from_data(one) for one in row.columns] if kind.own_columns else kind.columns


def _begin(
    row: Register, kind: Kind, columns: Sequence[Column], actor: Actor, at: datetime
) -> RegisterEdition:
    row = Register.objects.select_for_update().select_related("organ").get(pk=row.pk)
    if row.retired_at is not None:
        raise Refused("register-retired", f"《{row.title}》已经停止使用。", remedy="请另建清单。")
    editions = RegisterEdition.objects.filter(register=row)
    if editions.filter(state__in=queries.IN_WORK).exists():
        raise Refused(
            "draft-open", f"《{row.title}》已有正在编制或者待确认的版本。", remedy="请打开该版本继续办理。"
        )
    last = editions.filter(state="confirmed").order_by("-number").first()
    number = (editions.aggregate(most=Max("number"))["most"] or 0) + 1
    old = queries.rows_of(last.pk) if last else {}
    today = at.astimezone(SHANGHAI).date()
    rows = merged(kind, drawn_rows(kind, row.organ, today), old) if kind.drawn else old
    entry = note(row, "draft-opened", actor, at, {"edition": number, "rows": len(rows)})
    edition = RegisterEdition.objects.create(
        register=row,
        number=number,
        columns=[one.as_data() for one in columns],
        drafted_at=at,
        drafted_by_id=actor.officer_id,
        drawn_at=at,
        entry_id=entry.pk,
    )
    write_rows(edition, rows)
    return edition


@transaction.atomic
def refresh_draft(*, edition_id: int, actor: Actor, at: datetime) -> RegisterEdition:
    """Draw the rows anew from live data; what was typed stays with the rows of the same key.

    Raises: Refused as ``held``, ``not-drawn``.
    """
    edition = held(edition_id, actor)
    kind = kind_of(edition.register.kind)
    if not kind.drawn:
        raise Refused("not-drawn", "这份清单由人填写，没有可以刷新的登记。", remedy="请直接编辑各行。")
    today = at.astimezone(SHANGHAI).date()
    rows = merged(kind, drawn_rows(kind, edition.register.organ, today), queries.rows_of(edition.pk))
    edition.rows.all().delete()
    write_rows(edition, rows)
    edition.drawn_at, edition.columns = at, [one.as_data() for one in kind.columns]
    edition.save(update_fields=["drawn_at", "columns"])
    note(edition.register, "draft-refreshed", actor, at, {"edition": edition.number, "rows": len(rows)})
    return edition


@transaction.atomic
def put_row(
    *, edition_id: int, values: Mapping[str, Any], actor: Actor, at: datetime, key: str = ""
) -> RegisterRow:
    """Add a row, or change the typed fields of the one with this key.

    Raises: Refused as ``held``, ``InvalidFacts``, ``no-such-row``, ``row-drawn`` (a drawn list takes no further
    rows), ``duplicate-row``, ``too-many-rows``.
    """
    edition = held(edition_id, actor)
    batch = Batch(edition, kind_of(edition.register.kind))
    if key and key not in batch.rows:
        raise Refused("no-such-row", f"清单中没有“{key[:60]}”这一行。", remedy="请刷新页面核对。")
    row = batch.put(values, key)
    batch.save()
    note(edition.register, "row-put", actor, at, {"edition": edition.number, "row": row.position})
    return row


@transaction.atomic
def put_rows(
    *,
    edition_id: int,
    rows: Sequence[Mapping[str, Any]],
    actor: Actor,
    at: datetime,
    source: str = "",
    replace: bool = False,
) -> list[Refused | None]:
    """Put many rows, each added or merged by its key; the answer says for each row why not, or None.

    ``replace`` empties a typed list first; ``source`` is the SHA-256 of the file they came from. One entry on
    the record for all. Raises: Refused as ``held``.
    """
    edition = held(edition_id, actor)
    batch = Batch(edition, kind_of(edition.register.kind), replace=replace)
    answers = [batch.tried(values) for values in rows]
    batch.save()
    taken = sum(one is None for one in answers)
    note(
        edition.register, "rows-put", actor, at, {"edition": edition.number, "rows": taken, "source": source}
    )
    return answers


@transaction.atomic
def remove_row(*, edition_id: int, key: str, actor: Actor, at: datetime) -> None:
    """Take a row out of a typed list. Raises: Refused as ``held``, ``row-drawn``, ``no-such-row``."""
    edition = held(edition_id, actor)
    if kind_of(edition.register.kind).drawn:
        raise Refused(
            "row-drawn", "这份清单的行取自平台登记，不能手工删除。", remedy="请先更改登记，再点“刷新”。"
        )
    if not edition.rows.filter(key=key).delete()[0]:
        raise Refused("no-such-row", f"清单中没有“{key[:60]}”这一行。", remedy="请刷新页面核对。")
    note(edition.register, "row-removed", actor, at, {"edition": edition.number})


@transaction.atomic
def drop_draft(*, edition_id: int, actor: Actor, at: datetime) -> None:
    """Give up an edition that was not submitted, with its rows. Raises: Refused as ``held``."""
    edition = held(edition_id, actor)
    edition.rows.all().delete()
    edition.state = "dropped"
    edition.save(update_fields=["state"])
    note(edition.register, "draft-dropped", actor, at, {"edition": edition.number})


# --- shared with register_life ---


def held(
    edition_id: int,
    actor: Actor,
    permission: str = "register.edit",
    states: Sequence[str] = ("draft", "returned"),
) -> RegisterEdition:
    """The edition, locked, if the actor's organ may work on it.

    Raises: Refused ``no-permission``, ``not-found``, ``not-your-organ``, ``not-in-work``.
    """
    require(actor, permission)
    rows = RegisterEdition.objects.select_for_update(of=("self", "register")).select_related(
        "register__organ"
    )
    edition = rows.filter(pk=edition_id).first()
    if edition is None:
        raise Refused("not-found", "没有这个清单版本。", remedy="请从“登记与清单”进入。")
    _require_own(edition.register, actor)
    if edition.state not in states:
        told = {"submitted": "正在等待确认", "confirmed": "已经确认", "dropped": "已经放弃"}
        raise Refused(
            "not-in-work",
            f"第 {edition.number} 版{told.get(edition.state, '还在编制')}，不能这样办理。",
            remedy="已报送的，可以先撤回；已确认的，请编制新的版本。",
        )
    return edition


def _own(register_id: int, actor: Actor) -> Register:
    require(actor, "register.edit")
    row = queries.register(register_id)
    _require_own(row, actor)
    return row


def _require_own(row: Register, actor: Actor) -> None:
    if row.organ_id != actor.organ_id:
        raise Refused(
            "not-your-organ",
            f"《{row.title}》是{row.organ.name}的清单，由该机关编制。",
            remedy="请由该机关的人员办理。",
        )


def write_rows(edition: RegisterEdition, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """All rows of an edition at once, in their order."""
    RegisterRow.objects.bulk_create(
        (
            RegisterRow(
                edition=edition,
                position=place,
                key=key[:MOST_KEY],
                values=dict(values),
                text=searched(values),
            )
            for place, (key, values) in enumerate(rows.items(), 1)
        ),
        batch_size=CHUNK,
    )
