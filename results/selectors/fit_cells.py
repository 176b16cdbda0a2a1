"""The cells of the fit finder: all results of a task judged in columns, and those that are shown with all that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from results.analysis.comparability import comparability
from results.analysis.constraint_columns import FirstOf, column_fits
from results.analysis.constraints import Candidate, Judged, Limit, Objective, judge
from results.analysis.ranking import BAND_TOLERANCE, RankBand
from results.domain.fit_metrics import FIT_METRICS, FRAME, FRONT_METRICS, LATENCY, LIMIT_PARAMETERS, QUALITY
from results.domain.fit_query import FitQuery
from results.domain.metrics import Direction
from results.models import Benchmark, Device, DeviceFact, LeaderboardEntry
from results.services.pareto_points import direction

from .fit_columns import TaskRows, compared_columns, quality_group_of
from .fit_values import MEMORY_FIELDS, Groups, Known, Memory, known_values, memory_of

MOST_ROWS = 500
"""Rows of each list of a cell in an answer; counts and ranks are those of all results."""


@dataclass(frozen=True, slots=True)
class Task:
    """A benchmark with the networks whose results count; none named: any network."""

    benchmark: Benchmark
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """One result against the limits, with everything known of it. ``memory`` is that of its device."""

    entry: LeaderboardEntry
    judged: Judged
    known: Known
    memory: Memory


@dataclass(frozen=True, slots=True)
class Cell:
    """One task on one device, or on all (``device`` None). ``looked_at`` counts the distinct results that were judged.

    The three lists hold the first of the ``fits``, ``fails`` and ``not_judged`` results in number. ``quality_label``
    names the test set whose qualities compare, empty where all do or quality does not decide.
    """

    task: Task
    device: Device | None
    answers: tuple[Match, ...]
    failing: tuple[Match, ...]
    unjudged: tuple[Match, ...]
    fits: int
    fails: int
    not_judged: int
    quality_label: str

    @property
    def looked_at(self) -> int:
        return self.fits + self.fails + self.not_judged

    @property
    def shown(self) -> int:
        """How many results the lists hold."""
        return len(self.answers) + len(self.failing) + len(self.unjudged)


def limits_of(query: FitQuery) -> tuple[Limit, ...]:
    """The limits of ``query``; a frame rate is one too: the device must keep up with it."""
    limits = [
        Limit(one.metric, one.is_least, query.limits[name])
        for name, one in LIMIT_PARAMETERS.items()
        if name in query.limits
    ]
    return (*limits, Limit(FRAME, False, 1.0)) if query.fps is not None else tuple(limits)


def metric_direction(name: str, benchmark: Benchmark) -> Direction:
    """Which way is better; that of a quality is its benchmark's."""
    return direction(benchmark.quality_metric) if name == QUALITY else FIT_METRICS[name].direction


def front_metrics(query: FitQuery) -> tuple[str, ...]:
    """The metrics that the front is taken over: the objective and the measured ones that are limited."""
    limited = [*query.metrics, *([LATENCY] if query.fps is not None else [])]
    return tuple(name for name in dict.fromkeys(limited) if name in FRONT_METRICS)


@dataclass(frozen=True, slots=True)
class _Place:
    """A result of a list before its entry is read: ``key`` orders the list; only an answer has a band."""

    run: int
    key: float
    band: RankBand | None = None
    on_front: bool = False


@dataclass(frozen=True, slots=True)
class _JudgedCell:
    """A cell before its entries are read: its lists in the order of :class:`Cell`."""

    task: Task
    device: Device | None
    groups: Groups
    lists: tuple[list[_Place], list[_Place], list[_Place]]
    counts: tuple[int, int, int]


def cells_of(
    query: FitQuery,
    tasks: Sequence[Task],
    devices: Mapping[str, Device],
    held: Sequence[TaskRows],
    group: str | None,
    size: int,
) -> tuple[Cell, ...]:
    """A cell per device (or one for all) and task, with the first ``size`` results of each list, MOST_ROWS at most.

    ``held`` are the rows of each task; without any there is no cell. Equal results stand by public id, in a list of more
    than MOST_ROWS results by run. Three queries at most.
    """
    if not held:
        return ()
    size = min(size, MOST_ROWS)
    memories = _memories(query, held)
    judged = [
        _judged_cell(query, task, device, own, group, memories, size)
        for device in devices.values() or [None]
        for task, own in zip(tasks, held, strict=True)
    ]
    names = _names(place.run for cell in judged for own in cell.lists if len(own) > size for place in own)
    shown = [[_first(own, names, size) for own in cell.lists] for cell in judged]
    runs = [place.run for lists in shown for own in lists for place in own]
    entries = LeaderboardEntry.objects.in_bulk(runs) if runs else {}
    return tuple(
        _cell(query, cell, lists, entries, memories) for cell, lists in zip(judged, shown, strict=True)
    )


