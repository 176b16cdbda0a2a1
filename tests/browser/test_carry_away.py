"""The pages of what is carried away, in a browser: accessible, inside the window, and shown in a frame elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import override_settings

from results.services import dumps
from tests.results.views.detail_data import make_world

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(tmp_path: Path, settings):
    releases = {"BACKEND": "submissions.archive_storage.ArchiveFolder", "OPTIONS": {"location": tmp_path}}
    with override_settings(STORAGES={**settings.STORAGES, "releases": releases}):
        make_world()
        dumps.write_due()
        yield


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_axe_violation_or_leaves_the_window(
    page: Page, world, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for address in ("/data/", "/embed/leaderboards/vww/", "/embed/pareto/vww/"):
        page.goto(address)
        assert Axe().run(page).response["violations"] == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@contextmanager
def elsewhere(html: str) -> Iterator[str]:
    """A page of another origin: the live server answers to another name and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            """Nothing: the test needs no log."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_frame_is_drawn_on_a_page_of_somebody_else(page: Page, world, live_server) -> None:
    frame = f'<iframe src="{live_server.url}/embed/leaderboards/vww/" title="board" width="600" height="400"></iframe>'
    with elsewhere(frame) as address:
        page.goto(address)
        page.frame_locator("iframe").get_by_role("heading", name="leaderboard").wait_for()
        assert page.context.cookies() == []
