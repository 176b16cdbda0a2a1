"""The fit finder over what nobody measured: below the measured results, with probabilities, never with a rank."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags

from results.models import Device, DeviceFact, ExternalModel, ModelGraph, NeuralModel, System
from tests.query_counts import assert_query_count
from tests.results.makers import (
    aggregate,
    make_device,
    make_projection,
    make_publication,
    make_run,
    make_system,
)
from tests.results.views.field import make_field

pytestmark = pytest.mark.django_db


def _system(device: str, **columns: object) -> System:
    make_device(device)
    return make_system(make_publication("v1.1", "closed", "lab"), device=device, **columns)


def _html(client: Client, query: str, question: str = "hardware", status: int = 200) -> str:
    response = client.get(f"/find/{question}/?{query}")
    assert response.status_code == status, response.content.decode()[:400]
    return response.content.decode()


def _said(client: Client, query: str, question: str = "hardware") -> str:
    """The text of the projected part, spaces made one."""
    html = _html(client, query, question)
    html = html[html.index('id="projected"') :]
    return re.sub(r"\s+", " ", unescape(strip_tags(html)))


def _json(client: Client, query: str, question: str = "hardware") -> dict:
    response = client.get(f"/find/{question}.json?{query}")
    assert response.status_code == 200, response.content.decode()[:400]
    return response.json()


def _rows(client: Client, query: str, question: str = "hardware") -> list[dict]:
    groups = _json(client, query, question)["projections"]["groups"]
    return [row for group in groups for row in group["results"]]


def test_measured_results_stand_first_and_projections_have_no_rank(client: Client) -> None:
    make_field()
    system = _system("new-board")
    make_projection(system, value=0.5, anchors=["board"])
    html = _html(client, "model=vww01&latency_max=100")
    assert html.index('href="/results/fast/"') < html.index('id="projected"') < html.index("NEW-BOARD")
    part = html[html.index('id="projected"') :]
    assert ">Rank<" not in part
    assert '<span class="tag">front</span>' not in part
    assert 'class="tag tag-proj">projected' in part
    assert "/method/#projections" in part
    document = _json(client, "model=vww01&latency_max=100")
    measured = [row for cell in document["cells"] for row in cell["results"]]
    assert "new-board" not in [row["device"] for row in measured]
    assert measured[0]["rank_first"] == 1, "a projected 0.5 ms takes no rank away"
    (row,) = document["projections"]["groups"][0]["results"]
    assert "rank_first" not in row
    assert "on_front" not in row


def test_the_most_probable_stands_first_then_the_better_median(client: Client) -> None:
    make_field()
    for device, value, factor in (("wide", 30.0, 2.5), ("narrow", 35.0, 1.1), ("over", 90.0, 1.2)):
        make_projection(_system(device), value=value, factor=factor)
    rows = _rows(client, "model=vww01&latency_max=50")
    assert [row["device"] for row in rows] == ["narrow", "wide", "over"]
    chances = [row["probability_of_all"] for row in rows]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.99
    assert chances[2] < 0.01
    assert [row["device"] for row in _rows(client, "model=vww01")] == ["wide", "narrow", "over"]
    assert "> 99 %" in _said(client, "model=vww01&latency_max=50")
    assert "2 of them more likely than not to meet every limit" in _said(client, "model=vww01&latency_max=50")


def test_a_limit_at_the_median_is_met_with_one_half(client: Client) -> None:
    make_field()
    make_projection(_system("new-board"), value=20.0)
    (row,) = _rows(client, "model=vww01&fps=50")
    assert row["probabilities"] == [{"limit": "fps", "probability": 0.5}]
    assert "50 %" in _said(client, "model=vww01&fps=50")
    assert "frame rate 50 %" in _said(client, "model=vww01&fps=50&latency_max=30")


def test_each_number_carries_its_interval_its_basis_and_its_anchors(client: Client) -> None:
    make_field()
    make_projection(
        _system("new-board"), value=20.0, factor=1.5, anchors=["board", "fast"], question="family"
    )
    text = _said(client, "model=vww01")
    assert "×÷1.5" in text
    assert "13–30 ms" in text
    assert "No network of this family was measured in a round." in text
    assert 'href="/results/board/"' in _html(client, "model=vww01")


def test_a_limit_on_energy_needs_a_projected_energy(client: Client) -> None:
    make_field()
    known, unknown = _system("known"), _system("unknown")
    make_projection(known, value=20.0)
    make_projection(known, metric="energy_uj_per_inf", value=400.0)
    make_projection(unknown, value=20.0)
    make_projection(
        unknown, metric="energy_uj_per_inf", value=None, reason="no energy was measured on this system"
    )
    rows = {row["device"]: row for row in _rows(client, "model=vww01&energy_max=1000&objective=energy")}
    assert rows["known"]["basis"] == "projected"
    assert rows["unknown"]["basis"] == "cannot-project"
    assert rows["unknown"]["reason"] == "energy: no energy was measured on this system"
    assert rows["unknown"]["probability_of_all"] is None


def test_average_power_is_judged_over_latency_and_energy_together(client: Client) -> None:
    make_field()
    system = _system("new-board")
    make_projection(system, value=20.0)
    make_projection(system, metric="energy_uj_per_inf", value=400.0)
    (row,) = _rows(client, "model=vww01&fps=10&sleep_power=1&average_power_max=5&objective=average-power")
    assert {one["limit"] for one in row["probabilities"]} == {"fps", "average_power_max"}
    assert 0.3 < row["probability_of_all"] < 0.7
    assert row["objective"]["low_90"] < row["objective"]["value"] < row["objective"]["high_90"]
    assert row["objective"]["value"] == pytest.approx(400 * 10 / 1000 + 1 * (1 - 0.2), rel=0.05)


def test_a_measured_latency_beside_a_projected_energy_says_that_it_was_measured(client: Client) -> None:
    runs = make_field()
    make_projection(runs["twin"].system, metric="energy_uj_per_inf", value=400.0)
    assert _rows(client, "model=vww01") == []
    (row,) = _rows(client, "model=vww01&energy_max=1000")
    assert row["measured_latency_ms"] == 101.0
    assert row["latency"] is None
    assert "101 measured" in _said(client, "model=vww01&energy_max=1000")


def test_a_budget_of_memory_is_judged_by_the_estimate_of_the_network(client: Client) -> None:
    make_field()
    make_projection(_system("new-board", software="X-CUBE-AI 8.1.0"), value=20.0)
    (roomy,) = _rows(client, "model=vww01&ram_max=256&flash_max=1000")
    assert [(one["memory"], one["verdict"], one["capacity_of"]) for one in roomy["memory"]] == [
        ("RAM", "fits", "limit"),
        ("flash", "fits", "limit"),
    ]
    (tight,) = _rows(client, "model=vww01&ram_max=10")
    assert tight["basis"] == "does-not-fit"
    assert tight["memory"][0]["missing_kib"] > 0
    text = _said(client, "model=vww01&ram_max=10")
    assert "RAM: does not fit" in text
    assert re.search(r"would run at 20 ms \(80 %: 13–30 ms, projected\) with \d+ KiB more", text)


def test_the_memory_of_the_chip_bounds_it_where_the_reader_does_not(client: Client) -> None:
    make_field()
    make_projection(_system("small"), value=20.0)
    DeviceFact.objects.create(
        device=Device.objects.get(slug="small"), field="sram_kib", value="12", unit="KiB", source="data sheet",
        source_tier=1,
    )  # fmt: skip
    (row,) = _rows(client, "model=vww01")
    assert row["basis"] == "does-not-fit"
    assert row["memory"][0]["capacity_of"] == "device"
    assert row["memory"][0]["capacity_kib"] == 12


def test_what_cannot_be_projected_says_why(client: Client) -> None:
    make_field()
    make_projection(
        _system("odd"), value=None, reason="the 90 % band reaches a factor of 4.2 either way, more than 3"
    )
    assert "the 90 % band reaches a factor of 4.2" in _said(client, "model=vww01")
    (row,) = _rows(client, "model=vww01")
    assert row["basis"] == "cannot-project"


def test_quality_is_never_projected(client: Client) -> None:
    make_field()
    make_projection(_system("new-board"), value=20.0)
    assert "Nothing below is judged by quality, which cannot be projected" in _said(
        client, "model=vww01&quality_min=80"
    )
    assert _json(client, "model=vww01&quality_min=80")["projections"]["not_judged_by"] == ["quality_min"]


def test_filters_that_speak_of_systems_choose_among_projections(client: Client) -> None:
    make_field()
    make_device("dsp", "mcu-dsp")
    make_projection(_system("new-board"), value=20.0)
    make_projection(_system("dsp"), value=10.0)
    assert [row["device"] for row in _rows(client, "model=vww01&class=mcu-dsp")] == ["dsp"]
    assert [row["device"] for row in _rows(client, "model=vww01&round=v0.5")] == []


def _external() -> None:
    ExternalModel.objects.create(
        slug="mobilenet-v2-035-96", name="mobilenet_v2_0.35_96", family="mobilenetv2"
    )
    ModelGraph.objects.create(
        model="mobilenet-v2-035-96", family="mobilenetv2", precision="int8", macs_conv=1_000_000,
        macs_pointwise=9_000_000, macs_depthwise=1_000_000, macs_fc=1000, operators=60, parameters=400_000,
        weight_bytes=400_000, activation_bytes=900_000, source="x/y", path="m.tflite", address="https://example.org/m",
    )  # fmt: skip


def test_a_network_that_is_known_from_elsewhere_is_projected_and_was_not_measured(client: Client) -> None:
    make_field()
    _external()
    make_projection(_system("new-board"), "mobilenet-v2-035-96", value=33.0)
    html = _html(client, "model=mobilenet-v2-035-96")
    assert "No published result here ran mobilenet-v2-035-96" in html
    assert "Known from elsewhere: mobilenet_v2_0.35_96" in html
    (row,) = _rows(client, "model=mobilenet-v2-035-96")
    assert row["latency"]["value"] == 33.0
    unknown = _html(client, "model=mobilenet-v9", status=400)
    assert "is no network that is known here" in unknown


def test_a_device_lists_networks_after_what_was_measured_on_it(client: Client) -> None:
    make_field()
    _external()
    system = System.objects.filter(device__slug="board-a").first()
    make_projection(system, "mobilenet-v2-035-96", value=33.0)
    html = _html(client, "device=board-a&latency_max=50", "model")
    assert html.index('href="/results/at-3v/"') < html.index('id="projected"')
    (row,) = _rows(client, "device=board-a&latency_max=50", "model")
    assert (row["model"], row["device"]) == ("mobilenet-v2-035-96", "board-a")
    assert row["probability_of_all"] > 0.8


def test_one_network_on_one_device_says_what_is_nearest_and_what_bounds_it(client: Client) -> None:
    make_field()
    NeuralModel.objects.get_or_create(slug="kws01", defaults={"name": "kws"})
    system = _system("new-board")
    make_run("kws", latency_ms=7.0, system=system, public_id="beside")
    aggregate()
    make_projection(system, "vww01", value=20.0, anchors=["beside"])
    text = _said(client, "model=vww01&device=new-board", "performance")
    assert "kws01 7.00 ms" in text
    assert "Least latency" in text
    assert "Nobody has published a result of vww (vww01) on NEW-BOARD" in re.sub(
        r"\s+", " ", strip_tags(_html(client, "model=vww01&device=new-board", "performance"))
    )


def test_a_measured_pair_is_not_projected(client: Client) -> None:
    make_field()
    assert _rows(client, "model=vww01&device=board-a", "performance") == []
    assert "Nothing is projected here" in _said(client, "model=vww01&device=board-a", "performance")


def test_the_table_of_data_names_the_basis_of_every_row(client: Client) -> None:
    make_field()
    make_projection(_system("new-board"), value=20.0)
    make_projection(_system("odd"), value=None, reason="no basis")
    for url in (
        "/find/hardware.csv?model=vww01&latency_max=50",
        "/api/v1/find/hardware.csv?model=vww01&latency_max=50",
    ):
        rows = list(csv.DictReader(io.StringIO(client.get(url).content.decode())))
        bases = [row["basis"] for row in rows]
        assert set(bases) == {"measured", "projected", "cannot-project"}
        assert bases.index("projected") > max(k for k, basis in enumerate(bases) if basis == "measured")
        projected = next(row for row in rows if row["basis"] == "projected")
        assert (projected["id"], projected["rank_first"]) == ("", "")
        assert (projected["neural_model"], projected["latency_ms"]) == ("vww01", "20.0")
        assert float(projected["latency_low_80_ms"]) == pytest.approx(20 / 1.5)


def test_the_api_says_the_same_as_the_page(client: Client) -> None:
    make_field()
    make_projection(_system("new-board"), value=20.0)
    query = "model=vww01&latency_max=50&ram_max=256"
    api = client.get(f"/api/v1/find/hardware/?{query}").json()["projections"]
    assert api == _json(client, query)["projections"]


@pytest.mark.parametrize("count", [1, 9])
def test_queries_do_not_grow_with_the_projections(client: Client, count: int) -> None:
    make_field()
    for k in range(count):
        system = _system(f"new-{k}")
        make_projection(system, value=20.0 + k, anchors=["board"])
        make_projection(system, metric="energy_uj_per_inf", value=400.0)
    assert_query_count(
        client, "find projected", "/find/hardware/?model=vww01&latency_max=50&objective=energy"
    )
    assert_query_count(client, "find projected.csv", "/find/hardware.csv?model=vww01&latency_max=50")
    assert_query_count(client, "find projected performance", "/find/performance/?model=vww01&device=new-0")
