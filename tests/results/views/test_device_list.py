"""The list of devices: filters, order, data."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client

from tests.results.makers import (
    aggregate,
    make_device,
    make_publication,
    make_reference,
    make_run,
    make_system,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def devices(db: None) -> None:
    """The reference board with scores, a fast NPU without energy, an FPGA with open results only, one unmeasured."""
    make_reference()
    make_device("swift-npu", "npu")
    make_device("gate-array", "fpga")
    make_device("new-board")
    swift = make_system(make_publication(submitter="maker"), device="swift-npu")
    for benchmark, latency_ms in {"kws": 1.5, "vww": 4.0, "ic": 6.0, "ad": 0.5}.items():
        make_run(benchmark, latency_ms=latency_ms, system=swift, public_id=f"swift-{benchmark}", quality=0.9)
    make_run("ic", latency_ms=0.9, division="open", device="gate-array", public_id="gate-ic")
    make_run("kws", latency_ms=0.1, division="open", device="swift-npu", public_id="swift-open-kws")
    aggregate()


def listed(client: Client, query: str = "") -> list[str]:
    document = client.get(f"/devices.json{query}").json()
    assert document["count"] == len(document["devices"])
    return [device["slug"] for device in document["devices"]]


def test_devices_stand_by_class_unless_asked_otherwise(client: Client) -> None:
    assert listed(client) == ["nucleo-l4r5zi", "swift-npu", "gate-array"]
    assert listed(client, "?sort=name") == ["gate-array", "nucleo-l4r5zi", "swift-npu"]


def test_a_device_without_the_value_stands_last_in_both_directions(client: Client) -> None:
    assert listed(client, "?sort=kws") == ["swift-npu", "nucleo-l4r5zi", "gate-array"]
    assert listed(client, "?sort=-kws") == ["nucleo-l4r5zi", "swift-npu", "gate-array"]
    assert listed(client, "?sort=latency-score")[-1] == "gate-array"


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("?class=npu,fpga", ["swift-npu", "gate-array"]),
        ("?energy=measured", ["nucleo-l4r5zi"]),
        ("?energy=not-measured", ["swift-npu", "gate-array"]),
        ("?benchmark=ic,ad", ["nucleo-l4r5zi", "swift-npu"]),
        ("?class=mcu-dsp", []),
    ],
)
def test_filters_choose_devices(client: Client, query: str, slugs: list[str]) -> None:
    assert listed(client, query) == slugs


def test_a_closed_result_stands_before_a_faster_open_one(client: Client) -> None:
    page = client.get("/devices/").content.decode()
    assert "/results/swift-kws/" in page
    assert "/results/swift-open-kws/" not in page
    assert '/results/gate-ic/">0.900</a> <span class="tag">open</span>' in page


def test_a_score_leads_to_its_system(client: Client) -> None:
    document = client.get("/devices.json?class=npu").json()
    row = document["devices"][0]
    assert row["latency_score"] > 1
    assert row["energy_score"] is None
    page = client.get("/devices/?class=npu").content.decode()
    assert f'href="/systems/{row["latency_score_system"]}/"' in page


def test_an_unmeasured_device_follows_unless_results_are_asked_for(client: Client) -> None:
    assert "NEW-BOARD" in client.get("/devices/").content.decode()
    assert "NEW-BOARD" not in client.get("/devices/?energy=measured").content.decode()
    assert "NEW-BOARD" not in client.get("/devices/?class=npu").content.decode()


def test_the_csv_is_the_view(client: Client) -> None:
    text = client.get("/devices.csv?sort=-ic").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["slug"] for row in rows] == ["nucleo-l4r5zi", "swift-npu", "gate-array"]
    assert rows[2]["ic_division"] == "open"
    assert rows[2]["kws_latency_ms"] == ""


def test_a_view_that_cannot_be_is_refused_with_what_is_allowed(client: Client) -> None:
    response = client.get("/devices/?sort=beauty")
    assert response.status_code == 400
    assert "latency-score" in response.content.decode()
    data = client.get("/devices.csv?class=gpu")
    assert data.status_code == 400
    assert json.loads(data.content)["problems"][0]["parameter"] == "class"


def test_the_empty_fields_of_the_form_leave_the_address(client: Client) -> None:
    response = client.get("/devices/?class=npu&energy=&benchmark=&sort=class")
    assert (response.status_code, response.headers["Location"]) == (302, "/devices/?class=npu")


def test_a_view_without_a_device_says_so(client: Client) -> None:
    assert "No device with results fits" in client.get("/devices/?class=mcu-dsp").content.decode()
