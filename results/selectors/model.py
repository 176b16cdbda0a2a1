"""Neural models: their size, the benchmarks that name them as reference, the results that ran them."""

from __future__ import annotations

from dataclasses import dataclass

from results.domain.vocabulary import SORTS
from results.models import Benchmark, LeaderboardEntry, NeuralModel

from .snapshot import Snapshot, current_snapshot
from .snapshot.counting import (
    counted,
    counted_everywhere,
    every_round_in_order,
    first_rows,
    kept,
    rows_with,
)

MOST_RESULTS = 200
"""Results that the page of a model shows."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model of the list. ``best_latency_ms`` is None where nothing was measured on it."""

    model: NeuralModel
    benchmarks: tuple[Benchmark, ...]
    results: int
    with_energy: int
    best_latency_ms: float | None


@dataclass(frozen=True, slots=True)
class ModelDetail:
    """A model with the first :data:`MOST_RESULTS` results on it, the fastest first; those without a latency last.

    ``results`` counts all of them, ``with_energy`` those with an energy or a power; ``rounds`` oldest first.
    """

    model: NeuralModel
    benchmarks: tuple[Benchmark, ...]
    entries: tuple[LeaderboardEntry, ...]
    results: int
    devices: int
    rounds: tuple[str, ...]
    with_energy: int


def model_list() -> list[ModelRow]:
    """Every model, those with a reference benchmark in the order of the benchmarks. Two queries at most."""
    benchmarks = list(Benchmark.objects.all())
    snapshot = current_snapshot()
    counts = _counts(snapshot)
    best = kept(snapshot.kept, ("best latency of models",), lambda: _best_latencies(snapshot))
    models = sorted(NeuralModel.objects.all(), key=lambda model: _place(model, benchmarks))
    return [
        ModelRow(
            model,
            tuple(one for one in benchmarks if one.reference_model_id == model.pk),
            *counts.get(model.slug, (0, 0)),
            best.get(model.slug),
        )
        for model in models
    ]


def model_detail(slug: str) -> ModelDetail:
    """One model; NeuralModel.DoesNotExist when there is none of that slug. Three queries at most."""
    model = NeuralModel.objects.get(slug=slug)
    snapshot = current_snapshot()
    counts = counted_everywhere(snapshot, "model", "device", "round", "has_energy_or_power")
    own = [(*words[1:], number) for words, number in counts.items() if words[0] == slug]
    rounds = {round_id for _, round_id, _, _ in own}
    runs = kept(snapshot.kept, ("first of model", slug), lambda: _first_runs(snapshot, slug))
    found = LeaderboardEntry.objects.in_bulk(runs)
    return ModelDetail(
        model=model,
        benchmarks=tuple(Benchmark.objects.filter(reference_model=model)),
        entries=tuple(found[run] for run in runs if run in found),
        results=sum(number for *_, number in own),
        devices=len({device for device, *_ in own}),
        rounds=tuple(name for name in every_round_in_order(snapshot) if name in rounds),
        with_energy=sum(number for _, _, has_energy, number in own if has_energy),
    )


def _counts(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """Model → its results, and those of them with an energy."""
    found: dict[str, tuple[int, int]] = {}
    for (slug, has_energy), number in counted_everywhere(snapshot, "model", "has_energy").items():
        results, energies = found.get(slug, (0, 0))
        found[slug] = results + number, energies + (number if has_energy else 0)
    return found


def _best_latencies(snapshot: Snapshot) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in snapshot.parts.values():
        for (slug,) in counted(part, "model"):
            for row in first_rows(part, "latency", rows_with(part, "model", slug), 1):
                value = float(part.values["latency"][row])
                found[slug] = min(value, found.get(slug, value))
    return found


def _first_runs(snapshot: Snapshot, slug: str) -> list[int]:
    """The fastest :data:`MOST_RESULTS` runs of a model over all benchmarks; those without a latency last."""
    found: list[tuple[float, int]] = []
    for part in snapshot.parts.values():
        order, key = part.order("latency", SORTS["latency"]), part.key("latency", SORTS["latency"])
        rows = order[rows_with(part, "model", slug)[order]][:MOST_RESULTS]
        found += zip(key[rows].tolist(), part.runs[rows].tolist(), strict=True)
    return [run for _, run in sorted(found)[:MOST_RESULTS]]


def _place(model: NeuralModel, benchmarks: list[Benchmark]) -> tuple[int, str]:
    places = [k for k, benchmark in enumerate(benchmarks) if benchmark.reference_model_id == model.pk]
    return (min(places, default=len(benchmarks)), model.slug)
