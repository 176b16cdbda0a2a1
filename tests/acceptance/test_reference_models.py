"""The reference models of MLPerf Tiny, from the folder that TINYSITE_MODELS names, have the figures that are known."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from results.catalog.reader import catalogue
from results.domain.model_facts import ModelFacts
from submissions.formats.neural_models.analyse import analyse
from submissions.services.model_analysis import analyse_file

INT8 = {
    "ad01_int8": (264_192, 264_192, 265_864, 768, "int8"),
    "ic01_int8_pretrainedResnet_quant": (12_501_632, 12_501_632, 77_706, 49_152, "int8"),
    "ic02_int8_pretrainedResnet_large": (76_473_920, 70_066_112, 480_330, 122_880, "int8"),
    "kws01_int8_kws_ref_model": (2_656_768, 2_656_768, 22_604, 16_000, "int8"),
    "sww01_str_ww_ref_model": (826_368, 826_368, 46_883, 6_656, "int8"),
    "vww01_int8_vww_96": (7_489_664, 3_742_091, 210_850, 55_296, "int8"),
}
FLOAT = {
    "ad01_fp32": (264_192, 264_192, 265_864, 4 * 768, "float32"),
    "ic01_fp32_pretrainedResnet": (12_501_632, 12_501_632, 77_706, 4 * 49_152, "float32"),
    "ic02_fp32_pretrainedResnet_large": (76_473_920, 76_473_920, 480_330, 4 * 122_880, "float32"),
    "kws01_fp32_kws_ref_model": (2_656_768, 2_656_768, 22_604, 4 * 16_000, "mixed"),
    "vww01_fp32_vww_96": (7_489_664, 7_489_664, 210_850, 4 * 55_296, "float32"),
}
"""Model → MACs, effective MACs, parameters, peak of the live set in bytes, numeric format."""


def path_of(name: str) -> Path:
    return Path(os.environ["TINYSITE_MODELS"]) / f"{name}.tflite"


def figures(facts: ModelFacts) -> tuple[int | None, int | None, int, int | None, str]:
    return facts.macs, facts.effective_macs, facts.parameters, facts.peak_live_bytes, facts.numeric_format


@pytest.mark.parametrize("name", {**INT8, **FLOAT})
def test_each_reference_model_has_its_known_figures(name: str) -> None:
    facts = analyse(path_of(name).read_bytes())
    assert facts.is_complete
    assert figures(facts) == {**INT8, **FLOAT}[name]


@pytest.mark.parametrize("name", INT8)
def test_the_catalogue_says_the_same(name: str) -> None:
    facts = analyse(path_of(name).read_bytes())
    entry = catalogue().neural_models[name.split("_")[0]]
    assert (entry.macs, entry.parameters) == (facts.macs, facts.parameters)
    assert entry.weight_bytes_int8 == facts.file_bytes
    assert entry.effective_macs == facts.effective_macs
    assert (entry.weights, entry.zero_weights) == (facts.weights, facts.zero_weights)
    assert entry.footprint_bytes == facts.weight_bytes


def test_four_of_five_weights_of_the_visual_wake_words_model_are_zero() -> None:
    share = analyse(path_of("vww01_int8_vww_96").read_bytes()).zero_weight_share
    assert share == pytest.approx(0.828, abs=5e-4)


def test_the_child_says_the_same_of_a_reference_model() -> None:
    path = path_of("vww01_int8_vww_96")
    assert analyse_file(path) == analyse(path.read_bytes())
