"""The results of a task by the column, for the fit finder: which count, each log once, and what of them compares.

What :mod:`fit_values` knows of one result is here known of all rows of a part; the tests hold the two equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from results.analysis import derived_columns
from results.domain.fit_metrics import ENERGY, FIT_METRICS, FLASH, FRAME, LATENCY, POWER, QUALITY, RAM
from results.domain.fit_query import FitQuery
from results.domain.query import LeaderboardQuery

from .fit_values import ENERGY_METRIC, QUALITY_METRIC, Groups, Memory
from .snapshot import Part
from .snapshot.columns import NO_GROUP, Mask, Numbers
from .snapshot.counting import rows_with
from .snapshot.view import View, view_of

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TaskRows:
    """The rows of ``part`` that a question looks at: ``rows`` hold each log once, ``inside`` counts all of them."""

    part: Part
    rows: Places
    inside: int
    view: View
    asked: Mask | None

    def without(self, name: str) -> int:
        """How many would be looked at without one filter, logs that were handed in again too."""
        return _count(_both(self.view.mask(without=[name]), self.asked), self.part)

    def groups(self) -> Counter[str]:
        """How many results have an energy of each comparison group."""
        return _group_counts(self.part, self.rows, ENERGY_METRIC, "energy")

    def on_device(self, slug: str) -> Places:
        """The rows of one device."""
        return self.rows[self.part.codes["device"][self.rows] == self.part.code("device", slug)]

    def devices(self) -> set[str]:
        """The slugs of their devices."""
        words = self.part.words["device"]
        return {words[code] for code in np.flatnonzero(np.bincount(self.part.codes["device"][self.rows]))}


def task_rows(part: Part, models: Collection[str], query: FitQuery) -> TaskRows:
    """The rows that the filters of ``query`` leave of a task, on its devices and of ``models`` (none: of any)."""
    view = view_of(part, LeaderboardQuery(benchmark=part.benchmark, filters=query.filters))
    asked = None
    for name, words in (("model", models), ("device", query.devices)):
        if words:
            asked = _both(asked, rows_with(part, name, *words))
    mask = _both(view.mask(), asked)
    rows = np.arange(len(part)) if mask is None else np.flatnonzero(mask)
    return TaskRows(part, _each_log_once(part, rows, mask), len(rows), view, asked)


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    return other if one is None else one if other is None else one & other


def _count(mask: Mask | None, part: Part) -> int:
    return len(part) if mask is None else int(np.count_nonzero(mask))


def _each_log_once(part: Part, rows: Places, mask: Mask | None) -> Places:
    """``rows`` with the earliest round of each log; of one round the run that was stored first."""
    again = rows[part.repeated[rows]]
    if not len(again):
        return rows
    originals = part.originals[again]
    place = np.minimum(np.searchsorted(part.runs, originals), len(part) - 1)
    has_first = part.runs[place] == originals
    if mask is not None:
        has_first &= mask[place]
    alone = again[~has_first]
    by_log = alone[np.lexsort((part.runs[alone], part.values["round"][alone], part.originals[alone]))]
    logs = part.originals[by_log]
    first = by_log[np.concatenate([[True], logs[1:] != logs[:-1]])] if len(by_log) else by_log
    left_out = np.zeros(len(part), dtype=bool)
    left_out[again] = True
    left_out[first] = False
    return rows[~left_out[rows]]


def _group_counts(part: Part, rows: Places, metric: str, column: str) -> Counter[str]:
    """How many of ``rows`` have a value of each comparison group."""
    known = rows[~np.isnan(part.values[column][rows])]
    found = part.groups(metric)
    if found is None:
        return Counter({part.group_names(metric)[0]: len(known)} if len(known) else {})
    codes, names = found
    own = codes[known]
    counts = np.bincount(own[own != NO_GROUP], minlength=len(names)).tolist()
    return Counter({name: number for name, number in zip(names, counts, strict=True) if number})


def most(counts: Counter[str]) -> str | None:
    """The group with most results, of groups alike the first by name; None where there is none."""
    return max(sorted(counts), key=lambda name: counts[name]) if counts else None


def quality_group_of(part: Part, rows: Places) -> str | None:
    """The comparison group of most qualities."""
    return most(_group_counts(part, rows, QUALITY_METRIC, "quality"))


def compared_columns(
    part: Part,
    rows: Places,
    query: FitQuery,
    groups: Groups,
    memories: Mapping[str, Memory],
    metrics: Iterable[str],
) -> dict[str, Numbers]:
    """Each of ``metrics`` for ``rows``, NaN where it is not known or does not compare: :attr:`fit_values.Known.compared`.

    ``memories`` maps slugs of devices to what is stated of them.
    """
    latency, energy = part.values["latency"][rows], part.values["energy"][rows]
    formulas: dict[str, Callable[[], Numbers]] = {
        LATENCY: lambda: latency,
        ENERGY: lambda: energy,
        "energy-delay": lambda: derived_columns.energy_delay_product_uj_ms(energy, latency),
        "inferences-per-joule": lambda: derived_columns.inferences_per_joule(energy),
        POWER: lambda: derived_columns.average_power_at_fps_mw(
            energy, latency, query.fps, query.sleep_power_mw
        ),
        QUALITY: lambda: part.values["quality"][rows],
        FRAME: lambda: derived_columns.busy_share(latency, query.fps),
        RAM: lambda: _stated(part, rows, memories, RAM),
        FLASH: lambda: _stated(part, rows, memories, FLASH),
    }
    found = {}
    for name in dict.fromkeys(metrics):
        values = formulas[name]()
        if FIT_METRICS[name].needs_energy and groups.energy is not None:
            values = np.where(_in_group(part, rows, ENERGY_METRIC, groups.energy), values, np.nan)
        if name == QUALITY and groups.quality is not None:
            values = np.where(_in_group(part, rows, QUALITY_METRIC, groups.quality), values, np.nan)
        found[name] = values
    return found


def _in_group(part: Part, rows: Places, metric: str, group: str) -> Mask:
    found = part.groups(metric)
    if found is None:
        return np.full(len(rows), group in part.group_names(metric))
    codes, names = found
    return codes[rows] == (names.index(group) if group in names else len(names))


def _stated(part: Part, rows: Places, memories: Mapping[str, Memory], name: str) -> Numbers:
    """What is stated of the memory of the device of each row, in KiB."""
    table = np.full(len(part.words["device"]), np.nan)
    for slug, memory in memories.items():
        stated, code = memory.get(name), part.code("device", slug)
        if stated is not None and code is not None:
            table[code] = stated.kib
    return table[part.codes["device"][rows]]
