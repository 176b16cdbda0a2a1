"""Results with foreign keys, as a normalised design has them. The tables are made by bench.scale.peers."""

from django.db import models


class _Named(models.Model):
    slug = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        abstract = True
        managed = False

    def __str__(self) -> str:
        return self.slug


class Device(_Named):
    device_class = models.CharField(max_length=20)

    class Meta(_Named.Meta):
        db_table = "device"


class Submitter(_Named):
    class Meta(_Named.Meta):
        db_table = "submitter"


class Round(_Named):
    class Meta(_Named.Meta):
        db_table = "round"


class Result(models.Model):
    public_id = models.CharField(max_length=220)
    benchmark = models.CharField(max_length=16)
    division = models.CharField(max_length=8)
    round = models.ForeignKey(Round, models.PROTECT)
    submitter = models.ForeignKey(Submitter, models.PROTECT)
    device = models.ForeignKey(Device, models.PROTECT)
    availability = models.CharField(max_length=10)
    provenance = models.CharField(max_length=20)
    system_label = models.CharField(max_length=200)
    variant = models.CharField(max_length=120)
    software = models.CharField(max_length=200)
    framework = models.CharField(max_length=120)
    deployment_style = models.CharField(max_length=40)
    precision = models.CharField(max_length=60)
    neural_model = models.CharField(max_length=60)
    clock_mhz = models.FloatField(null=True)
    latency_ms = models.FloatField(null=True)
    throughput_inf_per_s = models.FloatField(null=True)
    energy_uj_per_inf = models.FloatField(null=True)
    average_power_mw = models.FloatField(null=True)
    supply_voltage_mv = models.FloatField(null=True)
    energy_scope = models.CharField(max_length=12)
    quality_metric = models.CharField(max_length=20)
    quality_value = models.FloatField(null=True)
    quality_margin = models.FloatField(null=True)
    duplicate_of = models.CharField(max_length=220)

    class Meta:
        managed = False
        db_table = "result"

    def __str__(self) -> str:
        return self.public_id
