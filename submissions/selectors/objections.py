"""Objections as the public sees them: nobody by name, everybody by the part that they play."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from results.models import Division, Run
from submissions.models import Objection, User
from submissions.services.objections import OUTCOMES, Part, part_of, public_name


@dataclass(frozen=True, slots=True)
class Statement:
    """One entry of the conversation. ``who`` is an organisation's name, or the part alone."""

    part: str
    who: str
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """One objection with its conversation, and what the visitor may do with it.

    ``outcomes`` are (value, label) of what a reviewer may decide, empty for everybody else.
    """

    objection: Objection
    who: str
    statements: tuple[Statement, ...]
    part: Part
    outcomes: tuple[tuple[str, str], ...]

    @property
    def is_open(self) -> bool:
        return self.objection.state == Objection.State.OPEN

    @property
    def may_state(self) -> bool:
        return self.is_open and self.part is not Part.NONE

    @property
    def may_retract(self) -> bool:
        return self.is_open and self.part is Part.OBJECTOR


def objections(state: str = "", before: int | None = None) -> QuerySet[Objection]:
    """All objections in ``state`` (empty: in any), the newest first, from behind the number ``before``."""
    found = Objection.objects.select_related("organisation").order_by("-pk")
    if state:
        found = found.filter(state=state)
    return found if before is None else found.filter(pk__lt=before)


def objection_page(number: int, visitor: User | AnonymousUser) -> ObjectionPage:
    """Everything about one objection; Objection.DoesNotExist when there is none of that number."""
    objection = Objection.objects.select_related("organisation").get(pk=number)
    part = part_of(visitor, objection) if isinstance(visitor, User) else Part.NONE
    decides = part is Part.REVIEWER and objection.state == Objection.State.OPEN
    return ObjectionPage(
        objection, public_name(objection.organisation), tuple(_statements(objection)), part,
        tuple(_outcomes(objection)) if decides else (),
    )  # fmt: skip


def _statements(objection: Objection) -> Iterator[Statement]:
    for row in objection.statements.select_related("organisation"):
        who = row.organisation.name if row.organisation else ""
        yield Statement(row.role, who, row.at, row.body)


def _outcomes(objection: Objection) -> Iterator[tuple[str, str]]:
    """An open result cannot be moved to the open division."""
    closed = Run.objects.filter(
        public_id=objection.result, system__publication__division=Division.CLOSED
    ).exists()
    for outcome in OUTCOMES:
        if closed or outcome != Objection.State.MOVED_TO_OPEN:
            yield outcome.value, outcome.label
