"""What exists of a device on a benchmark, and why nothing does: counts and reasons out of published results alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from results.domain.coverage import METRICS, Gap

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Group:
    """Results of one device that are alike: benchmark, division, round, and which of METRICS each of them measured."""

    benchmark: str
    division: str
    round: str
    measured: frozenset[str]
    results: int


@dataclass(frozen=True, slots=True)
class View:
    """Which results count; empty or None is all of them."""

    division: str | None = None
    rounds: tuple[str, ...] = ()
    metric: str | None = None

    def holds(self, group: Group) -> bool:
        """Whether division and round of ``group`` are those of the view, whatever it measured."""
        return self.division in (None, group.division) and (not self.rounds or group.round in self.rounds)


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """A device: its ``groups``, how many results were ``withdrawn`` by benchmark, and what the catalogue's facts say.

    ``in_suite``: whether a system description of any MLPerf Tiny round names it, None where no fact says;
    ``first_round`` the first such round, empty where no fact says.
    """

    groups: tuple[Group, ...] = ()
    withdrawn: Mapping[str, int] | None = None
    in_suite: bool | None = None
    first_round: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCell:
    """A device on a benchmark. With results: how many, how many of them measured each of METRICS, how many stand in
    each division, and their rounds. Without: ``gap`` and a sentence that gives it, ``because``."""

    benchmark: str
    results: int = 0
    metrics: Mapping[str, int] | None = None
    divisions: Mapping[str, int] | None = None
    rounds: tuple[str, ...] = ()
    gap: Gap | None = None
    because: str = ""


def round_key(round_id: str) -> tuple[int, ...]:
    """Rounds in the order of their numbers.

    >>> round_key("v0.7") < round_key("v1.0") < round_key("v1.10")
    True
    """
    return tuple(int(number) for number in _NUMBER.findall(round_id))


def device_cell(
    benchmark: str, since_round: str, device: DeviceRecord, view: View, held_rounds: Collection[str]
) -> DeviceCell:
    """``device`` on ``benchmark``, which came with ``since_round``; ``held_rounds`` are those with results here."""
    own = [group for group in device.groups if group.benchmark == benchmark]
    within = [group for group in own if view.holds(group)]
    counted = [group for group in within if view.metric is None or view.metric in group.measured]
    if counted:
        return _filled(benchmark, counted)
    gap, because = _why_empty(benchmark, since_round, device, view, held_rounds, own, within)
    return DeviceCell(benchmark, gap=gap, because=because)


def _filled(benchmark: str, groups: Sequence[Group]) -> DeviceCell:
    return DeviceCell(
        benchmark,
        results=_count(groups),
        metrics={name: _count(group for group in groups if name in group.measured) for name in METRICS},
        divisions=_per_division(groups),
        rounds=_rounds(groups),
    )


def _why_empty(
    benchmark: str,
    since_round: str,
    device: DeviceRecord,
    view: View,
    held_rounds: Collection[str],
    own: Sequence[Group],
    within: Sequence[Group],
) -> tuple[Gap, str]:
    if within:
        return (
            Gap.NOT_MEASURED,
            f"{_results(_count(within))} in this view; {view.metric} was not measured in any.",
        )
    if own:
        divisions = " and ".join(_per_division(own))
        return (
            Gap.OUTSIDE_VIEW,
            f"{_results(_count(own))} outside this view: {divisions}, {', '.join(_rounds(own))}.",
        )
    if gone := (device.withdrawn or {}).get(benchmark, 0):
        return Gap.WITHDRAWN, f"{_results(gone)}, withdrawn or removed after publication."
    if not device.groups:
        return _never_submitted(device, held_rounds)
    seen = [group for group in device.groups if view.holds(group)]
    if not seen:
        rounds = ", ".join(_rounds(device.groups))
        divisions = " and ".join(_per_division(device.groups))
        return (
            Gap.NOT_SUBMITTED_IN_VIEW,
            f"All results of the device are outside this view: {divisions}, {rounds}.",
        )
    able = [group for group in seen if round_key(group.round) >= round_key(since_round)]
    if not able:
        return (
            Gap.BENCHMARK_LATER,
            f"Came with {since_round}; the device was submitted in {', '.join(_rounds(seen))}.",
        )
    return Gap.NOT_RUN, f"Submitted in {', '.join(_rounds(able))}; nobody ran this benchmark on it."


def _never_submitted(device: DeviceRecord, held_rounds: Collection[str]) -> tuple[Gap, str]:
    """Why a device has no result at all, as far as the facts of the catalogue say."""
    first = device.first_round
    if first and first not in held_rounds:
        return Gap.ROUND_NOT_HELD, f"First submitted in {first}, a round of which this site holds no result."
    if device.in_suite is False:
        return (
            Gap.SPECIFICATION_ONLY,
            "No system description of MLPerf Tiny names the device.",
        )
    return Gap.NO_RESULT, "No result on this device, and no source here says whether it was ever submitted."


def _count(groups: Iterable[Group]) -> int:
    return sum(group.results for group in groups)


def _per_division(groups: Iterable[Group]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for group in groups:
        counts[group.division] += group.results
    return dict(sorted(counts.items()))


def _rounds(groups: Iterable[Group]) -> tuple[str, ...]:
    return tuple(sorted({group.round for group in groups}, key=round_key))


def _results(number: int) -> str:
    return f"{number} result{'' if number == 1 else 's'}"
