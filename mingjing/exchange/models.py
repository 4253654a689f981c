"""Tables of the room ``exchange``: what was taken in, from which file."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingjing.organs.models import Officer, Organ
from mingjing.publicity.models import Placement
from mingjing.sql import paired


class Import(models.Model):
    """归集批次: one run of an importer over one file, so that a second run doubles nothing."""

    kind = models.CharField(max_length=20)  # laws powers parties payments double-publicity
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()
    accepted = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at"]


class CreditRecord(models.Model):
    """双公示记录: a penalty or permit as a list of credit publicity data tells it, whoever decided it.

    ``key`` is what two tellings of one decision share (kind, number, organ, party); ``values`` are by the codes of
    the national field set, money in fen; ``doubts`` are code, field and words of what is odd. ``organ`` is the
    organ of this platform that the record names, where there is one. ``sha256``, ``sheet`` and ``row`` tell where
    it was read last.
    Source: codex/publicity/double.
    """

    kind = models.CharField(max_length=10)  # penalty | permit
    key = models.CharField(max_length=64, unique=True)
    number = models.CharField(max_length=300)
    plain_number = models.CharField(max_length=300, db_index=True)
    organ_name = models.CharField(max_length=300)
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="credit_records")
    party = models.CharField(max_length=300)
    decided_on = models.DateField()
    values = models.JSONField(default=dict)
    doubts = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, db_index=True)
    sheet = models.CharField(max_length=100)
    row = models.PositiveIntegerField()
    taken_in_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_on", "-id"]
        indexes = [
            models.Index(fields=["-decided_on", "-id"], name="credit_record_decided"),
            models.Index(fields=["organ", "-decided_on", "-id"], name="credit_record_organ"),
        ]


class Sending(models.Model):
    """报送任务: one thing to tell a channel by its interface, tried until the channel has answered.

    ``key`` goes with every try, so that the channel takes it once however often it comes; ``body`` is frozen with the
    first try. ``sending`` with an old ``claimed_at`` is one whose sender died: it is tried again with the same key.
    ``outcome`` is ``accepted``, ``refused``, ``received`` (the answer comes later) or ``dropped`` (no longer wanted).
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="sendings")
    kind = models.CharField(max_length=10)  # show correct remove
    key = models.CharField(max_length=40, unique=True)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="waiting")  # waiting sending done
    tries = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "kind"], condition=~Q(state="done"), name="sending_open_once"
            )
        ]
        indexes = [models.Index(fields=["next_at", "id"], condition=~Q(state="done"), name="sending_open")]


class Package(models.Model):
    """报送包: the file that a person uploads where a channel has no interface, and the receipt it came back with.

    ``number`` is also the batch of its deliveries; ``sha256`` is the stored file. Its manifest holds the digest of
    every row. Source: 达州三项制度方案/1(1).
    """

    number = models.CharField(max_length=60, unique=True)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="packages")
    channel = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    # Empty where the platform made it at the operator's command.
    maker = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["organ", "-made_at"], name="package_organ")]
        constraints = [paired("package", "answered")]
