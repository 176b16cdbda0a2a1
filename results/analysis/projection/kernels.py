"""The covariance of log targets: a sum of terms that say in what two cells may resemble each other.

Each level of the device's hierarchy (class, core, vendor, stack, stack version, SoC or board, system) has an effect of
its own, shares of layer kinds that it treats unlike others, and models that it treats unlike others; so a new board
borrows from its core, its vendor and its software. Amplitudes are learned; their priors stand in ``prior``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from results.analysis.projection.cells import GROUP, Floats
from results.analysis.projection.encoding import Encoded, Encoder
from results.analysis.projection.features import SOFTWARE

NARROW, WIDE = 0.35, 1.2


@dataclass(frozen=True, slots=True)
class Term:
    """``prior``: mean of the log variance. ``scaled``: multiplied by the amplitudes of the two device classes."""

    name: str
    prior: float
    scaled: bool = False


class Terms:
    """The terms that a table supports, and their unit-variance Gram matrices in the same order."""

    def __init__(self, encoder: Encoder, n_models: int) -> None:
        self.levels = encoder.levels_
        self.has_texts = len(encoder.texts_)
        self.has_families = encoder.has_families_
        self.has_numbers = bool(encoder.model_columns_.names_)
        self.has_device_numbers = bool(encoder.device_columns_.names_)
        self.joint = encoder.joint_
        # With a handful of models "the same model" says all that "a similar model" could.
        self.rich = n_models >= 8 and self.has_numbers
        self.terms = list(self._terms())

    def _terms(self) -> Iterator[Term]:
        yield Term("constant", 0.0)
        yield Term("model", -3.0 if self.has_numbers else -1.0)
        if self.has_families:
            yield Term("family", -3.0)
            yield Term("device × family", -4.0, True)
        for t in range(self.has_texts):
            yield Term(f"text {t}", -3.0)
            yield Term(f"device × text {t}", -3.5, True)
        if self.has_numbers:
            yield Term("model, linear", -1.0)
            yield Term("model, narrow", -2.0)
            yield Term("model, wide", -1.5)
        for name in self.levels:
            yield Term(name, -2.0, True)
            yield Term(f"{name} × shares", -3.0, True)
            if name != "device":
                yield Term(f"{name} × model", -4.0, True)
            if self.rich:
                yield Term(f"{name} × features", -3.0, True)
        yield Term("cell", -4.5, True)
        if self.has_device_numbers:
            yield Term("device numbers, linear", -2.0)
            yield Term("device numbers", -2.0, True)
            yield Term("device numbers × shares", -3.0, True)
        if self.joint:
            yield from self._power_terms()

    def _power_terms(self) -> Iterator[Term]:
        yield Term("power", 0.0)
        yield Term("power: model", -4.0)
        for name in self._hardware():
            yield Term(f"power: {name}", -1.0 if name == GROUP else -2.5)
        yield Term("power: device × shares", -5.0)
        if self.has_device_numbers:
            yield Term("power: device numbers", -3.0)

    def _hardware(self) -> list[str]:
        return [name for name in self.levels if not SOFTWARE.search(name)]

    def grams(self, a: Encoded, b: Encoded) -> Iterator[Floats]:
        """Gram matrices (len(a), len(b)) in the order of ``terms``, not multiplied by class amplitudes."""
        same_model, same_device = _equal(a.model, b.model), _equal(a.device, b.device)
        shares = a.shares @ b.shares.T if a.shares.shape[1] else np.ones((len(a), len(b)))
        near = _squared_distance(a.model_numbers, b.model_numbers)
        wide = np.exp(-0.5 * near / WIDE**2)
        yield np.ones((len(a), len(b)))
        yield same_model
        if self.has_families:
            same_family = _equal(a.family, b.family)
            yield same_family
            yield same_family * same_device
        for t in range(self.has_texts):
            same = _equal(a.texts[:, t], b.texts[:, t])
            yield same
            yield same * same_device
        if self.has_numbers:
            yield a.model_numbers @ b.model_numbers.T / a.model_numbers.shape[1]
            yield np.exp(-0.5 * near / NARROW**2)
            yield wide
        for number, name in enumerate(self.levels):
            same = _equal(a.levels[:, number], b.levels[:, number])
            yield same
            yield same * shares
            if name != "device":
                yield same * same_model
            if self.rich:
                yield same * wide
        yield same_model * same_device
        if self.has_device_numbers:
            linear = a.device_numbers @ b.device_numbers.T / a.device_numbers.shape[1]
            close = np.exp(-0.5 * _squared_distance(a.device_numbers, b.device_numbers))
            yield linear
            yield close
            yield close * shares
        if self.joint:
            both = np.outer(a.energy, b.energy).astype(float)
            yield both
            yield both * same_model
            for number, name in enumerate(self.levels):
                if not SOFTWARE.search(name):
                    yield both * _equal(a.levels[:, number], b.levels[:, number])
            yield both * same_device * shares
            if self.has_device_numbers:
                yield both * linear

    def diagonal(self, a: Encoded) -> Floats:
        """The diagonals of ``grams(a, a)``, shape (terms, n)."""
        rows = np.arange(len(a))
        parts = []
        for start in range(0, len(a), 100):
            part = a.take(rows[start : start + 100])
            parts.append(np.stack([np.diag(g) for g in self.grams(part, part)]))
        return np.hstack(parts)


def _equal(a, b) -> Floats:
    return (a[:, None] == b[None, :]).astype(float)


def _squared_distance(a: Floats, b: Floats) -> Floats:
    """Mean over the columns of the squared differences; zeros when there is no column."""
    if not a.shape[1]:
        return np.zeros((len(a), len(b)))
    square = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2 * a @ b.T
    return np.maximum(square, 0) / a.shape[1]
