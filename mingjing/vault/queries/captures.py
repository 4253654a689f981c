"""Recordings, the devices they come from, and what is missing of them."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mingjing.kernel import capture as chain
from mingjing.kernel.refused import Refused
from mingjing.organs.authority import Actor, require
from mingjing.record import queries as records

from ..models import Capture, CaptureChunk, CaptureGap, Device

MOST_ROWS = 200
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # as str(UUID) writes it
DEVICES_PAGE, UNBOUND_PAGE = 50, 30


@dataclass(frozen=True)
class CaseRef:
    """The case and step that a recording is for, as a door found them; this room knows no cases."""

    id: uuid.UUID
    no: str
    label: str
    step: str
    step_title: str

    def columns(self) -> dict[str, Any]:
        """What the row of a recording says of it."""
        return {
            "case_id": self.id,
            "case_no": self.no,
            "case_label": self.label,
            "step": self.step,
            "step_title": self.step_title,
        }


@dataclass(frozen=True)
class Receipt:
    """回执: that the whole of a recording is durably kept, and which entry of the record says so."""

    capture: uuid.UUID
    state: str
    sha256: str
    size_bytes: int
    chunks: int
    head: str
    entry: uuid.UUID
    handed_in_at: datetime
    late: bool


@dataclass(frozen=True)
class Status:
    """How far a recording has come; ``received`` are runs of chunks, first and last."""

    capture: uuid.UUID
    state: str
    received: tuple[tuple[int, int], ...]
    receipt: Receipt | None


@dataclass(frozen=True)
class CaptureRow:
    """A recording in a list. ``offset_ms``: the platform's clock less the device's; ``pauses``: marks in it."""

    id: uuid.UUID
    kind: str
    name: str
    media_type: str
    officer: str
    officer_id: int
    device: str
    n: int | None
    purpose: str
    started_at: datetime
    ended_at: datetime | None
    offset_ms: int | None
    place: str
    size_bytes: int
    sha256: str
    head: str
    state: str
    late: bool
    ending: str
    pauses: int
    breaks: int
    case_no: str
    case_label: str
    step: str
    step_title: str
    taken_seq: int | None
    handed_in_at: datetime | None
    why_broken: str
    is_copy: bool
    entry_id: uuid.UUID

    @property
    def seconds(self) -> int:
        """How long it is, by the device's clock."""
        return int((self.ended_at - self.started_at).total_seconds()) if self.ended_at else 0


@dataclass(frozen=True)
class DeviceRow:
    """A device in the register; ``open_gaps`` is how many of its recordings never came."""

    id: int
    number: str
    kind: str
    name: str
    officer: str
    officer_id: int
    organ: str
    state: str
    reason: str
    captures: int
    open_gaps: int
    registered_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class GapRow:
    """A gap in a device's recordings; ``neighbor`` is the recording behind it, which gave it away."""

    id: int
    device: str
    officer: str
    organ: str
    n: int
    kind: str
    found_at: datetime
    closed_at: datetime | None
    after: datetime | None
    before: datetime | None
    case_no: str
    case_label: str


def own_capture(capture_id: uuid.UUID, actor: Actor) -> Capture:
    """The row of a recording for whoever made it. Raises: Refused ``no-such-capture``, ``not-yours``. 1 query."""
    capture = Capture.objects.select_related("device").filter(pk=capture_id).first()
    if capture is None:
        raise _no_such()
    if capture.officer_id != actor.id:
        raise Refused("not-yours", "这段录制由另一名执法人员录制。", remedy="请由录制的人员登录后继续上传。")
    return capture


def capture_for(actor: Actor, capture_id: uuid.UUID) -> CaptureRow:
    """A recording that the person may see: of his organ, or of one he supervises. Cost: 1 query."""
    row = _visible(actor).filter(pk=capture_id).first()
    if row is None:
        raise _no_such()
    return _row(row)


