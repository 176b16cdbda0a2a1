"""Cells as the arrays that the kernels read; every statistic comes from the cells that were fitted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from results.analysis.projection.cells import ENERGY, GROUP, Cells, Floats, Rows, Texts
from results.analysis.projection.cost_model import CostModel
from results.analysis.projection.features import (
    CLOCK,
    COST,
    VOLTAGE,
    NumberColumns,
    Standard,
    codes,
    device_levels,
    first_match,
    linear_scale,
    mac_features,
)

Codes = npt.NDArray[np.int64]
# A per-inference energy does not fall with the clock as the time does.
ENERGY_LIKE = ("energy", "joule", "_uj", "_mj", "power", "watt")


@dataclass(frozen=True, eq=False)
class Encoded:
    """n rows. ``model_numbers`` (n, d) and ``device_numbers`` (n, e) are standard scores, ``shares`` (n, k) the share
    of each cost kind in the modelled time, ``base`` (n,) the log of that time up to a constant, ``levels`` (n, l)
    codes of the device's hierarchy, ``texts`` (n, t) codes of texts of the model, ``device_class`` the index of the
    class, one past the last for a class never seen. Codes are equal when the labels are."""

    energy: npt.NDArray[np.bool_]
    model: Codes
    family: Codes
    device: Codes
    levels: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int64]
    device_class: npt.NDArray[np.int64]
    model_numbers: Floats
    device_numbers: Floats
    shares: Floats
    base: Floats

    def __len__(self) -> int:
        return len(self.model)

    def take(self, rows: Rows) -> Encoded:
        return Encoded(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


class Encoder:
    """Learns which columns to use and their statistics; the cost model is part of it."""

    def fit(self, cells: Cells) -> Encoder:
        self.joint_ = ENERGY in set(cells.metric) and len(set(cells.metric)) > 1
        self.levels_ = [*device_levels(cells), *([GROUP] if self._groups_devices(cells) else []), "device"]
        self.texts_ = [n for n, v in cells.model_texts.items() if len(set(v) - {""}) > 1]
        self.has_families_ = bool((cells.label("family") != cells.model).any())
        self.classes_ = {v: i for i, v in enumerate(sorted(set(cells.label("class"))))}
        self.model_columns_ = NumberColumns(device=False).fit(dict(cells.model_features))
        self.device_columns_ = NumberColumns(device=True).fit(dict(cells.device_features))
        macs = mac_features(self.model_columns_.names_)
        self.mac_kinds_ = macs if len(macs) > 1 else []
        self.clock_ = first_match(CLOCK, self.device_columns_.names_)
        self.voltage_ = first_match(VOLTAGE, self.device_columns_.names_)
        self._fit_costs(cells, macs)
        table = self._model_table(cells)
        floor = np.full(table.shape[1], 0.1)
        floor[len(floor) - len(self.mac_kinds_) :] = 0.02
        self.model_scores_ = Standard(floor).fit(table)
        self.device_scores_ = Standard(0.25).fit(
            self.device_columns_(dict(cells.device_features), len(cells))
        )
        return self

    @staticmethod
    def _groups_devices(cells: Cells) -> bool:
        groups = cells.label(GROUP)
        return len(set(groups)) > 1 and bool((groups != cells.device).any())

    # ---- costs -------------------------------------------------------------------------------------------------

    def _fit_costs(self, cells: Cells, macs: list[str]) -> None:
        names = self.model_columns_.names_
        values = {n: linear_scale(n, cells.model_features[n]) for n in names}
        positive = [n for n in names if np.nanmin(values[n]) >= 0]
        costs = [n for n in positive if COST.search(n.lower())]
        if not costs:  # no name is known: whatever spans an order of magnitude may be work
            costs = [n for n in positive if np.nanmax(values[n]) > 10 * max(np.nanmin(values[n]), 1e-12)]
        self.costs_, self.cost_model_ = costs, None
        rows = np.flatnonzero(cells.metric != ENERGY) if self.joint_ else np.arange(len(cells))
        self.sign_ = 1.0
        if not costs or len(rows) < 4:
            return
        table = self._cost_table(cells)[rows]
        device = np.unique(cells.device[rows].astype(str), return_inverse=True)[1]
        self.sign_ = self._direction(table, cells.log_target[rows], device)
        time = self.sign_ * cells.log_target[rows] + self._log_clock(cells)[rows]
        is_mac = np.array([n in macs for n in costs])
        self.cost_model_ = CostModel().fit(table, time, device, is_mac)

    @staticmethod
    def _direction(costs: Floats, target: Floats, device: Codes) -> float:
        """-1 when within devices more work goes with less of the target, as with inferences per second."""
        work = np.log((costs / np.maximum(costs.mean(axis=0), 1e-12)).sum(axis=1) + 1e-12)
        count = np.bincount(device)
        dx = work - (np.bincount(device, work) / count)[device]
        dy = target - (np.bincount(device, target) / count)[device]
        spread = np.sqrt((dx @ dx) * (dy @ dy))
        return -1.0 if spread > 1e-9 and (dx @ dy) / spread < -0.3 and len(target) >= 8 else 1.0

    def _cost_table(self, cells: Cells) -> Floats:
        """Costs (n, k) in linear units of about one, gaps filled as the features' gaps are."""
        filled = self.model_columns_(dict(cells.model_features), len(cells))
        columns = []
        for name in self.costs_:
            raw = cells.model_features.get(name)
            values = np.full(len(cells), np.nan) if raw is None else linear_scale(name, raw)
            guess = filled[:, self.model_columns_.names_.index(name)]
            guess = np.exp(guess) if self.model_columns_.logged_[name] else linear_scale(name, guess)
            columns.append(np.where(np.isfinite(values), values, np.maximum(guess, 0)))
        return np.stack(columns, axis=1)

    def _log_clock(self, cells: Cells) -> Floats:
        """ln of the clock where the target falls with it, else zeros."""
        if self.clock_ is None or any(
            word in str(cells.metric[0]) for word in ENERGY_LIKE if not self.joint_
        ):
            return np.zeros(len(cells))
        return self._device_log(cells, self.clock_)

    def _device_log(self, cells: Cells, name: str) -> Floats:
        table = self.device_columns_(dict(cells.device_features), len(cells))
        return table[:, self.device_columns_.names_.index(name)]

    # ---- rows --------------------------------------------------------------------------------------------------

    def _model_table(self, cells: Cells) -> Floats:
        """Model features (n, d); MACs told apart by kind become the log of their sum and the share of each."""
        table = self.model_columns_(dict(cells.model_features), len(cells))
        if not self.mac_kinds_:
            return table
        names = self.model_columns_.names_
        kinds = np.stack([self._linear(table, names, n) for n in self.mac_kinds_], axis=1)
        total = kinds.sum(axis=1, keepdims=True) + 1
        rest = table[:, [i for i, n in enumerate(names) if n not in self.mac_kinds_]]
        return np.hstack([rest, np.log(total), kinds / total])

    def _linear(self, table: Floats, names: list[str], name: str) -> Floats:
        values = table[:, names.index(name)]
        return np.maximum(
            np.exp(values) if self.model_columns_.logged_[name] else linear_scale(name, values), 0
        )

    def __call__(self, cells: Cells) -> Encoded:
        n = len(cells)
        clock = self._log_clock(cells)
        base, shares = -clock, np.zeros((n, 0))
        if self.cost_model_ is not None:
            time, shares = self.cost_model_.predict(self._cost_table(cells))
            base = time - clock
        energy = (cells.metric == ENERGY) & self.joint_
        if self.joint_:
            # Energy is time × power, and power grows with clock and supply voltage; the charge per cycle is learned.
            for name in (self.clock_, self.voltage_):
                if name is not None:
                    base = base + energy * self._device_log(cells, name)
        columns = [codes(self._level(cells, name), cells.device) for name in self.levels_]
        texts = [
            codes(cells.model_texts.get(n, np.full(len(cells), "", object)), cells.model) for n in self.texts_
        ]
        return Encoded(
            energy=energy,
            model=_hashed(cells.model),
            family=_hashed(cells.label("family")),
            device=_hashed(cells.device),
            levels=np.stack([_hashed(c) for c in columns], axis=1),
            texts=np.stack([_hashed(c) for c in texts], axis=1)
            if texts
            else np.zeros((n, 0), dtype=np.int64),
            device_class=np.array(
                [self.classes_.get(c, len(self.classes_)) for c in cells.label("class")], dtype=int
            ),
            model_numbers=self.model_scores_(self._model_table(cells)),
            device_numbers=self.device_scores_(self.device_columns_(dict(cells.device_features), n)),
            shares=shares,
            base=base,
        )

    @staticmethod
    def _level(cells: Cells, name: str) -> Texts:
        return cells.device if name == "device" else cells.label(name)


def _hashed(values: Texts) -> Codes:
    return np.array([_code(str(v)) for v in values], dtype=np.int64)


@lru_cache(maxsize=1 << 16)
def _code(text: str) -> int:
    """The same in every process, unlike ``hash``: a fitted engine is handed from one to another."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
