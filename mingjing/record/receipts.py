"""Receipts: the log's signed promise to take a record in, given the moment the act is committed.

A receipt is a C2SP signed note whose first line is ``mingjing-receipt/1``, then one named value a line. A
checkpoint begins with the name of its log and has three lines, so neither can be taken for the other, though
one key signs both. ``at`` is when the record was entered (the clock of the database), ``happened`` the moment
that counts in law.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from mingjing.kernel import note
from mingjing.kernel.refused import Refused
from mingjing.record import keys, logs
from mingjing.record.models import Entry, Log

HEADER = "mingjing-receipt/1"


def give(entry: Entry) -> str:
    """The receipt of a committed entry, signed with the key of the log in use. Cost: 1 query.

    Raises: Refused as :func:`mingjing.record.keys.signer`.
    """
    entered = entry.entered_at or entry.at
    key = _key(logs.current(), entered)
    values = {
        "origin": key.name,
        "id": str(entry.id),
        "sha256": bytes(entry.sha256).hex(),
        "sm3": bytes(entry.sm3).hex(),
        "at": _moment(entered),
        "happened": _moment(entry.at),
    }
    text = f"{HEADER}\n" + "".join(f"{name} {value}\n" for name, value in values.items())
    return str(note.sign(text, key))


def read(document: str, trusted: list[note.VerifierKey]) -> dict[str, str]:
    """The named values of a receipt that one of the trusted keys signed.

    Raises: Refused as :func:`mingjing.kernel.note.opened`, ``bad-receipt``.
    """
    first, *lines = note.opened(document, trusted).text.splitlines()
    values = dict(line.split(" ", 1) for line in lines if " " in line)
    if first != HEADER or not {"origin", "id", "sha256", "at"} <= values.keys():
        raise Refused("bad-receipt", "这不是明镜平台的回执。", remedy="请使用平台给出的回执原文，不要编辑。")
    return values


def entry_id(values: dict[str, str]) -> uuid.UUID:
    """Which entry a receipt is of. Raises: Refused ``bad-receipt``."""
    try:
        return uuid.UUID(values["id"])
    except ValueError as error:
        raise Refused("bad-receipt", f"回执中的记录编号“{values['id'][:60]}”无法识别。") from error


def _key(log: Log | None, entered: datetime) -> note.SignerKey:
    """Before the first seal there is no log yet: its key is made now, and it will begin with this one."""
    if log is not None:
        return keys.signer(log)
    year = logs.year_at(entered)
    return keys.made(logs.origin_of(year), year)


def _moment(at: datetime) -> str:
    return at.astimezone(logs.SHANGHAI).isoformat(timespec="milliseconds")
