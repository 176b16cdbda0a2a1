"""The taxonomy as cells: every combination once, each benchmark where it belongs, nothing counted out of nowhere."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from results.analysis.taxonomy import Tally, TaxonomyCell, taxonomy_cells, unplaced
from results.catalog.reader import catalogue
from results.domain.coverage import CellState

KNOWN = catalogue()
KINDS = tuple(KNOWN.input_kinds.values())
BENCHMARKS = tuple(KNOWN.benchmarks.values())
TYPES = {entry.id: KNOWN.neural_models[entry.reference_model].model_type for entry in BENCHMARKS}
EVERY_TYPE = sorted({name for kind in KINDS for name in kind.model_types})

tallies = st.dictionaries(
    st.tuples(st.sampled_from([*KNOWN.benchmarks, "unknown"]), st.sampled_from([*EVERY_TYPE, ""])),
    st.integers(1, 9).map(lambda number: Tally(number, number, 1, ("v1.1",))),
)


def cells(found: dict[tuple[str, str], Tally]) -> list[TaxonomyCell]:
    return list(taxonomy_cells(KINDS, BENCHMARKS, TYPES, found))


@given(tallies)
def test_every_combination_of_the_survey_is_one_cell(found: dict[tuple[str, str], Tally]) -> None:
    held = [(cell.input_kind, cell.use_case, cell.dataset, cell.model_type) for cell in cells(found)]
    assert held == [
        (kind.slug, *combination)
        for kind in KINDS
        for combination in product(kind.use_cases, kind.datasets, kind.model_types)
    ]


@given(tallies)
def test_every_result_stands_in_a_cell_of_its_benchmark_or_is_listed_apart(
    found: dict[tuple[str, str], Tally],
) -> None:
    placed = {
        (share.benchmark, cell.model_type): share.tally
        for cell in cells(found)
        for share in cell.shares
        if share.tally.results
    }
    apart = {
        (one.benchmark, one.model_type): one.tally for one in unplaced(KNOWN.input_kinds, BENCHMARKS, found)
    }
    assert placed.keys().isdisjoint(apart)
    assert placed | apart == found


@given(tallies)
def test_a_cell_is_measured_only_by_results_of_a_benchmark_of_its_use_case_and_dataset(
    found: dict[tuple[str, str], Tally],
) -> None:
    for cell in cells(found):
        for share in cell.shares:
            entry = KNOWN.benchmarks[share.benchmark]
            assert (entry.input_kind, entry.use_case) == (cell.input_kind, cell.use_case)
            assert cell.dataset in entry.survey_datasets
        results = sum(share.tally.results for share in cell.shares)
        assert (cell.state == CellState.MEASURED) == (results > 0)
        assert (cell.state == CellState.NO_BENCHMARK) == (not cell.shares)


def test_without_a_result_a_benchmark_covers_the_type_of_its_reference_model_alone() -> None:
    covered = {
        (share.benchmark, cell.dataset, cell.model_type) for cell in cells({}) for share in cell.shares
    }
    assert covered == {
        ("kws", "Speech Commands", "CNN"), ("vww", "Visual Wake Words", "CNN"), ("ic", "CIFAR-10", "CNN"),
        ("ic2", "CIFAR-10", "CNN"), ("ad", "ToyADMOS", "DNN"), ("sww", "Speech Commands", "CNN"),
        ("sww", "MUSAN", "CNN"),
    }  # fmt: skip
    assert not [cell for cell in cells({}) if cell.state == CellState.MEASURED]


def test_a_network_of_another_type_measures_a_cell_of_its_own() -> None:
    found = {("kws", "RNN"): Tally(2, 1, 1, ("v1.0",))}
    measured = [cell for cell in cells(found) if cell.state == CellState.MEASURED]
    assert [(cell.use_case, cell.model_type) for cell in measured] == [("Keyword spotting", "RNN")]


def test_a_type_that_the_survey_does_not_list_for_the_input_is_listed_apart_in_catalogue_order() -> None:
    tally = Tally(1, 1, 1, ("v1.1",))
    found = {("nobody", ""): tally, ("ad", "CNN"): tally, ("kws", ""): tally, ("ad", "DNN"): tally}
    listed = [(one.benchmark, one.model_type) for one in unplaced(KNOWN.input_kinds, BENCHMARKS, found)]
    assert listed == [("kws", ""), ("ad", "CNN"), ("nobody", "")]
