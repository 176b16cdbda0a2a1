"""Figures published elsewhere: the list with its filters and files, sections of devices and models, and no ranking."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.test import Client

from results.models import ExternalFigure
from tests.query_counts import assert_query_count
from tests.results.figures_data import USABLE, figure, load
from tests.results.makers import aggregate, make_device, make_run

pytestmark = pytest.mark.django_db

PAGES = {
    "figures": "/figures/",
    "figures.csv": "/figures.csv",
    "figures about": "/figures/about/",
    "external model": "/models/net-96/",
}


@pytest.fixture
def world(tmp_path: Path) -> None:
    make_device("board-a")
    make_run("vww", latency_ms=50.0, public_id="reviewed-one")
    aggregate()
    load(tmp_path)


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def rows_of(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/figures.csv{query}").content.decode())))


def test_the_list_says_that_nothing_was_reviewed(client: Client, world: None) -> None:
    text = page(client, "/figures/")
    assert "not reviewed, not MLPerf" in text
    assert "7 figures, 2 of them quarantined" in text
    assert "vendor-published" in text
    assert "literature" in text
    assert 'href="https://github.com/vendor/zoo/blob/0a1b2c3/pretrained_models/net/README.md"' in text


def test_a_quarantined_row_is_shown_with_its_reason_and_struck(client: Client, world: None) -> None:
    text = page(client, "/figures/?quarantined=yes")
    assert "The vendor has no board “BOARD-X”. It is BOARD-A." in text
    assert "<s>21.0</s>" in text
    assert "“521.210.0.0” is not one number." in text
    assert "as published" not in text


@pytest.mark.parametrize(("query", "models"), [
    ("?source=lab/paper", ["mlp", "mlp"]),
    ("?family=mlp", ["mlp", "mlp"]),
    ("?device=board-a&quarantined=no", ["net-96", "net-96", "other-96"]),
    ("?device=BOARD-X", ["net-96"]),
    ("?metric=activation_ram_bytes", ["net-96"]),
    ("?batch=best", ["mlp"]),
    ("?model=other-96", ["other-96"]),
    ("?q=OTHER", ["other-96"]),
    ("?q=net+board-a&quarantined=no", ["net-96", "net-96"]),
    ("?q=nothing-has-this-name", []),
])  # fmt: skip
def test_filters_stand_in_the_address_and_hold_for_page_and_file(
    client: Client, world: None, query: str, models: list[str]
) -> None:
    assert [row["model"] for row in rows_of(client, query)] == models
    text = page(client, f"/figures/{query}")
    assert text.count('<tr id="f-') == len(models)
    assert client.get(f"/figures.json{query}").json()["count"] == len(models)


@pytest.mark.parametrize(
    "query", ["?metric=speed", "?quarantined=maybe", "?after=x", "?colour=red", "?q=%00", "?batch=2"]
)
def test_what_cannot_be_asked_is_refused_and_not_guessed(client: Client, query: str) -> None:
    assert client.get(f"/figures/{query}").status_code == 400
    assert client.get(f"/figures.json{query}").status_code == 400


def test_files_hold_every_digit_the_cell_and_the_place(client: Client, world: None) -> None:
    malformed = next(row for row in rows_of(client) if row["quarantine"] == "malformed-number")
    assert (malformed["value"], malformed["raw"], malformed["unit"]) == ("", "521.210.0.0", "ms")
    first = client.get("/figures.json").json()["figures"][0]
    assert first["value"] == 20.0
    assert first["batch"] is None, "unknown is null and never 0"
    assert (first["source"], first["commit"], first["locator"]) == ("vendor/zoo", "0a1b2c3", "Latency")
    assert first["device"] == "board-a"


def test_a_long_list_is_read_page_by_page_and_every_figure_stands_once(
    client: Client, tmp_path: Path
) -> None:
    load(tmp_path, *(figure(locator=f"row {number}") for number in range(130)))
    first = page(client, "/figures/?family=net")
    assert first.count('<tr id="f-') == 100
    after = ExternalFigure.objects.order_by("position")[99].position
    assert f'href="/figures/?family=net&amp;after={after}"' in first
    second = page(client, f"/figures/?family=net&after={after}")
    assert second.count('<tr id="f-') == 30
    assert "Next figures" not in second


def test_a_device_names_what_was_published_elsewhere_apart_from_its_results(
    client: Client, world: None
) -> None:
    text = page(client, "/devices/board-a/")
    assert "Published elsewhere" in text
    assert "4 figures of 2 networks" in text
    assert "1 of them is quarantined" in text
    assert 'href="/figures/?device=board-a"' in text
    section = text.split('id="elsewhere"')[1].split("</section>")[0]
    assert "521.210.0.0" not in section
    assert "reviewed-one" not in section


def test_a_device_without_such_figures_has_no_such_section(client: Client) -> None:
    make_run("vww", device="board-b")
    aggregate()
    assert "Published elsewhere</h2>" not in page(client, "/devices/board-b/")


def test_models_known_from_elsewhere_stand_apart_with_what_was_counted(client: Client, world: None) -> None:
    text = page(client, "/models/")
    ours, elsewhere = text.split('id="elsewhere"')
    assert "net-96" not in ours
    assert "vww01" not in elsewhere.split("</section>")[0]
    assert "1\u202f000\u202f000" in elsewhere
    assert "not counted" in elsewhere, "no file of the other networks was at hand"


def test_the_page_of_such_a_model_shows_its_graph_and_figures(client: Client, world: None) -> None:
    text = page(client, "/models/net-96/")
    assert "not reviewed, not MLPerf" in text
    assert "Derived figures: nobody measured them." in text
    assert "x/pretrained_models/net/net_96.tflite" in text
    assert "“521.210.0.0” is not one number." in text
    assert page(client, "/models/vww01/")
    assert client.get("/models/nobody-has-this/").status_code == 404


def test_no_external_figure_reaches_a_leaderboard_a_front_a_finder_a_score_or_the_data_files(
    client: Client, world: None, tmp_path: Path
) -> None:
    make_run("vww", latency_ms=60.0, energy_uj=5.0, public_id="reviewed-two")
    aggregate()
    load(tmp_path, figure(model="vww-fast", model_stated="vww fast", input="", value=2.5, raw="2.5"))
    for url in (
        "/", "/leaderboards/", "/leaderboards/vww/", "/leaderboards/vww.json", "/pareto/vww/", "/pareto/vww.json",
        "/pareto/vww/?x=latency&y=quality", "/find/hardware/?benchmark=vww", "/find/model/?device=board-a", "/devices/",
        "/devices.json", "/benchmarks/vww/", "/compare/", "/results.atom", "/api/v1/results/", "/api/v1/models/",
        "/api/v1/leaderboards/vww/", "/api/v1/pareto/vww/", "/api/v1/devices/", "/software/",
    ):  # fmt: skip
        text = client.get(url).getvalue().decode()
        assert "vww-fast" not in text, url
        assert "vendor/zoo" not in text, url
    assert "vww-fast" in page(client, "/figures/"), "so that the names above would be found"


@pytest.mark.parametrize("name", PAGES)
def test_the_queries_of_a_page_do_not_grow_with_its_figures(
    client: Client, world: None, tmp_path: Path, name: str
) -> None:
    assert_query_count(client, name, PAGES[name])
    load(tmp_path, *USABLE, *(figure(device=f"B{k}", dataset=f"d{k}") for k in range(12)))
    assert_query_count(client, name, PAGES[name])


def test_the_pages_answer_before_anything_was_loaded(client: Client) -> None:
    assert "No external figures have been loaded." in page(client, "/figures/")
    assert rows_of(client) == []
    assert "Known from elsewhere" not in page(client, "/models/")


def test_the_document_counts_what_is_shipped(client: Client) -> None:
    from collections import Counter, defaultdict

    from results.analysis.figure_checks import quarantine
    from results.catalog.figure_files import read_figures
    from results.domain.figures import FIGURE_COLUMNS, FIGURE_METRICS, QUARANTINE_MEANING

    text = Path("docs/figures.md").read_text()
    files = read_figures()
    graphs = defaultdict(list)
    for graph in files.graphs:
        graphs[graph.model].append(graph)
    reasons = (
        quarantine(row, limits=files.devices.get(row.device), graphs=graphs[row.model])
        for row in files.figures
    )
    counts = Counter(reason.code for reason in reasons if reason)
    for code, meaning in QUARANTINE_MEANING.items():
        assert f"| `{code}` | {meaning} | {counts[code]} |" in text
    for name, meaning in FIGURE_COLUMNS.items():
        assert f"| `{name}` | {meaning} |" in text
    for metric in FIGURE_METRICS.values():
        assert f"| `{metric.id}` | {metric.unit} |" in text
    for provenance, number in Counter(row.provenance for row in files.figures).items():
        assert any(f"| {provenance} |" in line and f"| {number} |" in line for line in text.splitlines())
    assert f"network files, {len(files.graphs)} of them" in text
