"""The matrix, the page of a cell and the back-test: what they show, and that projected values go nowhere else."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
from pathlib import Path

import pytest
from django.test import Client

from results.models import DeviceScore, LeaderboardEntry, ParetoPoint, Projection
from results.services import backtests
from tests.query_counts import assert_query_count
from tests.results.makers import make_run
from tests.results.projection_field import (
    DATA,
    TOO_LARGE,
    WIDE,
    make_backtest,
    make_generation,
    make_matrix,
    make_measured,
    make_projection,
)

pytestmark = pytest.mark.django_db
RESULTS = Path(__file__).resolve().parents[3] / "results"


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return " ".join(response.content.decode().split())


def rows(client: Client, url: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(url).content.decode())))


def test_before_the_first_pass_the_matrix_says_that_nothing_is_projected(client: Client) -> None:
    make_measured()
    assert "Nothing is projected yet" in text(client, "/projections/")


def test_each_cell_shows_its_state_and_leads_to_its_evidence_or_its_reason(client: Client) -> None:
    one, two = make_matrix()
    page = text(client, "/projections/")
    assert (
        '<a href="/results/one-kws/"><span class="v">20.0</span><span class="vh"> measured 20.0 ms</span></a>'
        in page
    )
    assert f'<a href="/projections/{one.pk}/ic01/"><span class="v">180<small>×÷1.6</small></span>' in page
    assert "projected 180 ms, 80 %: 112 to 288 ms" in page
    assert f'<a href="/projections/{two.pk}/vww01/"><span class="v">no fit: flash</span>' in page
    assert f"cannot project: {WIDE}" in page
    assert 'class="c-q"' in page, "the next pass answers what it was not asked yet"


def test_the_sentence_counts_every_state_and_names_engine_data_and_time(client: Client) -> None:
    make_matrix()
    page = text(client, "/projections/")
    assert "2 systems × 5 networks:" not in page, "sww has no network here"
    assert "2 systems × 4 networks:" in page
    for words in ("3 measured", "2 projected", "1 does not fit", "1 cannot project", "1 not answered yet"):
        assert f">{words}</a>" in page
    assert "By tinysite 1, from the data of" in page
    assert DATA[:12] in page


def test_a_pass_that_was_held_back_is_named_and_the_answers_before_it_stay(client: Client) -> None:
    make_matrix()
    make_generation(shipped=False, reason="latency: additive errs by 1.0 %", data_sha256="ef" * 32)
    page = text(client, "/projections/")
    assert "is held back: latency: additive errs by 1.0 %" in page
    assert DATA[:12] in page
    assert "×÷1.6" in page


def test_an_energy_stands_with_its_supply(client: Client) -> None:
    make_matrix()
    page = text(client, "/projections/?metric=energy")
    assert "900<small>1.8 V</small>" in page
    assert "4 321<small>×÷1.6" in page


def test_the_levels_zoom_from_classes_to_devices_to_systems(client: Client) -> None:
    one, _ = make_matrix()
    make_projection_of_older_system = make_run(
        "kws", latency_ms=30.0, round_id="v0.7", device="board-a"
    ).system
    make_projection(make_projection_of_older_system, "vww01", 70.0)
    assert f'data-system="{make_projection_of_older_system.pk}"' in text(client, "/projections/")
    devices = text(client, "/projections/?level=device")
    assert f'data-system="{one.pk}"' in devices
    assert f'data-system="{make_projection_of_older_system.pk}"' not in devices
    classes = text(client, "/projections/?level=class")
    assert '<a class="row" href="/projections/?class=mcu">MCU</a>' in classes
    assert "2 projected: 180 to 360" in classes
    assert "2 measured: 20.0 to 40.0" in classes


def test_filters_leave_rows_and_hide_cells_of_other_states(client: Client) -> None:
    one, two = make_matrix()
    assert f'data-system="{two.pk}"' not in text(client, "/projections/?device=board-a")
    assert f'data-system="{one.pk}"' not in text(client, "/projections/?vendor=Bolt")
    page = text(client, "/projections/?state=does-not-fit")
    assert f'data-system="{one.pk}"' not in page
    assert 'class="out"' in page
    assert "No cell fits." in text(client, "/projections/?class=fpga")


def test_squares_say_their_value_in_words_and_have_a_twin_with_values(client: Client) -> None:
    make_matrix()
    page = text(client, "/projections/?show=states")
    assert '<td class="c-p"><span>projected 180 ms, 80 %: 112 to 288 ms</span></td>' in page
    assert '<a href="/projections/?show=values">The same with values</a>' in page


def test_a_query_that_cannot_be_answered_is_refused_with_every_problem(client: Client) -> None:
    make_matrix()
    page = text(client, "/projections/?metric=speed&level=planet&colour=red", 400)
    for word in ("speed", "planet", "colour"):
        assert word in page
    assert len(client.get("/projections.json?metric=speed&page=0").json()["problems"]) == 2


def test_the_data_hold_the_cells_of_the_view_and_no_value_that_was_refused(client: Client) -> None:
    make_matrix()
    document = client.get("/projections.json?state=projected,cannot-project").json()
    assert document["view"] == "/projections/?state=projected,cannot-project"
    assert document["generation"]["data_sha256"] == DATA
    assert [(r["model"], r["state"], r["value"]) for r in document["results"]] == [
        ("ad01", "cannot-project", None), ("ic01", "projected", 180.0), ("ic01", "projected", 360.0)]  # fmt: skip
    cells = rows(client, "/projections.csv")
    assert len(cells) == 8
    assert {r["result"] for r in cells if r["state"] == "measured"} == {"one-kws", "one-vww", "two-kws"}
    by_class = rows(client, "/projections.csv?level=class")
    assert {r["model"]: r["pending"] for r in by_class} == {
        "ad01": "1",
        "kws01": "0",
        "vww01": "0",
        "ic01": "0",
    }


def test_a_new_pass_makes_kept_copies_stale(client: Client) -> None:
    make_matrix()
    before = client.get("/projections/").headers["ETag"]
    assert client.get("/projections/", headers={"If-None-Match": before}).status_code == 304
    make_generation()
    assert client.get("/projections/", headers={"If-None-Match": before}).status_code == 200


# ---- one cell


def test_a_projected_cell_shows_bands_anchors_and_what_was_never_measured(client: Client) -> None:
    one, _ = make_matrix()
    make_backtest(anchors=2)
    page = text(client, f"/projections/{one.pk}/ic01/")
    assert "<b>180</b>" in page
    assert "112 to 288 ms, ×÷1.6" in page
    assert "90 to 360 ms, ×÷2.0" in page
    assert "This system and this network were measured, though not together." in page
    assert page.index("/results/one-vww/") < page.index("/results/one-kws/"), (
        "the heaviest anchor stands first"
    )
    assert (
        "half of 2 projections were within 15 % of the measured value; 50 % of values lay in the 80 % band"
        in page
    )
    assert "The back-test does not ask such questions; its nearest" in page
    assert "takes away" in page


def test_a_cell_that_was_measured_in_one_metric_shows_both(client: Client) -> None:
    one, _ = make_matrix()
    make_backtest(anchors=1)
    page = text(client, f"/projections/{one.pk}/vww01/")
    assert "/results/one-vww/" in page
    assert "4 321" in page
    assert "of this system the result of one network is known" in page
    assert "How well such projections did" not in page, "no energy was back-tested"


def test_refusals_print_their_reason_and_no_number(client: Client) -> None:
    one, two = make_matrix()
    refused = text(client, f"/projections/{one.pk}/ad01/")
    assert "band reaches a factor of 4.2" in refused
    assert TOO_LARGE.removeprefix("flash") in text(client, f"/projections/{two.pk}/vww01/")


def test_cells_that_are_none_are_not_found(client: Client) -> None:
    one, _ = make_matrix()
    outside = make_run("kws", division="open", device="board-c").system
    for address in (f"{one.pk}/unknown", "999999/kws01", f"{10**20}/kws01", f"{outside.pk}/vww01"):
        assert client.get(f"/projections/{address}/").status_code == 404


# ---- back-test


def test_the_backtest_says_plainly_when_the_engine_loses(client: Client) -> None:
    make_measured()
    make_backtest()
    page = text(client, "/projections/backtest/")
    assert "The engine loses to additive: 15.0 % against 0.0 %." in page
    assert "behind one in 1: additive." in page
    assert 'additive <span class="tag">least error</span>' in page
    assert "1 of 2" in page, "one of two would be shown"


def test_the_figures_are_data_with_a_row_per_method(client: Client) -> None:
    make_measured()
    row = make_backtest()
    found = rows(client, "/projections/backtest.csv")
    assert [(r["method"], r["mdape"], r["is_best"], r["band90"]) for r in found] == [
        ("tinysite", "15.0", "false", "2.5"), ("additive", "0.0", "true", "")]  # fmt: skip
    assert (
        client.get("/projections/backtest.json").json()["results"][0]["cells"]
        == f"/projections/backtest/{row.pk}.json"
    )


def test_anybody_can_recompute_the_hash_of_what_was_frozen(client: Client) -> None:
    make_measured()
    served = client.get(f"/projections/backtest/{make_backtest().pk}.json").json()
    assert all(cell.pop("measured") for cell in served["cells"])
    digest = hashlib.sha256(json.dumps(served["cells"], sort_keys=True).encode()).hexdigest()
    assert digest == served["frozen_sha256"]
    served["cells"][0]["projected"]["tinysite"] = 20.0
    assert (
        hashlib.sha256(json.dumps(served["cells"], sort_keys=True).encode()).hexdigest()
        != served["frozen_sha256"]
    )


def test_the_recipe_of_the_page_is_that_of_the_service(client: Client) -> None:
    make_measured()
    row = make_backtest()
    row.refresh_from_db()
    assert backtests.frozen_sha256(backtests.frozen_part(row.cells)) == row.frozen_sha256


def test_a_round_that_was_not_scored_is_not_shown(client: Client) -> None:
    make_measured()
    row = make_backtest()
    row.scored_at = None
    row.save()
    assert "No round has been back-tested yet." in text(client, "/projections/backtest/")
    assert client.get(f"/projections/backtest/{row.pk}.json").status_code == 404


# ---- elsewhere on the site


def test_pages_of_devices_networks_and_systems_say_what_is_projected_and_measured_next(
    client: Client,
) -> None:
    one, two = make_matrix()
    device = text(client, "/devices/board-a/")
    assert "Projected on this device" in device
    assert "/projections/?device=board-a&amp;models=all" in device
    assert "What to measure next" in device
    assert f'<b>ic01</b> on <a href="/systems/{two.pk}/">' in text(client, "/models/ic01/")
    assert "<b>ic01</b>, its latency: takes away" in text(client, f"/systems/{one.pk}/")


def test_nothing_that_is_measured_changes_when_something_is_projected(client: Client) -> None:
    one, two = make_measured()
    addresses = (
        "/leaderboards/kws.json", "/leaderboards/ic.json", "/leaderboards/vww.json", "/pareto/ic.json", "/pareto/kws.json",
        "/devices/board-a.json", "/devices/board-b.csv", "/devices.csv", "/rounds/v1.1.json", "/api/v1/results/",
        "/api/v1/models/ic01/", "/api/v1/systems/", "/coverage/devices.json",
    )  # fmt: skip
    finder = (
        "/find/hardware.json?model=ic01", "/find/model.json?device=board-a",
        "/find/performance.json?device=board-a&benchmark=ic",
    )  # fmt: skip

    def measured_part(address: str) -> dict[str, object]:
        """The finder's answer without the part where projections stand apart."""
        return {key: value for key, value in client.get(address).json().items() if key != "projections"}

    before = {address: client.get(address).getvalue() for address in addresses}
    found = {address: measured_part(address) for address in finder}
    counts = [model.objects.count() for model in (LeaderboardEntry, ParetoPoint, DeviceScore)]
    for system, model in ((one, "ic01"), (one, "ad01"), (two, "vww01"), (two, "ic01")):
        make_projection(system, model, 0.001)
        make_projection(system, model, 0.001, metric="energy_uj_per_inf")
    assert [a for a in addresses if client.get(a).getvalue() != before[a]] == []
    assert [a for a in finder if measured_part(a) != found[a]] == []
    assert [model.objects.count() for model in (LeaderboardEntry, ParetoPoint, DeviceScore)] == counts


