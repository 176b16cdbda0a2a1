"""What others published outside the rounds: external measurements, their networks and what was counted of those.

None of it belongs to a benchmark, a submission or a system, so nothing here can reach a leaderboard, a score or a front.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from results.domain.figures import FIGURE_METRICS, QUARANTINE_MEANING, Batch, FigureMetric, Quarantine

from .runs import Provenance

EXTERNAL_PROVENANCES = (Provenance.VENDOR, Provenance.LITERATURE)


class ExternalModel(models.Model):
    """A network that is known from external figures only. ``slug`` never is that of a reference network."""

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=120, help_text="as the newest of its figures states it")
    family = models.CharField(max_length=60)
    task = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["family", "slug"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("results:model", args=[self.slug])


class ModelGraph(models.Model):
    """Counted from one network file. ``model`` is the slug of an external or a reference network; NULL is not counted.

    ``macs_conv`` holds 1 × 1 convolutions too where ``macs_pointwise`` is NULL.
    """

    model = models.SlugField(max_length=80)
    family = models.CharField(max_length=60)
    dataset = models.CharField(max_length=60, blank=True)
    precision = models.CharField(max_length=20, blank=True)
    macs = models.BigIntegerField(null=True)
    macs_conv = models.BigIntegerField(null=True)
    macs_pointwise = models.BigIntegerField(null=True)
    macs_depthwise = models.BigIntegerField(null=True)
    macs_fc = models.BigIntegerField(null=True)
    operators = models.PositiveIntegerField(null=True)
    parameters = models.BigIntegerField(null=True)
    weight_bytes = models.BigIntegerField(null=True)
    activation_bytes = models.BigIntegerField(null=True, help_text="sum of what every operator writes")
    input_elements = models.BigIntegerField(null=True)
    file_bytes = models.BigIntegerField(null=True)
    source = models.CharField(max_length=120)
    commit = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=400)
    address = models.CharField(max_length=600)

    class Meta:
        ordering = ["model", "path"]
        indexes = [models.Index(fields=["model"], name="graph_by_model")]

    def __str__(self) -> str:
        return f"{self.model} {self.path}"


class ExternalFigure(models.Model):
    """One value that somebody published. Texts are empty and numbers NULL where the source does not say.

    ``device`` is set only where the board is one of the catalogue; ``device_name`` is always as stated.
    ``quarantine`` is empty, or the code of the check that the row failed: it is shown and never used.
    """

    key = models.CharField(max_length=16, unique=True, help_text="stable hash of what the row says and where")
    position = models.PositiveIntegerField(unique=True, help_text="order of the shipped files")
    provenance = models.CharField(max_length=20, choices=[(p.value, p.label) for p in EXTERNAL_PROVENANCES])
    model = models.ForeignKey(ExternalModel, on_delete=models.CASCADE, related_name="figures")
    model_stated = models.CharField(max_length=120)
    dataset = models.CharField(max_length=60, blank=True)
    input = models.CharField(max_length=40, blank=True)
    device = models.ForeignKey("Device", null=True, on_delete=models.SET_NULL, related_name="figures")
    device_name = models.CharField(max_length=120, blank=True)
    device_group = models.CharField(max_length=80, blank=True, help_text="the board, whatever computes on it")
    vendor = models.CharField(max_length=120, blank=True)
    device_class = models.CharField(max_length=20, blank=True)
    core = models.CharField(max_length=200, blank=True)
    clock_mhz = models.FloatField(null=True)
    engine = models.CharField(max_length=80, blank=True)
    software = models.CharField(max_length=80, blank=True)
    software_version = models.CharField(max_length=40, blank=True)
    precision = models.CharField(max_length=20, blank=True)
    batch = models.PositiveIntegerField(null=True)
    batch_choice = models.CharField(max_length=8, blank=True, choices=[(b.value, b.value) for b in Batch])
    metric = models.CharField(max_length=40, choices=[(m.id, m.name) for m in FIGURE_METRICS.values()])
    metric_stated = models.CharField(max_length=60, blank=True)
    value = models.FloatField(
        null=True, help_text="in the unit of the metric; NULL when the cell is no number"
    )
    raw = models.CharField(max_length=60)
    source = models.CharField(max_length=120, help_text="repository, owner/name")
    source_name = models.CharField(max_length=80)
    commit = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=300)
    locator = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=600, help_text="of the file on the web")
    dated = models.DateField(null=True)
    quarantine = models.CharField(max_length=20, blank=True, choices=[(q.value, q.value) for q in Quarantine])
    quarantine_text = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(provenance__in=[p.value for p in EXTERNAL_PROVENANCES]),
                name="figure_is_never_a_reviewed_result",
            ),
            models.CheckConstraint(
                condition=Q(metric__in=list(FIGURE_METRICS)), name="figure_metric_is_known"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(quarantine=""),
                name="figure_without_value_is_quarantined",
            ),
            models.CheckConstraint(
                condition=Q(quarantine="", quarantine_text="") | (~Q(quarantine="") & ~Q(quarantine_text="")),
                name="figure_quarantine_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["device", "metric"], name="figure_by_device"),
            models.Index(fields=["model", "metric"], name="figure_by_model"),
            models.Index(fields=["metric", "position"], name="figure_by_metric"),
        ]

    def __str__(self) -> str:
        return f"{self.model_stated} {self.device_name} {self.metric}"

    @property
    def measures(self) -> FigureMetric:
        """Name, unit and meaning of its metric."""
        return FIGURE_METRICS[self.metric]

    @property
    def quarantine_meaning(self) -> str:
        return QUARANTINE_MEANING[Quarantine(self.quarantine)] if self.quarantine else ""
