"""What an account may ask of its own data: a copy of everything, and that it is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from submissions.models import (
    Event,
    Invitation,
    Membership,
    Objection,
    ObjectionStatement,
    Organisation,
    User,
)

from .organisations import end_membership, is_last_owner


class HandOverFirst(ValueError):
    """The account is the only owner of organisations that have other members; the message names them."""


def personal_data(user: User) -> dict[str, Any]:
    """Everything that the site keeps about an account, ready to be written as JSON; secrets are not among it."""
    return {
        "account": _row(user, "email", "name", "is_active", "is_reviewer", "is_staff", "created_at",
                        "email_confirmed_at", "last_login"),
        "memberships": _rows(user.memberships, "organisation__slug", "organisation__name", "role", "since"),
        "invitations_received": _rows(Invitation.objects.filter(email__iexact=user.email),
                                      "organisation__name", "role", "created_at", "expires_at", "accepted_at"),
        "invitations_sent": _rows(user.invitations_sent, "email", "organisation__name", "role", "created_at",
                                  "accepted_at", "revoked_at"),
        "api_tokens": _rows(user.api_tokens, "name", "prefix", "created_at", "expires_at", "revoked_at", "last_used_at"),
        "submissions": _rows(user.submissions, "public_id", "kind", "round", "state", "metadata", "received_at"),
        "versions": _rows(user.versions, "submission__public_id", "number", "filename", "note", "archive__sha256",
                          "created_at"),
        "messages": _rows(user.messages, "submission__public_id", "role", "body", "at"),
        "objections": _rows(user.objections, "id", "result", "rule_code", "statement", "evidence", "state", "opened_at"),
        "objection_statements": _rows(ObjectionStatement.objects.filter(author=user), "objection_id", "role", "body", "at"),
        "objections_decided": _rows(Objection.objects.filter(decided_by=user), "id", "state", "decision", "decided_at"),
        "model_analyses": _rows(user.model_analyses, "id", "filename", "sha256", "size_bytes", "created_at", "expires_at"),
        "events": _rows(Event.objects.filter(actor=user), "submission__public_id", "kind", "from_state", "to_state",
                        "detail", "at"),
    }  # fmt: skip


def _row(user: User, *columns: str) -> dict[str, Any]:
    return {column: getattr(user, column) for column in columns}


def _rows(rows: QuerySet[Any], *columns: str) -> list[dict[str, Any]]:
    return [
        {name.replace("__", "_"): value for name, value in row.items()}
        for row in rows.order_by("pk").values(*columns)
    ]


@transaction.atomic
def delete_account(user: User) -> None:
    """Empty the account of everything personal; the row stays, so that logs and published results stay whole.

    Raises HandOverFirst for the last owner of an organisation with other members. An organisation without other
    members is deleted when it has handed in nothing, else kept without members: its published results stay.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    organisations = Organisation.objects.select_for_update().filter(memberships__user=user).order_by("pk")
    _refuse_orphans(
        membership for membership in user.memberships.filter(organisation__in=list(organisations))
    )
    for membership in user.memberships.select_related("organisation"):
        organisation = membership.organisation
        end_membership(membership)
        if not organisation.memberships.exists() and not _has_history(organisation):
            organisation.delete()
    Invitation.objects.filter(email__iexact=user.email).delete()
    user.invitations_sent.filter(accepted_at=None, revoked_at=None).update(revoked_at=timezone.now())
    user.api_tokens.all().delete()
    user.model_analyses.all().delete()
    user.email = f"deleted-{user.pk}@deleted.invalid"
    user.name = ""
    user.is_active = user.is_reviewer = user.is_staff = False
    user.last_login = None
    user.deleted_at = timezone.now()
    user.set_unusable_password()  # ends every session: each carries a digest of the password
    user.save()


def _refuse_orphans(memberships: Iterable[Membership]) -> None:
    names = [
        membership.organisation.name
        for membership in memberships
        if is_last_owner(membership) and membership.organisation.memberships.count() > 1
    ]
    if names:
        raise HandOverFirst(
            f"You are the only owner of {', '.join(names)}. Make another member owner, or remove the other members, first."
        )


def _has_history(organisation: Organisation) -> bool:
    return (
        organisation.submitter_id is not None
        or organisation.submissions.exists()
        or organisation.objections.exists()
        or ObjectionStatement.objects.filter(organisation=organisation).exists()
    )
