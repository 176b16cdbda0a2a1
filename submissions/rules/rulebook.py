"""A round's rulebook: limits, required files and the weight of every rule, read from ``rounds/*.toml``.

``base.toml`` holds what every round shares; ``<round>.toml`` says what that round does otherwise. The two are merged
table by table, so a round's file is the list of its differences; a rule that it names is replaced as a whole.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from results.domain.findings import Severity

from .toml_table import RulebookError, Table

ROUNDS_FOLDER = Path(__file__).parent / "rounds"
DIVISIONS = ("closed", "open")
MODES = ("performance", "accuracy", "energy")
_ROUND_NAME = re.compile(r"v(\d+)\.(\d+)")

__all__ = ["DIVISIONS", "MODES", "Rulebook", "RulebookError", "available_rounds", "load_rulebook"]


@dataclass(frozen=True, slots=True)
class BenchmarkRules:
    """What a round asks of one benchmark.

    ``metric`` is the id of the quality metric and ``target`` its least value; both None for ``sww``, which is judged
    by counts. ``accuracy_sets`` are the accepted sets of accuracy inputs by name and number of inputs. ``requires``
    names a benchmark that the same system has to run as well.
    """

    id: str
    long_name: str
    metric: str | None
    target: float | None
    accuracy_sets: Mapping[str, int]
    requires: str | None
    runners: tuple[str, ...]
    required_modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WindowRules:
    """Timed windows of one mode: how many, how long (s), how many inferences each."""

    count: int
    minimum_s: float
    minimum_iterations: int


@dataclass(frozen=True, slots=True)
class StreamingRules:
    """Limits of ``sww``: wakewords in the recording, and how many may be missed or invented."""

    wakewords: int
    maximum_false_positives: int
    maximum_false_negatives: int
    required_image: str


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far two figures of the same thing may lie apart, in percent of the stated one."""

    median_pct: float
    log_pct: float
    power_pct: float
    energy_throughput_pct: float
    energy_throughput_far_pct: float
    top1_points: float
    table_times_pct: float


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Values within physical sense, both ends included, in the unit of the metric."""

    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """How much a rule weighs in this round and why.

    ``closed`` and ``open`` are the severity in each division, None where the rule does not apply. ``keeps_run`` is
    true when an error of this rule leaves the run in the results, as the official checker does for a missing log.
    """

    closed: Severity | None
    open: Severity | None
    keeps_run: bool
    reason: str

    def severity(self, division: str | None) -> Severity | None:
        """The severity in ``division``; an unknown division is judged by the closed rules."""
        return self.open if division == "open" else self.closed


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything a round asks for. ``all_benchmarks`` also holds those of other rounds, to tell them from unknown."""

    round: str
    source: str
    runners: tuple[str, ...]
    default_runner: str
    runner_marker: str | None
    benchmarks: tuple[str, ...]
    all_benchmarks: Mapping[str, BenchmarkRules]
    windows: Mapping[str, WindowRules]
    streaming: StreamingRules
    file_names: Mapping[str, tuple[str, ...]]
    required_files: Mapping[str, Mapping[str, tuple[str, ...]]]
    optional_files: tuple[str, ...]
    mode_folders: Mapping[str, tuple[str, ...]]
    maximum_file_bytes: int
    availability: tuple[str, ...]
    required_system_keys: tuple[str, ...]
    template_system_keys: tuple[str, ...]
    tolerances: Tolerances
    plausible: Mapping[str, ValueRange]
    rules: Mapping[str, RuleSetting]

    def benchmark(self, benchmark_id: str) -> BenchmarkRules | None:
        """The rules of a benchmark of this or of another round, None when no round knows it."""
        return self.all_benchmarks.get(benchmark_id)

    def severity(self, code: str, division: str | None) -> Severity | None:
        """How much ``code`` weighs in ``division``; None when the round does not apply it there."""
        setting = self.rules.get(code)
        return setting.severity(division) if setting else None

    def accepted_names(self, kind: str, mode: str) -> tuple[str, ...]:
        """The file names that stand for ``kind`` (results, log, script, json) in the folder of ``mode``."""
        return tuple(name.replace("{mode}", mode) for name in self.file_names[kind])


def available_rounds(folder: Path = ROUNDS_FOLDER) -> tuple[str, ...]:
    """The rounds that have a rulebook, oldest first."""
    names = (path.stem for path in folder.glob("v*.toml"))
    return tuple(sorted((name for name in names if _ROUND_NAME.fullmatch(name)), key=_round_order))


