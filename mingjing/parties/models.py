"""Tables of the room ``parties``: persons and enterprises that acts concern."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Party(models.Model):
    """当事人、行政相对人: a natural person, sole proprietor, enterprise or other organization.

    ``code`` identifies only where ``code_valid`` holds: a code that fails its checksum is kept, shown as
    doubtful, and never links two records.
    """

    kind = models.CharField(max_length=20)  # person | sole_proprietor | enterprise | organization
    name = models.CharField(max_length=200)
    code_kind = models.CharField(max_length=20, blank=True)  # as in kernel.codes
    code = models.CharField(max_length=60, blank=True)
    code_valid = models.BooleanField(default=False)
    code_doubts = models.JSONField(default=list)
    legal_representative = models.CharField(max_length=60, blank=True)
    sex = models.CharField(max_length=4, blank=True)
    born_on = models.DateField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=6, blank=True)
    industry = models.CharField(max_length=80, blank=True)
    original = models.JSONField(default=dict)  # values as they came, before cleaning
    source = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["name"], name="party_name"),
            # Bodies at one address are looked for; persons never: ``queries.at_address_of``.
            models.Index(
                fields=["address"], condition=~Q(address="") & ~Q(kind="person"), name="party_body_address"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(code_valid=True, merged_into__isnull=True),
                name="party_one_per_valid_code",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_person(self) -> bool:
        """Whether rules for natural persons apply (caps, thresholds, masking)."""
        return self.kind == "person"
