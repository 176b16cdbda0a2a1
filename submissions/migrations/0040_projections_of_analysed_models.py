"""Projections of analysed models, kept beside their facts."""


import django.db.models.deletion
import results.domain.analysed_projections
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0020_analyses_of_models'),
    ]

    operations = [
        migrations.CreateModel(
            name='ModelProjection',
            fields=[
                ('analysis', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='projection', serialize=False, to='submissions.modelanalysis')),
                ('progress', models.CharField(choices=[('waiting', 'waiting'), ('fitting', 'fitting'), ('done', 'done'), ('refused', 'refused')], default=results.domain.analysed_projections.Progress['WAITING'], max_length=8)),
                ('handed_over_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('generation', models.BigIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('answers', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['handed_over_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('progress__in', ['waiting', 'fitting'])), fields=['handed_over_at'], name='model_projection_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('progress__in', ['waiting', 'fitting', 'done', 'refused'])), name='model_projection_progress_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('progress', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='model_projection_refused_with_a_reason')],
            },
        ),
    ]
