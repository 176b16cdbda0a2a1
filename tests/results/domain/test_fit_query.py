"""The address of the fit finder: what it takes, what it refuses, its canonical form."""

from __future__ import annotations

import pytest

from results.domain.fit_query import (
    FitQuery,
    Question,
    fit_query_string,
    parse_fit_query,
    require_complete,
    without,
)
from results.domain.query import QueryError


def _parsed(question: Question = Question.HARDWARE, **params: str) -> FitQuery:
    return parse_fit_query({name: [value] for name, value in params.items()}, question)


def _refused(question: Question = Question.HARDWARE, **params: str) -> dict[str, str]:
    with pytest.raises(QueryError) as caught:
        _parsed(question, **params)
    return {problem.parameter: problem.message for problem in caught.value.problems}


def test_an_address_is_read_and_written_in_canonical_form() -> None:
    query = _parsed(
        objective="energy", latency_max="50.0", model="kws01", round="v1.1,v1.0", group="chip-rail@1800", fps="10",
        sleep_power="0",
    )  # fmt: skip
    assert query.limits == {"latency_max": 50.0}
    assert (
        fit_query_string(query)
        == "model=kws01&round=v1.1,v1.0&latency_max=50&fps=10&sleep_power=0&objective=energy&group=chip-rail@1800"
    )


def test_defaults_and_empty_fields_leave_the_address() -> None:
    assert (
        fit_query_string(_parsed(benchmark="kws", energy_max="", objective="latency", page_size="30"))
        == "benchmark=kws"
    )


def test_average_power_needs_a_frame_rate_and_a_sleep_power_of_the_reader() -> None:
    assert (
        "no sleep power is assumed"
        in _refused(model="kws01", objective="average-power", fps="10")["objective"]
    )
    assert "average_power_max" in _refused(model="kws01", average_power_max="5")
    assert "needs fps" in _refused(model="kws01", sleep_power="0.1")["sleep_power"]
    assert _parsed(model="kws01", objective="average-power", fps="10", sleep_power="0").gives_power


def test_a_frame_rate_alone_is_enough_to_ask_who_keeps_up() -> None:
    assert _parsed(model="kws01", fps="10").fps == 10.0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latency_max", "0"),
        ("latency_max", "fast"),
        ("latency_max", "nan"),
        ("ram_min", "-1"),
        ("objective", "beauty"),
        ("group", "1.8 V"),
        ("division", "middle"),
        ("latency_min", "3"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_allowed(name: str, value: str) -> None:
    assert list(_refused(model="kws01", **{name: value})) == [name]


def test_a_device_is_no_parameter_of_the_search_for_hardware() -> None:
    assert "device" in _refused(model="kws01", device="board-a")
    assert _parsed(Question.MODEL, device="board-a").devices == ("board-a",)


def test_at_most_eight_devices_stand_in_one_view() -> None:
    assert "at most 8" in _refused(Question.MODEL, device=",".join(f"b{k}" for k in range(9)))["device"]


@pytest.mark.parametrize(
    ("question", "params", "lacks"),
    [
        (Question.HARDWARE, {}, ("model",)),
        (Question.HARDWARE, {"benchmark": "kws"}, ()),
        (Question.MODEL, {}, ("device",)),
        (Question.MODEL, {"device": "b"}, ()),
        (Question.PERFORMANCE, {}, ("model", "device")),
        (Question.PERFORMANCE, {"device": "b"}, ("model",)),
        (Question.PERFORMANCE, {"device": "b", "model": "kws01"}, ()),
    ],
)
def test_a_question_says_what_it_still_lacks(
    question: Question, params: dict[str, str], lacks: tuple[str, ...]
) -> None:
    query = _parsed(question, **params)
    assert query.lacks == lacks
    if lacks:
        with pytest.raises(QueryError):
            require_complete(query)
    else:
        require_complete(query)


def test_energies_decide_only_where_an_objective_or_a_limit_needs_them() -> None:
    assert not _parsed(model="kws01", latency_max="5").needs_energy
    assert _parsed(model="kws01", energy_max="5").needs_energy
    assert _parsed(model="kws01", objective="energy-delay").needs_energy


def test_a_limit_or_a_filter_can_be_taken_out() -> None:
    query = _parsed(
        model="kws01",
        division="closed",
        latency_max="5",
        fps="10",
        sleep_power="1",
        objective="average-power",
    )
    assert "division" not in fit_query_string(without(query, "division"))
    assert "latency_max" not in fit_query_string(without(query, "latency_max"))
    assert fit_query_string(without(query, "fps")) == "model=kws01&division=closed&latency_max=5"
