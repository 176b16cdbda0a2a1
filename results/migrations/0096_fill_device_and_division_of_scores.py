"""The scores stored so far get the device and the division of their systems."""

from django.db import migrations

FILL = """
UPDATE results_devicescore score SET device_id = system.device_id, division = publication.division
FROM results_system system JOIN results_publication publication ON publication.id = system.publication_id
WHERE system.id = score.system_id
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0095_scores_name_device_and_division")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
