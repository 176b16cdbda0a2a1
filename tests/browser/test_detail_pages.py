"""Pages of single things in a browser: accessible, as wide as the screen, silent under the strict policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.views.detail_data import RESULT, make_world

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "benchmarks": "/benchmarks/",
    "benchmark": "/benchmarks/vww/",
    "devices": "/devices/",
    "device": "/devices/board-a/",
    "reference device": "/devices/nucleo-l4r5zi/",
    "models": "/models/",
    "model": "/models/vww01/",
    "system": "/systems/{system}/",
    "submitters": "/submitters/",
    "submitter": "/submitters/lab/",
    "rounds": "/rounds/",
    "round": "/rounds/v1.1/",
    "result": f"/results/{RESULT}/",
    "rules": "/rules/",
    "method": "/method/",
    "api": "/api/",
    "accessibility": "/accessibility/",
}
WIDTHS = {"wide": (1280, 900, "light"), "phone": (390, 844, "dark")}


@pytest.fixture(params=WIDTHS)
def screen(request: pytest.FixtureRequest, browser: Browser, live_server) -> Iterator[Page]:
    """A page at each width, one of them in the dark theme, that collects what the console says."""
    width, height, theme = WIDTHS[request.param]
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=theme
    )
    page = context.new_page()
    page.complaints = []
    page.on(
        "console", lambda message: page.complaints.append(message.text) if message.type == "error" else None
    )
    yield page
    context.close()


def test_every_page_is_accessible_fits_its_screen_and_breaks_no_policy(screen: Page) -> None:
    run = make_world()
    axe, wrong = Axe(), []
    for name, url in PAGES.items():
        response = screen.goto(url.format(system=run.system_id))
        assert response is not None
        assert response.status == 200, name
        violations = axe.run(screen).response["violations"]
        wrong += [f"{name}: {v['id']}: {[node['html'][:120] for node in v['nodes']][:3]}" for v in violations]
        if screen.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{name}: scrolls sideways")
        wrong += [f"{name}: {text}" for text in screen.complaints]
        screen.complaints.clear()
    assert wrong == []


def test_a_finding_leads_to_the_rule_it_broke(page: Page) -> None:
    make_world()
    page.goto(f"/results/{RESULT}/")
    page.get_by_role("link", name="energy.window-too-short").click()
    expect(page).to_have_url(re.compile(r"/rules/#energy\.window-too-short$"))
    expect(page.locator("article:target")).to_be_in_viewport()


def test_a_number_of_a_device_leads_to_its_evidence(page: Page) -> None:
    make_world()
    page.goto("/devices/board-a/")
    page.get_by_role("region", name="Results on this device").get_by_role("link", name="119").click()
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()
    expect(page.get_by_text("performance/results.txt:27").first).to_be_visible()


def test_the_page_of_a_result_is_whole_without_scripts(browser: Browser, live_server) -> None:
    make_world()
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/results/{RESULT}/")
    expect(page.get_by_text("Median throughput is 8.425 inf./sec.").first).to_be_visible()
    expect(page.get_by_role("heading", name="Cite this result")).to_be_visible()
    context.close()
