"""A piece of evidence lent to another organ or a court for some days."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from mingjing.organs.models import Officer, Organ


class Share(models.Model):
    """提供: another organ or a court may take a piece along by a link and a code, until a day.

    Asked for by one officer, answered by another, ended by either at any time. ``organ`` is whose case it is.
    Source: 达州三项制度方案 二(二)8(2): calling up is easy and traceable.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    piece = models.CharField(max_length=80, db_index=True)
    sha256 = models.CharField(max_length=64)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="shares")
    recipient = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300)
    days = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default="asked")  # asked running declined ended
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="shares_asked")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="shares_answered"
    )
    answer = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="shares_ended")

    class Meta:
        indexes = (models.Index(fields=("organ", "state"), name="share_of_an_organ"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="share_answered_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="share_ended_at_with_by",
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=30), name="share_for_some_days"),
        )

    def __str__(self) -> str:
        return f"{self.piece} {self.recipient}"
