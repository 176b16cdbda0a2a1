"""External figures: those of a query, of a device, of a network, and the networks that are known from them.

Nothing here is read by leaderboards, scores or fronts.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from results.domain.figure_query import FigureQuery
from results.models import Device, ExternalFigure, ExternalModel, ModelGraph
from results.services.matrix import USABLE

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class FigurePage:
    """Some figures in the order of their sources; ``after`` leads on (None: there are no more)."""

    rows: list[ExternalFigure]
    total: int
    quarantined: int
    after: int | None


@dataclass(frozen=True, slots=True)
class FigureChoices:
    """What the filters of the page offer: (value, label) each."""

    sources: list[tuple[str, str]]
    devices: list[tuple[str, str]]
    families: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DeviceFigures:
    """Usable latencies on a device, and how many figures, quarantined ones and networks there are in all."""

    latencies: list[ExternalFigure]
    total: int
    quarantined: int
    networks: int


@dataclass(frozen=True, slots=True)
class ExternalModelRow:
    """A network known from elsewhere. ``graph`` is None where no file of it was counted; latencies are usable ones."""

    model: ExternalModel
    graph: ModelGraph | None
    figures: int
    latencies: int
    devices: int


@dataclass(frozen=True, slots=True)
class ExternalModelDetail:
    """A network known from elsewhere with everything that is held of it."""

    model: ExternalModel
    graphs: tuple[ModelGraph, ...]
    figures: tuple[ExternalFigure, ...]


def matching_figures(query: FigureQuery) -> QuerySet[ExternalFigure]:
    """The figures that ``query`` asks for, in the order of their sources, with network and device."""
    found = ExternalFigure.objects.select_related("model", "device").order_by("position")
    exact = {
        "source": "source",
        "model": "model__slug",
        "family": "model__family",
        "metric": "metric",
        "batch": "batch_choice",
    }
    for name, column in exact.items():
        if value := getattr(query, name):
            found = found.filter(**{column: value})
    if query.device:
        found = found.filter(Q(device__slug=query.device) | Q(device_name=query.device))
    if query.quarantined:
        found = found.filter(USABLE if query.quarantined == "no" else ~USABLE)
    for word in query.q.split():
        found = found.filter(
            Q(model_stated__icontains=word) | Q(model__slug__icontains=word) | Q(device_name__icontains=word)
        )
    return found if query.after is None else found.filter(position__gt=query.after)


def figure_page(query: FigureQuery, size: int = PAGE_SIZE) -> FigurePage:
    """One page of the figures. Two queries."""
    rows = list(matching_figures(query)[: size + 1])
    whole = FigureQuery(**query.filters())
    counts = (
        matching_figures(whole)
        .order_by()
        .aggregate(total=Count("pk"), quarantined=Count("pk", filter=~USABLE))
    )
    after = rows[size - 1].position if len(rows) > size else None
    return FigurePage(rows[:size], counts["total"], counts["quarantined"], after)


def figure_choices() -> FigureChoices:
    """What the filters offer. Three queries, whose answers grow with the sources and not with their figures."""
    figures = ExternalFigure.objects.order_by()
    names = figures.exclude(device_name="").values_list("device_name", flat=True).distinct()
    families = ExternalModel.objects.order_by("family").values_list("family", flat=True).distinct()
    return FigureChoices(
        sources=sorted(figures.values_list("source", "source_name").distinct(), key=lambda pair: pair[1]),
        devices=[(name, name) for name in sorted(names, key=str.casefold)],
        families=[(family, family) for family in families],
    )


def device_figures(device: Device) -> DeviceFigures:
    """What was published elsewhere on a device of the catalogue, its usable latencies by network. Two queries."""
    own = ExternalFigure.objects.filter(device=device)
    counts = own.aggregate(
        total=Count("pk"), quarantined=Count("pk", filter=~USABLE), networks=Count("model", distinct=True)
    )
    latencies = (
        own.filter(USABLE, metric="latency_ms")
        .select_related("model", "device")
        .order_by("model__family", "model__slug", F("dated").desc(nulls_first=True), "position")
    )
    return DeviceFigures(list(latencies) if counts["total"] else [], **counts)


def external_models() -> list[ExternalModelRow]:
    """Every network known from elsewhere, by family. Two queries."""
    usable = Q(figures__quarantine="", figures__metric="latency_ms")
    models = ExternalModel.objects.annotate(
        number=Count("figures"),
        latencies=Count("figures", filter=usable),
        boards=Count("figures__device_name", filter=usable & ~Q(figures__device_name=""), distinct=True),
    )
    graphs: dict[str, ModelGraph] = {}
    for graph in ModelGraph.objects.all():
        graphs.setdefault(graph.model, graph)
    return [
        ExternalModelRow(model, graphs.get(model.slug), model.number, model.latencies, model.boards)
        for model in models
    ]


def external_model_detail(slug: str) -> ExternalModelDetail:
    """One network known from elsewhere; ExternalModel.DoesNotExist when there is none of that slug. Three queries."""
    model = ExternalModel.objects.get(slug=slug)
    return ExternalModelDetail(
        model=model,
        graphs=tuple(ModelGraph.objects.filter(model=slug)),
        figures=tuple(
            model.figures.select_related("device", "model").order_by("metric", "value", "position")
        ),
    )
