from django.db import migrations, models


def make_due(apps, schema_editor):
    """A site that has results already gets its findings with the next sweep."""
    if apps.get_model("results", "LeaderboardEntry").objects.exists():
        apps.get_model("results", "Recomputation").objects.create(kind="full")


class Migration(migrations.Migration):
    dependencies = [
        ("results", "0021_scores_are_computed_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
                ("values", models.JSONField()),
            ],
            options={"ordering": ["position"]},
        ),
        migrations.RunPython(make_due, migrations.RunPython.noop),
    ]
