"""The long matrix: reviewed results and usable external figures as a projection reads them."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from results.models import ExternalFigure
from results.services.matrix import (
    MATRIX_COLUMNS,
    evaluation_columns,
    evaluation_rows,
    external_rows,
    matrix_rows,
    mlperf_rows,
)
from tests.results.figures_data import USABLE, figure, graph, load, write_folder
from tests.results.makers import aggregate, make_device, make_run, make_system

pytestmark = pytest.mark.django_db

ASKED_FOR = {
    "model", "device", "family", "device_group", "vendor", "device_class", "core", "stack", "stack_version",
    "clock_mhz", "supply_mv", "precision", "latency_ms", "energy_uj", "round", "submitter", "provenance", "source_id",
    "macs_conv", "macs_pointwise", "macs_depthwise", "macs_fc", "weight_bytes", "activation_bytes", "ops",
    "input_elements", "effective_macs",
}  # fmt: skip


def test_a_row_has_every_column_that_a_projection_wants() -> None:
    assert set(MATRIX_COLUMNS) >= ASKED_FOR


def test_an_external_row_holds_its_configuration_memory_and_features(tmp_path: Path) -> None:
    make_device("board-a")
    load(tmp_path)
    row = next(row for row in external_rows() if row.model == "net-96")
    assert (row.device, row.device_group) == ("BOARD-A, 400 MHz, 1 CPU, Tool 1.0, int8", "board-a")
    assert (row.latency_ms, row.energy_uj, row.ram_bytes, row.flash_bytes) == (20.0, None, 102400.0, None)
    assert (row.macs, row.macs_conv, row.macs_pointwise, row.macs_depthwise, row.macs_fc, row.ops) == (
        1_000_000, 900_000, None, 90_000, 10_000, 12,
    )  # fmt: skip
    assert row.source_id == ExternalFigure.objects.get(model__slug="net-96", metric="latency_ms", device_name="BOARD-A", quarantine="").key  # fmt: skip
    assert (row.provenance, row.round, row.submitter) == ("vendor-published", None, None)


def test_a_quarantined_row_a_best_batch_and_a_row_without_a_device_are_no_cells(tmp_path: Path) -> None:
    load(tmp_path, *USABLE, figure(device="BOARD-X"), figure(device="", model="lost", model_stated="lost"))
    cells = {(row.model, row.device_group, row.latency_ms) for row in external_rows()}
    assert cells == {("net-96", "board-a", 20.0), ("other-96", "board-a", 5.0), ("mlp", "accelerator", 0.5)}


def test_of_several_releases_the_newest_counts(tmp_path: Path) -> None:
    load(
        tmp_path,
        figure(value=30.0, raw="30", dated="2023-01-01"),
        figure(value=20.0, raw="20", dated="2024-01-01"),
        figure(value=25.0, raw="25", dated="2023-06-01"),
        figure(value=19.0, raw="19", dated="2024-01-01", software_version="2.0"),
        figure(value=18.0, raw="18", dated="", software_version="2.0"),
    )
    assert [row.latency_ms for row in external_rows()] == [20.0, 18.0]


def test_features_come_from_the_graph_of_the_release_and_the_dataset(tmp_path: Path) -> None:
    graphs = (
        graph(dataset="Flowers", macs_fc=1, path="x/models/net/a.tflite"),
        graph(dataset="Food-101", macs_fc=2),
        graph(dataset="Flowers", macs_fc=3),
    )
    rows = (
        figure(),
        figure(dataset="Food-101", engine="2 CPU"),
        figure(dataset="", engine="3 CPU", path="net/README.md"),
        figure(engine="4 CPU", path="x/models/net/README.md"),
    )
    from results.services.external_figures import load_external_figures

    load_external_figures(write_folder(tmp_path, rows, graphs))
    assert [row.macs_fc for row in external_rows()] == [3, 2, 2, 1]


def test_reviewed_results_of_the_closed_division_are_the_cells_of_mlperf() -> None:
    system = make_system(system_id="board/one", device="board-a", framework_version="2.4")
    run = make_run("vww", latency_ms=100.0, energy_uj=500.0, system=system, precision="int8", log="a" * 64)
    make_run("kws", latency_ms=1.0, division="open")
    make_run("kws", latency_ms=2.0, status="withdrawn")
    make_run("vww", latency_ms=100.0, round_id="v1.3", log="a" * 64)
    aggregate()
    (row,) = mlperf_rows()
    assert (row.model, row.device, row.device_group) == ("vww01", "v1.1 lab board/one", "board-a")
    assert (row.latency_ms, row.energy_uj, row.supply_mv, row.clock_mhz) == (100.0, 500.0, 1800.0, 120.0)
    assert (row.stack, row.stack_version, row.precision) == ("TFLite Micro", "2.4", "int8")
    assert (row.source_id, row.provenance, row.submitter, row.round) == (
        run.public_id,
        "reviewed",
        "lab",
        "v1.1",
    )
    assert (row.macs, row.effective_macs) == (1000, 3_742_091)
    assert row.macs_conv is None, "no graph has been loaded"


def test_the_scopes_share_nothing_but_the_results_of_mlperf(tmp_path: Path) -> None:
    make_run("vww", latency_ms=100.0, energy_uj=500.0)
    aggregate()
    load(tmp_path)
    assert {row.provenance for row in matrix_rows("mlperf")} == {"reviewed"}
    assert {row.provenance for row in matrix_rows("all")} == {"reviewed", "vendor-published", "literature"}


def test_queries_do_not_grow_with_the_rows(tmp_path: Path, django_assert_max_num_queries) -> None:
    make_run("vww")
    aggregate()
    load(tmp_path, *USABLE, *(figure(model=f"n{k}", model_stated=f"n{k}") for k in range(20)))
    with django_assert_max_num_queries(6):
        matrix_rows("all")


def test_an_evaluation_reads_prefixed_features_and_only_cells_with_the_target(tmp_path: Path) -> None:
    make_run("vww", latency_ms=100.0)
    make_run("kws", latency_ms=10.0, energy_uj=50.0)
    aggregate()
    load(tmp_path)
    rows = evaluation_rows(matrix_rows("all"), "energy")
    assert [(row["model"], row["energy_uj"]) for row in rows] == [("kws01", 50.0)]
    for row in evaluation_rows(matrix_rows("all"), "latency"):
        assert tuple(row) == evaluation_columns("latency")
    names = evaluation_columns("latency")
    assert names[:3] == ("model", "device", "latency_ms")
    assert {"model_macs_depthwise", "device_clock_mhz", "device_class", "family", "device_group"} <= set(
        names
    )


def test_the_command_writes_the_matrix_with_absent_cells_empty(tmp_path: Path) -> None:
    load(tmp_path)
    out, said = tmp_path / "matrix.csv", StringIO()
    call_command("export_matrix", kind="latency", scope="all", csv=out, stdout=said)
    rows = list(csv.DictReader(StringIO(out.read_text())))
    assert said.getvalue() == f"3 rows in {out}\n"
    assert [(row["model"], row["latency_ms"], row["device_supply_mv"]) for row in rows] == [
        ("net-96", "20.0", ""), ("other-96", "5.0", ""), ("mlp", "0.5", ""),
    ]  # fmt: skip
    printed = StringIO()
    call_command("export_matrix", scope="mlperf", stdout=printed)
    assert printed.getvalue().splitlines() == [",".join(evaluation_columns("latency"))]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_matrix", csv=tmp_path / "no" / "where.csv", stdout=StringIO())
