"""Coverage: what was measured in each cell of the taxonomy, and on each device with each benchmark.

Results are counted in groups from the columnar snapshot, so that the work that is left grows with devices and
benchmarks and not with results.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count

from results.analysis.coverage import DeviceCell, DeviceRecord, Group, View, device_cell, round_key
from results.analysis.taxonomy import Tallies, Tally, TaxonomyCell, Unplaced, taxonomy_cells, unplaced
from results.catalog.entries import BenchmarkEntry, InputKind
from results.catalog.reader import catalogue
from results.domain.coverage import (
    EMPTY,
    MEASURED,
    METRICS,
    CellState,
    Gap,
    GridQuery,
    GridWords,
    TaxonomyQuery,
)
from results.models import Benchmark, Device, DeviceClass, DeviceFact, Round, Run

from .snapshot import Snapshot, current_snapshot
from .snapshot.counting import counted, counted_everywhere, kept, rows_with

GONE = (Run.Status.WITHDRAWN, Run.Status.REMOVED)
IN_SUITE, FIRST_ROUND = "in_mlperf_tiny", "first_mlperf_tiny_round"
"""Facts of the catalogue that say whether a device was ever submitted, and in which round first."""
FLAGS = dict(zip(METRICS, ("has_latency", "energy_measured", "has_quality"), strict=True))
"""What a result may have measured → how the snapshot counts by it."""


@dataclass(frozen=True, slots=True)
class TaxonomyView:
    """The taxonomy with what was measured. ``cells`` are those of the query, ``counts`` those of the input kinds of
    the query by state. ``silent_rounds`` are known rounds of which nothing is held here."""

    query: TaxonomyQuery
    source: str
    kinds: tuple[InputKind, ...]
    benchmarks: Mapping[str, BenchmarkEntry]
    cells: tuple[TaxonomyCell, ...]
    every_cell: tuple[TaxonomyCell, ...]
    unplaced: tuple[Unplaced, ...]
    held_rounds: tuple[str, ...]
    silent_rounds: tuple[str, ...]

    @property
    def counts(self) -> Mapping[CellState, int]:
        return Counter(cell.state for cell in self.every_cell)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A device with one cell per benchmark of the view."""

    device: Device
    cells: tuple[DeviceCell, ...]

    @property
    def without_results(self) -> bool:
        """Whether no cell has a result and all are empty for one reason, which then stands for the row."""
        return len({cell.because for cell in self.cells}) == 1 and not any(
            cell.results for cell in self.cells
        )


@dataclass(frozen=True, slots=True)
class GridView:
    """Devices against benchmarks. ``rows`` are those with a cell that the query asks for, by class, those with results first, then by name.

    ``filled`` and ``gaps`` count the cells of all devices of the query's classes, whatever its ``cells``.
    """

    query: GridQuery
    benchmarks: tuple[Benchmark, ...]
    rows: tuple[GridRow, ...]
    devices: int
    filled: int
    gaps: Mapping[Gap, int]
    held_rounds: tuple[str, ...]
    silent_rounds: tuple[str, ...]


def wanted(cell: DeviceCell, query: GridQuery) -> bool:
    """Whether the query asks for ``cell``."""
    if query.cells is None:
        return True
    if query.cells in (MEASURED, EMPTY):
        return (cell.gap is None) == (query.cells == MEASURED)
    return cell.gap == query.cells


def taxonomy_view(query: TaxonomyQuery) -> TaxonomyView:
    """The taxonomy of the catalogue with its counts. Two queries at most."""
    known = catalogue()
    kinds = tuple(kind for kind in known.input_kinds.values() if not query.kinds or kind.slug in query.kinds)
    tallies, held = _tallies(current_snapshot())
    benchmarks = tuple(known.benchmarks.values())
    types = {entry.id: known.neural_models[entry.reference_model].model_type for entry in benchmarks}
    cells = tuple(taxonomy_cells(kinds, benchmarks, types, tallies))
    slugs = {kind.slug for kind in kinds}
    return TaxonomyView(
        query=query,
        source=known.taxonomy_source,
        kinds=kinds,
        benchmarks=known.benchmarks,
        cells=tuple(cell for cell in cells if not query.states or cell.state in query.states),
        every_cell=cells,
        unplaced=tuple(
            one
            for one in unplaced(known.input_kinds, benchmarks, tallies)
            if one.benchmark not in known.benchmarks or known.benchmarks[one.benchmark].input_kind in slugs
        ),
        held_rounds=held,
        silent_rounds=_silent(held, Round.objects.values_list("pk", flat=True)),
    )


def grid_words() -> GridWords:
    """The words that a query of the grid may use. Two queries."""
    return GridWords(
        DeviceClass.values,
        tuple(Benchmark.objects.values_list("pk", flat=True)),
        tuple(Round.objects.values_list("pk", flat=True)),
    )


