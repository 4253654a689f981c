"""How far the reading of all stored files has come."""

from __future__ import annotations

from django.db import models


class ScrubMonth(models.Model):
    """巡检月报: what was read in a month and what was found wrong; on the record when the month is over.

    ``month`` is its first day.
    """

    month = models.DateField(primary_key=True)
    files = models.PositiveBigIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)
    entry_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ("-month",)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ScrubPlace(models.Model):
    """巡检断点: the file of which only the first ``parts`` parts were read when the last slice ended."""

    blob = models.OneToOneField("record.Blob", models.PROTECT, primary_key=True)
    parts = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.blob_id} {self.parts}"
