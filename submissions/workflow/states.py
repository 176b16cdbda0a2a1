"""The life of a submission as one table: who may do what in which state, and where it leads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a submission stands. Reading and checking are the progress of its newest version, not states."""

    RECEIVED = "received"
    VALID = "valid"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    MARKED_INVALID = "marked-invalid"
    PUBLISHED = "published"
    CORRECTING = "correcting"
    WITHDRAWN = "withdrawn"


STATE_LABELS: Mapping[State, str] = MappingProxyType(
    {
        State.RECEIVED: "received, being checked",
        State.VALID: "checked, valid",
        State.INVALID: "checked, invalid",
        State.UNREADABLE: "unreadable",
        State.FAILED: "could not be checked",
        State.IN_REVIEW: "in review",
        State.RETURNED: "returned to the submitter",
        State.ACCEPTED: "accepted, waiting for publication",
        State.MARKED_INVALID: "marked invalid by a reviewer",
        State.PUBLISHED: "published",
        State.CORRECTING: "published, a correction is in review",
        State.WITHDRAWN: "withdrawn",
    }
)

VERDICT_STATES = frozenset({State.VALID, State.INVALID, State.UNREADABLE, State.FAILED})
"""What the check of a version can lead to, while nobody has handed the submission in."""


class Role(StrEnum):
    """What somebody is to one submission. A member of its organisation is never its reviewer."""

    ANONYMOUS = "anonymous"
    STRANGER = "stranger"
    VIEWER = "viewer"
    SUBMITTER = "submitter"
    OWNER = "owner"
    REVIEWER = "reviewer"
    STAFF = "staff"


class Action(StrEnum):
    """What somebody can do with a submission; the spelling is that of the API."""

    VIEW = "view"
    DOWNLOAD = "download"
    UPLOAD = "upload"
    EDIT = "edit"
    COMMENT = "comment"
    HAND_IN = "hand-in"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    ACCEPT = "accept"
    RETURN = "return"
    REQUEST_EVIDENCE = "request-evidence"
    MOVE_TO_OPEN = "move-to-open"
    MARK_INVALID = "mark-invalid"


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may take an action in which states. ``comment`` is true where a reason has to be given."""

    roles: frozenset[Role]
    states: frozenset[State]
    comment: bool = False


_MEMBERS = frozenset({Role.VIEWER, Role.SUBMITTER, Role.OWNER})
_SENDERS = frozenset({Role.SUBMITTER, Role.OWNER})
_REVIEWERS = frozenset({Role.REVIEWER, Role.STAFF})
_ALL = frozenset(State)
_UNDECIDED = frozenset(
    {State.RECEIVED, State.VALID, State.INVALID, State.UNREADABLE, State.FAILED, State.IN_REVIEW, State.RETURNED,
     State.MARKED_INVALID}
)  # fmt: skip
_UNDER_REVIEW = frozenset({State.IN_REVIEW, State.CORRECTING})

REVIEWABLE = frozenset(
    {State.IN_REVIEW, State.RETURNED, State.ACCEPTED, State.MARKED_INVALID, State.PUBLISHED, State.CORRECTING}
)
"""The states in which a reviewer sees a submission: before it is handed in it is its organisation's own."""

PUBLIC = frozenset({State.PUBLISHED, State.CORRECTING})
"""The states in which the published version, results and archive, is everybody's."""

_VIEW = Permission(_MEMBERS | {Role.STAFF}, _ALL)
_REVIEW = Permission(_REVIEWERS, REVIEWABLE)

PERMISSIONS: Mapping[Action, tuple[Permission, ...]] = MappingProxyType(
    {
        Action.VIEW: (_VIEW, Permission(frozenset({Role.REVIEWER}), REVIEWABLE)),
        Action.DOWNLOAD: (_VIEW, Permission(frozenset({Role.REVIEWER}), REVIEWABLE)),
        Action.UPLOAD: (Permission(_SENDERS, _UNDECIDED | {State.PUBLISHED}),),
        Action.EDIT: (Permission(_SENDERS, _ALL - {State.WITHDRAWN}, comment=True),),
        Action.COMMENT: (Permission(_SENDERS, _ALL, comment=True), Permission(_REVIEWERS, REVIEWABLE, comment=True)),
        Action.HAND_IN: (Permission(_SENDERS, frozenset({State.VALID, State.RETURNED, State.PUBLISHED})),),
        Action.WITHDRAW: (
            Permission(_SENDERS, _UNDECIDED | {State.ACCEPTED, State.PUBLISHED, State.CORRECTING}, comment=True),
        ),
        Action.PUBLISH: (Permission(_SENDERS, frozenset({State.VALID})),),
        Action.ACCEPT: (Permission(_REVIEWERS, _UNDER_REVIEW),),
        Action.RETURN: (Permission(_REVIEWERS, _UNDER_REVIEW | {State.ACCEPTED}, comment=True),),
        Action.REQUEST_EVIDENCE: (Permission(_REVIEWERS, frozenset({State.IN_REVIEW}), comment=True),),
        Action.MOVE_TO_OPEN: (Permission(_REVIEWERS, frozenset({State.IN_REVIEW}), comment=True),),
        Action.MARK_INVALID: (Permission(_REVIEWERS, frozenset({State.IN_REVIEW, State.ACCEPTED}), comment=True),),
    }
)  # fmt: skip
"""Everything that is not in this table is refused."""

_NEXT: Mapping[tuple[Action, State], State] = MappingProxyType(
    {
        (Action.HAND_IN, State.VALID): State.IN_REVIEW,
        (Action.HAND_IN, State.RETURNED): State.IN_REVIEW,
        (Action.HAND_IN, State.PUBLISHED): State.CORRECTING,
        (Action.PUBLISH, State.VALID): State.PUBLISHED,
        (Action.ACCEPT, State.IN_REVIEW): State.ACCEPTED,
        (Action.ACCEPT, State.CORRECTING): State.PUBLISHED,
        (Action.RETURN, State.IN_REVIEW): State.RETURNED,
        (Action.RETURN, State.ACCEPTED): State.RETURNED,
        (Action.RETURN, State.CORRECTING): State.PUBLISHED,
        (Action.REQUEST_EVIDENCE, State.IN_REVIEW): State.RETURNED,
        (Action.MARK_INVALID, State.IN_REVIEW): State.MARKED_INVALID,
        (Action.MARK_INVALID, State.ACCEPTED): State.MARKED_INVALID,
    }
)


def allowed(role: Role, action: Action, state: State) -> bool:
    """Whether ``role`` may take ``action`` in ``state``."""
    return any(role in entry.roles and state in entry.states for entry in PERMISSIONS[action])


def comment_needed(action: Action) -> bool:
    """Whether ``action`` is refused without a comment."""
    return any(entry.comment for entry in PERMISSIONS[action])


def next_state(action: Action, state: State) -> State:
    """Where ``action`` leads from ``state``; the same state for an action that moves nothing."""
    if action is Action.WITHDRAW:
        return State.WITHDRAWN
    if action is Action.UPLOAD:
        return state if state is State.PUBLISHED else State.RECEIVED
    return _NEXT.get((action, state), state)
