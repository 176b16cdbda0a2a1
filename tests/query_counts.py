"""Queries per page, written down and changed on purpose: ``tests/query_counts.json``."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from results.selectors.snapshot import current_snapshot, forget_snapshot

EXPECTED = Path(__file__).with_name("query_counts.json")


def expected_query_count(name: str) -> int:
    """The number written down for a page; KeyError when nobody wrote one."""
    return int(json.loads(EXPECTED.read_text())[name])


def assert_query_count(client: Client, name: str, url: str) -> None:
    """Fetch ``url`` and compare its queries with the number written down under ``name``.

    What is counted once per generation is forgotten first, so that the number is that of a process's first page; the
    snapshot of the leaderboards is at hand, as it is for all pages but the first after a change.
    """
    forget_snapshot()
    current_snapshot()
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, f"{url} answered {response.status_code}"
    if response.streaming:
        b"".join(response)  # only then has the request ended
    expected = expected_query_count(name)
    listing = "\n".join(query["sql"][:160] for query in captured.captured_queries)
    assert len(captured) == expected, f"{url}: {len(captured)} queries, {expected} expected\n{listing}"
