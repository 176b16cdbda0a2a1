"""Pivots in a browser: accessible at two widths and themes, nothing scrolls the page sideways, a choice is kept."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.makers import aggregate, make_publication, make_reference, make_run, make_system

pytestmark = pytest.mark.django_db(transaction=True)

BOARD = "/devices/nucleo-l4r5zi"
PAGES = (
    f"{BOARD}/stacks/",
    f"{BOARD}/stacks/?metric=energy",
    f"{BOARD}/history/",
    f"{BOARD}/history/?metric=energy",
    f"{BOARD}/operating-points/",
    "/software/",
    "/software/tflite-micro/",
)


def _field() -> None:
    """The reference, and another stack on its board at two clocks in a later round, at another supply."""
    make_reference()
    for clock_mhz, latency_ms, energy_uj in ((60.0, 150.0, 4000.0), (120.0, 75.0, 5600.0)):
        system = make_system(
            make_publication("v1.1", submitter="maker"),
            device="nucleo-l4r5zi",
            software="X-CUBE-AI 8.1",
            framework="X-CUBE-AI",
            clock_mhz=clock_mhz,
        )
        make_run("kws", latency_ms=latency_ms, energy_uj=energy_uj, supply_mv=3000.0, system=system)
    aggregate()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_pivots_are_accessible_and_fit_their_screen(
    browser: Browser, live_server, width: int, theme: str
) -> None:
    _field()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme,
        reduced_motion="reduce",
    )  # fmt: skip
    page, wrong = context.new_page(), []
    for url in PAGES:
        page.goto(url)
        wrong += [f"{url}: {found['id']}" for found in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{url}: scrolls sideways")
    context.close()
    assert wrong == []


def test_a_chosen_stack_stays_chosen_when_the_metric_changes(page: Page) -> None:
    _field()
    page.goto(f"{BOARD}/stacks/")
    page.get_by_role("link", name="choose X-CUBE-AI 8.1").first.click()
    page.get_by_label("Metric").select_option("energy")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tr.chosen")).to_contain_text("X-CUBE-AI 8.1")
    assert "to=" in page.url
