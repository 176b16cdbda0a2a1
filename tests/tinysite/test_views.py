import json

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.test import RequestFactory

from tinysite import views
from tinysite.celery import WORKER_SEEN_KEY, report_worker, report_worker_gone


def health(settings) -> tuple[int, dict]:
    settings.RUN_TASKS_AT_ONCE = False
    answer = views.healthz(RequestFactory().get("/healthz"))
    return answer.status_code, json.loads(answer.content)


def refuse(*_args, **_kwargs):
    raise DatabaseError("the server is gone")


@pytest.mark.django_db
def test_all_parts_answer(settings):
    report_worker()
    status, parts = health(settings)
    assert status == 200
    assert set(parts) == {"status", "database", "broker", "worker", "data_generation"}
    assert parts["status"] == "ok"
    report_worker_gone()


@pytest.mark.django_db
def test_a_silent_worker_is_told_and_pages_go_on(settings):
    cache.delete(WORKER_SEEN_KEY)
    status, parts = health(settings)
    assert (status, parts["status"], parts["worker"]) == (200, "degraded", "silent")


def test_a_missing_database_is_503(settings, monkeypatch):
    monkeypatch.setattr(views.connection, "cursor", refuse)
    status, parts = health(settings)
    assert (status, parts["status"], parts["database"]) == (503, "down", "down")
    assert parts["data_generation"] is None


@pytest.mark.django_db
def test_a_missing_broker_is_503(settings, monkeypatch):
    monkeypatch.setattr(views.cache, "get", refuse)
    status, parts = health(settings)
    assert (status, parts["broker"]) == (503, "down")


def test_health_is_only_read(client):
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_an_unknown_page_is_404_as_a_page(client):
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_an_unknown_address_of_the_api_is_404_as_problem_details(client):
    answer = client.get("/api/v1/no-such-thing/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("handler", "status"),
    [(views.bad_request, 400), (views.permission_denied, 403), (views.page_not_found, 404)],
)
def test_each_error_has_its_page(rf, handler, status):
    answer = handler(rf.get("/some/page/"), Exception())
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_an_error_page_that_cannot_be_drawn_is_plain_text(rf, monkeypatch):
    monkeypatch.setattr(views, "render", refuse)
    answer = views.server_error(rf.get("/some/page/"))
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("text/plain")
