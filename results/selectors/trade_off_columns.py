"""A Pareto plot over the columns: its fronts and counts, and which of very many results are drawn beside the fronts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from results.analysis.derived import Measured, derive
from results.domain.metrics import Direction
from results.domain.trade_offs import METRICS, ParetoQuery
from results.models import DeviceClass
from results.presentation import whole_number

from .snapshot import Part
from .snapshot.fronts import FrontSet, TradeOff, front_sets
from .snapshot.view import view_of
from .trade_off_values import DERIVED_AXES, ENERGY, compared_as

MOST_POINTS = 2000
"""Points of a plot. Of a greater view the fronts are drawn whole, and of the rest an even choice."""


@dataclass(frozen=True, slots=True)
class Thinned:
    """What a plot of too many results draws and counts.

    ``runs`` are drawn; ``counts`` maps a comparison group to its results that meet the limits, ``of`` a set (division,
    group, part) to how many a front was taken from; ``left_out`` are (reason, count).
    """

    runs: list[int]
    counts: Counter[str]
    of: Mapping[tuple[str, str | None, str | None], int]
    left_out: tuple[tuple[str, int], ...]
    total: int


def thinned(
    query: ParetoQuery, part: Part, directions: tuple[Direction, Direction], macs: Mapping[str, int]
) -> Thinned | None:
    """None where everything is drawn. No query."""
    shown = view_of(part, replace(query, ranges={}) if query.outside else query)
    if shown.count() <= MOST_POINTS:
        return None
    x, y = (axis_column(part, name, macs) for name in (query.x, query.y))
    sets = fronts_of(query, part, directions, macs)
    fronts = np.concatenate([one.rows for one in sets] or [np.empty(0, np.int32)])
    others = np.flatnonzero(~(np.isnan(x) | np.isnan(y) | part.repeated))
    mask = shown.mask()
    others = others if mask is None else others[mask[others]]
    wanted = max(0, MOST_POINTS - len(fronts))
    picked = others[np.linspace(0, len(others) - 1, min(wanted, len(others)), dtype=np.int64)]
    drawn = np.union1d(fronts, picked)
    inside = view_of(part, query).mask()
    inside = np.ones(len(part), bool) if inside is None else inside
    return Thinned(
        runs=part.runs[drawn].tolist(),
        counts=Counter({name: number for name, number in _per_group(sets).items() if name is not None}),
        of={(one.division, one.group, one.part): one.of for one in sets},
        left_out=_left_out(query, sets, inside, x, y, part, drawn),
        total=int(np.count_nonzero(inside)),
    )


def fronts_of(
    query: ParetoQuery, part: Part, directions: tuple[Direction, Direction], macs: Mapping[str, int]
) -> list[FrontSet]:
    """The fronts of the results that meet the limits of ``query``. No query."""
    trade_off = TradeOff(
        name=(query.x, query.y, query.by, directions, tuple(sorted(macs.items()))),
        x=axis_column(part, query.x, macs),
        y=axis_column(part, query.y, macs),
        directions=directions,
        metrics=[compared_as(name) for name in (query.x, query.y)],
        by=_parts(part, query.by),
    )
    return front_sets(view_of(part, query), trade_off)


def axis_column(part: Part, name: str, macs: Mapping[str, int]) -> npt.NDArray[np.float64]:
    """The values of an axis for each row of ``part``, NaN where an input was not measured or is not stated."""
    if not METRICS[name].derived:
        return part.values[name]
    key = ("axis", name, tuple(sorted(macs.items())))
    if key not in part.kept:
        part.kept[key] = np.array([_derived(part, row, name, macs) for row in range(len(part))], dtype=float)
    return part.kept[key]  # type: ignore[return-value]


def _derived(part: Part, row: int, name: str, macs: Mapping[str, int]) -> float:
    energy, latency, clock = (
        None if np.isnan(value) else float(value)
        for value in (part.values[column][row] for column in ("energy", "latency", "clock"))
    )
    measured = Measured(
        energy_uj=energy,
        latency_ms=latency,
        clock_mhz=clock,
        dense_macs=macs.get(part.words["model"][part.codes["model"][row]]),
        event_based=part.words["class"][part.codes["class"][row]] == DeviceClass.EVENT_BASED,
    )
    value = derive(DERIVED_AXES[name], measured).value
    return np.nan if value is None else value


def _parts(part: Part, by: str) -> tuple[npt.NDArray[np.int32], Sequence[str | None]] | None:
    if by == "division":
        return None
    if by == "supply":
        grouped = part.groups(ENERGY)
        codes, names = grouped if grouped is not None else (np.full(len(part), -1), [])
        return (codes + 1).astype(np.int32), [None, *names]
    return part.codes[by].astype(np.int32), [word or None for word in part.words[by]]


def _per_group(sets: Sequence[FrontSet]) -> Counter[str | None]:
    counts: Counter[str | None] = Counter()
    for one in sets:
        counts[one.group] += one.of
    return counts


def _left_out(
    query: ParetoQuery, sets: Sequence[FrontSet], inside: npt.NDArray[np.bool_], x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64], part: Part, drawn: npt.NDArray[np.integer],
) -> tuple[tuple[str, int], ...]:  # fmt: skip
    has_x, has_y = ~np.isnan(x), ~np.isnan(y)
    both = inside & has_x & has_y
    names = {"framework": "framework", "supply": "energy scope or supply"}
    reasons = (
        (f"without {METRICS[query.x].missing}", np.count_nonzero(inside & ~has_x)),
        (f"without {METRICS[query.y].missing}", np.count_nonzero(inside & has_x & ~has_y)),
        (
            "whose log is identical to one of an earlier round, drawn once",
            np.count_nonzero(both & part.repeated),
        ),
        (
            f"counted and not drawn: a plot shows at most {whole_number(MOST_POINTS)} results, its fronts among them",
            np.count_nonzero(both & ~part.repeated) - np.count_nonzero(both[drawn]),
        ),
        (
            "in no front: nobody states what they may be compared with",
            sum(one.of for one in sets if one.group is None),
        ),
        (
            f"in no front: nobody states their {names.get(query.by, query.by)}",
            sum(one.of for one in sets if one.group is not None and one.part is None),
        ),
    )
    return tuple((reason, int(count)) for reason, count in reasons if count)
