"""The methods that a clever one has to beat. Each is a page of arithmetic on logarithms."""

from __future__ import annotations

import numpy as np

from results.analysis.projection.cells import GROUP, Cells, Floats, Texts
from results.analysis.projection.features import (
    BANDWIDTH,
    BYTES,
    CLOCK,
    COUNTS,
    PEAK,
    first_match,
    linear_scale,
    log_macs,
)
from results.analysis.projection.projector import Projections, Projector, known, point_projections


class _PerMetric(Projector):
    """A baseline that treats every metric by itself: subclasses give ``_learn`` and ``_project`` for one of them."""

    def fit(self, cells: Cells):
        known(cells)
        self.models_ = {
            m: self._learn(cells.take(cells.metric == m)) for m in np.unique(cells.metric.astype(str))
        }
        return self

    def predict(self, cells: Cells) -> Projections:
        out = np.full(len(cells), np.nan)
        for metric in np.unique(cells.metric.astype(str)):
            rows = np.flatnonzero(cells.metric == metric)
            if metric in self.models_:
                out[rows] = self._project(self.models_[metric], cells.take(rows))
        return point_projections(out)

    def _learn(self, cells: Cells):
        raise NotImplementedError

    def _project(self, model, cells: Cells) -> Floats:
        raise NotImplementedError


class DeviceMedian(_PerMetric):
    """The geometric middle of what the device did on other models; of all devices when it did nothing."""

    name = "device median"

    def _learn(self, cells: Cells):
        medians = {
            d: float(np.median(cells.log_target[cells.device == d]))
            for d in np.unique(cells.device.astype(str))
        }
        return medians, float(np.median(cells.log_target))

    def _project(self, model, cells: Cells) -> Floats:
        medians, overall = model
        return np.array([medians.get(d, overall) for d in cells.device])


class Additive(_PerMetric):
    """Two-way additive: ln t = μ + a_model + b_device, both effects shrunk by ``shrinkage`` pseudo-observations.

    Solved by alternating means (backfitting; Hastie and Tibshirani, Generalized Additive Models, 1990).
    """

    name = "additive"

    def __init__(self, shrinkage: float = 0.15, iterations: int = 60) -> None:
        self.shrinkage, self.iterations = shrinkage, iterations

    def _learn(self, cells: Cells):
        return two_way(cells.model, cells.device, cells.log_target, self.shrinkage, self.iterations)

    def _project(self, model, cells: Cells) -> Floats:
        return _two_way_sum(model, cells)


def two_way(rows: Texts, columns: Texts, values: Floats, shrinkage: float, iterations: int):
    """(μ, {row: effect}, {column: effect}) of the shrunk two-way fit."""
    row_names, i = np.unique(rows.astype(str), return_inverse=True)
    column_names, j = np.unique(columns.astype(str), return_inverse=True)
    count_i, count_j = np.bincount(i) + shrinkage, np.bincount(j) + shrinkage
    mean, a, b = float(values.mean()), np.zeros(len(row_names)), np.zeros(len(column_names))
    for _ in range(iterations):
        a = np.bincount(i, values - mean - b[j]) / count_i
        b = np.bincount(j, values - mean - a[i]) / count_j
        mean = float((values - a[i] - b[j]).mean())
    return mean, dict(zip(row_names, a, strict=True)), dict(zip(column_names, b, strict=True))


def _two_way_sum(model, cells: Cells) -> Floats:
    mean, a, b = model
    return mean + np.array(
        [a.get(m, 0.0) + b.get(d, 0.0) for m, d in zip(cells.model, cells.device, strict=True)]
    )


