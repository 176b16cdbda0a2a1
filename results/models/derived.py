"""What follows from published runs: read models that can be thrown away and computed again."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from results.querysets import LeaderboardEntryQuerySet


class LeaderboardEntry(models.Model):
    """One run, flattened for filtering, sorting and printing without a join. NULL is not measured.

    Texts are empty where nobody states them. ``rank`` values are not stored: ranks count a view.
    """

    run = models.OneToOneField("Run", primary_key=True, on_delete=models.CASCADE, related_name="entry")
    public_id = models.CharField(max_length=220)
    benchmark = models.CharField(max_length=16)
    round = models.CharField(max_length=8)
    round_position = models.PositiveSmallIntegerField()
    division = models.CharField(max_length=8)
    availability = models.CharField(max_length=10, blank=True)
    provenance = models.CharField(max_length=20)
    submitter_slug = models.CharField(max_length=60)
    submitter_name = models.CharField(max_length=120)
    submitter_directory = models.CharField(max_length=120)
    system = models.ForeignKey("System", on_delete=models.CASCADE, related_name="entries")
    system_label = models.CharField(max_length=200, help_text="system_id as submitted")
    variant = models.CharField(max_length=120, blank=True)
    device_slug = models.CharField(max_length=80)
    device_name = models.CharField(max_length=160)
    device_short_name = models.CharField(max_length=60)
    device_class = models.CharField(max_length=20)
    software = models.CharField(max_length=200, blank=True)
    framework = models.CharField(max_length=120, blank=True)
    deployment_style = models.CharField(max_length=40, blank=True)
    precision = models.CharField(max_length=60, blank=True)
    neural_model = models.CharField(max_length=60, blank=True)
    clock_mhz = models.FloatField(null=True)
    latency_ms = models.FloatField(null=True)
    throughput_inf_per_s = models.FloatField(null=True)
    energy_uj_per_inf = models.FloatField(null=True)
    average_power_mw = models.FloatField(null=True)
    supply_voltage_mv = models.FloatField(null=True)
    energy_scope = models.CharField(max_length=12, help_text="none when no energy was measured")
    quality_metric = models.CharField(
        max_length=20, help_text="top1 auc fp_fn, empty when no quality is known"
    )
    quality_value = models.FloatField(null=True, help_text="fp_fn: false positives + false negatives")
    quality_text = models.CharField(max_length=40, blank=True, help_text="digits as submitted; fp_fn: FP/FN")
    quality_margin = models.FloatField(null=True, help_text="points above the closed target, negative below")
    evaluation_set = models.CharField(max_length=120, blank=True)
    duplicate_of = models.CharField(
        max_length=220, blank=True, help_text="public id of the first run with this log"
    )
    latency_range = models.FloatField(null=True, help_text="max/min - 1 of the timed windows")
    finding_codes = models.JSONField(default=list, help_text="[[code, severity], …], worst first")

    objects = LeaderboardEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(latency_ms__isnull=True) | Q(latency_ms__gt=0), name="entry_latency_positive"),
            models.CheckConstraint(
                condition=Q(energy_uj_per_inf__isnull=True) | Q(energy_uj_per_inf__gt=0), name="entry_energy_positive"
            ),
        ]  # fmt: skip
        indexes = [
            # One index per ordering that a leaderboard offers, each led by the benchmark that every view fixes.
            models.Index(fields=["benchmark", "latency_ms", "run"], name="entry_by_latency"),
            models.Index(fields=["benchmark", "energy_uj_per_inf", "run"], name="entry_by_energy"),
            models.Index(fields=["benchmark", "average_power_mw", "run"], name="entry_by_power"),
            models.Index(fields=["benchmark", "-quality_value", "run"], name="entry_by_quality"),
            models.Index(fields=["device_slug", "benchmark"], name="entry_by_device"),
            models.Index(fields=["round", "benchmark"], name="entry_by_round"),
            models.Index(fields=["submitter_slug"], name="entry_by_submitter"),
            # Results of all benchmarks, newest round first.
            models.Index(fields=["-round_position", "run"], name="entry_by_age"),
            models.Index(fields=["public_id"], name="entry_by_public_id"),
            # A publication looks for those that name one of its runs; most entries name none.
            models.Index(fields=["duplicate_of"], name="entry_by_original", condition=~Q(duplicate_of="")),
        ]

    def __str__(self) -> str:
        return self.public_id


class ParetoPoint(models.Model):
    """A distinct run on the front of one trade-off of one benchmark, division and comparison group, without a filter.

    ``scope`` names the group: energy scope and supply voltage, such as ``chip-rail@1800``; ``any`` for trade-offs
    without energy. What is not on a front has no row.
    """

    run = models.ForeignKey("Run", on_delete=models.CASCADE, related_name="pareto_points")
    benchmark = models.CharField(max_length=16)
    division = models.CharField(max_length=8)
    x_metric = models.CharField(max_length=40)
    y_metric = models.CharField(max_length=40)
    scope = models.CharField(max_length=40)
    x = models.FloatField()
    y = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "x_metric", "y_metric"], name="pareto_point_once_per_trade_off"
            ),
        ]
        indexes = [
            models.Index(fields=["benchmark", "x_metric", "y_metric", "division"], name="pareto_by_benchmark")
        ]

    def __str__(self) -> str:
        return f"{self.benchmark} {self.x_metric} {self.y_metric} {self.run_id}"


class DeviceScore(models.Model):
    """Normalised score of a system against the fixed reference, DESIGN decision 7.

    ``score`` is NULL unless every benchmark of the common set was run (``covered`` = ``of``); ``low`` and ``high``
    are its band. ``ratios`` holds reference / value per benchmark that compares; ``figures`` what was measured on each,
    comparable or not, so that a score against another reference follows from this row. ``reason`` says in words why
    there is no score. ``device`` and ``division`` are those of the system, so that the greatest score of a device is
    found by an index, however many systems it has.
    """

    system = models.ForeignKey("System", on_delete=models.CASCADE, related_name="scores")
    device = models.ForeignKey("Device", on_delete=models.CASCADE, related_name="scores", db_index=False)
    division = models.CharField(max_length=8)
    metric = models.CharField(max_length=40)
    reference = models.CharField(max_length=120, help_text="public name of the reference system and round")
    score = models.FloatField(null=True)
    low = models.FloatField(null=True, help_text="the band of what cannot be told apart from the score")
    high = models.FloatField(null=True)
    covered = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    ratios = models.JSONField(default=dict)
    figures = models.JSONField(
        default=dict,
        help_text="benchmark → result (public id), value, spread (a share), energy_scope, supply_voltage_mv",
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "metric"], name="score_once_per_system_and_metric"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__gt=0), name="score_positive"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(covered=models.F("of")),
                name="score_only_at_full_coverage",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True, low__isnull=True, high__isnull=True)
                | Q(low__lte=models.F("score"), high__gte=models.F("score")),
                name="score_lies_in_its_band",
            ),
        ]
        indexes = [
            # The page of scores reads one metric, the greatest first.
            models.Index(fields=["metric", "-score"], name="score_by_metric"),
            # The page of a device reads its greatest scores of each division, then the best covered.
            models.Index(
                "device", "metric", "division", F("score").desc(nulls_last=True), F("covered").desc(), "system",
                name="score_by_device",
            ),
            # … and counts why energies of its systems may not be compared.
            models.Index(
                fields=["device", "reason"], name="score_refused",
                condition=Q(metric="energy_uj_per_inf", covered=0, score__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.system_id} {self.metric} {self.score}"


class Observation(models.Model):
    """One finding of the home page (results.analysis.observations). What the figures do not support has no row.

    ``values`` are the fields of the observation that ``code`` names; ``position`` is its place on the page.
    """

    code = models.CharField(primary_key=True, max_length=40)
    position = models.PositiveSmallIntegerField()
    values = models.JSONField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.code


class Recomputation(models.Model):
    """Work that a publication makes due. Claimed by a conditional update, safe to run twice, swept by beat."""

    class State(models.TextChoices):
        DUE = "due", "due"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    kind = models.CharField(max_length=20, help_text="publication or full")
    publication = models.ForeignKey(
        "Publication", null=True, on_delete=models.CASCADE, related_name="recomputations"
    )
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["due", "running", "done", "failed"]), name="recomputation_state_is_known"),
        ]  # fmt: skip
        indexes = [
            # The sweep reads only what is open; most rows are done.
            models.Index(
                fields=["created_at"], name="recomputation_open", condition=Q(state__in=["due", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.publication_id or ''} {self.state}"


class DataGeneration(models.Model):
    """One row that counts every change of what the pages show; part of every ETag."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="data_generation_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)


class DataChange(models.Model):
    """Which runs' entries a generation wrote, for whoever keeps a copy of the entries; NULL is all of them.

    The newest few hundred generations are kept.
    """

    generation = models.PositiveBigIntegerField(primary_key=True)
    changed_at = models.DateTimeField(
        help_text="as that of the generation: tells states of two databases apart"
    )
    runs = ArrayField(models.BigIntegerField(), null=True)

    def __str__(self) -> str:
        return f"{self.generation}: {'everything' if self.runs is None else len(self.runs)}"


class GoneRun(models.Model):
    """A deleted run, written by a trigger of the database until the next recomputation has taken it into account."""

    run_id = models.BigIntegerField(primary_key=True)
    public_id = models.CharField(max_length=220)
    benchmark = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.public_id
