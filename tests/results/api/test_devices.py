"""The filters of the list of devices."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.results.makers import aggregate, make_device, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def devices(world: None) -> None:
    """Three measured boards, the second without energy; an NPU measured on kws only; a board without results."""
    make_device("swift-npu", "npu")
    make_device("unmeasured")
    make_run("kws", device="swift-npu", energy_uj=3.0)
    aggregate()


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("class=npu", ["swift-npu"]),
        ("class=npu,mcu&energy=measured", ["board-1", "board-3", "swift-npu"]),
        ("energy=not-measured", ["board-2"]),
        ("benchmark=kws,vww", ["board-1", "board-2", "board-3"]),
        ("benchmark=kws&class=npu", ["swift-npu"]),
    ],
)
def test_filters_choose_devices(client: Client, query: str, slugs: list[str]) -> None:
    rows = client.get(f"/api/v1/devices/?{query}").json()["results"]
    assert [row["slug"] for row in rows] == slugs


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("class=gpu", "class"),
        ("energy=some", "energy"),
        ("benchmark=none", "benchmark"),
        ("sort=kws", "sort"),
    ],
)
def test_what_is_not_understood_is_refused(client: Client, query: str, parameter: str) -> None:
    answer = client.get(f"/api/v1/devices/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter


def test_the_next_page_keeps_the_filters(client: Client) -> None:
    for number in range(40):
        make_device(f"extra-{number:02}", "fpga")
    first = client.get("/api/v1/devices/?class=fpga").json()
    second = client.get(first["next"]).json()
    assert len(first["results"]) + len(second["results"]) == 40
    assert {row["device_class"] for row in second["results"]} == {"fpga"}
