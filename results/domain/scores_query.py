"""What a reader asks of the normalised scores: metric, filters, reference system and weights, as an address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .parameters import ParameterReader, join_list, number_text
from .query import read_filter
from .score_metrics import COMMON_SET, SCORE_METRICS, ScoreMetric

SCORE_FILTERS = ("round", "division", "availability", "class", "provenance")
"""Filters in canonical order; none of them changes a score."""
WEIGHTS = {f"w_{name}": name for name in COMMON_SET}
"""Parameter → benchmark."""
LEAST_WEIGHT, GREATEST_WEIGHT = 0.001, 1000.0
PARAMETERS = ("metric", *SCORE_FILTERS, "group", "to", *WEIGHTS)
GROUP_PATTERN = r"^(chip-rail|board)@[1-9]\d{0,4}$"

_SYSTEM = re.compile(r"[1-9]\d{0,8}\Z")
_GROUP = re.compile(GROUP_PATTERN.strip("^$") + r"\Z")


@dataclass(frozen=True, slots=True)
class ScoresQuery:
    """One view of the scores.

    ``to`` is the key of the system that is the reference, None for the fixed one. ``weights`` by benchmark hold those
    that are not 1; weights count relative to their sum, so four equal ones are none. ``filters`` maps a name of
    :data:`SCORE_FILTERS` to its values (any of them); ``group`` keeps the systems with energies of one scope and supply.
    ``start`` is the place, from 1, of the first row of a document; pages show the first rows.
    """

    word: str = "latency"
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group: str | None = None
    to: int | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    start: int = 1

    @property
    def metric(self) -> ScoreMetric:
        return SCORE_METRICS[self.word]

    @property
    def is_fixed(self) -> bool:
        """Whether the scores are those against the fixed reference, unweighted."""
        return self.to is None and not self.weights

    def weight(self, benchmark: str) -> float:
        return self.weights.get(benchmark, 1.0)


def parse_scores_query(params: Mapping[str, Sequence[str]], *, is_document: bool = False) -> ScoresQuery:
    """The view that ``params`` (name → values, decoded) ask for; QueryError with every problem. Only a document has a
    ``start``."""
    reader = ParameterReader(params, (*PARAMETERS, *(["start"] if is_document else [])))
    word = reader.choice("metric", tuple(SCORE_METRICS), "latency")
    query = ScoresQuery(
        word=word,
        filters={name: values for name in SCORE_FILTERS if (values := read_filter(reader, name))},
        group=_read_group(reader, SCORE_METRICS[word]),
        to=_read_system(reader),
        weights=_read_weights(reader),
        start=_read_start(reader) if is_document else 1,
    )
    reader.raise_problems()
    return query


def scores_params(query: ScoresQuery) -> list[tuple[str, str]]:
    """The canonical parameters of ``query``: fixed order, defaults left out."""
    params = [
        ("metric", "" if query.word == "latency" else query.word),
        *((name, join_list(query.filters.get(name, ()))) for name in SCORE_FILTERS),
        ("group", query.group or ""),
        ("to", str(query.to) if query.to else ""),
        *(
            (name, number_text(query.weights[benchmark]) if benchmark in query.weights else "")
            for name, benchmark in WEIGHTS.items()
        ),
    ]
    return [(name, value) for name, value in params if value]


def _read_group(reader: ParameterReader, metric: ScoreMetric) -> str | None:
    group = reader.single("group")
    if group is None:
        return None
    if not _GROUP.match(group):
        reader.refuse("group", group, "is no scope with a supply in millivolts, such as chip-rail@1800")
    elif not metric.needs_energy:
        reader.refuse(
            "group",
            group,
            f"chooses among energies; leave it out, or ask for metric=energy, not {metric.word}",
        )
    return group


def _read_system(reader: ParameterReader) -> int | None:
    to = reader.single("to")
    if to is None:
        return None
    if not _SYSTEM.match(to):
        reader.refuse("to", to, "is not the number of a system, such as 3 in /systems/3/")
        return None
    return int(to)


def _read_start(reader: ParameterReader) -> int:
    start = reader.single("start")
    if start is None:
        return 1
    if not _SYSTEM.match(start):
        reader.refuse("start", start, "is not the place of a row, from 1")
        return 1
    return int(start)


def _read_weights(reader: ParameterReader) -> dict[str, float]:
    weights = {}
    for name, benchmark in WEIGHTS.items():
        text = reader.single(name)
        if text is None:
            continue
        weight = _number(text)
        if weight is None or not LEAST_WEIGHT <= weight <= GREATEST_WEIGHT:
            reader.refuse(
                name,
                text,
                f"must be a number from {LEAST_WEIGHT:g} to {GREATEST_WEIGHT:g}, 1 unless given. A score covers all of "
                f"{', '.join(COMMON_SET)}, so no weight is 0: the leaderboard of a benchmark shows it alone",
            )
            continue
        weights[benchmark] = weight
    if len({weights.get(name, 1.0) for name in COMMON_SET}) == 1:
        return {}  # all alike: they count relative to their sum
    return {name: weight for name, weight in weights.items() if weight != 1}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
