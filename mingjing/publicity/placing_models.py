"""Tables of where decisions are shown: one row for each decision and channel, what became of it, and why not."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q

from mingjing.cases.models import Case, Paper
from mingjing.organs.models import Officer, Organ
from mingjing.sql import paired

# What a placement is, in the order of its life. ``ended``, ``withdrawn`` and ``withheld`` are not shown.
STATES = {
    "owed": "应公示",
    "approved": "待送出",
    "sent": "已送出",
    "accepted": "已接收",
    "refused": "被退回",
    "shown": "公示中",
    "ended": "公示期满",
    "withdrawn": "已撤下",
    "withheld": "不公示",
}
WAITING = ("owed", "approved", "sent", "refused")  # the duty to show is not yet done
STANDING = ("accepted", "shown")  # the channel has it
REMOVING = ("owed", "sent")  # the channel is still to take it out, or to change it


class Placement(models.Model):
    """发布项: one decision on one channel, from the duty to show it to the end of its display.

    What the matrix said when it was last judged is kept: ``rule`` (row of ``codex/publicity/rules.toml``), ``verdict``,
    ``basis``, ``due_at`` with its ``explanation``, ``display`` (a codex length from the ``decision`` or the ``showing``).
    ``until`` is the last day of display. ``ground`` is the coded reason where it is withheld.

    ``removal`` is the task to take it out of the channel again: ``owed``, ``sent``, ``done``, or empty; it comes
    from a remedy (``withdrawn``), the end of the display (``ended``) or a corrected text (``corrected``).
    Every change is a ``PlacementChange`` and an entry of the record under ``subject_of_record``.
    Source: 达州三项制度方案/4(1); domain.md 2.4.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="placements")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="placements")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="placements")
    publication = models.ForeignKey(
        "publicity.Publication", models.PROTECT, null=True, blank=True, related_name="placements"
    )
    channel = models.CharField(max_length=20)
    act = models.CharField(max_length=20)
    region = models.CharField(max_length=6)
    number = models.CharField(max_length=60)
    decided_on = models.DateField()
    state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    rule = models.CharField(max_length=60, blank=True)
    verdict = models.CharField(max_length=20)
    basis = models.CharField(max_length=200, blank=True)
    masking = models.CharField(max_length=10, default="persons")
    content = models.CharField(max_length=10, default="full")
    ground = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    clock = models.CharField(max_length=30, blank=True)
    provisional = models.BooleanField(default=False)
    explanation = models.JSONField(default=list)
    late = models.BooleanField(default=False)
    display = models.CharField(max_length=20, blank=True)
    display_from = models.CharField(max_length=10, default="decision")
    shown_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    removal = models.CharField(max_length=10, blank=True)  # owed sent done
    removal_kind = models.CharField(max_length=10, blank=True)  # withdrawn ended corrected
    removal_due_at = models.DateTimeField(null=True, blank=True)
    removal_clock = models.CharField(max_length=30, blank=True)
    removal_basis = models.CharField(max_length=200, blank=True)
    removal_explanation = models.JSONField(default=list)
    removal_late = models.BooleanField(default=False)

    @property
    def subject_of_record(self) -> str:
        """Under which subject the record keeps what became of the decision on its channels."""
        return f"placements:{self.paper_id}"

    class Meta:
        ordering = [F("due_at").asc(nulls_last=True), "id"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "channel"], name="placement_once"),
            models.CheckConstraint(
                condition=~Q(state="withheld") | ~Q(ground=""), name="placement_withheld_with_ground"
            ),
            models.CheckConstraint(
                condition=Q(removal="", removal_kind="") | (~Q(removal="") & ~Q(removal_kind="")),
                name="placement_removal_with_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organ", "due_at", "id"],
                condition=Q(state__in=WAITING),
                name="placement_organ_waiting",
            ),
            models.Index(
                fields=["channel", "state", "due_at", "id"],
                condition=Q(state__in=WAITING),
                name="placement_channel_waiting",
            ),
            models.Index(
                fields=["removal_due_at", "id"],
                condition=Q(removal__in=REMOVING),
                name="placement_removal_waiting",
            ),
            models.Index(fields=["until"], condition=Q(state__in=STANDING), name="placement_until"),
            # All that is counted of what is withheld, and below of what was in time: no row is read for either.
            models.Index(
                fields=["ground", "channel", "decided_on", "organ", "paper"],
                condition=Q(state="withheld"),
                name="placement_withheld",
            ),
            models.Index(fields=["organ", "-decided_on", "-id"], name="placement_organ_decided"),
            models.Index(
                fields=["channel", "decided_on", "organ", "state", "late", "shown_on", "due_at"],
                name="placement_punctuality",
            ),
        ]


