"""The address of a view of the devices, read and written."""

from __future__ import annotations

import pytest

from results.domain.device_query import DeviceQuery, device_query_string, parse_device_query
from results.domain.query import QueryError

WORDS = {"classes": ("mcu", "npu"), "benchmarks": ("kws", "ic")}


def parse(**params: str | list[str]) -> DeviceQuery:
    return parse_device_query(
        {name: value if isinstance(value, list) else [value] for name, value in params.items()}, **WORDS
    )


def test_an_empty_form_asks_for_everything_by_class() -> None:
    assert parse(energy="", sort="") == DeviceQuery()
    assert device_query_string(DeviceQuery()) == ""


def test_an_address_reads_back_as_the_view_that_wrote_it() -> None:
    query = DeviceQuery(("mcu", "npu"), "measured", ("ic",), "-kws")
    text = device_query_string(query)
    assert text == "class=mcu,npu&energy=measured&benchmark=ic&sort=-kws"
    assert parse(**dict(pair.split("=") for pair in text.split("&"))) == query


def test_a_repeated_parameter_is_a_list() -> None:
    assert parse(**{"class": ["mcu", "npu"]}).classes == ("mcu", "npu")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("class", "gpu", "mcu, npu"),
        ("energy", "some", "measured, not-measured"),
        ("benchmark", "vww", "kws, ic"),
        ("sort", "beauty", "latency-score"),
        ("colour", "red", "class"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(**{name: value})
    assert caught.value.problems[0].parameter == name
    assert allowed in caught.value.problems[0].message
