"""Everything before publication: archives as they were submitted, submissions, and the log of what was done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Archive(models.Model):
    """One stored archive, addressed by the SHA-256 of its bytes. Archives never change."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size_bytes = models.BigIntegerField()
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="archive_sha256_is_hex"
            ),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="archive_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Submission(models.Model):
    """What one submitter hands in for one division of one round: an archive and what became of it.

    ``absent_files`` are files that the submission has but this copy of it left out. ``findings`` and ``runs`` hold
    the report in its public shape once the submission was checked.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "received"
        VALID = "valid", "checked, valid"
        INVALID = "invalid", "checked, invalid"
        UNREADABLE = "unreadable", "unreadable"
        PUBLISHED = "published", "published"

    round = models.CharField(max_length=8)
    division = models.CharField(max_length=8)
    submitter = models.CharField(max_length=120)
    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="submissions")
    absent_files = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    verdict = models.CharField(max_length=12, blank=True)
    findings = models.JSONField(default=list)
    runs = models.JSONField(default=list)
    publication = models.ForeignKey(
        "results.Publication", null=True, on_delete=models.SET_NULL, related_name="submissions"
    )
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "division", "submitter", "archive"], name="submission_once_per_archive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "valid", "invalid", "unreadable", "published"]),
                name="submission_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(division__in=["closed", "open"]), name="submission_division_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.division} {self.submitter}"


class Event(models.Model):
    """One step in the life of a submission. The database refuses to change or delete a row."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    detail = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
