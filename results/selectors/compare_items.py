"""What stands side by side in a comparison: runs, systems, devices or models, each with the results that speak for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Case, F, QuerySet, When

from results.domain.comparison import ALL_METRICS, ComparisonQuery, unknown
from results.domain.metrics import Direction
from results.domain.parameters import Problem, QueryError
from results.models import Benchmark, Device, LeaderboardEntry, NeuralModel, Run, System
from results.querysets import VALUE_COLUMNS

from .compare_best import best_runs_of_devices, best_runs_of_models, device_of_most_models

_GONE = {
    Run.Status.WITHDRAWN: "withdrawn by its submitter",
    Run.Status.REMOVED: "removed after an objection",
    Run.Status.MOVED: "moved to the open division",
}
_NOUNS = {
    "latency": "lowest latency",
    "energy": "lowest energy",
    "power": "lowest power",
    "quality": "best quality",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One column. ``entries`` holds the result that stands for it on each benchmark; a run has one, under "".

    ``gone`` says in words why a run no longer counts, with ``gone_reason`` as published; it has no entry then.
    ``chosen_by`` says how the results were chosen where the item has more than it shows. ``facts`` are what is said
    of it beside its name; ``label`` is the name with as many of them as tell it from the other items.
    """

    kind: str
    key: str
    name: str
    facts: tuple[str, ...]
    url: str
    entries: Mapping[str, LeaderboardEntry] = field(default_factory=dict)
    gone: str = ""
    gone_reason: str = ""
    chosen_by: str = ""
    model: NeuralModel | None = None
    label: str = ""

    @property
    def detail(self) -> str:
        return ", ".join(self.facts)


def load_items(query: ComparisonQuery) -> tuple[Item, ...]:
    """The columns of ``query`` in its order; QueryError for ids that nothing has. At most four queries."""
    loaders = {"run": _runs, "system": _systems, "device": _devices, "model": _models}
    found = loaders[query.kind](query)
    missing = [key for key in query.ids if key not in found]
    if missing:
        raise unknown(query.kind, missing)
    return _labelled([found[key] for key in query.ids])


