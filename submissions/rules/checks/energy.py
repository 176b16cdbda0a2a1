"""Checks of the energy run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..registry import Breach, Context, Scope, rule
from .common import differ_pct, finite, is_streaming, mode_path, num, where
from .files import RULES_TEXT
from .performance import THROUGHPUT
from .windows import median_disagrees, too_few_iterations, too_short, windows_of, wrong_count

ENERGY = "energy_uj_per_inf"
POWER = "average_power_mw"
_VOLTAGE = re.compile(r"\d\s?m?V\b")


def _energy_place(context: Context) -> tuple[str, int | None]:
    run = context.the_run
    return where(run.measurements.get(ENERGY) or run.measurements.get(POWER), mode_path(context, "energy"))


@rule(
    "energy.window-count", Scope.RUN, source=RULES_TEXT,
    title="Not five energy windows",
    why="The energy per inference is the median of five windows.",
    mend="Run the energy mode with the script of the round, which sends five inputs.",
)  # fmt: skip
def window_count(context: Context) -> Iterator[Breach]:
    """The energy run has five windows."""
    yield from wrong_count(context, "energy")


@rule(
    "energy.window-too-short", Scope.RUN, source=RULES_TEXT,
    title="Energy windows are shorter than 10 s",
    why="In a short window the samples at its edges weigh more than the inference.",
    mend="Raise the iteration count of the energy script and run it again.",
)  # fmt: skip
def window_too_short(context: Context) -> Iterator[Breach]:
    """Each window of the energy run lasts at least 10 s."""
    yield from too_short(context, "energy")


@rule(
    "energy.too-few-iterations", Scope.RUN, source=RULES_TEXT,
    title="Energy windows with fewer than 10 inferences",
    why="The rules ask for 10 s and 10 inferences in the energy run as well.",
    mend="Raise the iteration count of the energy script and run it again.",
)  # fmt: skip
def few_iterations(context: Context) -> Iterator[Breach]:
    """Each window of the energy run holds at least 10 inferences."""
    yield from too_few_iterations(context, "energy")


@rule(
    "energy.median-disagrees", Scope.RUN, source=RULES_TEXT,
    title="The stated energy is not the median of the windows",
    why="Either the windows or the median were changed after the run.",
    mend="Hand in the results as the runner printed them.",
)  # fmt: skip
def stated_median(context: Context) -> Iterator[Breach]:
    """The stated energy per inference is the median of the windows' energies, within 0.1 %."""
    values = [w.energy_uj_per_inf for w in windows_of(context, "energy") if finite(w.energy_uj_per_inf)]
    yield from median_disagrees(context, "energy", ENERGY, values, "µJ/inf")  # type: ignore[arg-type]


@rule(
    "energy.power-mismatch", Scope.RUN, source="physics: energy per inference × inferences per second = mean power",
    title="Energy, throughput and power do not fit together",
    why="Energy per inference times inferences per second is the mean power; if not, one of the three is wrong.",
    mend="Hand in results of one energy run; look for a figure in another unit.",
)  # fmt: skip
def power_mismatch(context: Context) -> Iterator[Breach]:
    """Energy per inference times the throughput of the energy run is the mean power, within 2 %."""
    run = context.the_run
    energy, power = run.value(ENERGY), run.value(POWER)
    throughput = run.value("energy_throughput_inf_per_s")
    if is_streaming(run) or not (finite(energy) and finite(power) and finite(throughput)):
        return
    product_mw = energy * throughput / 1000  # type: ignore[operator]
    if differ_pct(product_mw, power) > context.rulebook.tolerances.power_pct:  # type: ignore[arg-type]
        file, line = _energy_place(context)
        yield Breach(
            file, line, f"{num(product_mw)} mW, {num(energy)} µJ × {num(throughput)} inf/s",  # type: ignore[arg-type]
            f"{num(power)} mW",  # type: ignore[arg-type]
            "Look for a figure in another unit, and hand in the results of one energy run.",
        )  # fmt: skip


@rule(
    "energy.throughput-differs", Scope.RUN, source=RULES_TEXT,
    title="The energy run was faster or slower than the performance run",
    why="Latency and energy of a row belong together only if the device ran alike in both.",
    mend="Run both modes with the same code, clock and supply.",
)  # fmt: skip
def throughput_differs(context: Context) -> Iterator[Breach]:
    """The throughput of the energy run is that of the performance run, within 2 % (beyond 10 % see the next rule)."""
    tolerances = context.rulebook.tolerances
    yield from _throughput_apart(
        context, tolerances.energy_throughput_pct, tolerances.energy_throughput_far_pct
    )


@rule(
    "energy.throughput-far-off", Scope.RUN, source=RULES_TEXT,
    title="The energy run had another speed than the performance run",
    why="More than 10 % apart: the two were hardly made at the same operating point.",
    mend="Run both modes with the same code, clock and supply.",
)  # fmt: skip
def throughput_far_off(context: Context) -> Iterator[Breach]:
    """The throughput of the energy run is that of the performance run, within 10 %."""
    yield from _throughput_apart(context, context.rulebook.tolerances.energy_throughput_far_pct, None)


def _throughput_apart(context: Context, above_pct: float, up_to_pct: float | None) -> Iterator[Breach]:
    run = context.the_run
    timed, metered = run.value(THROUGHPUT), run.measurements.get("energy_throughput_inf_per_s")
    if is_streaming(run) or not finite(timed) or metered is None or not finite(metered.value):
        return
    apart = differ_pct(timed, metered.value)  # type: ignore[arg-type]
    if apart > above_pct and (up_to_pct is None or apart <= up_to_pct):
        file, line = where(metered, mode_path(context, "energy"))
        yield Breach(
            file, line, f"{num(timed)} inf/s as in the performance run, within {num(above_pct)} %",  # type: ignore[arg-type]
            f"{num(metered.value)} inf/s, {num(round(apart, 1))} % apart",
            "Run both modes with the same code, clock and supply.",
        )  # fmt: skip


@rule(
    "energy.no-voltage", Scope.RUN, source=RULES_TEXT,
    title="No supply voltage is stated with the energy",
    why="Energy grows with the supply voltage; two energies can be compared only when both are known.",
    mend="Hand in the log of the energy run, which holds the voltage, or state it in the system description.",
)  # fmt: skip
def no_voltage(context: Context) -> Iterator[Breach]:
    """An energy is stated with the supply voltage it was measured at: in the log, else in the description."""
    run = context.the_run
    if (
        not (finite(run.value(ENERGY)) or finite(run.value(POWER)))
        or run.value("supply_voltage_mv") is not None
    ):
        return
    if context.system is not None and _VOLTAGE.search(context.system.get("Hardware Notes") or ""):
        return
    file, line = _energy_place(context)
    yield Breach(
        file, line, "the supply voltage in the log of the energy run or under “Hardware Notes”", "none",
        "Hand in the log with its voltage, or state the voltage under “Hardware Notes”.",
    )  # fmt: skip
