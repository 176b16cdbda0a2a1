"""Model files that somebody had analysed: the facts, for a limited time; the file itself is gone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from results.domain.analysed_projections import Progress

from .submission import new_check_id


class ModelAnalysis(models.Model):
    """What one model file states. Whoever has the address may read it; with an owner, nobody else may.

    ``facts`` is the wire form of results.domain.model_facts.ModelFacts. The file is deleted once it has been read.
    """

    id = models.CharField(primary_key=True, max_length=24, default=new_check_id)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="model_analyses"
    )
    filename = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    facts = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["expires_at"], name="model_analysis_by_expiry")]

    def __str__(self) -> str:
        return f"analysis {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:model-analysis", args=[self.id])


class ModelProjection(models.Model):
    """What the engine says of one analysed model on every system; asked for once, kept as long as its facts.

    ``answers`` are those of results.services.project_model. ``generation`` is the newest generation of projections when
    they were made: with a newer one they are made again. ``reason`` says why there are none.
    """

    analysis = models.OneToOneField(
        ModelAnalysis, primary_key=True, on_delete=models.CASCADE, related_name="projection"
    )
    progress = models.CharField(
        max_length=8, choices=[(p.value, p.value) for p in Progress], default=Progress.WAITING
    )
    handed_over_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    generation = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    answers = models.JSONField(default=list)

    class Meta:
        ordering = ["handed_over_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__in=[p.value for p in Progress]),
                name="model_projection_progress_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(progress="refused") | ~Q(reason=""),
                name="model_projection_refused_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["handed_over_at"], condition=Q(progress__in=["waiting", "fitting"]),
                name="model_projection_open",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"projections of analysis {self.analysis_id}, {self.progress}"
