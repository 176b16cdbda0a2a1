"""A neural model: where it was measured, and which benchmarks have it as their reference."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from results.models import Benchmark, LeaderboardEntry, NeuralModel


@dataclass(frozen=True, slots=True)
class ModelDetail:
    """``entries`` are the measured results, fastest first; those without a latency stand last."""

    model: NeuralModel
    benchmarks: tuple[Benchmark, ...]
    entries: tuple[LeaderboardEntry, ...]


def model_detail(slug: str) -> ModelDetail:
    """The model of that slug; NeuralModel.DoesNotExist when there is none. Three queries."""
    model = NeuralModel.objects.get(slug=slug)
    return ModelDetail(
        model=model,
        benchmarks=tuple(Benchmark.objects.filter(reference_model=model)),
        entries=tuple(LeaderboardEntry.objects.filter(neural_model=slug).order_by("latency_ms", "run_id")),
    )


def model_list() -> QuerySet[NeuralModel]:
    """Every model, by MACs where they are known; ``result_count`` on each. One query."""
    return NeuralModel.objects.annotate(result_count=Count("runs__entry")).order_by("macs", "slug")
