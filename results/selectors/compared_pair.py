"""Two results as the rules of comparison see them: the answer, the reason and both values."""

from __future__ import annotations

from dataclasses import dataclass

from results.analysis.comparing import Comparison, compare
from results.domain.comparison import METRICS
from results.models import LeaderboardEntry
from results.services.subjects import subject_of, value_of


class UnknownResult(LookupError):
    """No published result has this public id."""


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """The answer for one metric, a key of :data:`results.domain.comparison.METRICS`.

    ``left`` and ``right`` are values in the unit of the metric; None is not measured, and then ``comparison`` is None:
    where there is no value, there is nothing to compare.
    """

    metric: str
    left: float | None
    right: float | None
    comparison: Comparison | None
    not_measured: tuple[str, ...]

    @property
    def answer(self) -> str:
        """One of the three answers of the rules, or ``not measured``."""
        return str(self.comparison.answer) if self.comparison else "not measured"

    @property
    def text(self) -> str:
        """The answer in one sentence, as pages print it."""
        if self.comparison:
            return self.comparison.text
        return f"Not compared: {self.metric} of {' and '.join(self.not_measured)} was not measured."


def compared_pair(left: str, right: str, metric: str) -> ComparedPair:
    """The result ``left`` against ``right`` on ``metric``; UnknownResult names an id that is not published."""
    found = {entry.public_id: entry for entry in LeaderboardEntry.objects.filter(public_id__in=[left, right])}
    for public_id in (left, right):
        if public_id not in found:
            raise UnknownResult(public_id)
    entries = found[left], found[right]
    rule = METRICS[metric]
    own, other = (value_of(entry, rule) for entry in entries)
    absent = [entry.public_id for entry, value in zip(entries, (own, other), strict=True) if value is None]
    # Another benchmark is no comparison at all, measured or not: the rules say so first.
    same = entries[0].benchmark == entries[1].benchmark
    comparison = None if absent and same else compare(rule, *(subject_of(entry) for entry in entries))
    return ComparedPair(metric, own, other, comparison, tuple(dict.fromkeys(absent)))
