"""An index for whether a year's decisions were published in time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publicity", "0006_kinds")]

    operations = [
        migrations.AddIndex(
            model_name="placement",
            index=models.Index(
                fields=["channel", "decided_on", "organ", "state", "late"], name="placement_punctuality"
            ),
        ),
    ]
