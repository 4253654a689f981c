"""Tables of the room ``publicity``: what the public sees, and what it saw and no longer may."""

from __future__ import annotations

import secrets
from datetime import date

from django.db import models
from django.db.models import Q

from mingjing.cases.models import Case, Paper
from mingjing.organs.models import Officer, Organ
from mingjing.sql import paired

from .placing_models import Correction, Delivery, Exemption, Followed, Placement, PlacementChange
from .register_models import Register, RegisterEdition, RegisterRow, RevisionDuty

__all__ = [
    "Correction",
    "Delivery",
    "Exemption",
    "Followed",
    "Placement",
    "PlacementChange",
    "Publication",
    "Register",
    "RegisterEdition",
    "RegisterRow",
    "RevisionDuty",
    "new_slug",
]


# What stands in a list: what has not come to the end of its display. Without a parameter, so that SQLite may use
# the indexes over it.
LISTED = Q(ended_at__isnull=True)
_LISTED_BY = ["-decided_on", "-id", "until", "channel", "ended_at"]


def new_slug() -> str:
    """A public address part that tells nothing about the case."""
    return secrets.token_hex(8)


class Publication(models.Model):
    """公示: the public rendition of one decision on one channel.

    ``rendition`` holds only redacted text: keys and values of the summary and the paragraphs of the decision.
    After withdrawal it is emptied and ``withdrawal_reason`` remains as the tombstone. ``subject_of_record``
    is what the record calls it.
    Source: 达州三项制度方案/4(1); 行政处罚法/48.
    """

    slug = models.CharField(max_length=32, unique=True, default=new_slug)
    case = models.ForeignKey(Case, models.PROTECT, related_name="publications")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="publications")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="publications")
    channel = models.CharField(max_length=20, default="portal")
    act = models.CharField(max_length=20)
    field = models.CharField(max_length=20, blank=True)
    region = models.CharField(max_length=6)
    number = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)  # redacted name of the party
    subject_code = models.CharField(max_length=18, blank=True)  # only of organizations
    title = models.CharField(max_length=300)
    conclusion = models.CharField(max_length=300)
    rendition = models.JSONField(default=dict)
    kinds = models.CharField(max_length=200, blank=True)  # outcomes, joined by commas
    decided_on = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Officer, models.PROTECT, related_name="publications")
    # The public text as PDF; empty for decisions published before there was one.
    sheet_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    entry_id = models.UUIDField()
    decision_entry_id = models.UUIDField()
    state = models.CharField(max_length=20, default="shown")  # shown withdrawn ended
    # The last day of display; the page shows nothing from the next day on, whether the job has run or not.
    until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="withdrawals"
    )
    withdrawal_reason = models.CharField(max_length=1000, blank=True)

    def readable(self, today: date | None = None) -> bool:
        """Whether its text may be read: neither withdrawn nor at the end of its display, job or no job."""
        return self.state == "shown" and not (today and self.until and self.until < today)

    @property
    def subject_of_record(self) -> str:
        """Under which subject the record keeps that it was shown and withdrawn."""
        return f"publication:{self.slug}"

    class Meta:
        ordering = ["-decided_on", "-id"]
        indexes = [
            # One for each filter of the public list: together they go to the index of texts. Each holds all that is
            # asked of a row, so that ten thousand are counted without reading one.
            models.Index(fields=_LISTED_BY, condition=LISTED, name="publication_decided"),
            models.Index(fields=["organ", *_LISTED_BY], condition=LISTED, name="publication_organ"),
            models.Index(fields=["act", *_LISTED_BY], condition=LISTED, name="publication_act"),
            models.Index(fields=["field", *_LISTED_BY], condition=LISTED, name="publication_field"),
            models.Index(fields=["region", *_LISTED_BY], condition=LISTED, name="publication_region"),
            models.Index(fields=["number"], name="publication_number"),
            # Holds all that the statistics of a year group by: the rows themselves are not read.
            models.Index(
                fields=["decided_on", "channel", "organ", "act", "field", "kinds"],
                name="publication_statistics",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "channel"], condition=Q(state="shown"), name="publication_shown_once"
            ),
            paired("publication", "withdrawn"),
        ]
