"""The queries of the pivots: read, refused with what is allowed, written canonically."""

from __future__ import annotations

import pytest

from results.domain.parameters import QueryError
from results.domain.pivots import (
    HistoryQuery,
    OperatingPointsQuery,
    SystemsQuery,
    parse_history_query,
    parse_operating_points_query,
    parse_systems_query,
    refuse_any,
    software_slug,
    to_params,
)

BENCHMARKS = ("kws", "vww")


def test_nothing_asked_is_the_default_view() -> None:
    assert parse_systems_query({}, BENCHMARKS) == SystemsQuery()
    assert to_params(SystemsQuery()) == []


@pytest.mark.parametrize(
    "query",
    [
        SystemsQuery("energy", 12, "closed", "kws"),
        HistoryQuery("quality", ("kws", "vww"), "open"),
        OperatingPointsQuery("vww", "closed"),
    ],
)
def test_a_written_query_reads_back_as_itself(
    query: SystemsQuery | HistoryQuery | OperatingPointsQuery,
) -> None:
    parse = {
        SystemsQuery: parse_systems_query,
        HistoryQuery: parse_history_query,
        OperatingPointsQuery: parse_operating_points_query,
    }[type(query)]
    assert parse({name: [value] for name, value in to_params(query)}, BENCHMARKS) == query


def test_every_problem_is_named_with_what_is_allowed() -> None:
    with pytest.raises(QueryError) as refused:
        parse_systems_query({"metric": ["speed"], "sort": ["ad"], "to": ["0"], "colour": ["red"]}, BENCHMARKS)
    said = {problem.parameter: problem.message for problem in refused.value.problems}
    assert "latency, energy, power" in said["metric"]
    assert "round, kws, vww" in said["sort"]
    assert "number of a system" in said["to"]
    assert "allowed: division, metric, sort, to" in said["colour"]


def test_a_view_without_parameters_takes_none() -> None:
    refuse_any({})
    with pytest.raises(QueryError):
        refuse_any({"sort": ["name"]})


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("X-CUBE-AI", "x-cube-ai"),
        ("Sinian/CSI-NN2", "sinian-csi-nn2"),
        ("hls4ml / FINN", "hls4ml-finn"),
        ("深度", ""),
    ],
)
def test_a_framework_has_a_slug_of_ascii(name: str, slug: str) -> None:
    assert software_slug(name) == slug
