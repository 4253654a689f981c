"""What happened to pieces of evidence, what was made of them, what was noted beside them.

A piece is named by a text of the room that knows it, ``evidence:<id>`` of a case; what concerns only stored
bytes is named ``blob:<sha256>``. Every row names the entry of the record that says the same.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from mingjing.organs.models import Officer
from mingjing.record.models import AppendOnly, AppendOnlyQuerySet


class Custody(AppendOnly):
    """证据流转: one act on a piece: who, when, what, and why where it is asked."""

    piece = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=30)  # the keys of vault.custody.KINDS
    at = models.DateTimeField()
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="custody")
    reason = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    entry_id = models.UUIDField()

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name_plural = "custody"
        indexes = (models.Index(fields=("piece", "id"), name="custody_of_a_piece"),)

    def __str__(self) -> str:
        return f"{self.piece} {self.kind}"


class Derivative(AppendOnly):
    """衍生件: something made of an original: a preview, a play copy, a clip, a transcript. Originals never change.

    ``derived_from`` is the SHA-256 of what it was made of; ``made_how`` names tool and settings. A clip without
    bytes of its own (``sha256`` empty) is a place in the original, from ``start_ms`` to ``end_ms``.
    """

    piece = models.CharField(max_length=80)
    derived_from = models.CharField(max_length=64)
    kind = models.CharField(max_length=30)  # preview play_copy clip transcript
    title = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    start_ms = models.BigIntegerField(null=True, blank=True)
    end_ms = models.BigIntegerField(null=True, blank=True)
    made_how = models.CharField(max_length=300)
    by_machine = models.BooleanField(default=True)
    at = models.DateTimeField()
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="derivatives")
    entry_id = models.UUIDField()

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        indexes = (models.Index(fields=("piece", "id"), name="derivative_of_a_piece"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(start_ms__isnull=True, end_ms__isnull=True)
                | Q(start_ms__gte=0, end_ms__gt=F("start_ms")),
                name="derivative_from_before_to",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class Mark(AppendOnly):
    """标记: a note at a moment of a recording. It is corrected by a further note, never changed.

    ``second_ms`` counts from the beginning of the recording. ``document`` and ``passage`` tie the moment to the words
    of a paper that say what is seen or heard there (音像与文字衔接). Source: 达州三项制度方案/7(2); domain R-057.
    """

    piece = models.CharField(max_length=80)
    second_ms = models.BigIntegerField()
    text = models.CharField(max_length=500)
    document = models.CharField(max_length=80, blank=True)  # paper:<key>
    passage = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="marks")
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by_mark"
    )
    entry_id = models.UUIDField()

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        indexes = (models.Index(fields=("piece", "second_ms"), name="mark_of_a_piece"),)
        constraints = (
            models.CheckConstraint(condition=Q(second_ms__gte=0), name="mark_within_the_recording"),
            models.CheckConstraint(
                condition=Q(document="", passage="") | (~Q(document="") & ~Q(passage="")),
                name="mark_quotes_a_document",
            ),
        )

    def __str__(self) -> str:
        return f"{self.piece} {self.second_ms}"


class Making(models.Model):
    """待制作: a derivative that takes too long for a page: asked for by an officer, made by the worker.

    Working rows: they say how far it is, the derivative itself says what came of it.
    """

    piece = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    what = models.CharField(max_length=30)  # play_copy clip transcript
    title = models.CharField(max_length=200, blank=True)
    start_ms = models.BigIntegerField(default=0)  # of a clip; both 0 where the whole is meant
    end_ms = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="makings")
    state = models.CharField(max_length=10, default="waiting")  # waiting running done failed
    begun_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=("piece",), name="making_of_a_piece"),)
        constraints = (
            models.UniqueConstraint(
                fields=("piece", "what", "start_ms", "end_ms"),
                condition=Q(state__in=("waiting", "running")),
                name="making_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.piece} {self.state}"
