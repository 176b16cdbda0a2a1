"""The finder for a model of the reader's own: it waits, answers, filters what is stored, and is private."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from results.services import project_model
from submissions.models import ModelProjection
from submissions.services.project_models import project_waiting
from tests.query_counts import assert_query_count
from tests.results.small_engine import make_learnable, use_small_engine
from tests.submissions.formats.neural_models.tflite_files import mobilenet
from tests.submissions.model_analyses import incomplete_model, kept, pruned_model
from tests.submissions.stages import person

pytestmark = pytest.mark.django_db
QUESTIONS = ("hardware", "model", "performance")


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_engine(monkeypatch)


def said(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(strip_tags(html)))


def projected(token: str) -> None:
    Client().get(f"/find/hardware/?analysis={token}")
    project_waiting()


def test_a_page_that_waits_says_for_what_and_renews_itself_with_and_without_scripts(client: Client) -> None:
    make_learnable()
    url = f"/find/hardware/?analysis={kept(pruned_model()).pk}"
    html = client.get(url).content.decode()
    assert 'hx-trigger="every 2s"' in html
    assert f'<a href="{url}">load the page again</a>' in html
    assert "Your model waits for the worker" in html
    ModelProjection.objects.update(progress="fitting")
    assert "The engine is being fitted" in client.get(url).content.decode()
    project_waiting()
    html = client.get(url).content.decode()
    assert "hx-trigger" not in html
    assert "ours.tflite" in html


def test_measured_results_of_the_same_network_stand_first_then_the_projected_systems(client: Client) -> None:
    make_learnable()
    token = kept(mobilenet(), filename="wake.tflite").pk
    projected(token)
    html = client.get(f"/find/hardware/?analysis={token}&ram_max=256&fps=10").content.decode()
    assert html.index('href="/results/vww-0/"') < html.index('id="projected"') < html.rindex("BOARD-7")
    assert "It counts the same MACs of every kind of layer as vww01" in html
    assert "RAM fits" in said(html)
    assert "wake.tflite" in html[html.index('id="projected"') :]


def test_a_model_like_no_other_has_no_measured_result_and_says_so(client: Client) -> None:
    make_learnable()
    token = kept(pruned_model()).pk
    projected(token)
    html = client.get(f"/find/hardware/?analysis={token}").content.decode()
    assert "No published result here ran ours.tflite" in html
    besides = client.get(f"/find/hardware/?analysis={token}&model=vww01").content.decode()
    assert 'href="/results/vww-0/"' in besides


def test_changing_a_limit_asks_the_engine_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_learnable()
    token = kept(mobilenet()).pk
    projected(token)

    def asked(cells):
        raise AssertionError("the engine was asked")

    monkeypatch.setattr(project_model, "fitted_engine", asked)
    rows = {}
    for ms in (1, 1000):
        answer = client.get(f"/find/hardware.json?analysis={token}&latency_max={ms}").json()
        (rows[ms],) = answer["projections"]["groups"][0]["results"]
    assert rows[1]["latency"] == rows[1000]["latency"]
    assert rows[1]["probability_of_all"] < 0.01 < 0.99 < rows[1000]["probability_of_all"]


def test_a_model_that_cannot_be_projected_says_why(client: Client) -> None:
    make_learnable()
    token = kept(incomplete_model()).pk
    projected(token)
    html = client.get(f"/find/hardware/?analysis={token}").content.decode()
    assert "not everything of the model could be counted" in html


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("ending", ["/", ".json", ".csv"])
def test_the_token_is_the_capability_and_an_owner_binds_it(question: str, ending: str) -> None:
    make_learnable()
    owner = person("owner")
    bound, free = kept(pruned_model(), owner=owner).pk, kept(pruned_model()).pk
    over = kept(pruned_model(), expires_at=timezone.now() - timedelta(seconds=1)).pk
    readers = {"nobody": Client(), "stranger": Client(), "owner": Client()}
    readers["stranger"].force_login(person("stranger"))
    readers["owner"].force_login(owner)
    device = "" if question == "hardware" else "&device=board-1"

    def status(reader: str, token: str) -> int:
        return readers[reader].get(f"/find/{question}{ending}?analysis={token}{device}").status_code

    assert [status(reader, bound) for reader in readers] == [404, 404, 200]
    assert [status(reader, free) for reader in readers] == [200, 200, 200]
    assert [status(reader, over) for reader in readers] == [404, 404, 404]
    assert status("owner", "abcdefghjkmnpqrstuvwxyz2") == 404


def test_what_is_anothers_answers_like_what_is_not_there() -> None:
    bound = kept(pruned_model(), owner=person("owner")).pk
    unknown = "abcdefghjkmnpqrstuvwxyz2"
    answers = [
        Client().get(f"/find/hardware/?analysis={token}").content.decode().replace(token, unknown)
        for token in (bound, unknown)
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("url", ["/find/hardware/", "/find/hardware.json", "/api/v1/find/hardware/"])
def test_no_cache_keeps_it_and_no_search_engine_lists_it(client: Client, url: str) -> None:
    make_learnable()
    answer = client.get(f"{url}?analysis={kept(pruned_model()).pk}")
    assert answer.status_code == 200
    assert {"private", "no-store"} <= set(answer["Cache-Control"].replace(" ", "").split(","))
    assert "ETag" not in answer
    if not url.startswith("/api"):
        assert answer["X-Robots-Tag"] == "noindex"
    assert "ETag" in client.get(f"{url}?model=vww01")


def test_the_api_answers_for_an_analysis_without_an_owner_only(client: Client) -> None:
    make_learnable()
    token = kept(mobilenet()).pk
    projected(token)
    answer = client.get(f"/api/v1/find/hardware/?analysis={token}&fps=10").json()
    assert answer["projections"]["measured_as"] == "vww01"
    assert answer["projections"]["progress"] == "done"
    assert answer["cells"][0]["fits"] > 0
    (row,) = answer["projections"]["groups"][0]["results"]
    assert row["is_uploaded"] is True
    bound = kept(pruned_model(), owner=person("owner")).pk
    assert client.get(f"/api/v1/find/hardware/?analysis={bound}").status_code == 404
    assert client.get("/api/v1/find/hardware/?analysis=../..").status_code == 400


def test_the_page_of_the_facts_leads_to_the_question(client: Client) -> None:
    analysis = kept(pruned_model())
    page = client.get(analysis.get_absolute_url()).content.decode()
    assert f'href="/find/hardware/?analysis={analysis.pk}"' in page


@pytest.mark.parametrize("boards", [6, 12])
def test_its_queries_do_not_grow_with_the_systems(client: Client, boards: int) -> None:
    make_learnable(boards)
    token = kept(mobilenet()).pk
    projected(token)
    assert_query_count(client, "find own model", f"/find/hardware/?analysis={token}&fps=10&ram_max=256")
