"""Figures published elsewhere in a browser: accessible at two widths and themes, filtered by a form without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.figures_data import QUARANTINED, USABLE, figure, load
from tests.results.makers import aggregate, make_device, make_run

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("/figures/", "/figures/?quarantined=yes", "/figures/?q=nothing", "/figures/about/", "/models/", "/models/net-96/",
         "/devices/board-a/")  # fmt: skip
SCREENS = {"wide": (1280, 900, "light"), "phone": (390, 844, "dark"), "wide dark": (1280, 900, "dark")}


def world(folder: Path) -> None:
    make_device("board-a")
    make_run("vww", latency_ms=50.0)
    aggregate()
    load(folder, *USABLE, *QUARANTINED, *(figure(locator=f"row {number}") for number in range(110)))


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Browser, live_server) -> Iterator[Page]:
    width, height, theme = SCREENS[request.param]
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=theme
    )
    yield context.new_page()
    context.close()


def test_every_page_is_accessible_and_fits_its_screen(screen: Page, tmp_path: Path) -> None:
    world(tmp_path)
    axe, wrong = Axe(), []
    complaints: list[str] = []
    screen.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for url in PAGES:
        response = screen.goto(url)
        assert response is not None
        assert response.status == 200, url
        found = axe.run(screen).response["violations"]
        wrong += [f"{url}: {violation['id']} {violation['nodes'][0]['target']}" for violation in found]
        width = screen.evaluate("document.documentElement.scrollWidth")
        if width > screen.viewport_size["width"]:  # type: ignore[index]
            wrong.append(f"{url}: {width} px wide")
    assert wrong == []
    assert complaints == []


def test_a_reader_narrows_the_list_reads_why_a_row_is_out_and_goes_on_to_the_network(
    page: Page, tmp_path: Path
) -> None:
    world(tmp_path)
    page.goto("/figures/")
    page.get_by_label("Quarantined").select_option(label="quarantined only")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("quarantined=yes"))
    expect(page.get_by_text("The vendor has no board “BOARD-X”.")).to_be_visible()
    page.get_by_role("link", name="net-96").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("net_96")
    expect(page.get_by_text("not reviewed, not MLPerf").first).to_be_visible()


def test_the_next_page_goes_on_where_the_first_one_ended(page: Page, tmp_path: Path) -> None:
    world(tmp_path)
    page.goto("/figures/?metric=latency_ms&quarantined=no")
    assert page.locator("tbody tr[id^=f-]").count() == 100
    page.get_by_role("link", name="Next figures").click()
    assert page.locator("tbody tr[id^=f-]").count() == 14
    expect(page.get_by_text("114 figures, 0 of them quarantined")).to_be_visible()
