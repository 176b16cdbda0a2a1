"""What the published figures show and no official table prints: the findings of the home page.

Each function takes results and gives one observation, or None where the figures do not support it. Whether two values
may be compared is never decided here: :func:`results.analysis.comparing.compare` answers. The field's word "finding"
is what a rule says of a submission; in the code these are observations, so that the two are not mixed up.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import geometric_mean, median

import numpy as np

from results.domain.metrics import Direction

from .comparability import comparability
from .comparing import Answer, Subject, compare
from .uncertainty import Spread, Verdict, bands, sides, verdict

ENERGY = "energy_uj_per_inf"
LATENCY = "latency_ms"

ENOUGH_RESULTS = 20
"""A round is spoken of as a whole when it has so many closed results with a latency."""
LEAST_SOFTWARE_RATIO = 1.1
"""A difference between two stacks that is worth a sentence; well beyond the 2 % that count as noise."""
LEAST_JUMP = 1.5
"""How many times more one benchmark must gain than the others before its network is named as the likely reason."""
LEAST_CONTROLS = 2
"""So many other benchmarks must show what the software gained elsewhere."""


@dataclass(frozen=True, slots=True)
class Result:
    """One closed result. ``framework`` is the software without its version; ``repeats`` is true for a log that an
    earlier round holds already, ``log`` its SHA-256, empty where there is none. ``energy`` is in µJ per inference,
    ``latency`` in ms; None is not measured."""

    subject: Subject
    device_name: str
    framework: str
    round_position: int
    latency: Spread | None
    energy: Spread | None = None
    log: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class SoftwareAlone:
    """How far the best and the worst software lie apart on one board at one clock, round and benchmark.

    ``largest`` and ``median`` are worst / best latency, over ``cases`` such cases on ``boards`` boards, with
    ``stacks`` results in all, the fastest of each software; the other fields are those of the largest case, with
    latencies in ms.
    """

    largest: float
    median: float
    cases: int
    boards: int
    stacks: int
    benchmark: str
    round: str
    device: str
    device_name: str
    clock_mhz: float
    best_software: str
    best_ms: float
    worst_software: str
    worst_ms: float


@dataclass(frozen=True, slots=True)
class ZeroChannels:
    """Newer software on one board gained more on one benchmark, whose network has channels of zeros, than elsewhere.

    ``gain`` is the median over ``boards`` boards of (old / new latency of the benchmark) ÷ (geometric mean of the same
    of the others); ``removable`` is the share of dense MACs whose channels are all zero. The other fields are those of
    the board that gained most.
    """

    benchmark: str
    model: str
    removable: float
    gain: float
    largest: float
    boards: int
    device: str
    device_name: str
    clock_mhz: float
    old_software: str
    old_round: str
    new_software: str
    new_round: str
    times_faster: float
    others_faster: float


@dataclass(frozen=True, slots=True)
class LatencyIsNotEnergy:
    """On ``differing`` of ``benchmarks`` the fastest result does not draw the least energy.

    Over ``pairs`` of devices, told apart in both metrics, the faster draws more energy in ``swapped``. ``results`` is
    the size of the comparison group. The other fields are those of the benchmark where the fastest draws the most above
    the least: latencies in ms, energies in µJ.
    """

    differing: int
    benchmarks: int
    results: int
    group: str
    pairs: int
    swapped: int
    benchmark: str
    fastest: str
    fastest_id: str
    fastest_ms: float
    fastest_uj: float
    fastest_clock_mhz: float | None
    thriftiest: str
    thriftiest_id: str
    thriftiest_ms: float
    thriftiest_uj: float
    thriftiest_clock_mhz: float | None


@dataclass(frozen=True, slots=True)
class MixedEnergies:
    """Of ``energies`` of a round, ``outside`` do not compare with the largest group ``group``; ``groups`` in all."""

    round: str
    energies: int
    outside: int
    groups: int
    group: str
    largest_outside: str
    benchmark: str


@dataclass(frozen=True, slots=True)
class UndecidedNeighbours:
    """Of ``pairs`` of neighbours by latency in a round, ``undecided`` are closer than can be told apart.

    ``benchmark`` has the most of them.
    """

    round: str
    pairs: int
    undecided: int
    results: int
    benchmark: str
    benchmark_undecided: int
    benchmark_pairs: int


Observation = SoftwareAlone | ZeroChannels | LatencyIsNotEnergy | MixedEnergies | UndecidedNeighbours

KINDS: dict[str, type[Observation]] = {
    "software-alone": SoftwareAlone,
    "zero-channels": ZeroChannels,
    "latency-is-not-energy": LatencyIsNotEnergy,
    "mixed-energies": MixedEnergies,
    "undecided-neighbours": UndecidedNeighbours,
}
"""Every observation by its code, in the order of the page: what a reader who chooses a chip needs first."""


def newest_round(results_by_round: Mapping[str, tuple[int, int]]) -> str | None:
    """The newest round with :data:`ENOUGH_RESULTS`; ``results_by_round`` maps a round to (position, results)."""
    enough = [(place, name) for name, (place, count) in results_by_round.items() if count >= ENOUGH_RESULTS]
    return max(enough)[1] if enough else None


def software_alone(results: Iterable[Result]) -> SoftwareAlone | None:
    """What the choice of software alone is worth. A software stands for its fastest result of a case, so giving only
    those gives the same answer; results without software or clock say nothing here."""
    cases: dict[Hashable, list[Result]] = defaultdict(list)
    for result in results:
        own = result.subject
        if not result.repeats and result.latency and own.software and own.clock_mhz:
            cases[own.benchmark, own.round, own.availability, own.device, own.clock_mhz].append(result)
    spreads = []
    for case in cases.values():
        stacks = list(_fastest_by(case, lambda one: one.subject.software).values())
        best, worst = stacks[0], stacks[-1]
        if len(stacks) > 1 and compare(LATENCY, best.subject, worst.subject).answer is Answer.COMPARABLE:
            spreads.append((_ms(worst) / _ms(best), len(stacks), best, worst))
    if not spreads:
        return None
    largest, _, best, worst = max(spreads, key=lambda one: (one[0], one[2].subject.public_id))
    if largest < LEAST_SOFTWARE_RATIO:
        return None
    return SoftwareAlone(
        largest=largest,
        median=median(one[0] for one in spreads),
        cases=len(spreads),
        boards=len({one[2].subject.device for one in spreads}),
        stacks=sum(one[1] for one in spreads),
        benchmark=best.subject.benchmark,
        round=best.subject.round,
        device=best.subject.device,
        device_name=best.device_name,
        clock_mhz=best.subject.clock_mhz or 0.0,
        best_software=best.subject.software,
        best_ms=_ms(best),
        worst_software=worst.subject.software,
        worst_ms=_ms(worst),
    )


def zero_channels(
    results: Iterable[Result], models: Mapping[str, tuple[str, int, int]]
) -> ZeroChannels | None:
    """Whether newer software seems to leave out channels of zeros; ``models`` maps a benchmark to its network: name,
    dense MACs and effective MACs. Of several such networks the one with most to leave out."""
    removable = {name: 1 - effective / dense for name, (_, dense, effective) in models.items() if dense}
    benchmark = max(sorted(removable), key=lambda name: removable[name], default=None)
    if benchmark is None or removable[benchmark] <= 0:
        return None
    boards: dict[Hashable, dict[Hashable, dict[str, Result]]] = defaultdict(lambda: defaultdict(dict))
    for result in results:
        own = result.subject
        if not result.repeats and result.latency and own.software and own.clock_mhz and result.framework:
            stacks = boards[own.device, own.clock_mhz, result.framework]
            age = result.round_position, version_key(own.software), own.availability
            held = stacks[age].get(own.benchmark)
            if held is None or _by_latency(result) < _by_latency(held):
                stacks[age][own.benchmark] = result
    jumps: dict[str, _Jump] = {}
    for stacks in boards.values():
        for old, new in combinations([stacks[age] for age in sorted(stacks)], 2):
            jump = _jump(benchmark, old, new)
            if jump and jump.gain >= LEAST_JUMP:
                device = jump.new.subject.device
                jumps[device] = max(jump, jumps.get(device, jump), key=lambda one: one.gain)
    if not jumps:
        return None
    most = max(jumps.values(), key=lambda one: (one.gain, one.new.subject.public_id))
    return ZeroChannels(
        benchmark=benchmark,
        model=models[benchmark][0],
        removable=removable[benchmark],
        gain=median(one.gain for one in jumps.values()),
        largest=most.gain,
        boards=len(jumps),
        device=most.new.subject.device,
        device_name=most.new.device_name,
        clock_mhz=most.new.subject.clock_mhz or 0.0,
        old_software=most.old.subject.software,
        old_round=most.old.subject.round,
        new_software=most.new.subject.software,
        new_round=most.new.subject.round,
        times_faster=_ms(most.old) / _ms(most.new),
        others_faster=most.others,
    )


@dataclass(frozen=True, slots=True)
class _Jump:
    old: Result
    new: Result
    gain: float
    others: float


def _jump(benchmark: str, old: Mapping[str, Result], new: Mapping[str, Result]) -> _Jump | None:
    """How much more ``benchmark`` gained from ``old`` to ``new`` software than the others that both ran."""
    shared = [
        name for name in old.keys() & new.keys()
        if compare(LATENCY, new[name].subject, old[name].subject).answer is not Answer.NOT_COMPARABLE
    ]  # fmt: skip
    controls = sorted(name for name in shared if name != benchmark)
    if benchmark not in shared or len(controls) < LEAST_CONTROLS:
        return None
    others = geometric_mean(_ms(old[name]) / _ms(new[name]) for name in controls)
    return _Jump(old[benchmark], new[benchmark], _ms(old[benchmark]) / _ms(new[benchmark]) / others, others)


def latency_is_not_energy(results: Iterable[Result], *, group: str, total: int) -> LatencyIsNotEnergy | None:
    """Whether the fastest draws the least energy. All ``results`` are of the comparison group ``group``, which has
    ``total`` of them; the fastest and the thriftiest of each benchmark and device give the same answer as all.

    A device stands for its fastest result of a benchmark when pairs are counted. None where the fastest is the
    thriftiest everywhere, or they cannot be told apart.
    """
    fields: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.latency and result.energy and not result.repeats:
            fields[result.subject.benchmark].append(result)
    ends = [(min(field, key=_by_latency), min(field, key=_by_energy)) for _, field in sorted(fields.items())]
    differing = [pair for pair in ends if _swapped(*pair)]
    if not differing:
        return None
    counts = [
        _told_apart([*_fastest_by(field, lambda result: result.subject.device).values()])
        for field in fields.values()
    ]
    fast, thrifty = max(differing, key=lambda pair: _uj(pair[0]) / _uj(pair[1]))
    return LatencyIsNotEnergy(
        differing=len(differing),
        benchmarks=len(ends),
        results=total,
        group=group,
        pairs=sum(pairs for pairs, _ in counts),
        swapped=sum(swapped for _, swapped in counts),
        benchmark=fast.subject.benchmark,
        fastest=fast.device_name,
        fastest_id=fast.subject.public_id,
        fastest_ms=_ms(fast),
        fastest_uj=_uj(fast),
        fastest_clock_mhz=fast.subject.clock_mhz,
        thriftiest=thrifty.device_name,
        thriftiest_id=thrifty.subject.public_id,
        thriftiest_ms=_ms(thrifty),
        thriftiest_uj=_uj(thrifty),
        thriftiest_clock_mhz=thrifty.subject.clock_mhz,
    )


def mixed_energies(results: Iterable[Result]) -> MixedEnergies | None:
    """How many energies of one round an order by energy would mix; all ``results`` are of that round."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.energy:
            groups[comparability().group(ENERGY, result.subject.conditions) or ""].append(result)
    group = _largest({name: held for name, held in groups.items() if name})
    outside = [result for name, held in groups.items() if name != group for result in held]
    if group is None or not outside:
        return None
    others = {name: held for name, held in groups.items() if name not in (group, "")}
    counts: dict[str, list[Result]] = defaultdict(list)
    for result in outside:
        counts[result.subject.benchmark].append(result)
    return MixedEnergies(
        round=outside[0].subject.round,
        energies=sum(len(held) for held in groups.values()),
        outside=len(outside),
        groups=len(groups),
        group=group,
        largest_outside=_largest(others) or "",
        benchmark=_largest(counts) or "",
    )


