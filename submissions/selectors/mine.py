"""The submissions of the organisations that somebody belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from submissions.models import Membership, Organisation, OrganisationRole, Submission, User

from .submission import next_step


@dataclass(frozen=True, slots=True)
class Own:
    """One organisation of the reader, with their role in it and its submissions, the newest first."""

    organisation: Organisation
    role: str
    submissions: list[tuple[Submission, str]]
    """Each with what happens next."""


def mine(user: User) -> list[Own]:
    """Every organisation of ``user`` by name, those without submissions too. Two queries."""
    memberships = (
        Membership.objects.filter(user=user).select_related("organisation").order_by("organisation__name")
    )
    rows: dict[int, list[tuple[Submission, str]]] = {}
    found = Submission.objects.filter(organisation__memberships__user=user).select_related(
        "current_version", "call"
    )
    for submission in found.order_by("-pk"):
        rows.setdefault(submission.organisation_id or 0, []).append((submission, next_step(submission)))
    return [Own(m.organisation, m.role, rows.get(m.organisation_id, [])) for m in memberships]


def sending_for(user: User) -> list[Organisation]:
    """The organisations for which ``user`` may hand in, by name."""
    return list(
        Organisation.objects.filter(
            memberships__user=user, memberships__role__in=[OrganisationRole.SUBMITTER, OrganisationRole.OWNER]
        ).order_by("name")
    )
