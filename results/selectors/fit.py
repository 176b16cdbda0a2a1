"""The fit finder over measured results: which meet the limits, which fail by how much, which cannot be judged.

A view holds one cell per task and device asked for, or per task over all devices. Only results of one comparison group
are ranked by energy, and only qualities on one test set; both are chosen by most results unless the reader says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Q

from results.analysis.comparability import comparability
from results.analysis.constraints import Candidate, Fits, Judged, Limit, Objective, find_fits
from results.analysis.ranking import BAND_TOLERANCE
from results.domain.fit_metrics import FIT_METRICS, FRAME, FRONT_METRICS, LATENCY, LIMIT_PARAMETERS, QUALITY
from results.domain.fit_query import FIT_FILTERS, FitQuery, Question
from results.domain.metrics import Direction
from results.domain.parameters import Problem, QueryError, number_text
from results.domain.query import LeaderboardQuery
from results.models import Benchmark, Device, DeviceFact, LeaderboardEntry, NeuralModel
from results.querysets import condition
from results.services.pareto_points import direction

from .facets import Facet, facets
from .fit_values import (
    MEMORY_FIELDS,
    Groups,
    Known,
    Memory,
    energy_group,
    known_values,
    memory_of,
    quality_group,
)
from .snapshot import current_snapshot


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

    ``quality_label`` names the test set whose qualities compare, empty where all do or quality does not decide.
    """

    task: Task
    device: Device | None
    answers: tuple[Match, ...]
    failing: tuple[Match, ...]
    unjudged: tuple[Match, ...]
    quality_label: str

    @property
    def looked_at(self) -> int:
        return len(self.answers) + len(self.failing) + len(self.unjudged)


@dataclass(frozen=True, slots=True)
class FitView:
    """One view of the finder; ``cells`` is empty while the question lacks something.

    ``group`` is the comparison group whose energies count, None where none was measured; ``groups`` are (group, label,
    distinct results) in the view. ``left_out`` maps each filter to the results that it alone keeps out, ``resubmitted``
    counts logs that were handed in again and stand once. ``networks`` are (benchmark, slug, name) with results.
    """

    query: FitQuery
    cells: tuple[Cell, ...]
    limits: tuple[Limit, ...]
    group: str | None
    group_label: str
    groups: tuple[tuple[str, str, int], ...]
    left_out: Mapping[str, int]
    resubmitted: int
    benchmarks: tuple[Benchmark, ...]
    networks: tuple[tuple[str, str, str], ...]
    devices: Mapping[str, Device]
    tasks: tuple[Task, ...]


def fit_view(query: FitQuery, *, also: Collection[str] = (), elsewhere: Collection[str] = ()) -> FitView:
    """What ``query`` asks for; QueryError for a network, task or device that is not known, or a limit on the quality of
    several tasks. Five queries at most, one more with a limit on memory and one more with filters.

    ``also`` are networks whose results count beside those asked for; ``elsewhere`` are known and have no results here.
    """
    benchmarks = tuple(Benchmark.objects.select_related("reference_model"))
    networks = _networks(benchmarks)
    tasks = _tasks(query, benchmarks, networks, also, elsewhere)
    devices = _devices(query)
    _refuse_quality(query, tasks)
    where = _where(tasks, query)
    asked = LeaderboardQuery(benchmark=None, filters=query.filters)
    complete = not query.lacks
    entries = list(_entries(where, asked)) if complete else []
    distinct = _distinct(entries)
    groups = Counter(group for entry in distinct if (group := energy_group(entry)))
    group = (query.group or _most(groups)) if query.needs_energy else None
    return FitView(
        query=query,
        cells=tuple(_cells(query, tasks, devices, distinct, group)) if complete else (),
        limits=limits_of(query),
        group=group,
        group_label=comparability().label(group) if group else "",
        groups=tuple((name, comparability().label(name), groups[name]) for name in sorted(groups)),
        left_out=_left_out(where, asked, len(entries)) if complete and query.filters else {},
        resubmitted=len(entries) - len(distinct),
        benchmarks=benchmarks,
        networks=networks,
        devices=devices,
        tasks=tasks,
    )


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


