"""Objections to published results: public from the first word, ended by a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse


class Objection(models.Model):
    """Somebody with an account says that a published result breaks a rule, and on what evidence.

    The result is named by its public id, so that the objection outlives a result that it removes. People are public
    as their organisation or as "an account", never by name.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        UPHELD = "upheld", "result upheld: it stands as published"
        CORRECTED = "corrected", "result corrected"
        MOVED_TO_OPEN = "moved-to-open", "result moved to the open division"
        REMOVED = "removed", "result removed"
        RETRACTED = "retracted", "objection taken back"

    result = models.CharField(max_length=220, help_text="public id of the run")
    rule_code = models.CharField(max_length=80)
    statement = models.TextField()
    evidence = models.TextField(help_text="file and line, address, or measurement that shows it")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="objections"
    )
    organisation = models.ForeignKey(
        "submissions.Organisation", null=True, on_delete=models.PROTECT, related_name="objections"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=14, choices=State, default=State.OPEN)
    decision = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="objections_decided"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "upheld", "corrected", "moved-to-open", "removed", "retracted"]),
                name="objection_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="objection_decided_has_a_date",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["result"], name="objection_by_result")]

    def __str__(self) -> str:
        return f"objection {self.pk} to {self.result}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:objection", args=[self.pk])


class ObjectionStatement(models.Model):
    """One public entry of the conversation about an objection. ``role``: objector, submitter, reviewer."""

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="statements")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "submissions.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=10)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.role}"
