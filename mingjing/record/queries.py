"""What can be read from the record: histories, proofs, stored files, the state of the log."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from mingjing.kernel import canonical, checkpoint, merkle
from mingjing.kernel.refused import Refused
from mingjing.record import (
    backends,
    body,
    heads,
    keys,
    logs,
    measuring,
    receipts,
    store,
    tree,
    trust,
)
from mingjing.record.health import Check, doctor, store_health
from mingjing.record.leaves import Place, place_at, place_of, places
from mingjing.record.measuring import Part
from mingjing.record.models import (
    Blob,
    Checkpoint,
    Disclosure,
    Entry,
    Leaf,
    Log,
    Manifest,
    Pending,
)
from mingjing.record.monitoring import Watched, watch
from mingjing.record.recovery import Missing, missing
from mingjing.record.verification import Fault, Report, verify

__all__ = [
    "Check",
    "Fault",
    "Happening",
    "Missing",
    "Part",
    "Place",
    "Report",
    "State",
    "Watched",
    "blob_for",
    "blob_sizes",
    "consistency_proof",
    "disclosures",
    "doctor",
    "further_vkeys",
    "head",
    "history",
    "log_file",
    "log_states",
    "mark",
    "missing",
    "of_kinds",
    "open_blob",
    "parts_of",
    "personal",
    "place_at",
    "place_of",
    "places",
    "prove",
    "receipt",
    "state",
    "store_health",
    "tail",
    "tlog_proof",
    "verify",
    "vkey",
    "vkey_for",
    "vkeys",
    "watch",
]

PROOF_FORM = "mingjing-proof/1"

_LOG_PATH = re.compile(
    r"([0-9]{4}(-[0-9]{1,2})?/)?(sm3/)?"
    r"(checkpoint|tile/([0-9]{1,2}|entries)/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?)"
)


@dataclass(frozen=True)
class Happening:
    """One line of a timeline. ``leaf_index`` is its place in the log of its year, ``place`` the one over all
    logs; both are None until the entry is sealed."""

    entry_id: uuid.UUID
    kind: str
    subject: str
    seq: int
    at: datetime
    actor: str
    plain: Mapping[str, Any]
    files: tuple[Mapping[str, Any], ...]
    leaf_index: int | None
    place: int | None


@dataclass(frozen=True)
class State:
    """The signed head of a log; ``root`` is hexadecimal. ``waiting`` counts what is in no log yet.

    ``year`` is None for a log from before there was one for each year, or when no log has begun.
    """

    origin: str
    year: int | None
    open: bool
    size: int
    root: str
    signed_at: datetime | None
    note: str
    vkey: str
    waiting: int = 0


def history(subject: str) -> list[Happening]:
    """What happened to ``subject``, oldest first. Cost: 1 query."""
    rows = Entry.objects.filter(subject=subject).order_by("seq")
    return [_happening(row) for row in rows.values_list(*_HAPPENING)]


def mark() -> str:
    """What changes whenever anything is put on the record or takes its place in a log.

    Counted as well as numbered: of two that were written side by side, the one numbered first may be there last.
    Cost: 2 queries, of which neither grows with the record.
    """
    head = Checkpoint.objects.order_by("-pk").values_list("log_id", "size").first()
    waiting = Pending.objects.aggregate(Count("pk"), Max("pk"))
    return f"{head}{sorted(waiting.items())}"


def of_kinds(kinds: Collection[str]) -> Iterator[Happening]:
    """Everything that happened of these kinds, subject by subject, oldest first, in constant memory."""
    rows = Entry.objects.filter(kind__in=kinds).order_by("subject", "seq")
    return (_happening(row) for row in rows.values_list(*_HAPPENING).iterator(2000))


def tail(*, after: int = -1, limit: int = 100) -> list[Happening]:
    """What entered the logs behind the place ``after``, in their order. Cost: 1 query.

    For readers with a cursor: the ``place`` of the last line is the next ``after``. No entry is ever skipped,
    because places are given after the commit.
    """
    rows = Entry.objects.filter(leaf__number__gt=after).order_by("leaf__number")[:limit]
    return [_happening(row) for row in rows.values_list(*_HAPPENING)]


def personal(entry_id: uuid.UUID) -> dict[str, Any]:
    """The personal values of an entry that were not forgotten, by name. Cost: 1 query.

    MUST be shown only to those whose authority was checked.
    """
    texts = Disclosure.objects.filter(entry_id=entry_id).values_list("name", "text")
    return {name: canonical.reveal(text).value for name, text in texts}


def prove(entry_id: uuid.UUID, *, reveal: Iterable[str] = ()) -> dict[str, Any]:
    """The offline proof of an entry, ready to be written as JSON.

    ``reveal`` names the personal values that the receiver may learn; all others stay digests.
    Raises: Refused ``no-such-entry``, ``not-sealed``, ``not-disclosable``.
    """
    leaf = _leaf_of(entry_id)
    proof = _proof(leaf)
    return {
        "format": PROOF_FORM,
        "record": base64.b64encode(leaf.entry.body).decode(),
        "disclosures": _disclosures(entry_id, list(reveal)),
        "leaf_index": proof.index,
        "inclusion": [base64.b64encode(item).decode() for item in proof.hashes],
        "checkpoint": proof.checkpoint,
        "vkey": str(keys.verifier(leaf.log)),
    }


def disclosures(entry_id: uuid.UUID, names: Iterable[str]) -> list[str]:
    """The disclosure texts of these personal values. MUST be handed only to those who may learn them.

    Raises: Refused ``not-disclosable``. Cost: 1 query.
    """
    return _disclosures(entry_id, list(names))


def tlog_proof(entry_id: uuid.UUID) -> str:
    """The same proof as a C2SP ``.tlog-proof`` file, for tools made by others. Raises: as :func:`prove`."""
    return str(_proof(_leaf_of(entry_id)))


def receipt(entry_id: uuid.UUID) -> str:
    """The signed promise that the log takes an entry in, as text; to be had once the act is committed.

    Raises: Refused ``no-such-entry``, ``signing-key-missing``, ``wrong-signing-key``. Cost: 2 queries.
    """
    columns = ("id", "at", "entered_at", "sha256", "sm3")
    entry: Entry | None = Entry.objects.filter(id=entry_id).only(*columns).first()
    if entry is None:
        raise _no_such_entry(entry_id)
    return receipts.give(entry)


def head(*, year: int | None = None) -> str:
    """The latest signed head of a year's log, None the one in use, as a C2SP checkpoint.

    Raises: Refused ``no-such-log``, ``not-sealed``.
    """
    found = heads.latest(logs.named(year))
    if found is None:
        raise Refused("not-sealed", "日志还没有签名头。", remedy="先运行 mingjing record seal。")
    return trust.document(found)


def sm3_proof(entry_id: uuid.UUID) -> str:
    """The proof in the tree over SM3, in the form of a ``.tlog-proof`` with SM3 hashes.

    Raises: as :func:`prove`; Refused ``no-sm3-log`` where no such tree is kept or it has not come so far.
    """
    leaf = _leaf_of(entry_id)
    log = logs.beside(leaf.log)
    latest = heads.latest(log) if log else None
    if log is None or latest is None or latest.size <= leaf.index:
        raise Refused(
            "no-sm3-log",
            f"记录 {entry_id} 不在 SM3 树中。",
            remedy="设置 MINGJING_SM3_LOG=1，并运行 mingjing record seal。",
        )
    nodes, join = tree.nodes(log, latest.size), tree.join(log)
    hashes = merkle.inclusion_proof(leaf.index, latest.size, nodes, join)
    return str(checkpoint.Proof(leaf.index, tuple(hashes), latest.note))


def consistency_proof(old: int, new: int, *, year: int | None = None) -> list[bytes]:
    """The proof that a log of ``old`` entries is a prefix of the log of ``new``, for witnesses.

    ``year`` tells which log; None the one in use. Raises: Refused ``no-such-log``, ``no-such-size`` unless
    0 < old <= new <= size of the log.
    """
    log = logs.named(year)
    latest = heads.latest(log)
    if not latest or not 0 < old <= new <= latest.size:
        raise Refused(
            "no-such-size",
            f"日志没有从 {old} 条到 {new} 条的一段。",
            remedy="前一个条数至少为 1，后一个不超过日志现有的条数（mingjing record checkpoint）。",
        )
    return merkle.consistency_proof(old, new, tree.nodes(log, new))


def vkey() -> str:
    """The public key of the log in use as text; empty before the first seal."""
    log = logs.current()
    return str(keys.verifier(log)) if log else ""


def vkeys() -> list[str]:
    """The public keys of all logs, oldest first: whoever verifies papers of any year trusts these."""
    return [str(keys.verifier(log)) for log in logs.every()]


def vkey_for(year: int) -> str:
    """The public key of a year's log; that of a year to come is made now, so that witnesses can know it in time.

    Raises: Refused ``year-over`` for a year that ended without a log.
    """
    log = Log.objects.filter(year=year, hashing=logs.SHA256).order_by("-epoch").first()
    if log is not None:
        return str(keys.verifier(log))
    newest = logs.current()
    if newest is not None and newest.year is not None and year < newest.year:
        raise Refused("year-over", f"{year} 年没有日志，也不会再有。", remedy="各年的日志见 /log 页。")
    return str(keys.made(logs.origin_of(year), year).verifier)


def further_vkeys() -> list[str]:
    """The public keys of other kinds, and of the trees over SM3: for those who ask for more than Ed25519."""
    first = set(vkeys())
    return [key for log in logs.everything() for key in keys.vkeys(log) if key not in first]


def log_file(path: str) -> Path:
    """Where the published file ``path`` (``2026/checkpoint``, ``2026/tile/0/000.p/5`` …) lies.

    A log from before there was one for each year has its files without a year in front.
    Raises: Refused ``no-such-log-file``.
    """
    found = store.log_folder() / path
    if not _LOG_PATH.fullmatch(path) or not found.is_file():
        raise Refused("no-such-log-file", f"日志中没有文件“{path}”。")
    return found


def blob_for(sha256: str) -> Blob:
    """The row of a stored file. Raises: Refused ``no-such-blob``."""
    blob = Blob.objects.filter(sha256=sha256).first()
    if blob is None:
        raise Refused("no-such-blob", f"没有存入过 SHA-256 为“{sha256}”的文件。")
    return blob


def blob_sizes(digests: Collection[str]) -> dict[str, int]:
    """The size in bytes of each stored file among these. Cost: 1 query."""
    return dict(Blob.objects.filter(sha256__in=set(digests)).values_list("sha256", "size_bytes"))


def open_blob(sha256: str) -> BinaryIO:
    """The content of a stored file, opened for reading at any place; the caller closes it.

    Raises: Refused ``no-such-blob``, ``blob-destroyed``, ``blob-missing``.
    """
    blob = blob_for(sha256)
    if blob.destroyed_at is not None:
        raise Refused(
            "blob-destroyed",
            f"文件 {sha256} 已于 {timezone.localtime(blob.destroyed_at):%Y-%m-%d} 依照保管期限鉴定销毁，内容不再存在。",
            remedy="销毁的经过和批准见全过程记录；原来的存证证明仍然有效。",
        )
    try:
        return backends.current().open(sha256)
    except FileNotFoundError as error:
        raise Refused(
            "blob-missing",
            f"文件 {sha256} 已登记，但存储中找不到。",
            remedy="请管理员从备份恢复，并运行 mingjing record fsck。",
        ) from error


def parts_of(blob: Blob) -> list[Part]:
    """The parts of a stored file with their digests, in order. Cost: 1 query."""
    manifest = Manifest.objects.filter(blob=blob).first()
    return list(
        measuring.parts_of(blob.sha256, blob.size_bytes, bytes(manifest.digests) if manifest else b"")
    )


def state() -> State:
    """How far the log in use has come. Cost: 3 queries."""
    log, waiting = logs.current(), Pending.objects.count()
    if log is None:
        return State(settings.MINGJING_LOG_ORIGIN, None, True, 0, "", None, "", "", waiting)
    return replace(_state(log), waiting=waiting)


def log_states() -> list[State]:
    """Every log there is, newest first. Cost: 1 query, and 1 for each log."""
    return [_state(log) for log in reversed(logs.every())]


_HAPPENING = ("id", "kind", "subject", "seq", "at", "body", "leaf__number", "leaf__log__start")


def _state(log: Log) -> State:
    head = heads.latest(log)
    return State(
        origin=log.origin,
        year=log.year,
        open=log.state == logs.OPEN,
        size=head.size if head else 0,
        root=bytes(head.root).hex() if head else "",
        signed_at=head.at if head else None,
        note=head.note if head else "",
        vkey=str(keys.verifier(log)),
    )


# A record whose bytes are lost has its place, and nothing to tell.
_NOTHING: dict[str, Any] = {"actor": "system", "plain": {}, "files": []}


def _happening(row: tuple[Any, ...]) -> Happening:
    entry_id, kind, subject, seq, at, content, place, start = row
    # A record that is lost has its place, and nothing to tell.
    fields = body.read(content) if content else _NOTHING
    files, index = tuple(fields["files"]), None if place is None else place - start
    return Happening(entry_id, kind, subject, seq, at, fields["actor"], fields["plain"], files, index, place)


def _leaf_of(entry_id: uuid.UUID) -> Leaf:
    leaf: Leaf | None = Leaf.objects.select_related("entry", "log").filter(entry_id=entry_id).first()
    if leaf is not None and leaf.entry.kind == logs.LOST:
        raise Refused(
            "record-lost",
            f"记录 {entry_id} 的原文在恢复旧备份时遗失了，只找回了它在日志中的位置。",
            remedy="持有该记录核验包或回执的人仍可据以证明。",
        )
    if leaf is not None:
        return leaf
    if not Entry.objects.filter(id=entry_id).exists():
        raise _no_such_entry(entry_id)
    raise Refused(
        "not-sealed",
        f"记录 {entry_id} 还没有编入日志，暂时不能出具证明。",
        remedy="稍候再试；管理员可运行 mingjing record seal。",
    )


def _no_such_entry(entry_id: uuid.UUID) -> Refused:
    return Refused(
        "no-such-entry",
        f"没有编号为 {entry_id} 的记录。",
        remedy="请核对编号；记录编号见案件时间轴或者公示页面。",
    )


def _proof(leaf: Leaf) -> checkpoint.Proof:
    head = trust.best_head(leaf.log, leaf.index)
    hashes = merkle.inclusion_proof(leaf.index, head.size, tree.published(leaf.log, head.size))
    # Files are quick to read and anybody's to spoil: what they give is checked, else the tables are asked.
    if not merkle.verify_inclusion(bytes(leaf.hash), leaf.index, head.size, hashes, bytes(head.root)):
        hashes = merkle.inclusion_proof(leaf.index, head.size, tree.nodes(leaf.log, head.size))
    return checkpoint.Proof(leaf.index, tuple(hashes), trust.document(head))


def _disclosures(entry_id: uuid.UUID, names: list[str]) -> list[str]:
    if not names:
        return []
    found = dict(Disclosure.objects.filter(entry_id=entry_id, name__in=names).values_list("name", "text"))
    unknown = [name for name in names if name not in found]
    if unknown:
        raise Refused("not-disclosable", f"记录 {entry_id} 没有（或已删除）这些内容：{'、'.join(unknown)}。")
    return [found[name] for name in names]
