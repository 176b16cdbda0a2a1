"""The public history of results: what changed after publication, and who measured the same again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ResultChange(models.Model):
    """One public step in the life of a result. The database refuses to change or delete a row.

    The result is named by its public id, so that its history outlives it. ``actor`` is a part somebody played
    (submitter, reviewer, objector, site) or an organisation's name, never a person. ``data`` holds old and new values:
    ``{"values": [[metric, old printed or null, new printed or null], …]}``.
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published", "published"
        CORRECTED = "corrected", "corrected"
        MOVED_TO_OPEN = "moved-to-open", "moved to the open division"
        REMOVED = "removed", "removed"
        WITHDRAWN = "withdrawn", "withdrawn by its submitter"
        OBJECTED = "objected", "objection opened"
        UPHELD = "upheld", "objection decided: the result stands"
        RETRACTED = "retracted", "objection taken back"
        REPRODUCED = "reproduced", "reproduced"

    result = models.CharField(max_length=220, help_text="public id of the run")
    benchmark = models.CharField(max_length=16)
    round = models.CharField(max_length=8)
    kind = models.CharField(max_length=14, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=120)
    text = models.TextField(help_text="what happened, in neutral words")
    rule_code = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=300, blank=True, help_text="path of the page that says more")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "published", "corrected", "moved-to-open", "removed", "withdrawn", "objected", "upheld",
                        "retracted", "reproduced",
                    ]
                ),
                name="result_change_kind_is_known",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["result", "id"], name="result_change_by_result")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.result}"


class Reproduction(models.Model):
    """A result that another submitter measured to see whether it comes out again. Both are published."""

    original = models.ForeignKey("Run", on_delete=models.CASCADE, related_name="reproductions")
    reproduction = models.ForeignKey("Run", on_delete=models.CASCADE, related_name="reproduces")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["original", "reproduction"], name="reproduction_once"),
            models.CheckConstraint(
                condition=~Q(original=models.F("reproduction")), name="reproduction_is_another_run"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reproduction_id} reproduces {self.original_id}"
