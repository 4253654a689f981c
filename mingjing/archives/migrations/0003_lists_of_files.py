"""An appraisal names every list of files that it destroys; nothing was destroyed before this."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column for another."""

    dependencies = [("archives", "0002_lists_before_entries")]
    operations = [
        migrations.RemoveField("appraisal", "deletion"),
        migrations.AddField("appraisal", "deletions", models.JSONField(default=list)),
    ]
