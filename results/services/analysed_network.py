"""A model that a reader had analysed, as the engine sees it. Nothing here loads the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from results.analysis.projection.published_cells import model_layers
from results.domain.model_facts import LayerKind, ModelFacts
from results.models import Projection

from .projection_models import ProjectedModel

UPLOADED = "your-model"
"""Slug of an analysed model that counts like no reference network; no network of the site can have it."""
_KINDS = {
    LayerKind.CONV: "macs_conv",
    LayerKind.POINTWISE: "macs_pointwise",
    LayerKind.DEPTHWISE: "macs_depthwise",
    LayerKind.FULLY_CONNECTED: "macs_fully_connected",
}


class NotProjectable(ValueError):
    """Why nothing can be projected of a model, or of any model now, in words."""


def network_of(facts: ModelFacts, name: str) -> ProjectedModel:
    """The model as the engine sees it. NotProjectable where its counts are incomplete or not of the kinds it knows.

    A model that counts the same MACs of every kind as a reference network is taken for that network.
    """
    features = facts.features()
    if features is None:
        missing = "; ".join(f"{one.what}: {one.why}" for one in facts.missing)
        raise NotProjectable(
            f"not everything of the model could be counted ({missing or 'MACs or activations'})"
        )
    unknown = [str(kind) for kind, macs in features.macs.items() if macs and kind not in _KINDS]
    if unknown:
        raise NotProjectable(f"nobody has measured a network with layers of kind {', '.join(unknown)}")
    if not features.total_macs:
        raise NotProjectable("the model has no layer that multiplies")
    counts = {column: float(features.macs.get(kind, 0)) for kind, column in _KINDS.items()}
    own = counts | {
        "activation_bytes": float(features.activation_bytes),
        "weight_bytes": float(features.weight_bytes),
        "operators": float(features.operators),
    }
    same = measured_as(facts)
    live_set = facts.peak_live_bytes / 1024 if facts.peak_live_bytes else None
    return ProjectedModel(
        same or UPLOADED, name, same or UPLOADED, False, {f"model_{k}": v for k, v in own.items()}, live_set
    )


def measured_as(facts: ModelFacts) -> str:
    """Slug of the reference network with the same MACs of every kind and integer weights as ``facts``; else empty."""
    features = facts.features()
    if features is None or not facts.numeric_format.startswith("int8"):
        return ""
    if any(macs and kind not in _KINDS for kind, macs in features.macs.items()):
        return ""
    own = {column: features.macs.get(kind, 0) for kind, column in _KINDS.items()}
    for slug, layers in model_layers().items():
        if all(layers[f"model_{column}"] == macs for column, macs in own.items()):
            return slug
    return ""


def projections_from(answers: Iterable[Mapping[str, Any]], slug: str) -> list[Projection]:
    """What was projected of an analysed model, as rows that were never saved."""
    return [Projection(model=slug, **answer) for answer in answers]
