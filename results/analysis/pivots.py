"""What the pivots compare: a result beside the chosen one, lines over rounds with their breaks, operating points.

Whether two values may be compared is never decided here: :func:`results.analysis.comparing.compare` answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise, product

from results.domain.metrics import Direction

from .comparability import comparability
from .comparing import Answer, Comparison, Subject, compare, officially_compatible
from .ranking import ratio
from .uncertainty import Spread, Verdict, verdict

QUALITY = "quality"


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one result. ``line`` says what one line over rounds may join (see :func:`lines`)."""

    subject: Subject
    value: Spread
    round_position: int
    line: Hashable = None


@dataclass(frozen=True, slots=True)
class Beside:
    """A value beside another: ``times_better`` above 1 is better than the other, in the direction of the metric.

    Both numbers are None where the values do not compare, and for qualities, whose differences are points.
    ``times_better`` is None too where a value is 0.
    """

    comparison: Comparison
    times_better: float | None
    verdict: Verdict | None

    @property
    def compared(self) -> bool:
        """Whether the engine lets the two values meet."""
        return self.comparison.answer is not Answer.NOT_COMPARABLE


@dataclass(frozen=True, slots=True)
class Step:
    """From one sample of a line to the next."""

    before: Sample
    after: Sample
    beside: Beside


@dataclass(frozen=True, slots=True)
class Line:
    """The best sample of each round among those that share a ``line``, oldest first."""

    samples: tuple[Sample, ...]
    steps: tuple[Step, ...]


class BreakKind(StrEnum):
    """What a boundary between two rounds does to values: none crosses, some do not, or they are compared although the
    official table does not state that the two versions compare."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True)
class Break:
    """A boundary between two rounds; ``reasons`` are sentences."""

    before: str
    after: str
    kind: BreakKind
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Latency in ms and energy in µJ per inference of one result."""

    subject: Subject
    latency: Spread
    energy: Spread


@dataclass(frozen=True, slots=True)
class Curve:
    """Operating points of one device with one software, by clock, then supply; a single point has no neighbour."""

    points: tuple[OperatingPoint, ...]


def beside(metric: str, direction: Direction, own: Sample, other: Sample) -> Beside:
    """``own`` against ``other``, as the comparability rules allow it."""
    comparison = compare(metric, own.subject, other.subject)
    if metric == QUALITY or comparison.answer is Answer.NOT_COMPARABLE:
        return Beside(comparison, None, None)
    times_better = None
    if own.value.value > 0 and other.value.value > 0:
        times_better = 1 / ratio(own.value.value, other.value.value, direction)
    return Beside(comparison, times_better, verdict(own.value, other.value, direction))


def lines(metric: str, direction: Direction, samples: Iterable[Sample]) -> tuple[Line, ...]:
    """The samples that are told apart by ``line``, the best of each round, in the order of the rounds.

    Of equal samples of one round the first stands for it.
    """
    held: dict[Hashable, dict[int, Sample]] = defaultdict(dict)
    for sample in samples:
        best = held[sample.line].setdefault(sample.round_position, sample)
        if _better(sample, best, direction):
            held[sample.line][sample.round_position] = sample
    return tuple(_line(metric, direction, by_round) for by_round in held.values())


def _line(metric: str, direction: Direction, by_round: dict[int, Sample]) -> Line:
    ordered = tuple(by_round[position] for position in sorted(by_round))
    steps = tuple(Step(a, b, beside(metric, direction, b, a)) for a, b in pairwise(ordered))
    return Line(ordered, steps)


def _better(one: Sample, other: Sample, direction: Direction) -> bool:
    if direction is Direction.LOWER:
        return one.value.value < other.value.value
    return one.value.value > other.value.value


def round_breaks(metric: str, samples: Sequence[Sample]) -> tuple[Break, ...]:
    """The boundaries between neighbouring rounds of ``samples`` that not all values of ``metric`` cross, and those
    whose two versions the official table does not call compatible."""
    kinds: dict[int, set[Subject]] = defaultdict(set)
    for sample in samples:
        kinds[sample.round_position].add(_conditions(sample.subject))
    # sorted, so that reasons stand in the same order at every run
    sides = [sorted(kinds[position], key=repr) for position in sorted(kinds)]
    found = (_break(metric, before, after) for before, after in pairwise(sides))
    return tuple(one for one in found if one is not None)


def _break(metric: str, before: Sequence[Subject], after: Sequence[Subject]) -> Break | None:
    answers = [compare(metric, right, left) for left, right in product(before, after)]
    refused = [answer for answer in answers if answer.answer is Answer.NOT_COMPARABLE]
    reasons = list(dict.fromkeys(reason for answer in refused for reason in answer.reasons))
    names = before[0].round, after[0].round
    if not officially_compatible(*names):
        reasons.append(
            f"The compatibility table of MLCommons does not state whether {names[0]} and {names[1]} compare."
        )
    elif not refused:
        return None
    if not refused:
        kind = BreakKind.NOT_STATED
    else:
        kind = BreakKind.COMPLETE if len(refused) == len(answers) else BreakKind.PARTIAL
    return Break(*names, kind, tuple(reasons))


def _conditions(subject: Subject) -> Subject:
    """How it was measured, without who measured it and with what: many results share it."""
    return replace(
        subject, public_id="", device="", software="", submitter="", precision="", neural_model="", clock_mhz=None
    )  # fmt: skip


def curves(points: Iterable[OperatingPoint]) -> tuple[Curve, ...]:
    """The points by what else they share: joined are those that differ in clock or supply and in nothing else.

    A point whose device, software or clock nobody states stands alone; so does a second one at the same clock and
    supply, because something else must differ there.
    """
    held: dict[Hashable, dict[tuple[float, int], OperatingPoint]] = defaultdict(dict)
    alone: list[Curve] = []
    for point in points:
        subject = point.subject
        if not subject.device or not subject.software or subject.clock_mhz is None:
            alone.append(Curve((point,)))
            continue
        place = subject.clock_mhz, _nominal_supply(subject)
        group = held[replace(subject, public_id="", clock_mhz=None, supply_voltage_mv=None)]
        if group.setdefault(place, point) is not point:
            alone.append(Curve((point,)))
    return (*(Curve(tuple(group[place] for place in sorted(group))) for group in held.values()), *alone)


def same_supply(one: Subject, other: Subject) -> bool:
    """Whether two energies were measured at one supply, as the rules round it; unknown is no supply."""
    return one.supply_voltage_mv is not None and _nominal_supply(one) == _nominal_supply(other)


def _nominal_supply(subject: Subject) -> int:
    """In mV; -1 where nobody states it."""
    supply = subject.supply_voltage_mv
    return -1 if supply is None else comparability().nominal_supply_mv(supply)
