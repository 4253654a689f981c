"""Why stored files are kept, what keeps them from being destroyed, and how they are destroyed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from mingjing.organs.models import Officer, Organ
from mingjing.record.models import Blob


class Ground(models.Model):
    """保管依据: that an organ keeps a stored file, for what, and until when.

    ``subject`` is what it is kept for: ``case:<id>``, ``capture:<id>`` …; ``retention`` a class of
    ``codex/retention``. ``until`` is the last day; None means without end, or as long as the case is not archived.
    A file without any ground is none of this room's: it is never proposed for destruction.
    """

    blob = models.ForeignKey(Blob, models.PROTECT, related_name="grounds")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="grounds")
    subject = models.CharField(max_length=100, db_index=True)
    label = models.CharField(max_length=200, blank=True)
    retention = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["blob", "subject", "retention"], name="ground_once_for_each_use"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="ground_ends_after_it_began",
            ),
        )
        indexes = (
            models.Index(
                fields=["organ", "until"], condition=Q(released_at__isnull=True), name="ground_running"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.retention}"


class Hold(models.Model):
    """停止销毁: while it runs, what it covers is not destroyed, whatever its term.

    ``subject`` is ``blob:<sha256>`` for one file, or what files are kept for (``case:<id>``) for all of them.
    """

    subject = models.CharField(max_length=100, db_index=True)
    label = models.CharField(max_length=200, blank=True)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    until = models.DateField(null=True, blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(Officer, models.PROTECT, related_name="holds_placed")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="holds_lifted")
    lifted_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = (
            "-placed_at",
            "-id",
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="hold_lifted_at_with_by",
            ),
        )

    def __str__(self) -> str:
        return self.subject


class Deletion(models.Model):
    """销毁清册: files whose terms are over, proposed by one person for destruction and answered by another.

    ``state``: open, approved, rejected, withdrawn. ``persons`` are all whose hands are in the proposal: the one who
    signed it, and the one he deputized for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="deletions")
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=20, default="open")
    persons = models.JSONField(default=list)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="deletions_proposed")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="deletions_answered"
    )
    opinion = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-proposed_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="deletion_answered_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | ~Q(state="open") & Q(answered_at__isnull=False),
                name="deletion_open_until_answered",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class DeletionItem(models.Model):
    """销毁清册的一项: a file, what it was kept for and until when, as it stood when it was proposed.

    ``outcome``: empty until answered; ``destroyed``, or ``kept`` where another organ keeps the same content.
    """

    deletion = models.ForeignKey(Deletion, models.PROTECT, related_name="items")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="deletion_items")
    label = models.CharField(max_length=200, blank=True)
    retention = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField()
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["deletion", "blob"], name="deletion_names_a_file_once"),
        )

    def __str__(self) -> str:
        return str(self.blob_id)
