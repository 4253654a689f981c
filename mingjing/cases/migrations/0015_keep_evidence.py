# What lies in the files of cases is kept as they are: a row of the evidence store for each file of each case.

from django.db import migrations
from django.utils import timezone


def keep(apps, schema_editor):
    evidence, ground, blob = (
        apps.get_model("cases", "Evidence"),
        apps.get_model("vault", "Ground"),
        apps.get_model("record", "Blob"),
    )
    known = set(blob.objects.values_list("pk", flat=True))
    rows = evidence.objects.select_related("case", "step").order_by("pk")
    made = (
        ground(
            blob_id=one.sha256,
            organ_id=one.case.organ_id,
            subject=f"case:{one.case_id}",
            label=f"{one.case.no} {one.name}"[:200],
            retention="case_file",
            since=timezone.localtime(one.step.at).date(),
        )
        for one in rows.iterator(1000)
        if one.sha256 in known
    )
    ground.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_field_acts'),
        ('record', '0003_kept_files'),
        ('vault', '0005_retention'),
    ]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
