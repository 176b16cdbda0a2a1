"""Who may see and do what: the one place where a person and a submission become a role."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from results.models import Run
from submissions.models import Membership, Submission, User, Version
from submissions.workflow.states import PUBLIC, REVIEWABLE, Action, Role, State, allowed

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


def may_review(user: object) -> bool:
    """Whether ``user`` reviews submissions at all; which of them is asked of :func:`role_of`."""
    return isinstance(user, User) and user.is_active and (user.is_reviewer or user.is_staff)


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


def public_version(result: str) -> Version:
    """The version whose archive anybody may download as the evidence of ``result``, a public id.

    It is the published version of an upload while that result stands as published: not a later version, and none for
    a result that was withdrawn, removed or moved. Version.DoesNotExist otherwise.
    """
    published = Q(
        publications__systems__runs__public_id=result,
        publications__systems__runs__status=Run.Status.PUBLISHED,
    )
    submissions = Submission.objects.filter(published, state__in=PUBLIC).exclude(kind=Submission.Kind.IMPORT)
    return Version.objects.select_related("submission").get(pk__in=submissions.values("published_version"))


def get_visible(user: Visitor, public_id: str) -> Submission:
    """The submission with that public id if ``user`` may see it; Submission.DoesNotExist either way if not."""
    return visible_to(user).select_related("organisation", "call", "current_version").get(public_id=public_id)
