"""Objections: somebody with an account says that a published result breaks a rule; the sides speak; a reviewer decides.

Everything is public from the first word, and every step stands in the public history of the result. Who decides is
neither the objector nor a member of an organisation that either side belongs to.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from results.models import ResultChange, Run
from results.services import changes
from results.services.changes import CannotChange
from submissions.models import Membership, Objection, ObjectionStatement, Organisation, Submission, User
from submissions.models.accounts import OrganisationRole
from submissions.rules.catalogue import RULES

State = Objection.State
OBJECTIONS_PER_DAY = 5
STATEMENTS_PER_DAY = 30
OUTCOMES = (State.UPHELD, State.CORRECTED, State.MOVED_TO_OPEN, State.REMOVED)
"""What a reviewer can decide; an objector can also take the objection back."""
SOMEBODY = "an account holder"


class Part(StrEnum):
    """What somebody is to an objection. A party of either side is never its reviewer."""

    OBJECTOR = "objector"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    NONE = "none"


class Refused(ValueError):
    """The step cannot be taken; the message says why, for the one who asked."""


class NotYours(Refused):
    """The step is not for this account."""


class TooMany(Refused):
    """This account has done as much as a day allows."""


def part_of(user: User, objection: Objection) -> Part:
    """What ``user`` is to ``objection``."""
    if not user.is_active:
        return Part.NONE
    if objection.opened_by_id == user.pk:
        return Part.OBJECTOR
    own = set(Membership.objects.filter(user=user).values_list("organisation", flat=True))
    responsible = set(organisations_of(objection.result).values_list("pk", flat=True))
    if own & responsible:
        speaks = Membership.objects.filter(user=user, organisation__in=responsible)
        return Part.SUBMITTER if speaks.exclude(role=OrganisationRole.VIEWER).exists() else Part.NONE
    if not (user.is_reviewer or user.is_staff):
        return Part.NONE
    conflict = own & _organisations_of_objector(objection) or _has_sent(user, objection.result)
    return Part.NONE if conflict else Part.REVIEWER


def _has_sent(user: User, result: str) -> bool:
    """Whether ``user`` sent a version of what the result comes from, perhaps for an organisation that they have left."""
    runs = Run.objects.filter(Q(public_id=result) | Q(moved_to=result))
    sent = Submission.objects.filter(publications__in=runs.values("system__publication"))
    return sent.filter(Q(created_by=user) | Q(versions__uploaded_by=user)).exists()


def organisations_of(result: str) -> QuerySet[Organisation]:
    """The organisations that answer for a result: those that sent it, and those that speak for its submitter."""
    runs = Run.objects.filter(Q(public_id=result) | Q(moved_to=result))
    publications = runs.values("system__publication")
    submitters = runs.values("system__publication__submitter")
    return Organisation.objects.filter(
        Q(submissions__publications__in=publications) | Q(submitter__in=submitters)
    ).distinct()


@transaction.atomic
def open_objection(
    run: Run, user: User, *, rule_code: str, statement: str, evidence: str, organisation: Organisation | None = None
) -> Objection:  # fmt: skip
    """Object to a published result, wherever it comes from. Raises Refused, NotYours, TooMany.

    ``organisation`` is the one in whose name the objector speaks; its name is public, that of a person never is.
    """
    # The account is locked so that two requests at once do not both count as the first of the day.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        raise NotYours("only a confirmed account can object")
    if run.status != Run.Status.PUBLISHED:
        raise Refused(f"this result is {Run.Status(run.status).label}; there is nothing left to object to")
    if rule_code not in RULES:
        raise Refused("choose one of the rules that are listed")
    if organisation and not Membership.objects.filter(user=user, organisation=organisation).exists():
        raise NotYours(f"you are no member of {organisation}")
    mine = Objection.objects.filter(opened_by=user)
    if mine.filter(result=run.public_id, state=State.OPEN).exists():
        raise Refused("you have an open objection to this result already; add a statement to it")
    if mine.filter(opened_at__gt=timezone.now() - timedelta(days=1)).count() >= OBJECTIONS_PER_DAY:
        raise TooMany(f"an account can open {OBJECTIONS_PER_DAY} objections in 24 hours")
    objection = Objection.objects.create(
        result=run.public_id, rule_code=rule_code, statement=_text(statement, "say what is wrong"),
        evidence=_text(evidence, "name the evidence"), opened_by=user, organisation=organisation,
    )  # fmt: skip
    _log(objection, run, "objected", public_name(organisation), f"Objection {objection.pk} was opened.")
    return objection


@transaction.atomic
def add_statement(objection: Objection, user: User, *, body: str) -> ObjectionStatement:
    """Say something to an open objection, as the objector, for the submitter, or as a reviewer. Raises as above."""
    row = _locked_open(objection)
    part = part_of(user, row)
    if part is Part.NONE:
        raise NotYours("only the objector, the submitter of the result and its reviewers take part here")
    recent = ObjectionStatement.objects.filter(author=user, at__gt=timezone.now() - timedelta(days=1))
    if recent.count() >= STATEMENTS_PER_DAY:
        raise TooMany(f"an account can write {STATEMENTS_PER_DAY} statements in 24 hours")
    return ObjectionStatement.objects.create(
        objection=row, author=user, organisation=_speaks_for(user, row, part), role=part, body=_text(body, "say something")
    )  # fmt: skip


@transaction.atomic
def retract(objection: Objection, user: User) -> Objection:
    """Take an open objection back; only its objector can. Raises Refused, NotYours."""
    row = _locked_open(objection)
    if part_of(user, row) is not Part.OBJECTOR:
        raise NotYours("only who opened an objection can take it back")
    text = f"Objection {row.pk} was taken back by its objector."
    _log(row, _run(row), "retracted", public_name(row.organisation), text)
    return _close(row, State.RETRACTED, "", user)


@transaction.atomic
def decide(objection: Objection, reviewer: User, *, outcome: str, decision: str) -> Objection:
    """End an open objection. ``removed`` and ``moved-to-open`` act on the result; ``corrected`` only records.

    A result is corrected by its submitter (or by an import that gives other values), so ``corrected`` is refused until
    the public history holds a correction that is younger than the objection. Raises Refused, NotYours.
    """
    row = _locked_open(objection)
    if part_of(reviewer, row) is not Part.REVIEWER:
        raise NotYours("a reviewer who belongs to neither side decides")
    if outcome not in OUTCOMES:
        raise Refused(f"an objection ends as one of {', '.join(OUTCOMES)}")
    reason = _text(decision, "give the reason of the decision; it is public")
    try:
        _EFFECTS[State(outcome)](row, _run(row), reason)
    except CannotChange as problem:
        raise Refused(str(problem)) from problem
    return _close(row, State(outcome), reason, reviewer)


def public_name(organisation: Organisation | None) -> str:
    """How somebody is named in public: by their organisation, never by their own name."""
    return organisation.name if organisation else SOMEBODY


def _uphold(objection: Objection, run: Run, reason: str) -> None:
    if run.status != Run.Status.PUBLISHED:
        raise Refused(f"the result is {Run.Status(run.status).label}, so it does not stand as published")
    _log(
        objection,
        run,
        "upheld",
        "reviewer",
        f"Objection {objection.pk} was decided: the result stands. {reason}",
    )


def _correct(objection: Objection, run: Run, reason: str) -> None:
    younger = ResultChange.objects.filter(
        result=run.public_id, kind=ResultChange.Kind.CORRECTED, at__gte=objection.opened_at
    )
    if not any(change.data.get("values") for change in younger):
        raise Refused("no corrected version of this result has been published since the objection was opened")
    _log(
        objection, run, "corrected", "reviewer", f"Objection {objection.pk} was decided: corrected. {reason}"
    )


def _move(objection: Objection, run: Run, reason: str) -> None:
    if run.status == Run.Status.MOVED:
        _log(
            objection,
            run,
            "moved-to-open",
            "reviewer",
            f"Objection {objection.pk} was decided as well. {reason}",
        )
        return
    copy = changes.move_to_open(
        run, actor="reviewer", text=f"Moved after objection {objection.pk}: {reason}",
        rule_code=objection.rule_code, address=objection.get_absolute_url(),
    )  # fmt: skip
    # The copy belongs to what the submitter sent: withdrawing the submission takes it back as well.
    for submission in run.system.publication.submissions.all():
        submission.publications.add(copy.system.publication)


def _remove(objection: Objection, run: Run, reason: str) -> None:
    if run.status == Run.Status.REMOVED:
        _log(objection, run, "removed", "reviewer", f"Objection {objection.pk} was decided as well. {reason}")
        return
    changes.remove(
        run, actor="reviewer", text=f"Removed after objection {objection.pk}: {reason}",
        rule_code=objection.rule_code, address=objection.get_absolute_url(),
    )  # fmt: skip


_EFFECTS = {
    State.UPHELD: _uphold,
    State.CORRECTED: _correct,
    State.MOVED_TO_OPEN: _move,
    State.REMOVED: _remove,
}


def _organisations_of_objector(objection: Objection) -> set[int]:
    joined = Membership.objects.filter(user=objection.opened_by_id).values_list("organisation", flat=True)
    return {*joined, *([objection.organisation_id] if objection.organisation_id else [])}


def _speaks_for(user: User, objection: Objection, part: Part) -> Organisation | None:
    if part is Part.OBJECTOR:
        return objection.organisation
    if part is Part.SUBMITTER:
        return organisations_of(objection.result).filter(memberships__user=user).first()
    return None


def _locked_open(objection: Objection) -> Objection:
    row = (
        Objection.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=objection.pk)
    )
    if row.state != State.OPEN:
        raise Refused(f"this objection is closed: {State(row.state).label}")
    return row


def _run(objection: Objection) -> Run:
    return Run.objects.select_related("system__publication").get(public_id=objection.result)


def _close(objection: Objection, state: State, decision: str, user: User) -> Objection:
    objection.state, objection.decision = state, decision
    objection.decided_by, objection.decided_at = user, timezone.now()
    objection.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    return objection


def _log(objection: Objection, run: Run, kind: str, actor: str, text: str) -> None:
    changes.record(
        run, kind, actor=actor, text=text, rule_code=objection.rule_code, address=objection.get_absolute_url()
    )


def _text(text: str, otherwise: str) -> str:
    cleaned = text.replace("\0", "").strip()
    if not cleaned:
        raise Refused(otherwise)
    return cleaned
