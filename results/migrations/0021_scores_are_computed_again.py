"""Scores stored before they had bands and figures are due again; until then they stand without a band."""

from django.db import migrations


def make_due(apps, schema_editor):
    if apps.get_model("results", "DeviceScore").objects.exists():
        apps.get_model("results", "Recomputation").objects.create(kind="full")


class Migration(migrations.Migration):
    dependencies = [("results", "0020_scores_have_bands_and_figures")]

    operations = [migrations.RunPython(make_due, migrations.RunPython.noop)]
