"""One submission as its page shows it: where it stands, who has the ball, what the reader may do now."""

from __future__ import annotations

from dataclasses import dataclass

from results.models import NextMeasurement, Run
from results.selectors.projections import next_on_devices
from submissions.models import Event, Message, Submission, Version
from submissions.services.access import Visitor, may_review, role_of
from submissions.services.publish import closed_run_keys
from submissions.workflow.states import STATE_LABELS, Action, Role, State, allowed, comment_needed

Kind = Submission.Kind

NEXT_STEPS = {
    State.RECEIVED: "The newest version is being read and checked; nobody has to do anything.",
    State.VALID: "Its submitter can hand it in for review.",
    State.INVALID: "Its submitter mends what the report finds and sends a new version.",
    State.UNREADABLE: "Its submitter sends a version that can be read; the report says what was wrong.",
    State.FAILED: "The site could not check it; its submitter sends the same archive again.",
    State.IN_REVIEW: "A reviewer decides.",
    State.RETURNED: "Its submitter answers the reviewer, with a new version where one is needed, and hands it in again.",
    State.ACCEPTED: "It appears with all others of its round at the moment of publication; until then nobody else sees it.",
    State.MARKED_INVALID: "A reviewer marked it invalid; its submitter can send a new version.",
    State.PUBLISHED: "It is public. Its submitter can send a corrected version, or withdraw it.",
    State.CORRECTING: "It is public as it was; a reviewer decides on the corrected version.",
    State.WITHDRAWN: "It was taken back; nothing follows.",
}
_HANDED_IN = {State.IN_REVIEW, State.CORRECTING, State.RETURNED, State.MARKED_INVALID}
ACTION_LABELS = {
    Action.HAND_IN: "Hand in for review", Action.WITHDRAW: "Withdraw", Action.PUBLISH: "Publish, not reviewed",
    Action.COMMENT: "Send message", Action.ACCEPT: "Accept", Action.RETURN: "Return to the submitter",
    Action.REQUEST_EVIDENCE: "Ask for evidence", Action.MOVE_TO_OPEN: "Move runs to the open division",
    Action.MARK_INVALID: "Mark invalid",
}  # fmt: skip
"""The actions that are taken with a form of their own, in the order of the page."""
DEEDS = {
    "received": "Sent", "sent-again": "Sent again, the same bytes", "upload": "New version sent", "checked": "Checked", "published": "Published",
    Action.EDIT: "Text edited", Action.COMMENT: "Message written", Action.HAND_IN: "Handed in",
    Action.WITHDRAW: "Withdrawn", Action.PUBLISH: "Published at once", Action.ACCEPT: "Accepted",
    Action.RETURN: "Returned", Action.REQUEST_EVIDENCE: "Evidence asked for",
    Action.MOVE_TO_OPEN: "Runs moved to the open division", Action.MARK_INVALID: "Marked invalid",
}  # fmt: skip
"""What an entry of the log says was done, by its kind."""
NEEDS_VERSION = frozenset(
    {State.INVALID, State.UNREADABLE, State.FAILED, State.RETURNED, State.MARKED_INVALID}
)
"""Where it is the submitter's turn to send a version."""
GRAVE = frozenset({Action.WITHDRAW, Action.MARK_INVALID})
OWN_SIDE = frozenset({Role.VIEWER, Role.SUBMITTER, Role.OWNER})
REVIEWER_ROLES = frozenset({Role.REVIEWER.value, Role.STAFF.value})


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a submission's life; ``state`` is done, now or empty."""

    name: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that the reader may take now."""

    action: str
    label: str
    comment: bool
    grave: bool
    runs: tuple[str, ...] = ()
    help: str = ""
    """What follows of it, where that is not plain from the label."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of conversation or log, with who said or did it as the reader may know it."""

    who: str
    row: Message | Event
    what: str = ""
    """What was done, for a line of the log."""
    states: tuple[str, str] = ("", "")
    """From which state to which, as words; both empty where nothing moved, the first where there was none before."""


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """Everything that the page of one submission shows beside the report of its newest version."""

    submission: Submission
    role: Role
    conflict: bool
    """Whether the reader reviews other submissions, but not this one, because they belong to its side."""
    state_label: str
    next_step: str
    steps: list[Step]
    offers: list[Offer]
    may_upload: bool
    version_needed: bool
    may_edit: bool
    results: list[Run]
    """What it has published and still counts."""
    next_measurements: tuple[NextMeasurement, ...]
    """What to measure next on its boards, with the software of reviewed systems on them."""
    versions: list[Version]
    messages: list[Entry]
    events: list[Entry]


