"""What is coming in piece by piece and belongs to no case yet."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from mingjing.organs.models import Officer


class Incoming(models.Model):
    """续传文件: a file that an officer is handing in, piece by piece.

    ``offset_bytes`` is how much lies safely on the disk; what a crash left behind it is cut off. ``sha256`` is
    set when all of it came and was read once more. Working rows: they go when the file went into a case, and
    when ``expires_at`` has passed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="incoming")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    promised_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "incoming"
        constraints = (
            models.CheckConstraint(
                condition=Q(offset_bytes__gte=0, offset_bytes__lte=F("size_bytes"), size_bytes__gt=0),
                name="incoming_within_its_size",
            ),
            models.CheckConstraint(
                condition=Q(sha256="") | Q(offset_bytes=F("size_bytes")), name="incoming_hashed_when_whole"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.offset_bytes}/{self.size_bytes}"
