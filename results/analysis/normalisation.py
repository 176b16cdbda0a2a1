"""Normalised scores against one fixed reference system: a weighted geometric mean of ratios."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` is None unless every benchmark of the set was measured (``covered`` = ``of``).

    ``ratios`` holds reference / value per measured benchmark, in the order of the set: above 1 is better.
    """

    value: float | None
    ratios: Mapping[str, float]
    covered: int
    of: int

    @property
    def text(self) -> str:
        """The score with two decimals, else how many benchmarks there are: ``2 of 4``."""
        return f"{self.value:.2f}" if self.value is not None else f"{self.covered} of {self.of}"


def normalised_score(
    values: Mapping[str, float | None],
    reference: Mapping[str, float],
    weights: Mapping[str, float] | None = None,
) -> Score:
    """exp(Σ w·ln(reference / x) / Σ w) over the benchmarks of ``reference``, for a metric where lower is better.

    ``values`` and ``reference`` map a benchmark to its value in one unit; a value that is None or absent was not
    measured. Values of benchmarks that the reference lacks are ignored. ``weights`` default to 1 each. ValueError
    for an empty reference, a value that is not positive and finite, or a weight that is not.
    """
    if not reference:
        raise ValueError("the reference has no benchmark")
    weights = weights if weights is not None else dict.fromkeys(reference, 1.0)
    ratios: dict[str, float] = {}
    for benchmark, base in reference.items():
        value = values.get(benchmark)
        _check_positive(f"the reference of {benchmark}", base)
        _check_positive(f"the weight of {benchmark}", weights[benchmark])
        if value is not None:
            _check_positive(f"the value of {benchmark}", value)
            ratios[benchmark] = base / value
    complete = len(ratios) == len(reference)
    return Score(
        value=_weighted_geometric_mean(ratios, weights) if complete else None,
        ratios=ratios,
        covered=len(ratios),
        of=len(reference),
    )


def _weighted_geometric_mean(ratios: Mapping[str, float], weights: Mapping[str, float]) -> float:
    total = math.fsum(weights[benchmark] for benchmark in ratios)
    return math.exp(math.fsum(weights[name] * math.log(ratio) for name, ratio in ratios.items()) / total)


def _check_positive(what: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{what} must be positive and finite, is {value}")
