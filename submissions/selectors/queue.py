"""What waits for reviewers, and how the calls stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from submissions.models import Call, CallEvent, Submission, User
from submissions.services.access import visible_to
from submissions.workflow.states import REVIEWABLE, STATE_LABELS, State

WAITING = (State.IN_REVIEW, State.CORRECTING)


@dataclass(frozen=True, slots=True)
class Queue:
    """The submissions of the queue, the oldest hand-in first, with counts per state; ``conflicts`` are of the
    reader's own side, which they cannot decide."""

    submissions: list[Submission]
    counts: list[tuple[str, str, int]]
    conflicts: set[int]


def reviewable(user: User) -> QuerySet[Submission]:
    """What a reviewer sees of what was ever handed in, in whatever state it stands now."""
    return visible_to(user).filter(
        state__in=REVIEWABLE, kind=Submission.Kind.ROUND, handed_in_at__isnull=False
    )


def queue(user: User, *, state: str = "", call: str = "") -> Queue:
    """The queue of a reviewer: what waits for a decision, or what stands in ``state``; of one call if ``call``."""
    seen = reviewable(user)
    if call.isascii() and call.isdigit() and len(call) < 10:
        seen = seen.filter(call=int(call))
    numbers = dict(
        Submission.objects.filter(pk__in=seen.values("pk"))
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    wanted = [State(state)] if state in set(REVIEWABLE) else list(WAITING)
    rows = list(
        seen.filter(state__in=wanted).select_related("organisation", "call", "current_version")
        .order_by("handed_in_at", "pk")
    )  # fmt: skip
    counts = [(s.value, STATE_LABELS[s], numbers.get(s.value, 0)) for s in State if s in REVIEWABLE]
    return Queue(rows, counts, conflicts(user, rows))


def conflicts(user: User, rows: Iterable[Submission]) -> set[int]:
    """The primary keys of those of ``rows`` that are of the user's own side. One query."""
    own = Q(organisation__memberships__user=user) | Q(created_by=user) | Q(versions__uploaded_by=user)
    return set(Submission.objects.filter(own, pk__in=[row.pk for row in rows]).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class CallView:
    """One call with the number of its submissions per state, its log, and what missed its publication."""

    call: Call
    counts: list[tuple[str, int]]
    events: list[CallEvent]
    left_behind: list[Submission]


def call_views() -> list[CallView]:
    """Every call, the newest first."""
    numbers: dict[int, list[tuple[str, int]]] = {}
    grouped = (
        Submission.objects.exclude(call=None)
        .order_by("state")
        .values_list("call", "state")
        .annotate(n=Count("pk"))
    )
    for call, state, number in grouped:
        numbers.setdefault(call, []).append((STATE_LABELS[State(state)], number))
    late: dict[int, list[Submission]] = {}
    waiting = Submission.objects.filter(
        call__published_at__isnull=False, state__in=[State.IN_REVIEW, State.RETURNED]
    )
    for submission in waiting.select_related("organisation"):
        late.setdefault(submission.call_id or 0, []).append(submission)
    calls = Call.objects.prefetch_related("events__actor")
    return [
        CallView(call, numbers.get(call.pk, []), list(call.events.all()), late.get(call.pk, []))
        for call in calls
    ]


def open_calls(now: object) -> Iterable[Call]:
    """The calls that take submissions at ``now``, by round."""
    return Call.objects.filter(opens_at__lte=now, closes_at__gt=now, published_at=None).order_by(
        "round__position"
    )


def next_call(now: object) -> Call | None:
    """The call that opens next after ``now``."""
    return Call.objects.filter(opens_at__gt=now, published_at=None).order_by("opens_at").first()
