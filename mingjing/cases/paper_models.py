"""Tables of what a matter leaves behind: numbers, papers and their service, evidence, payments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mingjing.organs.models import Officer, Organ
from mingjing.parties.models import Party


class Counter(models.Model):
    """编号簿: the last number given per organ, kind and year; taken under the row's lock, so without gaps."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="counters")
    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organ", "kind", "year"], name="counter_once")]


class SeriesStart(models.Model):
    """起始号: the numbers of a series that the organ had given before the platform, up to ``last``.

    They stand in the organ's own ledger; ``reason`` says where. Source: 达州三项制度方案/8(1).
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="series_starts")
    wenzhong = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="series_starts")
    at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["year", "wenzhong"]
        constraints = [
            models.UniqueConstraint(fields=["organ", "wenzhong", "year"], name="series_start_once"),
            models.CheckConstraint(condition=Q(last__gte=1), name="series_start_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.wenzhong}〔{self.year}〕1—{self.last}"


class Paper(models.Model):
    """执法文书: a numbered, rendered paper as it was issued; its bytes are a blob of the record."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="papers")
    step = models.ForeignKey("cases.Step", models.PROTECT, related_name="papers")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="papers")
    form = models.CharField(max_length=60)
    form_code = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    outgoing = models.BooleanField(default=False)
    wenzhong = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(null=True, blank=True)
    number = models.CharField(max_length=60, blank=True)
    verify_code = models.CharField(max_length=24, unique=True)
    data = models.JSONField(default=dict)  # what the form was filled with
    sha256 = models.CharField(max_length=64, db_index=True)
    pages = models.PositiveSmallIntegerField()
    issued_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "wenzhong", "year", "seq"],
                condition=Q(seq__isnull=False),
                name="paper_number_once",
            )
        ]
        indexes = [models.Index(fields=["number"], name="paper_number")]


class Evidence(models.Model):
    """证据材料: a file taken in with a step; the bytes are a blob of the record.

    A recording that was not there in time is added later (补传): it names when it was made, who added it when
    and why, and the entry of the record that says so; the step itself stays as it was. 行政处罚法/47.
    ``lost_at`` and ``lost_reason`` tell of a file that was damaged or went missing (灭失).
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="evidence")
    step = models.ForeignKey("cases.Step", models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=30)  # document physical audiovisual electronic_data … (行政处罚法/46)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    made_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="late_files")
    late_reason = models.CharField(max_length=300, blank=True)
    entry_id = models.UUIDField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    lost_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(lost_at__isnull=True, lost_reason="")
                | (Q(lost_at__isnull=False) & ~Q(lost_reason="")),
                name="evidence_lost_at_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(added_at__isnull=True, added_by__isnull=True)
                | Q(added_at__isnull=False, added_by__isnull=False),
                name="evidence_added_at_with_by",
            ),
        ]


class RecordingExcuse(models.Model):
    """未存入音像记录的理由: why a step that had to be filmed has no recording, signed by its officer.

    ``code`` is one of ``codex/recording``; ``until`` ends a reason that holds only for a while (待交存). Where a head
    must confirm it, it is ``open`` until then. Source: 行政处罚法/47.
    """

    step = models.ForeignKey("cases.Step", models.PROTECT, related_name="excuses")
    code = models.CharField(max_length=30)
    text = models.CharField(max_length=500)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="excuses")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, default="open")  # open signed refused
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["step"],
                condition=Q(until__isnull=True) & ~Q(state="refused"),
                name="recording_excuse_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="recording_excuse_closed_at_with_by",
            ),
        ]
        indexes = [models.Index(fields=["step", "state"], name="recording_excuse_of_step")]


class Service(models.Model):
    """送达: how, when and to whom a paper was served. ``party`` is whose copy it was, where there are several.

    Source: 行政处罚法/61, 民事诉讼法/88-95.
    """

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="services")
    step = models.ForeignKey("cases.Step", models.PROTECT, related_name="services")
    method = models.CharField(max_length=20)  # direct by_leaving entrusted postal electronic announcement
    recipient = models.CharField(max_length=200)
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="services")
    served_on = models.DateField()
    receipt = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="receipt_of")

    class Meta:
        ordering = ["id"]


class Payment(models.Model):
    """缴款: what a party owes the treasury. The platform never takes money: a bank's file closes it.

    Source: 行政处罚法/67 (separation of penalty and collection). Amounts in fen.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="payments")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="payments")
    code = models.CharField(max_length=24, unique=True)  # 缴款码
    due_fen = models.PositiveBigIntegerField()
    paid_fen = models.PositiveBigIntegerField(default=0)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, default="open")  # open paid void
    paid_on = models.DateField(null=True, blank=True)
    bank_reference = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]
