"""Every list takes the same number of queries however many rows it shows."""

from __future__ import annotations

import pytest
from django.test import Client

from results.models import ExternalFigure, System
from tests.query_counts import assert_query_count
from tests.results.api.conftest import make_world

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "api:benchmarks": "/api/v1/benchmarks/",
    "api:benchmark": "/api/v1/benchmarks/kws/",
    "api:rounds": "/api/v1/rounds/",
    "api:round": "/api/v1/rounds/v1.1/",
    "api:devices": "/api/v1/devices/",
    "api:device": "/api/v1/devices/board-1/",
    "api:stacks": "/api/v1/devices/board-1/stacks/",
    "api:history": "/api/v1/devices/board-1/history/",
    "api:operating-points": "/api/v1/devices/board-1/operating-points/",
    "api:software-list": "/api/v1/software/",
    "api:software": "/api/v1/software/tflite-micro/",
    "api:models": "/api/v1/models/",
    "api:model": "/api/v1/models/kws01/",
    "api:systems": "/api/v1/systems/",
    "api:system": "/api/v1/systems/{system}/",
    "api:submitters": "/api/v1/submitters/",
    "api:submitter": "/api/v1/submitters/lab/",
    "api:results": "/api/v1/results/",
    "api:results.csv": "/api/v1/results.csv",
    "api:result": "/api/v1/results/v1.1-closed-lab1-kws/",
    "api:scores": "/api/v1/scores/",
    "api:leaderboard": "/api/v1/leaderboards/kws/",
    "api:pareto": "/api/v1/pareto/kws/",
    "api:find-hardware": "/api/v1/find/hardware/?model=kws01&latency_max=50&ram_min=64&round=v1.1&objective=energy",
    "api:find-model": "/api/v1/find/model/?device=board-1",
    "api:find-performance": "/api/v1/find/performance/?device=board-1&benchmark=kws",
    "api:compare": "/api/v1/compare/?run=v1.1-closed-lab1-kws&run=v1.1-closed-lab1-vww",
    "api:coverage": "/api/v1/coverage/",
    "api:coverage-devices": "/api/v1/coverage/devices/",
    "api:projections": "/api/v1/projections/",
    "api:backtest": "/api/v1/projections/backtest/",
    "api:figures": "/api/v1/figures/",
    "api:figure": "/api/v1/figures/{figure}/",
    "api:rules": "/api/v1/rules/",
}


@pytest.mark.parametrize("runs", [1, 12])
@pytest.mark.parametrize("name", ADDRESSES)
def test_the_queries_of_an_answer_do_not_grow_with_its_rows(client: Client, name: str, runs: int) -> None:
    make_world(runs)
    assert_query_count(
        client,
        name,
        ADDRESSES[name].format(
            system=System.objects.order_by("pk")[0].pk,
            figure=ExternalFigure.objects.order_by("position")[0].key,
        ),
    )


def test_an_unchanged_answer_costs_one_query(client: Client, django_assert_num_queries) -> None:
    make_world(1)
    tag = client.get("/api/v1/leaderboards/kws/").headers["ETag"]
    with django_assert_num_queries(1):
        assert client.get("/api/v1/leaderboards/kws/", headers={"If-None-Match": tag}).status_code == 304
