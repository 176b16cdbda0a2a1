"""Which result stands for a device or a model on each benchmark, and where models ran: from the columnar snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from results.domain.metrics import Direction
from results.domain.vocabulary import SORTS

from .device_columns import rows_of
from .snapshot import Part, current_snapshot
from .snapshot.columns import Rows


def best_runs_of_devices(
    slugs: Sequence[str], sort: str, directions: Mapping[str, Direction]
) -> Iterator[tuple[str, int]]:
    """(device, run) of the result that stands on each benchmark: closed before open, then the best by ``sort``, then
    the one stored first. ``directions`` by benchmark hold where they are not that of the sort."""
    for part in current_snapshot().parts.values():
        for slug in slugs:
            yield from ((slug, run) for run in _first(part, rows_of(part, slug), sort, directions))


def best_runs_of_models(
    slugs: Sequence[str], device: str, sort: str, directions: Mapping[str, Direction]
) -> Iterator[tuple[str, int]]:
    """(model, run) of the same on one device."""
    for part in current_snapshot().parts.values():
        on_device = rows_of(part, device)
        for slug in slugs:
            own = on_device[part.codes["model"][on_device] == _code(part, "model", slug)]
            yield from ((slug, run) for run in _first(part, own, sort, directions))


def device_of_most_models(slugs: Sequence[str]) -> str:
    """The device on which most of the models ran, then the one with most results; empty where none did."""
    snapshot = current_snapshot()
    size = len(snapshot.words["device"])
    counted = np.zeros((len(slugs), size), np.int64)
    for part in snapshot.parts.values():
        for row, slug in enumerate(slugs):
            own = part.codes["device"][part.codes["model"] == _code(part, "model", slug)]
            counted[row] += np.bincount(own, minlength=size)
    models, results = np.count_nonzero(counted, axis=0), counted.sum(axis=0)
    ran = [
        (-int(models[k]), -int(results[k]), word)
        for k, word in enumerate(snapshot.words["device"])
        if results[k]
    ]
    return min(ran)[2] if ran else ""


def _first(part: Part, rows: Rows, sort: str, directions: Mapping[str, Direction]) -> Iterator[int]:
    """The run that stands first among ``rows``; none where there are none."""
    if not len(rows):
        return
    values = part.values[sort][rows]
    keys = values if directions.get(part.benchmark, SORTS[sort]) is Direction.LOWER else -values
    is_open = part.codes["division"][rows] != _code(part, "division", "closed")
    order = np.lexsort((part.runs[rows], np.where(np.isnan(keys), np.inf, keys), is_open))
    yield int(part.runs[rows[order[0]]])


def _code(part: Part, name: str, word: str) -> int:
    """The code of a word, -1 where the part has none."""
    code = part.code(name, word)
    return -1 if code is None else code