class MacLinear(_PerMetric):
    """Per device ln t = c_d + s_d ln MACs, the slope shrunk towards that of all devices.

    ``ridge`` is in units of squared ln MACs: with one anchor the common slope stays, with a spread of models the
    device gets its own. Without a feature that counts MACs it is the device's mean.
    """

    name = "MAC-linear"

    def __init__(self, ridge: float = 4.0) -> None:
        self.ridge = ridge

    def _learn(self, cells: Cells):
        x = log_macs(cells)
        x = np.zeros(len(cells)) if x is None else x
        typical = float(np.nanmean(x)) if np.isfinite(x).any() else 0.0
        x, y = np.where(np.isfinite(x), x, typical), cells.log_target
        slope = float(np.polyfit(x, y, 1)[0]) if np.ptp(x) > 1e-9 else 0.0
        # Within devices the slope is not blurred by which device happened to run the large models.
        means = {
            d: (x[cells.device == d].mean(), y[cells.device == d].mean())
            for d in np.unique(cells.device.astype(str))
        }
        dx = x - np.array([means[d][0] for d in cells.device])
        dy = y - np.array([means[d][1] for d in cells.device])
        if dx @ dx > 1e-9:
            slope = float((dx @ dy + slope * 1.0) / (dx @ dx + 1.0))
        lines = {}
        for d, (mx, my) in means.items():
            own = cells.device == d
            extra = float((dx[own] @ (dy[own] - slope * dx[own])) / (dx[own] @ dx[own] + self.ridge))
            lines[d] = (mx, my, slope + extra)
        return (
            lines,
            (x.mean(), float(np.mean([my - slope * (mx - x.mean()) for mx, my in means.values()])), slope),
            typical,
        )

    def _project(self, model, cells: Cells) -> Floats:
        lines, overall, typical = model
        x = log_macs(cells)
        x = np.full(len(cells), typical) if x is None else np.where(np.isfinite(x), x, typical)
        return np.array(
            [
                my + s * (v - mx)
                for v, (mx, my, s) in zip(x, [lines.get(d, overall) for d in cells.device], strict=True)
            ]
        )


