"""Facts of model files that somebody had analysed, for a limited time."""

import django.db.models.deletion
import submissions.models.submission
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0007_calls_have_a_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='ModelAnalysis',
            fields=[
                ('id', models.CharField(default=submissions.models.submission.new_check_id, max_length=24, primary_key=True, serialize=False)),
                ('filename', models.CharField(blank=True, max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('size_bytes', models.BigIntegerField()),
                ('facts', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='model_analyses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at'],
                'indexes': [models.Index(fields=['expires_at'], name='model_analysis_by_expiry')],
            },
        ),
    ]
