"""The table that every projector learns from: one row per measured value of a model on a device configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
Rows = npt.NDArray[np.int64]

LATENCY, ENERGY = "latency", "energy"
# Labels of a device that name a level of its hierarchy; any other text label is taken as a level as well.
DEVICE_LEVELS = ("class", "core", "vendor", "stack", "stack_version", "submitter", "precision")
# Labels that group models, and those that order rows in time: neither is a level of the device.
MODEL_LABELS = ("family",)
ROUND = "round"
GROUP = "device_group"


@dataclass(frozen=True, eq=False)
class Cells:
    """n cells in columns. Arrays have shape (n,); an unknown number is NaN, an unknown label the empty string.

    ``model`` and ``device`` are identifiers; a device is one configuration (board, clock, voltage, software and its
    version). ``metric`` is ``latency``, ``energy`` or any name: latency and energy of one cell are learned together.
    ``log_target`` is the natural logarithm of the measured value in any unit, the same unit for all cells of a
    metric; NaN for a cell that is to be projected. ``model_features`` and ``device_features`` are numbers in their
    own units; ``model_texts`` and ``labels`` are texts (of the model; of the device and the cell).
    """

    model: Texts
    device: Texts
    metric: Texts
    log_target: Floats
    model_features: Mapping[str, Floats] = field(default_factory=dict)
    device_features: Mapping[str, Floats] = field(default_factory=dict)
    model_texts: Mapping[str, Texts] = field(default_factory=dict)
    labels: Mapping[str, Texts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in self._columns():
            if len(column) != len(self.model):
                raise ValueError(f"column {name} has {len(column)} rows, the table {len(self.model)}")

    def __len__(self) -> int:
        return len(self.model)

    def _columns(self) -> list[tuple[str, npt.NDArray]]:
        plain = [(name, getattr(self, name)) for name in ("model", "device", "metric", "log_target")]
        return plain + [(name, c) for group in _GROUPS for name, c in getattr(self, group).items()]

    def take(self, rows: npt.ArrayLike) -> Cells:
        """The cells of these row numbers (or of a mask), in that order."""
        rows = np.asarray(rows)
        return self._map(lambda column: column[rows])

    def _map(self, change) -> Cells:
        groups = {g: {name: change(c) for name, c in getattr(self, g).items()} for g in _GROUPS}
        return replace(
            self,
            model=change(self.model),
            device=change(self.device),
            metric=change(self.metric),
            log_target=change(self.log_target),
            **groups,
        )

    def label(self, name: str) -> Texts:
        """A label with its default: the family of a model without one is the model, the group of a device the device."""
        column = self.labels.get(name)
        default = {"family": self.model, GROUP: self.device}.get(name)
        if column is None:
            return default if default is not None else np.full(len(self), "", dtype=object)
        if default is None:
            return column
        return np.where(column == "", default, column).astype(object)

    def round_ranks(self) -> Rows:
        """The place of each cell's round in time, by the numbers in its label (v1.2 before v1.10); -1 without one."""
        rounds = self.label(ROUND)
        names = sorted(set(rounds) - {""}, key=round_key)
        places = {name: place for place, name in enumerate(names)} | {"": -1}
        return np.array([places[name] for name in rounds], dtype=np.int64)

    def order(self) -> Rows:
        """Row numbers in canonical order, so that what is learned does not depend on the order of the rows."""
        keys = (np.nan_to_num(self.log_target), self.label(ROUND), self.metric, self.device, self.model)
        return np.lexsort([k if k.dtype != object else np.unique(k, return_inverse=True)[1] for k in keys])

    def pairs(self) -> Texts:
        """Model and device in one key: the cell, whatever its metric."""
        return np.array([f"{m}\0{d}" for m, d in zip(self.model, self.device, strict=True)], dtype=object)


_GROUPS = ("model_features", "device_features", "model_texts", "labels")


def round_key(name: str) -> list[tuple[int, int | str]]:
    """Sorts labels of rounds by the numbers in them."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name)]


def cells_of(rows: Sequence[Mapping[str, object]]) -> Cells:
    """Cells of dictionaries with ``model``, ``device``, ``target`` (a positive number in its own unit, or None), maybe
    ``metric`` (default latency), ``family``, ``device_group``, ``round``, and any ``model_*`` and ``device_*``: a
    column with a text in it is a label, else a number. A known level may stand without its prefix (``class``, …).
    """
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    targets = columns.pop("target", [None] * len(rows))
    groups: dict[str, dict[str, npt.NDArray]] = {group: {} for group in _GROUPS}
    for name, values in columns.items():
        if name in ("model", "device", "metric"):
            continue
        known = [v for v in values if v not in (None, "")]
        if not known:
            continue
        text = any(isinstance(v, str) for v in known)
        level = name.removeprefix("device_")
        if name in (ROUND, GROUP, *MODEL_LABELS) or level in DEVICE_LEVELS:
            groups["labels"].setdefault(name if name == GROUP else level, _texts(values))
        elif name.startswith("model_"):
            groups["model_texts" if text else "model_features"][name[6:]] = (_texts if text else _numbers)(
                values
            )
        elif name.startswith("device_"):
            groups["labels" if text else "device_features"][name[7:]] = (_texts if text else _numbers)(values)
    return Cells(
        model=_texts(columns["model"]),
        device=_texts(columns["device"]),
        metric=_texts(columns.get("metric") or [LATENCY] * len(rows)),
        log_target=np.log(_numbers(targets)),
        **groups,
    )


def _texts(values: Sequence[object]) -> Texts:
    return np.array(["" if v is None else str(v) for v in values], dtype=object)


def _numbers(values: Sequence[object]) -> Floats:
    return np.array([np.nan if v in (None, "") else float(v) for v in values], dtype=float)  # type: ignore[arg-type]
