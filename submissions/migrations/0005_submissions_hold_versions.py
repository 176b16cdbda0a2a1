"""What the versions now hold leaves the submission; the rules of the new columns are put in force."""

import submissions.models.submission
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0004_archives_become_versions'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='submission',
            name='submission_once_per_archive',
        ),
        migrations.RemoveField(
            model_name='submission',
            name='absent_files',
        ),
        migrations.RemoveField(
            model_name='submission',
            name='archive',
        ),
        migrations.RemoveField(
            model_name='submission',
            name='findings',
        ),
        migrations.RemoveField(
            model_name='submission',
            name='publication',
        ),
        migrations.RemoveField(
            model_name='submission',
            name='runs',
        ),
        migrations.RemoveField(
            model_name='submission',
            name='verdict',
        ),
        migrations.AlterField(
            model_name='submission',
            name='public_id',
            field=models.CharField(default=submissions.models.submission.new_public_id, max_length=12, unique=True),
        ),
        migrations.AddIndex(
            model_name='submission',
            index=models.Index(fields=['state', 'handed_in_at'], name='submission_by_state'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'valid', 'invalid', 'unreadable', 'failed', 'in-review', 'returned', 'accepted', 'marked-invalid', 'published', 'correcting', 'withdrawn'])), name='submission_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('division__in', ['', 'closed', 'open'])), name='submission_division_is_known'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('call__isnull', True), ('kind', 'import'), ('organisation__isnull', True)), models.Q(('call__isnull', False), ('kind', 'round'), ('organisation__isnull', False)), models.Q(('call__isnull', True), ('kind', 'self-reported'), ('organisation__isnull', False)), _connector='OR'), name='submission_kind_has_its_columns'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'import')), fields=('round', 'division', 'submitter'), name='submission_import_once'),
        ),
    ]