def _memories(query: FitQuery, held: Iterable[TaskRows]) -> dict[str, Memory]:
    """Slug of a device → its memory, where a limit asks for it: one query, else none."""
    if not MEMORY_FIELDS.keys() & set(query.metrics):
        return {}
    facts: dict[str, list[DeviceFact]] = {slug: [] for one in held for slug in one.devices()}
    stated = DeviceFact.objects.filter(device__slug__in=facts, field__in=MEMORY_FIELDS.values())
    for fact in stated.select_related("device"):
        facts[fact.device.slug].append(fact)
    return {slug: memory_of(own) for slug, own in facts.items()}


def _judged_cell(
    query: FitQuery,
    task: Task,
    device: Device | None,
    held: TaskRows,
    group: str | None,
    memories: Mapping[str, Memory],
    size: int,
) -> _JudgedCell:
    part, rows = held.part, held.on_device(device.slug) if device else held.rows
    groups = Groups(group, quality_group_of(part, rows) if QUALITY in query.metrics else None)
    limits = limits_of(query)
    front = {name: metric_direction(name, task.benchmark) for name in front_metrics(query)}
    metrics = [query.objective, *(limit.metric for limit in limits), *front]
    fits = column_fits(
        compared_columns(part, rows, query, groups, memories, metrics),
        part.codes["division"][rows],
        limits,
        _objective(query, task.benchmark),
        front,
        wanted=size,
        most=MOST_ROWS,
    )

    def places(found: FirstOf) -> Iterator[tuple[int, float]]:
        return zip(part.runs[rows[found.places]].tolist(), found.keys.tolist(), strict=True)

    answers = zip(places(fits.answers), fits.bands, fits.on_front.tolist(), strict=True)
    return _JudgedCell(
        task=task,
        device=device,
        groups=groups,
        lists=(
            [_Place(run, key, band, on_front) for (run, key), band, on_front in answers],
            [_Place(run, key) for run, key in places(fits.failing)],
            [_Place(run, key) for run, key in places(fits.unjudged)],
        ),
        counts=(fits.answers.count, fits.failing.count, fits.unjudged.count),
    )


def _objective(query: FitQuery, benchmark: Benchmark) -> Objective:
    tolerance = 0.0 if query.objective == QUALITY else BAND_TOLERANCE
    return Objective(query.objective, metric_direction(query.objective, benchmark), tolerance)


def _names(runs: Iterable[int]) -> dict[int, str]:
    """The public ids of runs; no query without any."""
    wanted = list(runs)
    if not wanted:
        return {}
    return dict(LeaderboardEntry.objects.filter(pk__in=wanted).values_list("pk", "public_id"))


def _first(places: list[_Place], names: Mapping[int, str], size: int) -> list[_Place]:
    if len(places) <= size:
        return places
    return sorted(places, key=lambda place: (place.key, names.get(place.run, "")))[:size]


def _cell(
    query: FitQuery,
    cell: _JudgedCell,
    lists: Sequence[Sequence[_Place]],
    entries: Mapping[int, LeaderboardEntry],
    memories: Mapping[str, Memory],
) -> Cell:
    limits = limits_of(query)

    def match(place: _Place, entry: LeaderboardEntry) -> Match:
        memory = memories.get(entry.device_slug, {})
        known = known_values(entry, query, cell.groups, memory)
        judged = judge(Candidate(entry.public_id, known.compared, entry.division), limits, query.objective)
        return Match(entry, replace(judged, band=place.band, on_front=place.on_front), known, memory)

    def matches(places: Sequence[_Place]) -> tuple[Match, ...]:
        held = [(place, entries[place.run]) for place in places if place.run in entries]
        held.sort(key=lambda pair: (pair[0].key, pair[1].public_id))
        return tuple(match(place, entry) for place, entry in held)

    answers, failing, unjudged = (matches(own) for own in lists)
    fits, fails, not_judged = cell.counts
    return Cell(
        task=cell.task, device=cell.device, answers=answers, failing=failing, unjudged=unjudged, fits=fits, fails=fails,
        not_judged=not_judged,
        quality_label=comparability().label(cell.groups.quality) if cell.groups.quality else "",
    )  # fmt: skip
