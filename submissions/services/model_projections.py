"""Projections of analysed models, as pages ask for them: the worker makes them, and they are kept beside the facts."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from results.domain.analysed_projections import AnalysedProjections, Progress
from results.models import ProjectionGeneration
from results.services.analysed_network import measured_as
from submissions.checking.wire import WireError
from submissions.models import ModelAnalysis, ModelProjection

from .model_analysis import Reader, facts_of, find

OPEN = (Progress.WAITING, Progress.FITTING)
LOST_AFTER = timedelta(seconds=20)
"""What waits this long is handed over again when it is looked at: its message may be lost."""


def projections_of(token: str, reader: Reader = None) -> AnalysedProjections | None:
    """What is projected of the model behind ``token``, for whoever may read its facts; else None.

    The first call has the worker make the projections, as does one after new results were published.
    """
    if not token.isascii() or not token.isalnum():
        return None
    try:
        analysis = find(token, reader)
        facts = facts_of(analysis)
    except (ModelAnalysis.DoesNotExist, WireError):
        return None
    row = _asked_for(analysis)
    return AnalysedProjections(
        token=token,
        filename=analysis.filename,
        facts=facts,
        progress=Progress(row.progress),
        reason=row.reason,
        measured_as=measured_as(facts),
        answers=tuple(row.answers) if row.progress == Progress.DONE else (),
    )


def sweep() -> int:
    """Hand over what waits again, should its message be lost; how many models wait."""
    waiting = ModelProjection.objects.filter(
        progress__in=OPEN, handed_over_at__lte=timezone.now() - LOST_AFTER
    ).count()
    if waiting:
        _hand_over()
    return waiting


def _asked_for(analysis: ModelAnalysis) -> ModelProjection:
    now = timezone.now()
    row, is_new = ModelProjection.objects.get_or_create(analysis=analysis)
    own = ModelProjection.objects.filter(pk=row.pk)
    if row.progress not in OPEN and row.generation != newest_generation():
        # Results were published since: of several readers one asks again.
        is_new = own.exclude(progress__in=OPEN).update(progress=Progress.WAITING, handed_over_at=now) == 1
    elif row.progress in OPEN and row.handed_over_at < now - LOST_AFTER:
        is_new = own.filter(handed_over_at=row.handed_over_at).update(handed_over_at=now) == 1
    if is_new:
        transaction.on_commit(_hand_over, robust=True)
        row.refresh_from_db()
    return row


def _hand_over() -> None:
    from submissions.tasks import project_models  # imported here: tasks import the services

    project_models.delay()


def newest_generation() -> int | None:
    """The projections that are valid now; None where there are none."""
    return ProjectionGeneration.objects.filter(shipped=True).values_list("pk", flat=True).first()
