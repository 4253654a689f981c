"""Appending: the act and its record become true in the same transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, transaction

from mingjing.kernel.refused import Refused
from mingjing.record import body
from mingjing.record.models import Disclosure, Entry, Pending
from mingjing.sql import Kept, insert

_OFFICER = "officer"
_WITHOUT_NUMBER = ("party", "system")
_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


class Doer(Protocol):
    """Who acts; the record keeps a reference to a person, never a name."""

    @property
    def kind(self) -> str:
        """``officer``, ``party`` or ``system``."""

    @property
    def id(self) -> Any:
        """The number of the officer; of no meaning for the others."""


_LAST = Kept(
    lambda subject: Entry.objects.filter(subject=subject).order_by("-seq").values_list("seq", "sha256")[:1]
)


def append(
    *,
    kind: str,
    subject: str,
    at: datetime,
    actor: Doer,
    plain: Mapping[str, Any],
    personal: Mapping[str, Any] | None = None,
    files: Sequence[Mapping[str, Any]] = (),
    entered: datetime | None = None,
) -> Entry:
    """Record that ``kind`` happened to ``subject``; the log takes it up at the next ``seal``.

    MUST run inside the transaction of the act, whose caller holds the lock of the subject's row. ``plain``
    MUST hold nothing personal; values in ``personal`` are kept apart and can be forgotten later. ``files``
    are references as :meth:`Blob.as_file` makes them. ``entered`` is the moment of typing in, to be given when
    it is not ``at``; it MUST NOT be before ``at``.

    Raises: Refused ``overtaken`` if somebody else appended to the same subject in the meantime (the
    transaction is then lost and MUST be rolled back), ``not-canonical``, ``bad-file-reference``.
    Cost: 3 queries, 4 with personal values, whatever the length of the log.
    """
    _require_transaction()
    _require_sound(kind, at, entered)
    last = _LAST.first(subject=subject)
    seq, prev = (last[0] + 1, last[1]) if last else (1, None)
    draft = body.Draft(
        log=settings.MINGJING_LOG_ORIGIN,
        entry_id=body.new_id(at),
        kind=kind,
        subject=subject,
        seq=seq,
        prev=prev,
        at=at,
        actor=reference(actor),
        plain=plain,
        files=files,
        entered=entered,
    )
    return _insert([(draft, body.write(draft, personal or {}))])[0]


@dataclass(frozen=True)
class Happening:
    """What happened to one subject of several: as the arguments of ``append``."""

    subject: str
    plain: Mapping[str, Any]
    personal: Mapping[str, Any] = field(default_factory=dict)


def append_each(happenings: Sequence[Happening], *, kind: str, at: datetime, actor: Doer) -> dict[str, Entry]:
    """Record that ``kind`` happened to each of several subjects; the entries by subject.

    As ``append``, with one entry for each subject, each of which MUST be named once.
    Raises: Refused ``overtaken``, ``not-canonical``. Cost: 3 queries, 4 with personal values, however many.
    """
    _require_transaction()
    _require_sound(kind, at, None)
    subjects = [one.subject for one in happenings]
    if len(set(subjects)) != len(subjects):
        raise ValueError("a subject is named twice")
    rows = Entry.objects.filter(subject__in=subjects).order_by("seq")
    last = {
        subject: (seq, bytes(sha256)) for subject, seq, sha256 in rows.values_list("subject", "seq", "sha256")
    }
    drafts = []
    for one in happenings:
        seq, prev = last.get(one.subject) or (0, None)
        draft = body.Draft(
            log=settings.MINGJING_LOG_ORIGIN,
            entry_id=body.new_id(at),
            kind=kind,
            subject=one.subject,
            seq=seq + 1,
            prev=prev,
            at=at,
            actor=reference(actor),
            plain=one.plain,
            files=(),
            entered=None,
        )
        drafts.append((draft, body.write(draft, one.personal)))
    return {entry.subject: entry for entry in _insert(drafts)}


def reference(actor: Doer) -> str:
    """How a record names its actor: ``officer:<id>``, ``party`` or ``system``."""
    if actor.kind == _OFFICER:
        return f"{_OFFICER}:{actor.id}"
    if actor.kind in _WITHOUT_NUMBER:
        return actor.kind
    raise ValueError(f"an actor is an officer, a party or the system, not {actor.kind!r}")


def _insert(written: Sequence[tuple[body.Draft, body.Written]]) -> list[Entry]:
    entries = [
        Entry(
            id=draft.entry_id,
            kind=draft.kind,
            subject=draft.subject,
            seq=draft.seq,
            at=draft.at,
            prev=draft.prev,
            body=made.body,
            sha256=made.sha256,
            sm3=made.sm3,
        )
        for draft, made in written
    ]
    try:
        insert(entries)
    except IntegrityError as error:
        one = f"“{written[0][0].subject}”" if len(written) == 1 else f"一并办理的 {len(written)} 件中有的"
        raise Refused(
            "overtaken",
            f"{one}刚刚有了另一条记录，本次操作没有生效。",
            remedy="请刷新页面，看过最新情况后再办理。",
        ) from error
    disclosures = [
        Disclosure(entry=entry, name=name, text=text)
        for entry, (_, made) in zip(entries, written, strict=True)
        for name, text in made.disclosures.items()
    ]
    insert(disclosures)
    insert([Pending(entry=entry) for entry in entries])
    return entries


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "append() must run inside the transaction of the act it records"
        )


def _require_sound(kind: str, at: datetime, entered: datetime | None) -> None:
    if not _KIND.fullmatch(kind):
        raise ValueError(f"the kind of an entry is a short ASCII word, not {kind!r}")
    if at.tzinfo is None or (entered and entered.tzinfo is None):
        raise ValueError("an entry needs an aware datetime")
    if entered and entered < at:
        raise ValueError("what has not happened yet cannot be entered")
