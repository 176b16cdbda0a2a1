from django.db import migrations, models


def make_due(apps, schema_editor):
    """A site that has results already gets its findings with the next sweep."""
    if apps.get_model("results", "LeaderboardEntry").objects.exists():
        due = apps.get_model("results", "Recomputation").objects.filter(kind="full", state="due")
        if not due.exists():
            due.create(kind="full", state="due")


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
