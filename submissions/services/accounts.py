"""Accounts: signing up, confirming the address, a forgotten password. No answer tells whether an address has one."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from submissions.models import Invitation, User

from .mail import queue_mail

UNCONFIRMED_FOR = timedelta(days=7)
ENDED_INVITATIONS_FOR = timedelta(days=30)


class _ConfirmationTokens(PasswordResetTokenGenerator):
    """Signed, bound to the password and the address, and worthless once the address is confirmed."""

    key_salt = "submissions.services.accounts.confirmation"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.email_confirmed_at}{user.is_active}"


confirmation_tokens = _ConfirmationTokens()


def sign_up(*, email: str, name: str, password: str, origin: str) -> None:
    """Make an unconfirmed account and mail the link that confirms it; tell the owner of an address that has one.

    An unconfirmed account takes over the newest name and password: whoever reads the mail decides, and the link
    works only together with the password. ``origin`` is the site's scheme and host.
    """
    email = email.strip().lower()
    hashed = make_password(password)  # in every case: the time it takes tells nothing
    with transaction.atomic():
        user = _reserve(email, name, hashed)
        if user.email_confirmed_at is not None:
            queue_mail(
                "account_exists", email, "you have an account already", name=user.name,
                log_in_url=origin + reverse("submissions:log-in"),
                reset_url=origin + reverse("submissions:password-reset"),
            )  # fmt: skip
            return
        User.objects.filter(pk=user.pk).update(name=name, password=hashed)
        user.refresh_from_db()
        path = reverse("submissions:confirm", args=[_uid(user), confirmation_tokens.make_token(user)])
        queue_mail("confirm", email, "confirm your e-mail address", name=name, url=origin + path)


def _reserve(email: str, name: str, hashed: str) -> User:
    """The account with that address, locked; a new one where there is none."""
    try:
        with transaction.atomic():
            User.objects.create(email=email, name=name, password=hashed)
    except IntegrityError:
        pass  # somebody has it, perhaps since a moment ago
    return User.objects.select_for_update().get(email=email)


def _uid(user: User) -> str:
    return urlsafe_base64_encode(force_bytes(user.pk))


def user_to_confirm(uidb64: str, token: str) -> User | None:
    """The account that this link would confirm; None for a link that is wrong, used or expired."""
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(uidb64))).first()
    except (ValueError, OverflowError):
        return None
    return user if user is not None and confirmation_tokens.check_token(user, token) else None


def confirm(user: User, password: str) -> bool:
    """Make the account active if this is its password: the link proves the mailbox, the password who signed up."""
    if not user.check_password(password):
        return False
    now = timezone.now()
    confirmed = User.objects.filter(pk=user.pk, email_confirmed_at=None, deleted_at=None).update(
        is_active=True, email_confirmed_at=now
    )
    user.refresh_from_db()
    return confirmed == 1


def send_password_reset(email: str, origin: str) -> None:
    """Mail a link for a new password to an active account; nothing for an address without one."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    path = reverse(
        "submissions:password-reset-confirm", args=[_uid(user), default_token_generator.make_token(user)]
    )
    queue_mail("password_reset", user.email, "set a new password", name=user.name, url=origin + path)


def tell_password_changed(user: User, origin: str) -> None:
    """Mail the owner that the password was changed, in case it was somebody else."""
    queue_mail(
        "password_changed", user.email, "your password was changed", name=user.name,
        reset_url=origin + reverse("submissions:password-reset"),
    )  # fmt: skip


def rename(user: User, name: str) -> None:
    """Change the name that members of one's organisations and reviewers see."""
    user.name = name
    user.save(update_fields=["name"])


def set_role(email: str, role: str, *, given: bool) -> User:
    """Give or take the position ``reviewer`` or ``staff``. Raises User.DoesNotExist without a confirmed account."""
    user = User.objects.get(email=email.strip().lower(), is_active=True)
    column = {"reviewer": "is_reviewer", "staff": "is_staff"}[role]
    setattr(user, column, given)
    user.save(update_fields=[column])
    return user


def tidy() -> None:
    """Delete what no longer has a purpose: unconfirmed accounts, ended invitations, expired sessions."""
    now = timezone.now()
    User.objects.filter(
        email_confirmed_at=None, is_active=False, deleted_at=None, created_at__lt=now - UNCONFIRMED_FOR
    ).delete()
    ended = now - ENDED_INVITATIONS_FOR
    Invitation.objects.filter(
        Q(expires_at__lt=ended) | Q(accepted_at__lt=ended) | Q(revoked_at__lt=ended)
    ).delete()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
