"""Values computed again from raw lines: throughput, energy, power, Top-1 and AUC. Functions over plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean, median

from results.domain.records import Window

from .eembc import Inference


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A value with the lines (1-based) it was computed from and the significant digits that they carry."""

    value: float
    first_line: int
    last_line: int
    digits: int


def windows_from_laps(inferences: Iterable[Inference], path: str) -> list[Window]:
    """A performance window per timed call with usable laps, numbered from 1."""
    timed = [entry for entry in inferences if entry.duration_us and entry.iterations > 0]
    return [
        Window("performance", number, path, entry.line, entry.iterations, entry.duration_us / 1e6,
               entry.iterations * 1e6 / entry.duration_us)
        for number, entry in enumerate(timed, start=1)
        if entry.duration_us
    ]  # fmt: skip


def throughput(inferences: Sequence[Inference]) -> Recomputed | None:
    """Median over timed calls of iterations / (second lap - first lap), in inferences per second."""
    timed = [entry for entry in inferences if entry.duration_us and entry.iterations > 0]
    if not timed:
        return None
    rates = [entry.iterations * 1e6 / entry.duration_us for entry in timed if entry.duration_us]
    digits = min(7, *(len(str(entry.duration_us)) for entry in timed), 7)
    return Recomputed(median(rates), timed[0].line, timed[-1].lap_lines[1], digits)


def energy_uj_per_inf(windows: Sequence[Window]) -> Recomputed | None:
    """Median over windows of energy / iterations in µJ, of the printed energy per inference where one is missing."""
    costs = [
        window.energy_uj / window.iterations
        if window.energy_uj and window.iterations
        else window.energy_uj_per_inf
        for window in windows
    ]
    known = [cost for cost in costs if cost]
    if not known:
        return None
    return Recomputed(median(known), windows[0].line, windows[-1].line, 7)


def power_mw(energy_uj: float, throughput_inf_per_s: float) -> float:
    """Mean power while inferring, in mW, from energy per inference in µJ and inferences per second."""
    return energy_uj * throughput_inf_per_s / 1000


def top1_pct(outputs: Mapping[str, Sequence[float]], classes: Mapping[str, int]) -> float:
    """Share in percent of inputs whose largest output (the first of equal ones) is their class.

    ``outputs`` has one vector per input; ValueError when it is empty.
    """
    if not outputs:
        raise ValueError("no outputs")
    right = sum(vector.index(max(vector)) == classes[file] for file, vector in outputs.items())
    return 100 * right / len(outputs)


def auc_score(is_anomaly: Sequence[int], scores: Sequence[float]) -> float:
    """Area under the ROC curve of ``scores`` for truth ``is_anomaly`` of the same inputs; ties count half.

    The definition of scikit-learn's ``roc_auc_score``, by ranks: the probability that an anomaly scores higher than
    a normal input. ValueError unless both kinds occur.
    """
    rank_sum, ranked, positives = 0.0, 0, 0
    for _, tied in groupby(sorted(zip(scores, is_anomaly, strict=True)), key=lambda pair: pair[0]):
        truths = [bool(truth) for _, truth in tied]
        rank_sum += sum(truths) * (ranked + (len(truths) + 1) / 2)  # equal scores share their mean rank
        ranked += len(truths)
        positives += sum(truths)
    negatives = ranked - positives
    if not positives or not negatives:
        raise ValueError("AUC needs both normal and anomalous inputs")
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def anomaly_scores(inferences: Iterable[Inference]) -> dict[str, float]:
    """Mean over the sliding windows of each input of the error that the device reports (one number per window)."""
    errors: dict[str, dict[int, float]] = {}
    for entry in inferences:
        if entry.file and entry.vector and len(entry.vector) == 1:
            errors.setdefault(entry.file, {})[entry.offset] = entry.vector[0]
    return {file: fmean(windows.values()) for file, windows in errors.items()}


def last_outputs(inferences: Iterable[Inference]) -> dict[str, tuple[float, ...]]:
    """The last output of each input, by file name."""
    return {entry.file: entry.vector for entry in inferences if entry.file and entry.vector}
