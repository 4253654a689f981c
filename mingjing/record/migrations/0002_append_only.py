"""Raise the walls against changing or deleting the log."""

from django.db import migrations

from mingjing.record import triggers


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunPython(triggers.forward, triggers.backward)]
