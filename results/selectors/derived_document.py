"""The figures derived from one result as data, the same in the file of a result and in the API."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from results.analysis.derived import Derived


def derived_json(figures: Iterable[Derived]) -> dict[str, dict[str, object]]:
    """By id of the derived metric: value (null where ``refusal`` says why), unit, direction, inputs."""
    return {
        figure.id: {
            "name": figure.metric.name,
            "value": figure.value,
            "unit": figure.unit,
            "direction": str(figure.direction),
            "inputs": [{"name": one.name, "value": one.value, "unit": one.unit} for one in figure.inputs],
            "refusal": figure.refusal or None,
            "remark": figure.remark or None,
            "formula": figure.metric.formula,
            "reference": figure.metric.reference,
            "method": method_address(figure.metric.anchor),
        }
        for figure in figures
    }


def method_address(anchor: str) -> str:
    """The place on the page of the method that explains a figure."""
    return f"{reverse('results:method')}#{anchor}"
