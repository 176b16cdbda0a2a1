"""Analysing a model on the page: the form, what it refuses, the facts while they are kept."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from results.domain.model_facts_data import facts_json
from submissions import uploads
from submissions.formats.neural_models import limits
from submissions.formats.neural_models.analyse import analyse
from submissions.models import ModelAnalysis
from submissions.services import incoming, model_analysis
from submissions.services.confined import CheckFailed
from tests.query_counts import assert_query_count
from tests.submissions.model_analyses import incomplete_model, kept, pruned_model
from tests.submissions.stages import person

pytestmark = pytest.mark.django_db
ADDRESS = "/models/analyse/"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings) -> None:
    settings.INCOMING_DIR = tmp_path / "incoming"
    cache.clear()


def send(client: Client, content: bytes, name: str = "ours.tflite"):
    return client.post(ADDRESS, {"model": SimpleUploadedFile(name, content)})


def test_a_model_gets_a_page_of_its_own_and_the_file_is_gone(client: Client) -> None:
    answer = send(client, pruned_model())
    analysis = ModelAnalysis.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, analysis.get_absolute_url())
    assert len(analysis.pk) == 24
    left = [path.name for path in incoming.incoming_folder().iterdir()]
    assert [name for name in left if not name.startswith(".model-turn-")] == []
    page = client.get(answer["Location"]).content.decode()
    assert "ours.tflite" in page
    assert "1 of 4" in page, "dead channels"
    assert "CONV_2D" in page


def test_the_page_prints_dense_and_effective_macs_and_a_range_of_memory(client: Client) -> None:
    page = client.get(kept(pruned_model()).get_absolute_url()).content.decode()
    facts = analyse(pruned_model())
    assert (facts.macs, facts.effective_macs) == (128, 96)
    for text in ("MACs by kind", "Activation memory by runtime", "TensorFlow Lite Micro", "X-CUBE-AI", "In-place bound",
                 "96 effective, without dead channels", "int8"):  # fmt: skip
        assert text in page


def test_what_is_incomplete_is_named_and_never_zero(client: Client) -> None:
    page = client.get(kept(incomplete_model()).get_absolute_url()).content.decode()
    assert "What could not be counted is left out; it is not zero." in page
    assert "custom:Mystery" in page
    assert "at least" in page


def test_json_and_csv_say_the_same(client: Client) -> None:
    address = kept(pruned_model()).get_absolute_url().removesuffix("/")
    answer = client.get(f"{address}.json")
    assert answer.json()["facts"] == facts_json(analyse(pruned_model()))
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").content.decode())))
    assert [row["operator"] for row in rows] == ["CONV_2D", "CONV_2D"]
    assert [row["effective_macs"] for row in rows] == ["48", "48"]
    assert rows[0]["output_shape"] == "1×2×2×4"


@pytest.mark.parametrize("rest", ["/", ".json", ".csv"])
def test_facts_are_private_to_the_account_that_sent_the_model(client: Client, rest: str) -> None:
    owner = person("owner")
    address = kept(pruned_model(), owner=owner).get_absolute_url().removesuffix("/") + rest
    stranger = Client()
    stranger.force_login(person("stranger"))
    unknown = ADDRESS + "z" * 24 + rest
    for reader in (client, stranger):
        assert reader.get(address).status_code == reader.get(unknown).status_code == 404
    client.force_login(owner)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_who_is_logged_in_owns_what_they_send(client: Client) -> None:
    owner = person("owner")
    client.force_login(owner)
    assert "only your account can read them" in client.get(ADDRESS).content.decode()
    send(client, pruned_model())
    assert ModelAnalysis.objects.get().owner == owner


def test_facts_that_have_expired_are_not_there(client: Client) -> None:
    analysis = kept(pruned_model())
    ModelAnalysis.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(analysis.get_absolute_url()).status_code == 404


def test_a_file_that_is_no_model_is_refused_with_where_and_what(client: Client) -> None:
    answer = send(client, b"hello")
    page = answer.content.decode()
    assert answer.status_code == 422
    for text in ("The file cannot be analysed", "a .tflite or .onnx model", "To mend"):
        assert text in page
    assert not ModelAnalysis.objects.exists()


def test_a_form_without_a_file_is_shown_again(client: Client) -> None:
    answer = client.post(ADDRESS, {})
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()


def test_a_form_without_its_token_is_refused() -> None:
    assert send(Client(enforce_csrf_checks=True), pruned_model()).status_code == 403


def test_a_file_over_the_limit_is_refused_before_it_is_read(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    answer = send(client, b"x" * (uploads.FRAMING_BYTES + (33 << 20)))
    assert answer.status_code == 413
    assert "at most 33,554,432 are taken here" in answer.content.decode()


@pytest.mark.parametrize(
    ("problem", "status", "retry"),
    [(model_analysis.TooManyAnalyses(), 503, True), (CheckFailed("no disk"), 503, False)],
    ids=["busy", "a fault of the site"],
)
def test_what_cannot_be_done_now_says_so(
    client: Client, monkeypatch, problem, status: int, retry: bool
) -> None:
    def analyse_upload(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(model_analysis, "analyse_upload", analyse_upload)
    answer = send(client, pruned_model())
    assert answer.status_code == status
    assert 'class="errorlist' in answer.content.decode()
    assert ("Retry-After" in answer.headers) is retry


def test_too_many_models_from_one_address_wait(client: Client, monkeypatch) -> None:
    from submissions.api.throttles import ModelThrottle

    monkeypatch.setattr(ModelThrottle, "rate", "1/hour", raising=False)
    assert send(client, b"hello").status_code == 422
    answer = send(client, b"hello")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert client.get(ADDRESS).status_code == 200


def test_nothing_of_a_model_is_markup(client: Client) -> None:
    hostile = "<script>alert(1)</script>"
    analysis = kept(pruned_model(name=hostile), filename=hostile)
    page = client.get(analysis.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2


def test_a_formula_in_a_name_is_harmless_in_the_csv(client: Client) -> None:
    address = kept(pruned_model(name="=1+1")).get_absolute_url().removesuffix("/")
    assert "'=1+1" in client.get(f"{address}.csv").content.decode()


def test_the_pages_take_the_queries_that_are_written_down(client: Client) -> None:
    owner = person("owner")
    client.force_login(owner)
    assert_query_count(client, "analyse-model", ADDRESS)
    assert_query_count(client, "model-analysis", kept(pruned_model(), owner=owner).get_absolute_url())
