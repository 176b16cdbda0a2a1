"""Checks of the files that each mode has to hold, and of the benchmark they belong to."""

from __future__ import annotations

from collections.abc import Iterator

from ..registry import EVERY_FORMAT, Breach, Context, Scope, rule
from ..rulebook import MODES
from .common import file_name, file_of_kind, mode_files, mode_path
from .layout import CHECKER, STRUCTURE

RULES_TEXT = "MLPerf Tiny rules (mlcommons/tiny, MLPerfTiny_Rules.adoc)"


@rule(
    "files.mode-missing", Scope.RUN, official=True, source=CHECKER,
    title="The folder of a required mode is missing",
    why="Without a performance and an accuracy run there is no result.",
    mend="Run the missing mode and add its files.",
)  # fmt: skip
def mode_missing(context: Context) -> Iterator[Breach]:
    """Each mode that the benchmark requires has a folder with files."""
    run = context.the_run
    for mode in context.benchmark.required_modes if context.benchmark else ():
        if not mode_files(context, mode):
            yield Breach(
                f"{run.folder}/{mode}", None, f"{mode}/ with the files of the {mode} run", "no such folder",
                f"Run the {mode} mode and add its files.",
            )  # fmt: skip


def _missing(context: Context, kind: str) -> Iterator[Breach]:
    """A breach for each mode that has files, but not the required one of ``kind``."""
    required = context.rulebook.required_files.get(_runner(context), {})
    for mode in MODES:
        if kind not in required.get(mode, ()) or not mode_files(context, mode):
            continue
        if file_of_kind(context, mode, kind) is None:
            names = context.rulebook.accepted_names(kind, mode)
            folder = mode_path(context, mode)
            yield Breach(
                f"{folder}/{names[0]}", None, " or ".join(names), "no such file",
                f"Add {names[0]} of the {mode} run as the runner wrote it.",
            )  # fmt: skip


def _runner(context: Context) -> str:
    return context.the_run.runner or context.rulebook.default_runner


@rule(
    "files.results-missing", Scope.RUN, official=True, source=CHECKER,
    title="results.txt is missing",
    why="It holds the figures that are published; without it the checker finds no result.",
    mend="Add the runner's results.txt.",
)  # fmt: skip
def results_missing(context: Context) -> Iterator[Breach]:
    """Each mode that was run has the text of results that the runner printed."""
    yield from _missing(context, "results")


@rule(
    "files.log-missing", Scope.RUN, official=True, source=CHECKER,
    title="log.txt is missing",
    why="Only the raw log lets anybody compute the figures again.",
    mend="Add the runner's log.txt.",
)  # fmt: skip
def log_missing(context: Context) -> Iterator[Breach]:
    """Each mode that was run has its raw log."""
    yield from _missing(context, "log")


@rule(
    "files.script-missing", Scope.RUN, official=True, source=CHECKER,
    title="script.async is missing",
    why="It says which inputs were sent and how many inferences were timed.",
    mend="Add the script that the EEMBC runner executed.",
)  # fmt: skip
def script_missing(context: Context) -> Iterator[Breach]:
    """Each mode that was run by the EEMBC runner has the script it executed."""
    yield from _missing(context, "script")


@rule(
    "files.results-json-missing", Scope.RUN, official=True, source=CHECKER,
    title="results.json is missing",
    why="It holds every timed inference of the MLCommons runner, and the raw power samples of an energy run.",
    mend="Add the runner's results.json.",
)  # fmt: skip
def results_json_missing(context: Context) -> Iterator[Breach]:
    """Each mode that was run by the MLCommons runner has its list of results."""
    yield from _missing(context, "json")


@rule(
    "files.unexpected", Scope.RUN, official=True, source=CHECKER,
    title="A file does not belong to the mode",
    why="The checker expects the runner's own files and nothing beside them.",
    mend="Move the file out of the folder of the run.",
)  # fmt: skip
def unexpected(context: Context) -> Iterator[Breach]:
    """A mode holds the files of its runner, traces and marker files, and nothing else."""
    book = context.rulebook
    for mode in MODES:
        known = set(book.optional_files)
        for kind in book.file_names:
            known.update(book.accepted_names(kind, mode))
        for entry in mode_files(context, mode):
            name = file_name(entry.path)
            if name not in known and not name.startswith(".") and not name.endswith(".png"):
                yield Breach(
                    entry.path, None, "the runner's files only", name, f"Move {name} out of the folder."
                )


@rule(
    "benchmark.not-in-round", Scope.RUN, official=True, source=CHECKER, formats=EVERY_FORMAT,
    title="The benchmark is not part of this round",
    why="sww came with v1.3 and ic2 with v1.4; earlier rounds have no rules for them.",
    mend="Hand the run in for a round that has the benchmark.",
)  # fmt: skip
def benchmark_not_in_round(context: Context) -> Iterator[Breach]:
    """The benchmark of a run is one of the round."""
    run, book = context.the_run, context.rulebook
    if context.benchmark is not None and run.benchmark not in book.benchmarks:
        yield Breach(
            run.folder, None, f"one of {', '.join(book.benchmarks)}", f"{run.benchmark}, not in {book.round}",
            "Hand the run in for a round that has the benchmark.",
        )  # fmt: skip


@rule(
    "benchmark.needs-smaller-size", Scope.RUN, official=True, source=RULES_TEXT,
    title="The larger size was run without the smaller one",
    why="ic2 is the larger size of ic; the rules ask for both, so that systems can be compared.",
    mend="Run the smaller size on the same system as well.",
)  # fmt: skip
def needs_smaller_size(context: Context) -> Iterator[Breach]:
    """A system that runs the larger size of a benchmark runs the smaller one too."""
    run = context.the_run
    needed = context.benchmark.requires if context.benchmark else None
    if needed is None:
        return
    if not any(
        other.benchmark == needed and other.system_id == run.system_id for other in context.submission.runs
    ):
        yield Breach(
            run.folder, None, f"{needed} of the same system beside {run.benchmark}", f"no {needed} run",
            f"Run {needed} on {run.system_id} as well, or withdraw {run.benchmark}.",
        )  # fmt: skip


@rule(
    "run.runner-not-allowed", Scope.RUN, source=RULES_TEXT,
    title="This runner is not allowed here",
    why="Up to v1.2 the EEMBC runner was the only one; sww can be measured by the MLCommons runner only.",
    mend="Measure again with an allowed runner.",
)  # fmt: skip
def runner_not_allowed(context: Context) -> Iterator[Breach]:
    """The run was made by a runner that the round allows for the benchmark."""
    run, book = context.the_run, context.rulebook
    if run.runner is None:
        return
    allowed = [
        name for name in book.runners if context.benchmark is None or name in context.benchmark.runners
    ]
    if run.runner not in allowed:
        names = " or ".join(f"the {name} runner" for name in allowed) or "a runner of a later round"
        yield Breach(run.folder, None, names, f"the {run.runner} runner", f"Measure again with {names}.")


__all__ = ["CHECKER", "RULES_TEXT", "STRUCTURE"]
