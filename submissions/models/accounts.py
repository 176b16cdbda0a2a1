"""People and the organisations for which they submit: accounts, memberships, invitations, API tokens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Accounts are found by e-mail address, whatever its case."""

    def create_user(self, email: str, password: str | None = None, **columns: Any) -> User:
        """A new account; without a password nobody can log in until one is set by e-mail."""
        user = self.model(email=email.strip().lower(), **columns)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser):
    """An account. It is inactive until its e-mail address is confirmed, and again once it was deleted.

    A reviewer judges submissions of organisations that they are no member of; staff also open calls and see
    everything. A deleted account keeps its row, emptied of everything personal, so that the event log stays whole.
    """

    email = models.EmailField(max_length=254, unique=True, help_text="in lower case")
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=False)
    is_reviewer = models.BooleanField(default=False)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    email_confirmed_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(is_active=False), name="user_deleted_is_inactive"
            ),
        ]

    def __str__(self) -> str:
        return self.name or "deleted account"


class Organisation(models.Model):
    """Who hands in results. ``submitter`` is set by staff once they know that the organisation speaks for it."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    submitter = models.ForeignKey(
        "results.Submitter", null=True, on_delete=models.PROTECT, related_name="organisations"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="organisation_once_per_name")]

    def __str__(self) -> str:
        return self.name


class OrganisationRole(models.TextChoices):
    """Viewers read, submitters also send and withdraw, owners also manage members."""

    VIEWER = "viewer", "viewer"
    SUBMITTER = "submitter", "submitter"
    OWNER = "owner", "owner"


class Membership(models.Model):
    """One account in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=OrganisationRole)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once"),
            models.CheckConstraint(
                condition=Q(role__in=OrganisationRole.values), name="membership_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} of {self.organisation}"


class Invitation(models.Model):
    """An offer to join an organisation, sent to one address. Only the hash of its secret is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=OrganisationRole)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=OrganisationRole.values), name="invitation_role_is_known"
            ),
            models.UniqueConstraint(
                "organisation", Lower("email"), name="invitation_once_while_open",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.email} to {self.organisation}"


class ApiToken(models.Model):
    """A named key for the API. The secret is shown once; its SHA-256 is kept, which its 256 random bits allow."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="first characters of the secret, to tell tokens apart")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
