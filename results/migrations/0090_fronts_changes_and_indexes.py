"""Only what is on a front stays stored; every generation names what it changed; deleted runs leave their name."""

import django.contrib.postgres.fields
from django.db import migrations, models


GONE = """
CREATE FUNCTION results_run_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO results_gonerun (run_id, public_id, benchmark) VALUES (OLD.id, OLD.public_id, OLD.benchmark_id);
    RETURN NULL;
END $$;
CREATE TRIGGER run_is_gone AFTER DELETE ON results_run FOR EACH ROW EXECUTE FUNCTION results_run_is_gone();
"""
NOT_GONE = """
DROP TRIGGER run_is_gone ON results_run;
DROP FUNCTION results_run_is_gone();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0080_next_measurements'),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM results_paretopoint WHERE NOT on_front", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='DataChange',
            fields=[
                ('generation', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('changed_at', models.DateTimeField(help_text='as that of the generation: tells states of two databases apart')),
                ('runs', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
            ],
        ),
        migrations.CreateModel(
            name='GoneRun',
            fields=[
                ('run_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('public_id', models.CharField(max_length=220)),
                ('benchmark', models.CharField(max_length=16)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='paretopoint',
            name='pareto_front_is_not_dominated',
        ),
        migrations.RemoveField(
            model_name='paretopoint',
            name='dominated_by',
        ),
        migrations.RemoveField(
            model_name='paretopoint',
            name='on_front',
        ),
        migrations.AddIndex(
            model_name='leaderboardentry',
            index=models.Index(fields=['-round_position', 'run'], name='entry_by_age'),
        ),
        migrations.AddIndex(
            model_name='leaderboardentry',
            index=models.Index(fields=['public_id'], name='entry_by_public_id'),
        ),
        migrations.AddIndex(
            model_name='leaderboardentry',
            index=models.Index(condition=models.Q(('duplicate_of', ''), _negated=True), fields=['duplicate_of'], name='entry_by_original'),
        ),
        migrations.RunSQL(GONE, NOT_GONE),
    ]
