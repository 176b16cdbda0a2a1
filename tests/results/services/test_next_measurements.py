"""Which runs a pass suggests: benchmarks only, nothing that does not fit, nothing of classes that are never projected."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from results.analysis.projection.cells import cells_of
from results.analysis.projection.gaussian_process import GaussianProcess
from results.models import NextMeasurement, Projection
from results.services.asked_cells import Column
from results.services.next_measurements import SUGGESTED, next_measurements
from results.services.projection_models import ProjectedModel


def features(macs: float) -> dict[str, float]:
    return {"model_macs_conv": macs / 10, "model_macs_pointwise": macs, "model_weight_bytes": macs / 8}


NETWORKS = [
    ProjectedModel(name, name, name, is_reference, features(macs))
    for name, is_reference, macs in (
        ("a", True, 1e5), ("b", True, 1e6), ("c", True, 4e6), ("d", True, 9e6), ("far", False, 2e7), ("near", False, 2e6))
]  # fmt: skip
SYSTEMS = [
    Column(number, {"device": f"s{number}", "device_group": f"board-{number}", "class": kind, "stack": "x"})
    for number, kind in enumerate(("mcu", "mcu", "mcu", "fpga"))
]
KNOWN = {(0, "a"), (0, "b"), (0, "c"), (1, "a"), (1, "b"), (2, "a"), (3, "a")}


@pytest.fixture(scope="module")
def engine() -> SimpleNamespace:
    rng = np.random.default_rng(1)
    networks = {network.slug: network for network in NETWORKS}
    rows = [
        {**SYSTEMS[system].row, "model": slug, "family": slug, "metric": "latency", **networks[slug].features,
         "target": networks[slug].macs / 1e4 * (system + 1) * float(np.exp(rng.normal(0, 0.1)))}
        for system, slug in sorted(KNOWN)
    ]  # fmt: skip
    process = GaussianProcess(iterations=5).fit(cells_of(rows))
    return SimpleNamespace(ensembles_={"cell": SimpleNamespace(process_=process)})


def answers(**states: str) -> list[Projection]:
    """Every cell that was not measured; ``s1_b="does-not-fit"`` changes the state of one."""
    return [
        Projection(system_id=c.system_id, model=n.slug, metric="latency_ms",
                   state=states.get(f"s{c.system_id}_{n.slug}", "projected"))
        for c in SYSTEMS
        for n in NETWORKS
        if (c.system_id, n.slug) not in KNOWN
    ]  # fmt: skip


def suggested(engine: SimpleNamespace, **states: str) -> list[NextMeasurement]:
    return list(next_measurements(engine, answers(**states), NETWORKS, SYSTEMS))


def test_only_benchmarks_are_suggested_each_at_most_once_and_the_best_first(engine: SimpleNamespace) -> None:
    found = suggested(engine)
    assert {one.model for one in found if one.of == "system"} <= {"b", "c", "d"}
    own = [one for one in found if one.of == "system" and one.system_id == 2]
    assert [one.place for one in own] == list(range(1, len(own) + 1))
    assert 1 <= len(own) <= SUGGESTED
    removed = [one.share for one in own]
    assert removed
    assert all(one.factor_after <= one.factor_before for one in found)
    assert all(one.metrics == ["latency_ms"] for one in found)


def test_the_runs_of_a_network_are_on_systems_that_lack_it(engine: SimpleNamespace) -> None:
    of_d = [one for one in suggested(engine) if one.of == "model" and one.model == "d"]
    assert {one.system_id for one in of_d} <= {0, 1, 2}
    assert of_d
    assert not [one for one in suggested(engine) if one.of == "model" and one.model in ("far", "near")]


def test_classes_that_are_never_projected_get_no_suggestion(engine: SimpleNamespace) -> None:
    assert 3 not in {one.system_id for one in suggested(engine)}


def test_what_does_not_fit_is_neither_run_nor_counted(engine: SimpleNamespace) -> None:
    own = [one for one in suggested(engine, s2_d="does-not-fit") if one.of == "system" and one.system_id == 2]
    assert "d" not in {one.model for one in own}
    without = [one for one in suggested(engine) if one.of == "system" and one.system_id == 2]
    assert {one.cells for one in own} == {without[0].cells - 1}


def test_a_network_that_can_be_run_nowhere_gets_no_suggestion(engine: SimpleNamespace) -> None:
    assert list(next_measurements(engine, [], NETWORKS, SYSTEMS)) == []
