"""Figures that follow from measured ones: the one place of their formulas.

Each has its unit, its inputs, and the sentence that says why it is absent. Pages, plots, the finder and the API ask
here; none of them computes such a figure itself. The formulas are explained in docs/method.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from results.analysis import frame_power
from results.analysis.roofline import OPERATIONS_PER_MAC, Roofline
from results.domain.metrics import Direction

_UJ_PER_J = 1e6
_CYCLES_PER_MHZ_MS = 1000.0
_OPERATIONS_PER_UJ_IN_GOPS_PER_W = 1e-3  # 1 operation/µJ = 10⁶ operations/J = 10⁻³ GOPS/W

DENSE, EFFECTIVE = "dense MACs", "effective MACs"
"""Dense: every weight counts, zeros too. Effective: those that a source counted without what can be skipped."""

NO_MACS_OF_EVENTS = (
    "An event-based device adds where events arrive: its work is counted in accumulates (Effective_ACs), which are "
    "no MACs, and no source states its Effective_MACs, Effective_ACs or activation sparsity."
)
ABOVE_ROOF = "Above 100 %: the specifications or the number of MACs and bytes disagree with the measurement."


@dataclass(frozen=True, slots=True)
class DerivedMetric:
    """``formula`` in words and symbols; ``anchor`` is the place on the page of the method that explains it.

    ``reference`` says who uses the figure so. ``of_reader``: it needs figures that only the reader has.
    """

    id: str
    name: str
    unit: str
    direction: Direction
    formula: str
    anchor: str
    needs_energy: bool
    reference: str
    of_reader: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """What a figure is computed from. ``value`` None: not measured or not stated."""

    name: str
    value: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Derived:
    """``value`` is None exactly when ``refusal`` is a sentence. ``remark`` is a sentence of doubt about a value."""

    id: str
    value: float | None
    unit: str
    direction: Direction
    inputs: tuple[Input, ...]
    refusal: str = ""
    remark: str = ""

    @property
    def metric(self) -> DerivedMetric:
        return DERIVED_METRICS[self.id]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of one result; None where it was not measured or nobody states it.

    ``top1_pct`` is that of the same submission. ``moved_bytes`` are the weights once in the format of the result.
    ``roofline`` is that of the device at the operating point, or the sentence why there is none. ``fps`` and
    ``sleep_power_mw`` come from the reader.
    """

    energy_uj: float | None = None
    latency_ms: float | None = None
    clock_mhz: float | None = None
    dense_macs: int | None = None
    effective_macs: int | None = None
    top1_pct: float | None = None
    division: str = ""
    energy_scope: str = ""
    moved_bytes: int | None = None
    roofline: Roofline | str = "No source states peak rate and memory bandwidth."
    event_based: bool = False
    fps: float | None = None
    sleep_power_mw: float | None = None


_EFFICIENCY = "Sze, Chen, Yang and Emer, Proceedings of the IEEE 105(12), 2017"
_D = Direction
DERIVED_METRICS: dict[str, DerivedMetric] = {
    metric.id: metric
    for metric in (
        DerivedMetric("inferences_per_joule", "Inferences per joule", "inf/J", _D.HIGHER, "10⁶ / energy in µJ",
                      "inferences-per-joule", True, "Banbury and others, MLPerf Tiny Benchmark, NeurIPS 2021"),
        DerivedMetric("energy_delay_product_uj_ms", "Energy-delay product", "µJ·ms", _D.LOWER,
                      "energy in µJ × latency in ms", "energy-delay-product", True,
                      "Gonzalez and Horowitz, IEEE Journal of Solid-State Circuits 31(9), 1996"),
        DerivedMetric("macs_per_cycle", "Dense MACs per cycle", "MAC/cycle", _D.HIGHER,
                      "dense MACs of the neural model / (latency in ms × clock in MHz × 1000)", "macs-per-cycle",
                      False, _EFFICIENCY),
        DerivedMetric("effective_macs_per_cycle", "Effective MACs per cycle", "MAC/cycle", _D.HIGHER,
                      "effective MACs of the neural model / (latency in ms × clock in MHz × 1000)",
                      "macs-per-cycle", False, _EFFICIENCY),
        DerivedMetric("gops_per_w", "Effective GOPS/W (dense MACs)", "GOPS/W", _D.HIGHER,
                      "2 × dense MACs of the neural model / energy in µJ / 1000", "effective-gops-per-watt", True,
                      _EFFICIENCY),
        DerivedMetric("effective_gops_per_w", "Effective GOPS/W (effective MACs)", "GOPS/W", _D.HIGHER,
                      "2 × effective MACs of the neural model / energy in µJ / 1000", "effective-gops-per-watt",
                      True, _EFFICIENCY),
        DerivedMetric("share_of_roofline_pct", "Share of its own roofline", "%", _D.HIGHER,
                      "100 × max(2 × dense MACs / peak, bytes of weights / bandwidth) / latency",
                      "share-of-the-roofline", False,
                      "Williams, Waterman and Patterson, Communications of the ACM 52(4), 2009"),
        DerivedMetric("energy_per_correct_uj", "Energy per correct answer", "µJ", _D.LOWER,
                      "energy in µJ / (Top-1 in % / 100), both of one closed submission",
                      "energy-per-correct-answer", True, "TinySite"),
        DerivedMetric("average_power_at_fps_mw", "Average power at a frame rate", "mW", _D.LOWER,
                      "energy in µJ × fps / 1000 + sleep power in mW × (1 − fps × latency in ms / 1000)",
                      "average-power-at-a-frame-rate", True, "TinySite", of_reader=True),
    )
}  # fmt: skip


