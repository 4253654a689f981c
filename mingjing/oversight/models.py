"""Tables of the room ``oversight``: statistical reports as they were locked, signed, submitted and published."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from mingjing.cases.models import Case
from mingjing.organs.models import Officer, Organ
from mingjing.sql import paired


def new_slug() -> str:
    """A public address part that tells nothing."""
    return secrets.token_hex(6)


class AnnualReport(models.Model):
    """统计年报: one edition of an organ's statistical report of one period by one scheme.

    ``draft`` holds only the text; from ``locked`` on ``figures`` (``kernel.report_layout.as_json``) never change,
    and what cases say later is shown as a difference. ``manifest_sha256`` names the list of everything that was
    counted, act by act; ``sheet_sha256`` and ``public_sheet_sha256`` the PDFs as signed and as published. A report
    that was returned stays as it is; the next edition takes its place. ``origin`` is ``cases``, or ``counts`` where
    the figures of a time before this platform were taken from a file.
    Source: 达州三项制度方案/4(2); 国办发〔2018〕118号.
    """

    slug = models.CharField(max_length=16, unique=True, default=new_slug)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="annual_reports")
    year = models.PositiveSmallIntegerField()
    period = models.CharField(max_length=6, default="year")  # year q1 q2 q3 q4
    scheme = models.CharField(max_length=40)
    scheme_title = models.CharField(max_length=80)
    edition = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=20, default="draft"
    )  # draft locked submitted returned accepted published
    origin = models.CharField(max_length=10, default="cases")  # cases counts
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="annual_reports")
    text = models.TextField(blank=True)
    figures = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    figures_sha256 = models.CharField(max_length=64, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    sheet_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    public_sheet_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    return_reason = models.CharField(max_length=1000, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    entry_id = models.UUIDField(null=True, blank=True)

    @property
    def subject_of_record(self) -> str:
        """Under which subject the record keeps the life of this edition."""
        return f"annual-report:{self.slug}"

    class Meta:
        ordering = ["-year", "organ_id", "scheme", "-edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "year", "period", "scheme", "edition"], name="annual_report_edition_once"
            ),
            models.UniqueConstraint(
                fields=["organ", "year", "period", "scheme"],
                condition=~Q(state="returned"),
                name="annual_report_one_standing",
            ),
            *(
                paired("annual_report", name)
                for name in ("locked", "signed", "returned", "accepted", "published")
            ),
        ]
        indexes = [models.Index(fields=["year", "state"], name="annual_report_year_state")]
