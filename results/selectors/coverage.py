"""Coverage: what was measured in each cell of the taxonomy, and on each device with each benchmark.

Results are counted by the database in groups, so that the work that is left grows with devices and benchmarks and
not with results.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, Q, Value, When

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
from results.models import Benchmark, Device, DeviceClass, DeviceFact, LeaderboardEntry, Round, Run
from results.querysets import ENERGY_MEASURED
from results.selectors.site import data_generation

GONE = (Run.Status.WITHDRAWN, Run.Status.REMOVED)
IN_SUITE, FIRST_ROUND = "in_mlperf_tiny", "first_mlperf_tiny_round"
"""Facts of the catalogue that say whether a device was ever submitted, and in which round first."""


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
    """The taxonomy of the catalogue with its counts. Four queries, two of them once per data generation."""
    known = catalogue()
    kinds = tuple(kind for kind in known.input_kinds.values() if not query.kinds or kind.slug in query.kinds)
    tallies, held = _tallies(data_generation())
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
    """Every device that the site knows, on every benchmark of the query. Six queries, two of them over results and
    runs, once per data generation."""
    groups, withdrawn, held = _device_groups(data_generation())
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


@lru_cache(maxsize=2)
def _tallies(generation: int) -> tuple[Tallies, tuple[str, ...]]:
    """What was published by benchmark and type of network, and all rounds with results; counted once per generation."""
    types = defaultdict(list)
    for model in catalogue().neural_models.values():
        types[model.model_type].append(model.slug)
    typed = LeaderboardEntry.objects.order_by().annotate(
        model_type=Case(
            *(When(neural_model__in=slugs, then=Value(name)) for name, slugs in types.items()),
            default=Value(""),
        )
    )
    systems = {
        (benchmark, name): number
        for benchmark, name, number in typed.values_list("benchmark", "model_type").annotate(
            Count("system", distinct=True)
        )
    }
    results: Counter[tuple[str, str]] = Counter()
    devices: dict[tuple[str, str], set[str]] = defaultdict(set)
    rounds: dict[tuple[str, str], set[str]] = defaultdict(set)
    counted = typed.values_list("benchmark", "model_type", "device_slug", "round").annotate(Count("pk"))
    for benchmark, name, device, round_id, number in counted:
        key = benchmark, name
        results[key] += number
        devices[key].add(device)
        rounds[key].add(round_id)
    tallies = {
        key: Tally(results[key], systems[key], len(devices[key]), tuple(sorted(rounds[key], key=round_key)))
        for key in results
    }
    return tallies, tuple(sorted(set().union(*rounds.values()), key=round_key))


@lru_cache(maxsize=2)
def _device_groups(
    generation: int,
) -> tuple[dict[str, tuple[Group, ...]], dict[int, dict[str, int]], tuple[str, ...]]:
    """Slug of a device → its results in groups of those that are alike; key of a device → results that are no longer
    counted; all rounds with results. Counted once per generation."""
    conditions = (Q(latency_ms__isnull=False), ENERGY_MEASURED, Q(quality_value__isnull=False))
    flags = {
        f"has_{name}": ExpressionWrapper(condition, output_field=BooleanField())
        for name, condition in zip(METRICS, conditions, strict=True)
    }
    alike = LeaderboardEntry.objects.order_by().annotate(**flags)
    groups: dict[str, list[Group]] = defaultdict(list)
    counted = alike.values_list("device_slug", "benchmark", "division", "round", *flags).annotate(Count("pk"))
    for device, benchmark, division, round_id, *measured, number in counted:
        names = frozenset(name for name, has in zip(METRICS, measured, strict=True) if has)
        groups[device].append(Group(benchmark, division, round_id, names, number))
    held = {group.round for own in groups.values() for group in own}
    return (
        {slug: tuple(own) for slug, own in groups.items()},
        _withdrawn(),
        tuple(sorted(held, key=round_key)),
    )


def forget_counts() -> None:
    """Count again at the next page: for tests, whose data change without a new generation."""
    _tallies.cache_clear()
    _device_groups.cache_clear()
