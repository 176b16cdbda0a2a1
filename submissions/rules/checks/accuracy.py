"""Checks of the accuracy run and of the closed division's targets."""

from __future__ import annotations

from collections.abc import Iterator

from results.domain.metrics import METRICS
from results.domain.records import MeasurementRecord, Reading

from ..registry import Breach, Context, Scope, rule
from .common import file_of_kind, finite, mode_path, num, states_nothing, where
from .files import CHECKER, RULES_TEXT

COMPATIBILITY = "MLPerf compatibility table (mlcommons/policies, MLPerf_Compatibility_Table.adoc)"


def _quality(context: Context) -> tuple[str, float, MeasurementRecord] | None:
    """Metric, target and measurement of a benchmark that has a target; None without any of them."""
    benchmark = context.benchmark
    if benchmark is None or benchmark.metric is None or benchmark.target is None:
        return None
    measured = context.the_run.measurements.get(benchmark.metric)
    if measured is None or not finite(measured.value):
        return None
    return benchmark.metric, benchmark.target, measured


def _with_unit(metric: str, text: str) -> str:
    return f"{METRICS[metric].name} {text} {METRICS[metric].unit}".strip()


def _below_target(context: Context) -> Iterator[Breach]:
    quality = _quality(context)
    if quality is None or quality[2].value >= quality[1]:
        return
    metric, target, measured = quality
    file, line = where(measured, mode_path(context, "accuracy"))
    found = _with_unit(metric, measured.printed)
    if measured.reading is Reading.RECOMPUTED:
        found += ", computed from the log"
    yield Breach(
        file, line, f"{_with_unit(metric, f'at least {num(target)}')}", found,
        "Use a numeric format or calibration that keeps the accuracy, or hand the run in for the open division.",
    )  # fmt: skip


@rule(
    "closed.accuracy-below-target", Scope.RUN, official=True, source=RULES_TEXT,
    title="The accuracy is below the target",
    why="A closed result counts only when the quantised model is still as good as the rules ask.",
    mend="Use a numeric format or calibration that keeps the accuracy, or hand the run in for the open division.",
)  # fmt: skip
def closed_below_target(context: Context) -> Iterator[Breach]:
    """In the closed division the quality is at least the target: Top-1 90 % kws, 80 % vww, 85 % ic, AUC 0.85 ad."""
    yield from _below_target(context)


@rule(
    "open.accuracy-below-target", Scope.RUN, source=RULES_TEXT,
    title="The accuracy is below the target of the closed division",
    why="Open results are not gated; the figure should be read beside the latency.",
    mend="Nothing: the open division reports the accuracy and does not ask for a target.",
)  # fmt: skip
def open_below_target(context: Context) -> Iterator[Breach]:
    """In the open division a quality below the closed target is said, and nothing more."""
    for breach in _below_target(context):
        yield Breach(
            breach.file, breach.line, f"nothing; the closed division asks for {breach.expected}", breach.found,
            "Nothing: the open division has no target.",
        )  # fmt: skip


@rule(
    "accuracy.at-target-by-rounding", Scope.RUN, source=RULES_TEXT,
    title="The target is met in the printed digits only",
    why="The EEMBC runner prints the AUC with two decimals: 0.85 may stand for 0.845.",
    mend="Give the accuracy log, so that the AUC can be computed with more digits.",
)  # fmt: skip
def at_target_by_rounding(context: Context) -> Iterator[Breach]:
    """A printed AUC is above the target by more than half its last digit."""
    quality = _quality(context)
    if quality is None or quality[0] != "auc":
        return
    metric, target, measured = quality
    _, _, decimals = measured.printed.partition(".")
    lowest = measured.value - 0.5 * 10 ** -len(decimals)
    exact = context.the_run.recomputed.get(metric)
    if exact is not None or measured.reading is Reading.RECOMPUTED or not lowest < target <= measured.value:
        return
    file, line = where(measured, mode_path(context, "accuracy"))
    yield Breach(
        file, line, _with_unit(metric, f"at least {num(target)}"),
        f"{measured.printed}, which may stand for {num(lowest)}",
        "Give the accuracy log, so that the AUC can be computed with more digits.",
    )  # fmt: skip


@rule(
    "accuracy.not-stated", Scope.RUN, official=True, source=CHECKER,
    title="The accuracy is not stated",
    why="The checker reads the accuracy from results.txt and drops a closed result without it.",
    mend="Hand in the runner's results.txt of the accuracy run.",
)  # fmt: skip
def not_stated(context: Context) -> Iterator[Breach]:
    """The results of the accuracy run state the quality, instead of leaving it to be computed from the log."""
    benchmark = context.benchmark
    if benchmark is None or benchmark.metric is None:
        return
    measured = context.the_run.measurements.get(benchmark.metric)
    metric = METRICS[benchmark.metric]
    if measured is not None and measured.reading is Reading.STATED:
        return
    if measured is None:
        if not states_nothing(context, "accuracy", "results.no-quality"):
            return
        found = "no such line"
    else:
        found = f"no such line; {measured.printed} {metric.unit}".rstrip() + " computed from the log"
    results = file_of_kind(context, "accuracy", "results")
    yield Breach(
        results.path if results else mode_path(context, "accuracy"), None, f"a line with the {metric.name}", found,
        "Hand in the runner's results.txt of the accuracy run.",
    )  # fmt: skip


