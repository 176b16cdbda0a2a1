"""A view in the order of a sort: read as far as a page reaches, the rest is counted and never listed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from results.analysis.comparability import ANY
from results.analysis.ranking import RankBand, band_stop
from results.domain.cursor import Cursor
from results.domain.metrics import Direction
from results.domain.vocabulary import TEXT_SORTS

from .columns import Mask, Numbers, Part, Rows, picked
from .reading import words_before

FEW = 20
"""A view of less than this part of all rows is sorted instead of picked out of their order."""
FIRST_LOOK = 1024
"""Places of an order that are looked at first for the rows of a page; four times as many each time that more are needed."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of a view that stand together, ``first`` of its rows before them; ``before`` and ``after`` are their
    neighbours in the view, None at its ends."""

    rows: Rows
    first: int
    before: int | None
    after: int | None


class OrderedView:
    """The rows that ``mask`` leaves of ``part`` (None: all), ``count`` in number, in the order of ``sort``.

    The rows of the view are picked out of those of ``order``, along which ``keys`` rise (infinite: not measured).
    """

    def __init__(self, part: Part, sort: str, direction: Direction, mask: Mask | None, count: int) -> None:
        self.part, self.sort, self.direction = part, sort, direction
        self._count, self._mask = count, mask
        self._bands: dict[Any, Bands] = {}
        if mask is not None and count * FEW < len(part):
            own = np.flatnonzero(mask).astype(np.int32)
            keys = part.key(sort, direction)[own]
            sorted_ = np.argsort(keys, kind="stable")
            self.order, self.keys, self._picks = own[sorted_], keys[sorted_], None
        else:
            self.order, self.keys = part.order(sort, direction), part.ordered_key(sort, direction)
            self._picks = mask

    def __len__(self) -> int:
        return self._count

    @cached_property
    def rows(self) -> Rows:
        """All of them, shape (n,)."""
        return self._picked(0, len(self.order))

    def stretch(self, cursor: Cursor | None, size: int) -> Stretch:
        """The page of at most ``size`` rows at the start, or on the side of ``cursor`` to which it leads."""
        if cursor is None:
            rows = self._from(0, size + 1)
            return Stretch(rows[:size], 0, None, _row(rows[size:]))
        before, behind = self._around(cursor)
        if cursor.backwards:
            rows, neighbour = self._up_to(before, size + 1), self._from(before, 1)
            shown = rows[-size:]
            earlier = rows[: max(0, len(rows) - size)]
            return Stretch(shown, self._count_before(before) - len(shown), _row(earlier), _row(neighbour))
        rows, neighbour = self._from(behind, size + 1), self._up_to(behind, 1)
        return Stretch(rows[:size], self._count_before(behind), _row(neighbour), _row(rows[size:]))

    def bands(self, metric: str, group: str, tolerance: float, *, turned: bool) -> Bands:
        """The bands of the values that compare within ``group``; rank 1 is the best, ``turned`` says it stands last."""
        key = (metric, group, tolerance, turned)
        if key not in self._bands:
            best_first = self
            if turned:
                other = Direction.HIGHER if self.direction is Direction.LOWER else Direction.LOWER
                best_first = OrderedView(self.part, self.sort, other, self._mask, self._count)
            self._bands[key] = Bands(best_first, self._compared(metric, group), tolerance)
        return self._bands[key]

    def _compared(self, metric: str, group: str) -> Mask | None:
        """Which rows of the view compare within ``group``; None: all rows of the part."""
        found = self.part.groups(metric)
        if found is None:
            return self._mask if group == ANY else np.zeros(len(self.part), bool)
        codes, names = found
        own = codes == (names.index(group) if group in names else len(names))
        return own if self._mask is None else own & self._mask

    def _picked(self, start: int, stop: int) -> Rows:
        """The rows of the view among these places of the order."""
        rows = self.order[start:stop]
        return rows if self._picks is None else rows[picked(self._picks, rows)]

    def _from(self, place: int, size: int) -> Rows:
        """The first ``size`` rows of the view from a place of the order on."""
        found, look, stop = [self.order[:0]], max(FIRST_LOOK, size), place
        while size > 0 and stop < len(self.order):
            start, stop = stop, min(stop + look, len(self.order))
            found.append(self._picked(start, stop)[:size])
            size, look = size - len(found[-1]), look * 4
        return np.concatenate(found)

    def _up_to(self, place: int, size: int) -> Rows:
        """The last ``size`` rows of the view before a place of the order."""
        found, look, start = [self.order[:0]], max(FIRST_LOOK, size), place
        while size > 0 and start > 0:
            start, stop = max(0, start - look), start
            found.append(self._picked(start, stop)[-size:])
            size, look = size - len(found[-1]), look * 4
        return np.concatenate(found[::-1])

    def _count_before(self, place: int) -> int:
        """How many rows of the view stand before a place of the order: the shorter side is counted."""
        if self._picks is None:
            return place
        if place * 2 <= len(self.order):
            return int(np.count_nonzero(picked(self._picks, self.order[:place])))
        return self._count - int(np.count_nonzero(picked(self._picks, self.order[place:])))

    def _around(self, cursor: Cursor) -> tuple[int, int]:
        """How many places of the order lie before the cursor's row, and how many with it."""
        key = self._key(cursor.values[0])
        left, right = (int(np.searchsorted(self.keys, key, side)) for side in ("left", "right"))
        runs = self.part.runs[self.order[left:right]]
        before, upto = (int(np.searchsorted(runs, cursor.run_id, side)) for side in ("left", "right"))
        return left + before, left + upto

    def _key(self, value: float | str | None) -> float:
        if value is None:
            return np.inf
        if self.sort not in TEXT_SORTS:
            return float(value) if self.direction is Direction.LOWER else -float(value)
        name = f"{self.sort}_name"
        code = self.part.code(name, str(value))
        # A name that no entry has any more stands between those before and those after it.
        place = (
            words_before(self.part.words[name], str(value)) - 0.5
            if code is None
            else self.part.ranks[name][code]
        )
        return float(place) if self.direction is Direction.LOWER else -float(place)


