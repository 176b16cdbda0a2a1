"""The columns of a snapshot: per benchmark the entries by run, texts as numbers of words, absent values as NaN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from results.analysis.comparability import ANY, Conditions, comparability
from results.domain.metrics import Direction
from results.domain.vocabulary import SORTS, TEXT_SORTS
from results.querysets import FILTER_COLUMNS, VALUE_COLUMNS

Codes = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

TEXTS = {
    **{name: column for name, column in FILTER_COLUMNS.items() if name not in ("benchmark", "supply")},
    "device_name": "device_name",
    "device_label": "device_short_name",
    "submitter_name": "submitter_name",
    "evaluation_set": "evaluation_set",
    "model": "neural_model",
}
"""Name of a coded column → column of the entry. A code is the place of a text in :attr:`Snapshot.words`."""
VALUES = {
    **{name: column for name, column in VALUE_COLUMNS.items() if name not in TEXT_SORTS},
    "supply": "supply_voltage_mv",
}
"""Name of a numeric column → column of the entry; the names are those of sorts and ranges."""
RANKED = ("device_name", "device_label", "submitter_name")
"""Coded columns whose words are put in order: texts that views sort by or choose the last of."""
MOST_WORDS = 65_000
NO_GROUP = -1
"""Group code of a value that compares with nothing."""


@dataclass(eq=False)
class Part:
    """The entries of one benchmark in the order of their runs.

    ``runs`` has shape (n,), int64; ``codes`` and ``values`` map names of :data:`TEXTS` and :data:`VALUES` to arrays of
    the same length; ``repeated`` says whose log was handed in before, ``originals`` are the runs that handed it in first,
    of all other rows their own. ``systems`` are primary keys. ``orders`` hold row
    numbers in the natural direction of each sort, equal ones by run, absent ones last. Nothing is ever written into
    these arrays.
    """

    benchmark: str
    runs: npt.NDArray[np.int64]
    systems: npt.NDArray[np.int64]
    codes: Mapping[str, Codes]
    values: Mapping[str, Numbers]
    repeated: npt.NDArray[np.bool_]
    originals: npt.NDArray[np.int64]
    orders: dict[str, Rows]
    words: Mapping[str, Sequence[str]]
    ranks: Mapping[str, npt.NDArray[np.int64]]
    kept: dict[object, object] = field(default_factory=dict)
    """What somebody computed from these columns, by a key of its own; it is gone with the generation."""

    def __len__(self) -> int:
        return len(self.runs)

    def key(self, sort: str, direction: Direction) -> Numbers:
        """What rises along the order of a sort, shape (n,); absent values are infinite."""
        name = ("key", sort, direction)
        if name not in self.kept:
            self.kept[name] = keys(self.values, self.codes, self.ranks, sort, direction)
        return self.kept[name]  # type: ignore[return-value]

    def order(self, sort: str, direction: Direction) -> Rows:
        """Row numbers in the order of a sort: absent values last, equal ones by run."""
        if direction is SORTS[sort] and sort in self.orders:
            return self.orders[sort]
        name = ("order", sort, direction)
        if name not in self.kept:
            self.kept[name] = np.argsort(self.key(sort, direction), kind="stable").astype(np.int32)
        return self.kept[name]  # type: ignore[return-value]

    def ordered_key(self, sort: str, direction: Direction) -> Numbers:
        """:meth:`key` along :meth:`order`."""
        name = ("ordered key", sort, direction)
        if name not in self.kept:
            self.kept[name] = self.key(sort, direction)[self.order(sort, direction)]
        return self.kept[name]  # type: ignore[return-value]

    @cached_property
    def supplies(self) -> tuple[npt.NDArray[np.int16], list[str]]:
        """The nominal supply of each row as its place in the list of supplies in mV, NO_GROUP where none is stated."""
        known = ~np.isnan(self.values["supply"])
        exact, place = np.unique(self.values["supply"][known], return_inverse=True)
        nominal = np.array(
            [comparability().nominal_supply_mv(float(value)) for value in exact], dtype=np.int64
        )
        words, of_exact = np.unique(nominal, return_inverse=True)
        codes = np.full(len(self), NO_GROUP, dtype=np.int16)
        codes[known] = of_exact[place]
        return codes, [str(word) for word in words]

    def groups(self, metric: str) -> tuple[npt.NDArray[np.int16], list[str]] | None:
        """The comparison group of each row for a metric as its place in the list; None when all values compare.

        The metric is a column of an entry, or ``top1`` for any quality.
        """
        name = ("groups", metric)
        if name not in self.kept:
            self.kept[name] = self._groups(metric)
        return self.kept[name]  # type: ignore[return-value]

    def _groups(self, metric: str) -> tuple[npt.NDArray[np.int16], list[str]] | None:
        rules = comparability()
        energy = rules.group(metric, Conditions(self.benchmark, "unknown", None, "")) is None
        supplies, nominal = self.supplies
        if metric == "top1" and self.benchmark in rules.sets:
            codes, names = self.codes["evaluation_set"], self.words["evaluation_set"]
            found = [rules.group(metric, Conditions(self.benchmark, "none", None, name)) for name in names]
        elif energy and metric != "top1":
            scopes = self.words["scope"]
            width = len(nominal) + 1
            codes = self.codes["scope"].astype(np.int64) * width + supplies + 1
            found = [
                rules.group(metric, Conditions(self.benchmark, scope, float(supply) if supply else None, ""))
                for scope in scopes
                for supply in (None, *nominal)
            ]
        else:
            return None
        groups = sorted({group for group in found if group is not None})
        table = np.array(
            [NO_GROUP if group is None else groups.index(group) for group in found] or [NO_GROUP]
        )
        return table.astype(np.int16)[codes], groups

    def code(self, name: str, word: str) -> int | None:
        """The code of a word of a column, None when no entry of the site has it."""
        table = self.kept.get(("words", name))
        if table is None:
            table = self.kept["words", name] = {one: k for k, one in enumerate(self.words[name])}
        return table.get(word)  # type: ignore[union-attr]

    def group_names(self, metric: str) -> list[str]:
        """The groups that :meth:`groups` numbers, ``any`` alone where all values compare."""
        found = self.groups(metric)
        return [ANY] if found is None else found[1]


@dataclass(eq=False)
class Snapshot:
    """All entries of one generation. ``key`` names the state of the data, ``number`` its generation.

    ``words`` hold the texts of each coded column in the order in which they appeared, ``ranks`` their places in the
    order of the database (which knows the language's).
    """

    key: str
    number: int
    words: dict[str, list[str]]
    ranks: dict[str, npt.NDArray[np.int64]]
    parts: dict[str, Part]
    kept: dict[object, object] = field(default_factory=dict)
    """What somebody computed from all parts, as :attr:`Part.kept`."""

    def part(self, benchmark: str | None) -> Part:
        """The entries of a benchmark, none of them where it has no result; of all benchmarks for None."""
        if benchmark is None:
            return self._everything
        found = self.parts.get(benchmark)
        return found if found is not None else empty_part(benchmark, self.words, self.ranks)

    @cached_property
    def _everything(self) -> Part:
        """All parts in one, by run, with the benchmark as one more coded column; this process's own copy."""
        parts = list(self.parts.values()) or [empty_part("", self.words, self.ranks)]
        runs = np.concatenate([part.runs for part in parts])
        by_run = np.argsort(runs)
        codes = {name: np.concatenate([part.codes[name] for part in parts])[by_run] for name in TEXTS}
        numbers = np.repeat(np.arange(len(parts), dtype=np.uint16), [len(part) for part in parts])
        return Part(
            benchmark="",
            runs=runs[by_run],
            systems=np.concatenate([part.systems for part in parts])[by_run],
            codes={**codes, "benchmark": numbers[by_run]},
            values={name: np.concatenate([part.values[name] for part in parts])[by_run] for name in VALUES},
            repeated=np.concatenate([part.repeated for part in parts])[by_run],
            originals=np.concatenate([part.originals for part in parts])[by_run],
            orders={},
            words={**self.words, "benchmark": [part.benchmark for part in parts]},
            ranks=self.ranks,
        )


def picked(column: npt.NDArray[Any], rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """``column[rows]`` in half of the time: no row is looked at for being outside, since none is."""
    return column.take(rows, mode="clip")


def nothing_published() -> Snapshot:
    """The snapshot before the first generation."""
    words: dict[str, list[str]] = {name: [] for name in TEXTS}
    return Snapshot("", 0, words, {name: np.empty(0, np.int64) for name in RANKED}, {})


def keys(
    values: Mapping[str, Numbers], codes: Mapping[str, Codes], ranks: Mapping[str, npt.NDArray[np.int64]],
    sort: str, direction: Direction,
) -> Numbers:  # fmt: skip
    """What rises along the order of ``sort``: the value or its negative, of a text its place in the language."""
    if sort in TEXT_SORTS:
        name = f"{sort}_name"
        found = ranks[name][codes[name]].astype(np.float64) if len(ranks[name]) else np.empty(0)
    else:
        found = values[sort]
    turned = found if direction is Direction.LOWER else -found
    return np.where(np.isnan(turned), np.inf, turned)


def empty_part(
    benchmark: str, words: Mapping[str, Sequence[str]], ranks: Mapping[str, npt.NDArray[np.int64]]
) -> Part:
    """A part without entries."""
    return Part(
        benchmark=benchmark,
        runs=np.empty(0, np.int64),
        systems=np.empty(0, np.int64),
        codes={name: np.empty(0, np.uint16) for name in TEXTS},
        values={name: np.empty(0) for name in VALUES},
        repeated=np.empty(0, bool),
        originals=np.empty(0, np.int64),
        orders={},
        words=words,
        ranks=ranks,
    )
