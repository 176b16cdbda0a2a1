"""The footnote that the messaging rules of MLPerf ask for stands wherever figures are compared."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.results.views.field import make_field

pytestmark = pytest.mark.django_db

COMPARING = [
    "/leaderboards/vww/",
    "/pareto/vww/",
    "/compare/?run=fast&run=board",
    "/devices/board-a/",
    "/devices/board-a/stacks/",
    "/devices/board-a/history/",
    "/devices/board-a/operating-points/",
    "/software/tflite-micro/",
    "/find/hardware/?model=vww01",
]


@pytest.mark.parametrize("url", COMPARING)
def test_a_page_that_compares_figures_has_their_footnote(client: Client, url: str) -> None:
    make_field()
    html = client.get(url).content.decode()
    found = re.findall(r"MLPerf Tiny v[^<]*? division\. Retrieved from http://testserver/[^<]*</p>", html)
    assert len(found) == 1
    (text,) = found
    assert re.search(r"entries [^.]*\bboard\b", text)
    assert "were not verified by MLCommons Association" in text
    assert "trademarks of MLCommons Association" in text


def test_a_view_without_results_has_no_footnote(client: Client) -> None:
    make_field()
    html = client.get("/leaderboards/vww/?round=v1.3").content.decode()
    assert "Retrieved from" not in html
