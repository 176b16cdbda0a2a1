"""Next measurement: which benchmark, run next on a system, says most of what nobody measured. Part of a projection pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from results.analysis.projection.cells import cells_of
from results.analysis.projection.next_measurement import Gain, gains, posterior
from results.analysis.projection.refusal import NEVER
from results.analysis.projection.wider import WiderTinySite
from results.models import NextMeasurement, Projection

from .asked_cells import METRICS, Column, asked_row
from .projection_models import ProjectedModel

SUGGESTED = 3
"""Measurements that are kept for each system and each network."""
LEAST_SHARE = 0.005
"""Below this share of the variance a measurement says next to nothing of other cells."""
_QUESTION = "cell"
_ENGINE_METRIC = {of_site: of_engine for of_engine, of_site in METRICS.items()}


def next_measurements(
    engine: WiderTinySite,
    answers: Sequence[Projection],
    models: Sequence[ProjectedModel],
    systems: Sequence[Column],
) -> Iterator[NextMeasurement]:
    """The best runs for each system and for each network, by the unknown cells ``answers``; without generation.

    Only networks of benchmarks can be run. Cells that do not fit, and those of classes that are never projected, are
    neither run nor counted.
    """
    columns = {column.system_id: column for column in systems if column.row.get("class") not in NEVER}
    networks = {model.slug: model for model in models}
    unknown = [a for a in answers if a.system_id in columns and a.state != Projection.State.DOES_NOT_FIT]
    for of, name in ((NextMeasurement.Of.SYSTEM, "system_id"), (NextMeasurement.Of.MODEL, "model")):
        groups: dict[object, list[Projection]] = defaultdict(list)
        for answer in unknown:
            groups[getattr(answer, name)].append(answer)
        for group in groups.values():
            yield from _best(of, engine, group, columns, networks)


def _best(
    of: NextMeasurement.Of,
    engine: WiderTinySite,
    group: Sequence[Projection],
    columns: dict[int, Column],
    networks: dict[str, ProjectedModel],
) -> Iterator[NextMeasurement]:
    runs: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, answer in enumerate(group):
        if networks[answer.model].is_reference:
            runs[answer.system_id, answer.model].append(number)
    if not runs or len(group) < 2:
        return
    ensemble = engine.ensembles_.get(_QUESTION) or next(iter(engine.ensembles_.values()))
    rows = [asked_row(columns[a.system_id], networks[a.model], _ENGINE_METRIC[a.metric]) for a in group]
    covariance, noise = posterior(ensemble.process_, cells_of(rows))
    found = gains(covariance, noise, [np.array(own) for own in runs.values()])
    worth = [gain for gain in found if gain.cells and gain.share >= LEAST_SHARE][:SUGGESTED]
    addresses = list(runs)
    for place, gain in enumerate(worth, start=1):
        system_id, model = addresses[gain.candidate]
        metrics = sorted({group[row].metric for row in runs[system_id, model]}, reverse=True)
        yield _row(of, system_id, model, metrics, place, gain)


def _row(
    of: NextMeasurement.Of, system_id: int, model: str, metrics: list[str], place: int, gain: Gain
) -> NextMeasurement:
    return NextMeasurement(
        of=of, system_id=system_id, model=model, metrics=metrics, place=place, cells=gain.cells,
        share=round(gain.share, 4), factor_before=float(f"{gain.factor_before:.4g}"),
        factor_after=float(f"{gain.factor_after:.4g}"),
    )  # fmt: skip
