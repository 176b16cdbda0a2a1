"""Does a model fit into the flash and the RAM of a device? A verdict with a range, calibrated per toolchain.

What a model file tells: the bytes of its constants, and the live set, the greatest sum of tensors that an execution in
the order of the file has to hold at once. Neither is what a toolchain needs: a code generator that computes in place
takes as little as half of the live set, and an interpreter takes scratch memory on top. So measured needs are divided by
what the file tells, and the ratios are summed up on three levels (all, toolchain, family of networks on that toolchain),
each drawn to the one above it. The range is as wide as the errors of the calibration were when the model, or its whole
family, was left out.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from results.analysis.projection.cells import Floats
from results.catalog.reader import FOLDER

FITS, BORDERLINE, TOO_LARGE = "fits", "borderline", "does not fit"
# Pseudo-observations by which a toolchain is drawn to all toolchains, and a family to its toolchain.
SHRINKAGE = 1.0
# A small network's working memory has a part that does not grow with it: KiB beyond the live set.
FIXED_RAM_KIB = 2.0
SAFETY = 1.05


@dataclass(frozen=True, slots=True)
class MeasuredMemory:
    """What a toolchain reported for one network: live set and constants of the file, RAM and flash it took, in KiB."""

    toolchain: str
    family: str
    model: str
    live_set_kib: float
    measured_ram_kib: float
    weight_kib: float
    measured_flash_kib: float


@dataclass(frozen=True, slots=True)
class NeedRange:
    """KiB that are needed: the middle, and the ends that no calibration error went beyond. ``basis`` says from what."""

    low_kib: float
    middle_kib: float
    high_kib: float
    basis: str


@dataclass(frozen=True, slots=True)
class FitVerdict:
    """``verdict`` is fits, borderline or does not fit; ``missing_kib`` what would have to be added to be sure."""

    memory: str
    verdict: str
    need: NeedRange
    capacity_kib: float
    missing_kib: float

    @property
    def sentence(self) -> str:
        """The verdict as a page can print it."""
        need = f"needs {self.need.middle_kib:.0f} KiB ({self.need.low_kib:.0f} to {self.need.high_kib:.0f})"
        said = f"{self.memory}: {self.verdict}, {need} of {self.capacity_kib:.0f} KiB"
        return (
            said if self.verdict == FITS else f"{said}; would surely fit with {self.missing_kib:.0f} KiB more"
        )


class MemoryCalibration:
    """Ratios of measured to static memory per toolchain and family, with the errors of leaving models out."""

    def __init__(self, shrinkage: float = SHRINKAGE) -> None:
        self.shrinkage = shrinkage

    def fit(self, measured: Sequence[MeasuredMemory]) -> MemoryCalibration:
        """Learn ratios and ranges. ValueError without a measured network."""
        if not measured:
            raise ValueError("no measured memory to calibrate with")
        self.measured_ = _consistent(measured)
        self.ram_ = _Ratios(self.measured_, _log_ram_ratio, self.shrinkage)
        self.flash_ = _Ratios(self.measured_, _log_flash_ratio, self.shrinkage)
        return self

    def ram(self, live_set_kib: float, toolchain: str = "", family: str = "") -> NeedRange:
        """Working memory of a network; ValueError for a live set that is not positive."""
        return self.ram_.need(_positive(live_set_kib) + FIXED_RAM_KIB, toolchain, family)

    def flash(
        self, weight_kib: float, toolchain: str = "", family: str = "", code_kib: float = 0.0
    ) -> NeedRange:
        """Flash of the constants plus ``code_kib`` for the toolchain's library, where that is known."""
        need = self.flash_.need(_positive(weight_kib), toolchain, family)
        return NeedRange(
            need.low_kib + code_kib, need.middle_kib + code_kib, need.high_kib + code_kib, need.basis
        )


def verdict(memory: str, need: NeedRange, capacity_kib: float) -> FitVerdict:
    """``memory`` names it (RAM, flash). Fits only when even the high end does; does not when not even the low end."""
    _positive(capacity_kib)
    if need.high_kib <= capacity_kib:
        found = FITS
    else:
        found = BORDERLINE if need.low_kib <= capacity_kib else TOO_LARGE
    return FitVerdict(memory, found, need, capacity_kib, max(need.high_kib - capacity_kib, 0.0))


