"""The finder knows the reference models of MLPerf Tiny, from the folder that TINYSITE_MODELS names, by what they count."""

from __future__ import annotations

import pytest

from results.analysis.projection.memory_fit import calibration, model_live_sets, verdict
from results.services.analysed_network import UPLOADED, measured_as, network_of
from submissions.formats.neural_models.analyse import analyse
from tests.acceptance.test_reference_models import FLOAT, INT8, path_of


@pytest.mark.parametrize("name", INT8)
def test_an_integer_reference_model_is_known_with_its_live_set(name: str) -> None:
    facts = analyse(path_of(name).read_bytes())
    slug = name.split("_")[0]
    assert measured_as(facts) == slug
    assert network_of(facts, name).slug == slug
    assert model_live_sets()[slug] * 1024 == facts.peak_live_bytes


@pytest.mark.parametrize("name", FLOAT)
def test_a_float_model_is_a_network_of_its_own(name: str) -> None:
    facts = analyse(path_of(name).read_bytes())
    assert measured_as(facts) == ""
    assert network_of(facts, name).slug == UPLOADED


def test_the_visual_wake_words_model_fits_into_256_kib() -> None:
    facts = analyse(path_of("vww01_int8_vww_96").read_bytes())
    assert facts.peak_live_bytes
    need = calibration().ram(facts.peak_live_bytes / 1024, "X-CUBE-AI 8.1.0", "vww01")
    assert verdict("RAM", need, 256).verdict == "fits"
