"""The field of a decision, and an index for each filter of the public list over what stands in it."""

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

LISTED = Q(ended_at__isnull=True)
# Name and first columns of each index.
NAMES = {
    "publication_decided": [],
    "publication_organ": ["organ"],
    "publication_act": ["act"],
    "publication_field": ["field"],
    "publication_region": ["region"],
}


def fill(apps, schema_editor):
    """What was published before has the field of its case."""
    publication, case = apps.get_model("publicity", "Publication"), apps.get_model("cases", "Case")
    of_case = case.objects.filter(pk=OuterRef("case_id")).values("field")[:1]
    publication.objects.filter(field="").update(field=Subquery(of_case))


class Migration(migrations.Migration):
    dependencies = [("publicity", "0004_placements")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="field",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            migrations.RemoveIndex(model_name="publication", name=name)
            for name in ("publication_decided", "publication_organ")
        ),
        *(
            migrations.AddIndex(
                model_name="publication",
                index=models.Index(fields=[*first, "-decided_on", "-id"], condition=LISTED, name=name),
            )
            for name, first in NAMES.items()
        ),
    ]