@cache
def calibration() -> MemoryCalibration:
    """Fitted on the shipped figures: the STM32 model zoo's tables against its graphs (``docs/projection.md``)."""
    with (FOLDER / "memory_calibration.csv").open(newline="", encoding="utf-8") as lines:
        rows = [
            MeasuredMemory(
                row["toolchain"], row["family"], row["model_file"], float(row["live_set_kib"]),
                float(row["measured_ram_kib"]), float(row["weight_kib"]), float(row["measured_flash_kib"]),
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip
    return MemoryCalibration().fit(rows)


@cache
def model_live_sets() -> dict[str, float]:
    """Slug of a reference network → KiB of its live set, counted from its int8 file (``manage.py analyse_model``)."""
    with (FOLDER / "model_memory.csv").open(newline="", encoding="utf-8") as lines:
        return {row["slug"]: float(row["live_set_bytes"]) / 1024 for row in csv.DictReader(lines)}


def _consistent(measured: Sequence[MeasuredMemory]) -> tuple[MeasuredMemory, ...]:
    """Without rows that a twin contradicts: same toolchain, RAM and graph, but less flash than the constants take."""
    twins = defaultdict(list)
    for row in measured:
        twins[row.toolchain, row.live_set_kib, row.measured_ram_kib].append(
            row.measured_flash_kib / row.weight_kib
        )
    kept = []
    for row in measured:
        ratios = twins[row.toolchain, row.live_set_kib, row.measured_ram_kib]
        own = row.measured_flash_kib / row.weight_kib
        if own >= 0.9 or not any(abs(r - 1) < 0.05 for r in ratios):
            kept.append(row)
    return tuple(kept)


def _log_ram_ratio(row: MeasuredMemory) -> float:
    return float(np.log(row.measured_ram_kib / (row.live_set_kib + FIXED_RAM_KIB)))


def _log_flash_ratio(row: MeasuredMemory) -> float:
    return float(np.log(row.measured_flash_kib / row.weight_kib))


class _Ratios:
    """Shrunk means of log ratios, and the errors they make on what was left out."""

    def __init__(self, measured: Sequence[MeasuredMemory], ratio, shrinkage: float) -> None:
        self.shrinkage = shrinkage
        self.toolchain = [row.toolchain for row in measured]
        self.family = [row.family for row in measured]
        # One graph under several names (other classes, other training) is one network.
        self.model = [f"{row.family}|{row.live_set_kib:.2f}" for row in measured]
        self.logs = np.array([ratio(row) for row in measured])
        self.of_models = self._errors(self.model, keep_family=True)
        self.of_families = self._errors(self.family, keep_family=False)

    def mean(self, toolchain: str, family: str, keep: Floats | None = None) -> float:
        """The shrunk mean log ratio of a family on a toolchain, from the rows of ``keep``."""
        rows = np.ones(len(self.logs), bool) if keep is None else keep
        found = float(np.median(self.logs[rows])) if rows.any() else 0.0
        of_toolchain = rows & (np.array(self.toolchain) == toolchain)
        found = self._towards(self.logs[of_toolchain], found)
        # A family's ratio hardly depends on the toolchain's version: all of them count, those of this one twice.
        of_family = rows & (np.array(self.family) == family)
        both = np.concatenate([self.logs[of_family], self.logs[of_family & of_toolchain]])
        return self._towards(both, found)

    def _towards(self, logs: Floats, above: float) -> float:
        return (float(np.sum(logs)) + self.shrinkage * above) / (len(logs) + self.shrinkage)

    def _errors(self, left_out: Iterable[str], *, keep_family: bool) -> Floats:
        """Log errors (n,) of each row when all rows with its name in ``left_out`` are hidden."""
        names = np.array(list(left_out))
        out = np.empty(len(names))
        for row, name in enumerate(names):
            family = self.family[row] if keep_family else ""
            out[row] = self.logs[row] - self.mean(self.toolchain[row], family, names != name)
        return out

    def need(self, static_kib: float, toolchain: str, family: str) -> NeedRange:
        relatives = {m for m, f in zip(self.model, self.family, strict=True) if f == family}
        errors = self.of_models if len(relatives) > 1 else self.of_families
        middle = static_kib * float(np.exp(self.mean(toolchain, family)))
        basis = f"family {family}" if errors is self.of_models else "other families"
        basis += f" on {toolchain}" if toolchain in self.toolchain else " on other toolchains"
        low, high = float(np.exp(errors.min())) / SAFETY, float(np.exp(errors.max())) * SAFETY
        return NeedRange(middle * low, middle, middle * high, basis)


def _positive(kib: float) -> float:
    if not kib > 0:
        raise ValueError(f"{kib} KiB: a size has to be positive")
    return kib
