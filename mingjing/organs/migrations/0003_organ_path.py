from django.db import migrations, models


def fill(apps, schema_editor):
    """Every organ's place in the tree, parents before children."""
    organ = apps.get_model("organs", "Organ")
    paths = {None: "/"}
    left = list(organ.objects.values_list("pk", "code", "parent_id"))
    while left:
        ready = [row for row in left if row[2] in paths]
        for pk, code, parent in ready:
            paths[pk] = f"{paths[parent]}{code}/"
            organ.objects.filter(pk=pk).update(path=paths[pk])
        if not ready:
            raise ValueError(f"organs above themselves: {[code for _, code, _ in left]}")
        left = [row for row in left if row[0] not in paths]


class Migration(migrations.Migration):
    dependencies = [("organs", "0002_organ_fields")]

    operations = [
        migrations.AddField(
            model_name="organ", name="path", field=models.CharField(default="", max_length=400), preserve_default=False
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
