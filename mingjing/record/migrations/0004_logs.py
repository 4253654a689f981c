"""A table of logs; what was numbered so far becomes the log of its name as it was, which has no year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

from mingjing.kernel import note
from mingjing.record import triggers

# The first row of a fresh table. Migration 0005 gives every row of the old log this key.
CARRIED_OVER = 1


def carry_over(apps: Any, schema_editor: Any) -> None:
    """The old log under its own name, which its heads tell; nothing where nothing was ever numbered."""
    head = apps.get_model("record", "Checkpoint").objects.order_by("-size").first()
    if head is None:
        return
    log = apps.get_model("record", "Log")(
        origin=head.note.partition("\n")[0], year=None, state="open", start=0, size=head.size, vkey=_vkey()
    )
    log.save(force_insert=True)
    assert log.pk == CARRIED_OVER, "the table of logs must be fresh"


def _vkey() -> str:
    """The public key of the old log, if its private key lies here; otherwise it is found when first needed."""
    path = Path(settings.MINGJING_SIGNING_KEY_FILE)
    return str(note.SignerKey.parse(path.read_text().strip()).verifier) if path.exists() else ""


class Migration(migrations.Migration):
    dependencies = [("record", "0003_kept_files")]
    operations = [
        migrations.CreateModel(
            name="Log",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=200, unique=True)),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("hashing", models.CharField(default="sha256", max_length=8)),
                ("state", models.CharField(max_length=8)),
                ("start", models.BigIntegerField()),
                ("size", models.BigIntegerField(default=0)),
                ("vkey", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("year", "hashing"), name="log_once_a_year"),
                    models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("hashing",), name="log_one_at_a_time"),
                    models.CheckConstraint(condition=models.Q(("state__in", ("open", "closed"))), name="log_state"),
                ],
            },
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        # Two steps: the moment of writing is not known of what was written before.
        migrations.AddField("Entry", "entered_at", models.DateTimeField(null=True)),
        migrations.AlterField("Entry", "entered_at", models.DateTimeField(null=True, db_default=Now())),
        migrations.RunPython(triggers.forward, migrations.RunPython.noop),
    ]
