"""One view of one benchmark over the columns: which rows it holds, in which order, from which place, with which ranks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from results.analysis.comparability import comparability
from results.domain.metrics import Direction
from results.domain.query import LeaderboardQuery, ParetoQuery
from results.domain.vocabulary import FILTERS, NOT_STATED, RANGES

from .columns import Mask, Part, picked
from .ordered import OrderedView

VIEWS_KEPT = 16
"""Views of one benchmark that a process remembers; each takes some bytes per row of it."""

MASKS_KEPT = 48
"""Filters of one benchmark whose rows a process remembers, a byte per row of it each."""
JOINT_CODES = 1 << 15

_lock = threading.Lock()


def view_of(part: Part, query: LeaderboardQuery | ParetoQuery) -> View:
    """The view of ``query`` on ``part``; the latest ones are remembered until the data change."""
    views: OrderedDict[Any, View]
    key = (tuple(sorted(query.filters.items())), query.energy, tuple(sorted(query.ranges.items())))
    with _lock:
        views = part.kept.setdefault("views", OrderedDict())  # type: ignore[assignment]
        found = views.pop(key, None)
        if found is not None:
            views[key] = found
            return found
    found = View(part, query.filters, query.energy, query.ranges)
    with _lock:
        views[key] = found
        while len(views) > VIEWS_KEPT:
            views.popitem(last=False)
    return found


def _kept_mask(part: Part, key: Any, made: Callable[[], Mask]) -> Mask:
    """The rows of a filter, which many views have in common; the latest ones are remembered until the data change."""
    with _lock:
        masks: OrderedDict[Any, Mask] = part.kept.setdefault("masks", OrderedDict())  # type: ignore[assignment]
        found = masks.pop(key, None)
        if found is not None:
            masks[key] = found
            return found
    found = made()
    with _lock:
        masks[key] = found
        while len(masks) > MASKS_KEPT:
            masks.popitem(last=False)
    return found


class View:
    """The rows of ``part`` that filters, energy state and ranges leave (see :func:`results.querysets.condition`)."""

    def __init__(
        self,
        part: Part,
        filters: Mapping[str, tuple[str, ...]],
        energy: str | None,
        ranges: Mapping[str, Any],
    ) -> None:
        self.part = part
        self._conditions: dict[str, Mask] = {}
        for name in FILTERS:
            if (name in part.codes or name == "supply") and (values := filters.get(name)):
                self._conditions[name] = _kept_mask(
                    part, (name, values), lambda n=name, v=values: self._any_of(n, v)
                )
        if energy:
            measured = _kept_mask(part, ("energy",), self._measured)
            self._conditions["energy"] = measured if energy == "measured" else ~measured
        for name in RANGES:
            if ends := ranges.get(name):
                self._conditions[name] = self._between(name, ends.low, ends.high)
        self.kept: dict[Any, Any] = {}
        """What was computed of this view, by a key of its own."""

    def mask(self, without: Collection[str] = ()) -> Mask | None:
        """Which rows stand in the view once the parameters ``without`` are dropped; None: all of them."""
        key = ("mask", *sorted(set(without) & set(self._conditions)))
        if key not in self.kept:
            left = [condition for name, condition in self._conditions.items() if name not in without]
            self.kept[key] = reduce(np.logical_and, left) if left else None
        return self.kept[key]

    def count(self, without: Collection[str] = ()) -> int:
        """How many they are."""
        mask = self.mask(without)
        return len(self.part) if mask is None else int(np.count_nonzero(mask))

    def rows(self, without: Collection[str] = ()) -> npt.NDArray[np.intp] | None:
        """Their numbers by run; None: all of them. Remembered for the parameters that matter."""
        key = ("rows", *sorted(set(without) & set(self._conditions)))
        if key not in self.kept:
            mask = self.mask(without)
            self.kept[key] = None if mask is None else np.flatnonzero(mask)
        return self.kept[key]

    def counts(self, name: str, without: Collection[str] = ()) -> npt.NDArray[np.int64]:
        """How many rows of :meth:`rows` have each code of a column; of ``supply`` from the second place on."""
        if not set(without) & set(self._conditions):
            return self._joint_counts(name)
        codes, size = _coded(self.part, name)
        rows, are_left_out = self._fewer(without)
        counted = np.bincount(picked(codes, rows), minlength=size)
        return _total(self.part, name) - counted if are_left_out else counted

    def _joint_counts(self, name: str) -> npt.NDArray[np.int64]:
        """The same for the whole view: columns of few codes are counted together, which passes over the rows once."""
        joint = _joint_of(self.part, name)
        if joint not in self.kept:
            rows, are_left_out = self._fewer(())
            codes = picked(joint.codes, rows).astype(np.intp)
            counted = np.bincount(codes, minlength=len(joint.total))
            if are_left_out:
                counted = joint.total - counted
            counted = counted.reshape(joint.sizes)
            axes = range(len(joint.names))
            self.kept[joint] = {
                own: counted.sum(axis=tuple(other for other in axes if other != axis))
                for axis, own in enumerate(joint.names)
            }
        return self.kept[joint][name]

    def _fewer(self, without: Collection[str]) -> tuple[npt.NDArray[np.intp], bool]:
        """The rows of the view, or those that it leaves out where they are fewer, and which of the two they are."""
        key = ("fewer", *sorted(set(without) & set(self._conditions)))
        if key not in self.kept:
            mask = self.mask(without)
            if mask is None:
                self.kept[key] = np.empty(0, np.intp), True
            else:
                are_left_out = 2 * self.count(without) > len(mask)
                self.kept[key] = np.flatnonzero(~mask if are_left_out else mask), are_left_out
        return self.kept[key]

    def ordered(self, sort: str, direction: Direction) -> OrderedView:
        """The view in the order of a sort."""
        key = ("ordered", sort, direction)
        if key not in self.kept:
            self.kept[key] = OrderedView(self.part, sort, direction, self.mask(), self.count())
        return self.kept[key]

    def _any_of(self, name: str, values: tuple[str, ...]) -> Mask:
        if name == "supply":
            codes, words = self.part.supplies
            # As the database compares: a nominal supply stands for everything that is rounded to it.
            nominal = {str(comparability().nominal_supply_mv(float(value))) for value in values}
            return np.isin(codes, [k for k, word in enumerate(words) if word in nominal])
        codes = self.part.codes[name]
        words = ("" if value == NOT_STATED else value for value in values)
        wanted = [code for word in words if (code := self.part.code(name, word)) is not None]
        if len(wanted) == 1:
            return codes == wanted[0]
        table = np.zeros(len(self.part.words[name]), dtype=bool)
        table[wanted] = True
        return table[codes] if len(table) else np.zeros(len(codes), dtype=bool)

    def _measured(self) -> Mask:
        none = self.part.code("scope", "none")
        return np.ones(len(self.part), bool) if none is None else self.part.codes["scope"] != none

    def _between(self, name: str, low: float | None, high: float | None) -> Mask:
        values = self.part.values[name]  # NaN is on no side of a limit
        if low is None:
            return values <= high
        return values >= low if high is None else (values >= low) & (values <= high)


@dataclass(frozen=True, eq=False)
class _Joint:
    """Several coded columns as one: the code of a row is its place in an array of shape ``sizes``; ``total`` counts all
    rows of the part by it. The codes are narrow, since most of the time goes into fetching them."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    codes: npt.NDArray[np.uint16 | np.intp]
    total: npt.NDArray[np.intp]


