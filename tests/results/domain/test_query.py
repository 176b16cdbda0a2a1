from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.domain.cursor import Cursor, decode_cursor, encode_cursor
from results.domain.metrics import Direction
from results.domain.parameters import escape_value, split_list
from results.domain.query import (
    QueryError,
    Range,
    active_filters,
    parse_pareto_query,
    parse_query,
    to_params,
    to_query_string,
    with_value,
    without_value,
)
from results.domain.vocabulary import DEFAULT_COLUMNS, SORTS


def query(**params: str | list[str]):
    return parse_query(listed(params), benchmark="vww")


def listed(params: dict[str, str | list[str]]) -> dict[str, list[str]]:
    return {name: [value] if isinstance(value, str) else value for name, value in params.items()}


def problems(benchmark: str | None = "vww", **params: str | list[str]) -> dict[str, str]:
    with pytest.raises(QueryError) as caught:
        parse_query(listed(params), benchmark=benchmark)
    return {problem.parameter: problem.message for problem in caught.value.problems}


def pareto_problems(**params: str) -> dict[str, str]:
    with pytest.raises(QueryError) as caught:
        parse_pareto_query(listed(params), benchmark="vww")
    return {problem.parameter: problem.message for problem in caught.value.problems}


def test_an_empty_query_is_the_whole_benchmark_by_latency():
    asked = query()
    assert (asked.sort, asked.page_size, asked.columns, asked.filters) == ("latency", 30, DEFAULT_COLUMNS, {})
    assert to_query_string(asked) == ""


def test_comma_lists_and_repeated_parameters_mean_the_same():
    assert query(round="v1.0,v1.1") == query(round=["v1.0", "v1.1"])
    assert to_query_string(query(round=["v1.1,v1.0", "v1.1"])) == "round=v1.1,v1.0"


def test_empty_form_fields_count_as_absent():
    assert query(latency_min="", device="", sort=" ") == query()


def test_the_canonical_form_has_one_order_and_leaves_defaults_out():
    asked = query(sort="latency", round="v1.0,v1.1", page_size="30", energy="measured", division="closed")
    assert to_query_string(asked) == "division=closed&round=v1.0,v1.1&energy=measured"


def test_a_value_with_a_comma_is_escaped_in_a_list():
    asked = query(precision=r"int8,ap_fixed 8\, mixed")
    assert asked.filters["precision"] == ("int8", "ap_fixed 8, mixed")
    assert parse_query({"precision": [dict(to_params(asked))["precision"]]}, benchmark="vww") == asked


def test_changes_stand_in_the_address_and_drop_the_cursor():
    asked = query(sort="energy", cursor=encode_cursor(Cursor("energy", (3.5,), 7)))
    assert asked.cursor is not None
    assert to_query_string(asked, sort="-energy") == "sort=-energy"
    assert "cursor=" in to_query_string(asked)


def test_every_problem_is_reported_at_once():
    found = problems(
        rond="v1.0", round="1.0", division="shut", latency_min="fast", sort="price", page_size="31"
    )
    assert set(found) == {"rond", "round", "division", "latency_min", "sort", "page_size"}
    assert "did you mean round?" in found["rond"]
    assert found["division"] == "is none of closed, open"