def inferences_per_joule(energy_uj: float | None) -> Derived:
    given = (Input("energy", energy_uj, "µJ"),)
    return _computed("inferences_per_joule", given, lambda energy: _UJ_PER_J / energy)


def energy_delay_product_uj_ms(energy_uj: float | None, latency_ms: float | None) -> Derived:
    given = (Input("energy", energy_uj, "µJ"), Input("latency", latency_ms, "ms"))
    return _computed("energy_delay_product_uj_ms", given, lambda energy, latency: energy * latency)


def macs_per_cycle(
    macs: int | None,
    latency_ms: float | None,
    clock_mhz: float | None,
    *,
    counted: str = DENSE,
    event_based: bool = False,
) -> Derived:
    """``counted`` says which MACs these are: :data:`DENSE` or :data:`EFFECTIVE`."""
    id_ = "macs_per_cycle" if counted == DENSE else "effective_macs_per_cycle"
    given = (
        Input(counted, macs, "MAC"), Input("latency", latency_ms, "ms"), Input("clock", clock_mhz, "MHz")
    )  # fmt: skip
    if event_based:
        return _refused(id_, given, NO_MACS_OF_EVENTS)
    return _computed(id_, given, lambda work, latency, clock: work / (latency * clock * _CYCLES_PER_MHZ_MS))


def gops_per_w(
    macs: int | None, energy_uj: float | None, *, counted: str = DENSE, event_based: bool = False
) -> Derived:
    """Attained, not peak: 2 operations per MAC over the measured energy of one inference."""
    id_ = "gops_per_w" if counted == DENSE else "effective_gops_per_w"
    given = (Input(counted, macs, "MAC"), Input("energy", energy_uj, "µJ"))
    if event_based:
        return _refused(id_, given, NO_MACS_OF_EVENTS)
    return _computed(
        id_, given, lambda work, energy: OPERATIONS_PER_MAC * work / energy * _OPERATIONS_PER_UJ_IN_GOPS_PER_W
    )


def share_of_roofline_pct(
    latency_ms: float | None,
    dense_macs: int | None,
    moved_bytes: int | None,
    roofline: Roofline | str,
    *,
    event_based: bool = False,
) -> Derived:
    """``roofline`` is the sentence that says why there is none. A value above 100 % stands, with a remark."""
    id_ = "share_of_roofline_pct"
    given = (
        Input("latency", latency_ms, "ms"),
        Input(DENSE, dense_macs, "MAC"),
        Input("bytes of the weights", moved_bytes, "bytes"),
    )
    if event_based:
        return _refused(id_, given, NO_MACS_OF_EVENTS)
    if isinstance(roofline, str):
        return _refused(id_, given, roofline)
    stated = (
        Input("peak rate", roofline.peak_gops, "GOPS"),
        Input("memory bandwidth", roofline.bandwidth_gb_per_s, "GB/s"),
    )
    found = _computed(
        id_, given + stated, lambda latency, macs, moved, *_: 100 * roofline.bound_ms(macs, moved) / latency
    )
    if found.value is None or found.value <= 100:
        return found
    return Derived(id_, found.value, found.unit, found.direction, found.inputs, remark=ABOVE_ROOF)


def energy_per_correct_uj(
    energy_uj: float | None, top1_pct: float | None, *, division: str, energy_scope: str
) -> Derived:
    """The energy of one run over the share of right answers that the same closed submission states."""
    given = (Input("energy", energy_uj, "µJ"), Input("Top-1", top1_pct, "%"))
    if energy_uj and top1_pct and division != "closed":
        return _refused(
            "energy_per_correct_uj",
            given,
            "Only closed results share network and test set; this is an open one.",
        )
    if energy_uj and top1_pct and energy_scope in ("", "unknown", "none"):
        return _refused(
            "energy_per_correct_uj", given, "Nobody states what the joules include: chip rail or whole board."
        )
    return _computed("energy_per_correct_uj", given, lambda energy, top1: energy / (top1 / 100))