def _labelled(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with labels of which no two are the same: "NUCLEO-L4R5ZI, X-CUBE-AI 8.1.0"."""
    labels = _told_apart(items)
    return tuple(replace(item, label=label) for item, label in zip(items, labels, strict=True))


def _told_apart(items: Sequence[Item]) -> list[str]:
    """A label of each item, in their order. Of items of one name, facts that all of them share tell nothing."""
    labels = []
    for item in items:
        rivals = [other for other in items if other is not item and other.name == item.name]
        label = item.name
        for place, fact in enumerate(item.facts):
            if not rivals:
                break
            left = [other for other in rivals if other.facts[place : place + 1] == (fact,)]
            if len(left) < len(rivals):
                label, rivals = f"{label}, {fact}", left
        labels.append(f"{label}, {item.key}" if rivals else label)
    return labels


def _entries() -> QuerySet[LeaderboardEntry]:
    """Entries with what the table of differences and the bands read."""
    return LeaderboardEntry.objects.select_related("run", "system__publication").order_by("run_id")


def _best_of_systems(systems: Sequence[str], metric: str) -> dict[int, dict[str, LeaderboardEntry]]:
    """System → benchmark → the result that stands there: of several variants the best by ``metric``.

    "all" goes by latency. One run stands for latency, energy and quality together, so that no column joins figures of
    several runs. One query, with a row per system and benchmark.
    """
    order = F(VALUE_COLUMNS[_sort(metric)]).asc(nulls_last=True)
    if metric == "quality":
        errors_count_down = When(quality_metric="fp_fn", then=-F("quality_value"))
        order = Case(errors_count_down, default=F("quality_value")).desc(nulls_last=True)
    rows = (
        _entries()
        .filter(system_id__in=systems)
        .order_by("system_id", "benchmark", "division", order, "run_id")
    )
    found: dict[int, dict[str, LeaderboardEntry]] = defaultdict(dict)
    for entry in rows.distinct("system_id", "benchmark"):
        found[entry.system_id][entry.benchmark] = entry
    return found


def _sort(metric: str) -> str:
    return "latency" if metric == ALL_METRICS else metric


def _sorted_by(metric: str) -> tuple[str, dict[str, Direction]]:
    """What the best of a device or a model goes by, and the benchmarks whose quality counts errors."""
    if metric != "quality":
        return _sort(metric), {}
    errors = Benchmark.objects.filter(quality_metric="fp_fn").values_list("pk", flat=True)
    return metric, dict.fromkeys(errors, Direction.LOWER)


def _standing(best: Iterable[tuple[str, int]]) -> dict[str, dict[str, LeaderboardEntry]]:
    """Owner → benchmark → the result that stands there (see :func:`_best_of_systems`). One query."""
    owners = {run: owner for owner, run in best}
    found: dict[str, dict[str, LeaderboardEntry]] = defaultdict(dict)
    for entry in _entries().filter(run__in=owners).order_by("benchmark"):
        found[owners[entry.run_id]][entry.benchmark] = entry
    return found


def _runs(query: ComparisonQuery) -> dict[str, Item]:
    entries = {entry.public_id: entry for entry in _entries().filter(public_id__in=query.ids)}
    others = set(query.ids) - set(entries)
    items = {key: _run_item(entry) for key, entry in entries.items()}
    if others:
        rows = Run.objects.filter(public_id__in=others).select_related(
            "system__device", "system__publication__submitter"
        )
        items |= {run.public_id: _gone_item(run) for run in rows}
    return items


def _run_item(entry: LeaderboardEntry) -> Item:
    software = entry.software or "software not stated"
    facts = entry.benchmark, software, entry.submitter_name, entry.round
    name = entry.device_short_name or entry.device_name
    return Item("run", entry.public_id, name, facts, entry.run.get_absolute_url(), {"": entry})


def _gone_item(run: Run) -> Item:
    publication = run.system.publication
    return Item(
        "run",
        run.public_id,
        run.system.device.short_name or run.system.device.name,
        (run.benchmark_id, publication.submitter.name, publication.round_id),
        run.get_absolute_url(),
        gone=_GONE.get(Run.Status(run.status), "not yet computed"),
        gone_reason=run.status_reason,
    )


def _systems(query: ComparisonQuery) -> dict[str, Item]:
    systems = System.objects.filter(pk__in=query.ids).select_related(
        "device", "publication__submitter", "publication__round"
    )
    entries = _best_of_systems(query.ids, query.metric)
    return {str(one.pk): _system_item(one, entries[one.pk], query) for one in systems}


def _system_item(system: System, entries: Mapping[str, LeaderboardEntry], query: ComparisonQuery) -> Item:
    publication = system.publication
    return Item(
        "system",
        str(system.pk),
        system.device.short_name or system.device.name,
        (system.software or "software not stated", publication.submitter.name, publication.round_id),
        system.get_absolute_url(),
        entries,
        chosen_by=_rule(query.metric, "Of several variants")
        if any(one.variant for one in entries.values())
        else "",
    )


def _devices(query: ComparisonQuery) -> dict[str, Item]:
    entries = _standing(best_runs_of_devices(query.ids, *_sorted_by(query.metric)))
    return {
        one.slug: Item(
            "device",
            one.slug,
            one.short_name or one.name,
            (one.get_device_class_display(),),
            one.get_absolute_url(),
            entries[one.slug],
            chosen_by=_rule(query.metric, "Of all systems on the device") if entries[one.slug] else "",
        )
        for one in Device.objects.filter(slug__in=query.ids)
    }


def _models(query: ComparisonQuery) -> dict[str, Item]:
    """Models on one device: the one asked for, else the one that ran most of them."""
    models = {model.slug: model for model in NeuralModel.objects.filter(slug__in=query.ids)}
    device = query.on or device_of_most_models(query.ids)
    if query.on and not Device.objects.filter(slug=query.on).exists():
        raise QueryError([Problem("on", query.on, "is no device here; a slug is that in /devices/SLUG/")])
    entries = _standing(best_runs_of_models(query.ids, device, *_sorted_by(query.metric)))
    return {
        slug: Item(
            "model",
            slug,
            model.name,
            (slug,),
            model.get_absolute_url(),
            entries[slug],
            chosen_by=_rule(
                query.metric, f"Of all systems on {next(iter(entries[slug].values())).device_short_name}"
            )
            if entries[slug]
            else "",
            model=model,
        )
        for slug, model in models.items()
    }


def _rule(metric: str, among: str) -> str:
    return f"{among} the result with the {_NOUNS.get(metric, _NOUNS['latency'])} stands, a closed one before an open one."
