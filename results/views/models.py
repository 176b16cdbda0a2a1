"""Neural models: the list with sizes, and the page of one with the results on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from results.catalog.reader import catalogue
from results.domain.links import ANALYSE_MODEL_PAGE
from results.models import ExternalModel, ModelGraph, NeuralModel
from results.presentation import fixed_number, joined, whole_number
from results.selectors.figures import external_model_detail, external_models
from results.selectors.model import ModelDetail, model_detail, model_list
from results.selectors.projections import projected_of_model
from results.views.figures import figure_lines
from results.views.projection_words import projected_section
from results.views.responses import data_page
from results.views.tables import entry_rows

NOT_COUNTED = "nobody has stated or counted it"


@data_page
def index(request: HttpRequest) -> HttpResponse:
    """All models: those of the benchmarks, and apart from them those known from elsewhere."""
    context = {"rows": model_list(), "external": external_models(), "analyse_page": ANALYSE_MODEL_PAGE}
    return render(request, "results/models.html", context)


@data_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One model."""
    try:
        detail = model_detail(slug)
    except NeuralModel.DoesNotExist:
        return _external_page(request, slug)
    context = {
        "detail": detail,
        "projected": projected_section(projected_of_model(slug), "Projected on other systems", ""),
        "model": detail.model,
        "sizes": _sizes(detail.model),
        "facts": _facts(detail),
        "rows": entry_rows(detail.entries),
        "not_counted": NOT_COUNTED,
    }
    return render(request, "results/model.html", context)


def _external_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A network that only external figures name."""
    try:
        detail = external_model_detail(slug)
    except ExternalModel.DoesNotExist as error:
        raise Http404(f"no model {slug}") from error
    usable = [figure for figure in detail.figures if not figure.quarantine]
    context = {
        "detail": detail,
        "projected": projected_section(
            projected_of_model(slug), "Projected on systems of the benchmarks", "models=external"
        ),
        "model": detail.model,
        "sizes": _graph_sizes(detail.graphs[0]) if detail.graphs else [],
        "facts": [
            ("Figures", whole_number(len(detail.figures))),
            ("Quarantined", whole_number(len(detail.figures) - len(usable))),
            ("Devices", whole_number(len({figure.device_name for figure in usable if figure.device_name}))),
        ],
        "lines": figure_lines(detail.figures),
    }
    return render(request, "results/external_model.html", context)


def _graph_sizes(graph: ModelGraph) -> list[tuple[str, str, str]]:
    """(name, number or empty, unit) of what was counted of a network file."""
    return [
        ("Multiply-accumulates", _count(graph.macs), "MACs per inference"),
        ("Weights", _count(graph.weight_bytes), "bytes"),
        ("Parameters", _count(graph.parameters), ""),
        ("Operators", _count(graph.operators), "in the graph"),
    ]


def _sizes(model: NeuralModel) -> list[tuple[str, str, str]]:
    """(name, number or empty, unit). Connection sparsity and footprint are named as in NeuroBench."""
    known = catalogue().neural_models.get(model.slug)
    sparsity = known.connection_sparsity if known else None
    return [
        ("Multiply-accumulates, dense", _count(model.macs), "MACs per inference"),
        (
            "Multiply-accumulates, effective",
            _count(known.effective_macs if known else None),
            "MACs per inference",
        ),
        (
            "Connection sparsity",
            "" if sparsity is None else fixed_number(100 * sparsity, 1),
            "% of the int8 weights are zero",
        ),
        ("Footprint, int8", _count(known.footprint_bytes if known else None), "bytes of parameters"),
        ("Parameters", _count(model.parameters), ""),
        ("File, int8", _count(model.weight_bytes_int8), "bytes"),
        ("File, fp32", _count(model.weight_bytes_fp32), "bytes"),
    ]


def _count(value: int | None) -> str:
    return "" if value is None else whole_number(value)


def _facts(detail: ModelDetail) -> list[tuple[str, str]]:
    return [
        ("Results", whole_number(detail.results) if detail.results else "none yet"),
        ("Devices", whole_number(detail.devices)),
        ("Rounds", joined(list(detail.rounds)) or "none yet"),
        ("With energy or power", f"{detail.with_energy} of {detail.results}"),
    ]