def capture_status(capture_id: uuid.UUID, actor: Actor) -> Status:
    """What of a recording has arrived, for the device that sends it. Cost: 2 queries."""
    capture = own_capture(capture_id, actor)
    seqs = list(capture.chunks.order_by("seq").values_list("seq", flat=True))
    whole = capture.state in ("complete", "bound") and capture.handed_in_at is not None
    return Status(capture.pk, capture.state, _runs(seqs), receipt_of(capture) if whole else None)


def receipt_of(capture: Capture) -> Receipt:
    """The receipt of a recording that is whole."""
    assert capture.handed_in_at is not None
    return Receipt(
        capture=capture.pk,
        state=capture.state,
        sha256=capture.sha256,
        size_bytes=capture.size_bytes,
        chunks=capture.chunks_said,
        head=capture.head,
        entry=capture.entry_id,
        handed_in_at=capture.handed_in_at,
        late=capture.late,
    )


def unbound(
    actor: Actor, *, mine: bool, after: uuid.UUID | None = None, limit: int = UNBOUND_PAGE
) -> list[CaptureRow]:
    """Whole recordings that belong to no case yet, newest first, behind the recording ``after``: the person's own,
    or all of his organ.

    Cost: 1 query, 2 behind the first page.
    """
    require(actor, "case.read")
    rows = _visible(actor).filter(case_id__isnull=True, state="complete", original__isnull=True)
    rows = rows.filter(officer_id=actor.officer_id) if mine else rows
    last = Capture.objects.filter(pk=after).values_list("started_at", flat=True).first() if after else None
    if last is not None:
        rows = rows.filter(Q(started_at__lt=last) | Q(started_at=last, pk__lt=after))
    return [_row(one) for one in rows.order_by("-started_at", "-pk")[:limit]]


def unfinished(actor: Actor, at: datetime, *, older: timedelta = timedelta()) -> list[CaptureRow]:
    """Recordings that began to come in and are not whole, heard of longer ago than ``older``. Cost: 1 query."""
    require(actor, "case.read")
    rows = _visible(actor).filter(
        Q(state="receiving", heard_at__lte=at - older) | Q(state="broken", sha256="")
    )
    return [_row(one) for one in rows[:MOST_ROWS]]


def captures_of_case(
    case_id: uuid.UUID, *, free: bool = False, limit: int | None = MOST_ROWS
) -> list[CaptureRow]:
    """The recordings of a case, oldest first; ``free``: those that no step has taken in yet. Cost: 1 query.

    ``limit`` is what a page can show; None for a list that must be whole, such as that of the dossier.
    MUST be asked only for a case that the person may read.
    """
    rows = _free(case_id) if free else _rows(Capture.objects.filter(case_id=case_id))
    return [_row(one) for one in rows.order_by("started_at", "id")[:limit]]


def _free(case_id: uuid.UUID) -> QuerySet[Capture]:
    """The whole recordings of a case that no step has taken in yet."""
    return _rows(Capture.objects.filter(case_id=case_id, taken_seq__isnull=True).exclude(sha256=""))


def choose_kept(case_id: uuid.UUID, chosen: Sequence[str]) -> list[CaptureRow]:
    """The recordings of the case with these ids, as a form gives them back. Cost: 1 query.

    Raises: Refused ``no-such-capture`` for an id that is not a free recording of this case.
    """
    wanted = [one for one in chosen if _ID.fullmatch(one)]
    free = {str(one.pk): _row(one) for one in _free(case_id).filter(pk__in=wanted)}
    if any(one not in free for one in chosen):
        raise Refused(
            "no-such-capture",
            "选中的录制不属于本案，或者已经存入别的环节。",
            remedy="请刷新页面，重新选择。",
        )
    return [free[one] for one in dict.fromkeys(chosen)]


