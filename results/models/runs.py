"""What was published: publications, systems, runs, measurements, evidence, findings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from results.domain.metrics import ENERGY_METRICS, METRICS


class Division(models.TextChoices):
    CLOSED = "closed", "closed"
    OPEN = "open", "open"


class Availability(models.TextChoices):
    AVAILABLE = "available", "available"
    PREVIEW = "preview", "preview"
    RDI = "rdi", "RDI"


class Provenance(models.TextChoices):
    """Who stands behind a figure. Projected values are none of these."""

    REVIEWED = "reviewed", "reviewed in an MLPerf Tiny round"
    SITE_REVIEWED = "site-reviewed", "reviewed on this site, not by MLCommons"
    SELF_REPORTED = "self-reported", "self-reported, not reviewed"
    VENDOR = "vendor-published", "published by the vendor"
    LITERATURE = "literature", "from the literature"


class EnergyScope(models.TextChoices):
    """What the joules include. NONE: the metric is not an energy."""

    NONE = "none", "not an energy"
    CHIP_RAIL = "chip-rail", "chip rail"
    BOARD = "board", "whole board"
    UNKNOWN = "unknown", "not stated"


class Publication(models.Model):
    """What one submitter published in one division of one round.

    ``archive_sha256`` addresses the archive that was read; it is empty while the figures stand on the shipped copy
    alone, whose evidence then points into ``repository`` at ``commit``. ``key`` is empty for what MLCommons published;
    else it is the public id of the submission on this site, so that the same names never meet an official result.
    """

    round = models.ForeignKey("Round", on_delete=models.PROTECT, related_name="publications")
    division = models.CharField(max_length=8, choices=Division)
    submitter = models.ForeignKey("Submitter", on_delete=models.PROTECT, related_name="publications")
    submitter_directory = models.CharField(max_length=120, help_text="spelt as in the round's repository")
    key = models.CharField(max_length=12, blank=True)
    archive_sha256 = models.CharField(max_length=64, blank=True)
    repository = models.CharField(max_length=120, blank=True)
    commit = models.CharField(max_length=40, blank=True)
    provenance = models.CharField(max_length=20, choices=Provenance)
    published_at = models.DateTimeField(
        null=True, help_text="when it appeared on this site; NULL for imports"
    )
    content_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="of everything stored below; the same content is not written twice",
    )

    class Meta:
        ordering = ["round__position", "division", "submitter_directory"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "division", "submitter_directory", "key"],
                name="publication_once_per_round_and_division",
            ),
            models.CheckConstraint(
                condition=Q(division__in=Division.values), name="publication_division_is_known"
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=Provenance.values), name="publication_provenance_is_known"
            ),
            models.CheckConstraint(
                condition=Q(provenance="reviewed", key="") | ~Q(provenance="reviewed"),
                name="publication_reviewed_by_mlcommons_has_no_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.division} {self.submitter_directory}"


class System(models.Model):
    """A system under test as one publication describes it: device, operating point, software, numeric format.

    Every text is as submitted or empty when the description does not say; ``clock_mhz`` is NULL when unreadable.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="systems")
    system_id = models.CharField(max_length=200, help_text="path between results/ and the benchmark")
    device = models.ForeignKey("Device", on_delete=models.PROTECT, related_name="systems")
    availability = models.CharField(max_length=10, choices=Availability, blank=True)
    clock_mhz = models.FloatField(null=True)
    accelerator_clock_mhz = models.FloatField(null=True)
    processor = models.CharField(max_length=400, blank=True)
    accelerator = models.CharField(max_length=400, blank=True)
    software = models.CharField(max_length=200, blank=True, help_text="short label, such as X-CUBE-AI 8.1.0")
    framework = models.CharField(max_length=120, blank=True, help_text="without version, for filters")
    framework_version = models.CharField(max_length=80, blank=True)
    compiler = models.CharField(max_length=400, blank=True)
    deployment_style = models.CharField(max_length=40, blank=True)
    description = models.JSONField(default=list, help_text="[[key, value, line], …] in file order")
    description_path = models.CharField(max_length=400, blank=True)
    description_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["publication", "system_id"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "system_id"], name="system_once_per_publication"),
            models.CheckConstraint(condition=Q(clock_mhz__isnull=True) | Q(clock_mhz__gt=0), name="system_clock_positive"),
            models.CheckConstraint(
                condition=Q(availability="") | Q(availability__in=Availability.values),
                name="system_availability_is_known",
            ),
        ]  # fmt: skip
        indexes = [
            # The page of a device counts its systems that state no clock.
            models.Index(fields=["device"], name="system_without_clock", condition=Q(clock_mhz=None)),
        ]

    def __str__(self) -> str:
        return self.system_id

    def get_absolute_url(self) -> str:
        return reverse("results:system", args=[self.pk])

    @property
    def computing_clock_mhz(self) -> float | None:
        """Clock of the part that runs the network: on an FPGA the fabric's, not that of the host processor."""
        return self.computing_clock(self.device.device_class, self.clock_mhz, self.accelerator_clock_mhz)

    @staticmethod
    def computing_clock(
        device_class: str, clock_mhz: float | None, accelerator_clock_mhz: float | None
    ) -> float | None:
        """:attr:`computing_clock_mhz` of a system with such a device and such clocks."""
        return accelerator_clock_mhz if device_class == "fpga" else clock_mhz


