"""Neural models: their size, the benchmarks that name them as reference, the results that ran them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Min

from results.models import Benchmark, LeaderboardEntry, NeuralModel


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
    """A model with the results on it, the fastest first; those without a latency last."""

    model: NeuralModel
    benchmarks: tuple[Benchmark, ...]
    entries: tuple[LeaderboardEntry, ...]


def model_list() -> list[ModelRow]:
    """Every model, those with a reference benchmark in the order of the benchmarks. Three queries."""
    counts: Mapping[str, dict[str, float]] = {
        group["neural_model"]: group
        for group in LeaderboardEntry.objects.values("neural_model").annotate(
            results=Count("pk"), with_energy=Count("energy_uj_per_inf"), best=Min("latency_ms")
        )
    }
    benchmarks = list(Benchmark.objects.all())
    models = sorted(NeuralModel.objects.all(), key=lambda model: _place(model, benchmarks))
    return [_row(model, benchmarks, counts.get(model.slug, {})) for model in models]


def model_detail(slug: str) -> ModelDetail:
    """One model; NeuralModel.DoesNotExist when there is none of that slug. Three queries."""
    model = NeuralModel.objects.get(slug=slug)
    return ModelDetail(
        model=model,
        benchmarks=tuple(Benchmark.objects.filter(reference_model=model)),
        entries=tuple(LeaderboardEntry.objects.filter(neural_model=slug).order_by("latency_ms", "pk")),
    )


def _row(model: NeuralModel, benchmarks: list[Benchmark], counts: Mapping[str, float]) -> ModelRow:
    own = tuple(benchmark for benchmark in benchmarks if benchmark.reference_model_id == model.pk)
    return ModelRow(
        model, own, int(counts.get("results", 0)), int(counts.get("with_energy", 0)), counts.get("best")
    )


def _place(model: NeuralModel, benchmarks: list[Benchmark]) -> tuple[int, str]:
    places = [k for k, benchmark in enumerate(benchmarks) if benchmark.reference_model_id == model.pk]
    return (min(places, default=len(benchmarks)), model.slug)