class PlacementChange(models.Model):
    """发布项变动: what a placement became, when, and by whom. ``by`` is empty where the platform or a channel acted."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="changes")
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=130)
    note = models.CharField(max_length=1000, blank=True)
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["id"]


class Delivery(models.Model):
    """回执: one attempt to bring a placement to its channel, or out of it again, and what the channel answered.

    ``kind`` is ``show``, ``correct`` or ``remove``; ``batch`` names the file it went out with. ``number`` is the
    channel's receipt. ``outcome`` is ``waiting``, ``accepted`` or ``refused``.
    """

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="deliveries")
    attempt = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, default="show")
    batch = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=130)
    outcome = models.CharField(max_length=10, default="waiting")
    answered_at = models.DateTimeField(null=True, blank=True)
    number = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["placement", "attempt"], name="delivery_attempt_once"),
            models.CheckConstraint(
                condition=Q(outcome="waiting", answered_at__isnull=True)
                | (~Q(outcome="waiting") & Q(answered_at__isnull=False)),
                name="delivery_answered_with_outcome",
            ),
        ]
        indexes = [models.Index(fields=["batch"], name="delivery_batch")]


class Exemption(models.Model):
    """不公示、暂缓公示: why a decision is not shown, who asked, who agreed, and when it is judged anew.

    ``ground`` is a code of ``codex/publicity/reasons.toml``, ``kind`` ``decision`` or ``delay``. One that came with a step
    of the case (不予公示审批) names it. Source: 达州三项制度方案/4(1); 政府信息公开条例/18.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="exemptions")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="exemptions")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="exemptions")
    kind = models.CharField(max_length=10)
    ground = models.CharField(max_length=40)
    reason = models.CharField(max_length=1000)
    review_on = models.DateField()
    state = models.CharField(max_length=10, default="open")  # open approved returned lifted lapsed
    step_entry_id = models.UUIDField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    opinion = models.CharField(max_length=500, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["review_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper"], condition=Q(state__in=("open", "approved")), name="exemption_once"
            ),
            paired("exemption", "closed"),
            paired("exemption", "lifted"),
        ]
        indexes = [
            models.Index(
                fields=["organ", "review_on", "id"],
                condition=Q(state__in=("open", "approved")),
                name="exemption_standing",
            )
        ]


def new_code() -> str:
    """What whoever asked for a correction keeps, to read the answer."""
    return secrets.token_hex(6)


class Correction(models.Model):
    """更正: somebody says that what is shown is wrong; the organ verifies, then corrects or refuses with reasons.

    ``asker``, ``contact`` and ``text`` are personal and never public; ``answer`` is for whoever asked. ``before`` and
    ``after`` are the digests of the public text. Source: 市场监督管理行政处罚信息公示规定/12; 政府信息公开条例/41.
    """

    code = models.CharField(max_length=20, unique=True, default=new_code)
    publication = models.ForeignKey("publicity.Publication", models.PROTECT, related_name="corrections")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="corrections")
    role = models.CharField(max_length=10)  # party other organ
    asker = models.CharField(max_length=100)
    contact = models.CharField(max_length=200)
    text = models.CharField(max_length=2000)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")  # open verified corrected refused
    finding = models.CharField(max_length=1000, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            paired("correction", "verified"),
            paired("correction", "answered"),
        ]
        indexes = [
            models.Index(
                fields=["organ", "due_at", "id"],
                condition=Q(state__in=("open", "verified")),
                name="correction_open",
            )
        ]


class Followed(models.Model):
    """Up to which place of the logs the placements follow the record.

    ``left`` are the cases behind that place whose placements could not be made, by id, with the reason in Chinese;
    they are tried again each time.
    """

    name = models.CharField(max_length=20, primary_key=True)
    place = models.BigIntegerField(default=-1)
    left = models.JSONField(default=dict)
