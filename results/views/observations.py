"""The findings of the home page in words: one sentence each, what it rests on, where it can be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from results.analysis.comparability import comparability
from results.analysis.observations import (
    LatencyIsNotEnergy,
    MixedEnergies,
    Observation,
    SoftwareAlone,
    UndecidedNeighbours,
    ZeroChannels,
)
from results.presentation import table_number, times_text, whole_number

_UNIT = re.compile(r"(?<=\d) (?=(?:ms|µJ|MHz|V|%)(?!\w))")


@dataclass(frozen=True, slots=True)
class Said:
    """One finding as it is printed. ``how`` is the anchor of its paragraph in the method."""

    title: str
    sentence: str
    basis: str
    url: str
    link: str
    how: str


def said(observation: Observation, names: Mapping[str, str]) -> Said:
    """The words of ``observation``; ``names`` maps a benchmark to its name. No line breaks before a unit."""
    words = _words(observation, names)
    texts = (words.title, words.sentence, words.basis)
    title, sentence, basis = (_UNIT.sub("\u00a0", text) for text in texts)
    return replace(words, title=title, sentence=sentence, basis=basis)


def _words(observation: Observation, names: Mapping[str, str]) -> Said:
    match observation:
        case SoftwareAlone():
            return _software_alone(observation, names)
        case ZeroChannels():
            return _zero_channels(observation)
        case LatencyIsNotEnergy():
            return _latency_is_not_energy(observation)
        case MixedEnergies():
            return _mixed_energies(observation)
        case UndecidedNeighbours():
            return _undecided_neighbours(observation)


def _software_alone(one: SoftwareAlone, names: Mapping[str, str]) -> Said:
    middle = f" (median of {one.cases} such cases: {times_text(one.median)} times)" if one.cases > 1 else ""
    return Said(
        title=f"Software alone is worth up to {times_text(one.largest)} times",
        sentence=(
            f"On the same {one.device_name} at {one.clock_mhz:g} MHz, an inference of {_named(names, one.benchmark)} "
            f"takes {table_number(one.best_ms)} ms with {one.best_software} and {table_number(one.worst_ms)} ms with "
            f"{one.worst_software}{middle}."
        ),
        basis=(
            f"Closed division; {_count(one.stacks, 'stack')} in {_count(one.cases, 'case')} of one board, clock, "
            f"benchmark, round and availability, on {_count(one.boards, 'board')}; the case named: {one.round}."
        ),
        url=_url("results:stacks", one.device, division="closed", sort=one.benchmark),
        link=f"Every stack on {one.device_name}",
        how="what-software-alone-is-worth",
    )


def _zero_channels(one: ZeroChannels) -> Said:
    boards = f"{one.boards} boards" if one.boards > 1 else f"one board, {one.device_name},"
    return Said(
        title=f"A fast {one.benchmark} may say little about your own network",
        sentence=(
            f"{100 * one.removable:.0f} % of the MACs of {one.model} belong to channels that are all zero, and on "
            f"{boards} newer software gained {times_text(one.gain)} times more on it than on the other benchmarks: it "
            "looks as if the software leaves them out."
        ),
        basis=(
            f"Closed division, same board, clock and framework. Most on {one.device_name}: from {one.old_software} "
            f"({one.old_round}) to {one.new_software} ({one.new_round}) {one.benchmark} became "
            f"{times_text(one.times_faster)} times faster, the others {times_text(one.others_faster)} times."
        ),
        url=_url("results:stacks", one.device, division="closed"),
        link=f"Both stacks on {one.device_name}, all benchmarks",
        how="software-that-seems-to-skip-zeros",
    )


def _latency_is_not_energy(one: LatencyIsNotEnergy) -> Said:
    fast, thrifty = _at(one.fastest, one.fastest_clock_mhz), _at(one.thriftiest, one.thriftiest_clock_mhz)
    agreed = one.pairs - one.swapped
    between = f" Between devices the order is the same in {agreed} of {one.pairs} pairs." if one.pairs else ""
    return Said(
        title="The fastest is not the one that draws least",
        sentence=(
            f"On {one.differing} of {_count(one.benchmarks, 'benchmark')} the lowest latency is not the lowest energy: "
            f"on {one.benchmark}, {fast} takes {table_number(one.fastest_ms)} ms and {table_number(one.fastest_uj)} µJ, "
            f"{thrifty} {table_number(one.thriftiest_ms)} ms and {table_number(one.thriftiest_uj)} µJ."
        ),
        basis=(
            f"Closed division, all rounds; the {_count(one.results, 'result')} with energy of "
            f"{comparability().label(one.group)}.{between}"
        ),
        url=_url(
            "results:pareto", one.benchmark, x="latency", y="energy", division="closed", lines="energy-delay"
        ),
        link=f"Latency against energy, {one.benchmark}",
        how="latency-is-not-energy",
    )


def _mixed_energies(one: MixedEnergies) -> Said:
    label = comparability().label
    others = f", most of them {label(one.largest_outside)}" if one.largest_outside else ""
    return Said(
        title=f"{_share(one.outside, one.energies)} of the energies of {one.round} cannot be ranked with the rest",
        sentence=(
            f"{one.outside} of the {_count(one.energies, 'energy', 'energies')} of {one.round} were not taken as the "
            f"largest group was ({label(one.group)}){others}: in one order by µJ they would mix supplies or scopes."
        ),
        basis=f"Closed division of {one.round}; {_count(one.groups, 'group')} of one energy scope and supply.",
        url=_url("results:leaderboard", one.benchmark, round=one.round, division="closed", sort="energy"),
        link=f"{one.benchmark} of {one.round} by energy",
        how="energies-that-do-not-rank-together",
    )


def _undecided_neighbours(one: UndecidedNeighbours) -> Said:
    return Said(
        title=f"{_share(one.undecided, one.pairs)} of neighbouring ranks of {one.round} are undecided",
        sentence=(
            f"{one.undecided} of {_count(one.pairs, 'pair')} of neighbours by latency in {one.round} differ by less than "
            f"2 % or than the spread of their own timed windows; most are in {one.benchmark}, "
            f"{one.benchmark_undecided} of {one.benchmark_pairs}."
        ),
        basis=f"Closed division of {one.round}; {_count(one.results, 'result')}, each log once.",
        url=_url("results:leaderboard", one.benchmark, round=one.round, division="closed"),
        link=f"{one.benchmark} of {one.round} with rank bands",
        how="neighbours-that-are-undecided",
    )


def _url(name: str, argument: str, **query: str) -> str:
    return f"{reverse(name, args=[argument])}?{urlencode(query)}"


def _named(names: Mapping[str, str], benchmark: str) -> str:
    return names.get(benchmark, benchmark).lower()


def _at(device: str, clock_mhz: float | None) -> str:
    return f"{device} at {clock_mhz:g} MHz" if clock_mhz else device


def _count(number: int, one: str, many: str = "") -> str:
    return f"{whole_number(number)} {one if number == 1 else many or one + 's'}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"
