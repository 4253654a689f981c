"""Tables of the room ``exchange``: what was taken in, from which file."""

from __future__ import annotations

from django.db import models

from mingjing.organs.models import Organ


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
