"""Project the analysed models that wait, in the worker: the one place of this app that loads the engine."""

from __future__ import annotations

import logging

from django.utils import timezone

from results.domain.analysed_projections import Progress
from results.domain.model_facts import ModelFacts
from results.services.analysed_network import NotProjectable, network_of
from results.services.project import engine_turn
from results.services.project_model import engine_is_warm, project_model
from submissions.checking.wire import WireError
from submissions.models import ModelProjection

from .model_analysis import facts_of
from .model_projections import OPEN, newest_generation

logger = logging.getLogger(__name__)

FAILURE = "the site could not project this model, through no fault of yours; analyse it again"


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


def _project(row: ModelProjection) -> None:
    """End the waiting of ``row``, one way or the other."""
    columns: dict[str, object] = {"finished_at": timezone.now(), "generation": newest_generation()}
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