MAY_READ = {
    "models/__init__.py", "models/projections.py", "services/project.py", "services/next_measurements.py",
    "selectors/projections.py", "selectors/projection_cell.py", "api/serializers/projections.py",
    "services/analysed_network.py", "services/project_model.py", "selectors/fit_projected.py", "selectors/fit_projected_rows.py", "views/fit_projected.py",
}  # fmt: skip
"""Where projections are written, and where they are read for pages of their own and the part of the finder that is."""


def test_no_other_code_reads_projections() -> None:
    readers = set()
    for path in RESULTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and any(a.name == Projection.__name__ for a in node.names):
                readers.add(path.relative_to(RESULTS).as_posix())
    assert readers <= MAY_READ


@pytest.mark.parametrize("systems", [1, 6])
def test_queries_do_not_grow_with_the_matrix(client: Client, systems: int) -> None:
    one, _ = make_matrix()
    make_backtest(anchors=1)
    make_backtest(anchors=2)
    for number in range(systems):
        system = make_run("kws", device=f"board-{number}", round_id="v1.0").system
        make_projection(system, "ic01", 10.0 + number, anchors=["one-kws"])
    assert_query_count(client, "projections", "/projections/")
    assert_query_count(client, "projections by class", "/projections/?level=class&models=all")
    assert_query_count(client, "projections.csv", "/projections.csv")
    assert_query_count(client, "projection", f"/projections/{one.pk}/ic01/")
    assert_query_count(client, "backtest", "/projections/backtest/")
