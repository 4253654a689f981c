"""Tables of what is public before any act: registers, their editions row by row, and duties to revise them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingjing.organs.models import Officer, Organ
from mingjing.sql import paired


class Register(models.Model):
    """清单: one list that an organ keeps and publishes (执法主体清单, 权责清单 …), through all its editions.

    ``kind`` names the file of ``codex/publicity/registers``; ``code`` is the kind, or ``further-1`` for a list of
    the organ's own, whose ``title``, ``basis`` and ``columns`` it chose. After ``retired_at`` the last edition stays
    readable, marked. Source: 达州三项制度方案/2.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="registers")
    kind = models.CharField(max_length=40)
    code = models.SlugField(max_length=60)
    title = models.CharField(max_length=100)
    basis = models.CharField(max_length=300)
    columns = models.JSONField(default=list, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    retired_reason = models.CharField(max_length=500, blank=True)
    looked_on = models.DateField(
        null=True, blank=True
    )  # when it was last looked at for what changed under it

    class Meta:
        ordering = ["organ_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["organ", "code"], name="register_once"),
            paired("register", "retired"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject_of_record(self) -> str:
        """Under which subject the record keeps what is done to the register."""
        return f"register:{self.pk}"


class RegisterEdition(models.Model):
    """清单版本: what the register said from ``publish_on`` on, once the justice bureau had confirmed it.

    ``columns`` are the fields as the codex had them when the draft was begun, so that an old edition is read
    with its own. ``rows_sha256`` is the digest of all rows (of the draft, as laid before the bureau), ``public_sha256``
    that of the published file. Only one edition of a register is being worked on at a time; a confirmed one is
    current from its day until the next one's.
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default="draft")  # draft submitted returned confirmed dropped
    columns = models.JSONField(default=list)
    size = models.PositiveIntegerField(default=0)  # rows, kept when it is submitted
    reason = models.CharField(max_length=500, blank=True)
    publish_on = models.DateField(null=True, blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()  # when its drawn fields were last taken from the live data
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=500, blank=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    public_sha256 = models.CharField(max_length=64, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["register_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="register_edition_once"),
            models.UniqueConstraint(
                fields=["register"],
                condition=Q(state__in=["draft", "submitted", "returned"]),
                name="register_one_in_work",
            ),
            paired("register", "submitted"),
            paired("register", "answered"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(publish_on__isnull=False, answered_at__isnull=False),
                name="register_confirmed_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "publish_on"], name="register_edition_state")]

    def __str__(self) -> str:
        return f"{self.register_id}@{self.number} {self.state}"


class RegisterRow(models.Model):
    """清单中的一行: its values by field; ``key`` is how it is known again in the next edition."""

    edition = models.ForeignKey(RegisterEdition, models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    text = models.CharField(max_length=1000, blank=True)  # what is searched: the beginning of all values

    class Meta:
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="register_row_once"),
            models.UniqueConstraint(fields=["edition", "position"], name="register_row_place"),
        ]

    def __str__(self) -> str:
        return self.key


class RevisionDuty(models.Model):
    """修订清单的职责: a change of law or organ touched rows of a published register, which is to be revised by a day.

    ``things`` name what changed, each once (``statute:大气污染防治法:2026-08-15``); ``keys`` the rows that rest on it.
    Discharged by submitting an edition in which the cause is gone, or by a signed ``statement`` that nothing is to
    be changed. Source: 达州三项制度方案/1(2).
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="revision_duties")
    edition = models.ForeignKey(RegisterEdition, models.PROTECT, related_name="duties")
    cause = models.CharField(max_length=20)  # repealed amended power procedure benchmark organ officer
    text = models.CharField(max_length=500)
    basis = models.CharField(max_length=300)
    things = models.JSONField(default=list)
    keys = models.JSONField(default=list)
    since = models.DateField()
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=12, default="open")  # open revised unchanged
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    revised_in = models.ForeignKey(
        RegisterEdition, models.PROTECT, null=True, blank=True, related_name="duties_met"
    )
    statement = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [paired("revision_duty", "closed")]
        indexes = [models.Index(fields=["register", "state"], name="revision_duty_state")]

    def __str__(self) -> str:
        return self.text