def _networks(benchmarks: Sequence[Benchmark]) -> tuple[tuple[str, str, str], ...]:
    """Every network with results and every reference network, by task. One query."""
    pairs = {
        (part.benchmark, part.words["model"][code])
        for part in current_snapshot().parts.values()
        for code in np.unique(part.codes["model"])
    }
    pairs |= {(one.pk, one.reference_model.slug) for one in benchmarks if one.reference_model}
    names = dict(NeuralModel.objects.filter(slug__in={slug for _, slug in pairs}).values_list("slug", "name"))
    return tuple(
        (one.pk, slug, names.get(slug, slug))
        for one in benchmarks
        for benchmark, slug in sorted(pairs)
        if benchmark == one.pk and slug
    )


def _tasks(
    query: FitQuery,
    benchmarks: Sequence[Benchmark],
    networks: Sequence[tuple[str, str, str]],
    also: Collection[str],
    elsewhere: Collection[str],
) -> tuple[Task, ...]:
    """The tasks asked for, in the order of the catalogue; a network named with its own task narrows it."""
    known = {benchmark.pk for benchmark in benchmarks}
    slugs = sorted({slug for _, slug, _ in networks})
    problems = [
        Problem("benchmark", name, f"is no benchmark; one of {', '.join(sorted(known))}")
        for name in query.benchmarks
        if name not in known
    ]
    problems += [
        Problem("model", slug, f"is no network that is known here; one of {', '.join(slugs)}, or of /models/")
        for slug in query.models
        if slug not in slugs and slug not in elsewhere
    ]
    if problems:
        raise QueryError(problems)
    asked = {*query.models, *also}
    models = {
        benchmark.pk: tuple(slug for task, slug, _ in networks if task == benchmark.pk and slug in asked)
        for benchmark in benchmarks
    }
    everything = (
        query.question is Question.MODEL
        and not query.models
        and not query.benchmarks
        and query.analysis is None
    )
    return tuple(
        Task(one, models[one.pk])
        for one in benchmarks
        if everything or models[one.pk] or one.pk in query.benchmarks
    )


def _devices(query: FitQuery) -> dict[str, Device]:
    """Slug → device, in the order asked for; no query without one."""
    if not query.devices:
        return {}
    found = {device.slug: device for device in Device.objects.filter(slug__in=query.devices)}
    unknown = [slug for slug in query.devices if slug not in found]
    if unknown:
        message = "is no device of the catalogue; /devices/ lists them all with their slugs"
        raise QueryError([Problem("device", slug, message) for slug in unknown])
    return {slug: found[slug] for slug in query.devices}


def _refuse_quality(query: FitQuery, tasks: Sequence[Task]) -> None:
    """A quality is a Top-1, an AUC or a count of errors: a limit on it means one task, and the end that is worse."""
    for name in ("quality_min", "quality_max"):
        if name not in query.limits or query.lacks:
            continue
        value = number_text(query.limits[name])
        if len(tasks) != 1:
            raise QueryError([Problem(name, value, "compares Top-1, AUC and error counts; name one task")])
        counts_errors = tasks[0].benchmark.quality_metric == "fp_fn"
        if counts_errors != (name == "quality_max"):
            words = (
                "counts errors: use quality_max"
                if counts_errors
                else "is better when higher: use quality_min"
            )
            raise QueryError([Problem(name, value, f"does not fit; {tasks[0].benchmark.pk} {words}")])


def _where(tasks: Sequence[Task], query: FitQuery) -> Q:
    wanted = Q(pk__in=[])
    for task in tasks:
        own = Q(benchmark=task.benchmark.pk)
        wanted |= own & Q(neural_model__in=task.models) if task.models else own
    return wanted & Q(device_slug__in=query.devices) if query.devices else wanted


def _entries(where: Q, asked: LeaderboardQuery) -> Iterable[LeaderboardEntry]:
    """The results to look at, the earliest round first."""
    return (
        LeaderboardEntry.objects.filter(where)
        .filter(condition(asked))
        .order_by("round_position", "public_id")
    )


def _distinct(entries: Iterable[LeaderboardEntry]) -> list[LeaderboardEntry]:
    """Each log once, with the earliest round in which it stands in the view."""
    first: dict[str, LeaderboardEntry] = {}
    for entry in entries:
        first.setdefault(entry.duplicate_of or entry.public_id, entry)
    return list(first.values())


