"""Tables of the room ``archives``: sealed volumes, what came late, checks, transfers and appraisals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from mingjing.cases.models import Case
from mingjing.organs.models import Officer, Organ


class OrderChoice(models.Model):
    """排列办法的选用: which template of ``codex/archives`` an organ has chosen for its files."""

    organ = models.OneToOneField(Organ, models.PROTECT, related_name="file_order")
    order = models.CharField(max_length=60)
    chosen_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(chosen_at__isnull=False, chosen_by__isnull=False),
                name="order_choice_chosen_at_with_by",
            )
        ]


class Transfer(models.Model):
    """移交: a list of volumes given to the state archives; closed by the receipt that came back.

    ``matter_no`` is the matter (程序 ``archive-transfer``) under which the giving is approved.
    Source: 档案法/15; 档案法实施条例/20.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="transfers")
    hall = models.CharField(max_length=120)
    matter_no = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=20, default="listed")  # listed handed cancelled
    listed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()
    receipt_no = models.CharField(max_length=60, blank=True)
    receipt_sha256 = models.CharField(max_length=64, blank=True)
    receipt_name = models.CharField(max_length=200, blank=True)
    received_on = models.DateField(null=True, blank=True)
    handed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    handed_at = models.DateTimeField(null=True, blank=True)
    entry_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(handed_at__isnull=True, handed_by__isnull=True)
                | Q(handed_at__isnull=False, handed_by__isnull=False),
                name="transfer_handed_at_with_by",
            )
        ]


class Appraisal(models.Model):
    """鉴定: a list of volumes whose term has run out, with a verdict on each; nothing is destroyed without it.

    ``state``: ``listed`` by the archivist, ``approved`` or ``returned`` by another person, ``done`` when
    carried out. Source: 档案法/31; 机关文件材料归档范围和文书档案保管期限规定 (鉴定、销毁).
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="appraisals")
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=20, default="listed")
    listed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()
    opinion = models.CharField(max_length=500, blank=True)
    settled_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    deletions = models.JSONField(default=list)  # the lists of files in the room ``vault``
    entry_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settled_by=F("listed_by"))),
                name="appraisal_settled_at_with_by_another",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="appraisal_done_at_with_by",
            ),
        ]


class Volume(models.Model):
    """归档的案卷: the file of an ended case as it was bound and sealed; it never changes afterwards.

    ``sha256`` names the bound PDF/A among the blobs, ``catalogue`` holds its lines, ``retention`` is ``10``,
    ``30`` or ``permanent`` and ``retention_class`` the line of ``codex/retention`` it follows (empty where the
    archivist decided otherwise). ``due_on`` is when the term ends (None: never), ``transfer_on`` when the file
    is to be offered to the state archives. ``state``: kept, transferred, destroyed.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="volume")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="volumes")
    act = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    archive_no = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    order = models.CharField(max_length=60)
    retention = models.CharField(max_length=12)
    retention_class = models.CharField(max_length=60, blank=True)
    retention_reason = models.CharField(max_length=300, blank=True)
    closed_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    transfer_on = models.DateField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.PositiveBigIntegerField()
    copies = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    catalogue = models.JSONField(default=dict)
    late = models.PositiveIntegerField(default=0)
    sealed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField()
    entry_id = models.UUIDField()
    passed = models.BooleanField(default=False)  # the latest 四性检测, or its signed exception
    checked_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, default="kept")
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, blank=True, related_name="volumes")
    appraisal = models.ForeignKey(Appraisal, models.PROTECT, null=True, blank=True, related_name="volumes")
    verdict = models.CharField(max_length=20, blank=True)  # keep extend destroy
    verdict_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-sealed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organ", "archive_no"], name="volume_archive_no_once"),
            models.CheckConstraint(
                condition=Q(retention="permanent", due_on__isnull=True)
                | (~Q(retention="permanent") & Q(due_on__isnull=False)),
                name="volume_term_ends_unless_permanent",
            ),
        ]
        indexes = [
            models.Index(fields=["organ", "-sealed_at", "-id"], name="volume_organ_sealed"),
            models.Index(fields=["-sealed_at", "-id"], name="volume_sealed"),
            models.Index(
                fields=["organ", "transfer_on", "id"], condition=Q(state="kept"), name="volume_to_transfer"
            ),
            models.Index(
                fields=["organ", "due_on", "id"], condition=Q(state="kept"), name="volume_to_appraise"
            ),
        ]

    def __str__(self) -> str:
        return self.archive_no


class LatePaper(models.Model):
    """补充归档: a paper or recording that came after its volume was sealed; its pages go on counting."""

    volume = models.ForeignKey(Volume, models.PROTECT, related_name="late_papers")
    seq = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=60, blank=True)
    made_on = models.DateField()
    kind = models.CharField(max_length=30)  # document audiovisual
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(default=0)
    first_page = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300)
    added_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["volume_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["volume", "seq"], name="late_paper_seq_once"),
            models.CheckConstraint(
                condition=Q(added_at__isnull=False, added_by__isnull=False),
                name="late_paper_added_at_with_by",
            ),
        ]


class Check(models.Model):
    """四性检测: authenticity, completeness, usability, security of a sealed volume, test by test.

    ``results`` are lines of property, test, verdict, what was found and how to mend it. Where it failed,
    another person may sign an exception with a reason. Source: DA/T 70-2018.
    """

    volume = models.ForeignKey(Volume, models.PROTECT, related_name="checks")
    results = models.JSONField(default=list)
    passed = models.BooleanField()
    checked_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    exception = models.CharField(max_length=500, blank=True)
    excepted_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    excepted_at = models.DateTimeField(null=True, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(excepted_at__isnull=True, excepted_by__isnull=True)
                | (Q(excepted_at__isnull=False, excepted_by__isnull=False) & ~Q(excepted_by=F("checked_by"))),
                name="check_excepted_at_with_by_another",
            )
        ]
