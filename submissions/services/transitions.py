"""Transitions: the one way in which a person moves a submission from one state to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from submissions.models import Event, Message, Progress, Submission, User
from submissions.workflow.states import STATE_LABELS, Action, Role, State, allowed, comment_needed, next_state

from . import notify, publish
from .access import role_of

Kind = Submission.Kind


class NotAllowed(Exception):
    """The action is refused; the message says why and what would have to be so. Nothing has changed."""


class NotVisible(NotAllowed):
    """Whoever asks may not even know that the submission exists: to be answered like an unknown address."""


@dataclass(frozen=True, slots=True)
class Step:
    """An action that was found to be allowed, on a locked row."""

    submission: Submission
    action: Action
    actor: User
    role: Role
    state: State
    comment: str
    data: Mapping[str, Any]


def begin(
    submission: Submission, action: Action, actor: User, *, comment: str = "", data: Mapping[str, Any] | None = None
) -> Step:  # fmt: skip
    """Lock ``submission`` and make sure that ``actor`` may take ``action`` now. To be called in a transaction.

    Raises NotVisible or NotAllowed.
    """
    row = Submission.objects.select_for_update().get(pk=submission.pk)
    role, state = role_of(actor, row), State(row.state)
    if not allowed(role, Action.VIEW, state):
        raise NotVisible("there is no such submission")
    if not allowed(role, action, state):
        raise NotAllowed(_why_not(role, action, state))
    if comment_needed(action) and not comment.strip():
        raise NotAllowed(f"{action}: say why in the comment; it is kept with the submission")
    return Step(row, action, actor, role, state, comment.strip(), data or {})


def finish(
    step: Step, *, to: State | None = None, detail: str = "", data: Mapping[str, Any] | None = None
) -> Event:
    """Move the submission of ``step`` to where its action leads and write the log."""
    row, reached = step.submission, to or next_state(step.action, step.state)
    if reached is not step.state:
        row.state = reached
    row.save()
    if step.comment and step.action is not Action.EDIT:
        Message.objects.create(
            submission=row, version=row.current_version, author=step.actor, role=step.role, body=step.comment
        )
    moved = reached is not step.state
    return Event.objects.create(
        submission=row, version=row.current_version, actor=step.actor, role=step.role, kind=step.action,
        from_state=step.state if moved else "", to_state=reached if moved else "",
        detail=detail or step.comment, data=dict(data or {}),
    )  # fmt: skip


@transaction.atomic
def perform(
    submission: Submission, action: Action, actor: User, *, comment: str = "", data: Mapping[str, Any] | None = None
) -> Event:  # fmt: skip
    """Take ``action`` on ``submission`` as ``actor`` and return the event that was logged.

    For hand-in, withdraw, publish, comment, accept, return, request-evidence, move-to-open and mark-invalid; sending
    a version is submissions.services.intake, editing submissions.services.metadata. ``data`` of move-to-open may hold
    ``runs``, the keys of the closed runs to move; all of them when it is left out. That of any action may hold
    ``version``, the number of the version that the actor has seen: when another has come in since, nothing is done.
    Raises NotVisible, NotAllowed.
    """
    if action not in _EFFECTS:
        raise NotAllowed(f"{action} is not taken this way")
    step = begin(submission, action, actor, comment=comment, data=data)
    _is_the_version_seen(step)
    try:
        logged = _EFFECTS[action](step)
    except publish.CannotPublish as problem:
        raise NotAllowed(str(problem)) from problem
    event = finish(step, data=logged)
    notify.tell(event)
    submission.refresh_from_db()
    return event


def _is_the_version_seen(step: Step) -> None:
    seen, version = step.data.get("version"), step.submission.current_version
    if seen is not None and version is not None and seen != version.number:
        raise NotAllowed(
            f"version {version.number} has come in since you looked at version {seen}; look at it first"
        )


def _nothing(step: Step) -> Mapping[str, Any]:
    return {}


def _hand_in(step: Step) -> Mapping[str, Any]:
    row, version = step.submission, step.submission.current_version
    if row.kind != Kind.ROUND:
        raise NotAllowed(
            "only a submission to a round is reviewed; a self-reported result is published at once"
        )
    if version is None or version.progress != Progress.DONE or version.verdict != "valid":
        raise NotAllowed("the newest version has not been found valid; send a version that is")
    if step.state is State.PUBLISHED:
        if version.pk == row.published_version_id:
            raise NotAllowed("the newest version is the published one; send a corrected version first")
    else:
        _within_the_call(row)
    publish.make_sure(row)
    row.handed_in_at = timezone.now()
    return {"version": version.number}


def _within_the_call(row: Submission) -> None:
    """A first hand-in has to come before the call closes, an answer to the reviewers before it is published."""
    assert row.call is not None  # a constraint of the table
    limit = row.call.publishes_at if row.handed_in_at else row.call.closes_at
    if timezone.now() >= limit or row.call.published_at is not None:
        raise NotAllowed(f"the call for {row.round} closed on {limit:%Y-%m-%d %H:%M} UTC")


def _publish_at_once(step: Step) -> Mapping[str, Any]:
    if step.submission.kind != Kind.SELF_REPORTED:
        raise NotAllowed("a submission to a round is published with its round")
    return {"runs": publish.publish_site(step.submission)}


def _accept(step: Step) -> Mapping[str, Any]:
    version = step.submission.current_version
    assert version is not None
    if step.state is State.CORRECTING:
        return {"version": version.number, "runs": publish.publish_site(step.submission)}
    publish.make_sure(step.submission)
    return {"version": version.number}


def _move_to_open(step: Step) -> Mapping[str, Any]:
    version = step.submission.current_version
    assert version is not None
    closed = publish.closed_run_keys(version)
    asked = list(step.data.get("runs") or closed)
    unknown = [key for key in asked if key not in closed]
    if unknown or not asked:
        known = ", ".join(closed) or "none"
        raise NotAllowed(f"no closed run {', '.join(map(str, unknown))}: the closed runs are {known}")
    step.submission.moved_to_open = sorted({*step.submission.moved_to_open, *asked})
    step.submission.save(update_fields=["moved_to_open"])
    publish.make_sure(step.submission)
    return {"runs": asked}


def _withdraw(step: Step) -> Mapping[str, Any]:
    if step.state in (State.PUBLISHED, State.CORRECTING):
        return {"runs": publish.withdraw_site(step.submission, reason=step.comment)}
    return {}


_EFFECTS: Mapping[Action, Callable[[Step], Mapping[str, Any]]] = {
    Action.HAND_IN: _hand_in,
    Action.PUBLISH: _publish_at_once,
    Action.WITHDRAW: _withdraw,
    Action.COMMENT: _nothing,
    Action.ACCEPT: _accept,
    Action.RETURN: _nothing,
    Action.REQUEST_EVIDENCE: _nothing,
    Action.MOVE_TO_OPEN: _move_to_open,
    Action.MARK_INVALID: _nothing,
}


def _why_not(role: Role, action: Action, state: State) -> str:
    if any(allowed(role, action, other) for other in State):
        return f"{action} is not possible while the submission is {STATE_LABELS[state]}"
    return f"{action} is not for the {role} of a submission"
