"""What is hidden when a projector is tried: a cell, a model, a family, a system, a whole device, a round.

A *fold* names the rows that everything may be learned from (amplitudes, weights, widths of bands) and its *blocks*: per
block the rows that stay visible, and those that are scored. So each block is projected from all that would have been
known, with parameters that never saw any block of its fold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from results.analysis.projection.cells import GROUP, Cells, Rows

KINDS = ("cell", "model", "family", "system", "device", "round")
ANCHORED = ("system", "device", "round")
EXPECTED = "cell, model, family, system:K, device:K or round:K, where K is the number of anchors (0, 1, 2 …)"


@dataclass(frozen=True, slots=True)
class Question:
    """A hold-out class. ``anchors``: how many random cells of a hidden system stay visible."""

    kind: str
    anchors: int = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.anchors}" if self.kind in ANCHORED else self.kind

    @classmethod
    def parse(cls, text: str) -> Question:
        """``device:1`` and the like. ValueError with what was expected."""
        match = re.fullmatch(r"([a-z]+)(?::(\d{1,3}))?", text.strip())
        if not match or match[1] not in KINDS or (match[2] is not None and match[1] not in ANCHORED):
            raise ValueError(f"hold-out “{text}” is not known; expected {EXPECTED}")
        return cls(match[1], int(match[2] or 0))


@dataclass(frozen=True, slots=True)
class Block:
    """Row numbers: ``visible`` may be conditioned on, ``scored`` are projected, ``anchors`` are the visible rows of
    the hidden system."""

    visible: Rows
    scored: Rows
    anchors: Rows


@dataclass(frozen=True, slots=True)
class Fold:
    """``learn``: rows that parameters may be learned from; none of them is scored in ``blocks``."""

    learn: Rows
    blocks: tuple[Block, ...]


def folds(
    cells: Cells, question: Question, *, n_folds: int = 5, max_blocks: int = 100, seed: int = 0
) -> list[Fold]:
    """The folds of a hold-out; empty when it leaves nothing to learn from.

    ``max_blocks`` bounds the number of hidden models, systems and so on; which ones is drawn with ``seed``.
    """
    rng = np.random.default_rng(seed)
    if question.kind == "round":
        return list(_rounds(cells, question, max_blocks, rng))
    if question.kind == "cell":
        return list(_cells(cells, n_folds, rng))
    units = {"model": cells.model, "family": cells.label("family"), "system": cells.device}
    unit = units.get(question.kind, cells.label(GROUP))
    names = _drawn(unit, rng)[:max_blocks]
    n_folds = min(n_folds, len(names))
    result = []
    for number in range(n_folds):
        blocks = [
            b
            for name in names[number::n_folds]
            for b in _blocks(cells, question, np.flatnonzero(unit == name), rng)
        ]
        learn = np.flatnonzero(~np.isin(unit, names[number::n_folds]))
        if blocks and len(learn) >= 2:
            result.append(Fold(learn, tuple(blocks)))
    return _bounded(result, max_blocks)


def _drawn(values, rng: np.random.Generator) -> np.ndarray:
    names = np.unique(values.astype(str))
    return rng.permutation(names)


def _cells(cells: Cells, n_folds: int, rng: np.random.Generator) -> Iterator[Fold]:
    """Of a fold's cells a fourth is hidden at a time: the more is hidden at once, the less a cell is merely missing."""
    pairs = cells.pairs()
    names = _drawn(pairs, rng)
    everything, none = np.arange(len(cells)), np.array([], dtype=int)
    for number in range(min(n_folds, len(names))):
        own = names[number::n_folds]
        learn = np.flatnonzero(~np.isin(pairs, own))
        parts = [np.flatnonzero(np.isin(pairs, own[part::4])) for part in range(min(4, len(own)))]
        if len(learn) >= 2:
            yield Fold(
                learn, tuple(Block(np.setdiff1d(everything, hidden), hidden, none) for hidden in parts)
            )


def _blocks(cells: Cells, question: Question, rows: Rows, rng: np.random.Generator) -> Iterator[Block]:
    """Blocks that hide ``rows``: all of a model, family, system or device group; with anchors one per system of it."""
    everything, none = np.arange(len(cells)), np.array([], dtype=int)
    if question.kind in ("model", "family") or question.anchors == 0:
        yield Block(np.setdiff1d(everything, rows), rows, none)
        return
    outside = np.setdiff1d(everything, rows)
    for device in np.unique(cells.device[rows].astype(str)):
        own = rows[cells.device[rows] == device]
        anchors = _anchors(cells, own, question.anchors, rng)
        if anchors is not None:
            yield Block(np.union1d(outside, anchors), np.setdiff1d(own, anchors), anchors)


def _anchors(cells: Cells, own: Rows, count: int, rng: np.random.Generator) -> Rows | None:
    """The rows of ``count`` random models of a system, None when that leaves nothing to project."""
    models = np.unique(cells.model[own].astype(str))
    if len(models) <= count:
        return None
    return own[np.isin(cells.model[own], rng.choice(models, count, replace=False))]


def _rounds(cells: Cells, question: Question, max_blocks: int, rng: np.random.Generator) -> Iterator[Fold]:
    ranks = cells.round_ranks()
    for rank in range(1, int(ranks.max(initial=0)) + 1):
        earlier = np.flatnonzero((ranks < rank) & (ranks >= 0))
        if len(earlier) < 8:
            continue
        blocks = round_blocks(cells, earlier, np.flatnonzero(ranks == rank), question.anchors, rng)
        if blocks:
            yield Fold(earlier, tuple(blocks[:max_blocks]))


def round_blocks(
    cells: Cells, earlier: Rows, new: Rows, anchors: int, rng: np.random.Generator
) -> list[Block]:
    """One block per system of a new round: all earlier rows and its own anchors are visible, nothing else of the round."""
    blocks = []
    for device in _drawn(cells.device[new], rng) if len(new) else []:
        own = new[cells.device[new] == device]
        kept = _anchors(cells, own, anchors, rng) if anchors else np.array([], dtype=int)
        if kept is not None:
            blocks.append(Block(np.union1d(earlier, kept), np.setdiff1d(own, kept), kept))
    return blocks


def _bounded(found: list[Fold], max_blocks: int) -> list[Fold]:
    """At most ``max_blocks`` blocks in all, the same share of every fold."""
    total = sum(len(f.blocks) for f in found)
    if total <= max_blocks:
        return found
    return [Fold(f.learn, f.blocks[: max(1, round(len(f.blocks) * max_blocks / total))]) for f in found]
