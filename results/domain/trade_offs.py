"""What a Pareto plot may be asked: its two metrics, whose fronts it draws, its lines and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .metrics import Direction
from .parameters import ParameterReader, Range
from .vocabulary import DIVISIONS, TRADE_OFF_METRICS


@dataclass(frozen=True, slots=True)
class TradeOffMetric:
    """A metric that an axis can show. ``missing`` says in words what a result without a value lacks.

    ``direction`` NONE: that of the benchmark's quality metric. ``derived`` is the id among the derived metrics, empty
    for what is measured. ``needs_energy``: its values compare within one energy scope and supply only.
    """

    name: str
    label: str
    noun: str
    unit: str
    axis: str
    direction: Direction
    missing: str
    needs_energy: bool = False
    derived: str = ""


_M, _D = TradeOffMetric, Direction
METRICS: dict[str, TradeOffMetric] = {
    metric.name: metric
    for metric in (
        _M("energy", "Energy", "energy", "µJ", "energy, µJ per inference", _D.LOWER, "measured energy", True),
        _M("latency", "Latency", "latency", "ms", "latency, ms per inference", _D.LOWER, "measured latency"),
        _M("power", "Mean power", "power", "mW", "mean power, mW", _D.LOWER, "measured power", True),
        _M("quality", "Quality", "quality", "", "quality", _D.NONE, "measured quality"),
        _M("throughput", "Throughput", "throughput", "inf/s", "throughput, inferences per second", _D.HIGHER,
           "measured throughput"),
        _M("inferences-per-joule", "Inferences per joule", "inferences per joule", "inf/J", "inferences per joule",
           _D.HIGHER, "measured energy", True, "inferences_per_joule"),
        _M("energy-delay", "Energy-delay product", "energy-delay product", "µJ·ms", "energy-delay product, µJ·ms",
           _D.LOWER, "measured energy and latency", True, "energy_delay_product"),
        _M("macs-per-cycle", "MACs per cycle", "MACs per cycle", "MAC/cycle", "dense MACs per clock cycle", _D.HIGHER,
           "a stated clock, the MACs of its model or a measured latency", derived="macs_per_cycle"),
    )
}  # fmt: skip

FRONTS_BY = ("division", "class", "device", "framework", "supply")
"""What has a front of its own. Division and comparison group always do; every other choice divides these further."""

LINES = ("energy-delay", "power", "none")
"""Lines of equal energy-delay product or of equal mean power in a plot of energy and latency."""


@dataclass(frozen=True, slots=True)
class ParetoQuery:
    """Two metrics of one benchmark against each other. ``group`` is the comparison group whose front is drawn first
    (``chip-rail@1800``), None for that with most results; filters and ranges are those of the leaderboards.

    ``by`` is one of :data:`FRONTS_BY`. The ranges are the limits of the feasible region; ``outside`` shows what fails
    them too, apart from every front. ``lines`` is one of :data:`LINES`.
    """

    benchmark: str
    x: str = "energy"
    y: str = "quality"
    group: str | None = None
    by: str = FRONTS_BY[0]
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    energy: str | None = None
    ranges: Mapping[str, Range] = field(default_factory=dict)
    outside: bool = False
    lines: str = LINES[0]
    log_x: bool = True
    log_y: bool = False

    @property
    def divisions(self) -> tuple[str, ...]:
        """The divisions whose runs may stand in the plot."""
        return self.filters.get("division") or DIVISIONS

    @property
    def has_lines(self) -> bool:
        """Whether products and quotients of its axes mean something: energy and latency, both on log axes."""
        return {self.x, self.y} == {"energy", "latency"} and self.log_x and self.log_y


def read_axes(reader: ParameterReader, energy: str | None) -> tuple[str, str]:
    """x and y; equal axes, and axes of energy for results without any, are refused."""
    x = reader.choice("x", TRADE_OFF_METRICS, "energy")
    y = reader.choice("y", TRADE_OFF_METRICS, "quality" if x != "quality" else "energy")
    if x == y:
        reader.refuse("y", y, f"is also the metric of x; choose another of {', '.join(TRADE_OFF_METRICS)}")
    if energy == "not-measured" and any(METRICS[name].needs_energy for name in (x, y)):
        reader.refuse("energy", energy, "contradicts an axis of energy or power: such a plot would be empty")
    return x, y


def read_scales(reader: ParameterReader, x: str, y: str) -> tuple[bool, bool]:
    """Whether x and y are logarithmic."""
    flags = []
    for parameter, metric in (("log_x", x), ("log_y", y)):
        log = reader.flag(parameter, default=metric != "quality")
        if log and metric == "quality":
            reader.refuse(parameter, "1", "is for every other metric; quality has a linear axis")
        flags.append(log)
    return flags[0], flags[1]


def read_lines(reader: ParameterReader, query: ParetoQuery) -> str:
    """The lines of the plot; asked for where the axes give none a meaning, they are refused."""
    lines = reader.choice("lines", LINES, LINES[0])
    if reader.single("lines") is not None and not query.has_lines:
        reader.refuse("lines", lines, "needs energy against latency on two logarithmic axes")
    return lines


def pareto_params(query: ParetoQuery) -> list[tuple[str, str]]:
    """The canonical parameters of a plot beside its filters, defaults left out but for the axes."""
    params = [("x", query.x), ("y", query.y)]
    if query.group:
        params.append(("group", query.group))
    if query.by != FRONTS_BY[0]:
        params.append(("by", query.by))
    if query.outside and query.ranges:
        params.append(("outside", "1"))
    if query.has_lines and query.lines != LINES[0]:
        params.append(("lines", query.lines))
    if query.log_x != (query.x != "quality"):
        params.append(("log_x", str(int(query.log_x))))
    if query.log_y != (query.y != "quality"):
        params.append(("log_y", str(int(query.log_y))))
    return params
