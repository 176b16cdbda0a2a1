"""The shipped external figures: read back as they were written, and every row traces to a place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.catalog.figure_files import FigureFilesError, read_figures, write_figures
from results.catalog.reader import catalogue
from results.domain.figures import FIGURE_METRICS, FigureRow
from tests.results.figures_data import QUARANTINED, USABLE, figure, graph, write_folder

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
numbers = st.none() | st.floats(min_value=1e-9, max_value=1e12)


@st.composite
def figures(draw: st.DrawFn) -> FigureRow:
    return figure(
        model_stated=draw(texts), raw=draw(texts), dataset=draw(texts | st.just("")), value=draw(numbers),
        clock_mhz=draw(numbers), batch=draw(st.none() | st.integers(1, 10**6)),
        metric=draw(st.sampled_from(sorted(FIGURE_METRICS))),
    )  # fmt: skip


@given(st.lists(figures(), max_size=4))
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[FigureRow]
) -> None:
    folder = write_folder(tmp_path_factory.mktemp("figures"), tuple(rows))
    assert read_figures(folder).figures == tuple(rows)


def test_graphs_and_devices_are_read_with_their_limits(tmp_path: Path) -> None:
    files = read_figures(write_folder(tmp_path))
    assert files.graphs == (graph(),)
    assert files.devices["Accelerator"].peak_gops == {"int8": 1000.0}
    assert files.devices["BOARD-A"].slug == "board-a"
    assert not files.devices["BOARD-X"].known_board
    assert files.sources["vendor/zoo"].address("0a1b2c3", "a/README.md") == "https://github.com/vendor/zoo/blob/0a1b2c3/a/README.md"  # fmt: skip
    assert files.sources["vendor/zoo"].address("", "a/README.md") == "https://github.com/vendor/zoo"


@pytest.mark.parametrize(("change", "message"), [
    ({"metric": "speed"}, "small.figures.csv, row 3: metric: expected one of latency_ms"),
    ({"provenance": "reviewed"}, "row 3: provenance: expected one of vendor-published, literature; found 'reviewed'"),
    ({"source": "no/where"}, "row 3: source: expected one of vendor/zoo, lab/paper"),
    ({"raw": ""}, "row 3: raw: expected a text, found none"),
    ({"clock_mhz": "fast"}, "row 3: clock_mhz: expected a number, found 'fast'"),
])  # fmt: skip
def test_a_wrong_row_is_named_with_what_was_expected(
    tmp_path: Path, change: dict[str, str], message: str
) -> None:
    write_folder(tmp_path)
    write_figures(tmp_path / "small.figures.csv", (figure(), figure(**change)))
    with pytest.raises(FigureFilesError) as caught:
        read_figures(tmp_path)
    assert message in str(caught.value)


def test_a_missing_file_and_a_wrong_header_are_named(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "graphs.csv").write_text("a,b\n")
    with pytest.raises(FigureFilesError, match="graphs.csv, line 1: expected the columns model"):
        read_figures(tmp_path)
    (tmp_path / "graphs.csv").unlink()
    with pytest.raises(FigureFilesError, match="graphs.csv: expected a file"):
        read_figures(tmp_path)


def test_no_shipped_figure_claims_to_be_reviewed_and_each_names_its_place() -> None:
    files = read_figures()
    assert len(files.figures) > 4000
    assert {row.provenance for row in files.figures} == {"vendor-published", "literature"}
    for row in files.figures:
        assert row.source in files.sources
        assert row.commit
        assert row.path
        assert row.locator


def test_shipped_devices_are_those_of_the_catalogue_or_none() -> None:
    files = read_figures()
    linked = {limits.slug for limits in files.devices.values() if limits.slug}
    assert linked <= set(catalogue().devices)
    assert "stm32h747i-disco" in linked
    assert files.devices["STM32H769I-DISCO"].slug == ""


def test_the_counted_macs_of_the_reference_networks_are_those_of_the_catalogue() -> None:
    known = catalogue().neural_models
    counted = {row.model: row for row in read_figures().graphs if row.model in known}
    assert set(counted) == set(known)
    for slug, row in counted.items():
        assert row.macs == known[slug].macs
        parts = (row.macs_conv, row.macs_pointwise, row.macs_depthwise, row.macs_fc)
        assert sum(part or 0 for part in parts) == row.macs
        assert row.file_bytes == known[slug].weight_bytes_int8


def test_the_makers_hold_one_row_of_each_kind() -> None:
    assert {row.batch_choice for row in USABLE} == {"", "one", "best"}
    assert QUARANTINED[1].value is None
