"""Columns of any name become numbers: recognised costs and clocks, logarithms, missing values, standard scores."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from results.analysis.projection.cells import GROUP, ROUND, Cells, Floats, Texts

# Work that time is linear in. Recognised by name; without a recognised one any positive feature of wide range is tried.
COST = re.compile(
    r"mac|flop|(^|_)g?m?ops?(_|$)|gops|param|weight|byte|(^|_)act(_|$|iv)|cost|cycles|layers|_ops|ops_|kib|(^|_)size|flash|nodes|operators"
)
MACS = re.compile(r"mac|flop|gops|(^|_)g?m?ops(_|$)|(^|_)operations")
TOTAL = re.compile(r"^(g|m|k)?_?(macs?|flops|ops)(_g|_m)?$|total|sum|all|^(log|ln|l)")
# Work that a tool may leave out, and densities: no count of what a layer costs.
NOT_WORK = re.compile(r"dead|effective|ratio|share|fraction|per_|density|log2_of|n_macs_layers|count")
COUNTS = re.compile(r"count|n_ops|num_ops|layers|nodes|(^|_)ops_n|operators")
BYTES = re.compile(r"weight|param|byte|flash|size")
CLOCK = re.compile(r"clock|freq|mhz|ghz")
VOLTAGE = re.compile(r"volt|vdd|supply_v|supply_mv")
PEAK = re.compile(r"peak|tops|gops|macs_per|throughput")
BANDWIDTH = re.compile(r"bandwidth|(^|_)bw(_|$)|gbps|gbit")
LOGGED = re.compile(r"^(log|ln)(10|2)?_|_log(10|2)?$|^l(macs|ops|params|flops)")
# Software does not change what the hardware draws: levels of these names are left out of the power model.
SOFTWARE = re.compile(r"stack|runtime|submitter|prec|compiler|tool|framework|software|version|library|engine")
# A label that differs from row to row of one device, or orders time, is no level of the device.
NOT_A_LEVEL = ("family", GROUP, ROUND)


def first_match(pattern: re.Pattern[str], names: list[str]) -> str | None:
    return next((name for name in names if pattern.search(name.lower())), None)


def mac_features(names: list[str]) -> list[str]:
    """The features that count multiply-accumulates: those of each kind of layer where they are told apart, else one."""
    macs = [
        n
        for n in names
        if MACS.search(n.lower()) and not (NOT_WORK.search(n.lower()) or COUNTS.search(n.lower()))
    ]
    kinds = [n for n in macs if not TOTAL.search(n.lower())]
    return kinds if len(kinds) > 1 else (macs[:1] if not kinds or TOTAL.search(macs[0].lower()) else kinds)


def linear_scale(name: str, values: Floats) -> Floats:
    """Values of a feature whose name says that it is a logarithm, as what it is the logarithm of."""
    match = LOGGED.search(name.lower())
    if not match or not np.nanmax(np.abs(values), initial=0) < 60:
        return values
    base = {"10": 10.0, "2": 2.0}.get(match.groups()[1] or match.groups()[2] or "", np.e)
    return base**values


def log_macs(cells: Cells) -> Floats | None:
    """ln of all MACs per cell (NaN where unknown), shape (n,); None when no feature counts them."""
    names = mac_features(list(cells.model_features))
    if not names:
        return None
    columns = np.stack([linear_scale(n, cells.model_features[n]) for n in names])
    total = np.nansum(columns, axis=0)
    total[np.isnan(columns).all(axis=0) | (total <= 0)] = np.nan
    return np.log(total) if np.isfinite(total).any() else None


@dataclass
class Imputer:
    """Fills NaN by the conditional mean of a shrunk Gaussian: what is known of a row says what is not."""

    mean_: Floats = field(init=False)
    covariance_: Floats = field(init=False)

    def fit(self, table: Floats) -> Imputer:
        """``table`` of shape (n, d), NaN where unknown."""
        mean = np.zeros(table.shape[1])
        seen = np.isfinite(table).any(axis=0)
        mean[seen] = np.nanmean(table[:, seen], axis=0)
        centred = np.nan_to_num(table - mean)
        weights = np.isfinite(table).astype(float)
        pairs = weights.T @ weights
        covariance = centred.T @ centred / np.maximum(pairs, 1)
        # Pairs that are rarely seen together say little of each other.
        covariance *= pairs / (pairs + 5)
        scale = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
        values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
        covariance = (vectors * np.maximum(values, 0.05)) @ vectors.T * np.outer(scale, scale)
        self.mean_, self.covariance_ = mean, covariance
        return self

    def __call__(self, table: Floats) -> Floats:
        filled = table.copy()
        unknown = np.isnan(table)
        for pattern in np.unique(unknown, axis=0):
            rows = (unknown == pattern).all(axis=1)
            if pattern.any():
                known = ~pattern
                guess = np.tile(self.mean_[pattern], (rows.sum(), 1))
                if known.any():
                    c = self.covariance_
                    gain = np.linalg.solve(
                        c[np.ix_(known, known)] + 1e-9 * np.eye(known.sum()), c[np.ix_(known, pattern)]
                    )
                    guess = guess + (table[np.ix_(rows, known)] - self.mean_[known]) @ gain
                filled[np.ix_(rows, pattern)] = guess
        return filled


class NumberColumns:
    """Numeric features as one filled table in logarithms where a feature spans orders of magnitude, shape (n, d)."""

    def __init__(self, *, device: bool) -> None:
        self.device = device

    def fit(self, features: dict[str, Floats]) -> NumberColumns:
        usable = {n: v for n, v in features.items() if len(np.unique(v[np.isfinite(v)])) > 1}
        self.names_ = sorted(usable)
        self.logged_ = {n: self._in_logs(v[np.isfinite(v)]) for n, v in usable.items()}
        self.floor_ = {n: float(np.min(v[v > 0], initial=1.0)) * 0.5 for n, v in usable.items()}
        self.imputer_ = Imputer().fit(self._table(features)) if usable else None
        return self

    def _in_logs(self, values: Floats) -> bool:
        if values.min() < 0:
            return False
        return bool(values.min() > 0) if self.device else bool(values.max() > 20)

    def _table(self, features: dict[str, Floats]) -> Floats:
        n = len(next(iter(features.values()))) if features else 0
        columns = []
        for name in self.names_:
            values = np.asarray(features.get(name, np.full(n, np.nan)), dtype=float)
            if self.logged_[name]:
                with np.errstate(invalid="ignore"):
                    values = np.log(np.maximum(values, 0) + (0.0 if self.device else self.floor_[name]))
            columns.append(np.where(np.isfinite(values), values, np.nan))
        return np.stack(columns, axis=1) if columns else np.zeros((n, 0))

    def __call__(self, features: dict[str, Floats], n: int) -> Floats:
        if not self.names_:
            return np.zeros((n, 0))
        present = features or {self.names_[0]: np.full(n, np.nan)}
        return self.imputer_(self._table(dict(present)))  # type: ignore[misc]


class Standard:
    """Standard scores with a floor for the spread, clipped: a share never seen must not reach to the moon."""

    def __init__(self, floor: float | Floats = 0.1, clip: float = 3.0) -> None:
        self.floor, self.clip = floor, clip

    def fit(self, table: Floats) -> Standard:
        self.mean_ = table.mean(axis=0) if len(table) else np.zeros(table.shape[1])
        self.scale_ = np.maximum(table.std(axis=0), self.floor) if len(table) else np.ones(table.shape[1])
        return self

    def __call__(self, table: Floats) -> Floats:
        return np.clip((table - self.mean_) / self.scale_, -self.clip, self.clip)


def device_levels(cells: Cells) -> list[str]:
    """Text labels that say something of the device and take more than one value, the coarsest first."""
    names = [n for n in cells.labels if n not in NOT_A_LEVEL and len(set(cells.labels[n]) - {""}) > 1]
    return sorted(names, key=lambda n: (len(set(cells.labels[n])), n))


def codes(values: Texts, device: Texts) -> Texts:
    """Labels in which an unknown one equals only that of the same device."""
    return np.array([v or f"\0{d}" for v, d in zip(values, device, strict=True)], dtype=object)
