"""Who may see and do what: the one place where a person and a submission become a role."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from submissions.models import Membership, Submission, User
from submissions.workflow.states import REVIEWABLE, Action, Role, State, allowed

Visitor = User | AnonymousUser | None


def role_of(user: Visitor, submission: Submission) -> Role:
    """What ``user`` is to ``submission``.

    Membership goes first: whoever belongs to the organisation, or has sent one of its versions, is never its
    reviewer, whatever rights they have elsewhere.
    """
    if not isinstance(user, User) or not user.is_active:
        return Role.ANONYMOUS
    member = Membership.objects.filter(user=user, organisation=submission.organisation_id).first()
    if member is not None:
        return Role(member.role)
    if submission.created_by_id == user.pk or submission.versions.filter(uploaded_by=user).exists():
        return Role.STRANGER
    if user.is_staff:
        return Role.STAFF
    return Role.REVIEWER if user.is_reviewer else Role.STRANGER


def may(user: Visitor, submission: Submission, action: Action) -> bool:
    """Whether ``user`` may take ``action`` now, by role and state."""
    return allowed(role_of(user, submission), action, State(submission.state))


def visible_to(user: Visitor) -> QuerySet[Submission]:
    """The submissions that ``user`` may see. The same answer as ``may(user, …, Action.VIEW)`` for each."""
    if not isinstance(user, User) or not user.is_active:
        return Submission.objects.none()
    own = Q(organisation__memberships__user=user)
    party = Q(created_by=user) | Q(versions__uploaded_by=user)
    if user.is_staff:
        seen = own | ~Q(pk__in=Submission.objects.filter(party).values("pk"))
    elif user.is_reviewer:
        seen = own | (Q(state__in=REVIEWABLE) & ~Q(pk__in=Submission.objects.filter(party).values("pk")))
    else:
        seen = own
    return Submission.objects.filter(seen).distinct()


def get_visible(user: Visitor, public_id: str) -> Submission:
    """The submission with that public id if ``user`` may see it; Submission.DoesNotExist either way if not."""
    return visible_to(user).select_related("organisation", "call", "current_version").get(public_id=public_id)
