"""Rows are written without the serializers that describe them: both must say the same."""

from __future__ import annotations

import pytest

from results.api.serializers.boards import LeaderboardSerializer, leaderboard_data
from results.api.serializers.entries import EntrySerializer, entry_data
from results.domain.query import parse_query
from results.models import LeaderboardEntry
from results.selectors.leaderboard import leaderboard_page
from tests.results.makers import aggregate, make_finding, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows() -> None:
    make_run(energy_uj=5.0, precision="int8", public_id="v1.1-closed-lab-a_b-vww")
    make_finding(make_run(latency_ms=None, quality=None, scope="unknown"), "perf.window-too-short")
    make_run("vww", energy_uj=7.0, log="a" * 64, variant="streaming")
    aggregate()


def test_a_row_says_what_its_serializer_describes():
    for entry in LeaderboardEntry.objects.all():
        described = EntrySerializer(entry).data
        assert entry_data(entry) == described
        assert list(entry_data(entry)) == list(described)


def test_a_leaderboard_says_what_its_serializer_describes():
    page = leaderboard_page(parse_query({"sort": ["energy"], "page_size": ["30"]}, benchmark="vww"))
    described = LeaderboardSerializer(page, context={"address": lambda _: None}).data
    assert leaderboard_data(page, lambda cursor: None, with_facets=True) == described
    assert list(leaderboard_data(page, lambda _: None, with_facets=True)) == list(described)
