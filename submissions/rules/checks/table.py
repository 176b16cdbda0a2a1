"""Checks of self-reported results, whose values stand in a table instead of in a runner's files."""

from __future__ import annotations

from collections.abc import Iterator

from results.catalog.reader import catalogue
from results.domain.metrics import ENERGY_METRICS
from results.domain.records import Format, How

from ..registry import Breach, Context, Scope, rule
from ..table_words import SOURCE
from .common import differ_pct, num, where

_TABLE = frozenset({Format.TABLE})
_RULES_TEXT = "MLPerf Tiny run rules (mlcommons/tiny, MLPerfTiny_Rules.adoc)"
_QUALITY = {"fp_fn": ("sww_false_positives", "sww_false_negatives")}
_COSTS = ("latency_ms", "average_power_mw", "energy_uj_per_inf")


@rule(
    "table.other-round", Scope.RUN, source=SOURCE, formats=_TABLE,
    title="The run follows another version of the benchmark",
    why="Targets and evaluation sets differ between versions; one submission is judged by one of them.",
    mend="Hand in one submission for each version of the benchmark.",
)  # fmt: skip
def other_round(context: Context) -> Iterator[Breach]:
    """The version that a row states is the one that the submission is handed in for."""
    run, wanted = context.the_run, context.rulebook.round
    stated = run.facts.get("benchmark_version", "")
    if stated != wanted:
        yield Breach(
            *_place(context), wanted, stated or "none", "Choose that version, or hand the run in by itself."
        )


@rule(
    "table.no-cost", Scope.RUN, source=SOURCE, formats=_TABLE,
    title="Neither time nor energy is stated",
    why="A quality alone says nothing of the device.",
    mend="Add a row with latency_ms, throughput_inf_per_s, energy_uj_per_inf or average_power_mw.",
)  # fmt: skip
def no_cost(context: Context) -> Iterator[Breach]:
    """A run states a latency, a throughput, an energy or a power."""
    if not any(metric in context.the_run.measurements for metric in _COSTS):
        yield Breach(*_place(context), "a time, an energy or a power", "none", "Add a row with one of them.")


@rule(
    "table.quality-missing", Scope.RUN, source=_RULES_TEXT, formats=_TABLE,
    title="The quality is not stated",
    why="A fast wrong answer is no result: every division reports the quality on the whole evaluation set.",
    mend="Add a row with the quality metric of the benchmark.",
)  # fmt: skip
def quality_missing(context: Context) -> Iterator[Breach]:
    """A run states the quality metric of its benchmark (sww: false positives and false negatives)."""
    run = context.the_run
    benchmark = catalogue().benchmarks.get(run.benchmark)
    if benchmark is None:
        return
    for metric in _QUALITY.get(benchmark.quality_metric, (benchmark.quality_metric,)):
        if metric not in run.measurements:
            yield Breach(
                *_place(context),
                f"a row with {metric}",
                "none",
                f"Add {metric} over the whole evaluation set.",
            )


@rule(
    "table.times-disagree", Scope.RUN, source=SOURCE, formats=_TABLE,
    title="Latency and throughput contradict each other",
    why="One inference at a time: the throughput is 1000 / latency in ms.",
    mend="State the figures of one run; results of batches or pipelines do not belong here.",
)  # fmt: skip
def times_disagree(context: Context) -> Iterator[Breach]:
    """Latency and throughput, where both are stated, agree within 1 %."""
    run = context.the_run
    latency, throughput = run.measurements.get("latency_ms"), run.measurements.get("throughput_inf_per_s")
    if latency is None or throughput is None or latency.evidence == throughput.evidence:
        return  # one was computed from the other
    expected = 1000 / latency.value
    if differ_pct(expected, throughput.value) > context.rulebook.tolerances.table_times_pct:
        yield Breach(
            *where(throughput, run.folder), f"{num(expected)} inf/s, as the latency gives",
            f"{throughput.printed} inf/s", "Correct one of the two, or leave it out.",
        )  # fmt: skip


@rule(
    "table.power-disagrees", Scope.RUN, source=SOURCE, formats=_TABLE,
    title="Energy, throughput and power contradict each other",
    why="Mean power is energy per inference times inferences per second.",
    mend="State the three figures of the same run, or leave one out.",
)  # fmt: skip
def power_disagrees(context: Context) -> Iterator[Breach]:
    """Energy per inference × throughput agrees with the mean power, as far as the round asks of its energy runs."""
    run = context.the_run
    power, energy = run.measurements.get("average_power_mw"), run.value("energy_uj_per_inf")
    rate = run.value("energy_throughput_inf_per_s") or run.value("throughput_inf_per_s")
    if power is None or energy is None or rate is None or run.benchmark == "sww":
        return
    expected_mw = energy * rate / 1000
    if differ_pct(expected_mw, power.value) > context.rulebook.tolerances.power_pct:
        yield Breach(
            *where(power, run.folder), f"{num(expected_mw)} mW, as energy and throughput give", f"{power.printed} mW",
            "Correct the figure that does not belong to this run.",
        )  # fmt: skip


@rule(
    "table.scope-missing", Scope.RUN, source=SOURCE, formats=_TABLE,
    title="The energy has no scope",
    why="The energy of a chip's rail and that of a whole board are different things and are never ranked together.",
    mend="State energy_scope as chip-rail or board.",
)  # fmt: skip
def scope_missing(context: Context) -> Iterator[Breach]:
    """A run with an energy or a power says what it includes."""
    if _has_energy(context) and "energy_scope" not in context.the_run.facts:
        yield Breach(*_energy_place(context), "energy_scope", "none", "State chip-rail or board.")


@rule(
    "table.supply-missing", Scope.RUN, source=SOURCE, formats=_TABLE,
    title="The energy has no supply voltage",
    why="Energies at different supplies cannot be compared.",
    mend="State supply_voltage_mv.",
)  # fmt: skip
def supply_missing(context: Context) -> Iterator[Breach]:
    """A run with an energy or a power states the supply voltage."""
    if _has_energy(context) and context.the_run.value("supply_voltage_mv") is None:
        yield Breach(*_energy_place(context), "supply_voltage_mv", "none", "State the supply in mV.")


@rule(
    "table.instrument-missing", Scope.RUN, source=SOURCE, formats=_TABLE,
    title="The energy was measured with an unknown instrument",
    why="Instruments differ in what they resolve; a reproduction starts with the same one.",
    mend="Name the instrument of the energy or power.",
)  # fmt: skip
def instrument_missing(context: Context) -> Iterator[Breach]:
    """A measured energy or power names its instrument."""
    run = context.the_run
    measured = any(
        run.measurements[metric].how is How.MEASURED for metric in ENERGY_METRICS & set(run.measurements)
    )
    if measured and "energy_monitor" not in run.facts:
        yield Breach(*_energy_place(context), "instrument", "none", "Name what the energy was measured with.")


def _has_energy(context: Context) -> bool:
    return bool(ENERGY_METRICS & set(context.the_run.measurements))


def _energy_place(context: Context) -> tuple[str, int | None]:
    run = context.the_run
    metric = next((name for name in sorted(ENERGY_METRICS) if name in run.measurements), "")
    return where(run.measurements.get(metric), run.folder)


def _place(context: Context) -> tuple[str, int | None]:
    """The first line of the run in its table."""
    run = context.the_run
    return where(next(iter(run.measurements.values()), None), run.folder)
