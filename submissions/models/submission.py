"""Everything before publication: archives as they were submitted, submissions and their versions, one-off checks,
the conversation about a submission, and the log of what was done."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from submissions.workflow.states import STATE_LABELS, State

PUBLIC_ID_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter or digit that is mistaken for another when read aloud."""


def new_public_id() -> str:
    """12 random characters (59 bits): an address that cannot be guessed from another."""
    return "".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(12))


def new_check_id() -> str:
    """24 random characters (118 bits): who knows the address of a check may read it."""
    return "".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(24))


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


class Progress(models.TextChoices):
    """How far the reading and checking of some files has come. DONE and FAILED are final."""

    QUEUED = "queued", "queued"
    READING = "reading", "reading"
    CHECKING = "checking", "checking"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Checked(models.Model):
    """Files that are read and checked in the background. ``findings`` and ``runs`` have the public shape of a report.

    ``failure`` says, in words for the sender, why there is no report although nothing was wrong with the files.
    A check is claimed by a conditional update of ``progress``, ``claimed_at`` and ``attempts``.
    """

    progress = models.CharField(max_length=8, choices=Progress, default=Progress.QUEUED)
    verdict = models.CharField(max_length=12, blank=True, help_text="valid, invalid or unreadable")
    findings = models.JSONField(default=list)
    runs = models.JSONField(default=list)
    failure = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__in=Progress.values), name="%(class)s_progress_is_known"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "valid", "invalid", "unreadable"]), name="%(class)s_verdict_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(progress="done") & ~Q(verdict="")) | (~Q(progress="done") & Q(verdict="")),
                name="%(class)s_has_a_verdict_when_done",
            ),
        ]  # fmt: skip
        indexes = [
            # The sweep reads only what is open; most rows are done.
            models.Index(
                fields=["claimed_at"], name="%(class)s_open", condition=Q(progress__in=["queued", "reading", "checking"])
            ),
        ]  # fmt: skip


class Call(models.Model):
    """A round that takes submissions: from ``opens_at`` to ``closes_at``; all it accepted appears at ``publishes_at``."""

    round = models.ForeignKey("results.Round", on_delete=models.PROTECT, related_name="calls")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    publishes_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True, help_text="why the last attempt to publish it failed")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=models.F("closes_at"), closes_at__lte=models.F("publishes_at")),
                name="call_opens_closes_publishes",
            ),
            models.UniqueConstraint(
                fields=["round"], name="call_one_open_per_round", condition=Q(published_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}, publication {self.publishes_at:%Y-%m-%d %H:%M}"


class CallEvent(models.Model):
    """One step in the life of a call: opened, dates changed, published, failed. The database keeps it as it is."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    detail = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class Submission(models.Model):
    """What one submitter hands in for one round, or one self-reported result: its versions and what became of it.

    An import has no organisation and one division; an upload may hold both divisions and then has none. ``submitter``
    is the folder name in the archive, empty until it was read. ``moved_to_open`` holds the keys of the runs that a
    reviewer moved from closed to open. ``metadata`` is what may be edited and is no evidence (title, contact, notes).
    """

    class Kind(models.TextChoices):
        IMPORT = "import", "imported round"
        ROUND = "round", "round"
        SELF_REPORTED = "self-reported", "self-reported"

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    kind = models.CharField(max_length=14, choices=Kind)
    organisation = models.ForeignKey(
        "submissions.Organisation", null=True, on_delete=models.PROTECT, related_name="submissions"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="submissions"
    )
    call = models.ForeignKey(Call, null=True, on_delete=models.PROTECT, related_name="submissions")
    round = models.CharField(max_length=8)
    division = models.CharField(max_length=8, blank=True)
    submitter = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=16, choices=[(state.value, label) for state, label in STATE_LABELS.items()], default=State.RECEIVED.value
    )  # fmt: skip
    metadata = models.JSONField(default=dict)
    moved_to_open = models.JSONField(default=list)
    current_version = models.ForeignKey("Version", null=True, on_delete=models.PROTECT, related_name="+")
    published_version = models.ForeignKey("Version", null=True, on_delete=models.PROTECT, related_name="+")
    publications = models.ManyToManyField("results.Publication", related_name="submissions")
    received_at = models.DateTimeField(auto_now_add=True)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="submission_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(division__in=["", "closed", "open"]), name="submission_division_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="import", organisation__isnull=True, call__isnull=True)
                | Q(kind="round", organisation__isnull=False, call__isnull=False)
                | Q(kind="self-reported", organisation__isnull=False, call__isnull=True),
                name="submission_kind_has_its_columns",
            ),
            models.UniqueConstraint(
                fields=["round", "division", "submitter"], name="submission_import_once", condition=Q(kind="import")
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "handed_in_at"], name="submission_by_state")]

    def __str__(self) -> str:
        return " ".join(
            part for part in (self.round, self.division, self.submitter or self.public_id) if part
        )

    def get_absolute_url(self) -> str:
        return reverse("submissions:submission", args=[self.public_id])


class Version(Checked):
    """One archive of a submission, in the order in which they came. Versions are never deleted.

    ``absent_files`` are files that the submission has but this copy of it left out (imports only).
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="versions")
    filename = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True, help_text="what changed, in the sender's words")
    absent_files = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="versions"
    )
    idempotency_key = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Checked.Meta):
        ordering = ["submission", "number"]
        constraints = [
            *Checked.Meta.constraints,
            models.UniqueConstraint(fields=["submission", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["submission", "archive"], name="version_once_per_archive"),
            models.UniqueConstraint(
                fields=["uploaded_by", "idempotency_key"], name="version_once_per_idempotency_key",
                condition=~Q(idempotency_key=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.submission}, version {self.number}"


class Reading(models.Model):
    """What the check understood of a version, kept so that publishing reads no archive: records, findings, excerpts.

    ``content`` is the wire form of submissions.checking.wire; it is derived and can be made again from the archive.
    """

    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.CASCADE, related_name="reading"
    )
    content = models.JSONField()

    def __str__(self) -> str:
        return f"reading of {self.version_id}"


class Check(Checked):
    """A check without an account: the report can be read by whoever has its address, until it expires.

    ``excerpts`` is the wire form of the report's excerpts: [[place, lines], …].
    """

    id = models.CharField(primary_key=True, max_length=24, default=new_check_id)
    round = models.CharField(max_length=8)
    division = models.CharField(max_length=8, blank=True)
    filename = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    excerpts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta(Checked.Meta):
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"check {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:check", args=[self.id])


class Message(models.Model):
    """One entry of the conversation between a submission's organisation and its reviewers."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="messages")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    role = models.CharField(max_length=10, help_text="what the author was to the submission when writing")
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.role}"


class Event(models.Model):
    """One step in the life of a submission. The database refuses to change or delete a row.

    ``actor`` is None for what the site did by itself. States are empty where the step moved none.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="events"
    )
    role = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=20)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16, blank=True)
    detail = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
