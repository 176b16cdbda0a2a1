"""API tokens: made, found by their secret, taken back. The secret is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from submissions.models import ApiToken, User

SECRET_PREFIX = "tiny_"
"""Lets a scanner for leaked secrets, and a person, recognise one."""
SHOWN_CHARACTERS = 12
DEFAULT_DAYS = 90
LONGEST_DAYS = 365
MOST_LIVE_TOKENS = 20
USE_IS_WRITTEN_EVERY = timedelta(minutes=1)


class TokenRefused(ValueError):
    """The token cannot be made; the message says why, in words for its owner."""


def secret_hash(secret: str) -> str:
    """SHA-256 in hexadecimal: enough for a secret of 256 random bits, which nobody can guess from a list."""
    return hashlib.sha256(secret.encode()).hexdigest()


def live_tokens(user: User) -> QuerySet[ApiToken]:
    """Tokens of ``user`` that open the API now."""
    return user.api_tokens.filter(revoked_at=None, expires_at__gt=timezone.now())


@transaction.atomic
def create_token(user: User, *, name: str, days: int = DEFAULT_DAYS) -> tuple[ApiToken, str]:
    """A new token that expires in ``days`` days (1…365), and its secret, which cannot be had again.

    Raises TokenRefused: another live token has this name (a form that was sent twice makes one token), or there are
    too many of them.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenRefused(f"A token lives from 1 to {LONGEST_DAYS} days.")
    User.objects.select_for_update().get(pk=user.pk)
    live = live_tokens(user)
    if live.filter(name__iexact=name).exists():
        raise TokenRefused(
            f"You have a token named “{name}” already. Choose another name, or revoke that one."
        )
    if live.count() >= MOST_LIVE_TOKENS:
        raise TokenRefused(f"You have {MOST_LIVE_TOKENS} tokens. Revoke one that is not used any more.")
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:SHOWN_CHARACTERS],
        token_sha256=secret_hash(secret),
        expires_at=timezone.now() + timedelta(days=days),
    )
    return token, secret


def revoke_token(user: User, token_id: int) -> ApiToken:
    """Take back a token of ``user``; nothing happens to one that is revoked already. Raises ApiToken.DoesNotExist."""
    token = user.api_tokens.get(pk=token_id)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
    return token


def token_of(secret: str) -> ApiToken | None:
    """The live token with this secret and an active account, with its user; its use is noted once a minute."""
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(token_sha256=secret_hash(secret), revoked_at=None, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if token is not None:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_WRITTEN_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token
