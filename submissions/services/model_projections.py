"""Projections of analysed models: asked for by a page, made once by the worker, kept beside the facts."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from results.domain.analysed_projections import AnalysedProjections, Progress
from results.domain.model_facts import ModelFacts
from results.models import ProjectionGeneration
from results.services.project import engine_turn
from results.services.project_model import (
    NotProjectable,
    engine_is_warm,
    measured_as,
    network_of,
    project_model,
)
from submissions.checking.wire import WireError
from submissions.models import ModelAnalysis, ModelProjection

from .model_analysis import Reader, facts_of, find

logger = logging.getLogger(__name__)

OPEN = (Progress.WAITING, Progress.FITTING)
LOST_AFTER = timedelta(seconds=20)
"""What waits this long is handed over again when it is looked at: its message may be lost."""
FAILURE = "the site could not project this model, through no fault of yours; analyse it again"


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


def project_waiting() -> int:
    """Project every model that waits, oldest first; how many that were. 0 where another process is at it."""
    with engine_turn() as is_ours:
        waiting = ModelProjection.objects.filter(progress__in=OPEN)
        if not is_ours:
            # Whoever has the engine fits it, or is done in a second.
            waiting.update(progress=Progress.FITTING)
            return 0
        if not waiting.exists():
            return 0
        if not engine_is_warm():
            waiting.update(progress=Progress.FITTING)
        done = 0
        while (row := waiting.select_related("analysis").first()) is not None:
            _project(row)
            done += 1
        return done


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
    if row.progress not in OPEN and row.generation != _generation():
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


def _generation() -> int | None:
    return ProjectionGeneration.objects.filter(shipped=True).values_list("pk", flat=True).first()


def _project(row: ModelProjection) -> None:
    """End the waiting of ``row``, one way or the other."""
    columns: dict[str, object] = {"finished_at": timezone.now(), "generation": _generation()}
    try:
        answers = project_model(network_of(_facts(row), row.analysis.filename or "your model"))
        columns |= {"progress": Progress.DONE, "answers": answers, "reason": ""}
    except NotProjectable as reason:
        columns |= {"progress": Progress.REFUSED, "answers": [], "reason": str(reason)}
    except Exception:  # whatever it is, nobody may wait for ever
        logger.exception("%s failed", row)
        columns |= {"progress": Progress.REFUSED, "answers": [], "reason": FAILURE}
    ModelProjection.objects.filter(pk=row.pk).update(**columns)


def _facts(row: ModelProjection) -> ModelFacts:
    try:
        return facts_of(row.analysis)
    except WireError:
        raise NotProjectable("the facts were kept by another release; analyse the model again") from None
