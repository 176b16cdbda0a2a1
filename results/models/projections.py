"""What nobody measured: projections, the generations that they come in, and how they did on rounds they had not seen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ProjectionGeneration(models.Model):
    """One pass of the engine over the published data.

    ``data_sha256`` is that of the cells it learned from, ``sha256`` that of its answers. A generation that was not
    ``shipped`` lost on the rolling back-test, and ``reason`` says to what: the answers of the one before it stay.
    """

    engine = models.CharField(max_length=60, help_text="name and version of the method")
    data_generation = models.PositiveBigIntegerField()
    data_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField()
    projected = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(help_text="answers that differ from the generation before")
    shipped = models.BooleanField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(shipped=True) | ~Q(reason=""),
                name="projection_generation_held_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engine} on {self.data_sha256[:12]}"


class Projection(models.Model):
    """One neural model on one system in one metric, that nobody measured. It never ranks and is on no front.

    ``value`` is the median in the unit of ``metric``, with its bands of 80 and 90 %; all NULL where the engine
    refuses, and ``reason`` says why. ``question`` is the hold-out class that chose method and bands, ``anchors`` the
    public ids of the measured results that carry most of the number, the heaviest first. ``made_at`` and
    ``generation`` are those of the pass that gave this answer first: an answer that did not change keeps them.
    """

    class State(models.TextChoices):
        PROJECTED = "projected", "projected"
        CANNOT_PROJECT = "cannot-project", "cannot project"
        DOES_NOT_FIT = "does-not-fit", "does not fit"

    system = models.ForeignKey("System", on_delete=models.CASCADE, related_name="projections")
    model = models.CharField(max_length=80, help_text="slug of the neural model")
    metric = models.CharField(max_length=40)
    state = models.CharField(max_length=16, choices=State)
    value = models.FloatField(null=True)
    low_80 = models.FloatField(null=True)
    high_80 = models.FloatField(null=True)
    low_90 = models.FloatField(null=True)
    high_90 = models.FloatField(null=True)
    question = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    anchors = models.JSONField(default=list)
    generation = models.ForeignKey(ProjectionGeneration, on_delete=models.PROTECT, related_name="projections")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["system", "model", "metric"], name="projection_once_per_cell"),
            models.CheckConstraint(
                condition=Q(state__in=["projected", "cannot-project", "does-not-fit"]),
                name="projection_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="projected", value__isnull=False)
                | (~Q(state="projected") & Q(value__isnull=True)),
                name="projection_has_a_value_or_is_refused",
            ),
            models.CheckConstraint(
                condition=Q(state="projected") | ~Q(reason=""), name="projection_refused_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True)
                | Q(
                    low_90__gt=0,
                    low_90__lte=F("low_80"),
                    low_80__lte=F("value"),
                    high_80__gte=F("value"),
                    high_90__gte=F("high_80"),
                ),
                name="projection_lies_inside_its_bands",
            ),
        ]
        indexes = [models.Index(fields=["model", "metric"], name="projection_by_model")]

    def __str__(self) -> str:
        return f"{self.model} on {self.system_id}: {self.metric} {self.state}"


class Backtest(models.Model):
    """The cells of one round, projected from earlier rounds and frozen before their values were read, then scored.

    ``cells`` holds what was frozen, ``frozen_sha256`` its hash; ``figures`` is NULL until it was scored.
    """

    round = models.ForeignKey("Round", on_delete=models.PROTECT, related_name="backtests")
    anchors = models.PositiveSmallIntegerField(help_text="cells of each new system that were revealed")
    engine = models.CharField(max_length=60)
    data_sha256 = models.CharField(max_length=64, help_text="of the cells that it was projected from")
    frozen_sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField(auto_now_add=True)
    cells = models.JSONField()
    figures = models.JSONField(null=True)
    scored_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round__position", "anchors", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "anchors", "engine", "data_sha256"],
                name="backtest_once_per_round_engine_and_data",
            ),
            models.CheckConstraint(
                condition=Q(figures__isnull=True) | Q(scored_at__gte=F("frozen_at")),
                name="backtest_frozen_before_scored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}, {self.anchors} anchors, {self.engine}"


class NextMeasurement(models.Model):
    """What to measure next: of all benchmarks not measured yet, which says most of the cells beside it.

    ``of`` system: running ``model`` on ``system``, for the other cells of that system; ``of`` model: the same run, for
    the cells of that network on other systems. ``metrics`` are those that the run has still to measure, ``share`` is
    how much of the log variance of ``cells`` cells it takes away, ``factor_before`` and ``factor_after`` one standard
    deviation of a typical one as a factor. Written anew by every pass of the engine.
    """

    class Of(models.TextChoices):
        SYSTEM = "system", "system"
        MODEL = "model", "model"

    of = models.CharField(max_length=8, choices=Of)
    system = models.ForeignKey("System", on_delete=models.CASCADE, related_name="next_measurements")
    model = models.CharField(max_length=80, help_text="slug of the neural model")
    metrics = models.JSONField(default=list)
    place = models.PositiveSmallIntegerField(help_text="1 is the best")
    cells = models.PositiveIntegerField()
    share = models.FloatField()
    factor_before = models.FloatField()
    factor_after = models.FloatField()
    generation = models.ForeignKey(
        ProjectionGeneration, on_delete=models.CASCADE, related_name="next_measurements"
    )

    class Meta:
        ordering = ["of", "system", "model", "place"]
        constraints = [
            models.UniqueConstraint(fields=["of", "system", "model"], name="next_measurement_once"),
            models.CheckConstraint(
                condition=Q(of__in=["system", "model"]), name="next_measurement_of_is_known"
            ),
            models.CheckConstraint(
                condition=Q(share__gte=0, share__lte=1), name="next_measurement_share_0_to_1"
            ),
            models.CheckConstraint(
                condition=Q(factor_after__gte=1, factor_before__gte=F("factor_after")),
                name="next_measurement_narrows",
            ),
        ]
        indexes = [models.Index(fields=["of", "model"], name="next_measurement_by_model")]

    def __str__(self) -> str:
        return f"{self.model} on {self.system_id}: {self.share:.0%} of a {self.of}"
