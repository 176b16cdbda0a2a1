"""The metrics that a normalised score exists for: one table of their names, and of what decides whether they compare."""

from __future__ import annotations

from dataclasses import dataclass

COMMON_SET = ("kws", "vww", "ic", "ad")
"""The benchmarks that every score covers, in their order."""


@dataclass(frozen=True, slots=True)
class ScoreMetric:
    """A metric where lower is better. ``word`` stands in addresses, ``noun`` in sentences.

    ``compares_as`` is the measured metric whose conditions decide what may be compared; ``anchor`` the place on the
    page of the method.
    """

    id: str
    word: str
    name: str
    noun: str
    unit: str
    compares_as: str
    anchor: str

    @property
    def needs_energy(self) -> bool:
        """Whether energy scope and supply decide what compares."""
        return self.compares_as == "energy_uj_per_inf"


SCORE_METRICS: dict[str, ScoreMetric] = {
    metric.word: metric
    for metric in (
        ScoreMetric("latency_ms", "latency", "Latency", "latency", "ms", "latency_ms", "scores"),
        ScoreMetric("energy_uj_per_inf", "energy", "Energy", "energy", "µJ/inf", "energy_uj_per_inf", "scores"),
        ScoreMetric("energy_delay_product_uj_ms", "energy-delay", "Energy-delay product", "energy-delay product",
                    "µJ·ms", "energy_uj_per_inf", "scores-of-the-energy-delay-product"),
        ScoreMetric("peak_ram_kib", "memory", "Memory", "peak RAM", "KiB", "peak_ram_kib", "scores-of-memory"),
    )
}  # fmt: skip
"""By the word of their address."""
