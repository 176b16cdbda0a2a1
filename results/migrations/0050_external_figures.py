"""External figures: what others published outside the rounds, with their networks and what was counted of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0025_findings_of_the_home_page'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExternalModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(help_text='as the newest of its figures states it', max_length=120)),
                ('family', models.CharField(max_length=60)),
                ('task', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'ordering': ['family', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='ModelGraph',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.SlugField(max_length=80)),
                ('family', models.CharField(max_length=60)),
                ('dataset', models.CharField(blank=True, max_length=60)),
                ('precision', models.CharField(blank=True, max_length=20)),
                ('macs', models.BigIntegerField(null=True)),
                ('macs_conv', models.BigIntegerField(null=True)),
                ('macs_pointwise', models.BigIntegerField(null=True)),
                ('macs_depthwise', models.BigIntegerField(null=True)),
                ('macs_fc', models.BigIntegerField(null=True)),
                ('operators', models.PositiveIntegerField(null=True)),
                ('parameters', models.BigIntegerField(null=True)),
                ('weight_bytes', models.BigIntegerField(null=True)),
                ('activation_bytes', models.BigIntegerField(help_text='sum of what every operator writes', null=True)),
                ('input_elements', models.BigIntegerField(null=True)),
                ('file_bytes', models.BigIntegerField(null=True)),
                ('source', models.CharField(max_length=120)),
                ('commit', models.CharField(blank=True, max_length=40)),
                ('path', models.CharField(max_length=400)),
                ('address', models.CharField(max_length=600)),
            ],
            options={
                'ordering': ['model', 'path'],
                'indexes': [models.Index(fields=['model'], name='graph_by_model')],
            },
        ),
        migrations.CreateModel(
            name='ExternalFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='stable hash of what the row says and where', max_length=16, unique=True)),
                ('position', models.PositiveIntegerField(help_text='order of the shipped files', unique=True)),
                ('provenance', models.CharField(choices=[('vendor-published', 'published by the vendor'), ('literature', 'from the literature')], max_length=20)),
                ('model_stated', models.CharField(max_length=120)),
                ('dataset', models.CharField(blank=True, max_length=60)),
                ('input', models.CharField(blank=True, max_length=40)),
                ('device_name', models.CharField(blank=True, max_length=120)),
                ('device_group', models.CharField(blank=True, help_text='the board, whatever computes on it', max_length=80)),
                ('vendor', models.CharField(blank=True, max_length=120)),
                ('device_class', models.CharField(blank=True, max_length=20)),
                ('core', models.CharField(blank=True, max_length=200)),
                ('clock_mhz', models.FloatField(null=True)),
                ('engine', models.CharField(blank=True, max_length=80)),
                ('software', models.CharField(blank=True, max_length=80)),
                ('software_version', models.CharField(blank=True, max_length=40)),
                ('precision', models.CharField(blank=True, max_length=20)),
                ('batch', models.PositiveIntegerField(null=True)),
                ('batch_choice', models.CharField(blank=True, choices=[('one', 'one'), ('best', 'best')], max_length=8)),
                ('metric', models.CharField(choices=[('latency_ms', 'Latency'), ('system_latency_ms', 'Latency of the system'), ('throughput_inf_per_s', 'Throughput'), ('system_throughput_inf_per_s', 'Throughput of the system'), ('full_power_w', 'Power under load'), ('idle_power_w', 'Power when idle'), ('activation_ram_bytes', 'RAM, activations'), ('runtime_ram_bytes', 'RAM, runtime'), ('ram_bytes', 'RAM, total'), ('weights_flash_bytes', 'Flash, weights'), ('code_flash_bytes', 'Flash, code'), ('flash_bytes', 'Flash, total'), ('top1_pct', 'Top-1'), ('top5_pct', 'Top-5'), ('accuracy_pct', 'Accuracy'), ('ap_pct', 'Average precision')], max_length=40)),
                ('metric_stated', models.CharField(blank=True, max_length=60)),
                ('value', models.FloatField(help_text='in the unit of the metric; NULL when the cell is no number', null=True)),
                ('raw', models.CharField(max_length=60)),
                ('source', models.CharField(help_text='repository, owner/name', max_length=120)),
                ('source_name', models.CharField(max_length=80)),
                ('commit', models.CharField(blank=True, max_length=40)),
                ('path', models.CharField(max_length=300)),
                ('locator', models.CharField(blank=True, max_length=200)),
                ('address', models.CharField(help_text='of the file on the web', max_length=600)),
                ('dated', models.DateField(null=True)),
                ('quarantine', models.CharField(blank=True, choices=[('malformed-number', 'malformed-number'), ('not-positive', 'not-positive'), ('accuracy-range', 'accuracy-range'), ('input-size', 'input-size'), ('board-name', 'board-name'), ('operation-count', 'operation-count'), ('below-peak', 'below-peak'), ('below-roofline', 'below-roofline'), ('ram-above-device', 'ram-above-device')], max_length=20)),
                ('quarantine_text', models.CharField(blank=True, max_length=400)),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='figures', to='results.device')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='results.externalmodel')),
            ],
            options={
                'ordering': ['position'],
                'indexes': [models.Index(fields=['device', 'metric'], name='figure_by_device'), models.Index(fields=['model', 'metric'], name='figure_by_model'), models.Index(fields=['metric', 'position'], name='figure_by_metric')],
                'constraints': [models.CheckConstraint(condition=models.Q(('provenance__in', ['vendor-published', 'literature'])), name='figure_is_never_a_reviewed_result'), models.CheckConstraint(condition=models.Q(('metric__in', ['latency_ms', 'system_latency_ms', 'throughput_inf_per_s', 'system_throughput_inf_per_s', 'full_power_w', 'idle_power_w', 'activation_ram_bytes', 'runtime_ram_bytes', 'ram_bytes', 'weights_flash_bytes', 'code_flash_bytes', 'flash_bytes', 'top1_pct', 'top5_pct', 'accuracy_pct', 'ap_pct'])), name='figure_metric_is_known'), models.CheckConstraint(condition=models.Q(('value__isnull', False), models.Q(('quarantine', ''), _negated=True), _connector='OR'), name='figure_without_value_is_quarantined'), models.CheckConstraint(condition=models.Q(models.Q(('quarantine', ''), ('quarantine_text', '')), models.Q(models.Q(('quarantine', ''), _negated=True), models.Q(('quarantine_text', ''), _negated=True)), _connector='OR'), name='figure_quarantine_has_a_reason')],
            },
        ),
    ]
