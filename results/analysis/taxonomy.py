"""The taxonomy of TinyML uses as cells, input kind × use case × model type × dataset, and what was measured in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from results.catalog.entries import BenchmarkEntry, InputKind
from results.domain.coverage import CellState


@dataclass(frozen=True, slots=True)
class Tally:
    """What was published on a benchmark with networks of one type. ``rounds`` oldest first."""

    results: int = 0
    systems: int = 0
    devices: int = 0
    rounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A benchmark in a cell, with its own part of what was measured there."""

    benchmark: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class TaxonomyCell:
    """One combination of the taxonomy. Nobody says that each makes sense: the survey lists the four apart."""

    input_kind: str
    use_case: str
    model_type: str
    dataset: str
    shares: tuple[Share, ...]

    @property
    def state(self) -> CellState:
        if any(share.tally.results for share in self.shares):
            return CellState.MEASURED
        return CellState.NO_RESULT if self.shares else CellState.NO_BENCHMARK


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Results on a benchmark that stand in no cell: nobody states their network, or the type of it (``model_type``
    empty), or it is of a type that the survey does not list for the input kind."""

    benchmark: str
    model_type: str
    tally: Tally


Tallies = Mapping[tuple[str, str], Tally]
"""(benchmark, model type) → what was published; the type is empty where it is not known."""


def taxonomy_cells(
    kinds: Iterable[InputKind],
    benchmarks: Sequence[BenchmarkEntry],
    reference_types: Mapping[str, str],
    tallies: Tallies,
) -> Iterator[TaxonomyCell]:
    """Every cell of ``kinds``, in the order of the survey; a benchmark stands in all cells of its datasets.

    ``reference_types``: benchmark → type of its reference model, which a benchmark covers even without a result.
    """
    for kind in kinds:
        own = [entry for entry in benchmarks if entry.input_kind == kind.slug]
        for use_case in kind.use_cases:
            for dataset in kind.datasets:
                here = [e for e in own if e.use_case == use_case and dataset in e.survey_datasets]
                for model_type in kind.model_types:
                    shares = tuple(
                        Share(entry.id, tallies.get((entry.id, model_type), Tally()))
                        for entry in here
                        if reference_types[entry.id] == model_type or (entry.id, model_type) in tallies
                    )
                    yield TaxonomyCell(kind.slug, use_case, model_type, dataset, shares)


def unplaced(
    kinds: Mapping[str, InputKind], benchmarks: Sequence[BenchmarkEntry], tallies: Tallies
) -> tuple[Unplaced, ...]:
    """The tallies that stand in no cell, in the order of ``benchmarks``; those of unknown benchmarks last."""
    types = {entry.id: kinds[entry.input_kind].model_types for entry in benchmarks}
    order = {entry.id: place for place, entry in enumerate(benchmarks)}
    left = [
        Unplaced(benchmark, model_type, tally)
        for (benchmark, model_type), tally in tallies.items()
        if model_type not in types.get(benchmark, ())
    ]
    return tuple(
        sorted(left, key=lambda one: (order.get(one.benchmark, len(order)), one.benchmark, one.model_type))
    )
