"""Checks that a value can be true at all."""

from __future__ import annotations

import math
from collections.abc import Iterator

from results.domain.metrics import METRICS

from ..registry import EVERY_FORMAT, Breach, Context, Scope, rule
from ..rulebook import ValueRange
from .common import num, where

_WINDOW_FIELDS = {
    "throughput_inf_per_s": "throughput_inf_per_s",
    "energy_uj_per_inf": "energy_uj_per_inf",
    "runtime_s": "window_runtime_s",
    "iterations": "window_iterations",
}
"""Field of a window to the name of its range in the rulebook."""


@rule(
    "value.out-of-range", Scope.RUN, source="physics, and the range of what was ever published (FORMAT of the rounds)",
    title="A value lies outside physical sense",
    why="A latency below 1 µs or an AUC above 1 is a mistake of unit or of typing, whatever the device.",
    mend="Look for another unit or a misplaced point, and hand in the results as the runner printed them.",
    formats=EVERY_FORMAT,
)  # fmt: skip
def out_of_range(context: Context) -> Iterator[Breach]:
    """Each value is a number within physical sense: latency 1 µs to 1 h, power 1 µW to 100 W, AUC 0 to 1, and so on."""
    run, ranges = context.the_run, context.rulebook.plausible
    for metric, measured in sorted(run.measurements.items()):
        bounds = ranges.get(metric)
        if bounds is not None and not _within(measured.value, bounds):
            file, line = where(measured, run.folder)
            yield _breach(file, line, METRICS[metric].name, METRICS[metric].unit, measured.value, bounds)
    for window in run.windows:
        for name, range_name in _WINDOW_FIELDS.items():
            value, bounds = getattr(window, name), ranges.get(range_name)
            if value is not None and bounds is not None and not _within(value, bounds):
                label = f"{name.split('_')[0]} of window {window.number}"
                yield _breach(window.path, window.line, label, "", value, bounds)


def _within(value: float, bounds: ValueRange) -> bool:
    return math.isfinite(value) and bounds.minimum <= value <= bounds.maximum


def _breach(file: str, line: int | None, label: str, unit: str, value: float, bounds: ValueRange) -> Breach:
    return Breach(
        file, line, f"{label} of {num(bounds.minimum)} to {num(bounds.maximum)} {unit}".rstrip(),
        f"{num(value)} {unit}".rstrip(), "Look for another unit or a misplaced point; hand in what the runner printed.",
    )  # fmt: skip
