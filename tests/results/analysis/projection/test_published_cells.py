"""Published runs as rows: levels of the device from what is stated, a figure handed in again counts once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from results.analysis.projection.published_cells import (
    PublishedRun,
    model_layers,
    published_cells,
    table_rows,
)
from results.catalog.reader import catalogue

RUN = PublishedRun(
    key="k", round="v1.0", submitter="lab", system="board", variant="", model="kws01", device="board-a", vendor="V",
    device_class="mcu", processor="Arm Cortex-M4F @ 120MHz", accelerator="", software="X-CUBE-AI 7.3.0",
    software_version="7.3.0", precision="int8", clock_mhz=120.0, supply_mv=1800.0, latency_ms=10.0, energy_uj=None,
)  # fmt: skip


def test_a_description_becomes_levels() -> None:
    (row,) = table_rows([RUN])
    assert (row["core"], row["stack"], row["stack_version"]) == ("m4", "x-cube-ai", "x-cube-ai@7.3.0")
    assert (row["class"], row["precision"], row["device_group"]) == ("mcu", "integer", "board-a")


def test_a_microcontroller_that_used_its_accelerator_is_of_another_class() -> None:
    (row,) = table_rows([replace(RUN, accelerator="Arm Ethos-U55")])
    assert (row["class"], row["core"]) == ("accelerated", "arm-ethos-u55")
    assert table_rows([replace(RUN, accelerator="N/A")])[0]["class"] == "mcu"


def test_an_unchanged_figure_of_a_later_round_is_no_second_measurement() -> None:
    later = replace(RUN, key="l", round="v1.1", latency_ms=10.05)
    assert len(table_rows([RUN, later])) == 1
    assert len(table_rows([RUN, replace(later, latency_ms=9.0)])) == 2
    assert len(table_rows([RUN, replace(later, software="TFLite Micro")])) == 2


def test_what_was_not_measured_is_no_cell_and_keys_follow_their_cells() -> None:
    cells, keys = published_cells(
        [
            replace(RUN, energy_uj=5.0),
            replace(RUN, key="m", model="mystery"),
            replace(RUN, key="n", latency_ms=None),
        ]
    )
    assert keys == ("k", "k")
    assert sorted(cells.metric) == ["energy", "latency"]
    assert np.allclose(np.exp(cells.log_target[cells.metric == "energy"]), 5.0)


def test_layer_costs_add_up_to_the_catalogues_macs() -> None:
    for slug, costs in model_layers().items():
        assert (
            sum(v for k, v in costs.items() if k.startswith("model_macs_"))
            == catalogue().neural_models[slug].macs
        )
