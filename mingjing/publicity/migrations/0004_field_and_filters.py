"""The field of a decision, and an index for each filter of the public list."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """What was published before has the field of its case."""
    publication, case = apps.get_model("publicity", "Publication"), apps.get_model("cases", "Case")
    of_case = case.objects.filter(pk=OuterRef("case_id")).values("field")[:1]
    publication.objects.filter(field="").update(field=Subquery(of_case))


class Migration(migrations.Migration):
    dependencies = [("publicity", "0003_registers")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="field",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["act", "-decided_on", "-id"], name="publication_act"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["field", "-decided_on", "-id"], name="publication_field"),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["region", "-decided_on", "-id"], name="publication_region"),
        ),
    ]
