"""Tables of the room ``review``: legal review of major decisions."""

from __future__ import annotations

from django.db import models

from mingjing.cases.models import Case, Step
from mingjing.organs.models import Officer


class Review(models.Model):
    """法制审核: one round in which a reviewer looked at a case and gave a written opinion.

    ``opinion`` is ``agree`` or ``problems``. ``points`` holds the checklist: key, finding (yes no na), remark.
    ``facts_sha256`` freezes what was reviewed. Source: 行政处罚法/58; 达州三项制度方案/11.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    step = models.OneToOneField(Step, models.PROTECT, related_name="review")
    round = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(Officer, models.PROTECT, related_name="reviews")
    opinion = models.CharField(max_length=20)
    points = models.JSONField(default=list)
    text = models.TextField()
    facts_sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["case_id", "round"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="review_round_once")]