def undecided_neighbours(results: Iterable[Result]) -> UndecidedNeighbours | None:
    """How many neighbours by latency cannot be told apart; all ``results`` are of one round. A log is one result,
    however often it was handed in."""
    fields: dict[str, list[Result]] = defaultdict(list)
    for result in _first_of_logs(results):
        if result.latency:
            fields[result.subject.benchmark].append(result)
    close: dict[str, list[bool]] = {}
    for benchmark, field in sorted(fields.items()):
        ordered = sorted(field, key=_by_latency)
        close[benchmark] = [
            verdict(a.latency, b.latency, Direction.LOWER) is Verdict.UNDECIDED
            for a, b in pairwise(ordered)
            if a.latency and b.latency
        ]
    undecided = sum(sum(pairs) for pairs in close.values())
    if not undecided:
        return None
    most = max(close, key=lambda name: sum(close[name]))
    return UndecidedNeighbours(
        round=next(iter(fields.values()))[0].subject.round,
        pairs=sum(len(pairs) for pairs in close.values()),
        undecided=undecided,
        results=sum(len(field) for field in fields.values()),
        benchmark=most,
        benchmark_undecided=sum(close[most]),
        benchmark_pairs=len(close[most]),
    )


def version_key(software: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts versions as people read them: ``X 8.0.0`` before ``X 8.1.0`` before ``X 10.0``."""
    parts = re.findall(r"\d+|\D+", software)
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)


def _first_of_logs(results: Iterable[Result]) -> list[Result]:
    """Each measurement once, in the order of the public ids: a log that was handed in again counts once."""
    kept: dict[Hashable, Result] = {}
    for result in sorted(results, key=lambda one: one.subject.public_id):
        if not result.repeats:
            key = (result.subject.benchmark, result.log) if result.log else result.subject.public_id
            kept.setdefault(key, result)
    return list(kept.values())


def _fastest_by(results: Sequence[Result], key: Callable[[Result], Hashable]) -> dict[Hashable, Result]:
    """The fastest of each ``key``, the fastest first."""
    found: dict[Hashable, Result] = {}
    for result in sorted(results, key=_by_latency):
        found.setdefault(key(result), result)
    return found


def _swapped(one: Result, other: Result) -> bool | None:
    """Whether the faster of two draws more energy; None where one of the two verdicts is undecided or refused."""
    if not (one.latency and other.latency and one.energy and other.energy):
        return None
    if compare(ENERGY, one.subject, other.subject).answer is Answer.NOT_COMPARABLE:
        return None
    verdicts = (
        verdict(one.latency, other.latency, Direction.LOWER),
        verdict(one.energy, other.energy, Direction.LOWER),
    )
    return None if Verdict.UNDECIDED in verdicts else verdicts[0] is not verdicts[1]


def _told_apart(field: Sequence[Result]) -> tuple[int, int]:
    """Of all pairs of ``field``, results of one benchmark with latency and energy: how many :func:`_swapped` tells
    apart, and in how many of them it says yes. Row by row, as a field has a pair for every two devices."""
    latency, energy = (
        bands([spread for one in field if (spread := values(one))])
        for values in (lambda one: one.latency, lambda one: one.energy)
    )
    # Energies compare by these alone: one of each kind answers for all.
    kinds = [(one.subject.provenance, one.subject.conditions) for one in field]
    of_kind = dict(zip(kinds, (one.subject for one in field), strict=True))
    place = {kind: number for number, kind in enumerate(of_kind)}
    codes = np.array([place[kind] for kind in kinds])
    compares = np.array([
        [compare(ENERGY, one, other).answer is not Answer.NOT_COMPARABLE for other in of_kind.values()]
        for one in of_kind.values()
    ])  # fmt: skip
    pairs = swapped = 0
    for at in range(len(field) - 1):
        told = sides(latency[at], latency[at + 1 :]) * sides(energy[at], energy[at + 1 :])
        told *= compares[codes[at], codes[at + 1 :]]
        pairs += int(np.count_nonzero(told))
        swapped += int(np.count_nonzero(told < 0))
    return pairs, swapped


def _largest(groups: Mapping[str, Sequence[Result]]) -> str | None:
    """The group with most members; of equal ones the first by name."""
    return max(sorted(groups), key=lambda name: len(groups[name]), default=None)


def _ms(result: Result) -> float:
    return result.latency.value if result.latency else math.inf


def _uj(result: Result) -> float:
    return result.energy.value if result.energy else math.inf


def _by_latency(result: Result) -> tuple[float, str]:
    return _ms(result), result.subject.public_id


def _by_energy(result: Result) -> tuple[float, str]:
    return _uj(result), result.subject.public_id