@pytest.mark.parametrize(
    ("params", "parameter", "words"),
    [
        ({"latency_min": "5", "latency_max": "2"}, "latency_min", "above latency_max=2"),
        ({"latency_min": "nan"}, "latency_min", "above 0, in ms"),
        ({"latency_max": "inf"}, "latency_max", "above 0"),
        ({"energy_min": "0"}, "energy_min", "above 0"),
        ({"quality_min": "-1"}, "quality_min", "from 0"),
        ({"sort": ["latency", "energy"]}, "sort", "more than once"),
        ({"energy": "measured,not-measured"}, "energy", "measured, not-measured"),
        ({"energy": "not-measured", "energy_min": "3"}, "energy", "contradicts energy_min"),
        ({"energy": "not-measured", "power_max": "3"}, "energy", "contradicts power_max"),
        ({"energy": "not-measured", "supply": "1800"}, "energy", "contradicts supply"),
        ({"energy": "not-measured", "scope": "board"}, "energy", "contradicts scope"),
        ({"supply": "1.8"}, "supply", "1800 for 1.8 V"),
        ({"device": "NUCLEO L4"}, "device", "small letters"),
        ({"framework": "a\x00b"}, "framework", "control characters"),
        ({"framework": "x" * 201}, "framework", "longer than 200"),
        ({"framework": "tail\\"}, "framework", "backslash"),
        ({"reference": "no such thing"}, "reference", "public id"),
        ({"cursor": "???"}, "cursor", "not a cursor"),
        ({"cursor": encode_cursor(Cursor("energy", (1.0,), 1))}, "cursor", "another order"),
        ({"cursor": encode_cursor(Cursor("latency", ("text",), 1))}, "cursor", "not a cursor"),
        ({"col": "price"}, "col", "is none of ratio"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said(params, parameter, words):
    assert words in problems(**params)[parameter]


def test_the_benchmark_of_a_page_stands_in_its_path_alone():
    with pytest.raises(QueryError, match="benchmark: is no parameter of this view"):
        parse_query({"benchmark": ["kws"]}, benchmark="vww")


def test_values_that_nobody_states_can_be_asked_for():
    assert query(availability="not-stated", framework="not-stated").filters["framework"] == ("not-stated",)


def test_columns_stand_in_one_order_whatever_the_address_says():
    assert query(col="round,latency").columns == ("latency", "round")
    assert to_query_string(query(col=["round", "latency"])) == "col=latency,round"


def test_one_benchmark_as_a_filter_fixes_the_benchmark():
    assert parse_query({"benchmark": ["kws"]}, benchmark=None).benchmark == "kws"
    both = parse_query({"benchmark": ["kws,ad"]}, benchmark=None)
    assert (both.benchmark, both.filters["benchmark"], both.sort) == (None, ("kws", "ad"), "round")


def test_quality_is_not_compared_across_benchmarks():
    assert "choose one benchmark" in problems(benchmark=None, sort="quality")["sort"]
    assert "quality_max" in problems(benchmark=None, quality_max="90")
    assert "quality_min" in problems(benchmark=None, quality_min="90")


def test_every_sort_has_its_natural_direction_and_can_be_turned():
    assert query(sort="latency").sort_direction() is Direction.LOWER
    assert query(sort="-latency").sort_direction() is Direction.HIGHER
    assert query(sort="quality").sort_direction("top1_pct") is Direction.HIGHER
    assert query(sort="quality").sort_direction("fp_fn") is Direction.LOWER
    assert query(sort="-round").sort_direction() is Direction.LOWER
    assert query(division="open").divisions == ("open",)
    assert query().divisions == ("closed", "open")


def test_chips_name_each_value_and_remove_it():
    asked = query(round="v1.0,v1.1", energy="measured", latency_min="1", latency_max="9")
    chips = active_filters(asked)
    assert chips == (
        ("round", "v1.0"), ("round", "v1.1"), ("energy", "measured"), ("latency_min", "1"), ("latency_max", "9"),
    )  # fmt: skip
    assert to_query_string(without_value(asked, "round", "v1.0")) == (
        "round=v1.1&energy=measured&latency_min=1&latency_max=9"
    )
    assert without_value(asked, "latency_min").ranges["latency"] == Range(None, 9.0)
    assert without_value(without_value(asked, "latency_min"), "latency_max").ranges == {}
    for name, value in chips:
        asked = without_value(asked, name, value)
    assert asked == query()
    assert without_value(asked, "power_min") == asked


def test_a_value_can_be_added_once():
    asked = with_value(with_value(query(), "round", "v1.1"), "round", "v1.1")
    assert asked.filters["round"] == ("v1.1",)
    assert with_value(asked, "energy", "measured").energy == "measured"


def test_a_plot_has_two_different_axes():
    assert "also the metric of x" in pareto_problems(x="energy", y="energy")["y"]
    assert "would be empty" in pareto_problems(energy="not-measured")["energy"]
    assert "comparison group" in pareto_problems(group="rail 1.8")["group"]
    assert "linear axis" in pareto_problems(log_y="1")["log_y"]
    assert "is none of 0, 1" in pareto_problems(log_x="yes")["log_x"]


def test_a_plot_keeps_its_canonical_form():
    plot = parse_pareto_query(
        {"x": ["latency"], "y": ["energy"], "group": ["chip-rail@1800"], "log_x": ["0"], "log_y": ["0"]},
        benchmark="vww",
    )
    assert to_query_string(plot) == "x=latency&y=energy&group=chip-rail@1800&log_x=0&log_y=0"
    assert to_query_string(parse_pareto_query({}, benchmark="vww")) == "x=energy&y=quality"
    assert parse_pareto_query({"division": ["open"]}, benchmark="vww").divisions == ("open",)
    assert parse_pareto_query({"x": ["quality"]}, benchmark="vww").y == "energy"


def test_a_plot_keeps_its_fronts_limits_and_lines():
    text = "latency_max=20&x=latency&y=energy&by=class&outside=1&lines=power"
    asked = {name: [value] for name, _, value in (part.partition("=") for part in text.split("&"))}
    assert to_query_string(parse_pareto_query(asked, benchmark="vww")) == text
    assert to_query_string(parse_pareto_query({"outside": ["1"]}, benchmark="vww")) == "x=energy&y=quality"


def test_a_plot_refuses_fronts_and_lines_that_it_cannot_draw():
    assert "is none of division" in pareto_problems(by="colour")["by"]
    assert "energy against latency" in pareto_problems(x="latency", y="quality", lines="power")["lines"]
    assert "would be empty" in pareto_problems(x="energy-delay", energy="not-measured")["energy"]


words = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).map(str.strip).filter(
    lambda text: text and not text.endswith("\\") and "\\," not in text
)  # fmt: skip


@given(
    filters=st.fixed_dictionaries(
        {},
        optional={
            "round": st.lists(st.sampled_from(["v0.5", "v1.0", "v1.1"]), min_size=1),
            "division": st.lists(st.sampled_from(["closed", "open"]), min_size=1),
            "framework": st.lists(words.map(escape_value), min_size=1, max_size=3),
            "supply": st.lists(st.integers(1, 99999).map(str), min_size=1, max_size=2),
            "sort": st.sampled_from([sign + name for name in SORTS for sign in ("", "-")]).map(
                lambda text: [text]
            ),
            "latency_min": st.floats(1e-9, 1e9).map(lambda number: [repr(number)]),
            "page_size": st.sampled_from(["30", "60", "120"]).map(lambda text: [text]),
        },
    )
)
def test_reading_the_canonical_form_gives_the_same_query(filters):
    asked = parse_query(filters, benchmark="vww")
    again = parse_query({name: [value] for name, value in to_params(asked)}, benchmark="vww")
    assert again == asked
    assert to_query_string(again) == to_query_string(asked)


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=30), max_size=3), max_size=5))
def test_an_address_is_either_understood_or_refused_with_reasons(params):
    for read in (
        lambda: parse_query(params, benchmark=None),
        lambda: parse_pareto_query(params, benchmark="vww"),
    ):
        try:
            to_query_string(read())
        except QueryError as error:
            reasons = [problem.message for problem in error.problems]
        else:
            continue
        assert reasons
        assert all(reasons)


@given(st.lists(words, max_size=4))
def test_a_list_of_values_survives_escaping(values):
    assert split_list(",".join(escape_value(value) for value in values)) == values


@given(
    st.builds(
        Cursor,
        sort=st.sampled_from(["latency", "-device"]),
        values=st.tuples(st.none() | st.floats(allow_nan=False, allow_infinity=False) | words),
        run_id=st.integers(0, 2**62),
        backwards=st.booleans(),
    )
)
def test_a_cursor_survives_the_address(cursor):
    assert decode_cursor(encode_cursor(cursor)) == cursor


@pytest.mark.parametrize(
    "text", ["", "e30", "W10", "WyJhIiwxLDIsM10", "\N{SNOWMAN}", "WyJhIixbTmFOXSwxLDBd", "a" * 9]
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(ValueError, match="not a cursor"):
        decode_cursor(text)


def test_the_streaming_wakeword_shows_power_where_others_show_energy_per_inference() -> None:
    shown = parse_query({}, benchmark="sww").columns
    assert "power" in shown
    assert "energy" not in shown
    assert to_query_string(parse_query({}, benchmark="sww")) == ""
