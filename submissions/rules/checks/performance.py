"""Checks of the performance run."""

from __future__ import annotations

from collections.abc import Iterator

from results.domain.records import Reading

from ..registry import Breach, Context, Scope, rule
from .common import (
    differ_pct,
    file_of_kind,
    finite,
    is_streaming,
    mode_files,
    mode_path,
    num,
    states_nothing,
    where,
)
from .files import CHECKER, RULES_TEXT
from .windows import median_disagrees, too_few_iterations, too_short, windows_of, wrong_count

THROUGHPUT = "throughput_inf_per_s"
_THROUGHPUT_UNIT = "inf/s"
_HALF_MILLISECOND_S = 0.0005


@rule(
    "perf.no-median", Scope.RUN, official=True, source=CHECKER,
    title="No median throughput is stated",
    why="The stated median is what is published. In early rounds it was computed from the log instead.",
    mend="Hand in the runner's results.txt with its line “Median throughput is … inf./sec.”",
)  # fmt: skip
def no_median(context: Context) -> Iterator[Breach]:
    """The results of the performance run state a median throughput (sww: an estimated throughput)."""
    run = context.the_run
    stated = run.measurements.get(THROUGHPUT)
    if stated is not None and stated.reading is Reading.STATED:
        return
    mode = "energy" if is_streaming(run) and file_of_kind(context, "energy", "results") else "performance"
    if stated is None:
        if not states_nothing(context, mode, "results.no-throughput"):
            return
        found = "no such line"
    else:
        found = f"no such line; {num(stated.value)} inf/s computed from the log"
    line = "Estimated throughput: … inf./sec." if is_streaming(run) else "Median throughput is … inf./sec."
    results = file_of_kind(context, mode, "results")
    yield Breach(
        results.path if results else mode_path(context, mode), None, f"a line “{line}”", found,
        "Hand in the results as the runner printed them.",
    )  # fmt: skip


@rule(
    "perf.no-windows", Scope.RUN, source=RULES_TEXT,
    title="The timed windows are not in the files",
    why="Without them nobody can see whether five were run and how long each took.",
    mend="Hand in results.txt with its windows, or the raw log.",
)  # fmt: skip
def no_windows(context: Context) -> Iterator[Breach]:
    """A run that states a throughput shows the windows it came from."""
    run = context.the_run
    if is_streaming(run) or not finite(run.value(THROUGHPUT)) or run.phase_windows("performance"):
        return
    file, line = where(run.measurements.get(THROUGHPUT), run.folder)
    count = context.rulebook.windows["performance"].count
    yield Breach(
        file, line, f"{count} timed windows", "a median and no windows",
        "Hand in results.txt with its windows, or the raw log.",
    )  # fmt: skip


@rule(
    "perf.window-count", Scope.RUN, source=RULES_TEXT,
    title="Not five timed windows",
    why="The result is the median of five windows with five different inputs.",
    mend="Run the performance mode with the script of the round, which sends five inputs.",
)  # fmt: skip
def window_count(context: Context) -> Iterator[Breach]:
    """The performance run has five timed windows."""
    yield from wrong_count(context, "performance")


@rule(
    "perf.window-too-short", Scope.RUN, source=RULES_TEXT,
    title="Timed windows are shorter than 10 s",
    why="A short window weighs the start and the clock's resolution more than the inference.",
    mend="Raise the iteration count of the performance script and run it again.",
)  # fmt: skip
def window_too_short(context: Context) -> Iterator[Breach]:
    """Each timed window of the performance run lasts at least 10 s."""
    yield from too_short(context, "performance")


@rule(
    "perf.too-few-iterations", Scope.RUN, source=RULES_TEXT,
    title="Timed windows with fewer than 10 inferences",
    why="The rules ask for 10 s and 10 inferences, so that one slow inference does not decide.",
    mend="Raise the iteration count of the performance script and run it again.",
)  # fmt: skip
def few_iterations(context: Context) -> Iterator[Breach]:
    """Each timed window of the performance run holds at least 10 inferences."""
    yield from too_few_iterations(context, "performance")


@rule(
    "perf.median-disagrees", Scope.RUN, source=RULES_TEXT,
    title="The stated median is not the median of the windows",
    why="Either the windows or the median were changed after the run.",
    mend="Hand in the results as the runner printed them.",
)  # fmt: skip
def stated_median(context: Context) -> Iterator[Breach]:
    """The stated throughput is the median of the windows' throughputs, within 0.1 %."""
    values = [
        w.throughput_inf_per_s for w in windows_of(context, "performance") if finite(w.throughput_inf_per_s)
    ]
    yield from median_disagrees(context, "performance", THROUGHPUT, values, _THROUGHPUT_UNIT)  # type: ignore[arg-type]