def _most(counts: Counter[str]) -> str | None:
    return max(sorted(counts), key=lambda name: counts[name]) if counts else None


def _cells(
    query: FitQuery,
    tasks: Sequence[Task],
    devices: Mapping[str, Device],
    entries: Sequence[LeaderboardEntry],
    group: str | None,
) -> Iterable[Cell]:
    memories = _memories(query, entries)
    held: dict[tuple[str, str], list[LeaderboardEntry]] = defaultdict(list)
    for entry in entries:
        held[entry.benchmark, entry.device_slug if devices else ""].append(entry)
    for slug, device in devices.items() or [("", None)]:
        for task in tasks:
            yield _cell(query, task, device, held[task.benchmark.pk, slug], group, memories)


def _memories(query: FitQuery, entries: Sequence[LeaderboardEntry]) -> dict[str, Memory]:
    """Slug of a device → its memory, where a limit asks for it: one query, else none."""
    if not MEMORY_FIELDS.keys() & set(query.metrics):
        return {}
    slugs = {entry.device_slug for entry in entries}
    facts: dict[str, list[DeviceFact]] = {slug: [] for slug in slugs}
    stated = DeviceFact.objects.filter(device__slug__in=slugs, field__in=MEMORY_FIELDS.values())
    for fact in stated.select_related("device"):
        facts[fact.device.slug].append(fact)
    return {slug: memory_of(held) for slug, held in facts.items()}


def _cell(
    query: FitQuery,
    task: Task,
    device: Device | None,
    entries: Sequence[LeaderboardEntry],
    group: str | None,
    memories: Mapping[str, Memory],
) -> Cell:
    sets = Counter(name for entry in entries if (name := quality_group(entry)))
    quality = _most(sets) if QUALITY in query.metrics else None
    memory = {entry.public_id: memories.get(entry.device_slug, {}) for entry in entries}
    known = {
        entry.public_id: known_values(entry, query, Groups(group, quality), memory[entry.public_id])
        for entry in entries
    }
    fits = _fits(query, task.benchmark, entries, known)
    by_id = {entry.public_id: entry for entry in entries}

    def matches(judged: Iterable[Judged]) -> tuple[Match, ...]:
        return tuple(
            Match(by_id[j.candidate.key], j, known[j.candidate.key], memory[j.candidate.key]) for j in judged
        )

    return Cell(
        task=task,
        device=device,
        answers=matches(fits.answers),
        failing=matches(fits.failing),
        unjudged=matches(fits.unjudged),
        quality_label=comparability().label(quality) if quality else "",
    )


def _fits(
    query: FitQuery, benchmark: Benchmark, entries: Sequence[LeaderboardEntry], known: Mapping[str, Known]
) -> Fits:
    objective = Objective(
        query.objective,
        metric_direction(query.objective, benchmark),
        tolerance=0.0 if query.objective == QUALITY else BAND_TOLERANCE,
    )
    candidates = [Candidate(e.public_id, known[e.public_id].compared, e.division) for e in entries]
    front = {name: metric_direction(name, benchmark) for name in front_metrics(query)}
    return find_fits(candidates, limits_of(query), objective, front)


def _left_out(where: Q, asked: LeaderboardQuery, inside: int) -> dict[str, int]:
    """How many results would come in without each filter: one query."""
    names = [name for name in FIT_FILTERS if name in asked.filters]
    counted = LeaderboardEntry.objects.filter(where).aggregate(
        **{f"n{k}": Count("pk", filter=condition(asked, without=[name])) for k, name in enumerate(names)}
    )
    return {name: counted[f"n{k}"] - inside for k, name in enumerate(names)}


def fit_facets(view: FitView) -> tuple[Facet, ...]:
    """The values of every filter among the results of the tasks and devices, for the form: one query."""
    filters = dict(view.query.filters)
    if view.tasks:
        filters["benchmark"] = tuple(task.benchmark.pk for task in view.tasks)
    if view.query.devices:
        filters["device"] = view.query.devices
    return facets(LeaderboardQuery(benchmark=None, filters=filters))
