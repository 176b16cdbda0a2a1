"""Counts and bests of whole benchmarks, from the columns: what pages about the field say without reading an entry.

Everything is remembered with the part or the snapshot that it was taken from, and so until those data change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, MutableMapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from results.domain.vocabulary import SORTS

from .columns import NO_GROUP, Codes, Part, Snapshot
from .view import Mask

MEASURED: dict[str, Callable[[Part], Mask]] = {
    "has_latency": lambda part: ~np.isnan(part.values["latency"]),
    "has_energy": lambda part: ~np.isnan(part.values["energy"]),
    "has_energy_or_power": lambda part: ~np.isnan(part.values["energy"]) | ~np.isnan(part.values["power"]),
    "has_quality": lambda part: ~np.isnan(part.values["quality"]),
    "energy_measured": lambda part: ~rows_with(part, "scope", "none"),
}
"""Names of what a row has or has not, to count by beside the coded columns."""
MOST_CODES = 1 << 22
"""Codes of several columns together that are counted in one array; more of them are sorted."""

T = TypeVar("T")
Words = tuple[Any, ...]


def kept(where: MutableMapping[object, object], key: Hashable, made: Callable[[], T]) -> T:
    """What ``made`` gives, computed once for ``key``; two threads may both compute it, and get the same."""
    if key not in where:
        where[key] = made()
    return where[key]  # type: ignore[return-value]


def counted(part: Part, *names: str) -> Counter[Words]:
    """How many rows have each combination of the words of ``names``; flags of :data:`MEASURED` are True or False."""
    return kept(part.kept, ("counted", *names), lambda: _counted(part, names))


def counted_everywhere(snapshot: Snapshot, *names: str) -> Counter[Words]:
    """The same over all benchmarks; a column ``benchmark`` may be among ``names``."""
    return kept(snapshot.kept, ("counted", *names), lambda: _counted_everywhere(snapshot, names))


def _counted_everywhere(snapshot: Snapshot, names: Words) -> Counter[Words]:
    place = names.index("benchmark") if "benchmark" in names else None
    others = [name for name in names if name != "benchmark"]
    total: Counter[Words] = Counter()
    for benchmark, part in snapshot.parts.items():
        for words, number in counted(part, *others).items():
            total[words if place is None else (*words[:place], benchmark, *words[place:])] += number
    return total


def _counted(part: Part, names: Words) -> Counter[Words]:
    columns = [_coded(part, name) for name in names]
    sizes = [max(1, len(words)) for _, words in columns]
    joint = np.zeros(len(part), np.int64)
    for (codes, _), size in zip(columns, sizes, strict=True):
        joint = joint * size + codes
    if int(np.prod(sizes, dtype=np.float64)) <= MOST_CODES:
        numbers = np.bincount(joint)
        present = np.flatnonzero(numbers)
        numbers = numbers[present]
    else:
        present, numbers = np.unique(joint, return_counts=True)
    places = []
    for size in reversed(sizes):
        present, place = np.divmod(present, size)
        places.append(place.tolist())
    words = [[column[1][k] for k in own] for column, own in zip(columns, reversed(places), strict=True)]
    return Counter(dict(zip(zip(*words, strict=True), numbers.tolist(), strict=True)))


def _coded(part: Part, name: str) -> tuple[Any, Any]:
    if name in MEASURED:
        return MEASURED[name](part).view(np.uint8), (False, True)
    return part.codes[name], part.words[name]


def rows_with(part: Part, name: str, *words: str) -> Mask:
    """Which rows have one of ``words`` in a coded column."""
    codes = [code for word in words if (code := part.code(name, word)) is not None]
    column: Codes = part.codes[name]
    return column == codes[0] if len(codes) == 1 else np.isin(column, codes)


def first_rows(part: Part, sort: str, mask: Mask, number: int) -> npt.NDArray[np.int32]:
    """The first ``number`` rows of ``mask`` in the natural order of a sort, those with a value only."""
    order = part.order(sort, SORTS[sort])
    found = order[mask[order]][:number]
    return found[~np.isinf(part.key(sort, SORTS[sort])[found])]


def largest_group(part: Part, metric: str, sort: str, mask: Mask) -> tuple[str, Mask, int] | None:
    """Of the rows of ``mask`` with a value the comparison group with most: its name, its rows, how many they are.

    ``metric`` is the column of an entry that ``sort`` is the short name of. Of groups alike the first by name.
    """
    measured = mask & ~np.isnan(part.values[sort])
    found = part.groups(metric)
    if found is None:
        number = int(np.count_nonzero(measured))
        return (part.group_names(metric)[0], measured, number) if number else None
    codes, names = found
    own = codes[measured]
    numbers = np.bincount(own[own != NO_GROUP], minlength=len(names))
    if not numbers.any():
        return None
    most = max(range(len(names)), key=lambda k: (numbers[k], -k))  # names are in order
    return names[most], measured & (codes == most), int(numbers[most])


def systems_with(snapshot: Snapshot, name: str, word: str) -> int:
    """How many systems have a row with ``word`` in a coded column."""
    return kept(
        snapshot.kept, ("systems", name, word), lambda: number_of_systems_with(snapshot, {name: [word]})
    )


def number_of_systems(snapshot: Snapshot) -> int:
    """How many systems have a row."""
    return kept(snapshot.kept, ("systems",), lambda: number_of_systems_with(snapshot, {}))


def number_of_systems_with(snapshot: Snapshot, filters: Mapping[str, Sequence[str]]) -> int:
    """How many systems have a row with one of the words of each coded column of ``filters``. Counted anew."""
    found = []
    for part in snapshot.parts.values():
        mask = np.ones(len(part), bool)
        for name, words in filters.items():
            mask &= rows_with(part, name, *words)
        found.append(part.systems[mask])
    return len(np.unique(np.concatenate(found))) if found else 0


def groups_present(part: Part, metric: str, sort: str) -> list[str]:
    """The comparison groups of the values of a part; ``metric`` is the column that ``sort`` is the short name of."""
    return kept(part.kept, ("groups present", metric), lambda: _groups_present(part, metric, sort))


def _groups_present(part: Part, metric: str, sort: str) -> list[str]:
    found = part.groups(metric)
    if found is None or not len(part):
        return []
    codes, names = found
    own = codes[~np.isnan(part.values[sort])]
    return [names[code] for code in np.unique(own[own != NO_GROUP])]


def round_positions(part: Part) -> dict[str, int]:
    """The place of each round with results in the order of rounds."""
    return kept(part.kept, ("round positions",), lambda: _round_positions(part))


def _round_positions(part: Part) -> dict[str, int]:
    codes, first = np.unique(part.codes["round"], return_index=True)
    places = part.values["round"][first]
    return {part.words["round"][code]: int(place) for code, place in zip(codes, places, strict=True)}


def rounds_in_order(part: Part) -> list[str]:
    """The rounds with results, the oldest first."""
    positions = round_positions(part)
    return sorted(positions, key=lambda name: (positions[name], name))


def every_round_in_order(snapshot: Snapshot) -> list[str]:
    """The rounds with results of any benchmark, the oldest first."""
    positions = {name: at for part in snapshot.parts.values() for name, at in round_positions(part).items()}
    return sorted(positions, key=lambda name: (positions[name], name))