def grid_view(query: GridQuery, words: GridWords) -> GridView:
    """Every device that the site knows, on every benchmark of the query. Five queries at most, one of them over runs
    once per data generation."""
    snapshot = current_snapshot()
    groups, held = _device_groups(snapshot), _held_rounds(snapshot)
    withdrawn = kept(snapshot.kept, ("withdrawn",), _withdrawn)
    benchmarks = tuple(b for b in Benchmark.objects.all() if not query.benchmarks or b.pk in query.benchmarks)
    view = View(query.division, query.rounds, query.metric)
    facts = _facts()
    rows = []
    for device in _devices(query.classes, groups):
        record = DeviceRecord(
            groups.get(device.slug, ()), withdrawn.get(device.pk), *facts.get(device.pk, (None, ""))
        )
        cells = (device_cell(b.pk, b.since_round, record, view, held) for b in benchmarks)
        rows.append(GridRow(device, tuple(cells)))
    every = [cell for row in rows for cell in row.cells]
    return GridView(
        query=query,
        benchmarks=benchmarks,
        rows=tuple(row for row in rows if any(wanted(cell, query) for cell in row.cells)),
        devices=len(rows),
        filled=sum(cell.gap is None for cell in every),
        gaps=Counter(cell.gap for cell in every if cell.gap is not None),
        held_rounds=held,
        silent_rounds=_silent(held, words.rounds),
    )


def _devices(classes: Sequence[str], with_results: Container[str]) -> list[Device]:
    """By class in the order of the classes, those with results before the others, then by name."""
    devices = Device.objects.filter(device_class__in=classes) if classes else Device.objects.all()
    order = {value: place for place, value in enumerate(DeviceClass.values)}

    def place(device: Device) -> tuple[int, bool, str]:
        return order[device.device_class], device.slug not in with_results, device.name.casefold()

    return sorted(devices, key=place)


def _withdrawn() -> dict[int, dict[str, int]]:
    """Device → benchmark → results that are no longer counted."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    groups = Run.objects.filter(status__in=GONE).order_by().values_list("system__device", "benchmark")
    for device, benchmark, number in groups.annotate(Count("pk")):
        found[device][benchmark] = number
    return found


def _facts() -> dict[int, tuple[bool | None, str]]:
    """Device → whether MLPerf Tiny names it, and its first round; where sources differ, named and the earliest."""
    said: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = DeviceFact.objects.filter(field__in=(IN_SUITE, FIRST_ROUND)).order_by()
    for device, field, value in rows.values_list("device", "field", "value"):
        said[device][field].add(value)
    return {
        device: (
            "yes" in fields[IN_SUITE] if fields[IN_SUITE] else None,
            min(fields[FIRST_ROUND], key=round_key, default=""),
        )
        for device, fields in said.items()
    }


def _silent(held: Collection[str], known: Iterable[str]) -> tuple[str, ...]:
    return tuple(round_id for round_id in known if round_id not in held)


def _tallies(snapshot: Snapshot) -> tuple[Tallies, tuple[str, ...]]:
    """What was published by benchmark and type of network, and all rounds with results."""
    return kept(snapshot.kept, ("tallies",), lambda: _tallied(snapshot))


def _tallied(snapshot: Snapshot) -> tuple[Tallies, tuple[str, ...]]:
    types = {model.slug: model.model_type for model in catalogue().neural_models.values()}
    tallies = {}
    for benchmark, part in snapshot.parts.items():
        models: dict[str, list[str]] = defaultdict(list)
        for (model,) in counted(part, "model"):
            models[types.get(model, "")].append(model)
        for name, own in models.items():
            counts = {
                words: number
                for words, number in counted(part, "model", "device", "round").items()
                if words[0] in own
            }
            rounds = {round_id for _, _, round_id in counts}
            tallies[benchmark, name] = Tally(
                results=sum(counts.values()),
                systems=len(np.unique(part.systems[rows_with(part, "model", *own)])),
                devices=len({device for _, device, _ in counts}),
                rounds=tuple(sorted(rounds, key=round_key)),
            )
    return tallies, _held_rounds(snapshot)


def _held_rounds(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(sorted((name for (name,) in counted_everywhere(snapshot, "round")), key=round_key))


def _device_groups(snapshot: Snapshot) -> dict[str, tuple[Group, ...]]:
    """Slug of a device → its results in groups of those that are alike."""
    return kept(snapshot.kept, ("device groups",), lambda: _grouped(snapshot))


def _grouped(snapshot: Snapshot) -> dict[str, tuple[Group, ...]]:
    groups: dict[str, list[Group]] = defaultdict(list)
    columns = ("device", "benchmark", "division", "round", *FLAGS.values())
    for (device, benchmark, division, round_id, *measured), number in counted_everywhere(
        snapshot, *columns
    ).items():
        names = frozenset(name for name, has in zip(FLAGS, measured, strict=True) if has)
        groups[device].append(Group(benchmark, division, round_id, names, number))
    return {slug: tuple(own) for slug, own in groups.items()}
