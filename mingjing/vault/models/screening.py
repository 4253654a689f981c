"""What a virus scanner said of stored files."""

from __future__ import annotations

from django.db import models


class Screening(models.Model):
    """查毒: how a stored file stands with the virus scanner.

    ``state``: unchecked (未查毒: nobody has answered for it yet), clean, infected, too_large (the scanner does not take
    files of this size). ``what`` is what was found; ``engine`` who said so; ``tried_at`` when it was last asked.
    """

    blob = models.OneToOneField("record.Blob", models.PROTECT, primary_key=True, related_name="screening")
    state = models.CharField(max_length=10, default="unchecked", db_index=True)
    what = models.CharField(max_length=120, blank=True)
    engine = models.CharField(max_length=120, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.blob_id} {self.state}"