def _joint_of(part: Part, name: str) -> _Joint:
    """The columns that are counted together with ``name``."""
    if "joint" not in part.kept:
        count_together(part)
    return part.kept["joint"][name]  # type: ignore[index]


def count_together(part: Part) -> None:
    """Put columns of few codes together, so that one pass over the rows counts them all."""
    part.kept["joint"] = {own: joint for joint in _joints(part) for own in joint.names}


def _joints(part: Part) -> Iterator[_Joint]:
    """All coded columns, the smallest first, as many together as have JOINT_CODES codes; filters apart from the others,
    which are seldom counted."""
    coded = {name: _coded(part, name) for name in (*part.codes, "supply")}
    for names in ([name for name in coded if name in FILTERS], [n for n in coded if n not in FILTERS]):
        names.sort(key=lambda name: coded[name][1])
        while names:
            taken = [names.pop(0)]
            product = max(1, coded[taken[0]][1])
            while names and product * max(1, coded[names[0]][1]) <= JOINT_CODES:
                taken.append(names.pop(0))
                product *= max(1, coded[taken[-1]][1])
            sizes = tuple(max(1, coded[name][1]) for name in taken)
            codes = np.zeros(len(part), np.intp)
            for name, size in zip(taken, sizes, strict=True):
                codes = codes * size + coded[name][0]
            total = np.bincount(codes, minlength=product)
            yield _Joint(tuple(taken), sizes, codes.astype(np.uint16) if product <= 1 << 16 else codes, total)


def _total(part: Part, name: str) -> npt.NDArray[np.intp]:
    """How many rows of a part have each code of a column."""
    key = ("total", name)
    if key not in part.kept:
        codes, size = _coded(part, name)
        part.kept[key] = np.bincount(codes, minlength=size)
    return part.kept[key]  # type: ignore[return-value]


def _coded(part: Part, name: str) -> tuple[npt.NDArray[Any], int]:
    """The codes of a column and how many there are; a supply is moved by one, as 0 is that nobody states it."""
    if name == "supply":
        kept = part.kept.get("supply codes")
        if kept is None:
            codes, words = part.supplies
            kept = part.kept["supply codes"] = (codes + 1, len(words) + 1)
        return kept  # type: ignore[return-value]
    return part.codes[name], len(part.words[name])
