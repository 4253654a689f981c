"""When a duty can be done: what is open already counts as ready until its case moves on."""

from django.db import migrations, models
from django.db.models import F


def fill(apps, schema_editor):
    rows = apps.get_model("cases", "Obligation").objects.filter(state="open")
    rows.update(ready_at=F("opened_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_bars"),
    ]

    operations = [
        migrations.AddField(
            model_name="obligation",
            name="ready_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)),
                fields=["organ", "due_at", "id"],
                name="case_organ_due",
            ),
        ),
    ]
