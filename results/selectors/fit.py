"""The fit finder over measured results: which meet the limits, which fail by how much, which cannot be judged.

A view holds one cell per task and device asked for, or per task over all devices. Only results of one comparison group
are ranked by energy, and only qualities on one test set; both are chosen by most results unless the reader says so.
All results are judged in the columns of the snapshot; entries are read of those alone that an answer shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from results.analysis.comparability import comparability
from results.analysis.constraints import Limit
from results.domain.fit_query import FIT_FILTERS, FitQuery, Question
from results.domain.parameters import Problem, QueryError, number_text
from results.domain.query import LeaderboardQuery
from results.models import Benchmark, Device, NeuralModel

from .facets import Facet, facets
from .fit_cells import MOST_ROWS, Cell, Task, cells_of, limits_of
from .fit_columns import TaskRows, most, task_rows
from .snapshot import Snapshot, current_snapshot
from .snapshot.counting import counted


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


def fit_view(
    query: FitQuery, *, also: Collection[str] = (), elsewhere: Collection[str] = (), rows: int = MOST_ROWS
) -> FitView:
    """What ``query`` asks for; QueryError for a network, task or device that is not known, or a limit on the quality of
    several tasks. Five queries at most, one more with a limit on memory.

    ``also`` are networks whose results count beside those asked for; ``elsewhere`` are known and have no results here.
    ``rows`` are held of each list, MOST_ROWS at most.
    """
    snapshot = current_snapshot()
    benchmarks = tuple(Benchmark.objects.select_related("reference_model"))
    networks = _networks(snapshot, benchmarks)
    tasks = _tasks(query, benchmarks, networks, also, elsewhere)
    devices = _devices(query)
    _refuse_quality(query, tasks)
    held = (
        []
        if query.lacks
        else [task_rows(snapshot.part(task.benchmark.pk), task.models, query) for task in tasks]
    )
    groups: Counter[str] = sum((one.groups() for one in held), Counter())
    group = (query.group or most(groups)) if query.needs_energy else None
    return FitView(
        query=query,
        cells=cells_of(query, tasks, devices, held, group, rows),
        limits=limits_of(query),
        group=group,
        group_label=comparability().label(group) if group else "",
        groups=tuple((name, comparability().label(name), groups[name]) for name in sorted(groups)),
        left_out=_left_out(held, query),
        resubmitted=sum(one.inside - len(one.rows) for one in held),
        benchmarks=benchmarks,
        networks=networks,
        devices=devices,
        tasks=tasks,
    )


def _networks(snapshot: Snapshot, benchmarks: Sequence[Benchmark]) -> tuple[tuple[str, str, str], ...]:
    """Every network with results and every reference network, by task. One query."""
    pairs = {
        (benchmark, slug) for benchmark, part in snapshot.parts.items() for (slug,) in counted(part, "model")
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


def _left_out(held: Sequence[TaskRows], query: FitQuery) -> dict[str, int]:
    """How many results would come in without each filter."""
    inside = sum(one.inside for one in held)
    names = [name for name in FIT_FILTERS if held and name in query.filters]
    return {name: sum(one.without(name) for one in held) - inside for name in names}


def fit_facets(view: FitView) -> tuple[Facet, ...]:
    """The values of every filter among the results of the tasks and devices, for the form: one query."""
    filters = dict(view.query.filters)
    if view.tasks:
        filters["benchmark"] = tuple(task.benchmark.pk for task in view.tasks)
    if view.query.devices:
        filters["device"] = view.query.devices
    return facets(LeaderboardQuery(benchmark=None, filters=filters))
