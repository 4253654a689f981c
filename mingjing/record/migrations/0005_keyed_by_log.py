"""Leaves, nodes and heads belong to a log. No row is changed: columns are added, heads are copied and compared."""

from __future__ import annotations

import importlib
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from mingjing.record import triggers

CARRIED_OVER = importlib.import_module("mingjing.record.migrations.0004_logs").CARRIED_OVER
COLUMNS = ("size", "root", "note", "at")


def copy_heads(apps: Any, schema_editor: Any) -> None:
    """Every head into the new table; the old one goes only after the two were found equal."""
    old = apps.get_model("record", "OldCheckpoint").objects.order_by("size").values(*COLUMNS)
    new = apps.get_model("record", "Checkpoint").objects
    new.bulk_create([new.model(log_id=CARRIED_OVER, **row) for row in old], batch_size=500)
    if list(new.order_by("size").values(*COLUMNS)) != list(old):
        raise RuntimeError("the signed heads were not copied whole")


def settle(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL alters no table while foreign keys of its rows wait to be checked."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _log(name: str, **options: Any) -> models.Field:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name=name, to="record.log", **options
    )


class Migration(migrations.Migration):
    dependencies = [("record", "0004_logs")]
    operations = [
        migrations.RemoveConstraint("Leaf", "leaf_counts_from_zero"),
        migrations.RenameField("Leaf", "idx", "number"),
        migrations.AddConstraint(
            "Leaf", models.CheckConstraint(condition=models.Q(("number__gte", 0)), name="leaf_counts_from_zero")
        ),
        migrations.AddField("Leaf", "log", _log("leaves", default=CARRIED_OVER), preserve_default=False),
        migrations.AddField("Node", "log", _log("nodes", default=CARRIED_OVER), preserve_default=False),
        migrations.RemoveConstraint("Node", "node_once_in_the_tree"),
        migrations.AddConstraint(
            "Node", models.UniqueConstraint(fields=("log", "level", "index"), name="node_once_in_the_tree")
        ),
        migrations.RemoveConstraint("Checkpoint", "checkpoint_of_a_log_that_began"),
        migrations.RenameModel("Checkpoint", "OldCheckpoint"),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
                ("log", _log("checkpoints")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="checkpoint_of_a_log_that_began"),
                    models.UniqueConstraint(fields=("log", "size"), name="checkpoint_once_for_each_size"),
                ],
            },
        ),
        migrations.RunPython(copy_heads, migrations.RunPython.noop),
        migrations.RunPython(settle, migrations.RunPython.noop),
        migrations.DeleteModel("OldCheckpoint"),
        migrations.RunPython(triggers.forward, migrations.RunPython.noop),
    ]
