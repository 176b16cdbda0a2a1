"""Notify: whoever has to know of a step in the life of a submission gets a plain e-mail, once it has committed."""

from __future__ import annotations

from django.conf import settings

from submissions.models import Event, OrganisationRole, Submission, User
from submissions.workflow.states import STATE_LABELS, Action, State

from .mail import queue_mail

SUBJECTS = {
    Action.HAND_IN.value: "handed in for review",
    Action.RETURN.value: "returned by a reviewer",
    Action.REQUEST_EVIDENCE.value: "a reviewer asks for evidence",
    Action.MOVE_TO_OPEN.value: "runs moved to the open division",
    Action.MARK_INVALID.value: "marked invalid by a reviewer",
    Action.ACCEPT.value: "accepted",
    Action.PUBLISH.value: "published",
    "published": "published",
}
"""The steps that are told by e-mail; all others can be read on the page of the submission."""


def tell(event: Event) -> None:
    """Send the e-mails of ``event`` after the transaction has committed; a mail server that fails stops nothing."""
    if event.kind not in SUBJECTS:
        return
    submission = event.submission
    for address in recipients(submission, event):  # one mail each: nobody learns the addresses of the others
        queue_mail(
            "submission_step", address, f"submission {submission.public_id} {SUBJECTS[event.kind]}",
            submission=submission, event=event, what=SUBJECTS[event.kind],
            state=STATE_LABELS[State(submission.state)],
            address=f"{settings.SITE_ORIGIN or ''}{submission.get_absolute_url()}",
        )  # fmt: skip


def recipients(submission: Submission, event: Event) -> list[str]:
    """Those who send for the organisation; at a hand-in also the reviewers who may decide. Never who did the step."""
    senders = User.objects.filter(
        memberships__organisation=submission.organisation_id,
        memberships__role__in=[OrganisationRole.SUBMITTER, OrganisationRole.OWNER],
    )
    found = senders
    if event.kind == Action.HAND_IN.value:
        members = User.objects.filter(memberships__organisation=submission.organisation_id).values("pk")
        parties = submission.versions.exclude(uploaded_by=None).values("uploaded_by")
        reviewers = User.objects.filter(is_reviewer=True).exclude(pk__in=members).exclude(pk__in=parties)
        found = User.objects.filter(pk__in=senders.values("pk")) | User.objects.filter(
            pk__in=reviewers.values("pk")
        )
    active = found.filter(is_active=True).exclude(pk=event.actor_id)
    return sorted(set(active.values_list("email", flat=True)))
