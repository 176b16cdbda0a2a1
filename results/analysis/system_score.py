"""The score of a system against any reference: what may not be compared is refused, benchmark by benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from results.domain.score_metrics import COMMON_SET, ScoreMetric

from .comparability import Conditions, comparability, why_not_compared
from .normalisation import normalised_score
from .places import score_band
from .ranking import BAND_TOLERANCE


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of one system on one benchmark: in the unit of its metric, with the conditions it was measured under.

    ``spread`` is how far it may be from another run of the same, as a share: max / min - 1 of its timed windows, or
    the tolerance of a rank band where that is wider or nobody states windows (:func:`spread_of`).
    """

    value: float
    spread: float
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class SystemScore:
    """``value`` with its band ``low`` to ``high`` is None where ``reason`` says why.

    ``ratios`` hold reference / value of the benchmarks that compare, ``missing`` the benchmarks without a value,
    ``refused`` the sentence for each value that does not compare with the reference.
    """

    value: float | None
    low: float | None
    high: float | None
    ratios: Mapping[str, float]
    missing: tuple[str, ...]
    refused: Mapping[str, str]
    reason: str

    @property
    def covered(self) -> int:
        """How many benchmarks compare with the reference."""
        return len(self.ratios)

    @property
    def of(self) -> int:
        return len(COMMON_SET)


def system_score(
    metric: ScoreMetric,
    own: Mapping[str, Figure],
    reference: Mapping[str, Figure],
    weights: Mapping[str, float] | None = None,
) -> SystemScore:
    """The score of ``own`` against ``reference`` over the common set, both by benchmark.

    ``weights`` by benchmark are 1 unless given, and count relative to their sum. ValueError for a value or a weight
    that is not positive and finite.
    """
    shares = {name: (weights or {}).get(name, 1.0) for name in COMMON_SET}
    missing = tuple(name for name in COMMON_SET if name not in own)
    absent = [name for name in COMMON_SET if name not in reference]
    if absent:
        why = f"the reference has no {metric.noun} on {', '.join(absent)}: nobody measured it"
        return SystemScore(None, None, None, {}, missing, {}, why)
    refused = {
        name: sentence
        for name in COMMON_SET
        if name in own and (sentence := _refusal(metric, own[name], reference[name]))
    }
    score = normalised_score(
        {name: own[name].value for name in COMMON_SET if name in own and name not in refused},
        {name: reference[name].value for name in COMMON_SET},
        shares,
    )
    low, high = (
        score_band(score.value, [own[name].spread for name in COMMON_SET], list(shares.values()))
        if score.value is not None
        else (None, None)
    )
    return SystemScore(score.value, low, high, score.ratios, missing, refused, _reason(missing, refused))


def why_no_reference(metric: ScoreMetric, figures: Mapping[str, Figure]) -> str:
    """Why a system cannot be the reference of a score, in words; empty where it can."""
    missing = [name for name in COMMON_SET if name not in figures]
    if missing:
        return (
            f"has no {metric.noun} on {', '.join(missing)}; a reference needs all of {', '.join(COMMON_SET)}"
        )
    if any(comparability().group(metric.compares_as, one.conditions) is None for one in figures.values()):
        return "does not state scope and supply of its energy, so nothing compares with it"
    return ""


def spread_of(metric: ScoreMetric, latency_range: float | None) -> float:
    """The spread of a value of ``metric`` (a share, at least the tolerance of a rank band).

    ``latency_range`` is max / min - 1 of the timed windows, None where there are none. Only latencies have windows
    here; an energy-delay product takes the spread of both its inputs.
    """
    windows = max(BAND_TOLERANCE, latency_range or 0.0)
    if metric.word == "latency":
        return windows
    if metric.word == "energy-delay":
        return (1 + windows) * (1 + BAND_TOLERANCE) - 1
    return BAND_TOLERANCE


def _refusal(metric: ScoreMetric, own: Figure, reference: Figure) -> str:
    group = comparability().group(metric.compares_as, reference.conditions)
    if group is None:
        return "scope or supply of the reference's energy is not stated: nothing compares with it"
    return why_not_compared(metric.compares_as, own.conditions, group)


def _reason(missing: tuple[str, ...], refused: Mapping[str, str]) -> str:
    """Why there is no score, in words; empty when there is one."""
    if refused:
        return "; ".join(dict.fromkeys(refused.values()))
    if len(missing) == len(COMMON_SET):
        return "not measured"
    if missing:
        return f"{len(COMMON_SET) - len(missing)} of {len(COMMON_SET)}: {', '.join(missing)} not measured"
    return ""