def average_power_at_fps_mw(
    energy_uj: float | None, latency_ms: float | None, fps: float | None, sleep_power_mw: float | None
) -> Derived:
    """A sleep power of 0 is a statement of the reader, and counts; None is none."""
    id_ = "average_power_at_fps_mw"
    given = (
        Input("energy", energy_uj, "µJ"),
        Input("latency", latency_ms, "ms"),
        Input("frame rate", fps, "1/s"),
        Input("sleep power", sleep_power_mw, "mW"),
    )
    missing = [one.name for one in given[:2] if not _known(one.value)]
    if missing or energy_uj is None or latency_ms is None:
        return _refused(id_, given, _absence(missing))
    if fps is None or not _known(fps):
        return _refused(id_, given, "The reader states the frame rate, and what the device draws asleep.")
    if sleep_power_mw is None or not math.isfinite(sleep_power_mw) or sleep_power_mw < 0:
        return _refused(id_, given, "MLPerf Tiny does not measure sleep: the reader states the sleep power.")
    if not frame_power.keeps_up(latency_ms, fps):
        return _refused(
            id_, given, f"It does not keep up: {fps:g} inferences per second take longer than there is time."
        )
    value = frame_power.average_power_mw(energy_uj, latency_ms, fps, sleep_power_mw)
    metric = DERIVED_METRICS[id_]
    return Derived(id_, value, metric.unit, metric.direction, given)


_OF_MEASURED: dict[str, Callable[[Measured], Derived]] = {
    "inferences_per_joule": lambda m: inferences_per_joule(m.energy_uj),
    "energy_delay_product_uj_ms": lambda m: energy_delay_product_uj_ms(m.energy_uj, m.latency_ms),
    "macs_per_cycle": lambda m: macs_per_cycle(
        m.dense_macs, m.latency_ms, m.clock_mhz, event_based=m.event_based
    ),
    "effective_macs_per_cycle": lambda m: macs_per_cycle(
        m.effective_macs, m.latency_ms, m.clock_mhz, counted=EFFECTIVE, event_based=m.event_based
    ),
    "gops_per_w": lambda m: gops_per_w(m.dense_macs, m.energy_uj, event_based=m.event_based),
    "effective_gops_per_w": lambda m: gops_per_w(
        m.effective_macs, m.energy_uj, counted=EFFECTIVE, event_based=m.event_based
    ),
    "share_of_roofline_pct": lambda m: share_of_roofline_pct(
        m.latency_ms, m.dense_macs, m.moved_bytes, m.roofline, event_based=m.event_based
    ),
    "energy_per_correct_uj": lambda m: energy_per_correct_uj(
        m.energy_uj, m.top1_pct, division=m.division, energy_scope=m.energy_scope
    ),
    "average_power_at_fps_mw": lambda m: average_power_at_fps_mw(
        m.energy_uj, m.latency_ms, m.fps, m.sleep_power_mw
    ),
}


def derive(metric: str, measured: Measured) -> Derived:
    """One derived figure by its id in :data:`DERIVED_METRICS`; KeyError for another id."""
    return _OF_MEASURED[metric](measured)


def derive_all(measured: Measured, *, of_reader: bool = False) -> tuple[Derived, ...]:
    """Every derived figure in the order of :data:`DERIVED_METRICS`, those of the reader's figures on request."""
    return tuple(
        derive(metric.id, measured)
        for metric in DERIVED_METRICS.values()
        if of_reader or not metric.of_reader
    )


def _computed(id_: str, given: Sequence[Input], formula: Callable[..., float]) -> Derived:
    """The formula over the values of ``given``, or a refusal that names what is missing."""
    metric = DERIVED_METRICS[id_]
    missing = [one.name for one in given if not _known(one.value)]
    if missing:
        return _refused(id_, given, _absence(missing))
    return Derived(id_, formula(*(one.value for one in given)), metric.unit, metric.direction, tuple(given))


def _refused(id_: str, given: Iterable[Input], why: str) -> Derived:
    metric = DERIVED_METRICS[id_]
    return Derived(id_, None, metric.unit, metric.direction, tuple(given), why)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


_OF_THE_MODEL = {DENSE: "number of dense MACs", EFFECTIVE: "number of effective MACs"}


def _absence(missing: Sequence[str]) -> str:
    names = [_OF_THE_MODEL.get(name, name) for name in missing]
    if len(names) == 1:
        return f"Its {names[0]} was not measured or is not stated."
    return f"Its {', '.join(names[:-1])} and {names[-1]} were not measured or are not stated."