def devices(organ_id: int | None = None, *, after: int = 0, limit: int = DEVICES_PAGE) -> list[DeviceRow]:
    """The register of devices by organ and number, of one organ or all, behind the device ``after``.

    Cost: 1 query, 2 behind the first page.
    """
    rows = Device.objects.select_related("officer", "organ").annotate(
        held=_number_of(Capture.objects.all()),
        lost=_number_of(CaptureGap.objects.filter(closed_at__isnull=True)),
    )
    if organ_id is not None:
        rows = rows.filter(organ_id=organ_id)
    last = Device.objects.filter(pk=after).values_list("organ__path", "number").first() if after else None
    if last is not None:
        path, number = last
        rows = rows.filter(Q(organ__path__gt=path) | Q(organ__path=path, number__gt=number))
    return [
        DeviceRow(
            id=one.pk,
            number=one.number,
            kind=one.kind,
            name=one.name,
            officer=one.officer.name,
            officer_id=one.officer_id,
            organ=one.organ.short_name or one.organ.name,
            state=one.state,
            reason=one.reason,
            captures=one.held,
            open_gaps=one.lost,
            registered_at=one.registered_at,
            revoked_at=one.revoked_at,
        )
        for one in rows.order_by("organ__path", "number")[:limit]
    ]


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many of the rows a device has."""
    of_device = rows.filter(device=OuterRef("pk")).order_by().values("device")
    return Coalesce(Subquery(of_device.annotate(number=Count("pk")).values("number")), 0)


def cameras(organ_id: int) -> list[tuple[str, str, str]]:
    """The body-worn cameras of an organ: number, name, who carries it. Cost: 1 query."""
    rows = Device.objects.filter(organ_id=organ_id, kind="camera").order_by("number")
    return list(rows.values_list("number", "name", "officer__name"))


def carrier_of(number: str, organ_id: int) -> int | None:
    """The officer to whom an organ's device of that number is issued. Cost: 1 query."""
    rows = Device.objects.filter(number=number, organ_id=organ_id)
    return rows.values_list("officer_id", flat=True).first()


def gaps(actor: Actor, *, case_id: uuid.UUID | None = None) -> list[GapRow]:
    """Recordings that a device counted and nobody got, newest first: of the organ, or of those supervised.

    ``case_id``: only those beside a recording of that case. Cost: 2 queries.
    """
    require(actor, "case.read")
    where = Q(organ__path__startswith=actor.supervises) if actor.supervises else Q(organ_id=actor.organ_id)
    rows = CaptureGap.objects.filter(where).select_related("device__officer", "organ")
    if case_id is not None:
        rows = rows.filter(device__captures__case_id=case_id).distinct()
    found = list(rows[:MOST_ROWS])
    near = _neighbors(found)
    told = [_gap(one, near) for one in found]
    return told if case_id is None else [one for one in told if one.case_no]


def check_chain(capture_id: uuid.UUID) -> Refused | None:
    """Why a stored recording is not what its device signed; None if it is. Reads the whole file again.

    Imported files have no chain: None.
    """
    capture = Capture.objects.select_related("device").get(pk=capture_id)
    if capture.manifest is None or capture.device is None:
        return None
    manifest, start = bytes(capture.manifest), bytes(capture.start_manifest or b"")
    try:
        chain.check_signature(
            bytes(capture.device.public_key or b""), manifest, bytes(capture.signature or b"")
        )
    except Refused as refused:
        return refused
    return chain.why_broken(start, chain.read_end(manifest), _chunks_of_whole(capture))


def _chunks_of_whole(capture: Capture) -> list[tuple[bytes, int]]:
    """The digests of the chunks, computed anew from the whole file."""
    sizes = CaptureChunk.objects.filter(capture=capture).order_by("seq").values_list("size_bytes", flat=True)
    with records.open_blob(capture.sha256) as file:
        pieces = [file.read(size) for size in sizes]
    return [(hashlib.sha256(one).digest(), len(one)) for one in pieces]


