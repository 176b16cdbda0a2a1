"""Every score has a device and a division, and an index leads from a device to its greatest scores."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    dependencies = [("results", "0096_fill_device_and_division_of_scores")]

    operations = [
        migrations.AlterField(
            model_name="devicescore",
            name="device",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scores",
                to="results.device",
            ),
        ),
        migrations.AlterField(
            model_name="devicescore",
            name="division",
            field=models.CharField(max_length=8),
        ),
        migrations.AddIndex(
            model_name="devicescore",
            index=models.Index(
                "device",
                "metric",
                "division",
                F("score").desc(nulls_last=True),
                F("covered").desc(),
                "system",
                name="score_by_device",
            ),
        ),
        migrations.AddIndex(
            model_name="devicescore",
            index=models.Index(
                condition=models.Q(("covered", 0), ("metric", "energy_uj_per_inf"), ("score__isnull", True)),
                fields=["device", "reason"],
                name="score_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="system",
            index=models.Index(
                condition=models.Q(("clock_mhz", None)), fields=["device"], name="system_without_clock"
            ),
        ),
    ]
