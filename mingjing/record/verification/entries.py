"""Entries against their own bytes, their chain, their disclosures, their files and their place in the log."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from mingjing.kernel import canonical
from mingjing.kernel.refused import Refused
from mingjing.record import body, logs
from mingjing.record.models import Blob, Disclosure, Entry
from mingjing.record.verification.report import Findings

BATCH = 500


class Row(NamedTuple):
    """What is read of an entry."""

    id: Any
    kind: str
    subject: str
    seq: int
    at: datetime
    prev: bytes | None
    body: bytes
    sha256: bytes
    sm3: bytes
    leaf__hash: bytes | None
    leaf__number: int | None
    pending__number: int | None


class Checked(NamedTuple):
    """An entry whose bytes could be read."""

    row: Row
    fields: dict[str, Any]


class Chain:
    """Whether each entry follows the one before it in the same subject."""

    def __init__(self) -> None:
        self._subject, self._seq, self._digest = "", 0, b""

    def admits(self, row: Row, digest: bytes) -> bool:
        """Whether ``row`` is the next one; afterwards it is the last one, with the digest of its bytes."""
        if row.subject != self._subject:
            self._seq, self._digest = 0, b""
        expected = self._digest if self._seq else None
        fits = row.seq == self._seq + 1 and row.prev == expected
        self._subject, self._seq, self._digest = row.subject, row.seq, digest
        return fits


class Losses:
    """The places of which an entry of the record tells that they were taken back from a copy."""

    def __init__(self) -> None:
        told = (
            _fields(bytes(one))
            for one in Entry.objects.filter(kind=logs.REBUILT).values_list("body", flat=True)
        )
        self._places = [(plain.get("first", 0), plain.get("stop", 0)) for plain in told]

    def told_of(self, place: int | None) -> bool:
        """Whether the leaf at a place, counted over all logs, may be one without its record."""
        return place is not None and any(first <= place < stop for first, stop in self._places)


def _fields(content: bytes) -> dict[str, Any]:
    try:
        plain: dict[str, Any] = body.read(content)["plain"]
    except (Refused, KeyError, TypeError):
        return {}
    return plain


def check(found: Findings) -> int:
    """Report every fault of the entries into ``found``; how many entries were read."""
    count, chain, losses = 0, Chain(), Losses()
    rows = Entry.objects.order_by("subject", "seq").values_list(*Row._fields).iterator(BATCH)
    for batch in _batches(map(Row._make, rows)):
        count += len(batch)
        readable = [checked for row in batch if (checked := _check_row(found, row, chain, losses))]
        _check_disclosures(found, readable)
        _check_files(found, readable)
    _check_orphans(found)
    return count


def _check_row(found: Findings, row: Row, chain: Chain, losses: Losses) -> Checked | None:
    if not row.body and row.kind == logs.LOST and losses.told_of(row.leaf__number):
        _check_lost(found, row, chain)
        return None
    digest, sm3 = hashlib.sha256(row.body).digest(), canonical.sm3(row.body)
    if digest != row.sha256:
        found.add("wrong-sha256", row.id, f"记录 {row.id} 的内容与登记的 SHA-256 不符。")
    if sm3 != row.sm3:
        found.add("wrong-sm3", row.id, f"记录 {row.id} 的内容与登记的 SM3 不符。")
    if not chain.admits(row, digest):
        found.add("broken-chain", row.id, f"记录 {row.id} 与“{row.subject}”的前一条接不上，中间有删改。")
    _check_place(found, row, body.leaf(digest, sm3))
    return _check_fields(found, row)


def _check_lost(found: Findings, row: Row, chain: Chain) -> None:
    """A record whose bytes are lost, which the record itself tells: its place and its chain are what is left."""
    found.lost += 1
    if not chain.admits(row, row.sha256):
        found.add("broken-chain", row.id, f"记录 {row.id} 与“{row.subject}”的前一条接不上，中间有删改。")
    _check_place(found, row, body.leaf(row.sha256, row.sm3))


def _check_place(found: Findings, row: Row, leaf: bytes) -> None:
    if row.leaf__hash is None and row.pending__number is None:
        found.add("not-in-log", row.id, f"记录 {row.id} 既不在日志中，也不在待编入的队列中。")
    if row.leaf__hash is not None and row.pending__number is not None:
        found.add("twice-in-log", row.id, f"记录 {row.id} 已在日志中，却仍在待编入的队列中。")
    if row.leaf__hash is not None and row.leaf__hash != leaf:
        found.add("wrong-leaf", row.id, f"记录 {row.id} 的内容与日志中的散列不符。")


def _check_fields(found: Findings, row: Row) -> Checked | None:
    try:
        fields = body.read(row.body)
        said = (fields["id"], fields["kind"], fields["subject"], fields["seq"], fields["prev"])
        at = datetime.fromisoformat(fields["at"])
    except (Refused, KeyError, ValueError, TypeError):
        found.add("unreadable", row.id, f"记录 {row.id} 的内容无法读取。")
        return None
    prev = row.prev.hex() if row.prev is not None else None
    if said != (str(row.id), row.kind, row.subject, row.seq, prev) or at != row.at:
        found.add(
            "wrong-column", row.id, f"记录 {row.id} 的列（种类、事项、序号、时间或前条散列）与其内容不符。"
        )
    return Checked(row, fields)


def _check_disclosures(found: Findings, batch: Sequence[Checked]) -> None:
    texts = defaultdict(list)
    for entry_id, name, text in Disclosure.objects.filter(
        entry_id__in=[checked.row.id for checked in batch]
    ).values_list("entry_id", "name", "text"):
        texts[entry_id].append((name, text))
    for row, fields in batch:
        for name, text in texts[row.id]:
            if not _discloses(text, name, fields["sd"]):
                found.add("wrong-disclosure", row.id, f"记录 {row.id} 的个人信息“{name}”与其摘要不符。")


def _check_orphans(found: Findings) -> None:
    """Foreign keys forbid this, but not to somebody who edits the database file."""
    entry = Entry.objects.filter(id=OuterRef("entry_id"))
    for entry_id, name in Disclosure.objects.filter(~Exists(entry)).values_list("entry_id", "name"):
        found.add("orphan-disclosure", entry_id, f"个人信息“{name}”所属的记录 {entry_id} 不存在。")


def _discloses(text: str, name: str, digests: Sequence[str]) -> bool:
    try:
        return canonical.reveal(text).name == name and canonical.digest(text) in digests
    except Refused:
        return False


def _check_files(found: Findings, batch: Sequence[Checked]) -> None:
    wanted = {file["sha256"] for _, fields in batch for file in fields["files"]}
    kept = Blob.objects.in_bulk(wanted) if wanted else {}
    for row, fields in batch:
        for file in fields["files"]:
            blob = kept.get(file["sha256"])
            if blob is None:
                found.add("unknown-file", row.id, f"记录 {row.id} 引用的文件“{file['name']}”没有存入。")
            elif not _agrees(blob, file):
                found.add(
                    "wrong-file", row.id, f"记录 {row.id} 引用的文件“{file['name']}”大小或类型与登记不符。"
                )


def _agrees(blob: Blob, file: dict[str, Any]) -> bool:
    size_bytes = file.get("size_bytes", blob.size_bytes)
    return bool(size_bytes == blob.size_bytes and file.get("media_type", blob.media_type) == blob.media_type)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch
