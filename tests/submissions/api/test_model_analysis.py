"""POST /api/v1/models/analyse/: the facts at once, and again while they are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from jsonschema import Draft202012Validator

from results.domain.model_facts_data import facts_json
from submissions.formats.neural_models.analyse import analyse
from submissions.models import ModelAnalysis
from submissions.services.tokens import create_token
from tests.submissions.model_analyses import incomplete_model, kept, pruned_model
from tests.submissions.stages import person

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/models/analyse/"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings) -> None:
    settings.INCOMING_DIR = tmp_path / "incoming"


def send(client: Client, content: bytes) -> Any:
    return client.post(ADDRESS, {"model": SimpleUploadedFile("ours.tflite", content)})


def test_the_answer_holds_the_facts_and_where_they_stand(client: Client) -> None:
    answer = send(client, pruned_model())
    assert answer.status_code == 201
    body = answer.json()
    assert body["facts"] == facts_json(analyse(pruned_model()))
    assert body["facts"]["macs"]["effective"] == 96
    assert client.get(answer["Location"]).json() == body
    assert client.get(body["page"]).status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_a_file_that_is_no_model_is_422_with_where_and_what(client: Client) -> None:
    answer = send(client, b"hello")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["parameter"] == "model"
    assert "expected a .tflite or .onnx model" in error["message"]
    assert not ModelAnalysis.objects.exists()


def test_a_form_without_a_model_or_with_another_field_is_422(client: Client) -> None:
    assert client.post(ADDRESS, {}).status_code == 422
    assert client.post(ADDRESS, {"model": "text"}).status_code == 422
    assert client.post(ADDRESS, {"archive": SimpleUploadedFile("a", b"x")}).status_code == 422


def test_facts_sent_with_a_token_are_that_accounts_alone(client: Client) -> None:
    _, secret = create_token(person("owner"), name="test")
    mine = Client(headers={"Authorization": f"Bearer {secret}"})
    address = send(mine, pruned_model())["Location"]
    assert mine.get(address).status_code == 200
    assert client.get(address).status_code == client.get(f"{ADDRESS}{'z' * 24}/").status_code == 404


def test_a_token_that_is_none_is_refused_before_the_file_is_looked_at(client: Client) -> None:
    assert send(Client(headers={"Authorization": "Bearer tiny_none"}), pruned_model()).status_code == 401


def test_it_is_not_a_model_of_the_catalogue(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 405


def test_the_throttle_is_that_of_models(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from submissions.api.throttles import ModelThrottle

    monkeypatch.setattr(ModelThrottle, "rate", "1/hour", raising=False)
    assert send(client, b"hello").status_code == 422
    assert send(client, b"hello").status_code == 429


def _with_nulls(schema: Any) -> Any:
    """OpenAPI 3.0 says ``nullable`` where JSON Schema has a type of its own."""
    if isinstance(schema, list):
        return [_with_nulls(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _with_nulls(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner


@pytest.mark.parametrize("content", [pruned_model(), incomplete_model()], ids=["complete", "incomplete"])
def test_the_answer_conforms_to_the_schema(client: Client, content: bytes) -> None:
    schema = client.get("/api/v1/schema/?format=json").json()
    shape = _with_nulls({**schema, "$ref": "#/components/schemas/ModelAnalysis"})
    answer = client.get(f"{ADDRESS}{kept(content).pk}/").json()
    assert [error.message for error in Draft202012Validator(shape).iter_errors(answer)] == []
    post = schema["paths"][ADDRESS]["post"]
    assert {"201", "401", "413", "415", "422", "429", "503"} <= set(post["responses"])
    assert "multipart/form-data" in post["requestBody"]["content"]
