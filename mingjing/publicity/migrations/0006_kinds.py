"""What decisions came to, for the statistics."""

from django.db import migrations, models


def fill(apps, schema_editor):
    """What was published before: the kinds of a penalty, else the form of the paper."""
    publication = apps.get_model("publicity", "Publication")
    rows = publication.objects.select_related("case", "paper").only(
        "kinds", "case__act", "case__facts", "paper__form"
    )
    for row in rows.iterator(chunk_size=500):
        kinds = row.case.facts.get("penalty_kinds") or []
        penalized = row.case.act == "penalty" and row.case.facts.get("outcome", "penalize") == "penalize"
        row.kinds = ",".join(kinds) if kinds and penalized else row.paper.form if row.paper else ""
        row.save(update_fields=["kinds"])


class Migration(migrations.Migration):
    dependencies = [("publicity", "0005_field_and_filters")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="kinds",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(
                fields=["decided_on", "channel", "organ", "act", "field", "kinds"],
                name="publication_statistics",
            ),
        ),
    ]