class Bands:
    """The bands of the ranked rows of a view, found from the best one on as far as somebody asks.

    ``ranked`` has a flag for each row of the part, None: all are ranked that have a value.
    """

    def __init__(self, best_first: OrderedView, ranked: Mask | None, tolerance: float) -> None:
        measured = int(np.searchsorted(best_first.keys, np.inf))
        self._order, self._keys = best_first.order[:measured], best_first.keys[:measured]
        self._key_of = best_first.part.key(best_first.sort, best_first.direction)
        self._ranked, self._tolerance = ranked, tolerance
        self._found: Numbers = self._keys[:0]
        self._seen, self._starts = 0, [0]
        self._complete = False
        self._lock = Lock()

    def of(self, row: int | None) -> RankBand | None:
        """The band of a row of the view; None where it is not ranked, and for no row."""
        if (
            row is None
            or np.isinf(key := self._key_of[row])
            or not (self._ranked is None or self._ranked[row])
        ):
            return None
        with self._lock:
            return self._band(float(key))

    def _band(self, key: float) -> RankBand:
        while self._seen < len(self._order) and not (len(self._found) and self._found[-1] > key):
            self._look_further()
        rank = int(np.searchsorted(self._found, key))
        if self._tolerance == 0:
            return RankBand(rank + 1, int(np.searchsorted(self._found, key, "right")))
        self._reach(rank)
        band = bisect_right(self._starts, rank) - 1
        last = self._starts[band + 1] if band + 1 < len(self._starts) else len(self._found)
        return RankBand(self._starts[band] + 1, last)

    def _look_further(self) -> None:
        stop = min(max(4 * FIRST_LOOK, 4 * self._seen), len(self._order))
        keys = self._keys[self._seen : stop]
        if self._ranked is not None:
            keys = keys[picked(self._ranked, self._order[self._seen : stop])]
        self._found, self._seen = np.concatenate([self._found, keys]), stop

    def _reach(self, rank: int) -> None:
        """Find the bands up to that of ``rank`` and the start of the next one."""
        values = memoryview(self._found)  # its items are plain numbers, which a search reads quickest
        while not self._complete and self._starts[-1] <= rank:
            stop = band_stop(values, self._starts[-1], self._tolerance)
            if stop < len(values):
                self._starts.append(stop)
            elif self._seen < len(self._order):
                self._look_further()
                values = memoryview(self._found)
            else:
                self._complete = True


def _row(rows: npt.NDArray[np.int32]) -> int | None:
    return int(rows[-1]) if len(rows) else None