def _visible(actor: Actor) -> QuerySet[Capture]:
    where = Q(organ__path__startswith=actor.supervises) if actor.supervises else Q(organ_id=actor.organ_id)
    return _rows(Capture.objects.filter(where))


def _rows(rows: QuerySet[Capture]) -> QuerySet[Capture]:
    return rows.select_related("device", "officer").defer(
        "start_manifest", "start_signature", "manifest", "signature"
    )


def _row(one: Capture) -> CaptureRow:
    kinds = [mark["kind"] for mark in one.marks]
    return CaptureRow(
        id=one.pk,
        kind=one.kind,
        name=one.name,
        media_type=one.media_type.partition(";")[0].strip(),
        officer=one.officer.name,
        officer_id=one.officer_id,
        device=one.device.number if one.device else "",
        n=one.n,
        purpose=one.purpose,
        started_at=one.started_at,
        ended_at=one.ended_at,
        offset_ms=one.offset_ms,
        place=f"{one.lat}, {one.lon}（±{one.accuracy} 米）" if one.lat else "",
        size_bytes=one.size_bytes,
        sha256=one.sha256,
        head=one.head,
        state=one.state,
        late=one.late,
        ending=one.ending,
        pauses=kinds.count("pause"),
        breaks=kinds.count("gap") + kinds.count("interrupted"),
        case_no=one.case_no,
        case_label=one.case_label,
        step=one.step,
        step_title=one.step_title,
        taken_seq=one.taken_seq,
        handed_in_at=one.handed_in_at,
        why_broken=one.why_broken,
        is_copy=one.kind == "copy",
        entry_id=one.entry_id,
    )


def _runs(seqs: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Sorted numbers as runs: 1, 2, 3, 7 gives (1, 3), (7, 7)."""
    runs: list[tuple[int, int]] = []
    for seq in seqs:
        if runs and runs[-1][1] == seq - 1:
            runs[-1] = (runs[-1][0], seq)
        else:
            runs.append((seq, seq))
    return tuple(runs)


def _neighbors(found: Sequence[CaptureGap]) -> dict[tuple[int, int], Capture]:
    """The recordings just before and behind the gaps, by device and number; behind a run of gaps, the next one."""
    devices = {one.device_id for one in found}
    rows = Capture.objects.filter(device_id__in=devices, n__isnull=False).only(
        "device_id", "n", "started_at", "ended_at", "case_no", "case_label"
    )
    return {(int(one.device_id or 0), int(one.n or 0)): one for one in rows.order_by("-started_at")[:5000]}


def _gap(one: CaptureGap, near: dict[tuple[int, int], Capture]) -> GapRow:
    before = _next(one, near, -1)
    behind = _next(one, near, 0 if one.kind == "mismatch" else 1)
    same_case = behind if behind and behind.case_no else before
    return GapRow(
        id=one.pk,
        device=one.device.number,
        officer=one.device.officer.name,
        organ=one.organ.short_name or one.organ.name,
        n=one.n,
        kind=one.kind,
        found_at=one.found_at,
        closed_at=one.closed_at,
        after=(before.ended_at or before.started_at) if before else None,
        before=behind.started_at if behind else None,
        case_no=same_case.case_no if same_case else "",
        case_label=same_case.case_label if same_case else "",
    )


def _next(one: CaptureGap, near: dict[tuple[int, int], Capture], way: int) -> Capture | None:
    """The nearest recording before (-1) or behind (1) the number; 0: the one with the number itself."""
    if way == 0:
        return near.get((one.device_id, one.n))
    numbers = [n for device, n in near if device == one.device_id and (n - one.n) * way > 0]
    return near[one.device_id, min(numbers, key=lambda n: abs(n - one.n))] if numbers else None


def _no_such() -> Refused:
    return Refused("no-such-capture", "没有这段录制，或者您无权查看。", remedy="请从录制清单进入。")
