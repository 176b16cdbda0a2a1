import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("results", "0070_projections_and_backtests"),
    ]

    operations = [
        migrations.CreateModel(
            name="NextMeasurement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("of", models.CharField(choices=[("system", "system"), ("model", "model")], max_length=8)),
                ("model", models.CharField(help_text="slug of the neural model", max_length=80)),
                ("metrics", models.JSONField(default=list)),
                ("place", models.PositiveSmallIntegerField(help_text="1 is the best")),
                ("cells", models.PositiveIntegerField()),
                ("share", models.FloatField()),
                ("factor_before", models.FloatField()),
                ("factor_after", models.FloatField()),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="next_measurements",
                        to="results.projectiongeneration",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="next_measurements",
                        to="results.system",
                    ),
                ),
            ],
            options={
                "ordering": ["of", "system", "model", "place"],
                "indexes": [models.Index(fields=["of", "model"], name="next_measurement_by_model")],
                "constraints": [
                    models.UniqueConstraint(fields=("of", "system", "model"), name="next_measurement_once"),
                    models.CheckConstraint(
                        condition=models.Q(("of__in", ["system", "model"])),
                        name="next_measurement_of_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 0), ("share__lte", 1)),
                        name="next_measurement_share_0_to_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("factor_after__gte", 1), ("factor_before__gte", models.F("factor_after"))
                        ),
                        name="next_measurement_narrows",
                    ),
                ],
            },
        ),
    ]
