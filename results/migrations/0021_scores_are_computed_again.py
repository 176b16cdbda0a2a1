"""Scores stored before they had bands and figures are due again; until then they stand without a band."""

from django.db import migrations


def make_due(apps, schema_editor):
    if apps.get_model("results", "DeviceScore").objects.exists():
        due = apps.get_model("results", "Recomputation").objects.filter(kind="full", state="due")
        if not due.exists():
            due.create(kind="full", state="due")


class Migration(migrations.Migration):
    dependencies = [("results", "0020_scores_have_bands_and_figures")]

    operations = [migrations.RunPython(make_due, migrations.RunPython.noop)]
