"""录制缺口: what a device's numbers and links tell of recordings that never came."""

from __future__ import annotations

import uuid
from datetime import datetime

from mingjing.organs.authority import SYSTEM
from mingjing.record import actions as record

from .models import Capture, CaptureGap, Device

MOST_MISSING = 500  # a jump further than this is no loss but a fault


def note_number(device: Device, capture: Capture, at: datetime) -> None:
    """Hear of recording ``capture.n``: note the numbers passed over, or close the gap that it fills.

    The device's row MUST be locked.
    """
    number = capture.n or 0
    for missing in range(device.last_n + 1, number):
        _note(device, missing, "missing", at)
    if number > device.last_n:
        device.last_n = number
        device.save(update_fields=["last_n"])
        return
    filled = CaptureGap.objects.filter(device=device, n=number, kind="missing", closed_at__isnull=True)
    if filled.update(closed_at=at):
        _tell("capture-gap-filled", device, number, "missing", at)


def note_links(capture: Capture, at: datetime) -> None:
    """Compare the recording with its neighbors on the device, as far as they are here."""
    device = capture.device
    if device is None or capture.n is None:
        return
    whole = Capture.objects.filter(device=device, state__in=("complete", "bound"))
    before = whole.filter(n=capture.n - 1).values_list("head", flat=True).first()
    if before and before != capture.prev:
        _note(device, capture.n, "mismatch", at)
    behind = Capture.objects.filter(device=device, n=capture.n + 1)
    named = behind.values_list("prev", flat=True).first()
    if capture.head and named and named != capture.head:
        _note(device, capture.n + 1, "mismatch", at)


def _note(device: Device, n: int, kind: str, at: datetime) -> None:
    if CaptureGap.objects.filter(device=device, n=n, kind=kind).exists():
        return
    entry = _tell("capture-gap", device, n, kind, at)
    CaptureGap.objects.create(
        device=device, organ_id=device.organ_id, n=n, kind=kind, found_at=at, entry_id=entry
    )


def _tell(what: str, device: Device, n: int, kind: str, at: datetime) -> uuid.UUID:
    plain = {"device": device.number, "n": n, "kind": kind}
    return record.append(kind=what, subject=f"device:{device.pk}", at=at, actor=SYSTEM, plain=plain).pk
