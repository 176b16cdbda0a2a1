"""Calls: a round opens for submissions, and at its moment everything that was accepted appears at once."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from results.models import Round
from submissions.models import Call, CallEvent, Event, Submission, User
from submissions.rules.rulebook import available_rounds
from submissions.workflow.states import State

from . import notify, publish

logger = logging.getLogger(__name__)

ACCEPTED_OF_CALL = Submission.objects.filter(call=OuterRef("pk"), state=State.ACCEPTED.value)


class CannotCall(ValueError):
    """The dates or the round do not allow it; the message says why and what would have to be so."""


@transaction.atomic
def open_call(
    *, round_id: str, opens_at: datetime, closes_at: datetime, publishes_at: datetime, actor: User | None = None
) -> Call:  # fmt: skip
    """Let submissions come in for a round of the catalogue. Raises CannotCall."""
    _check_dates(opens_at, closes_at, publishes_at)
    round_ = Round.objects.select_for_update().filter(pk=round_id).first()
    if round_ is None or round_id not in available_rounds():
        raise CannotCall(f"{round_id}: there is no such round in the catalogue, or no rules for it")
    if Call.objects.filter(round=round_, published_at__isnull=True).exists():
        raise CannotCall(f"a call for {round_id} is open already; change its dates instead")
    call = Call.objects.create(
        round=round_, opens_at=opens_at, closes_at=closes_at, publishes_at=publishes_at, opened_by=actor
    )
    CallEvent.objects.create(call=call, actor=actor, kind="opened", data=_dates(call))
    return call


@transaction.atomic
def change_dates(
    call: Call, *, actor: User, reason: str, opens_at: datetime, closes_at: datetime, publishes_at: datetime
) -> Call:  # fmt: skip
    """Move the dates of a call that is not published yet; the log keeps old, new and ``reason``. Raises CannotCall."""
    if not reason.strip():
        raise CannotCall("say why the dates change; the reason is kept with the call")
    _check_dates(opens_at, closes_at, publishes_at)
    row = Call.objects.select_for_update().get(pk=call.pk)
    if row.published_at is not None:
        raise CannotCall(
            f"{row.round_id} was published on {row.published_at:%Y-%m-%d %H:%M} UTC; its dates stay"
        )
    before = _dates(row)
    row.opens_at, row.closes_at, row.publishes_at = opens_at, closes_at, publishes_at
    row.save(update_fields=["opens_at", "closes_at", "publishes_at"])
    CallEvent.objects.create(
        call=row,
        actor=actor,
        kind="dates-changed",
        detail=reason.strip(),
        data={"old": before, "new": _dates(row)},
    )
    return row


def publish_due(now: datetime) -> list[Call]:
    """Publish every call whose moment has come; the calls of which something appeared.

    All accepted submissions of a call appear in one transaction, or none: a failure is kept on the call, and the next
    beat tries again. What a reviewer accepts after the moment appears at the next beat. Safe to run twice at once.
    """
    due = Call.objects.filter(_due(now)).order_by("pk").values_list("pk", flat=True)
    return [call for pk in list(due) if (call := _publish_one(pk, now)) is not None]


def _due(now: datetime) -> Q:
    return Q(publishes_at__lte=now) & (Q(published_at__isnull=True) | Exists(ACCEPTED_OF_CALL))


def _publish_one(pk: int, now: datetime) -> Call | None:
    try:
        with transaction.atomic():
            return _publish_locked(pk, now)
    except Exception as problem:  # whatever it is, it must stand on the call: nobody watches the worker
        logger.exception("call %s could not be published", pk)
        _keep_failure(pk, problem)
        return None


def _publish_locked(pk: int, now: datetime) -> Call | None:
    # A second worker waits here and then finds the call published.
    call = Call.objects.select_for_update(of=("self",)).filter(pk=pk, publishes_at__lte=now).first()
    if call is None:
        return None
    accepted = list(
        Submission.objects.select_for_update(of=("self",)).filter(call=call, state=State.ACCEPTED.value)
        .select_related("organisation__submitter", "current_version__reading").order_by("pk")
    )  # fmt: skip
    if call.published_at is not None and not accepted:
        return None
    runs = sum(_publish_submission(submission) for submission in accepted)
    call.published_at, call.failure = call.published_at or now, ""
    call.save(update_fields=["published_at", "failure"])
    CallEvent.objects.create(
        call=call, kind="published", detail=f"{len(accepted)} submissions, {runs} runs",
        data={"submissions": [submission.public_id for submission in accepted], "runs": runs},
    )  # fmt: skip
    return call


def _publish_submission(submission: Submission) -> int:
    """One accepted submission of a call that is being published; the number of its runs."""
    try:
        runs = publish.publish_site(submission)
    except Exception as problem:
        raise RuntimeError(f"submission {submission.public_id}: {problem}") from problem
    submission.state = State.PUBLISHED
    submission.save(update_fields=["state"])
    event = Event.objects.create(
        submission=submission, version=submission.current_version, kind="published", detail=f"{runs} runs",
        from_state=State.ACCEPTED, to_state=State.PUBLISHED, data={"runs": runs},
    )  # fmt: skip
    notify.tell(event)
    return runs


def _keep_failure(pk: int, problem: Exception) -> None:
    failure = str(problem).replace("\x00", "") or type(problem).__name__
    # Logged once per reason, not once per beat.
    changed = Call.objects.filter(pk=pk).exclude(failure=failure).update(failure=failure)
    if changed:
        CallEvent.objects.create(call_id=pk, kind="failed", detail=failure)


def _check_dates(opens_at: datetime, closes_at: datetime, publishes_at: datetime) -> None:
    if not opens_at < closes_at <= publishes_at:
        raise CannotCall("a call opens before it closes, and is published when it closes or later")
    if publishes_at <= timezone.now():
        raise CannotCall("the moment of publication lies in the past")


def _dates(call: Call) -> dict[str, str]:
    return {name: getattr(call, name).isoformat() for name in ("opens_at", "closes_at", "publishes_at")}
