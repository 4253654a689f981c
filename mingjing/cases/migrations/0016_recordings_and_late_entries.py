from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import TruncDate
import django.db.models.deletion


def as_they_happened(apps, schema_editor):
    """Until now every step was entered as it was taken."""
    Step = apps.get_model("cases", "Step")
    Step.objects.update(entered_at=F("at"), legal_on=TruncDate("at"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_keep_evidence"),
        ("organs", "0005_mandates"),
    ]

    operations = [
        migrations.AddField("step", "entered_at", models.DateTimeField(null=True)),
        migrations.AddField("step", "legal_on", models.DateField(null=True)),
        migrations.AddField("step", "late_reason", models.CharField(blank=True, max_length=300, default=""), preserve_default=False),
        migrations.AddField("step", "recording", models.CharField(blank=True, max_length=10, default=""), preserve_default=False),
        migrations.AddField("submission", "late_reason", models.CharField(blank=True, max_length=300, default=""), preserve_default=False),
        migrations.RunPython(as_they_happened, migrations.RunPython.noop),
    ]
