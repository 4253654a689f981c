"""An imported list of powers may be tied to the organ whose list it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('law', '0001_initial'),
        ('organs', '0004_organ_path_given'),
    ]

    operations = [
        migrations.AddField(
            model_name='poweritem',
            name='organ',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='power_items', to='organs.organ'),
        ),
    ]