def submission_view(submission: Submission, user: Visitor) -> SubmissionView:
    """The page of ``submission`` for somebody who may see it."""
    role, state = role_of(user, submission), State(submission.state)
    results = _results(submission)
    return SubmissionView(
        submission, role, role in OWN_SIDE and may_review(user), STATE_LABELS[state], next_step(submission),
        steps(submission), offers(submission, role),
        may_upload=allowed(role, Action.UPLOAD, state), version_needed=state in NEEDS_VERSION,
        may_edit=allowed(role, Action.EDIT, state),
        results=results,
        next_measurements=next_on_devices({run.system.device_id for run in results}) if results else (),
        versions=list(submission.versions.order_by("-number")),
        messages=[Entry(_who(row), row) for row in submission.messages.select_related("author", "version")],
        events=[_logged(row) for row in submission.events.select_related("actor", "version").order_by("-pk")],
    )  # fmt: skip


def _results(submission: Submission) -> list[Run]:
    found = Run.objects.filter(system__publication__submissions=submission, status=Run.Status.PUBLISHED)
    return list(found.select_related("benchmark", "system__device").order_by("pk"))


def next_step(submission: Submission) -> str:
    """What happens next and who has to do it, in a sentence."""
    state = State(submission.state)
    if submission.kind == Kind.SELF_REPORTED and state is State.VALID:
        return "Its submitter can publish it at once, marked as not reviewed."
    if submission.kind == Kind.IMPORT:
        return "It was published elsewhere and imported."
    return NEXT_STEPS[state]


def steps(submission: Submission) -> list[Step]:
    """The stages of its life, with the one that it stands in."""
    reviewed = submission.kind == Kind.ROUND
    names = ["Sent", "Checked", *(["Reviewed", "Accepted"] if reviewed else []), "Published"]
    at = _reached(State(submission.state), reviewed)
    if submission.state == State.WITHDRAWN:
        return [Step("Withdrawn", "", "now")]
    label = STATE_LABELS[State(submission.state)]
    return [
        Step(name, label if place == at else "", "now" if place == at else "done" if place < at else "")
        for place, name in enumerate(names)
    ]


def _reached(state: State, reviewed: bool) -> int:
    if state is State.RECEIVED:
        return 0
    if state is State.PUBLISHED:
        return 4 if reviewed else 2
    if state is State.ACCEPTED:
        return 3
    return 2 if state in _HANDED_IN else 1


def offers(submission: Submission, role: Role) -> list[Offer]:
    """The actions that ``role`` may take now, asked from the table; what the kind of submission excludes is left out."""
    state, version = State(submission.state), submission.current_version
    excluded = {Action.HAND_IN} if submission.kind != Kind.ROUND else {Action.PUBLISH}
    if state is State.PUBLISHED and submission.current_version_id == submission.published_version_id:
        excluded |= {Action.HAND_IN}
    if version is None or version.verdict != "valid":
        excluded |= {Action.HAND_IN}
    found = []
    for action, label in ACTION_LABELS.items():
        if action in excluded or not allowed(role, action, state):
            continue
        runs: tuple[str, ...] = ()
        if action is Action.MOVE_TO_OPEN:
            left = [] if version is None else closed_run_keys(version)
            runs = tuple(key for key in left if key not in submission.moved_to_open)
            if not runs:
                continue
        found.append(
            Offer(action.value, label, comment_needed(action), action in GRAVE, runs, _help(action, state))
        )
    return found


def _help(action: Action, state: State) -> str:
    if action is Action.HAND_IN:
        return "Reviewers can then read it, nobody else before it is published."
    if action is Action.PUBLISH:
        return "It is public at once, in the open division, marked as not reviewed."
    if action is not Action.WITHDRAW:
        return ""
    if state in (State.PUBLISHED, State.CORRECTING):
        return (
            "The results stay readable, struck through, and count nowhere. What you write here is public, as the reason "
            "that stands on their pages. This cannot be undone."
        )
    return (
        "It ends here and cannot be taken up again. The reason is kept with it; the public does not see it."
    )


def _logged(row: Event) -> Entry:
    before, after = (STATE_LABELS[State(name)] if name else "" for name in (row.from_state, row.to_state))
    return Entry(_who(row), row, DEEDS.get(row.kind, row.kind), (before, after))


def _who(row: Message | Event) -> str:
    """A reviewer is named by the role alone; a member of the organisation by name and role."""
    person = row.author if isinstance(row, Message) else row.actor
    if person is None:
        return "the site"
    if row.role in REVIEWER_ROLES:
        return "a reviewer" if row.role == Role.REVIEWER else "the staff"
    return f"{person}, {row.role}" if row.role else str(person)
