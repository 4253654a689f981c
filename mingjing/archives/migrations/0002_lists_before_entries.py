"""Lists get their entry after their number, appraisals name the list of files; nobody seals but an officer."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """No volume was sealed before this."""

    dependencies = [("archives", "0001_initial"), ("organs", "0001_initial")]
    operations = [
        migrations.AddField("appraisal", "deletion", models.UUIDField(blank=True, null=True)),
        migrations.AlterField("appraisal", "entry_id", models.UUIDField(blank=True, null=True)),
        migrations.AlterField("transfer", "entry_id", models.UUIDField(blank=True, null=True)),
        migrations.AlterField(
            "volume",
            "sealed_by",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organs.officer"
            ),
        ),
    ]
