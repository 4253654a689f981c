"""Indexes that hold all that is counted: no row is read for a count, nor for the statistics of a year."""

from django.db import migrations, models
from django.db.models import Q

LISTED_BY = ["-decided_on", "-id", "until", "channel", "ended_at"]
LISTED = Q(ended_at__isnull=True)
PUBLICATION = [
    models.Index(fields=LISTED_BY, condition=LISTED, name="publication_decided"),
    models.Index(fields=["organ", *LISTED_BY], condition=LISTED, name="publication_organ"),
    models.Index(fields=["act", *LISTED_BY], condition=LISTED, name="publication_act"),
    models.Index(fields=["field", *LISTED_BY], condition=LISTED, name="publication_field"),
    models.Index(fields=["region", *LISTED_BY], condition=LISTED, name="publication_region"),
]
PLACEMENT = [
    models.Index(
        fields=["ground", "channel", "decided_on", "organ", "paper"],
        condition=Q(state="withheld"),
        name="placement_withheld",
    ),
    models.Index(
        fields=["channel", "decided_on", "organ", "state", "late", "shown_on", "due_at"],
        name="placement_punctuality",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("publicity", "0008_what_is_left")]

    operations = [
        operation
        for name, indexes in (("publication", PUBLICATION), ("placement", PLACEMENT))
        for index in indexes
        for operation in (migrations.RemoveIndex(name, index.name), migrations.AddIndex(name, index))
    ]
