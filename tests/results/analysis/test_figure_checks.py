"""Physics checks: each finds what cannot be, and says nothing where its limit is not known."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.analysis.figure_checks import quarantine
from results.domain.figures import DeviceLimits, FigureRow, Quarantine
from tests.results.figures_data import figure, graph

LIMITS = DeviceLimits(
    stated="BOARD-A", slug="board-a", group="board-a", vendor="", device_class="mcu", core="", known_board=True,
    mac_per_cycle=2.0, peak_gops={}, bandwidth_gb_per_s=None, ram_kib=512.0, external_ram_kib=0.0, source="",
)  # fmt: skip
ACCELERATOR = dataclasses.replace(
    LIMITS, mac_per_cycle=None, peak_gops={"int8": 1000.0}, bandwidth_gb_per_s=10.0
)
GRAPHS = (graph(),)
PARAMETERS = graph(parameters=1_000_000, weight_bytes=None)


def code(row: FigureRow, limits: DeviceLimits | None = LIMITS, graphs=GRAPHS) -> str:
    reason = quarantine(row, limits=limits, graphs=graphs)
    assert reason is None or reason.text.endswith((".", "so."))
    return reason.code if reason else ""


def test_a_row_that_nothing_speaks_against_is_usable() -> None:
    assert code(figure()) == ""
    assert code(figure(), None, ()) == ""


@pytest.mark.parametrize(("row", "expected"), [
    (figure(value=None, raw="521.210.0.0"), Quarantine.MALFORMED_NUMBER),
    (figure(value=0.0, raw="0"), Quarantine.NOT_POSITIVE),
    (figure(value=-1.0, raw="-1"), Quarantine.NOT_POSITIVE),
    (figure(metric="top1_pct", value=100.01, raw="100.01"), Quarantine.ACCURACY_RANGE),
    (figure(metric="ap_pct", value=-0.1, raw="-0.1"), Quarantine.ACCURACY_RANGE),
    (figure(metric="top1_pct", value=0.0, raw="0"), ""),
    (figure(metric="runtime_ram_bytes", value=0.0, raw="0"), ""),
])  # fmt: skip
def test_numbers_that_cannot_be(row: FigureRow, expected: str) -> None:
    assert code(row) == expected


@pytest.mark.parametrize(("name", "shape", "expected"), [
    ("MobileNet v2 0.35 128", "224x224x3", Quarantine.INPUT_SIZE),
    ("mobilenet_v2_0.35_128", "224x224", Quarantine.INPUT_SIZE),
    ("mobilenet_v2_0.35_128", "128x128x3", ""),
    ("st_yolo_x_nano_256_0.33_0.25", "256x256x3", ""),
    ("GMP wl 48", "24x3x1", Quarantine.INPUT_SIZE),
    ("GMP wl 24", "24x3x1", ""),
    ("SVC wl 48 pct 10", "1x1x1x144", ""),
    ("yamnet_256_64x96", "96x96x1", Quarantine.INPUT_SIZE),
    ("yamnet_256_64x96", "64x96x1", ""),
    ("ResNet v1 32", "32x32x3", ""),
    ("FdMobileNet 0.25", "224x224", ""),
    ("mobilenet_v1_0.25_96", "", ""),
])  # fmt: skip
def test_a_name_and_an_input_that_contradict_each_other(name: str, shape: str, expected: str) -> None:
    assert code(figure(model_stated=name, input=shape)) == expected


def test_a_board_that_does_not_exist_is_quarantined_whatever_the_number() -> None:
    limits = dataclasses.replace(LIMITS, known_board=False, source="It is BOARD-B.")
    reason = quarantine(figure(device="BOARD-X"), limits=limits)
    assert reason is not None
    assert reason.code is Quarantine.BOARD_NAME
    assert "“BOARD-X”" in reason.text
    assert "It is BOARD-B." in reason.text


def test_two_counts_of_operations_may_differ_a_little_and_not_a_millionfold() -> None:
    assert code(figure(operations=1.0e7, counted_operations=0.8e7)) == ""
    assert code(figure(operations=1.0e16, counted_operations=8.2e9)) == Quarantine.OPERATION_COUNT
    assert code(figure(operations=8.2e9, counted_operations=1.0e16)) == Quarantine.OPERATION_COUNT
    assert code(figure(operations=1.0e16)) == ""


def test_ram_counts_what_stands_beside_the_chip_and_says_nothing_where_it_is_unknown() -> None:
    row = figure(metric="ram_bytes", value=600 * 1024.0, raw="600")
    assert code(row) == Quarantine.RAM_ABOVE_DEVICE
    assert code(row, dataclasses.replace(LIMITS, external_ram_kib=8192.0)) == ""
    assert code(row, dataclasses.replace(LIMITS, ram_kib=None)) == ""
    assert code(figure(metric="flash_bytes", value=600 * 1024.0, raw="600")) == ""


def test_a_latency_below_the_peak_of_the_core_cannot_be() -> None:
    # 10⁶ MACs at 2 per cycle and 400 MHz take 1.25 ms.
    assert code(figure(value=1.24)) == Quarantine.BELOW_PEAK
    assert code(figure(value=1.26)) == ""
    assert code(figure(value=1.24, clock_mhz=None)) == ""
    assert code(figure(value=1.24), graphs=()) == ""
    assert code(figure(metric="throughput_inf_per_s", value=900.0)) == Quarantine.BELOW_PEAK


def test_the_smallest_graph_known_of_a_network_sets_the_bound() -> None:
    assert code(figure(value=1.0), graphs=(graph(), graph(macs=500_000))) == ""


def test_weights_have_to_be_read_once_per_batch() -> None:
    # 10⁶ bytes at 10 GB/s take 0.1 ms; 2 · 10⁶ operations at 1000 GOPS take 0.002 ms.
    assert code(figure(value=0.05), ACCELERATOR, (PARAMETERS,)) == Quarantine.BELOW_ROOFLINE
    assert code(figure(value=0.11), ACCELERATOR, (PARAMETERS,)) == ""
    assert code(figure(value=0.3, batch=16), ACCELERATOR, (PARAMETERS,)) == ""
    assert code(figure(value=0.01, batch=16), ACCELERATOR, (PARAMETERS,)) == Quarantine.BELOW_PEAK
    assert code(figure(value=0.05, precision="int2"), ACCELERATOR, (PARAMETERS,)) == ""


@given(st.floats(min_value=1e-6, max_value=1e9), st.floats(min_value=1.0, max_value=1e3))
def test_a_slower_figure_is_never_quarantined_where_a_faster_one_was_not(value: float, factor: float) -> None:
    if code(figure(value=value), ACCELERATOR, (PARAMETERS,)) == "":
        assert code(figure(value=value * factor), ACCELERATOR, (PARAMETERS,)) == ""