@rule(
    "perf.window-disagrees", Scope.RUN, source=RULES_TEXT,
    title="A window's throughput is not its inferences per runtime",
    why="The three figures of a window come from one measurement; if they differ, one was changed or has another unit.",
    mend="Hand in the results as the runner printed them.",
)  # fmt: skip
def window_disagrees(context: Context) -> Iterator[Breach]:
    """In each window the throughput is inferences divided by runtime, within 0.2 % and the printed digits."""
    for window in windows_of(context, "performance"):
        runtime, stated = window.runtime_s, window.throughput_inf_per_s
        if window.iterations is None or not finite(runtime) or not finite(stated) or runtime <= 0:  # type: ignore[operator]
            continue
        computed = window.iterations / runtime  # type: ignore[operator]
        rounding_pct = _HALF_MILLISECOND_S / runtime * 100  # type: ignore[operator]
        if differ_pct(stated, computed) > context.rulebook.tolerances.log_pct + rounding_pct:  # type: ignore[arg-type]
            yield Breach(
                window.path, window.line,
                f"{num(computed)} inf/s, {window.iterations} inferences in {num(runtime)} s",  # type: ignore[arg-type]
                f"{num(stated)} inf/s",  # type: ignore[arg-type]
                "Hand in the results as the runner printed them.",
            )  # fmt: skip
            return


@rule(
    "perf.log-disagrees", Scope.RUN, source=RULES_TEXT,
    title="The raw log gives another throughput",
    why="The stated figure has to come from the log beside it.",
    mend="Hand in results and log of the same run.",
)  # fmt: skip
def log_disagrees(context: Context) -> Iterator[Breach]:
    """The throughput from the lap times of the raw log is the stated one, within 0.2 %."""
    run = context.the_run
    stated, computed = run.measurements.get(THROUGHPUT), run.recomputed.get(THROUGHPUT)
    if stated is None or computed is None or not (finite(stated.value) and finite(computed.value)):
        return
    apart = differ_pct(stated.value, computed.value)
    if apart > context.rulebook.tolerances.log_pct:
        file, line = where(stated, run.folder)
        yield Breach(
            file, line, f"{num(computed.value)} inf/s, as the log says", f"{stated.printed} inf/s, {num(round(apart, 2))} % apart",
            "Hand in results and log of the same run.",
        )  # fmt: skip


@rule(
    "run.same-log-as-earlier-round", Scope.RUN, source=RULES_TEXT,
    title="The log is identical to one of an earlier round",
    why="It is one measurement published twice; counted twice, it would make a device look better known than it is.",
    mend="Nothing, if the earlier measurement is meant to stand again. Otherwise measure again.",
)  # fmt: skip
def same_log_as_earlier_round(context: Context) -> Iterator[Breach]:
    """The performance log is not that of a run of an earlier round, byte for byte."""
    run = context.the_run
    earlier = context.earlier_logs.get(run.performance_log_sha256 or "")
    if earlier:
        yield Breach(
            _log_path(context), None, "a log of this round", f"byte for byte the log of {earlier}",
            "Nothing, if the earlier measurement is meant to stand again. Otherwise measure again.",
        )  # fmt: skip


@rule(
    "run.same-log-as-another-run", Scope.RUN, source=RULES_TEXT,
    title="Two runs hand in the same log",
    why="One log cannot be the measurement of two systems or two benchmarks.",
    mend="Hand in the log of each run.",
)  # fmt: skip
def same_log_as_another_run(context: Context) -> Iterator[Breach]:
    """No other run of the reading hands in the same performance log."""
    run = context.the_run
    twins = context.runs_by_log.get(run.performance_log_sha256 or "", ())
    others = sorted(twin.key for twin in twins if twin.key != run.key)
    if others:
        yield Breach(
            _log_path(context), None, "a log of its own for each run", f"byte for byte the log of {', '.join(others)}",
            "Hand in the log of each run.",
        )  # fmt: skip


def _log_path(context: Context) -> str:
    run = context.the_run
    named = file_of_kind(context, "performance", "log")
    same = (
        entry for entry in mode_files(context, "performance") if entry.sha256 == run.performance_log_sha256
    )
    found = next(same, named)
    return found.path if found else mode_path(context, "performance")
