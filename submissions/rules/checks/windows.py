"""What performance and energy windows have in common: how long, how many, how they are described."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median

from results.domain.records import Window

from ..registry import Breach, Context
from ..rulebook import WindowRules
from .common import counted, differ_pct, finite, is_streaming, num, plural, span, timed, where


def windows_of(context: Context, phase: str) -> tuple[Window, ...]:
    """The windows of ``phase``; none for a streaming run, which is one long recording."""
    return () if is_streaming(context.the_run) else context.the_run.phase_windows(phase)


def wrong_count(context: Context, phase: str) -> Iterator[Breach]:
    """A breach when there are windows, but not as many as the round asks for."""
    windows, rules = windows_of(context, phase), context.rulebook.windows[phase]
    if windows and len(windows) != rules.count:
        yield Breach(
            windows[-1].path, windows[-1].line, plural(rules.count, "window"), _described(windows),
            f"Run the {phase} mode again with {rules.count} inputs.",
        )  # fmt: skip


def too_short(context: Context, phase: str) -> Iterator[Breach]:
    """One breach for all windows that are shorter than the round's minimum."""
    rules = context.rulebook.windows[phase]
    windows = timed(windows_of(context, phase))
    short = [window for window in windows if window.runtime_s < rules.minimum_s]  # type: ignore[operator]
    if not short:
        return
    found = _described(short)
    if len(short) < len(windows):
        found += f", of {len(windows)}"
    yield Breach(
        short[0].path, short[0].line,
        f"{plural(rules.count, 'window')} of at least {num(rules.minimum_s)} s each", found, _longer(short, rules, phase),
    )  # fmt: skip


def too_few_iterations(context: Context, phase: str) -> Iterator[Breach]:
    """One breach for all windows with fewer inferences than the round's minimum."""
    minimum = context.rulebook.windows[phase].minimum_iterations
    few = [window for window in counted(windows_of(context, phase)) if window.iterations < minimum]  # type: ignore[operator]
    if few:
        yield Breach(
            few[0].path, few[0].line, f"at least {minimum} inferences per window", _described(few),
            f"Raise the iteration count of the {phase} script to {minimum} or more and run it again.",
        )  # fmt: skip


def median_disagrees(
    context: Context, phase: str, metric: str, values: Sequence[float], unit: str
) -> Iterator[Breach]:
    """A breach when the stated median is not the median of ``values``, within the round's tolerance."""
    stated = context.the_run.measurements.get(metric)
    if stated is None or not finite(stated.value) or not values:
        return
    centre = median(values)
    if differ_pct(stated.value, centre) > context.rulebook.tolerances.median_pct:
        file, line = where(stated, context.the_run.folder)
        yield Breach(
            file, line, f"the median of the {plural(len(values), 'window')}, {num(centre)} {unit}",
            f"{stated.printed} {unit}", f"Hand in the results of the {phase} run as the runner printed them.",
        )  # fmt: skip


def _described(windows: Sequence[Window]) -> str:
    """``"5 windows of 5.942 to 5.944 s, 50 inferences each"``, as far as it is known."""
    text = plural(len(windows), "window")
    runtimes = [window.runtime_s for window in timed(windows)]
    if runtimes:
        text += f" of {span(runtimes, 's')}"  # type: ignore[arg-type]
    iterations = {window.iterations for window in counted(windows)}
    if len(iterations) == 1:
        count = iterations.pop()
        text += f", {plural(count, 'inference')}{' each' if len(windows) > 1 else ''}"  # type: ignore[arg-type]
    elif iterations:
        text += f", {min(iterations)} to {max(iterations)} inferences"  # type: ignore[type-var]
    return text


def _longer(short: Sequence[Window], rules: WindowRules, phase: str) -> str:
    """How many inferences would have filled the time, rounded up to tens."""
    needed = [
        window.iterations * rules.minimum_s / window.runtime_s  # type: ignore[operator]
        for window in counted(short)
        if window.runtime_s > 0  # type: ignore[operator]
    ]
    if not needed or not math.isfinite(max(needed)):
        return f"Make each window of the {phase} run at least {num(rules.minimum_s)} s long and run it again."
    enough = max(math.ceil(max(needed) / 10) * 10, rules.minimum_iterations)
    return f"Raise the iteration count of the {phase} script to {enough} or more and run it again."