@rule(
    "accuracy.log-disagrees", Scope.RUN, source=RULES_TEXT,
    title="The raw log gives another accuracy",
    why="The stated figure has to come from the log beside it.",
    mend="Hand in results and log of the same accuracy run.",
)  # fmt: skip
def log_disagrees(context: Context) -> Iterator[Breach]:
    """The quality from the raw accuracy log is the stated one: Top-1 within 0.1 points, AUC within half its last digit."""
    quality = _quality(context)
    computed = context.the_run.recomputed.get(quality[0]) if quality else None
    if quality is None or computed is None or not finite(computed.value):
        return
    metric, _, measured = quality
    _, _, decimals = measured.printed.partition(".")
    half_digit = 0.5 * 10 ** -len(decimals)
    allowed = context.rulebook.tolerances.top1_points if metric == "top1_pct" else half_digit
    if abs(computed.value - measured.value) > allowed + 1e-9:
        file, line = where(measured, mode_path(context, "accuracy"))
        yield Breach(
            file, line, f"{_with_unit(metric, computed.printed)}, as the log says", _with_unit(metric, measured.printed),
            "Hand in results and log of the same accuracy run.",
        )  # fmt: skip


@rule(
    "accuracy.other-stimuli", Scope.RUN, source=COMPATIBILITY,
    title="The accuracy was taken on other inputs",
    why="An accuracy on other inputs cannot be compared; the images of ic changed after v0.5.",
    mend="Run the accuracy mode on the inputs of this round.",
)  # fmt: skip
def other_stimuli(context: Context) -> Iterator[Breach]:
    """The inputs of the accuracy run are those of the round's set; told by the accuracy log or script."""
    yield from _other_set(
        context, "accuracy", f"Run the accuracy mode on the inputs of {context.rulebook.round}."
    )


@rule(
    "perf.other-stimuli", Scope.RUN, source=COMPATIBILITY,
    title="The timed inputs are of another set",
    why="Latency hardly depends on the inputs. But where the accuracy log is absent, the accuracy may have been "
    "taken on the other set too.",
    mend="Use the datasets of the round in both modes.",
)  # fmt: skip
def other_timed_stimuli(context: Context) -> Iterator[Breach]:
    """The inputs of the performance run are those of the round's set, unless the accuracy run told the same set."""
    facts = context.the_run.facts
    if facts.get("accuracy_stimuli") == facts.get("performance_stimuli"):
        return
    yield from _other_set(
        context, "performance", f"Use the datasets of {context.rulebook.round} in both modes."
    )


def _other_set(context: Context, mode: str, mend: str) -> Iterator[Breach]:
    used, benchmark = context.the_run.facts.get(f"{mode}_stimuli"), context.benchmark
    if benchmark is None or not benchmark.accuracy_sets or used is None or used in benchmark.accuracy_sets:
        return
    found = "inputs of no known set" if used == "other" else f"inputs of the set {used}"
    if mode != "accuracy" and "accuracy_stimuli" not in context.the_run.facts:
        found += "; the accuracy run's own are not known"
    expected = f"inputs of the set {' or '.join(benchmark.accuracy_sets)}"
    yield Breach(mode_path(context, mode), None, expected, found, mend)


@rule(
    "accuracy.not-whole-set", Scope.RUN, source=RULES_TEXT,
    title="The accuracy run does not cover the whole set",
    why="A share of another number of inputs is another figure; leaving out hard inputs would raise it.",
    mend="Run the accuracy mode over the whole set.",
)  # fmt: skip
def not_whole_set(context: Context) -> Iterator[Breach]:
    """The accuracy log holds as many inputs as the round's accuracy set."""
    stated, benchmark = context.the_run.facts.get("accuracy_inputs", ""), context.benchmark
    if benchmark is None or not benchmark.accuracy_sets or not stated.isdecimal():
        return
    if int(stated) not in benchmark.accuracy_sets.values():
        wanted = " or ".join(str(count) for count in sorted(set(benchmark.accuracy_sets.values())))
        yield Breach(
            mode_path(context, "accuracy"), None, f"{wanted} inputs", f"{stated} inputs",
            "Run the accuracy mode over the whole set.",
        )  # fmt: skip
