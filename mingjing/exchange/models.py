"""Tables of the room ``exchange``: what was taken in, from which file."""

from __future__ import annotations

from django.db import models


class Import(models.Model):
    """归集批次: one run of an importer over one file, so that a second run doubles nothing."""

    kind = models.CharField(max_length=20)  # laws powers parties payments
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()
    accepted = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at"]