class Run(models.Model):
    """One system on one benchmark. ``public_id`` is stable across imports and stands in addresses."""

    class Status(models.TextChoices):
        PUBLISHED = "published", "published"
        WITHDRAWN = "withdrawn", "withdrawn by its submitter"
        REMOVED = "removed", "removed after an objection"
        MOVED = "moved", "moved to the open division"

    public_id = models.CharField(max_length=220, unique=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="runs")
    benchmark = models.ForeignKey("Benchmark", on_delete=models.PROTECT, related_name="runs")
    variant = models.CharField(max_length=120, blank=True, help_text="path after the benchmark")
    neural_model = models.ForeignKey("NeuralModel", null=True, on_delete=models.PROTECT, related_name="runs")
    precision = models.CharField(
        max_length=60, blank=True, help_text="as stated; empty when nobody states it"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PUBLISHED)
    status_reason = models.TextField(blank=True, help_text="public, why it is no longer counted")
    moved_to = models.CharField(
        max_length=220, blank=True, help_text="public id of the run in the open division"
    )
    folder = models.CharField(max_length=400)
    runner = models.CharField(max_length=20, blank=True)
    runner_version = models.CharField(max_length=40, blank=True)
    energy_monitor = models.CharField(max_length=40, blank=True)
    evaluation_set = models.CharField(max_length=120, blank=True)
    performance_log_sha256 = models.CharField(max_length=64, blank=True)
    windows = models.JSONField(default=list, help_text="timed windows as objects, units in the keys")
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["system", "benchmark", "variant"], name="run_once_per_system_and_benchmark"),
            models.CheckConstraint(condition=Q(status__in=["published", "withdrawn", "removed", "moved"]), name="run_status_is_known"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["performance_log_sha256"], name="run_by_log")]

    def __str__(self) -> str:
        return self.public_id

    def get_absolute_url(self) -> str:
        return reverse("results:result", args=[self.public_id])


class Measurement(models.Model):
    """Metric, value, unit (by the metric's id), how it was obtained. Not measured is no row, never 0.

    ``recomputed_value`` is the same metric computed again from the raw log, where one is there.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="measurements")
    metric = models.CharField(max_length=40)
    value = models.FloatField()
    printed = models.CharField(max_length=60, help_text="digits as submitted")
    how = models.CharField(max_length=10)
    reading = models.CharField(max_length=10)
    energy_scope = models.CharField(max_length=12, choices=EnergyScope)
    recomputed_value = models.FloatField(null=True)
    recomputed_printed = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "metric"], name="measurement_once_per_run_and_metric"),
            models.CheckConstraint(
                condition=Q(value__gt=0)
                | Q(value=0, metric__in=[m.id for m in METRICS.values() if m.zero_allowed]),
                name="measurement_value_positive",
            ),
            models.CheckConstraint(condition=Q(value__lt=float("inf")), name="measurement_value_finite"),
            models.CheckConstraint(condition=Q(metric__in=list(METRICS)), name="measurement_metric_is_known"),
            models.CheckConstraint(
                condition=Q(how__in=["measured", "derived", "declared"]), name="measurement_how_is_known"
            ),
            models.CheckConstraint(
                condition=Q(reading__in=["stated", "recomputed"]), name="measurement_reading_is_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(metric__in=sorted(ENERGY_METRICS), energy_scope__in=["chip-rail", "board", "unknown"])
                    | (~Q(metric__in=sorted(ENERGY_METRICS)) & Q(energy_scope="none"))
                ),
                name="measurement_energy_has_a_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} = {self.printed}"


class Evidence(models.Model):
    """Where a measurement stands: file, lines, SHA-256, and the line itself once the files were imported."""

    measurement = models.ForeignKey(Measurement, on_delete=models.CASCADE, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=400)
    line = models.PositiveIntegerField(null=True)
    last_line = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    reading = models.CharField(max_length=10)
    text = models.CharField(max_length=400, blank=True)
    excerpt = models.JSONField(
        default=list, help_text="[[number, text, is evidence], …] around the place; number 0 is a gap"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["measurement", "position"], name="evidence_position_once"),
            models.CheckConstraint(
                condition=Q(line__isnull=True) | Q(line__gte=1), name="evidence_line_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class PublishedFinding(models.Model):
    """What a rule says of something published; kept and shown on the rows that it concerns."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="findings")
    system = models.ForeignKey(System, null=True, on_delete=models.CASCADE, related_name="findings")
    run = models.ForeignKey(Run, null=True, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=8)
    path = models.CharField(max_length=400)
    line = models.PositiveIntegerField(null=True)
    expected = models.TextField()
    found = models.TextField()
    mend = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(severity__in=["error", "warning", "note"]), name="finding_severity_is_known"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["code"], name="finding_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.path}"
