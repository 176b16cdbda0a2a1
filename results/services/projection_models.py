"""The neural models that are projected: those of the benchmarks, and those that others published figures of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from results.analysis.projection.memory_fit import calibration, model_live_sets
from results.analysis.projection.published_cells import model_layers
from results.models import ExternalModel, ModelGraph, NeuralModel

PRECISION = "int8"


@dataclass(frozen=True, slots=True)
class ProjectedModel:
    """A network with what the engine knows of it: columns ``model_…`` of a table of cells, and its family.

    ``is_reference``: of a benchmark here; else known from figures that others published, by the counts of its file.
    ``live_set_kib`` is the most that is alive at once when it runs, in KiB, None where nobody counted it.
    """

    slug: str
    name: str
    family: str
    is_reference: bool
    features: Mapping[str, float]
    live_set_kib: float | None = None

    @property
    def macs(self) -> float:
        """MACs of one inference, all kinds together."""
        return sum(value for name, value in self.features.items() if name.startswith("model_macs_"))

    @property
    def weight_kib(self) -> float | None:
        found = self.features.get("model_weight_bytes")
        return found / 1024 if found else None


def projected_models() -> list[ProjectedModel]:
    """The networks of the matrix, fewest MACs first. Three queries."""
    layers, live_sets = model_layers(), model_live_sets()
    known = NeuralModel.objects.filter(slug__in=layers).values_list("slug", "name")
    found = [
        ProjectedModel(slug, name, slug, True, layers[slug], live_sets.get(slug)) for slug, name in known
    ]
    counted = {measured.model: measured.live_set_kib for measured in calibration().measured_}
    names = dict(ExternalModel.objects.values_list("slug", "name"))
    graphs: dict[str, ModelGraph] = {}
    for graph in ModelGraph.objects.filter(model__in=list(names), precision=PRECISION):
        graphs.setdefault(graph.model, graph)
    for slug, graph in graphs.items():
        features = graph_features(graph)
        if features:
            live_set = counted.get(PurePosixPath(graph.path).stem)
            found.append(ProjectedModel(slug, names[slug], graph.family, False, features, live_set))
    return sorted(found, key=lambda model: (model.macs, model.slug))


def graph_features(graph: ModelGraph) -> dict[str, float]:
    """The features of a counted network file; empty where its MACs were not counted by kind."""
    return model_columns(
        conv=graph.macs_conv,
        pointwise=graph.macs_pointwise,
        depthwise=graph.macs_depthwise,
        fully_connected=graph.macs_fc,
        activation_bytes=graph.activation_bytes,
        weight_bytes=graph.weight_bytes or graph.parameters,
        operators=graph.operators,
    )


def model_columns(
    *,
    conv: int | None,
    pointwise: int | None,
    depthwise: int | None,
    fully_connected: int | None,
    activation_bytes: int | None,
    weight_bytes: int | None,
    operators: int | None,
) -> dict[str, float]:
    """Counts of a network file as columns of the engine's table; empty where its MACs were not counted by kind.

    Where 1 × 1 convolutions were not counted apart, those of a network with depthwise convolutions are taken to be
    1 × 1: in depthwise-separable networks they are but for the first layer (93 % of vww01, 87 % of kws01).
    """
    if conv is None or depthwise is None or fully_connected is None:
        return {}
    if pointwise is None:
        conv, pointwise = (0, conv) if depthwise else (conv, 0)
    columns = {
        "macs_conv": conv,
        "macs_pointwise": pointwise,
        "macs_depthwise": depthwise,
        "macs_fully_connected": fully_connected,
        "activation_bytes": activation_bytes,
        "weight_bytes": weight_bytes,
        "operators": operators,
    }
    return {f"model_{name}": float(value) for name, value in columns.items() if value is not None}
