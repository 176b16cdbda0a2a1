"""The list of devices and a device with everything that its page can show, in a browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.results.views.device_data import known_networks, make_device_field, stated

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/devices/own-board/",
    "/devices/gate-array/",
    "/devices/",
    "/devices/?sort=-latency-score&class=mcu,npu",
)


@pytest.mark.parametrize(
    ("width", "height", "theme"),
    [(1280, 900, "light"), (1280, 900, "dark"), (390, 844, "light"), (390, 844, "dark")],
)
def test_a_complete_device_is_accessible_and_fits_its_screen(
    browser: Browser, live_server, width: int, height: int, theme: str
) -> None:
    make_device_field()
    stated("own-board", "accelerator_peak", "0.4 GOPS", "GOPS")
    stated("own-board", "ext_memory_bandwidth_gb_s", "0.05", "GB/s")
    stated("gate-array", "accelerator_peak", "50", "GOPS", tier=4)
    known_networks()
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=theme,
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


def test_devices_are_chosen_with_the_form_and_sorted_by_a_column(page: Page) -> None:
    make_device_field()
    page.goto("/devices/")
    page.locator("select[name=energy]").select_option("measured")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url("/devices/?energy=measured")
    page.get_by_role("columnheader", name="kws").get_by_role("link").click()
    expect(page).to_have_url("/devices/?energy=measured&sort=kws")
    first = page.get_by_role("region", name="Devices with results").locator("tbody th").first
    expect(first).to_contain_text("OWN-BOARD")
