"""Tables of what is done outdoors: acts that devices hand in, certificates shown, numbers drawn in advance."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from mingjing.organs.models import Officer, Organ


class FieldAct(models.Model):
    """现场办理: an act that a device kept and handed in, once and for all under its own key.

    ``acted_at`` is when it was done by the platform's clock, ``at`` when it arrived; ``offset_ms`` is by how much
    the device's clock was behind, as last measured. ``digest`` is the SHA-256 of what was handed in, ``answer`` what
    was answered, so that the same thing handed in again is answered alike. ``discarded`` was given up by the officer.
    """

    key = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10)  # taken submitted discarded
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="field_acts")
    device = models.UUIDField()
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="field_acts")
    version = models.PositiveIntegerField(null=True, blank=True)  # of the case, after the act
    digest = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    acted_at = models.DateTimeField()
    at = models.DateTimeField()
    offset_ms = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)  # why it came late, or why it was given up

    class Meta:
        ordering = ["-at", "key"]
        indexes = [models.Index(fields=["officer", "-at"], name="field_act_officer")]


class Showing(models.Model):
    """亮证: that an officer showed this certificate of his at ``shown_at``, where known in which matter.

    ``token`` is a random word that the officer's device made for the visit; the codes on its screen carry it, so
    that a scan finds the visit without naming matter or party. ``shown_on`` is the local day.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="showings")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="showings")
    certificate = models.CharField(max_length=40)
    token = models.CharField(max_length=16, blank=True, db_index=True)
    shown_at = models.DateTimeField()
    shown_on = models.DateField()
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["-shown_at", "-id"]
        indexes = [models.Index(fields=["case", "shown_on"], name="showing_case_day")]


class CardScan(models.Model):
    """扫码核验: that the code on an officer's screen was scanned while it was fresh, and nothing about who did.

    ``confirmed_at`` is when whoever scanned it said that the person before him is the one on the card.
    """

    certificate = models.CharField(max_length=40)
    token = models.CharField(max_length=16)
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["token", "certificate"], name="card_scan_once")]


class NumberBlock(models.Model):
    """文书号段: numbers of one series that an officer's device drew in advance, each with its verification code.

    ``codes`` are in the order of the numbers, so that a paper handed over without a network bears a code that
    the platform knows. Source: 三项制度意见 二(二)8(1) (control of blank papers), 行政处罚法/52(1).
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="number_blocks")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="number_blocks")
    device = models.UUIDField()
    form = models.CharField(max_length=60)
    wenzhong = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    codes = models.JSONField(default=list)
    drawn_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-drawn_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first") - 1), name="number_block_runs_up")
        ]
        indexes = [models.Index(fields=["organ", "wenzhong", "year"], name="number_block_series")]


class VoidNumber(models.Model):
    """作废文号: a number that was drawn and never used, or whose paper was spoilt; the register says why."""

    block = models.ForeignKey(NumberBlock, models.PROTECT, related_name="voids")
    seq = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    voided_at = models.DateTimeField()
    voided_by = models.ForeignKey(Officer, models.PROTECT, related_name="voided_numbers")
    entry_id = models.UUIDField()

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["block", "seq"], name="void_number_once")]
