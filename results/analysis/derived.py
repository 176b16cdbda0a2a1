"""Figures that follow from measured ones: each with its unit, its inputs, and the sentence that says why it is absent."""

from __future__ import annotations

from dataclasses import dataclass

from results.domain.metrics import Direction

_UJ_PER_J = 1e6
_CYCLES_PER_MHZ_MS = 1000.0


@dataclass(frozen=True, slots=True)
class DerivedMetric:
    """``formula`` in words and symbols; ``anchor`` is the place on the page of the method that explains it."""

    id: str
    name: str
    unit: str
    direction: Direction
    formula: str
    anchor: str
    needs_energy: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """``value`` is None exactly when ``refusal`` is a sentence."""

    id: str
    value: float | None
    unit: str
    direction: Direction
    inputs: tuple[str, ...]
    refusal: str = ""


_D = Direction
DERIVED_METRICS: dict[str, DerivedMetric] = {
    metric.id: metric
    for metric in (
        DerivedMetric("inferences_per_joule", "Inferences per joule", "inf/J", _D.HIGHER, "10⁶ / energy in µJ",
                      "comparing-results", True),
        DerivedMetric("energy_delay_product_uj_ms", "Energy-delay product", "µJ·ms", _D.LOWER,
                      "energy in µJ × latency in ms", "comparing-results", True),
        DerivedMetric("macs_per_cycle", "Dense MACs per cycle", "MAC/cycle", _D.HIGHER,
                      "dense MACs of the neural model / (latency in ms × clock in MHz × 1000)", "comparing-results",
                      False),
        DerivedMetric("energy_per_correct_uj", "Energy per correct answer", "µJ", _D.LOWER,
                      "energy in µJ / (Top-1 in % / 100)", "comparing-results", True),
    )
}  # fmt: skip


def inferences_per_joule(energy_uj: float | None) -> Derived:
    value = _UJ_PER_J / energy_uj if energy_uj else None
    return _derived("inferences_per_joule", value, ("energy",), {"energy": energy_uj})


def energy_delay_product_uj_ms(energy_uj: float | None, latency_ms: float | None) -> Derived:
    value = energy_uj * latency_ms if energy_uj and latency_ms else None
    given = {"energy": energy_uj, "latency": latency_ms}
    return _derived("energy_delay_product_uj_ms", value, ("energy", "latency"), given)


def macs_per_cycle(macs: int | None, latency_ms: float | None, clock_mhz: float | None) -> Derived:
    """``macs`` are the dense ones, which is what the network would do if nothing were skipped."""
    value = (
        macs / (latency_ms * clock_mhz * _CYCLES_PER_MHZ_MS) if macs and latency_ms and clock_mhz else None
    )
    given = {"latency": latency_ms, "clock": clock_mhz, "number of dense MACs": macs}
    return _derived("macs_per_cycle", value, ("dense MACs", "latency", "clock"), given)


def energy_per_correct_uj(energy_uj: float | None, top1_pct: float | None) -> Derived:
    """The energy of one run over the share of right answers that the same run states."""
    value = energy_uj / (top1_pct / 100) if energy_uj and top1_pct else None
    given = {"energy": energy_uj, "Top-1": top1_pct}
    return _derived("energy_per_correct_uj", value, ("energy", "Top-1"), given)


def _derived(
    id_: str, value: float | None, inputs: tuple[str, ...], given: dict[str, float | int | None]
) -> Derived:
    metric = DERIVED_METRICS[id_]
    missing = [name for name, one in given.items() if not one]
    refusal = "" if value is not None else f"Its {' and '.join(missing)} was not measured or is not stated."
    return Derived(id_, value, metric.unit, metric.direction, inputs, refusal)
