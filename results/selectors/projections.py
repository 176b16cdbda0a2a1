"""The matrix of projections: systems against networks in one metric, what was measured, and what nobody measured.

Nothing of it is read by leaderboards, scores, fronts or the finder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from results.domain.projections import METRICS, CellState, MatrixQuery, ProjectionQuery
from results.models import (
    DeviceClass,
    LeaderboardEntry,
    NextMeasurement,
    Projection,
    ProjectionGeneration,
    System,
)
from results.services.projection_models import ProjectedModel, projected_models

ROWS_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One system on one network. ``value`` is None unless measured or projected, ``low`` and ``high`` are the 80 % band.

    ``public_id`` is the best of ``results`` measured results; ``note`` what its energy includes.
    """

    state: CellState
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    public_id: str = ""
    results: int = 0
    entry: LeaderboardEntry | None = None


PENDING = MatrixCell(CellState.PENDING)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A system with one cell per network."""

    system: System
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True, slots=True)
class ClassCell:
    """All systems of one class on one network: how many in each state, and the least and greatest values."""

    counts: Mapping[CellState, int]
    measured: tuple[float, float] | None
    projected: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class ClassRow:
    device_class: str
    systems: int
    cells: tuple[ClassCell, ...]


@dataclass(frozen=True, slots=True)
class MatrixView:
    """``rows`` are those of the page, by class, then device, the newest round first; ``total`` counts those of all pages.

    ``counts`` are of the cells of all rows that the filters leave, whatever ``state`` asks for. ``classes`` has rows at
    the level of classes only. ``devices`` and ``vendors`` are what a filter can name. ``generation`` is None before the
    first pass of the engine; ``held_back`` is a newer one whose answers are not shown.
    """

    query: MatrixQuery
    networks: tuple[ProjectedModel, ...]
    rows: tuple[MatrixRow, ...]
    classes: tuple[ClassRow, ...]
    total: int
    systems: int
    pages: int
    counts: Mapping[CellState, int]
    devices: tuple[tuple[str, str], ...]
    vendors: tuple[str, ...]
    generation: ProjectionGeneration | None
    held_back: ProjectionGeneration | None
    every_row: tuple[MatrixRow, ...] = field(repr=False, default=())


def matrix_view(query: MatrixQuery) -> MatrixView:
    """The matrix of ``query``. Seven queries, whatever it holds."""
    networks = _networks(query.models)
    asked = Projection.objects.order_by().values("system")
    every = list(System.objects.filter(pk__in=asked).select_related("device", "publication__submitter"))
    systems = _ordered(system for system in every if _wanted(system, query))
    rows = _rows(systems, networks, METRICS[query.metric])
    if query.level == "device":
        rows = _newest_of_each_device(rows)
    counts = Counter(cell.state for row in rows for cell in row.cells)
    left = [row for row in rows if not query.states or any(c.state in query.states for c in row.cells)]
    shipped, held_back = generations()
    pages = max(1, -(-len(left) // ROWS_PER_PAGE))
    first = (min(query.page, pages) - 1) * ROWS_PER_PAGE
    devices = {system.device.slug: system.device.short_name or system.device.name for system in every}
    by_class = query.level == "class"
    return MatrixView(
        query=query,
        networks=networks,
        rows=() if by_class else tuple(left[first : first + ROWS_PER_PAGE]),
        classes=_classes(left, len(networks)) if by_class else (),
        total=len(left),
        systems=len(rows),
        pages=1 if by_class else pages,
        counts=counts,
        devices=tuple(sorted(devices.items(), key=lambda pair: pair[1].casefold())),
        vendors=tuple(sorted({system.device.vendor for system in every} - {""}, key=str.casefold)),
        generation=shipped,
        held_back=held_back,
        every_row=tuple(left),
    )


def generations() -> tuple[ProjectionGeneration | None, ProjectionGeneration | None]:
    """The newest pass whose answers stand, and a newer one that was held back. One query."""
    held_back = None
    for generation in ProjectionGeneration.objects.all()[:20]:
        if generation.shipped:
            return generation, held_back
        held_back = held_back or generation
    return None, held_back


def matching_projections(query: ProjectionQuery) -> QuerySet[Projection]:
    """The answers that ``query`` asks for, with system, device and generation."""
    found = Projection.objects.select_related(
        "system__device", "system__publication__submitter", "generation"
    )
    exact = {
        "metric": METRICS.get(query.metric),
        "state__in": query.states,
        "system__device__device_class__in": query.classes,
        "system__device__slug__in": query.devices,
        "model__in": query.models,
        "system": query.system,
    }
    return found.filter(**{column: value for column, value in exact.items() if value})


@dataclass(frozen=True, slots=True)
class ProjectedCounts:
    """Cells of a device or a network that were projected and refused, and what to measure next for them."""

    projected: int
    refused: int
    next_measurements: tuple[NextMeasurement, ...]

    def __bool__(self) -> bool:
        return bool(self.projected or self.refused)


def projected_on_device(slug: str) -> ProjectedCounts:
    """What is projected on the systems of a device, with the best next run on each, the most telling first. Two queries."""
    states = Projection.objects.filter(system__device__slug=slug).order_by().values_list("state", flat=True)
    found = NextMeasurement.objects.filter(of="system", place=1, system__device__slug=slug)
    return _counts(states, found)


def projected_of_model(slug: str) -> ProjectedCounts:
    """What is projected of a network, with the systems to run it on. Two queries."""
    states = Projection.objects.filter(model=slug).order_by().values_list("state", flat=True)
    of_model = NextMeasurement.objects.filter(of="model", model=slug)
    return _counts(states, of_model)


def next_on_systems(system_ids: Iterable[int], places: int = 3) -> tuple[NextMeasurement, ...]:
    """What to run next on these systems, the most telling first. One query."""
    found = NextMeasurement.objects.filter(of="system", system__in=list(system_ids), place__lte=places)
    return _most_telling(found)


def next_on_devices(device_ids: Iterable[int]) -> tuple[NextMeasurement, ...]:
    """The best next run on each reviewed system of these devices, the most telling first. One query."""
    found = NextMeasurement.objects.filter(of="system", place=1, system__device__in=list(device_ids))
    return _most_telling(found)


def _counts(states: Iterable[str], found: QuerySet[NextMeasurement]) -> ProjectedCounts:
    counted = Counter(states)
    projected = counted[Projection.State.PROJECTED]
    return ProjectedCounts(projected, sum(counted.values()) - projected, _most_telling(found))


def _most_telling(found: QuerySet[NextMeasurement]) -> tuple[NextMeasurement, ...]:
    found = found.select_related("system__device", "system__publication__submitter")
    return tuple(sorted(found, key=lambda one: (-one.share, one.system_id, one.model)))


def _networks(models: str) -> tuple[ProjectedModel, ...]:
    found = projected_models()
    return tuple(n for n in found if models == "all" or n.is_reference == (models == "reference"))


def _wanted(system: System, query: MatrixQuery) -> bool:
    device = system.device
    return (
        (not query.classes or device.device_class in query.classes)
        and (not query.devices or device.slug in query.devices)
        and (not query.vendors or device.vendor in query.vendors)
    )


def _ordered(systems: Iterable[System]) -> list[System]:
    order = {value: place for place, value in enumerate(DeviceClass.values)}
    # Twice, for the second order runs the other way: the newest round first.
    newest_first = sorted(systems, key=lambda s: (s.publication.round_id, s.pk), reverse=True)
    return sorted(
        newest_first,
        key=lambda s: (order[s.device.device_class], (s.device.short_name or s.device.name).casefold()),
    )


def _rows(systems: Sequence[System], networks: Sequence[ProjectedModel], metric: str) -> list[MatrixRow]:
    slugs, ids = [network.slug for network in networks], [system.pk for system in systems]
    cells = _answers(ids, slugs, metric)
    cells |= measured_cells(ids, slugs, metric)
    return [
        MatrixRow(system, tuple(cells.get((system.pk, slug), PENDING) for slug in slugs))
        for system in systems
    ]


def _answers(systems: Sequence[int], slugs: Sequence[str], metric: str) -> dict[tuple[int, str], MatrixCell]:
    rows = Projection.objects.filter(metric=metric, model__in=slugs, system__in=systems).order_by()
    columns = ("system_id", "model", "state", "value", "low_80", "high_80", "reason")
    return {
        (system, model): MatrixCell(CellState(state), value, low, high, reason)
        for system, model, state, value, low, high, reason in rows.values_list(*columns)
    }


def measured_cells(
    systems: Sequence[int], slugs: Sequence[str], metric: str
) -> dict[tuple[int, str], MatrixCell]:
    """(system, network) → the least of its measured values. One query."""
    held: dict[tuple[int, str], list[LeaderboardEntry]] = defaultdict(list)
    entries = LeaderboardEntry.objects.filter(
        system__in=systems, neural_model__in=slugs, **{f"{metric}__isnull": False}
    )
    for entry in entries.order_by(metric, "pk"):
        held[entry.system_id, entry.neural_model].append(entry)
    return {
        key: MatrixCell(
            CellState.MEASURED, getattr(own[0], metric), public_id=own[0].public_id, results=len(own), entry=own[0]
        )
        for key, own in held.items()
    }  # fmt: skip


def _newest_of_each_device(rows: Sequence[MatrixRow]) -> list[MatrixRow]:
    """Of several in its newest round the system with most measured cells."""
    best: dict[int, MatrixRow] = {}
    for row in rows:
        held = best.setdefault(row.system.device_id, row)
        if _newness(row) > _newness(held):
            best[row.system.device_id] = row
    return list(best.values())


def _newness(row: MatrixRow) -> tuple[str, int]:
    return row.system.publication.round_id, sum(cell.state == CellState.MEASURED for cell in row.cells)


def _classes(rows: Sequence[MatrixRow], networks: int) -> tuple[ClassRow, ...]:
    groups: dict[str, list[MatrixRow]] = defaultdict(list)
    for row in rows:
        groups[row.system.device.device_class].append(row)
    return tuple(
        ClassRow(name, len(own), tuple(_class_cell([row.cells[k] for row in own]) for k in range(networks)))
        for name, own in groups.items()
    )


def _class_cell(cells: Sequence[MatrixCell]) -> ClassCell:
    return ClassCell(
        Counter(cell.state for cell in cells),
        _span(cells, CellState.MEASURED),
        _span(cells, CellState.PROJECTED),
    )


def _span(cells: Sequence[MatrixCell], state: CellState) -> tuple[float, float] | None:
    values = [cell.value for cell in cells if cell.state == state and cell.value is not None]
    return (min(values), max(values)) if values else None
