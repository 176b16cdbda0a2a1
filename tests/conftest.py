"""What every test may ask for: a throw-away PostgreSQL, and a browser on a live server."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from hypothesis import settings as property_tests

from tinysite.embedded.servers import postgres_for_command, uses_embedded_postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Playwright runs an event loop; Django would refuse to reach the database from a test that has one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# A property holds or it does not, however busy the machine is; the same examples in every run.
property_tests.register_profile("tinysite", deadline=None, derandomize=True)
property_tests.load_profile("tinysite")

_BROWSER_ARGUMENTS = [
    "--no-sandbox",  # Chromium's own sandbox does not start as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Start PostgreSQL in a temporary folder, unless DATABASE_URL names a server; the first test that needs
    a database asks for it."""
    if not uses_embedded_postgres():
        yield
        return
    with postgres_for_command(settings.DATA, "the tests", throwaway=True):
        yield


def chromium_program() -> Path | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    return None


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium from the machine; without it the test is skipped, or fails where TINYSITE_REQUIRE_BROWSER=1."""
    from playwright.sync_api import sync_playwright

    program = chromium_program()
    if program is None:
        reason = "no Chromium on PATH: the browser tests need it (apt-get install chromium)"
        if os.environ.get("TINYSITE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(program), args=_BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser", live_server) -> "Iterator[Page]":
    """An empty page whose relative addresses lead to the live server."""
    # Without transitions: a colour that axe reads half-way between two themes is on no finished page.
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()
