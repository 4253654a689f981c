"""Devices that record, their recordings, and how these come in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from mingjing.organs.models import Officer, Organ


class Device(models.Model):
    """录制设备: a field device with a key of its own, or a body-worn camera (执法记录仪), issued to an officer.

    ``number`` is printed on a camera; of a field device it is made from its public key. ``public_key`` is the
    SubjectPublicKeyInfo of a P-256 key that never leaves the device; a camera has none. ``last_n`` is the highest
    number of a recording that the platform has heard of.
    """

    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)  # field camera
    name = models.CharField(max_length=120, blank=True)
    public_key = models.BinaryField(null=True, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="devices")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="devices")
    state = models.CharField(max_length=20, default="in_use")  # in_use revoked
    last_n = models.PositiveIntegerField(default=0)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="device_revoked_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(kind="camera", public_key__isnull=True)
                | Q(kind="field", public_key__isnull=False),
                name="device_key_with_kind",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Capture(models.Model):
    """录制: one recording or photo of a device, from its start manifest to the whole file in the store.

    ``n`` and ``prev`` chain the recordings of a field device (:mod:`mingjing.kernel.capture`); imported files of a
    camera have none. ``started_at`` and ``ended_at`` are the device's clock; ``offset_ms`` is the platform's clock
    less the device's, as measured there. ``case_id`` has no constraint: this room knows no cases. ``taken_seq`` is
    the step that took the recording in as its evidence. ``state``: receiving, complete, broken (given up before the
    whole arrived), bound (complete and belonging to a case).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey(Device, models.PROTECT, null=True, blank=True, related_name="captures")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="captures")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="captures")
    n = models.PositiveIntegerField(null=True, blank=True)
    prev = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=10)  # video audio photo copy
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    purpose = models.CharField(max_length=200, blank=True)
    original = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="copies")
    watermark = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    offset_ms = models.BigIntegerField(null=True, blank=True)
    lat = models.CharField(max_length=20, blank=True)
    lon = models.CharField(max_length=20, blank=True)
    accuracy = models.CharField(max_length=20, blank=True)
    marks = models.JSONField(default=list)
    ending = models.CharField(max_length=20, blank=True)  # stopped recovered given_up imported
    chunks_said = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    start_manifest = models.BinaryField(null=True, blank=True)
    start_signature = models.BinaryField(null=True, blank=True)
    manifest = models.BinaryField(null=True, blank=True)
    signature = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=20, default="receiving")
    heard_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    handed_in_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    late = models.BooleanField(default=False)
    case_id = models.UUIDField(null=True, blank=True)
    case_no = models.CharField(max_length=30, blank=True)
    case_label = models.CharField(max_length=80, blank=True)
    step = models.CharField(max_length=60, blank=True)
    step_title = models.CharField(max_length=60, blank=True)
    taken_seq = models.PositiveIntegerField(null=True, blank=True)
    bound_at = models.DateTimeField(null=True, blank=True)
    bound_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    why_broken = models.CharField(max_length=300, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = (
            "-started_at",
            "-id",
        )
        constraints = (
            models.UniqueConstraint(
                fields=["device", "n"], condition=Q(n__isnull=False), name="capture_number_once"
            ),
            models.CheckConstraint(
                condition=Q(bound_at__isnull=True, bound_by__isnull=True)
                | Q(bound_at__isnull=False, bound_by__isnull=False),
                name="capture_bound_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(handed_in_at__isnull=True, handed_in_by__isnull=True)
                | Q(handed_in_at__isnull=False, handed_in_by__isnull=False),
                name="capture_handed_in_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(state="receiving", sha256="") | Q(state="broken") | ~Q(sha256=""),
                name="capture_whole_when_received",
            ),
        )
        indexes = (
            models.Index(fields=["organ", "state", "-started_at", "-id"], name="capture_organ_state"),
            models.Index(fields=["officer", "-started_at", "-id"], name="capture_officer"),
            models.Index(fields=["case_id"], condition=Q(case_id__isnull=False), name="capture_of_case"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class CaptureChunk(models.Model):
    """录制分段: one chunk of a recording, durably kept before this row says so; ``seq`` counts from 1."""

    capture = models.ForeignKey(Capture, models.PROTECT, related_name="chunks")
    seq = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = (
            "capture_id",
            "seq",
        )
        constraints = (models.UniqueConstraint(fields=["capture", "seq"], name="capture_chunk_once"),)

    def __str__(self) -> str:
        return f"{self.capture_id}/{self.seq}"


class CaptureGap(models.Model):
    """录制缺口: a device's recording number ``n`` that the platform never got, or one whose predecessor differs.

    ``kind``: missing (no recording has this number), mismatch (recording ``n`` names another predecessor than the
    one that came). A missing one closes when the recording arrives; a mismatch stays.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="gaps")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="capture_gaps")
    n = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=["device", "n", "kind"], name="capture_gap_once"),)

    def __str__(self) -> str:
        return f"{self.device_id} #{self.n} {self.kind}"
