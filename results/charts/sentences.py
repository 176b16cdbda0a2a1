"""What a plot says, in words: the title that states its finding, and the step from one point of a front to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from results.presentation import fixed_number, points_text, quality_decimals, table_number, times_text


@dataclass(frozen=True, slots=True)
class Quantity:
    """A metric as sentences need it: ``noun`` as in "costs 27 times the energy", ``unit`` after a number.

    ``quality_metric`` is set for qualities, whose differences are points and not factors.
    """

    noun: str
    unit: str
    lower_is_better: bool
    quality_metric: str = ""

    @property
    def is_quality(self) -> bool:
        return bool(self.quality_metric)

    def text(self, value: float) -> str:
        """A value with its unit: ``84.8 %``, ``71.7 µJ``."""
        digits = (
            fixed_number(value, quality_decimals(self.quality_metric))
            if self.is_quality
            else table_number(value)
        )
        return f"{digits}\u00a0{self.unit}" if self.unit else digits

    def gain(self, worse: float, better: float) -> str:
        """What one value is better than another by: ``+0.5 points``, ``3.1 times less energy``."""
        if not self.is_quality:
            return f"{_factor_text(worse, better)} times {'less' if self.lower_is_better else 'more'} {self.noun}"
        if self.quality_metric == "fp_fn":
            return f"{_errors_text(worse - better)} less"
        return self._points_text(abs(better - worse))

    def loss(self, better: float, worse: float) -> str:
        """What is given up on the way from one quality to a worse one: ``−0.5 points``, ``3 errors more``."""
        if self.quality_metric == "fp_fn":
            return f"{_errors_text(worse - better)} more"
        return self._points_text(-abs(better - worse))

    def cost(self, better: float, worse: float) -> str:
        """What a worse value costs: ``1.8 times the energy``, ``1.8 times less throughput``."""
        factor = _factor_text(better, worse)
        return f"{factor} times {'the' if self.lower_is_better else 'less'} {self.noun}"

    def _points_text(self, difference: float) -> str:
        text = points_text(difference, quality_decimals(self.quality_metric))
        return f"{text} {'points' if self.unit == '%' else self.noun}"


def front_title(front: Sequence[tuple[float, float]], x: Quantity, y: Quantity) -> str:
    """The dearest step of a front of (x, y) from the best x to the worst: what it buys, and what it costs.

    Empty for a front of fewer than two different points, where nothing is traded.
    """
    steps = [(a, b) for a, b in zip(front, front[1:], strict=False) if a[0] != b[0] and a[1] != b[1]]
    if not steps:
        return ""
    if x.is_quality:
        # A quality across has no factor: the same steps read from the other end.
        return front_title([(py, px) for px, py in reversed(front)], y, x)
    (x0, y0), (x1, y1) = max(steps, key=lambda step: _factor(step[0][0], step[1][0]))
    if not x.lower_is_better:
        return f"From {y.text(y0)} to {y.text(y1)} costs a factor of {_factor_text(x0, x1)} in {x.noun}"
    return f"From {y.text(y0)} to {y.text(y1)} costs {_factor_text(x0, x1)} times the {x.noun}"


def next_step(here: tuple[float, float], there: tuple[float, float], x: Quantity, y: Quantity) -> str:
    """What the next point of the front gives for what: ``+1.6 points for 1.8 times the energy``."""
    if x.is_quality:
        return f"{y.gain(here[1], there[1])} for {x.loss(here[0], there[0])}"
    return f"{y.gain(here[1], there[1])} for {x.cost(here[0], there[0])}"


def beaten_by(factors: Sequence[tuple[Quantity, float, float]]) -> str:
    """How a point is beaten: for each metric (quantity, own value, value of the better point)."""
    parts = [
        f"same {quantity.noun}" if own == better else quantity.gain(own, better)
        for quantity, own, better in factors
    ]
    return ", ".join(parts)


def _errors_text(count: float) -> str:
    return f"{abs(count):g} {'error' if abs(count) == 1 else 'errors'}"


def _factor(a: float, b: float) -> float:
    return max(a, b) / min(a, b) if min(a, b) > 0 else 1.0


def _factor_text(a: float, b: float) -> str:
    return times_text(_factor(a, b))
