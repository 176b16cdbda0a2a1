"""A score names the device and the division of its system; filled by the next migration."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("results", "0090_fronts_changes_and_indexes")]

    operations = [
        migrations.AddField(
            model_name="devicescore",
            name="device",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scores",
                to="results.device",
            ),
        ),
        migrations.AddField(
            model_name="devicescore",
            name="division",
            field=models.CharField(max_length=8, null=True),
        ),
    ]
