"""Model files that somebody had analysed: the facts, for a limited time; the file itself is gone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

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