class Roofline(_PerMetric):
    """A bound, not a projection: max(MACs / peak, bytes / bandwidth) (Williams, Waterman and Patterson, 2009), raised
    to the most efficient cell of the training data because the units of a table are its own.

    A device without a stated peak counts as one MAC per cycle, without a clock as the mean device.
    """

    name = "roofline"

    def _ceiling(self, cells: Cells) -> Floats:
        work = log_macs(cells)
        compute = np.zeros(len(cells)) if work is None else np.nan_to_num(work, nan=float(np.nanmean(work)))
        names = list(cells.device_features)
        rate = first_match(PEAK, names) or first_match(CLOCK, names)
        bound = compute - self._log(cells.device_features[rate]) if rate else compute
        width = first_match(BANDWIDTH, names)
        sizes = [n for n in cells.model_features if BYTES.search(n.lower()) and not COUNTS.search(n.lower())]
        if width and sizes and rate and PEAK.search(rate.lower()):
            traffic = self._log(linear_scale(sizes[0], cells.model_features[sizes[0]]))
            # 1000: peaks are stated in tera, bandwidths in giga; a MAC is two operations.
            return np.maximum(bound + np.log(2e-3), traffic - self._log(cells.device_features[width]))
        return bound

    @staticmethod
    def _log(values: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(values)
        logs[~np.isfinite(logs)] = np.nan
        return np.nan_to_num(logs, nan=float(np.nanmean(logs)) if np.isfinite(logs).any() else 0.0)

    def _learn(self, cells: Cells):
        return float(np.min(cells.log_target - self._ceiling(cells)))

    def _project(self, model, cells: Cells) -> Floats:
        return model + self._ceiling(cells)


class LowRank(_PerMetric):
    """Additive plus a product of ``rank`` hidden factors, by ridge-regularised alternating least squares on the
    residuals (Salakhutdinov and Mnih, Probabilistic Matrix Factorization, 2007)."""

    name = "low rank"

    def __init__(
        self, rank: int = 2, ridge: float = 1.0, iterations: int = 15, random_state: int = 0
    ) -> None:
        self.rank, self.ridge, self.iterations, self.random_state = rank, ridge, iterations, random_state

    def _learn(self, cells: Cells):
        additive = two_way(cells.model, cells.device, cells.log_target, 0.15, 60)
        residual = cells.log_target - _two_way_sum(additive, cells)
        models, i = np.unique(cells.model.astype(str), return_inverse=True)
        devices, j = np.unique(cells.device.astype(str), return_inverse=True)
        scale = max(float(residual.std()), 1e-9)
        rng = np.random.default_rng(self.random_state)
        u, v = rng.normal(0, 0.3, (len(models), self.rank)), rng.normal(0, 0.3, (len(devices), self.rank))
        for _ in range(self.iterations):
            u = self._side(i, v[j], residual / scale, len(models))
            v = self._side(j, u[i], residual / scale, len(devices))
        return additive, dict(zip(models, u * scale, strict=True)), dict(zip(devices, v, strict=True))

    def _side(self, index: Texts, other: Floats, target: Floats, size: int) -> Floats:
        """The ridge solution of every row at once; ``other`` has shape (n, rank)."""
        gram = np.zeros((size, self.rank, self.rank))
        np.add.at(gram, index, other[:, :, None] * other[:, None, :])
        right = np.zeros((size, self.rank))
        np.add.at(right, index, other * target[:, None])
        return np.linalg.solve(gram + self.ridge * np.eye(self.rank), right[:, :, None])[:, :, 0]

    def _project(self, model, cells: Cells) -> Floats:
        additive, u, v = model
        zero = np.zeros(self.rank)
        product = [u.get(m, zero) @ v.get(d, zero) for m, d in zip(cells.model, cells.device, strict=True)]
        return _two_way_sum(additive, cells) + np.array(product)


class CarryForward(_PerMetric):
    """The last value of the same model on the same board with the same stack, else on the same board, else on the
    same core. Where the new system has anchors in common with that predecessor, all of it is scaled by their mean
    ratio. What has no predecessor gets the additive value.
    """

    name = "carry-forward"

    def _learn(self, cells: Cells):
        rank, identities = cells.round_ranks(), _identities(cells)
        values: dict[tuple[str, str], float] = {}
        facts: dict[str, tuple[int, tuple[str, str, str]]] = {}
        for row in np.argsort(rank, kind="stable"):
            values[cells.model[row], cells.device[row]] = cells.log_target[row]
            facts[cells.device[row]] = (int(rank[row]), identities[row])
        return values, facts, two_way(cells.model, cells.device, cells.log_target, 0.15, 60)

    def _project(self, model, cells: Cells) -> Floats:
        values, facts, additive = model
        out = _two_way_sum(additive, cells)
        identities = _identities(cells)
        newest = sorted(facts, key=lambda d: (facts[d][0], d), reverse=True)
        own = {d: {m: v for (m, e), v in values.items() if e == d} for d in set(cells.device)}
        for row, (name, device) in enumerate(zip(cells.model, cells.device, strict=True)):
            candidates = {d: facts[d][1] for d in newest if d != device and (name, d) in values}
            found = _predecessor(identities[row], candidates)
            if found is not None:
                shared = [v - values[m, found] for m, v in own[device].items() if (m, found) in values]
                out[row] = values[name, found] + (float(np.mean(shared)) if shared else 0.0)
        return out


def _predecessor(identity: tuple[str, str, str], candidates: dict[str, tuple[str, str, str]]) -> str | None:
    """The first candidate on the same board and stack, else the same board, else the same core and stack."""
    group, stack, core = identity
    for wanted in ((group, stack, None), (group, None, None), (None, stack, core)):
        if "" in wanted:
            continue
        for device, facts in candidates.items():
            if all(w is None or w == f for w, f in zip(wanted, facts, strict=True)):
                return device
    return None


def _identities(cells: Cells) -> list[tuple[str, str, str]]:
    """Board, stack and core of each cell."""
    return list(zip(cells.label(GROUP), cells.label("stack"), cells.label("core"), strict=True))


def baselines(random_state: int = 0) -> list[Projector]:
    """Every baseline, unfitted, the simplest first."""
    return [
        DeviceMedian(),
        Additive(),
        MacLinear(),
        Roofline(),
        LowRank(random_state=random_state),
        CarryForward(),
    ]