@lru_cache(maxsize=32)
def load_rulebook(round: str, folder: Path = ROUNDS_FOLDER) -> Rulebook:
    """The rulebook of ``round`` (``"v1.1"``).

    Raises :class:`RulebookError`, which names file, key and what was expected, when there is no such round or its
    file is wrong.
    """
    if round not in available_rounds(folder):
        known = ", ".join(available_rounds(folder)) or "none"
        raise RulebookError(f"{round}: no rulebook of that name; rounds with one: {known}")
    own_path = folder / f"{round}.toml"
    base, own = _read_toml(folder / "base.toml"), _read_toml(own_path)
    table = Table.merged(base=base, own=own, own_name=own_path.name, whole=("rules",))
    rulebook = _build(round, table)
    table.refuse_unread_keys()
    return rulebook


def _round_order(name: str) -> tuple[int, int]:
    match = _ROUND_NAME.fullmatch(name)
    assert match is not None
    return int(match[1]), int(match[2])


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RulebookError(f"{path.name}: the file is missing") from None
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(f"{path.name}: not valid TOML: {error}") from error


def _build(round: str, table: Table) -> Rulebook:
    declared = table.text("round")
    if declared != round:
        raise table.error("round", f'"{round}", as the file is named', declared)
    runners = table.texts("runners")
    counts = table.table("accuracy_inputs")
    inputs = {name: int(counts.number(name, above=0)) for name in counts.names()}
    benchmarks = {key: _benchmark(key, entry, inputs) for key, entry in table.tables("benchmark")}
    in_round = table.texts("benchmarks", among=tuple(benchmarks))
    files = table.table("files")
    return Rulebook(
        round=round,
        source=table.text("source"),
        runners=runners,
        default_runner=table.text("default_runner", among=runners),
        runner_marker=table.text("runner_marker", optional=True),
        benchmarks=in_round,
        all_benchmarks=MappingProxyType(benchmarks),
        windows=MappingProxyType({mode: _windows(entry) for mode, entry in table.tables("windows")}),
        streaming=_streaming(table.table("streaming")),
        file_names=MappingProxyType(
            {key: files.table("names").texts(key) for key in files.table("names").names()}
        ),
        required_files=MappingProxyType({key: _modes(entry) for key, entry in files.tables("required")}),
        optional_files=files.texts("optional"),
        mode_folders=_modes(table.table("folders")),
        maximum_file_bytes=int(files.number("maximum_bytes", above=0)),
        availability=table.texts("availability"),
        required_system_keys=table.table("system").texts("required_keys"),
        template_system_keys=table.table("system").texts("template_keys"),
        tolerances=_tolerances(table.table("tolerances")),
        plausible=MappingProxyType({key: _range(entry) for key, entry in table.tables("plausible")}),
        rules=MappingProxyType({key: _setting(entry) for key, entry in table.tables("rules")}),
    )


def _benchmark(benchmark_id: str, entry: Table, inputs: Mapping[str, int]) -> BenchmarkRules:
    return BenchmarkRules(
        id=benchmark_id,
        long_name=entry.text("long_name"),
        metric=entry.text("metric", optional=True, among=("top1_pct", "auc")),
        target=entry.number("target", optional=True),
        accuracy_sets=MappingProxyType(
            {name: inputs[name] for name in entry.texts("accuracy_sets", among=(*inputs,))}
        ),
        requires=entry.text("requires", optional=True),
        runners=entry.texts("runners"),
        required_modes=entry.texts("required_modes", among=MODES),
    )


def _windows(entry: Table) -> WindowRules:
    return WindowRules(
        count=int(entry.number("count", above=0)),
        minimum_s=entry.number("minimum_s", above=0),
        minimum_iterations=int(entry.number("minimum_iterations", above=0)),
    )


def _streaming(entry: Table) -> StreamingRules:
    return StreamingRules(
        wakewords=int(entry.number("wakewords", above=0)),
        maximum_false_positives=int(entry.number("maximum_false_positives")),
        maximum_false_negatives=int(entry.number("maximum_false_negatives")),
        required_image=entry.text("required_image"),
    )


def _modes(entry: Table) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({mode: entry.texts(mode) for mode in entry.names()})


def _tolerances(entry: Table) -> Tolerances:
    return Tolerances(**{name: entry.number(name, above=0) for name in Tolerances.__dataclass_fields__})


def _range(entry: Table) -> ValueRange:
    bounds = ValueRange(entry.number("minimum"), entry.number("maximum"))
    if bounds.minimum >= bounds.maximum:
        raise entry.error("maximum", f"more than minimum ({bounds.minimum:g})", bounds.maximum)
    return bounds


def _setting(entry: Table) -> RuleSetting:
    levels = (*(str(level) for level in Severity), "off")
    closed = entry.text("severity", among=levels)
    open_ = entry.text("open", optional=True, among=levels) or closed
    return RuleSetting(
        closed=None if closed == "off" else Severity(closed),
        open=None if open_ == "off" else Severity(open_),
        keeps_run=entry.flag("keeps_run"),
        reason=entry.text("reason"),
    )
