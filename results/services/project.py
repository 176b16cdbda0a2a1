"""Project: what nobody measured of the published systems, written after a publication and never in a request.

The engine takes in what is new, answers every cell of the matrix networks × systems that was not measured, and only
answers that changed are written, in one transaction: until it ends the old ones stand. An engine that lost on the
rolling back-test is held back: its generation says so, and the answers of the one before stay.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from results.analysis.projection.backtest import cells_sha256
from results.analysis.projection.cells import ENERGY, LATENCY, Cells, cells_of
from results.analysis.projection.projector import Projections
from results.analysis.projection.published_cells import table_rows
from results.models import LeaderboardEntry, NextMeasurement, Projection, ProjectionGeneration

from .asked_cells import METRICS, Column, asked_row
from .backtests import standing
from .cells_elsewhere import rows_elsewhere
from .dumps import settled_generation
from .measured_runs import published_runs
from .memory_limits import memory_limits
from .next_measurements import next_measurements
from .projection_engine import ENGINE, MOST_CELLS, Learned, fitted_engine, newest
from .projection_models import ProjectedModel, projected_models

MOST_SYSTEMS = 400
"""Systems of the matrix, those of the newest rounds; a reader scans no more, and each costs a row per network."""
FEWEST_CELLS = 20
_LOCK = 7_405_332
_DIGITS = 6
_State = Projection.State


def project_due() -> bool:
    """Project when the published data changed since the newest generation; False when they did not, or are moving."""
    with engine_turn() as is_ours:
        if not is_ours:
            return False
        data_generation = settled_generation()
        newest_generation = ProjectionGeneration.objects.first()
        done = newest_generation is not None and (
            newest_generation.data_generation == data_generation and newest_generation.engine == ENGINE
        )
        if data_generation is None or done:
            return False
        return project(data_generation) is not None


def project(data_generation: int) -> ProjectionGeneration | None:
    """Answer every cell that was not measured; the generation, or None when too little is published to learn from."""
    started = time.monotonic()
    learned = learned_from()
    if learned is None:
        return None
    lost = standing(ENGINE)
    if lost and ProjectionGeneration.objects.filter(shipped=True).exists():
        return _generation(data_generation, learned.cells, [], 0, started, reason=lost)
    engine = fitted_engine(learned)
    models, systems = projected_models(), columns(learned.rows)
    answers = list(_answers(engine, learned.rows, models, systems))
    suggested = list(next_measurements(engine, answers, models, systems))
    with transaction.atomic():
        generation = _generation(data_generation, learned.cells, answers, 0, started)
        generation.changed = _write(answers, generation)
        _write_next(suggested, generation)
        generation.seconds = time.monotonic() - started
        generation.save(update_fields=["changed", "seconds"])
    return generation


def learned_from() -> Learned | None:
    """What the engine learns from; None when too little was published in rounds. Four queries."""
    rows = table_rows(published_runs())
    if len(rows) < FEWEST_CELLS:
        return None
    rounds = [rows[number] for number in newest(_cells(rows))]
    both = [*rounds, *rows_elsewhere()[: max(MOST_CELLS - len(rounds), 0)]]
    return Learned(_cells(both), both, len(rounds))


def _cells(rows: Sequence[Mapping[str, Any]]) -> Cells:
    return cells_of([{name: value for name, value in row.items() if name != "key"} for row in rows])


@contextmanager
def engine_turn() -> Iterator[bool]:
    """False where another process fits or asks the engine now: it is fitted once, and never twice at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            yield False
            return
        try:
            yield True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def columns(rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """The systems of the matrix, newest rounds first; of several variants of a system the one with most results."""
    keys = [str(row["key"]) for row in rows]
    systems = dict(LeaderboardEntry.objects.filter(public_id__in=keys).values_list("public_id", "system_id"))
    by_device: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_device.setdefault(str(row["device"]), []).append(row)
    chosen: dict[int, list[Mapping[str, Any]]] = {}
    for own in by_device.values():
        system_id = systems.get(str(own[0]["key"]))
        if system_id is not None and len(own) > len(chosen.get(system_id, ())):
            chosen[system_id] = own
    newest_first = sorted(chosen.items(), key=lambda pair: (str(pair[1][0]["round"]), pair[0]), reverse=True)
    return [Column(system_id, own[0]) for system_id, own in newest_first[:MOST_SYSTEMS]]


def _answers(
    engine: Any,
    rows: Sequence[Mapping[str, Any]],
    models: Sequence[ProjectedModel],
    systems: Sequence[Column],
) -> Iterator[Projection]:
    limits = memory_limits([column.system_id for column in systems])
    for column, model, metric, said, number in answered(engine, models, systems):
        too_large = limits.why_not(column.system_id, model)
        yield answer_of(column, model, metric, said, number, rows, too_large)


def answered(
    engine: Any, models: Sequence[ProjectedModel], systems: Sequence[Column]
) -> Iterator[tuple[Column, ProjectedModel, str, Projections, int]]:
    """System, network, metric of the site, and which of the projections it is, for every cell that was not measured."""
    measured = set(
        LeaderboardEntry.objects.filter(system__in=[c.system_id for c in systems])
        .exclude(neural_model="")
        .values_list("system_id", "neural_model", "latency_ms", "energy_uj_per_inf")
    )
    held = {(s, m, LATENCY) for s, m, latency, _ in measured if latency is not None}
    held |= {(s, m, ENERGY) for s, m, _, energy in measured if energy is not None}
    asked = [
        (column, model, metric)
        for column in systems
        for model in models
        for metric in METRICS
        if (column.system_id, model.slug, metric) not in held
    ]
    if not asked:
        return
    said = engine.predict(cells_of([asked_row(*cell) for cell in asked]))
    for number, (column, model, metric) in enumerate(asked):
        yield column, model, METRICS[metric], said, number


def answer_of(
    column: Column, model: ProjectedModel, metric: str, said: Projections, number: int, rows: Sequence[Mapping[str, Any]],
    too_large: str = "",
) -> Projection:  # fmt: skip
    """The answer in one cell, not saved; ``rows`` are those that the engine learned from, for its anchors."""
    reason = too_large or said.reasons[number]
    if not reason and not said.claimable[number]:
        reason = "too few hidden cells stand behind its bands to call them 80 % and 90 %"
    answer = Projection(
        system_id=column.system_id,
        model=model.slug,
        metric=metric,
        state=_State.DOES_NOT_FIT if too_large else _State.CANNOT_PROJECT if reason else _State.PROJECTED,
        question=said.questions[number],
        reason=reason[:400],
        anchors=list(dict.fromkeys(str(rows[row]["key"]) for row in said.anchors[number])),
    )
    if not reason:
        middle, half_80, half_90 = (a[number] for a in (said.log_median, said.log_half_80, said.log_half_90))
        half_90 = max(half_80, half_90)
        answer.value = _rounded(middle)
        answer.low_80, answer.high_80 = _rounded(middle - half_80), _rounded(middle + half_80)
        answer.low_90, answer.high_90 = _rounded(middle - half_90), _rounded(middle + half_90)
    return answer


def _rounded(log_value: float) -> float:
    """Six significant digits: what two machines agree on, so that an answer that did not change stays the same."""
    return float(f"{np.exp(log_value):.{_DIGITS}g}")


_CONTENT = ("state", "value", "low_80", "high_80", "low_90", "high_90", "question", "reason", "anchors")


def _write(answers: Iterable[Projection], generation: ProjectionGeneration) -> int:
    """Write the answers that changed and drop cells that are no longer asked; how many were written or dropped."""
    old = {(p.system_id, p.model, p.metric): p for p in Projection.objects.all()}
    new, now = [], timezone.now()
    for answer in answers:
        before = old.pop((answer.system_id, answer.model, answer.metric), None)
        if before is not None and all(getattr(before, name) == getattr(answer, name) for name in _CONTENT):
            continue
        answer.generation, answer.made_at = generation, now
        new.append((before, answer))
    gone = [p.pk for p in old.values()] + [before.pk for before, _ in new if before is not None]
    Projection.objects.filter(pk__in=gone).delete()
    Projection.objects.bulk_create([answer for _, answer in new], batch_size=1000)
    return len(new) + len(old)


def _write_next(suggested: Sequence[NextMeasurement], generation: ProjectionGeneration) -> None:
    NextMeasurement.objects.all().delete()
    for one in suggested:
        one.generation = generation
    NextMeasurement.objects.bulk_create(suggested, batch_size=1000)


def _generation(
    data_generation: int, cells: Cells, answers: Sequence[Projection], changed: int, started: float, reason: str = ""
) -> ProjectionGeneration:  # fmt: skip
    return ProjectionGeneration.objects.create(
        engine=ENGINE,
        data_generation=data_generation,
        data_sha256=cells_sha256(cells),
        sha256=answers_sha256(answers),
        seconds=time.monotonic() - started,
        projected=sum(a.state == _State.PROJECTED for a in answers),
        refused=sum(a.state != _State.PROJECTED for a in answers),
        changed=changed,
        shipped=not reason,
        reason=reason,
    )


def answers_sha256(answers: Iterable[Projection]) -> str:
    """Hash of what a generation says, whatever the order of its rows."""
    rows = sorted(
        [answer.system_id, answer.model, answer.metric, *(getattr(answer, name) for name in _CONTENT)]
        for answer in answers
    )
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
