"""Small matrices that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from results.analysis.projection.baselines import (
    Additive,
    CarryForward,
    DeviceMedian,
    LowRank,
    MacLinear,
    Roofline,
    baselines,
)
from results.analysis.projection.cells import cells_of


def table(*rows: dict[str, object], **common: object):
    return cells_of([{"target": None, **common, **row} for row in rows])


def told(projector, learn, ask) -> list[float]:
    return [round(float(v), 3) for v in projector.fit(learn).predict(ask).median]


def test_device_median_is_the_middle_of_the_device_and_of_all_for_a_new_one() -> None:
    learn = table(*({"model": f"m{i}", "device": "d", "target": t} for i, t in enumerate((1.0, 4.0, 100.0))))
    ask = table({"model": "new", "device": "d"}, {"model": "new", "device": "e"})
    assert told(DeviceMedian(), learn, ask) == [4.0, 4.0]


def test_additive_completes_a_table_of_products() -> None:
    learn = table(
        {"model": "a", "device": "x", "target": 1.0},
        {"model": "a", "device": "y", "target": 3.0},
        {"model": "b", "device": "x", "target": 10.0},
    )
    ask = table({"model": "b", "device": "y"})
    assert told(Additive(shrinkage=1e-9, iterations=2000), learn, ask)[0] == pytest.approx(30.0, rel=1e-3)


def test_mac_linear_follows_the_devices_own_line() -> None:
    learn = table(
        *({"model": f"m{n}", "device": "d", "model_macs": n, "target": n / 2} for n in (1e3, 1e4, 1e5, 1e6))
    )
    ask = table({"model": "new", "device": "d", "model_macs": 4e4})
    assert told(MacLinear(), learn, ask)[0] == pytest.approx(2e4, rel=1e-6)


def test_mac_linear_with_one_anchor_takes_the_slope_of_the_others() -> None:
    learn = table(
        *({"model": f"m{n}", "device": "d", "model_macs": n, "target": n} for n in (1e3, 1e4, 1e5)),
        {"model": "m1000.0", "device": "e", "model_macs": 1e3, "target": 7e3},
    )
    assert told(MacLinear(), learn, table({"model": "q", "device": "e", "model_macs": 1e5}))[
        0
    ] == pytest.approx(7e5, rel=0.1)


def test_roofline_is_never_above_a_measured_value() -> None:
    learn = table(
        {"model": "a", "device": "x", "model_macs": 1e6, "device_clock_mhz": 100, "target": 10.0},
        {"model": "b", "device": "y", "model_macs": 4e6, "device_clock_mhz": 200, "target": 40.0},
    )
    bound = Roofline().fit(learn).predict(learn).log_median
    assert (bound <= learn.log_target + 1e-9).all()
    assert np.isclose(bound, learn.log_target).any()


def test_low_rank_recovers_a_product_of_factors_beyond_the_additive_one() -> None:
    rng = np.random.default_rng(0)
    u, v = rng.normal(0, 1, (20, 1)), rng.normal(0, 1, (20, 1))
    logs = (u @ v.T).ravel()
    whole = table(
        *(
            {"model": f"m{i // 20}", "device": f"d{i % 20}", "target": float(np.exp(x))}
            for i, x in enumerate(logs)
        )
    )
    hidden = np.arange(len(whole)) % 7 == 0
    learn, ask = whole.take(~hidden), whole.take(hidden)
    wrong = [
        np.median(np.abs(p.fit(learn).predict(ask).log_median - ask.log_target))
        for p in (LowRank(), Additive())
    ]
    assert wrong[0] < 0.3 * wrong[1]


def test_carry_forward_gives_the_last_value_of_the_same_board_and_stack() -> None:
    learn = table(
        {"model": "a", "device": "old", "round": "v1", "target": 9.0},
        {"model": "a", "device": "newer", "round": "v2", "target": 8.0},
        {"model": "a", "device": "elsewhere", "round": "v3", "device_group": "q", "target": 1.0},
        device_group="board", stack="s",
    )  # fmt: skip
    ask = table({"model": "a", "device": "newest", "round": "v3"}, device_group="board", stack="s")
    assert told(CarryForward(), learn, ask) == [8.0]


def test_carry_forward_scales_its_predecessor_by_the_anchors() -> None:
    learn = table(
        {"model": "a", "device": "old", "round": "v1", "target": 10.0},
        {"model": "b", "device": "old", "round": "v1", "target": 30.0},
        {"model": "b", "device": "new", "round": "v2", "target": 15.0},
        device_group="board", stack="s",
    )  # fmt: skip
    assert told(
        CarryForward(),
        learn,
        table({"model": "a", "device": "new", "round": "v2"}, device_group="board", stack="s"),
    ) == [5.0]


@pytest.mark.parametrize("projector", baselines(), ids=lambda p: p.name)
def test_a_baseline_gives_a_number_and_no_band_even_for_what_it_never_saw(projector) -> None:
    learn = table({"model": "a", "device": "x", "target": 2.0}, {"model": "b", "device": "y", "target": 3.0})
    answer = projector.fit(learn).predict(table({"model": "q", "device": "z"}))
    assert np.isfinite(answer.log_median).all()
    assert np.isnan(answer.log_half_90).all()


@pytest.mark.parametrize("projector", baselines(), ids=lambda p: p.name)
def test_predict_changes_nothing_and_clones_are_unfitted(projector) -> None:
    learn = table({"model": "a", "device": "x", "target": 2.0}, {"model": "b", "device": "x", "target": 3.0})
    fitted = projector.fit(learn)
    assert np.array_equal(fitted.predict(learn).log_median, fitted.predict(learn).log_median)
    assert not hasattr(fitted.clone(), "models_")
    assert fitted.clone().get_params() == fitted.get_params()


def test_learning_from_a_cell_without_a_target_names_the_cell() -> None:
    with pytest.raises(ValueError, match="a on x"):
        Additive().fit(table({"model": "a", "device": "x"}))
