"""The engine: a cost model as the mean, and an exact Gaussian process on what it leaves (Rasmussen and Williams, 2006).

y = base + f + [energy] g + noise, where f is the time and g the power; see ``kernels`` for what f and g are made of.
Amplitudes are the maximum of the posterior: the marginal likelihood plus, where the question is a new cell, model or
family, the closed-form leave-block-out log score (Sundararajan and Keerthi, Neural Computation 2001), each with an
analytic gradient.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from results.analysis.projection.cells import Cells, Floats, Rows
from results.analysis.projection.encoding import Encoded, Encoder
from results.analysis.projection.kernels import Terms
from results.analysis.projection.projector import Projections, Projector, known

PRIOR_SD, CLASS_SD, NOISE_PRIOR, NOISE_SD, LOADING_SD = 2.0, 0.7, -6.0, 1.0, 0.25
NOISE_FLOOR = 1e-5


@dataclass(frozen=True, eq=False)
class Amplitudes:
    """Log variances of the terms (t,), log amplitudes (c,) and log noise variances (c,) of the device classes, the log
    ratio of the noise of energies, and learned factors of devices and models: code → row of (·, rank)."""

    variances: Floats
    classes: Floats
    noise: Floats
    noise_of_energy: float
    device_factors: dict[int, Floats]
    model_factors: dict[int, Floats]


class GaussianProcess(Projector):
    """``leave_out``: add the leave-block-out score to the objective; it helps new models and harms new devices.

    ``max_rows`` bounds the rows that amplitudes are learned on (the posterior is exact on all), ``rank`` the learned
    factors of the short side of the matrix, which need ``factor_cells`` cells each.
    """

    name = "gaussian process"

    def __init__(
        self,
        leave_out: bool = True,
        rank: int = 2,
        factor_cells: int = 20,
        max_rows: int = 400,
        iterations: int = 50,
        random_state: int = 0,
    ) -> None:
        self.leave_out, self.rank, self.factor_cells = leave_out, rank, factor_cells
        self.max_rows, self.iterations, self.random_state = max_rows, iterations, random_state

    # ---- learning ----------------------------------------------------------------------------------------------

    def fit(self, cells: Cells) -> GaussianProcess:
        known(cells)
        rng = np.random.default_rng(self.random_state)
        self.encoder_ = Encoder().fit(cells)
        self.terms_ = Terms(self.encoder_, len(set(cells.model)))
        encoded = self.encoder_(cells)
        residual = self.encoder_.sign_ * cells.log_target - encoded.base
        self.means_ = _means(residual, encoded.energy)
        chosen = np.arange(len(cells))
        if len(cells) > self.max_rows:
            chosen = np.sort(rng.choice(len(cells), self.max_rows, replace=False))
        centred = residual - self.means_[encoded.energy.astype(int)]
        self.amplitudes_ = _Objective(self, encoded.take(chosen), centred[chosen]).maximum()
        return self._posterior(cells, encoded)

    def condition(self, cells: Cells) -> GaussianProcess:
        other = copy.copy(self)
        return other._posterior(known(cells), self.encoder_(cells))

    def _posterior(self, cells: Cells, encoded: Encoded) -> GaussianProcess:
        self.cells_, self.encoded_ = cells, encoded
        residual = (
            self.encoder_.sign_ * cells.log_target - encoded.base - self.means_[encoded.energy.astype(int)]
        )
        covariance = self.covariance(encoded, encoded)
        covariance[np.diag_indices_from(covariance)] += self._noise(encoded)
        self.precision_ = cho_solve(cho_factor(covariance, lower=True), np.eye(len(cells)))
        self.weights_ = self.precision_ @ residual
        return self

    # ---- covariance --------------------------------------------------------------------------------------------

    def _scale(self, encoded: Encoded) -> Floats:
        """Amplitude of the class of each row; a class never seen gets the widest."""
        a = self.amplitudes_.classes
        return np.exp(np.append(a, max(a.max(initial=0.0), 0.0)))[np.minimum(encoded.device_class, len(a))]

    def _noise(self, encoded: Encoded) -> Floats:
        a = self.amplitudes_
        noise = (
            np.exp(np.append(a.noise, a.noise.max()))[np.minimum(encoded.device_class, len(a.noise))]
            + NOISE_FLOOR
        )
        return noise * np.where(encoded.energy, np.exp(a.noise_of_energy), 1.0)

    def covariance(self, a: Encoded, b: Encoded) -> Floats:
        """Prior covariance (len(a), len(b)) without noise."""
        plain, scaled = np.zeros((len(a), len(b))), np.zeros((len(a), len(b)))
        for term, log_variance, gram in zip(
            self.terms_.terms, self.amplitudes_.variances, self.terms_.grams(a, b), strict=True
        ):
            part = scaled if term.scaled else plain
            part += np.exp(log_variance) * gram
        scaled += self._factors(a.model, b.model, a.device, b.device, self.amplitudes_.model_factors)
        plain += self._factors(a.device, b.device, a.model, b.model, self.amplitudes_.device_factors)
        return plain + scaled * np.outer(self._scale(a), self._scale(b))

    @staticmethod
    def _factors(a, b, other_a, other_b, factors: dict[int, Floats]) -> Floats | float:
        """[same other] v_a · v_b; what has no factors of its own has their mean power as unexplained variance."""
        if not factors:
            return 0.0
        zero = np.zeros(len(next(iter(factors.values()))))
        va, vb = (np.stack([factors.get(int(c), zero) for c in codes]) for codes in (a, b))
        power = float(np.mean([v @ v for v in factors.values()]))
        alone = np.outer(~va.any(axis=1), ~vb.any(axis=1)) * (a[:, None] == b[None, :]) * power
        return (other_a[:, None] == other_b[None, :]) * (va @ vb.T + alone)

    def _prior_variance(self, encoded: Encoded) -> Floats:
        rows = np.arange(len(encoded))
        parts = [encoded.take(rows[i : i + 100]) for i in range(0, len(encoded), 100)]
        return np.concatenate([np.diag(self.covariance(p, p)) for p in parts])

    # ---- answers -----------------------------------------------------------------------------------------------

    def moments(self, cells: Cells) -> tuple[Floats, Floats, Floats]:
        """Mean and standard deviation of log targets with noise, and their smoother: the weight of each training row
        in the mean of each cell, shape (n, training rows)."""
        encoded = self.encoder_(cells)
        cross = self.covariance(encoded, self.encoded_)
        smoother = cross @ self.precision_
        mean = encoded.base + self.means_[encoded.energy.astype(int)] + cross @ self.weights_
        variance = np.maximum(self._prior_variance(encoded) - (smoother * cross).sum(axis=1), 1e-10)
        return self.encoder_.sign_ * mean, np.sqrt(variance + self._noise(encoded)), smoother

    def predict(self, cells: Cells) -> Projections:
        mean, sd, smoother = self.moments(cells)
        heaviest = np.argsort(-np.abs(smoother), axis=1)[:, :5]
        n, nothing = len(cells), np.full(len(cells), np.nan)
        anchors = tuple(tuple(int(i) for i in row) for row in heaviest)
        return Projections(mean, sd, nothing, nothing, ("",) * n, anchors, ("",) * n, np.zeros(n, bool))

    def anchored(self, cells: Cells) -> Floats:
        """Log medians (n,) that give the anchors of each cell's own system their full weight: the projection as if the
        system were unknown, shifted by the mean error that it makes on the anchors."""
        encoded = self.encoder_(cells)
        cross = self.covariance(encoded, self.encoded_)
        out = self.encoder_.sign_ * (
            encoded.base + self.means_[encoded.energy.astype(int)] + cross @ self.weights_
        )
        for device in np.unique(cells.device.astype(str)):
            own = np.flatnonzero(self.cells_.device == device)
            rows = np.flatnonzero(cells.device == device)
            if len(own):
                error = np.linalg.solve(self.precision_[np.ix_(own, own)], self.weights_[own])
                without = self.encoder_.sign_ * (cross[rows] @ (self.precision_[:, own] @ error))
                shift = _by_metric(self.cells_.metric[own], cells.metric[rows], self.encoder_.sign_ * error)
                out[rows] += shift - without
        return out

    def anchored_left_out(self, hidden: Rows, scored: Rows, anchors: Rows) -> Floats:
        """``anchored`` for the training rows ``scored`` as if ``hidden`` were unknown, in closed form."""
        everything = np.union1d(hidden, anchors)
        mean, _ = self.left_out(everything, everything)
        where = np.searchsorted(everything, anchors)
        shift = self.cells_.log_target[anchors] - mean[where]
        return mean[np.searchsorted(everything, scored)] + _by_metric(
            self.cells_.metric[anchors], self.cells_.metric[scored], shift
        )

    def left_out(self, hidden: Rows, scored: Rows) -> tuple[Floats, Floats]:
        """Mean and sd of the training rows ``scored`` ⊆ ``hidden`` as if ``hidden`` were unknown, in closed form:
        μ_b = y_b - Q_bb⁻¹ α_b, Σ_b = Q_bb⁻¹ (Rasmussen and Williams, 2006, section 5.4.2)."""
        block = np.linalg.inv(self.precision_[np.ix_(hidden, hidden)])
        error = block @ self.weights_[hidden]
        where = np.searchsorted(hidden, scored)
        mean = self.cells_.log_target[scored] - self.encoder_.sign_ * error[where]
        return mean, np.sqrt(np.maximum(np.diag(block)[where], 1e-10))


def _by_metric(of_anchors, of_cells, shift: Floats) -> Floats:
    """Mean shift of the anchors with the same metric, else of all of them, for each cell."""
    out = np.full(len(of_cells), shift.mean() if len(shift) else 0.0)
    for metric in set(of_anchors):
        out[of_cells == metric] = shift[of_anchors == metric].mean()
    return out


def _means(residual: Floats, energy) -> Floats:
    """Mean of the times and of the energies, so that units of either drop out."""
    time = residual[~energy].mean() if (~energy).any() else residual.mean()
    return np.array([time, residual[energy].mean() if energy.any() else time])


class _Objective:
    """Negative log posterior of the amplitudes per row, with its gradient."""

    def __init__(self, process: GaussianProcess, encoded: Encoded, residual: Floats) -> None:
        self.process, self.encoded, self.residual = process, encoded, residual
        terms, n = process.terms_, len(residual)
        self.prior = np.array([t.prior for t in terms.terms])
        self.scaled = np.array([t.scaled for t in terms.terms])
        self.grams = np.stack([g.astype(np.float32).ravel() for g in terms.grams(encoded, encoded)])
        n_classes = int(encoded.device_class.max()) + 1
        self.member = (encoded.device_class[:, None] == np.arange(n_classes)).astype(float)
        self.device_names, self.device = np.unique(encoded.device, return_inverse=True)
        self.model_names, self.model = np.unique(encoded.model, return_inverse=True)
        self.same_model = (encoded.model[:, None] == encoded.model).astype(float)
        self.same_device = (encoded.device[:, None] == encoded.device).astype(float)
        few, many = len(self.device_names), len(self.model_names)
        self.device_mask = self._mask(self.device, few, 3 * few <= many)
        self.model_mask = self._mask(self.model, many, 3 * many <= few)
        self.blocks = self._blocks() if process.leave_out and terms.rich and n > 20 else []
        sizes = [len(self.prior), n_classes, n_classes, 1, self.device_mask.size, self.model_mask.size]
        self.cuts = np.cumsum(sizes)[:-1]

    def _mask(self, index, size: int, wanted: bool) -> Floats:
        """(size, rank): which rows have learned factors. Those of the long side of a matrix would overfit."""
        rank = self.process.rank
        if not wanted or not rank:
            return np.zeros((0, 0))
        mask = (np.bincount(index, minlength=size) >= self.process.factor_cells)[:, None] * np.full(
            rank, LOADING_SD
        )
        return mask if mask.any() else np.zeros((0, 0))

    def _blocks(self) -> list[list[Rows]]:
        """Rows of each cell, and of each family."""
        pairs = np.unique(np.stack([self.model, self.device]), axis=1, return_inverse=True)[1].ravel()
        families = np.unique(self.encoded.family, return_inverse=True)[1]
        return [
            [np.flatnonzero(k == v) for v in range(k.max() + 1)] for k in (pairs, families) if k.max() > 0
        ]

    def maximum(self) -> Amplitudes:
        n_classes = self.member.shape[1]
        rest = self.device_mask.size + self.model_mask.size
        centre = np.concatenate(
            [self.prior, np.zeros(n_classes), np.full(n_classes, NOISE_PRIOR), [0.0], np.zeros(rest)]
        )
        self.centre = centre
        self.spread = np.concatenate(
            [
                np.full(len(self.prior), PRIOR_SD),
                np.full(n_classes, CLASS_SD),
                np.full(n_classes, NOISE_SD),
                [1.0],
                np.ones(rest),
            ]
        )
        start = centre.copy()
        if rest:
            start[-rest:] = np.random.default_rng(self.process.random_state).normal(0, 0.3, rest)
        found = minimize(
            self, start, jac=True, method="L-BFGS-B", options={"maxiter": self.process.iterations}
        )
        return self._amplitudes(found.x)

    def _split(self, w: Floats) -> list[Floats]:
        variances, classes, noise, energy, devices, models = np.split(w, self.cuts)
        return [
            np.clip(variances, -14, 6),
            np.clip(classes, -3, 3),
            np.clip(noise, -12, 2),
            energy,
            devices.reshape(self.device_mask.shape) * self.device_mask,
            models.reshape(self.model_mask.shape) * self.model_mask,
        ]

    def _amplitudes(self, w: Floats) -> Amplitudes:
        variances, classes, noise, energy, devices, models = self._split(w)
        named = [
            {int(name): row for name, row in zip(names, rows, strict=False) if row.any()}
            for names, rows in ((self.device_names, devices), (self.model_names, models))
        ]
        return Amplitudes(variances, classes, noise, float(energy[0]), *named)

    def __call__(self, w: Floats) -> tuple[float, Floats]:
        variances, classes, noise, energy, devices, models = self._split(w)
        n = len(self.residual)
        scale = np.exp(self.member @ classes)
        sizes = np.exp(variances)
        scaled = self._sum(sizes * self.scaled)
        if models.size:
            factors = models[self.model]
            scaled = scaled + self.same_device * (factors @ factors.T)
        scaled = scale[:, None] * scaled * scale
        covariance = self._sum(sizes * ~self.scaled) + scaled
        if devices.size:
            v = devices[self.device]
            covariance += self.same_model * (v @ v.T)
        is_energy = self.encoded.energy
        of_metric = np.where(is_energy, np.exp(energy[0]), 1.0)
        learned = np.exp(self.member @ noise) * of_metric
        noises = learned + NOISE_FLOOR * of_metric
        covariance[np.diag_indices(n)] += noises
        try:
            factor = cho_factor(covariance, lower=True, check_finite=False)
        except np.linalg.LinAlgError:
            return 1e6, np.zeros_like(w)
        precision = cho_solve(factor, np.eye(n), check_finite=False)
        alpha = precision @ self.residual
        value = (-0.5 * self.residual @ alpha - np.log(np.diag(factor[0])).sum()) / n
        slope = 0.5 * (np.outer(alpha, alpha) - precision) / n
        for blocks in self.blocks:
            score, gradient = leave_out_score(precision, alpha, blocks)
            value, slope = value + score / len(self.blocks), slope + gradient / len(self.blocks)
        slope = 0.5 * (slope + slope.T)
        weighted = scale[:, None] * slope * scale
        diagonal = np.diag(slope)
        gradients = [
            sizes * np.where(self.scaled, self._dots(weighted), self._dots(slope)),
            2 * self.member.T @ (slope * scaled).sum(axis=1),
            self.member.T @ (diagonal * learned),
            [(diagonal * noises)[is_energy].sum()],
        ]
        if devices.size:
            gradients.append(
                (
                    self._fold(2 * (slope * self.same_model) @ v, self.device, len(devices))
                    * self.device_mask
                ).ravel()
            )
        if models.size:
            inner = 2 * (weighted * self.same_device) @ factors
            gradients.append((self._fold(inner, self.model, len(models)) * self.model_mask).ravel())
        away = (w - self.centre) / self.spread
        return float(-value + 0.5 * away @ away / n), -np.concatenate(gradients) + away / self.spread / n

    def _sum(self, sizes: Floats) -> Floats:
        n = len(self.residual)
        return (sizes.astype(np.float32) @ self.grams).reshape(n, n).astype(float)

    def _dots(self, matrix: Floats) -> Floats:
        return (self.grams @ matrix.ravel().astype(np.float32)).astype(float)

    @staticmethod
    def _fold(rows: Floats, index, size: int) -> Floats:
        return np.stack([np.bincount(index, column, size) for column in rows.T], axis=1)


def leave_out_score(precision: Floats, alpha: Floats, blocks: list[Rows]) -> tuple[float, Floats]:
    """Mean log density of each block given all other rows, and its derivative by the covariance matrix (n, n).

    With S = Q_bb⁻¹ and e = S α_b the log density is -½ eᵀα_b + ½ ln|Q_bb|; with u = Q_·b e its derivative is
    u αᵀ - ½ u uᵀ - ½ Q_·b S Q_b·.
    """
    n, total = len(alpha), 0.0
    inverse, errors = np.zeros((n, n)), np.zeros((n, len(blocks)))
    alone = np.array([i for i, block in enumerate(blocks) if len(block) == 1], dtype=int)
    if len(alone):  # most blocks of a table are single cells: all of them at once
        rows = np.array([blocks[i][0] for i in alone])
        q = precision[rows, rows]
        errors[rows, alone] = alpha[rows] / q
        inverse[rows, rows] = 1 / q
        total += float((-0.5 * alpha[rows] ** 2 / q + 0.5 * np.log(q)).sum())
    for number, block in enumerate(blocks):
        if len(block) == 1:
            continue
        q = precision[np.ix_(block, block)]
        s = np.linalg.inv(q)
        errors[block, number] = s @ alpha[block]
        inverse[np.ix_(block, block)] = s
        total += -0.5 * errors[block, number] @ alpha[block] + 0.5 * np.linalg.slogdet(q)[1]
    u = precision @ errors
    gradient = np.outer(u.sum(axis=1), alpha) - 0.5 * u @ u.T - 0.5 * precision @ inverse @ precision
    return total / n, gradient / n
