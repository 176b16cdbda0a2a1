"""Checks of the streaming wakeword benchmark (sww), which is judged by counts over one recording."""

from __future__ import annotations

from collections.abc import Iterator

from ..registry import Breach, Context, Scope, rule
from .common import file_name, finite, is_streaming, mode_files, mode_path, num, plural, where
from .files import CHECKER, RULES_TEXT


def _count(context: Context, metric: str) -> float | None:
    value = context.the_run.value(metric)
    return value if finite(value) else None


@rule(
    "sww.detection-sum", Scope.RUN, official=True, source=CHECKER,
    title="Hits and misses do not add up to the wakewords of the recording",
    why="The recording holds 50 wakewords; each is either heard or missed.",
    mend="Run the whole recording once and hand in its results.",
)  # fmt: skip
def detection_sum(context: Context) -> Iterator[Breach]:
    """True positives and false negatives add up to the 50 wakewords of the recording."""
    run, wanted = context.the_run, context.rulebook.streaming.wakewords
    hits, misses = _count(context, "sww_true_positives"), _count(context, "sww_false_negatives")
    if not is_streaming(run) or hits is None or misses is None or hits + misses == wanted:
        return
    file, line = where(run.measurements["sww_true_positives"], run.folder)
    yield Breach(
        file, line, f"hits and misses of {wanted} wakewords",
        f"{num(hits)} hits and {num(misses)} misses, {num(hits + misses)} in all",
        "Run the whole recording once and hand in its results.",
    )  # fmt: skip


def _too_many(context: Context, metric: str, limit: int, name: str) -> Iterator[Breach]:
    run, count = context.the_run, _count(context, metric)
    if is_streaming(run) and count is not None and count > limit:
        file, line = where(run.measurements[metric], run.folder)
        yield Breach(
            file, line, f"at most {plural(limit, name)}", num(count),
            "Tune the detection threshold and run the recording again.",
        )  # fmt: skip


@rule(
    "sww.too-many-false-positives", Scope.RUN, official=True, source=RULES_TEXT,
    title="More than 8 false positives",
    why="The closed division asks for a detector that is quiet when nobody speaks the word.",
    mend="Tune the detection threshold and run the recording again.",
)  # fmt: skip
def false_positives(context: Context) -> Iterator[Breach]:
    """The recording gives at most 8 false positives."""
    limit = context.rulebook.streaming.maximum_false_positives
    yield from _too_many(context, "sww_false_positives", limit, "false positive")


@rule(
    "sww.too-many-false-negatives", Scope.RUN, official=True, source=RULES_TEXT,
    title="More than 8 false negatives",
    why="The closed division asks for a detector that hears the word.",
    mend="Tune the detection threshold and run the recording again.",
)  # fmt: skip
def false_negatives(context: Context) -> Iterator[Breach]:
    """Of the wakewords of the recording at most 8 are missed."""
    limit = context.rulebook.streaming.maximum_false_negatives
    yield from _too_many(context, "sww_false_negatives", limit, "false negative")


@rule(
    "sww.image-missing", Scope.RUN, official=True, source=CHECKER,
    title="The picture of the power trace is missing",
    why="It shows that the power was taken over the whole recording.",
    mend="Add energy/energy_inf_000.png as the runner drew it.",
)  # fmt: skip
def image_missing(context: Context) -> Iterator[Breach]:
    """The energy run of sww holds the picture of its power trace."""
    wanted, files = context.rulebook.streaming.required_image, mode_files(context, "energy")
    if is_streaming(context.the_run) and files and all(file_name(entry.path) != wanted for entry in files):
        yield Breach(
            f"{mode_path(context, 'energy')}/{wanted}", None, wanted, "no such file",
            f"Add {wanted} as the runner drew it.",
        )  # fmt: skip
